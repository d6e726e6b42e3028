//! An ended job that may have been billed is polled once more when it is resumed.

use filmgate::error::{Error, ErrorCode};
use filmgate::job::{CancelOutcome, Input};
use filmgate::outcome::{Charge, Status, VideoResult};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::provider::Request;
use serde_json::json;

use super::cancel::told;
use crate::common::*;
use crate::job::drive;

type World = Box<dyn FnMut(u64, &Request) -> Reply>;
type Ended = JobDriver<World>;

fn ended(provider: ProviderId, replies: Vec<Reply>) -> Ended {
    let world: World = Box::new(script(replies));
    let driver = JobDriver::new(job(provider, &request_for(provider)), world).run();
    assert!(driver.error().charge != Charge::None);
    driver
}

/// The end as it is in the record: without the provider's own words, and without a failed job's response.
fn stored<W>(driver: &JobDriver<W>) -> Option<Result<VideoResult, Error>> {
    let mut done = driver.done.clone();
    if let Some(Err(error)) = &mut done {
        error.failure.provider_message = None;
        error.raw.take_if(|_| error.failure.code != ErrorCode::InvalidResponse);
    }
    done
}

/// Jobs that ended with an error although they may have been billed.
fn all_ended() -> Vec<(&'static str, Ended)> {
    let empty = ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED" }));
    let queued = || runpod_status("IN_QUEUE");
    vec![
        ("timed out", ended(Runpod, vec![queued(), runpod_status("TIMED_OUT")])),
        ("cancelled", ended(Runpod, vec![queued(), runpod_status("CANCELLED")])),
        ("without a video", ended(Runpod, vec![queued(), empty])),
        ("expired", ended(Runpod, vec![queued(), raw(404, "")])),
        ("failed", ended(Runware, vec![ack(), runware_error(200, "inferenceError")])),
        ("unknown", ended(Runware, vec![connection_lost(), no_rows()])),
    ]
}

fn done(provider: ProviderId) -> Reply {
    if provider == Runpod { runpod_completed() } else { runware_completed() }
}

#[test]
fn a_video_that_exists_after_all_is_delivered() {
    for (name, ended) in all_ended() {
        let provider = ended.job.handle.provider;
        let again = ended.crash(60_000, script(vec![done(provider)])).run();
        assert_eq!(again.operations(), ["poll"], "{name}");
        assert_eq!(again.result().videos.len(), 1, "{name}");
        assert_eq!(again.records.last().unwrap()["status"], "completed", "{name}");
    }
}

#[test]
fn a_job_that_runs_again_goes_on() {
    for (name, ended) in all_ended() {
        let provider = ended.job.handle.provider;
        let running =
            if provider == Runpod { runpod_status("IN_PROGRESS") } else { runware_progress(40) };
        let again = ended.crash(60_000, script(vec![running, done(provider)])).run();
        assert_eq!(again.operations(), ["poll", "poll"], "{name}");
        assert_eq!(again.result().videos.len(), 1, "{name}");
        assert!(again.updates.iter().any(|update| update.status == Status::Running), "{name}");
    }
}

#[test]
fn a_finished_video_whose_url_is_not_there_yet_is_waited_for() {
    for (name, ended) in all_ended() {
        let provider = ended.job.handle.provider;
        let bare = match provider {
            Runpod => ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED" })),
            _ => rows(&[json!({ "status": "success", "videoUUID": VIDEO_UUID })]),
        };
        let again = ended.crash(60_000, script(vec![bare.clone(), bare, done(provider)])).run();
        assert_eq!(again.operations(), ["poll", "poll", "poll"], "{name}");
        assert_eq!(again.result().videos.len(), 1, "{name}");
    }
}

#[test]
fn anything_else_repeats_the_stored_error_at_once_and_stores_nothing() {
    for reply in [
        connection_lost(),
        raw(401, ""),
        raw(404, ""),
        raw(503, ""),
        raw(429, ""),
        raw(200, "<html>"),
    ] {
        for (name, ended) in all_ended() {
            let (before, records) = (stored(&ended), ended.records.len());
            let again = ended.crash(86_400_000, script(vec![reply.clone()]));
            let began = again.now;
            let again = again.run();
            assert_eq!(again.done, before, "{name}: {reply:?}");
            assert_eq!(again.records.len(), 1, "{name}: {records} before");
            assert!(again.sent.len() <= 2, "{name}: {:?}", again.operations());
            assert_eq!(again.count("submit"), 0);
            assert!(again.now - began < 1_000, "{name}");
        }
    }
}

#[test]
fn a_provider_that_does_not_answer_is_waited_for_once() {
    for (name, ended) in all_ended() {
        let before = stored(&ended);
        let again = ended.crash(60_000, script(vec![Reply::NoResponse])).run();
        assert_eq!(again.done, before, "{name}");
        assert_eq!(again.sent.len(), 1, "{name}");
    }
}

#[test]
fn runwares_details_are_requested_after_the_poll() {
    let details = ok(json!({ "data": [{
        "taskType": "getTaskDetails", "taskUUID": UUID, "request": [],
        "response": { "data": [row(&video_row(1))] },
    }] }));
    let failed = ended(Runware, vec![ack(), runware_error(200, "inferenceError")]);
    let again = failed.crash(60_000, script(vec![no_rows(), details])).run();
    assert_eq!(again.operations(), ["poll", "details"]);
    assert_eq!(again.result().videos.len(), 1);
}

#[test]
fn an_end_that_cost_nothing_and_a_completed_job_are_final() {
    let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": "no" }));
    for (provider, replies) in [
        (Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()]),
        (Runware, vec![ack(), runware_completed()]),
        (Runpod, vec![runpod_status("IN_QUEUE"), failed]),
        (Runware, vec![raw(401, "")]),
        // There is no id to poll.
        (Runpod, vec![connection_lost()]),
    ] {
        let first = drive(provider, replies).run();
        let before = stored(&first);
        let again = first.crash(86_400_000, script(vec![Reply::NoResponse])).run();
        assert_eq!(again.sent.len(), 0, "the end is in the record");
        assert_eq!(again.done, before);
    }
}

#[test]
fn a_failure_of_a_job_whose_end_was_unknown_is_news() {
    let expired = ended(Runpod, vec![runpod_status("IN_QUEUE"), raw(404, "")]);
    let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": "no" }));
    let again = expired.crash(60_000, script(vec![failed])).run();
    assert_eq!(again.error().failure.code, ErrorCode::GenerationFailed);
    assert_eq!(again.error().charge, Charge::None);
}

#[test]
fn a_cancel_of_a_resumed_job_is_answered() {
    let replies = || vec![runpod_status("IN_PROGRESS").after(1_000), runpod_status("CANCELLED")];
    let stuck = ended(Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("TIMED_OUT")]);
    let mut again = stuck.crash(60_000, script(replies()));
    again.job.handle_input(again.now, Input::Timeout);
    again.job.handle_input(again.now, Input::Cancel);
    let again = again.run();
    assert_eq!(again.operations(), ["poll", "cancel"]);
    assert_eq!(again.cancellations, told(CancelOutcome::Cancelled, Charge::Unknown));

    let gone = ended(Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("TIMED_OUT")]);
    let mut again = gone.crash(60_000, script(vec![raw(404, "")]));
    again.job.handle_input(again.now, Input::Cancel);
    let again = again.run();
    assert_eq!(again.cancellations, told(CancelOutcome::AlreadyFinished, Charge::Unknown));
}
