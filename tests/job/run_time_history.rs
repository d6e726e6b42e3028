//! What earlier jobs of the listing took tells how long this one will.

use filmgate::provider::ProviderId::Runpod;
use filmgate::schedule::MOST_RUNS;

use crate::common::*;
use crate::drive;

/// The expected end of a job that has just been accepted.
fn eta_ms(ran_ms: &[u32]) -> Option<u64> {
    let mut driver = drive(Runpod, vec![runpod_status("IN_QUEUE")]);
    driver.job.learn(ran_ms);
    driver.run_for(500).updates.last()?.eta_ms
}

#[test]
fn it_goes_before_what_is_said_of_the_listing() {
    assert_eq!(eta_ms(&[]), Some(185_000));
    assert_eq!(eta_ms(&[40_000, 30_000, 50_000]), Some(40_000));
}

#[test]
fn the_latest_count() {
    let before = vec![900_000; MOST_RUNS + 1];
    let since = vec![30_000; MOST_RUNS];
    assert_eq!(eta_ms(&[before.clone(), since].concat()), Some(30_000));
    assert_eq!(eta_ms(&before), Some(900_000));
}

#[test]
fn it_is_asked_for_sooner() {
    let first_after = |ran_ms: &[u32]| {
        let mut driver = drive(
            Runpod,
            vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS")],
        );
        driver.job.learn(ran_ms);
        driver.run_for(10_000).count("poll")
    };
    assert!(first_after(&[8_000; 8]) > first_after(&[]));
}
