//! Submits with a lost response, at the provider that can reconcile them.

use filmgate::error::ErrorCode;
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::Runware;
use serde_json::json;

use crate::common::*;
use crate::job::drive;

fn details(response: serde_json::Value) -> Reply {
    ok(json!({ "data": [{
        "taskType": "getTaskDetails", "taskUUID": UUID,
        "request": [{ "taskType": "videoInference", "taskUUID": UUID }],
        "response": response,
    }] }))
}

#[test]
fn every_lost_response_is_reconciled() {
    let lost = [
        ("reset", connection_lost()),
        ("silence", Reply::NoResponse),
        ("500", raw(500, "")),
        ("500 in their words", runware_error(500, "internalServerError")),
        ("503", runware_error(503, "serviceUnavailable")),
        ("504", runware_error(504, "gatewayTimeout")),
        ("cut", raw(200, "{\"data\":[{\"taskType\":")),
        ("HTML", raw(502, "<html>")),
        ("HTML under 400", raw(400, "<html>")),
        ("nothing", no_rows()),
        ("another task's row", ok(json!({ "data": [{ "taskUUID": "x" }] }))),
        ("the provider behind it", runware_error(500, "providerError")),
    ];
    for (name, reply) in lost {
        let driver = drive(Runware, vec![reply, runware_progress(50), runware_completed()]).run();
        assert_eq!(driver.operations(), ["submit", "poll", "poll"], "{name}");
        assert_eq!(driver.result().videos.len(), 1, "{name}");
        assert!(driver.updates.iter().any(|update| update.status == Status::Reconciling), "{name}");
    }
}

#[test]
fn a_video_made_meanwhile_is_found() {
    let found = drive(Runware, vec![connection_lost(), runware_completed()]).run();
    assert_eq!(found.operations(), ["submit", "poll"]);
    assert_eq!(found.result().videos.len(), 1);
    // If the acceptance was not stored, the task's details contain it.
    let last = json!({ "data": [row(&video_row(1))] });
    let stored = drive(Runware, vec![connection_lost(), no_rows(), details(last)]).run();
    assert_eq!(stored.operations(), ["submit", "poll", "details"]);
    assert_eq!(stored.result().videos.len(), 1);
}

#[test]
fn an_unknown_task_is_resubmitted_with_the_same_id() {
    let replies =
        vec![connection_lost(), no_rows(), details(json!(null)), ack(), runware_completed()];
    let exists = drive(Runware, replies).run();
    assert_eq!(exists.operations(), ["submit", "poll", "details", "poll", "poll"], "it exists");
    assert_eq!(exists.job.handle.job_id.as_deref(), Some(UUID));

    let replies = vec![connection_lost(), no_rows(), no_rows(), ack(), runware_completed()];
    let again = drive(Runware, replies).run();
    assert_eq!(again.operations(), ["submit", "poll", "details", "submit", "poll"]);
    assert_eq!(again.sent[0].1.body, again.sent[3].1.body, "the same task, to the letter");
    assert_eq!(again.result().videos.len(), 1);

    let conflict = runware_error(400, "conflictTaskUUID");
    let replies = vec![
        connection_lost(),
        no_rows(),
        no_rows(),
        conflict,
        runware_progress(1),
        runware_completed(),
    ];
    let running = drive(Runware, replies).run();
    assert_eq!(running.count("submit"), 2, "the first one was there after all");
    assert_eq!(running.result().videos.len(), 1);
}

#[test]
fn it_is_not_resubmitted_once_a_video_could_exist() {
    // The response is lost late; from then on a second submit could create a second video.
    let driver = drive(Runware, vec![Reply::ConnectionLost(20_001), no_rows()]).run();
    assert_eq!(driver.count("submit"), 1);
    let error = driver.error();
    assert_eq!(error.failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(error.charge, Charge::Unknown);
    assert!(driver.count("poll") >= 5, "it was looked for: {:?}", driver.operations());
}

#[test]
fn the_minimum_duration_is_the_first_moment_without_a_resubmit() {
    let min_duration_ms = u64::from(order(Runware, &runware_request()).min_duration_ms);
    for (age_ms, submissions) in [(min_duration_ms - 1, 1), (min_duration_ms, 0)] {
        let stored = drive(Runware, vec![Reply::NoResponse]).stored(|_| StoreReply::After(5_000));
        // The first poll leaves a second after the new driver starts.
        let world = script(vec![no_rows().after(0)]);
        let driver = stored.run_for(0).crash(age_ms - 1_000, world);
        let driver = driver.run_for(age_ms + 500);
        assert_eq!(driver.count("poll"), 1);
        assert_eq!(driver.count("submit"), submissions, "{age_ms}");
    }
}

#[test]
fn resubmits_are_few_and_early() {
    let driver = drive(Runware, vec![no_rows().after(10)]).run();
    assert!((2..=5).contains(&driver.count("submit")), "{:?}", driver.operations());
    let submissions = driver.sent.iter().filter(|(_, request)| operation_of(request) == "submit");
    for (at, _) in submissions {
        assert!(at - T0 < 20_000, "a send at {} ms", at - T0);
    }
    assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn a_rejected_resubmit_does_not_decide_the_first() {
    for refusal in [
        runware_error(400, "invalidDuration"),
        runware_error(402, "insufficientCredits"),
        runware_error(429, "rateLimitExceeded"),
        raw(401, ""),
    ] {
        let replies = vec![connection_lost(), no_rows(), no_rows(), refusal, no_rows()];
        let driver = drive(Runware, replies).run();
        let error = driver.error();
        assert_eq!(error.failure.code, ErrorCode::SubmissionUnknown, "{:?}", driver.operations());
        assert_eq!(error.charge, Charge::Unknown);
        // And a job that becomes visible after all is accepted.
    }
    let refusal = runware_error(402, "insufficientCredits");
    let replies = vec![connection_lost(), no_rows(), no_rows(), refusal, runware_completed()];
    let found = drive(Runware, replies).run();
    assert_eq!(found.result().videos.len(), 1);
}

#[test]
fn errors_while_reconciling_decide_nothing() {
    let troubles = vec![
        connection_lost(),
        connection_lost(),
        raw(500, ""),
        raw(200, "<html>"),
        runware_error(429, "rateLimitExceeded"),
        raw(401, ""),
        runware_progress(3),
        runware_completed(),
    ];
    let driver = drive(Runware, troubles).run();
    assert_eq!(driver.count("submit"), 1, "no trouble shows that the task is not there");
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn a_task_that_failed_meanwhile_has_failed() {
    let driver =
        drive(Runware, vec![connection_lost(), runware_error(200, "inferenceError")]).run();
    assert_eq!(driver.operations(), ["submit", "poll"]);
    assert_eq!(driver.error().failure.code, ErrorCode::GenerationFailed);
    assert_eq!(driver.error().failure.provider_code.as_deref(), Some("inferenceError"));
}

#[test]
fn a_resubmit_is_sent_now_or_not_at_all() {
    let replies = vec![connection_lost(), no_rows(), no_rows(), ack(), runware_completed()];
    let driver = drive(Runware, replies).run();
    let urgent = |ask: &str| {
        let of = driver.sent.iter().filter(|(_, request)| operation_of(request) == ask);
        of.map(|(_, request)| request.send_now_or_fail).collect::<Vec<_>>()
    };
    assert_eq!(urgent("submit"), [false, true]);
    assert!(!urgent("poll").contains(&true));
    // A rate-limited submit has no effect: there is no hurry.
    let again = drive(Runware, vec![raw(429, ""), ack(), runware_completed()]).run();
    assert!(again.sent.iter().all(|(_, request)| !request.send_now_or_fail));
}

/// A model whose minimum duration no document states.
fn wan() -> serde_json::Value {
    json!({ "model": "wan-2.6", "prompt": "A fox in the snow", "duration": 5, "resolution": "720p" })
}

#[test]
fn every_video_model_of_runware_is_resubmitted_within_three_seconds() {
    assert_eq!(order(Runware, &wan()).min_duration_ms, 0);
    let replies = vec![connection_lost(), no_rows(), no_rows(), ack(), runware_completed()];
    let driver = JobDriver::new(job(Runware, &wan()), script(replies)).run();
    assert_eq!(driver.operations(), ["submit", "poll", "details", "submit", "poll"]);
    assert_eq!(driver.result().videos.len(), 1);
    let driver = JobDriver::new(job(Runware, &wan()), script(vec![no_rows().after(10)])).run();
    let submits = driver.sent.iter().filter(|(_, request)| operation_of(request) == "submit");
    let last = submits.map(|(at, _)| at - T0).max().unwrap();
    assert!((1..3_000).contains(&last), "{last}");
}

#[test]
fn a_delayed_resubmit_is_aborted_at_the_end_of_the_safe_time() {
    for (request, safe_ms) in [(runware_request(), 20_000), (wan(), 3_000)] {
        let replies = vec![connection_lost(), no_rows(), no_rows(), Reply::NoResponse, no_rows()];
        let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
        assert_eq!(driver.operations()[..5], ["submit", "poll", "details", "submit", "poll"]);
        let next = driver.sent[4].0 - T0;
        assert_eq!(next, safe_ms + 1_000, "the poll a second after the abort");
        assert_eq!(driver.count("submit"), 2);
    }
}

#[test]
fn an_unknown_task_is_looked_for_for_two_minutes() {
    let driver = drive(Runware, vec![Reply::ConnectionLost(20_001), no_rows()]).run();
    let waited = driver.now - T0 - 20_001;
    assert!((100_000..150_000).contains(&waited), "{waited}");
}
