//! One fault at each point: the job ends, nothing is paid twice, and reported charges are correct.

use filmgate::error::ErrorCode;
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate_simulator::Config;
use serde_json::{Value, json};

use crate::common::*;
use crate::end_to_end::bridge::{RUN_MS, Sim, assert_truthful, fault};

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
        json!({ "kind": "truncatedStream" }),
        json!({ "kind": "duplicate" }),
    ]
}

#[test]
fn a_fault_of_the_submit() {
    for provider in ProviderId::ALL {
        for each in all() {
            let sim = Sim::new().faults(fault("submit", 0, each.clone()));
            let driver = sim.drive(*provider, &request_for(*provider)).run();
            assert_truthful(&driver, &sim);
            match (provider, driver.done.as_ref().unwrap()) {
                (_, Ok(_)) => assert_eq!(sim.accepted(), 1, "{each}"),
                // A lost response cannot be reconciled there; the submit is never sent again.
                (Runpod, Err(error)) => {
                    assert_eq!(error.failure.code, ErrorCode::SubmissionUnknown, "{each}");
                    assert_eq!(error.charge, Charge::Unknown, "{each}");
                    assert_eq!(driver.count("submit"), 1, "{each}");
                }
                // Only a submit that is lost for longer than a video takes is given up.
                (Runware, Err(error)) => panic!("{each}: {error:?} {:?}", driver.operations()),
                _ => unreachable!("there is no other"),
            }
        }
    }
}

#[test]
fn a_fault_of_a_poll() {
    for provider in ProviderId::ALL {
        for each in all() {
            for skip in [0, 1, 5] {
                let sim = Sim::new().faults(fault("poll", skip, each.clone()));
                let driver = sim.drive(*provider, &request_for(*provider)).run();
                assert_eq!(driver.result().videos.len(), 1, "{provider} {skip} {each}");
                assert_truthful(&driver, &sim);
            }
        }
    }
}

#[test]
fn a_fault_of_the_submit_and_of_each_later_request() {
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
            let driver = sim.drive(Runware, &runware_request()).run();
            assert_truthful(&driver, &sim);
            if submit != "resetBefore" {
                assert_eq!(driver.result().videos.len(), 1, "{submit} {question}");
            }
        }
    }
}

#[test]
fn an_empty_401_between_polls() {
    let refused = || json!({ "kind": "empty401" });
    for provider in ProviderId::ALL {
        let sim = Sim::new().faults(fault("poll", 1, refused()));
        let driver = sim.drive(*provider, &request_for(*provider)).run();
        assert_eq!(driver.result().videos.len(), 1, "one may pass");
        let sim = Sim::new().faults(fault("submit", 0, refused()));
        let driver = sim.drive(*provider, &request_for(*provider)).run();
        assert_eq!(driver.error().failure.code, ErrorCode::Unauthorized);
        assert_truthful(&driver, &sim);
    }
}

#[test]
fn runwares_legacy_envelope() {
    let sim = Sim::new().faults(fault("poll", 1, json!({ "kind": "legacyError" })));
    let driver = sim.drive(Runware, &runware_request()).run();
    assert_eq!(driver.result().videos.len(), 1);
    let sim = Sim::new().faults(fault("submit", 0, json!({ "kind": "legacyError" })));
    let driver = sim.drive(Runware, &runware_request()).run();
    assert_truthful(&driver, &sim);
}

/// An invisible task looks like one that does not exist.
#[test]
fn a_lost_submit_that_stays_invisible_is_not_paid_twice() {
    for visibility_delay_ms in [0, 1_000, 5_000, 19_000, 30_000, 55_000] {
        for kind in ["resetAfter", "truncated", "truncatedStream"] {
            let sim = Sim::with(Config {
                job_duration_ms: RUN_MS,
                visibility_delay_ms,
                ..Config::default()
            })
            .faults(fault("submit", 0, json!({ "kind": kind })));
            let driver = sim.drive(Runware, &runware_request()).run();
            assert_truthful(&driver, &sim);
            assert_eq!(sim.accepted(), 1);
            assert_eq!(driver.result().videos.len(), 1, "{visibility_delay_ms} {kind}");
        }
    }
}

/// A video finishes faster than any before: then a second submit could create a second video.
#[test]
fn resubmits_stay_within_the_minimum_duration() {
    for ms in [20_100, 25_000, 29_900] {
        let reset = json!({ "kind": "resetAfter", "ms": ms });
        let sim = Sim::with(Config {
            job_duration_ms: 20_000,
            visibility_delay_ms: 60_000,
            ..Config::default()
        })
        .faults(fault("submit", 0, reset));
        let driver = sim.drive(Runware, &runware_request()).run();
        assert_eq!(driver.count("submit"), 1, "{ms}");
        assert_truthful(&driver, &sim);
    }
}
