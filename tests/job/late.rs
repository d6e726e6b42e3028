//! Responses that arrive after the request was given up.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Limits, Output};
use filmgate::provider::ProviderId::{Runpod, Runware};
use serde_json::json;
use std::time::Duration;

use crate::common::*;
use crate::job::drive;

#[test]
fn a_late_response_to_a_submit_identifies_the_job() {
    // The end as unknown is being stored when the response arrives after all.
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE").after(31_000), runpod_completed()])
        .stored(|revision| StoreReply::After(if revision == 2 { 5_000 } else { 0 }))
        .run();
    assert_eq!(driver.operations(), ["submit", "poll"]);
    assert_eq!(driver.result().videos.len(), 1);
    assert_eq!(driver.records.last().unwrap()["status"], "completed");
}

#[test]
fn a_late_response_to_a_runware_submit_ends_reconciling() {
    let limits = Limits { request_timeout: Duration::from_millis(5_000), ..LIMITS };
    let job = job_with(Runware, &runware_request(), limits);
    let world = script(vec![ack().after(9_000), no_rows().after(4_000), runware_completed()]);
    let driver = JobDriver::new(job, world).run();
    assert_eq!(driver.count("submit"), 1);
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn a_late_rejection_changes_nothing() {
    let driver = drive(Runpod, vec![raw(400, "{}").after(31_000)])
        .stored(|revision| StoreReply::After(if revision == 2 { 5_000 } else { 0 }))
        .run();
    assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn responses_to_unknown_requests_are_dropped() {
    let mut driver =
        drive(Runpod, vec![runpod_status("IN_QUEUE"), Reply::NoResponse]).run_for(2_000);
    driver.job.handle_input(driver.now, Input::Timeout);
    let before = driver.job.record();
    for id in [0, 7, u32::MAX] {
        let response = runpod_completed().response().clone();
        driver.job.handle_input(driver.now, Input::Response { id, response });
        driver.job.handle_input(driver.now, Input::TransportFailed { id, kind: NETWORK });
        driver.job.handle_input(driver.now, Input::Saved(id));
        driver.job.handle_input(driver.now, Input::SaveFailed(id));
    }
    assert_eq!(driver.job.record(), before);
    assert!(matches!(driver.job.poll_output(), Output::Timeout(_)));
}

#[test]
fn a_late_poll_response_does_not_end_the_job() {
    // The response to a poll whose limit has passed; the next poll gets the same.
    let limits = Limits { request_timeout: Duration::from_millis(5_000), ..LIMITS };
    let job = job_with(Runpod, &runpod_request(), limits);
    let world = script(vec![
        runpod_status("IN_QUEUE"),
        runpod_completed().after(6_000),
        runpod_completed(),
    ]);
    let driver = JobDriver::new(job, world).run();
    assert_eq!(driver.operations(), ["submit", "poll", "poll"]);
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn nothing_is_sent_after_the_end() {
    let mut driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()]).run();
    for input in [
        Input::Timeout,
        Input::Response { id: 1, response: runpod_status("FAILED").response().clone() },
        Input::TransportFailed { id: 1, kind: NETWORK },
    ] {
        driver.job.handle_input(driver.now + 1, input);
        assert!(matches!(driver.job.poll_output(), Output::Timeout(u64::MAX)));
    }
    assert!(driver.job.end().unwrap().is_ok());
}

#[test]
fn a_late_runsync_response_contains_the_video() {
    // RunPod keeps the result of `/runsync` for a minute: by then it could not be polled.
    let request = with(runpod_request(), json!({ "deliveryMethod": "sync" }));
    let world = script(vec![runpod_completed().after(121_000), raw(404, "{}")]);
    let driver = JobDriver::new(job(Runpod, &request), world)
        .stored(|revision| StoreReply::After(if revision == 2 { 5_000 } else { 0 }))
        .run();
    assert_eq!(driver.operations(), ["submit"]);
    assert_eq!(driver.result().videos.len(), 1);
    assert_eq!(driver.records.last().unwrap()["status"], "completed");
}

#[test]
fn a_late_response_does_not_extend_the_timeout() {
    // The store does not respond to the end as unknown; the submit's response comes meanwhile.
    let limits = Limits { timeout: Duration::from_secs(20), ..LIMITS };
    let world = script(vec![runpod_status("IN_QUEUE").after(31_000), runpod_status("IN_PROGRESS")]);
    let driver = JobDriver::new(job_with(Runpod, &runpod_request(), limits), world)
        .stored(|revision| if revision == 2 { StoreReply::Never } else { StoreReply::After(0) })
        .run();
    assert_eq!(driver.error().failure.code, ErrorCode::Timeout);
    assert!(driver.now - T0 <= 31_000 + 30_000, "{}", driver.now - T0);
    assert!(driver.count("poll") <= 1, "{:?}", driver.operations());
}
