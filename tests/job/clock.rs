//! Clocks that jump, and drivers that sleep: no second submit, no endless wait, nothing lost.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Limits, Output};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::provider::Request;
use std::time::Duration;

use crate::common::*;
use crate::job::drive;

const HOUR: u64 = 3_600_000;

fn replies(provider: ProviderId) -> Vec<Reply> {
    match provider {
        Runpod => vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()],
        Runware => vec![ack(), runware_progress(5), runware_completed()],
        _ => unreachable!("there is no other"),
    }
}

#[test]
fn a_clock_set_back_moves_the_timers() {
    for provider in ProviderId::ALL {
        for after in [0, 50, 500, 2_050, 3_000] {
            let mut driver = drive(*provider, replies(*provider)).run_for(after);
            driver.set_clock_back(24 * HOUR);
            let then = driver.now;
            let driver = driver.run_on(HOUR);
            assert_eq!(driver.result().videos.len(), 1, "{provider} {after}");
            assert_eq!(driver.count("submit"), 1);
            assert!(driver.now - then < 120_000, "{provider} {after}");
        }
    }
}

#[test]
fn after_sleep_it_polls_once_more_before_the_timeout() {
    for provider in ProviderId::ALL {
        let mut driver = drive(*provider, replies(*provider)).run_for(1_500);
        driver.now += 25 * 60_000 + 2 * HOUR;
        let driver = driver.run_on(60_000);
        assert_eq!(driver.operations(), ["submit", "poll"]);
        assert_eq!(driver.error().failure.code, ErrorCode::Timeout);
    }
}

#[test]
fn after_sleep_it_receives_the_end() {
    for (provider, done) in [(Runpod, runpod_completed()), (Runware, runware_completed())] {
        let mut driver = drive(provider, vec![replies(provider).remove(0), done]).run_for(1_500);
        driver.now += 2 * HOUR;
        let driver = driver.run_on(60_000);
        assert_eq!(driver.result().videos.len(), 1);
    }
}

#[test]
fn a_delayed_request_gets_its_full_time() {
    let mut driver = drive(Runpod, vec![Reply::NoResponse]).run_for(1_000);
    driver.job.handle_input(driver.now, Input::Held { id: 0 });
    assert!(matches!(driver.job.poll_output(), Output::Timeout(u64::MAX)));
    driver.now += HOUR / 2;
    driver.job.handle_input(driver.now, Input::Timeout);
    driver.job.handle_input(driver.now, Input::Left { id: 0 });
    let until = driver.now + 30_000;
    match driver.job.poll_output() {
        Output::Timeout(at) => assert_eq!(at, until),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_clock_set_back_allows_no_second_submit() {
    // The response comes 26 seconds after the submit, too late for a resubmit.
    let replies = vec![connection_lost(), no_rows().after(25_000), no_rows()];
    let mut driver = drive(Runware, replies).run_for(5_000);
    driver.set_clock_back(10_000);
    let driver = driver.run_on(HOUR);
    assert_eq!(driver.count("submit"), 1);
    assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn a_clock_set_back_between_two_drivers_allows_no_second_submit() {
    let first = drive(Runware, vec![connection_lost(), no_rows()]).run_for(500);
    let mut first = first.run_on(30_000);
    first.set_clock_back(31_000);
    let later = first.crash(0, script(vec![no_rows()])).run();
    assert_eq!(later.count("submit"), 0);
    assert_eq!(later.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn a_clock_that_jumps_ahead_expires_no_job() {
    // The provider does not know the job yet, and the clock jumps: once before the first poll, once between two.
    for (provider, absent, done) in
        [(Runpod, raw(404, "{}"), runpod_completed()), (Runware, no_rows(), runware_completed())]
    {
        for at in [500, 8_000] {
            let visible_at = T0 + at + 5 * HOUR + 120_000;
            let accepted = replies(provider).remove(0);
            let world = |now: u64, request: &Request| match operation_of(request) {
                "submit" => accepted.clone(),
                _ if now < visible_at => absent.clone(),
                _ => done.clone(),
            };
            let limits = Limits { timeout: Duration::from_secs(12 * 3_600), ..LIMITS };
            let job = job_with(provider, &request_for(provider), limits);
            let mut driver = JobDriver::new(job, world).run_for(at);
            driver.now += 5 * HOUR;
            let driver = driver.run();
            assert_eq!(driver.result().videos.len(), 1, "{provider} {at}");
            assert_eq!(driver.count("submit"), 1);
        }
    }
}

#[test]
fn after_a_jump_an_absent_job_still_ends() {
    for (provider, absent) in [(Runpod, raw(404, "{}")), (Runware, no_rows())] {
        let limits = Limits { timeout: Duration::from_secs(12 * 3_600), ..LIMITS };
        let job = job_with(provider, &request_for(provider), limits);
        let world = script(vec![replies(provider).remove(0), absent]);
        let mut driver = JobDriver::new(job, world).run_for(8_000);
        driver.now += 5 * HOUR;
        let then = driver.now;
        let driver = driver.run();
        assert_eq!(driver.error().failure.code, ErrorCode::ResultExpired, "{provider}");
        assert!(driver.now - then < HOUR, "{provider}");
    }
}

#[test]
fn a_clock_that_jumps_ahead_discards_no_id_of_a_webhook() {
    let visible_at = T0 + 5 * HOUR + 60_000;
    let world = |now: u64, request: &Request| match operation_of(request) {
        "submit" => connection_lost().after(3_000),
        _ if now < visible_at => raw(404, "{}"),
        _ => runpod_completed(),
    };
    let limits = Limits { timeout: Duration::from_secs(12 * 3_600), ..LIMITS };
    let job = job_with(Runpod, &request_for(Runpod), limits);
    let hook = Input::Webhook(serde_json::json!({ "id": RUNPOD_ID, "status": "IN_PROGRESS" }));
    let mut driver = JobDriver::new(job, world).at(2_000, hook).run_for(10_000);
    driver.now += 5 * HOUR;
    let driver = driver.run();
    assert_eq!(driver.result().videos.len(), 1);
}
