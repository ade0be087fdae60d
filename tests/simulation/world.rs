//! What the actors of one seed share: the vendors, the plan under way, and who is watching.

use super::chance::{Chance, digest};
use super::clock::SimClock;
use super::disk::{Disk, Wear};
use super::invariants;
use super::model::{Model, PROVIDER};
use super::outside;
use super::provider;
use super::report::{Tally, Violation};
use super::truth::{Fact, Truth};
use grantline::guard::ApprovedPlan;
use grantline::vendors::Emulator;
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What an apply has to put up with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    /// Makes this apply's draws its own.
    pub(crate) salt: u64,
    /// Requests of a hundred that go wrong.
    pub(crate) storm: u64,
    /// The process dies at this request.
    pub(crate) crash_at: Option<u64>,
    /// Somebody else changes something as this request arrives.
    pub(crate) intrusion_at: Option<u64>,
    /// The wall clock jumps as this request arrives.
    pub(crate) jump_at: Option<(u64, SignedDuration)>,
    /// What the disk does to the journal.
    pub(crate) wear: Wear,
}

/// One vendor as the world sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scene {
    pub(crate) truth: Truth,
    /// What it must hold in the end.
    pub(crate) goal: Truth,
    /// Whose accounts somebody else has changed since the plan was made.
    pub(crate) raced: BTreeSet<String>,
    /// Those of them whose account a provider has made or closed because of what the program did, and nobody else.
    pub(crate) provided: BTreeSet<String>,
    /// How many admins there were when the plan was made.
    pub(crate) admins: usize,
    /// Accounts that it said were gone, and are not.
    pub(crate) denied: BTreeSet<String>,
    /// Whether readers may see the past.
    pub(crate) lags: bool,
    /// Whether what is done there now shows only later.
    pub(crate) slow: bool,
    /// What the program has brought about for this model, as long as nobody undid it.
    pub(crate) made: BTreeSet<Fact>,
    /// What its provider has, because of what the program did there, as long as nobody else had a hand in it.
    pub(crate) passed_on: BTreeSet<Fact>,
}

/// Everything that changes.
pub(crate) struct State {
    pub(crate) model: Model,
    pub(crate) scenes: Vec<Scene>,
    pub(crate) emulators: Vec<Arc<Emulator>>,
    pub(crate) conditions: Conditions,
    /// The plan that is being carried out.
    pub(crate) plan: Option<ApprovedPlan>,
    /// Whom the provider was last seen to assign.
    pub(crate) assigned: BTreeSet<String>,
    /// Whose every change the vendors refuse.
    pub(crate) poisoned: Option<String>,
    /// Requests of this apply that have been let through.
    pub(crate) requests: u64,
    /// How often each request came in this apply.
    pub(crate) came: BTreeMap<u64, u64>,
    pub(crate) tally: Tally,
    pub(crate) trace: Vec<String>,
    pub(crate) violation: Option<Violation>,
}

/// One seed's world.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) token: String,
    pub(crate) clock: Arc<SimClock>,
    /// The process is to die.
    pub(crate) crash: Notify,
    pub(crate) disk: Disk,
    state: Mutex<State>,
}

impl World {
    pub(crate) fn new(seed: u64, clock: Arc<SimClock>, model: Model, poisoned: Option<String>) -> Arc<Self> {
        let scenes = vec![Scene::default(); model.sites.len()];
        let state = State {
            model,
            scenes,
            emulators: Vec::new(),
            conditions: Conditions::default(),
            plan: None,
            assigned: BTreeSet::new(),
            poisoned,
            requests: 0,
            came: BTreeMap::new(),
            tally: Tally { seeds: 1, ..Tally::default() },
            trace: Vec::new(),
            violation: None,
        };
        let token = format!("tok-{:016x}", digest(seed, &[b"token"]));
        Arc::new(Self {
            seed,
            token,
            clock,
            crash: Notify::new(),
            disk: Disk::new(),
            state: Mutex::new(state),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn emulator(&self, vendor: usize) -> Arc<Emulator> {
        Arc::clone(&self.state().emulators[vendor])
    }

    /// The place of the vendor of this name.
    pub(crate) fn vendor(&self, name: &str) -> usize {
        self.state().model.sites.iter().position(|site| site.name == name).unwrap()
    }

    /// Invariant 6: the credential stands in nothing that is told or written.
    pub(crate) fn keeps_its_secret(&self, what: &str, text: &str) {
        if text.contains(&self.token) {
            self.breach(6, format!("{what} holds the credential: {text}"));
        }
        if text.contains('\u{1b}') {
            self.breach(6, format!("{what} steers the terminal: {text:?}"));
        }
    }

    /// Draws that depend on the seed and on these words alone.
    pub(crate) fn chance(&self, words: &[&[u8]]) -> Chance {
        Chance::new(digest(self.seed, words))
    }

    pub(crate) fn note(&self, line: impl FnOnce() -> String) {
        let at = self.clock.elapsed().as_millis();
        let line = format!("{at:>10} {}", line());
        self.state().trace.push(line);
    }

    /// Keeps the first breach.
    pub(crate) fn breach(&self, invariant: u8, seen: impl Into<String>) {
        self.state().violation.get_or_insert(Violation { invariant, seen: seen.into() });
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.state().violation.is_some()
    }

    /// What the vendor holds now.
    pub(crate) fn look(&self, vendor: usize) -> Truth {
        Truth::of(&self.emulator(vendor).state())
    }

    /// The program has had an effect: everything that must hold is checked.
    pub(crate) fn affected(&self, vendor: usize) {
        let after = self.look(vendor);
        let mut state = self.state();
        let before = std::mem::replace(&mut state.scenes[vendor].truth, after.clone());
        let facts = before.changes(&after);
        state.tally.effects += u64::try_from(facts.len()).unwrap_or(0);
        let broken = invariants::after_effect(&mut state, &self.disk, vendor, &before, &facts);
        drop(state);
        self.note(|| format!("v{vendor} effect {facts:?}"));
        for (invariant, seen) in broken {
            self.breach(invariant, seen);
        }
        provider::keep(self, true);
    }

    /// Somebody else has changed the vendor, or the model is another one: what must come of it is worked out anew.
    pub(crate) fn changed_by_others(&self, vendor: usize) {
        self.changed(vendor, None);
        // What somebody takes at the vendor comes back a little later, as it does from every provider: at the same moment, an
        // account would change its page under a reading that no server could have told of it.
        if vendor == PROVIDER {
            provider::keep(self, false);
        }
    }

    /// The vendor's provider has changed it, because of what the program did (`ours`) or somebody else, of which no plan
    /// that was read before knows.
    pub(crate) fn changed_by_provider(&self, vendor: usize, ours: bool) {
        self.changed(vendor, Some(ours));
    }

    fn changed(&self, vendor: usize, by_provider: Option<bool>) {
        let after = self.look(vendor);
        let mut state = self.state();
        let goal = super::oracle::expect(&after, &state.model, vendor);
        let before = std::mem::replace(&mut state.scenes[vendor].truth, after);
        let facts = before.changes(&state.scenes[vendor].truth);
        let mut broken = Vec::new();
        if by_provider == Some(true) {
            broken = outside::after_the_provider(&mut state, &self.disk, &before, &facts);
        } else {
            let touched = |fact: &Fact| facts.iter().any(|other| other.login() == fact.login());
            state.scenes.iter_mut().for_each(|scene| scene.passed_on.retain(|fact| !touched(fact)));
        }
        let scene = &mut state.scenes[vendor];
        for fact in &facts {
            let login = fact.login().map(str::to_owned);
            if by_provider == Some(true) {
                scene.provided.extend(login.clone().filter(|login| !scene.raced.contains(login)));
            } else if let Some(login) = &login {
                scene.provided.remove(login);
            }
            scene.raced.extend(login);
            scene.made.retain(|made| made.login().is_none() || made.login() != fact.login());
        }
        scene.goal = goal;
        drop(state);
        if !facts.is_empty() {
            let who = if by_provider.is_some() { "provider" } else { "somebody else" };
            self.note(|| format!("v{vendor} {who} {facts:?}"));
        }
        for (invariant, seen) in broken {
            self.breach(invariant, seen);
        }
    }
}
