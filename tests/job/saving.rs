//! The store: the effect of a failed save before and after the submit is sent.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Limits, Output};
use filmgate::outcome::Charge;
use filmgate::provider::Body;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::json;
use std::time::Duration;

use crate::common::*;
use crate::job::drive;

#[test]
fn a_job_that_cannot_be_stored_is_not_submitted() {
    for provider in ProviderId::ALL {
        let driver =
            drive(*provider, vec![Reply::NoResponse]).stored(|_| StoreReply::Refused).run();
        assert_eq!(driver.sent.len(), 0);
        let error = driver.error();
        assert_eq!(error.failure.code, ErrorCode::StoreError);
        assert_eq!(error.charge, Charge::None);
        assert!(error.is_retryable());
    }
}

#[test]
fn a_later_store_failure_does_not_stop_a_paid_job() {
    for (provider, replies) in [
        (Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()]),
        (Runware, vec![ack(), runware_progress(5), runware_completed()]),
    ] {
        let refuses = |revision| {
            if revision == 1 { StoreReply::After(0) } else { StoreReply::Refused }
        };
        let driver = drive(provider, replies).stored(refuses).run();
        assert_eq!(driver.result().videos.len(), 1);
        assert_eq!(driver.count("submit"), 1);
    }
}

#[test]
fn a_slow_store_gets_one_save_at_a_time() {
    // The driver asserts that each save follows the previous one.
    for ms in [1, 250, 5_000] {
        let replies =
            vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()];
        let driver = drive(Runpod, replies).stored(move |_| StoreReply::After(ms)).run();
        let last = driver.records.last().unwrap();
        assert_eq!(last["status"], "completed", "the end is stored before it is told");
    }
}

#[test]
fn the_acceptance_is_stored() {
    for (provider, replies) in [
        (Runpod, vec![runpod_status("IN_QUEUE"), Reply::NoResponse]),
        (Runware, vec![ack(), Reply::NoResponse]),
    ] {
        let driver = drive(provider, replies).run_for(500);
        let record = driver.records.last().unwrap();
        assert_eq!(record["handle"]["acceptedAt"], json!(T0 + 100));
        assert!(record["handle"]["jobId"].is_string());
        assert_eq!(record.pointer("/submission/body"), None, "it is needed no longer");
    }
}

#[test]
fn the_body_is_stored_until_the_acceptance() {
    let driver = drive(Runware, vec![Reply::NoResponse]).run_for(500);
    assert_eq!(driver.records.len(), 1);
    let prompt = &driver.records[0]["submission"]["body"]["positivePrompt"];
    assert_eq!(*prompt, runware_request()["prompt"]);
}

#[test]
fn a_refused_save_of_the_acceptance_is_retried() {
    for (provider, replies) in [
        (Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS")]),
        (Runware, vec![ack(), runware_progress(5)]),
    ] {
        let mut saves = 0;
        let refuses_once = move |_| {
            saves += 1;
            if saves == 2 { StoreReply::Refused } else { StoreReply::After(0) }
        };
        let driver = drive(provider, replies).stored(refuses_once).run_for(60_000);
        assert!(driver.count("poll") > 2);
        assert_eq!(driver.records.len(), 2, "once is enough");
        assert!(driver.records[1]["handle"]["jobId"].is_string());
    }
}

#[test]
fn an_end_after_the_timeout_is_stored_before_it_is_reported() {
    let limits = Limits { timeout: Duration::from_millis(20_000), ..LIMITS };
    let job = job_with(Runpod, &runpod_request(), limits);
    let world = script(vec![raw(400, "{}").after(25_000)]);
    let driver = JobDriver::new(job, world)
        .stored(|revision| StoreReply::After(if revision == 2 { 3_000 } else { 0 }))
        .run();
    assert_eq!(driver.error().failure.code, ErrorCode::BadRequest);
    assert_eq!(driver.now, T0 + 28_000, "it waits for the store");
}

#[test]
fn a_late_store_response_counts() {
    // The end was reported without it; a webhook then adds the id, which is the next revision.
    let driver = drive(Runpod, vec![connection_lost()])
        .stored(|revision| {
            StoreReply::After(if revision == 2 {
                LIMITS.timeout.as_millis() as u64 + 60_000
            } else {
                0
            })
        })
        .run();
    assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
    let (mut job, now) = (driver.job, driver.now + 1_000);
    job.handle_input(now, Input::Saved(2));
    let body = runpod_status("IN_QUEUE").response().body.clone();
    let Body::Json(hint) = body else {
        panic!("no JSON");
    };
    job.handle_input(now, Input::Webhook(hint));
    let Output::Save { revision, record } = job.poll_output() else {
        panic!("the id is to be stored");
    };
    assert_eq!((revision, record["handle"]["jobId"].as_str()), (3, Some(RUNPOD_ID)));
}
