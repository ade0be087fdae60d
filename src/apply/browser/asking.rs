//! Asks the operator, and does not wait for ever.

use super::ground::Stop;
use super::{Confirm, Question, Said};
use crate::apply::since::Since;
use crate::net::Clock;
use std::time::Duration;

/// The questions of one change have this long for their answers in all, and nothing is pressed on one that comes later.
/// It is much less than the time after which a change counts as no more on its way, so that there is time for the pages.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Whom to ask about one change, and since when that goes on.
pub(super) struct Asking<'a> {
    confirm: &'a dyn Confirm,
    clock: &'a dyn Clock,
    begun: Since,
}

impl<'a> Asking<'a> {
    pub(super) fn new(confirm: &'a dyn Confirm, clock: &'a dyn Clock, begun: Since) -> Self {
        Self { confirm, clock, begun }
    }

    /// Returns once the operator has said yes.
    ///
    /// # Errors
    /// A [`Stop`] when they have said no, or nothing in time.
    pub(super) async fn ask(&self, question: &Question) -> Result<(), Stop> {
        let left = || self.begun.left(LONGEST, self.clock);
        let said = tokio::select! {
            biased;
            said = self.confirm.confirm(question), if !left().is_zero() => Some(said),
            () = self.clock.sleep(left()) => None,
        };
        // A machine that slept meanwhile does not tell by its waits.
        let said = said.filter(|said| *said != Said::Yes || !left().is_zero());
        Err(Stop::Declined(match said {
            Some(Said::Yes) => return Ok(()),
            Some(Said::No) => "The operator said no, so it was not pressed.".to_owned(),
            Some(Said::Nobody) => {
                "Nobody was there to confirm it, so it was not pressed. Run apply on a terminal.".to_owned()
            }
            None => format!(
                "The question had no answer within {} minutes, so it was not pressed. Run apply again.",
                LONGEST.as_secs() / 60
            ),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use jiff::Timestamp;
    use std::sync::Mutex;

    /// A machine that sleeps for hours whenever it is let: only the wall clock tells.
    #[derive(Default)]
    struct Machine(Mutex<Duration>);

    #[async_trait]
    impl Clock for Machine {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH + *self.0.lock().unwrap()
        }

        async fn sleep(&self, duration: Duration) {
            tokio::time::sleep(duration).await;
        }

        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
    }

    /// Says something after a while by the one clock, and by the other.
    struct After(Duration, Said, Duration);

    struct Operator<'m>(&'m Machine, After);

    #[async_trait]
    impl Confirm for Operator<'_> {
        async fn confirm(&self, _: &Question) -> Said {
            let After(waits, said, slept) = self.1;
            tokio::time::sleep(waits).await;
            *self.0.0.lock().unwrap() += slept;
            said
        }
    }

    async fn ask(after: After) -> String {
        let machine = Machine::default();
        let begun = Since::now(&machine);
        let operator = Operator(&machine, after);
        let question = Question { shown: String::new(), text: String::new() };
        match Asking::new(&operator, &machine, begun).ask(&question).await {
            Ok(()) => "yes".to_owned(),
            Err(stop) => stop.error(false, "").to_string(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_pressed_on_an_answer_that_comes_too_late() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        assert_eq!(ask(After(minutes(14), Said::Yes, minutes(0))).await, "yes");
        assert!(ask(After(minutes(1), Said::No, minutes(0))).await.contains("said no"));
        let late = [
            After(minutes(16), Said::Yes, minutes(0)),
            After(minutes(600), Said::No, minutes(0)),
            After(minutes(1), Said::Yes, minutes(600)),
        ];
        for after in late {
            let said = ask(after).await;
            assert!(said.contains("no answer within 15 minutes, so it was not pressed"), "{said}");
        }
    }
}
