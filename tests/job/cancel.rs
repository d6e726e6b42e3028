//! Cancelling reports the truth: cancelled, already finished, or unsupported; nothing is sent after it.

use filmgate::error::ErrorCode;
use filmgate::job::{CancelOutcome, CancelResult, Input, Limits};
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::provider::Request;
use serde_json::json;
use std::time::Duration;

use crate::common::*;
use crate::job::drive;

pub(crate) fn told(result: CancelOutcome, charge: Charge) -> Vec<CancelResult> {
    let told = json!({ "result": result, "charge": charge });
    vec![serde_json::from_value(told).unwrap()]
}

#[test]
fn before_anything_is_sent() {
    for provider in ProviderId::ALL {
        let driver = drive(*provider, vec![Reply::NoResponse])
            .stored(|_| StoreReply::After(1_000))
            .at(500, Input::Cancel)
            .run();
        assert_eq!(driver.sent.len(), 0);
        assert_eq!(driver.cancellations, told(CancelOutcome::Cancelled, Charge::None));
        assert_eq!(driver.error().failure.code, ErrorCode::Cancelled);
        assert_eq!(driver.error().charge, Charge::None);
    }
}

#[test]
fn while_waiting_to_resubmit() {
    // HTTP 429 rejected it; a cancel must not be followed by another submit.
    for provider in ProviderId::ALL {
        let driver = drive(*provider, vec![raw(429, "")]).at(1_000, Input::Cancel).run();
        assert_eq!(driver.count("submit"), 1);
        assert_eq!(driver.cancellations, told(CancelOutcome::Cancelled, Charge::None));
        assert_eq!(driver.error().charge, Charge::None);
    }
    // The same if the cancel comes while the rejection is in flight.
    let driver = drive(Runpod, vec![raw(429, "").after(2_000)]).at(1_000, Input::Cancel).run();
    assert_eq!(driver.now, T0 + 2_000, "there is nothing to wait for");
    assert_eq!(driver.count("submit"), 1);
    assert_eq!(driver.cancellations, told(CancelOutcome::Cancelled, Charge::None));
}

#[test]
fn a_lost_submit_is_not_resubmitted_after_a_cancel() {
    let driver = drive(Runware, vec![connection_lost(), no_rows()]).at(50, Input::Cancel).run();
    assert_eq!(driver.count("submit"), 1);
    assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(driver.error().charge, Charge::Unknown);
    assert_eq!(driver.cancellations.len(), 1);
}

#[test]
fn runpod_cancels_a_queued_job() {
    let replies =
        vec![runpod_status("IN_QUEUE"), runpod_status("IN_QUEUE"), runpod_status("CANCELLED")];
    let driver = drive(Runpod, replies).at(2_500, Input::Cancel).run();
    assert_eq!(driver.operations(), ["submit", "poll", "cancel"]);
    assert_eq!(driver.sent[2].1.path, format!("/sora-2-pro-i2v/cancel/{RUNPOD_ID}"));
    assert_eq!(driver.cancellations[0].result, CancelOutcome::Cancelled);
    assert_eq!(driver.job.status(), Status::Cancelled);
    // It may have started since the last poll, and a started job may be billed.
    assert_eq!(driver.error().charge, Charge::Unknown);
    assert_eq!(driver.cancellations[0].charge, Charge::Unknown);
}

#[test]
fn runpod_cancels_a_running_job() {
    let replies =
        vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_status("CANCELLED")];
    let driver = drive(Runpod, replies).at(2_500, Input::Cancel).run();
    assert_eq!(driver.cancellations, told(CancelOutcome::Cancelled, Charge::Unknown));
    assert_eq!(driver.error().charge, Charge::Unknown);
}

#[test]
fn a_cancel_during_the_submit_follows_its_response() {
    let replies = vec![runpod_status("IN_QUEUE").after(5_000), runpod_status("CANCELLED")];
    let driver = drive(Runpod, replies).at(1_000, Input::Cancel).run();
    assert_eq!(driver.operations()[..2], ["submit", "cancel"]);
    assert_eq!(driver.cancellations[0].result, CancelOutcome::Cancelled);
}

#[test]
fn already_finished() {
    let replies = vec![runpod_status("IN_QUEUE"), runpod_completed()];
    let late = drive(Runpod, replies).at(500, Input::Cancel).run();
    assert_eq!(late.operations(), ["submit", "cancel", "poll"]);
    assert_eq!(late.cancellations, told(CancelOutcome::AlreadyFinished, Charge::Charged));
    assert_eq!(late.result().videos.len(), 1, "a paid video is not lost to a cancel");

    let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": "no" }));
    let ended = drive(Runpod, vec![runpod_status("IN_QUEUE"), failed]).at(500, Input::Cancel).run();
    assert_eq!(ended.cancellations, told(CancelOutcome::AlreadyFinished, Charge::None));
}

#[test]
fn a_cancel_response_may_lack_the_video() {
    // The documents show only an id and a status.
    let bare = ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED" }));
    let replies = vec![runpod_status("IN_QUEUE"), bare, runpod_completed()];
    let driver = drive(Runpod, replies).at(500, Input::Cancel).run();
    assert_eq!(driver.operations(), ["submit", "cancel", "poll"]);
    assert_eq!(driver.cancellations, told(CancelOutcome::AlreadyFinished, Charge::Charged));
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn runware_cannot_cancel() {
    for cancel_at in [50, 1_500] {
        let replies = vec![ack(), runware_progress(10), runware_progress(50), runware_completed()];
        let driver = drive(Runware, replies).at(cancel_at, Input::Cancel).run();
        assert_eq!(driver.cancellations, told(CancelOutcome::Unsupported, Charge::Unknown));
        assert_eq!(driver.result().videos.len(), 1, "the job goes on and is billed");
    }
}

#[test]
fn an_unsupported_cancel_is_reported_and_the_job_continues() {
    // The documents do not say whether public endpoints support cancel.
    let refusals = [
        runpod_status("IN_PROGRESS"),
        raw(404, ""),
        raw(405, "Method Not Allowed"),
        raw(400, "{}"),
        raw(501, ""),
        raw(403, "{}"),
    ];
    for refusal in refusals {
        let world = {
            let mut polls = 0;
            let refusal = refusal.clone();
            move |_: u64, request: &Request| match operation_of(request) {
                "submit" => runpod_status("IN_QUEUE"),
                "cancel" => refusal.clone(),
                _ => {
                    polls += 1;
                    if polls < 4 { runpod_status("IN_PROGRESS") } else { runpod_completed() }
                }
            }
        };
        let driver =
            JobDriver::new(job(Runpod, &runpod_request()), world).at(500, Input::Cancel).run();
        let expected = told(CancelOutcome::Unsupported, Charge::Unknown);
        assert_eq!(driver.cancellations, expected, "{refusal:?}");
        assert_eq!(driver.result().videos.len(), 1, "{refusal:?}");
    }
}

#[test]
fn a_cancel_with_lost_responses_is_repeated() {
    let replies = vec![
        runpod_status("IN_QUEUE"),
        connection_lost(),
        raw(503, ""),
        runpod_status("CANCELLED"),
    ];
    let driver = drive(Runpod, replies).at(500, Input::Cancel).run();
    assert_eq!(driver.cancellations[0].result, CancelOutcome::Cancelled);
}

#[test]
fn each_cancel_has_one_result() {
    let replies = vec![runpod_status("IN_QUEUE"), runpod_status("CANCELLED").after(3_000)];
    let driver = drive(Runpod, replies)
        .at(500, Input::Cancel)
        .at(600, Input::Cancel)
        .at(700, Input::Cancel)
        .run();
    assert_eq!(driver.count("cancel"), 1);
    assert_eq!(driver.cancellations.len(), 1);
}

#[test]
fn cancelled_by_someone_else() {
    let driver = drive(
        Runpod,
        vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_status("CANCELLED")],
    )
    .run();
    assert_eq!(driver.error().failure.code, ErrorCode::Cancelled);
    assert_eq!(driver.cancellations, []);
    assert_eq!(driver.error().charge, Charge::Unknown);
}

#[test]
fn no_cancel_result_before_it_is_stored() {
    // The end is not stored yet: a process that resumes the earlier record may still submit.
    let (busy, refused) = (raw(429, ""), raw(400, "{}").after(900));
    for (reply, at) in [(busy, 500), (refused.clone(), 500), (refused, 1_500)] {
        let unstored = |revision| {
            if revision == 1 { StoreReply::After(0) } else { StoreReply::Never }
        };
        let driver =
            drive(Runware, vec![reply]).stored(unstored).at(at, Input::Cancel).run_for(5_000);
        assert!(driver.done.is_none());
        assert_eq!(driver.cancellations, []);
    }
}

#[test]
fn the_cancel_result_comes_with_the_end() {
    let slow = |_| StoreReply::After(1_000);
    for (at, result, charge) in [
        (500, CancelOutcome::Cancelled, Charge::None),
        // The rejection has ended the job; its end is still being saved.
        (1_500, CancelOutcome::AlreadyFinished, Charge::None),
    ] {
        let driver = drive(Runware, vec![raw(400, "{}")]).stored(slow).at(at, Input::Cancel).run();
        assert_eq!(driver.cancellations, told(result, charge), "{at}");
    }
}

/// When the first cancel got its result, after it was wanted.
fn answered_after<W: FnMut(u64, &Request) -> Reply>(
    mut driver: JobDriver<W>,
    cancel_ms: u64,
) -> u64 {
    let mut until = T0 + cancel_ms;
    while driver.cancellations.is_empty() {
        until += 500;
        assert!(until < T0 + 300_000, "the cancel gets no result");
        driver.run_until(until);
    }
    driver.now - T0 - cancel_ms
}

#[test]
fn a_cancel_that_gets_no_response_is_answered_within_seconds() {
    let silent = || {
        let world = |_: u64, request: &Request| match operation_of(request) {
            "cancel" => Reply::NoResponse,
            _ => runpod_status("IN_QUEUE"),
        };
        JobDriver::new(job(Runpod, &runpod_request()), world).at(2_500, Input::Cancel)
    };
    assert!(answered_after(silent(), 2_500) <= 11_000);
    assert_eq!(
        silent().run_for(60_000).cancellations,
        told(CancelOutcome::Unsupported, Charge::Unknown)
    );
}

#[test]
fn a_cancel_does_not_wait_for_a_poll() {
    let world = |_: u64, request: &Request| match operation_of(request) {
        "submit" => runpod_status("IN_QUEUE"),
        "cancel" => runpod_status("CANCELLED"),
        _ => Reply::NoResponse,
    };
    let driver =
        JobDriver::new(job(Runpod, &runpod_request()), world).at(5_000, Input::Cancel).run();
    assert_eq!(driver.operations(), ["submit", "poll", "cancel"]);
    assert_eq!(driver.now, T0 + 5_100);
}

#[test]
fn the_callers_timeout_answers_a_cancel() {
    let limits = Limits { timeout: Duration::from_millis(4_000), ..LIMITS };
    let world = |_: u64, request: &Request| match operation_of(request) {
        "cancel" => Reply::NoResponse,
        _ => runpod_status("IN_QUEUE"),
    };
    let driver = JobDriver::new(job_with(Runpod, &runpod_request(), limits), world);
    let driver = driver.at(2_500, Input::Cancel).run();
    assert_eq!(driver.error().failure.code, ErrorCode::Timeout);
    assert_eq!(driver.now, T0 + 4_000);
    assert_eq!(driver.cancellations, told(CancelOutcome::Unsupported, Charge::Unknown));
}
