//! One seed from its beginning to its end.

use super::chance::Chance;
use super::clock::{SimClock, VendorClock};
use super::company;
use super::disk::Wear;
use super::intruder;
use super::invariants;
use super::provider;
use super::report::Story;
use super::sky::Sky;
use super::stages::Process;
use super::world::{Conditions, State, World};
use grantline::domain::ChangeId;
use grantline::guard::ApprovedPlan;
use grantline::net::Secret;
use grantline::vendors::scim::emulator::Behaviour;
use grantline::vendors::{Emulator, EmulatorOptions, Seed, emulator_rules};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const BEGAN: &str = "2026-11-22T09:00:00Z";

/// Applies in fair weather after which the work must be done.
const PATIENCE: usize = 6;

/// Long enough for every change to show.
const PAUSE: Duration = Duration::from_secs(2 * 3600);

/// Runs one seed on this thread.
pub(crate) fn run(seed: u64) -> Story {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut chance = Chance::new(seed);
        let (model, poisoned) = company::found(&mut chance);
        let clock = SimClock::new(BEGAN.parse().unwrap());
        let world = World::new(seed, Arc::clone(&clock), model, poisoned);
        open(&world, &mut chance);
        let time = tokio::spawn(Arc::clone(&clock).run());
        tokio::select! {
            biased;
            () = rounds(&world, &mut chance) => {}
            stuck = time => world.breach(0, stuck.unwrap_or_else(|error| error.to_string())),
        }
        close(&world)
    })
}

/// Opens the vendors.
fn open(world: &Arc<World>, chance: &mut Chance) {
    let count = world.state().model.sites.len();
    for vendor in 0..count {
        let (state, connector) = {
            let state = world.state();
            (company::tenant(&state.model, vendor, chance), state.model.sites[vendor].connector)
        };
        let emulator = Emulator::start_here(EmulatorOptions {
            seed: Some(Seed::Text(state.to_string())),
            rules: emulator_rules(connector).unwrap(),
            in_memory: true,
            weather: Some(Arc::new(Sky::new(world, vendor))),
            clock: Arc::new(VendorClock(Arc::clone(&world.clock))),
            ..EmulatorOptions::new(PathBuf::new(), Secret::new(world.token.clone()))
        });
        world.state().emulators.push(Arc::new(emulator.unwrap()));
        world.changed_by_others(vendor);
    }
    // Whoever the provider has the group of has an account already, and what was there before the program has raced nobody.
    provider::keep(world, false);
    untouched(&mut world.state());
}

/// Nobody else has had a hand in anything yet.
fn untouched(state: &mut State) {
    for scene in &mut state.scenes {
        scene.raced.clear();
        scene.provided.clear();
    }
}

fn close(world: &World) -> Story {
    let mut state = world.state();
    // The vendors know the world, and the world the vendors.
    state.emulators.clear();
    state.tally.virtual_time = world.clock.elapsed();
    Story {
        tally: std::mem::take(&mut state.tally),
        trace: std::mem::take(&mut state.trace),
        violation: state.violation.take(),
    }
}

async fn rounds(world: &Arc<World>, chance: &mut Chance) {
    let rounds = 1 + chance.below(3);
    for round in 0..rounds {
        if round > 0 {
            next_model(world, chance);
        }
        for _ in 0..chance.below(3) {
            let mut conditions = rough(chance);
            habits(world, chance, 5);
            // From one process to the next only the machine's time tells how long ago a change was sent. One that was set
            // forward has everybody believe too early that what does not show has not happened.
            if world.state().scenes.iter().any(|scene| scene.lags) {
                conditions.jump_at = conditions.jump_at.filter(|(_, jump)| jump.is_negative());
            }
            apply(world, conditions).await;
            // Long enough for the requests of a dead process to come to their ends, and not for all to show.
            rest(world, Duration::from_secs(chance.between(6, 120))).await;
            if world.is_broken() {
                return;
            }
            // Whoever edits the files does not wait until all shows that was done.
            if chance.percent(20) {
                next_model(world, chance);
            }
        }
        pause(world).await;
        habits(world, chance, 0);
        converge(world, chance).await;
        if world.is_broken() {
            return;
        }
    }
}

/// The company changes, and its workspace with it.
fn next_model(world: &World, chance: &mut Chance) {
    let (mut model, poisoned) = {
        let state = world.state();
        (state.model.clone(), state.poisoned.clone())
    };
    company::edit(&mut model, poisoned.as_deref(), chance);
    let count = model.sites.len();
    {
        let mut state = world.state();
        state.model = model;
        state.plan = None;
        for scene in &mut state.scenes {
            scene.made.clear();
            scene.passed_on.clear();
            // What somebody else does next shows as late as everything else.
            scene.lags |= scene.slow;
        }
        untouched(&mut state);
    }
    world.note(|| format!("the workspace is now\n{}", world.state().model.yaml()));
    for vendor in 0..count {
        world.changed_by_others(vendor);
        if chance.percent(30) {
            intruder::meddle(world, vendor, chance);
        }
    }
}

/// How the servers behave from now on, and in how many of a hundred cases their pages do not add up.
fn habits(world: &World, chance: &mut Chance, broken: u64) {
    let vendors: Vec<_> = {
        let state = world.state();
        state.emulators.iter().cloned().zip(state.model.sites.iter().map(|site| site.connector)).collect()
    };
    for (vendor, (emulator, connector)) in vendors.into_iter().enumerate() {
        // Pages in another order each time do not add up either, unless there is only one.
        let in_disorder = chance.percent(broken * 4);
        emulator.behave(Behaviour {
            max_page: *chance.pick(&[2, 3, 5, 100]),
            shuffle: in_disorder.then(|| chance.next()),
            repeat_ids: chance.percent(broken),
            moving_total: chance.percent(broken),
            duplicate_groups: true,
            patch_no_content: chance.percent(30),
            etag: chance.percent(70),
            ..Behaviour::default()
        });
        let longest = if connector == "heap" { 3600 } else { 10 };
        let delay = if chance.percent(60) { 0 } else { chance.between(0, longest * 1000) };
        emulator.show_writes_after(Duration::from_millis(delay));
        world.note(|| format!("v{vendor} shows what it does after {delay} ms"));
        let scene = &mut world.state().scenes[vendor];
        scene.slow = delay > 0;
        scene.lags |= scene.slow;
    }
}

/// Something or other goes wrong.
fn rough(chance: &mut Chance) -> Conditions {
    let jump = SignedDuration::from_secs(*chance.pick(&[-86_400, -3_600, -1, 90, 7_200, 200_000]));
    Conditions {
        salt: chance.next(),
        storm: *chance.pick(&[0, 3, 8, 15, 30]),
        crash_at: chance.percent(40).then(|| chance.between(1, 30)),
        intrusion_at: chance.percent(40).then(|| chance.between(1, 30)),
        jump_at: chance.percent(15).then(|| (chance.between(1, 20), jump)),
        wear: Wear {
            room: chance.percent(12).then(|| chance.below(9000)),
            death_at: chance.percent(30).then(|| (chance.between(1, 24), chance.percent(50))),
        },
    }
}

/// One run of the program, which may die on the way. Whether anything was left to do that it may do.
async fn apply(world: &Arc<World>, conditions: Conditions) -> bool {
    {
        let mut state = world.state();
        state.conditions = conditions;
        state.requests = 0;
        state.came.clear();
        state.tally.applies += 1;
    }
    // A death that came too late for the process before is nobody's.
    tokio::select! {
        biased;
        () = world.crash.notified() => {}
        () = std::future::ready(()) => {}
    }
    let left = tokio::select! {
        biased;
        () = world.crash.notified() => None,
        left = process(world) => Some(left),
    };
    let mut chance = world.chance(&[&world.state().conditions.salt.to_le_bytes(), b"disk"]);
    let journal = world.disk.keep(left.is_none(), &mut chance);
    world.keeps_its_secret("the journal", &String::from_utf8_lossy(&journal));
    world.state().tally.crashes += u64::from(left.is_none());
    left.unwrap_or(true)
}

/// One run of the program that lives to its end. Whether it had anything left to do.
async fn process(world: &Arc<World>) -> bool {
    let process = Process::start(world);
    let past = match process.look_back().await {
        Ok(past) => past,
        Err(error) => {
            world.breach(4, format!("the journal cannot be read: {error}"));
            return true;
        }
    };
    let (approved, unread) = process.plan(&past).await;
    let aside = process.set_aside(&past, approved.plan());
    let open = to_do(&approved, &aside);
    world.note(|| format!("planned: {open:#?}"));
    {
        let mut state = world.state();
        state.tally.changes += u64::try_from(open.len()).unwrap_or(0);
        state.plan = Some(approved.clone());
        for scene in &mut state.scenes {
            scene.admins = scene.truth.admins().len();
        }
    }
    let left = unread || !open.is_empty() || !aside.is_empty();
    if !open.is_empty() {
        process.apply(&approved, aside).await;
    }
    left
}

/// The changes that may be carried out.
fn to_do(approved: &ApprovedPlan, aside: &BTreeMap<ChangeId, String>) -> Vec<String> {
    let plan = approved.plan();
    let open =
        plan.changes.iter().filter(|change| !approved.is_held(&change.id) && !aside.contains_key(&change.id));
    open.map(|change| {
        let on = change.action.target().map_or("-", |on| on.name.as_str());
        format!("{} {} {} {on}", change.id, change.action.word(), change.account.as_deref().unwrap_or("-"))
    })
    .collect()
}

/// Nothing runs for a while.
async fn rest(world: &World, time: Duration) {
    use grantline::net::Clock as _;
    // Nothing more goes wrong while nothing runs.
    world.state().conditions = Conditions::default();
    VendorClock(Arc::clone(&world.clock)).sleep(time).await;
}

/// Nothing runs until all that was done shows.
async fn pause(world: &World) {
    rest(world, PAUSE).await;
    provider::keep(world, false);
    rest(world, PAUSE).await;
    let mut state = world.state();
    untouched(&mut state);
    for scene in &mut state.scenes {
        scene.lags = false;
    }
}

/// Reads twice, with the pages turned in between.
async fn compare_plans(world: &Arc<World>, chance: &mut Chance) {
    world.state().came.clear();
    let shuffled = chance.next();
    let (size, order) = *chance.pick(&[(1, None), (4, None), (100, Some(shuffled))]);
    let emulators = world.state().emulators.clone();
    let turn_pages = || {
        for emulator in &emulators {
            emulator.behave(Behaviour { max_page: size, shuffle: order, ..Behaviour::default() });
        }
    };
    let process = Process::start(world);
    // A process goes on asking for pages as long as it first learned they may be, and more than one page of a list whose
    // order changes does not add up.
    let other = order.map(|_| Process::start(world));
    process.plans_the_same_from_other_pages(turn_pages, other.as_ref().unwrap_or(&process)).await;
    habits(world, chance, 0);
}

/// In fair weather the work is done after a few applies, and the vendors hold what they must.
async fn converge(world: &Arc<World>, chance: &mut Chance) {
    if chance.percent(20) {
        compare_plans(world, chance).await;
    }
    let mut ends = false;
    for _ in 0..PATIENCE {
        let left = apply(world, Conditions { salt: chance.next(), ..Conditions::default() }).await;
        pause(world).await;
        if world.is_broken() {
            return;
        }
        ends = !left || is_refused_for_good(world);
        if ends {
            break;
        }
    }
    // Two who undo each other's work may well be where they must be whenever somebody looks.
    if !ends && world.state().poisoned.is_none() {
        world.breach(4, format!("after {PATIENCE} applies in fair weather there is still something to do"));
    }
    let broken: Vec<_> = {
        let state = world.state();
        (0..state.scenes.len()).filter_map(|vendor| invariants::converged(&state, vendor)).collect()
    };
    for (invariant, seen) in broken {
        world.breach(invariant, seen);
    }
}

/// Whether all that the vendors lack is what they refuse.
fn is_refused_for_good(world: &World) -> bool {
    let state = world.state();
    state.poisoned.is_some() && (0..state.scenes.len()).all(|at| invariants::converged(&state, at).is_none())
}
