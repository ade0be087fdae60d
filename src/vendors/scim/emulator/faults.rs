//! Failures on demand: which call fails, how, and whether its effect happens all the same.

use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Trouble {
    /// An answer with this status.
    Status {
        /// From 400 to 599.
        status: u16,
    },
    /// 429 with `Retry-After`.
    RateLimit {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// The connection closes without an answer.
    Drop,
    /// The answer's head promises the whole body; the connection closes after half of it.
    Truncate,
}

/// Which calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// All of them.
    #[default]
    Calls,
    /// Those that may change something: every method but GET and HEAD.
    Writes,
}

/// What a call creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Creating {
    /// A user.
    Users,
    /// A group.
    Groups,
}

/// One scripted failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The number of the first call that fails; the first call is 1.
    pub call: u64,
    /// How many calls fail, from that one on.
    #[serde(default = "once")]
    pub times: u64,
    /// Which calls are counted.
    #[serde(default)]
    pub counting: Counting,
    /// Only calls that create such a resource fail; they are counted with the others.
    #[serde(default)]
    pub creating: Option<Creating>,
    /// Whether the call takes effect before its answer is lost.
    #[serde(default)]
    pub after_effect: bool,
    /// What goes wrong.
    pub trouble: Trouble,
}

fn once() -> u64 {
    1
}

impl Fault {
    /// Call number `call` ends in `trouble`, without effect.
    #[must_use]
    pub fn new(call: u64, trouble: Trouble) -> Self {
        Self { call, times: 1, counting: Counting::Calls, creating: None, after_effect: false, trouble }
    }

    /// The same for `times` calls in a row.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// Counted among writes only.
    #[must_use]
    pub fn of_writes(mut self) -> Self {
        self.counting = Counting::Writes;
        self
    }

    /// Every call that creates such a resource ends in `trouble`, without effect.
    #[must_use]
    pub fn creating(what: Creating, trouble: Trouble) -> Self {
        Self { creating: Some(what), times: u64::MAX, ..Self::new(1, trouble) }
    }

    /// The call takes effect, and only then its answer is lost.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }

    fn hits(&self, calls: u64, writes: u64, is_write: bool, creates: Option<Creating>) -> bool {
        if self.creating.is_some() && self.creating != creates {
            return false;
        }
        let number = match self.counting {
            Counting::Calls => calls,
            Counting::Writes if is_write => writes,
            Counting::Writes => return false,
        };
        number >= self.call && number - self.call < self.times
    }
}

#[derive(Debug, Default)]
struct Script {
    calls: u64,
    writes: u64,
    faults: Vec<Fault>,
}

/// The script of failures, shared between a test and the server.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Script>>);

impl Faults {
    /// Adds a failure. Where two hit one call, the one added first decides.
    pub fn add(&self, fault: Fault) {
        self.script(|script| script.faults.push(fault));
    }

    /// The next `times` calls end in `trouble`, without effect.
    pub fn next(&self, trouble: Trouble, times: u64) {
        self.script(|script| {
            let call = script.calls + 1;
            script.faults.push(Fault::new(call, trouble).times(times));
        });
    }

    /// Forgets every failure and counts from 1 again.
    pub fn reset(&self) {
        self.script(|script| *script = Script::default());
    }

    /// How many calls came since the start or the last reset.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.script(|script| script.calls)
    }

    /// How many of them could change something.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.script(|script| script.writes)
    }

    /// What is scripted.
    #[must_use]
    pub fn scripted(&self) -> Vec<Fault> {
        self.script(|script| script.faults.clone())
    }

    /// Counts a call and says what is to go wrong with it.
    pub(crate) fn count(&self, is_write: bool, creates: Option<Creating>) -> Option<Fault> {
        self.script(|script| {
            script.calls += 1;
            script.writes += u64::from(is_write);
            let (calls, writes) = (script.calls, script.writes);
            script.faults.iter().copied().find(|fault| fault.hits(calls, writes, is_write, creates))
        })
    }

    fn script<T>(&self, work: impl FnOnce(&mut Script) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_writes_are_counted_apart() {
        let faults = Faults::default();
        faults.add(Fault::new(2, Trouble::Drop).of_writes().times(2));
        let hits: Vec<bool> = [false, true, false, true, true, true]
            .into_iter()
            .map(|write| faults.count(write, None).is_some())
            .collect();
        assert_eq!(hits, [false, false, false, true, true, false]);
        assert_eq!((faults.calls(), faults.writes()), (6, 4));
    }

    #[test]
    fn creations_of_one_kind_fail_by_themselves() {
        let faults = Faults::default();
        faults.add(Fault::creating(Creating::Users, Trouble::Drop));
        for (creates, hit) in [(None, false), (Some(Creating::Groups), false), (Some(Creating::Users), true)]
        {
            assert_eq!(faults.count(true, creates).is_some(), hit);
        }
    }

    #[test]
    fn the_next_calls_start_after_the_last_one() {
        let faults = Faults::default();
        faults.count(false, None);
        faults.next(Trouble::Status { status: 503 }, 1);
        assert!(faults.count(false, None).is_some());
        assert!(faults.count(false, None).is_none());
    }
}
