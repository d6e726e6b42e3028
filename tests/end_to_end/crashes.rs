//! A driver that dies at any moment: the next one resumes from the store, and the job is paid once.

use filmgate::error::ErrorCode;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::json;

use crate::common::*;
use crate::end_to_end::bridge::{Sim, assert_truthful, fault};

/// Moments after the start: around the submit, its response, the polls and the end.
const MOMENTS: &[u64] =
    &[0, 1, 99, 100, 101, 500, 1_099, 1_100, 1_300, 5_000, 30_000, 59_999, 61_000];

#[test]
fn at_any_moment() {
    for provider in ProviderId::ALL {
        for at in MOMENTS {
            for later in [0, 10, 15_000, 40_000, 600_000] {
                let latency = json!({ "kind": "latency", "ms": 100 });
                let sim = Sim::new().faults(fault("submit", 0, latency));
                let first = sim.drive(*provider, &request_for(*provider)).run_for(*at);
                let second = first.crash(later, sim.world(*provider)).run();
                assert_truthful(&second, &sim);
                let submitted = first_submit_was_answered(*at);
                match (provider, second.done.as_ref().unwrap()) {
                    (_, Ok(outcome)) => assert_eq!(outcome.videos.len(), 1),
                    // A submit that was in flight when the driver died cannot be found there.
                    (Runpod, Err(error)) => {
                        assert!(!submitted, "{at} {later}: {error:?}");
                        assert_eq!(error.failure.code, ErrorCode::SubmissionUnknown);
                    }
                    (Runware, Err(error)) => panic!("{at} {later}: {error:?}"),
                    _ => unreachable!("there is no other"),
                }
            }
        }
    }
}

fn first_submit_was_answered(at: u64) -> bool {
    at >= 100
}

#[test]
fn repeated_crashes() {
    for provider in ProviderId::ALL {
        let sim = Sim::new();
        let mut driver = sim.drive(*provider, &request_for(*provider)).run_for(150);
        let mut crashes = 0;
        while driver.done.is_none() {
            driver = driver.crash(700, sim.world(*provider)).run_on(400);
            crashes += 1;
            assert!(crashes < 500, "the job never ends");
        }
        assert!(crashes > 20);
        assert_eq!(driver.result().videos.len(), 1);
        assert_truthful(&driver, &sim);
    }
}

#[test]
fn a_result_from_yesterday_has_expired_at_runpod() {
    let sim = Sim::new();
    let first = sim.drive(Runpod, &runpod_request()).run_for(500);
    let second = first.crash(86_400_000, sim.world(Runpod)).run();
    assert_eq!(second.error().failure.code, ErrorCode::ResultExpired);
    assert_truthful(&second, &sim);
}
