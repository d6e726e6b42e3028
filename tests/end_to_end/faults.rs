//! One fault at each place: the job ends, nothing is paid twice, and what is said of money is true.

use filmgate::error::ErrorCode;
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate_simulator::Config;
use serde_json::{Value, json};

use crate::bridge::{RUN_MS, Sim, assert_truthful, fault};
use crate::common::*;

fn all() -> Vec<Value> {
    vec![
        json!({ "kind": "latency", "ms": 5_000 }),
        json!({ "kind": "latency", "ms": 29_000 }),
        json!({ "kind": "latency", "ms": 45_000 }),
        json!({ "kind": "latency", "ms": 100_000 }),
        json!({ "kind": "resetBefore" }),
        json!({ "kind": "resetBefore", "ms": 15_000 }),
        json!({ "kind": "resetAfter" }),
        json!({ "kind": "resetAfter", "ms": 15_000 }),
        json!({ "kind": "rateLimit" }),
        json!({ "kind": "rateLimit", "retryAfter": 5 }),
        json!({ "kind": "rateLimit", "retryAfter": 86_400 }),
        json!({ "kind": "error", "status": 500 }),
        json!({ "kind": "error", "status": 503, "after": true }),
        json!({ "kind": "html" }),
        json!({ "kind": "html", "status": 200, "after": true }),
        json!({ "kind": "text", "after": true }),
        json!({ "kind": "truncated" }),
        json!({ "kind": "cut" }),
        json!({ "kind": "duplicate" }),
    ]
}

#[test]
fn a_fault_of_the_submit() {
    for provider in ProviderId::ALL {
        for each in all() {
            let sim = Sim::new().faults(fault("submit", 0, each.clone()));
            let film = sim.film(*provider, &request_for(*provider)).run();
            assert_truthful(&film, &sim);
            match (provider, film.done.as_ref().unwrap()) {
                (_, Ok(_)) => assert_eq!(sim.accepted(), 1, "{each}"),
                // A lost answer cannot be settled there; it is never sent again.
                (Runpod, Err(error)) => {
                    assert_eq!(error.failure.code, ErrorCode::SubmissionUnknown, "{each}");
                    assert_eq!(error.charge, Charge::Unknown, "{each}");
                    assert_eq!(film.count("submit"), 1, "{each}");
                }
                // Only what was lost for longer than a film can be sent again is given up.
                (Runware, Err(error)) => panic!("{each}: {error:?} {:?}", film.asked()),
                _ => unreachable!("there is no other"),
            }
        }
    }
}

#[test]
fn a_fault_of_a_question() {
    for provider in ProviderId::ALL {
        for each in all() {
            for skip in [0, 1, 5] {
                let sim = Sim::new().faults(fault("poll", skip, each.clone()));
                let film = sim.film(*provider, &request_for(*provider)).run();
                assert_eq!(film.outcome().videos.len(), 1, "{provider} {skip} {each}");
                assert_truthful(&film, &sim);
            }
        }
    }
}

#[test]
fn a_fault_of_the_submit_and_one_of_each_question_after_it() {
    let faults = |submit: &str, question: &Value| {
        json!([
            { "operation": "submit", "fault": { "kind": submit } },
            { "operation": "poll", "fault": question },
            { "operation": "details", "fault": question },
        ])
    };
    for submit in ["resetBefore", "resetAfter", "truncated"] {
        for question in all() {
            let sim = Sim::new().faults(faults(submit, &question));
            let film = sim.film(Runware, &runware_request()).run();
            assert_truthful(&film, &sim);
            if submit != "resetBefore" {
                assert_eq!(film.outcome().videos.len(), 1, "{submit} {question}");
            }
        }
    }
}

#[test]
fn an_empty_401_in_between() {
    let refused = || json!({ "kind": "empty401" });
    for provider in ProviderId::ALL {
        let sim = Sim::new().faults(fault("poll", 1, refused()));
        let film = sim.film(*provider, &request_for(*provider)).run();
        assert_eq!(film.outcome().videos.len(), 1, "one may pass");
        let sim = Sim::new().faults(fault("submit", 0, refused()));
        let film = sim.film(*provider, &request_for(*provider)).run();
        assert_eq!(film.error().failure.code, ErrorCode::Unauthorized);
        assert_truthful(&film, &sim);
    }
}

#[test]
fn runwares_older_envelope() {
    let sim = Sim::new().faults(fault("poll", 1, json!({ "kind": "legacy" })));
    let film = sim.film(Runware, &runware_request()).run();
    assert_eq!(film.outcome().videos.len(), 1);
    let sim = Sim::new().faults(fault("submit", 0, json!({ "kind": "legacy" })));
    let film = sim.film(Runware, &runware_request()).run();
    assert_truthful(&film, &sim);
}

/// A task that is not yet visible looks like one that was never made.
#[test]
fn a_lost_submit_that_stays_invisible_is_not_paid_twice() {
    for invisible_ms in [0, 1_000, 5_000, 19_000, 30_000, 55_000] {
        for kind in ["resetAfter", "truncated", "cut"] {
            let sim = Sim::with(Config {
                run_ms: RUN_MS,
                invisible_ms,
                ..Config::default()
            })
            .faults(fault("submit", 0, json!({ "kind": kind })));
            let film = sim.film(Runware, &runware_request()).run();
            assert_truthful(&film, &sim);
            assert_eq!(sim.accepted(), 1);
            assert_eq!(film.outcome().videos.len(), 1, "{invisible_ms} {kind}");
        }
    }
}

/// A film is faster than any was ever seen: then a second submit could be a second film.
#[test]
fn the_shortest_time_is_kept_even_then() {
    for ms in [20_100, 25_000, 29_900] {
        let reset = json!({ "kind": "resetAfter", "ms": ms });
        let sim = Sim::with(Config {
            run_ms: 20_000,
            invisible_ms: 60_000,
            ..Config::default()
        })
        .faults(fault("submit", 0, reset));
        let film = sim.film(Runware, &runware_request()).run();
        assert_eq!(film.count("submit"), 1, "{ms}");
        assert_truthful(&film, &sim);
    }
}
