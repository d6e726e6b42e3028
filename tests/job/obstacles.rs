//! What stands in the way of a job that is not over: it is reported, and it is not waited for without end.

use filmgate::error::ErrorCode;
use filmgate::job::{CancelOutcome, Input, Limits};
use filmgate::outcome::{Charge, Failure, Status};
use filmgate::provider::ProviderId::{Runpod, Runware};
use filmgate::provider::Request;
use serde_json::{Value, json};
use std::time::Duration;

use super::cancel::told;
use crate::common::*;
use crate::job::drive;

/// The errors in the updates, each once.
fn reported<W>(driver: &JobDriver<W>) -> Vec<Option<Failure>> {
    let mut failures: Vec<_> = driver.updates.iter().map(|update| update.failure.clone()).collect();
    failures.dedup();
    failures
}

// ------------------------------------------------------------------------------ reconciling offline

fn offline() -> JobDriver<impl FnMut(u64, &Request) -> Reply> {
    drive(Runware, vec![connection_lost()])
}

#[test]
fn a_submit_whose_outcome_cannot_be_polled_is_reported_within_seconds() {
    let driver = offline().run_for(6_000);
    let failure = driver.updates.last().unwrap().failure.clone().unwrap();
    assert_eq!(driver.updates.last().unwrap().status, Status::Reconciling);
    assert_eq!(failure.code, ErrorCode::ConnectionError);
    for word in ["Runware does not answer", "CORS", "gateway"] {
        assert!(failure.message.contains(word), "{}", failure.message);
    }
    // A provider that does not answer at all is reported with the first poll.
    let silent = drive(Runware, vec![Reply::NoResponse]).run_for(62_000);
    assert!(silent.updates.last().unwrap().failure.is_some());
}

#[test]
fn a_submit_whose_outcome_cannot_be_polled_ends_after_two_minutes() {
    for trouble in [connection_lost(), raw(503, ""), raw(200, "<html>"), raw(429, "")] {
        let driver = drive(Runware, vec![connection_lost(), trouble.clone()]).run();
        let error = driver.error();
        assert_eq!(error.failure.code, ErrorCode::SubmissionUnknown, "{trouble:?}");
        assert_eq!(error.charge, Charge::Unknown);
        let waited = driver.now - T0;
        assert!((60_000..180_000).contains(&waited), "{trouble:?}: {waited}");
        assert_eq!(driver.count("submit"), 1);
        // It is not lost: a resume finds it.
        let found = driver.crash(60_000, script(vec![runware_completed()])).run();
        assert_eq!(found.result().videos.len(), 1);
    }
}

#[test]
fn a_cancel_while_reconciling_is_answered_at_once() {
    let driver = offline().at(5_000, Input::Cancel).run_for(5_000);
    assert_eq!(driver.cancellations, told(CancelOutcome::Unsupported, Charge::Unknown));
    // Nor is the submit sent again after it.
    let replies = vec![connection_lost(), no_rows()];
    let driver = drive(Runware, replies).at(900, Input::Cancel).run();
    assert_eq!(driver.cancellations, told(CancelOutcome::Unsupported, Charge::Unknown));
    assert_eq!(driver.count("submit"), 1);
}

#[test]
fn a_provider_that_can_be_polled_again_clears_the_report() {
    let replies = vec![connection_lost(), connection_lost(), connection_lost(), no_rows()];
    let driver = drive(Runware, replies).run_for(20_000);
    assert_eq!(driver.updates.last().unwrap().status, Status::Reconciling);
    assert_eq!(driver.updates.last().unwrap().failure, None);
}

#[test]
fn a_rejected_key_while_reconciling_is_told_at_once() {
    let driver = drive(Runware, vec![connection_lost(), raw(401, "")]).run();
    assert_eq!(driver.error().failure.code, ErrorCode::Unauthorized);
    assert_eq!(driver.error().charge, Charge::Unknown);
    assert!(driver.now - T0 < 10_000);
    assert!(!driver.job.status().is_end());
    // With another key it continues; so does a resumed job.
    let again = driver.crash(60_000, script(vec![raw(401, "")])).run();
    assert_eq!(again.error().failure.code, ErrorCode::Unauthorized);
    let found = again.crash(60_000, script(vec![runware_completed()])).run();
    assert_eq!(found.result().videos.len(), 1);
}

// ---------------------------------------------------------------------------------- failing polls

#[test]
fn repeated_failures_of_polls_are_reported_and_cleared() {
    for (provider, accepted, done) in [
        (Runpod, runpod_status("IN_QUEUE"), runpod_completed()),
        (Runware, ack(), runware_completed()),
    ] {
        let once = vec![accepted.clone(), connection_lost(), done.clone()];
        assert_eq!(reported(&drive(provider, once).run()), [None], "one failure is normal");
        let trouble = connection_lost();
        let replies = vec![accepted, trouble.clone(), trouble.clone(), trouble, done];
        let failures = reported(&drive(provider, replies).run());
        assert_eq!(failures.len(), 3, "{failures:?}");
        assert_eq!(failures[1].as_ref().unwrap().code, ErrorCode::ConnectionError);
    }
}

#[test]
fn an_update_writes_its_failure_as_error() {
    let driver = offline().run_for(6_000);
    let json = serde_json::to_value(driver.updates.last().unwrap()).unwrap();
    assert_eq!(json["error"]["code"], "connection_error");
}

// --------------------------------------------------------------------- an error of a running job

/// RunPod: in progress, with an error inside.
fn stuck(message: &str) -> Reply {
    ok(json!({ "id": RUNPOD_ID, "status": "IN_PROGRESS", "executionTime": 155, "output": {
        "status": "error", "error": { "message": message, "stage": "config" } } }))
}

#[test]
fn an_error_of_a_running_job_is_reported_and_ends_it_after_a_minute() {
    let reply = stuck("R2 config incomplete");
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), reply]).run();
    let waited = driver.now - T0;
    assert!((60_000..1_800_000).contains(&waited), "{waited}");
    assert!(driver.count("poll") >= 5);
    assert!(reported(&driver)[1].is_some());
    let error = driver.error();
    assert_eq!(error.failure.code, ErrorCode::GenerationFailed);
    assert_eq!(error.charge, Charge::Unknown);
    assert!(error.failure.message.contains("may still be running"), "{}", error.failure.message);
    assert!(error.failure.message.contains("cancel()"), "{}", error.failure.message);
    // And so it can be cancelled.
    let mut again = driver
        .crash(1_000, script(vec![stuck("R2 config incomplete"), runpod_status("CANCELLED")]));
    again.job.handle_input(again.now, Input::Cancel);
    let again = again.run();
    assert_eq!(again.cancellations, told(CancelOutcome::Cancelled, Charge::Unknown));
}

#[test]
fn an_error_of_a_running_job_may_pass() {
    let mut replies = vec![runpod_status("IN_QUEUE")];
    for at in 0..30 {
        replies.push(stuck(if at % 4 == 3 { "another" } else { "retry" }));
    }
    replies.push(runpod_completed());
    let driver = drive(Runpod, replies).run();
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn a_batch_with_one_failure_is_not_stuck() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let failed = json!({ "status": "error", "code": "inferenceError", "message": "No." });
    let busy = json!({ "status": "processing", "progress": 5 });
    let mut replies = vec![ack()];
    replies.extend(vec![rows(&[failed.clone(), busy]); 20]);
    replies.push(rows(&[failed, video_row(1)]));
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert_eq!(driver.result().videos.len(), 1);
    assert_eq!(driver.result().failures.len(), 1);
}

// ------------------------------------------------------------------------------ an unknown submit

#[test]
fn the_error_begins_with_what_is_not_known() {
    let paused: Value = json!({ "error": "endpoint is paused" });
    let driver = drive(Runpod, vec![http(409, &paused)]).run();
    let failure = &driver.error().failure;
    assert_eq!(failure.code, ErrorCode::SubmissionUnknown);
    let message = &failure.message;
    assert!(message.starts_with("It is unknown whether RunPod accepted the job"), "{message}");
    assert!(message.ends_with("endpoint is paused"), "{message}");
    // It is not so long that the reason is truncated.
    for provider in [Runpod, Runware] {
        let driver = drive(provider, vec![connection_lost()]).run();
        let message = &driver.error().failure.message;
        assert!(message.ends_with("use a gateway."), "{message}");
    }
}

#[test]
fn an_error_of_a_running_job_ends_it_under_long_polling_too() {
    let limits = Limits { long_poll: true, timeout: Duration::from_secs(3_600), ..LIMITS };
    let held = stuck("config").after(90_000);
    let world = script(vec![runpod_status("IN_QUEUE"), held]);
    let driver = JobDriver::new(job_with(Runpod, &runpod_request(), limits), world).run();
    assert_eq!(driver.error().failure.code, ErrorCode::GenerationFailed);
    assert!(driver.now - T0 <= 10 * 90_000, "{}", driver.now - T0);
}
