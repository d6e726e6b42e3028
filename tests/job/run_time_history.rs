//! Run times of earlier jobs of the listing predict this one.

use filmgate::provider::ProviderId::Runpod;
use filmgate::schedule::MAX_RUN_TIMES;

use crate::common::*;
use crate::job::drive;

/// The expected end of a job that was just accepted.
fn eta_ms(run_time_history_ms: &[u32]) -> Option<u64> {
    let mut driver = drive(Runpod, vec![runpod_status("IN_QUEUE")]);
    driver.job.set_run_time_history(run_time_history_ms);
    driver.run_for(500).updates.last()?.eta_ms
}

#[test]
fn history_overrides_the_listings_typical_duration() {
    assert_eq!(eta_ms(&[]), Some(185_000));
    assert_eq!(eta_ms(&[40_000, 30_000, 50_000]), Some(40_000));
}

#[test]
fn only_the_latest_runs_count() {
    let before = vec![900_000; MAX_RUN_TIMES + 1];
    let since = vec![30_000; MAX_RUN_TIMES];
    assert_eq!(eta_ms(&[before.clone(), since].concat()), Some(30_000));
    assert_eq!(eta_ms(&before), Some(900_000));
}

#[test]
fn the_first_poll_follows_the_history() {
    let first_after = |run_time_history_ms: &[u32]| {
        let mut driver =
            drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS")]);
        driver.job.set_run_time_history(run_time_history_ms);
        driver.run_for(10_000).count("poll")
    };
    assert!(first_after(&[8_000; 8]) > first_after(&[]));
}
