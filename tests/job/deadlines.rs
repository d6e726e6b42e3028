//! Time limits: of a request and of the caller, but not of the job.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Limits};
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::json;
use std::time::Duration;

use crate::common::*;
use crate::job::drive;

const SHORT: Limits = Limits {
    request_timeout: Duration::from_millis(30_000),
    timeout: Duration::from_millis(20_000),
    ..LIMITS
};

#[test]
fn each_request_has_a_time_limit() {
    let driver = drive(Runware, vec![ack(), Reply::NoResponse, runware_completed()]).run();
    assert_eq!(driver.sent[2].0 - driver.sent[1].0, 30_000 + 2_000, "the limit, and a pause");
    // A runsync request has a longer limit, since the provider holds it.
    let request = with(runpod_request(), json!({ "deliveryMethod": "sync" }));
    let silent = JobDriver::new(job(Runpod, &request), script(vec![Reply::NoResponse])).run();
    assert_eq!(silent.now - T0, 30_000 + 90_000);
}

#[test]
fn the_callers_timeout_does_not_end_the_job() {
    for (provider, accepted, running, done) in [
        (Runpod, runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()),
        (Runware, ack(), runware_progress(1), runware_completed()),
    ] {
        let job = job_with(provider, &request_for(provider), SHORT);
        let driver = JobDriver::new(job, script(vec![accepted, running])).run();
        let error = driver.error();
        assert_eq!(error.failure.code, ErrorCode::Timeout);
        assert_eq!(error.charge, Charge::Unknown);
        assert_eq!(driver.now - T0, 20_000);
        assert!(!driver.job.status().is_end());
        let later = driver.crash(60_000, script(vec![done])).run();
        assert_eq!(later.operations(), ["poll"]);
        assert_eq!(later.result().videos.len(), 1);
    }
}

#[test]
fn only_an_accepted_job_is_said_to_continue() {
    for (first, continues) in
        [(ack(), true), (Reply::NoResponse, false), (raw(503, "<html>"), false)]
    {
        let job = job_with(Runware, &request_for(Runware), SHORT);
        let driver = JobDriver::new(job, script(vec![first])).run();
        let failure = &driver.error().failure;
        assert_eq!(failure.code, ErrorCode::Timeout);
        assert_eq!(failure.message.contains("The job continues"), continues, "{}", failure.message);
        assert!(failure.message.contains("resume"), "{}", failure.message);
    }
}

#[test]
fn a_submit_in_flight_is_waited_for() {
    // At RunPod only its response identifies the job.
    let job = job_with(Runpod, &runpod_request(), SHORT);
    let driver = JobDriver::new(job, script(vec![runpod_status("IN_QUEUE").after(25_000)])).run();
    assert_eq!(driver.error().failure.code, ErrorCode::Timeout);
    assert_eq!(driver.now - T0, 25_000);
    assert_eq!(driver.job.handle.job_id.as_deref(), Some(RUNPOD_ID));
    let later = driver.crash(0, script(vec![runpod_completed()])).run();
    assert_eq!(later.result().videos.len(), 1);
}

#[test]
fn a_job_rate_limited_until_the_timeout_costs_nothing() {
    for provider in ProviderId::ALL {
        let job = job_with(*provider, &request_for(*provider), SHORT);
        let busy = raw(429, "").retry_after(60_000);
        let driver = JobDriver::new(job, script(vec![busy])).run();
        let error = driver.error();
        assert_eq!(error.failure.code, ErrorCode::RateLimited, "{provider}");
        assert_eq!(error.charge, Charge::None);
        assert!(driver.job.status().is_end(), "nothing is left to resume");
        assert_eq!(driver.count("submit"), 1);
    }
}

#[test]
fn a_store_that_never_responds_does_not_cause_spinning() {
    for provider in ProviderId::ALL {
        let job = job_with(*provider, &request_for(*provider), SHORT);
        let driver =
            JobDriver::new(job, script(vec![Reply::NoResponse])).stored(|_| StoreReply::Never);
        let driver = driver.run_for(3_600_000);
        assert_eq!(driver.sent.len(), 0);
        let error = driver.error();
        assert_eq!(error.failure.code, ErrorCode::StoreError);
        assert_eq!(error.charge, Charge::None);
        assert_eq!(driver.now - T0, 20_000);
    }
}

#[test]
fn a_store_that_responds_too_late_starts_nothing() {
    let job = job_with(Runpod, &runpod_request(), SHORT);
    let driver = JobDriver::new(job, script(vec![runpod_status("IN_QUEUE")]))
        .stored(|_| StoreReply::After(25_000));
    let mut driver = driver.run();
    assert_eq!(driver.error().failure.code, ErrorCode::StoreError);
    driver.done = None;
    driver.job.handle_input(T0 + 25_000, Input::Saved(1));
    driver.run_until(T0 + 60_000);
    assert_eq!(driver.sent.len(), 0);
}

#[test]
fn an_end_that_cannot_be_stored_does_not_cause_spinning() {
    let job = job_with(Runpod, &runpod_request(), SHORT);
    let world = script(vec![runpod_status("IN_QUEUE"), runpod_completed()]);
    let driver = JobDriver::new(job, world)
        .stored(|revision| if revision < 3 { StoreReply::After(0) } else { StoreReply::Never })
        .run_for(3_600_000);
    assert!(driver.done.is_some(), "a paid video is not kept back by a store");
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn a_jumping_clock_is_harmless() {
    for provider in ProviderId::ALL {
        let mut driver = drive(*provider, vec![Reply::NoResponse]).run_for(100);
        driver.job.handle_input(0, Input::Timeout);
        driver.job.handle_input(1_000 * T0, Input::Timeout);
        driver.now = T0;
        driver.run_until(u64::MAX);
        assert!(driver.count("submit") == 1);
    }
}

#[test]
fn an_infinite_timeout_does_not_end_the_job() {
    for (provider, replies) in [
        (Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()]),
        (Runware, vec![ack(), runware_progress(1), runware_completed()]),
    ] {
        let limits = Limits {
            request_timeout: Duration::from_millis(u64::MAX),
            timeout: Duration::from_millis(u64::MAX),
            ..LIMITS
        };
        let job = job_with(provider, &request_for(provider), limits);
        let driver = JobDriver::new(job, script(replies)).run();
        assert_eq!(driver.result().videos.len(), 1);
    }
}

#[test]
fn a_request_limit_above_a_minute_does_not_extend_the_timeout() {
    let slow = Limits { request_timeout: Duration::from_secs(120), ..SHORT };
    let job = job_with(Runware, &request_for(Runware), slow);
    let driver = JobDriver::new(job, script(vec![Reply::NoResponse])).run();
    assert_eq!(driver.error().failure.code, ErrorCode::Timeout);
    assert_eq!(
        driver.operations(),
        ["submit", "poll"],
        "after a long pause it is polled once more"
    );
}

#[test]
fn requests_after_the_deadline_share_one_time_limit() {
    // The deadline is a minute after the first poll, just before the second one is due.
    let limits = Limits { timeout: Duration::from_millis(61_180), ..SHORT };
    let job = job_with(Runware, &request_for(Runware), limits);
    let busy = raw(429, "").retry_after(60_000);
    let replies = vec![connection_lost(), busy, no_rows().after(29_000), Reply::NoResponse];
    let driver = JobDriver::new(job, script(replies)).run();
    assert_eq!(driver.operations(), ["submit", "poll", "poll", "details"]);
    assert_eq!(driver.error().failure.code, ErrorCode::Timeout);
    assert_eq!(driver.now - T0, 61_180 + 30_000);
}
