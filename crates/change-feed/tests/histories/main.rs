//! The consuming rules against a model.
//!
//! A publisher makes changes, writes snapshots, starts again, is restored from backups and removes
//! old events. Between it and the replica is a cache that serves old answers and answers 404 at
//! random. Entities cannot be had for a while. The replica is killed at any step, and goes on from
//! what it has stored. Whatever happens: no event is skipped or processed twice, each patch is applied
//! once and to the right state, and in the end the replica equals the publisher, or it has stopped
//! with a reason that is true.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

mod dice;
mod network;
mod publisher;
mod replica;

use change_feed::Stop;
use dice::Dice;
use network::Network;
use proptest::prelude::*;
use publisher::Publisher;
use replica::{Replica, Turn};

/// What happens in one run.
#[derive(Debug, Clone)]
struct Plan {
    seed: u64,
    steps: u32,
    page_events: usize,
    /// Whether the publisher tells its runs, or keeps to the draft alone.
    tells_runs: bool,
    /// Whether the index tells when the snapshot was completed.
    tells_completed: bool,
    /// Whether the cache ignores `Cache-Control: no-cache`.
    cache_is_rude: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    (any::<u64>(), 0..400_u32, 1..6_usize, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(seed, steps, page_events, tells_runs, tells_completed, cache_is_rude)| Plan {
            seed,
            steps,
            page_events,
            tells_runs,
            tells_completed,
            // Where no entity tag names an event, there is no defence against such a cache.
            cache_is_rude: cache_is_rude && tells_runs,
        },
    )
}

#[derive(Debug, PartialEq, Eq, Hash, Clone, Copy)]
enum End {
    Equal,
    OtherTimeline,
}

fn run(plan: &Plan) -> End {
    let mut dice = Dice::new(plan.seed);
    let mut publisher = Publisher::new(plan.page_events, plan.tells_runs, plan.tells_completed);
    let mut network = Network::new(plan.cache_is_rude);
    for _ in 0..dice.below(20) {
        publisher.happen(&mut dice, None);
    }
    // The cache has what others have read, also before a restore.
    network.read_by_others(&publisher);
    if plan.tells_runs && dice.one_in(2) {
        publisher.restore();
        for _ in 0..dice.below(20) {
            publisher.happen(&mut dice, None);
        }
    }
    publisher.write_snapshot(&mut dice);
    let mut replica = Replica::new(&publisher);
    for _ in 0..plan.steps {
        publisher.happen(&mut dice, replica.last_number());
        match replica.turn(&mut publisher, &mut network, &mut dice) {
            Turn::Stopped(Stop::OtherTimeline) => return End::OtherTimeline,
            Turn::Stopped(stop) => panic!("{stop}"),
            Turn::CaughtUp | Turn::Busy => {}
        }
        if dice.one_in(10) {
            replica.kill();
        }
        if dice.one_in(10) {
            network.read_by_others(&publisher);
        }
    }
    // From now on all is well.
    network.mend();
    publisher.mend();
    let mut quiet = 0;
    for _ in 0..5000 {
        publisher.now += 1;
        match replica.turn(&mut publisher, &mut network, &mut dice) {
            Turn::Stopped(Stop::OtherTimeline) => return End::OtherTimeline,
            Turn::Stopped(stop) => panic!("{stop}"),
            Turn::CaughtUp if replica.is_complete() => quiet += 1,
            Turn::CaughtUp => quiet = 0,
            Turn::Busy => {}
        }
        if quiet == 4 {
            assert_eq!(replica.states(), publisher.states());
            return End::Equal;
        }
    }
    panic!("the replica comes to no end: {replica:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(1000)
    ))]

    #[test]
    fn the_replica_becomes_equal_to_the_publisher_or_stops_for_a_true_reason(plan in plan()) {
        run(&plan);
    }
}

/// Were all runs alike, the test above could not fail.
#[test]
fn the_model_reaches_both_ends() {
    let ends: std::collections::HashSet<_> = (0..200)
        .map(|seed| {
            run(&Plan {
                seed,
                steps: 300,
                page_events: 3,
                tells_runs: true,
                tells_completed: false,
                cache_is_rude: true,
            })
        })
        .collect();
    assert!(ends.contains(&End::Equal) && ends.contains(&End::OtherTimeline));
}
