//! Many jobs under random faults and crashes: none is paid twice, and every reported charge is
//! correct.

use filmgate::error::ErrorCode;
use filmgate::provider::ProviderId::{self, Runpod};
use serde_json::json;

use crate::common::*;
use crate::end_to_end::bridge::{Sim, assert_truthful};

#[test]
fn random_faults() {
    for provider in ProviderId::ALL {
        for seed in 0..300u64 {
            let random = json!({ "random": { "perMille": 50 + seed % 600, "seed": seed } });
            let sim = Sim::new().faults(random);
            let driver = sim.drive(*provider, &request_for(*provider)).run();
            assert_truthful(&driver, &sim);
            if let Err(error) = driver.done.as_ref().unwrap() {
                let known = [
                    ErrorCode::SubmissionUnknown,
                    ErrorCode::RateLimited,
                    ErrorCode::Timeout,
                    ErrorCode::ResultExpired,
                ];
                assert!(known.contains(&error.failure.code), "{provider} {seed}: {error:?}");
            }
        }
    }
}

#[test]
fn random_faults_and_crashes() {
    for provider in ProviderId::ALL {
        for seed in 0..150u64 {
            let random = json!({ "random": { "perMille": 150, "seed": seed } });
            let sim = Sim::new().faults(random);
            let first = sim.drive(*provider, &request_for(*provider)).run_for(seed * 137 % 20_000);
            let ended = first.done.is_some();
            let second = first.crash(seed * 911 % 90_000, sim.world(*provider)).run();
            assert_truthful(&second, &sim);
            assert!(!ended || second.sent.is_empty());
        }
    }
}

#[test]
fn most_jobs_survive_random_faults() {
    // One request in twenty fails, as on a bad day.
    for provider in ProviderId::ALL {
        let made = (0..200u64).filter(|seed| {
            let random = json!({ "random": { "perMille": 50, "seed": seed } });
            let sim = Sim::new().faults(random);
            let driver = sim.drive(*provider, &request_for(*provider)).run();
            driver.done.unwrap().is_ok()
        });
        let least = if *provider == Runpod { 180 } else { 198 };
        let made = made.count();
        assert!(made >= least, "{provider}: {made} of 200");
    }
}
