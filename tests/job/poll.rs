//! Polling: no failed poll ends a job, and the effect of each response.

use filmgate::error::ErrorCode;
use filmgate::money::Usd;
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::provider::Request;
use serde_json::json;

use crate::common::*;
use crate::job::drive;

fn accepted(provider: ProviderId) -> Reply {
    match provider {
        Runpod => runpod_status("IN_QUEUE"),
        Runware => ack(),
        _ => unreachable!("there is no other"),
    }
}

fn done(provider: ProviderId) -> Reply {
    match provider {
        Runpod => runpod_completed(),
        Runware => runware_completed(),
        _ => unreachable!("there is no other"),
    }
}

#[test]
fn no_failed_poll_ends_a_job() {
    let troubles = [
        connection_lost(),
        Reply::NoResponse,
        raw(500, ""),
        raw(502, "<html>bad gateway</html>"),
        raw(429, ""),
        raw(429, "").retry_after(86_400_000),
        raw(200, "{\"id\":\"a1"),
        raw(200, ""),
        raw(200, "\"text\""),
        raw(200, "null"),
        raw(400, "{}"),
        raw(408, ""),
        raw(401, ""),
        raw(404, ""),
    ];
    for provider in ProviderId::ALL {
        for trouble in &troubles {
            let replies = vec![accepted(*provider), trouble.clone(), done(*provider)];
            let driver = drive(*provider, replies).run();
            assert_eq!(driver.result().videos.len(), 1, "{provider}: {trouble:?}");
            assert_eq!(driver.count("submit"), 1);
        }
    }
}

#[test]
fn a_poll_is_batched_until_it_has_failed() {
    // A poll that fails its batch must not fail the others in it again and again.
    let shared = |replies| {
        let driver = drive(Runware, replies).run();
        let polls = driver.sent.into_iter();
        let polls = polls.filter(|(_, request)| operation_of(request) == "poll");
        polls.map(|(_, poll)| poll.batchable).collect::<Vec<_>>()
    };
    let replies = vec![
        ack(),
        runware_progress(5),
        raw(500, ""),
        connection_lost(),
        runware_progress(50),
        runware_completed(),
    ];
    assert_eq!(shared(replies), [true, true, false, false, true]);
    // A reconciling poll is not batched either.
    assert_eq!(shared(vec![connection_lost(), runware_completed()]), [false]);
}

#[test]
fn a_hundred_consecutive_failures_do_not_end_the_job() {
    for provider in ProviderId::ALL {
        let mut replies = vec![accepted(*provider)];
        replies.extend(vec![raw(503, ""); 40]);
        replies.push(done(*provider));
        let driver = drive(*provider, replies).run();
        assert_eq!(driver.result().videos.len(), 1);
        let gaps = driver.sent.windows(2).map(|two| two[1].0 - two[0].0);
        assert!(gaps.max().unwrap() <= 61_000, "it backs off to a minute, and no further");
    }
}

#[test]
fn a_rejected_key_does_not_end_the_job_at_the_provider() {
    for provider in ProviderId::ALL {
        let driver = drive(*provider, vec![accepted(*provider), raw(401, "")]).run();
        let error = driver.error();
        assert_eq!(error.failure.code, ErrorCode::Unauthorized);
        assert_eq!(error.charge, Charge::Unknown);
        assert!(!driver.job.status().is_end());
        // With another key it continues.
        let again = driver.crash(1_000, script(vec![done(*provider)])).run();
        assert_eq!(again.operations(), ["poll"]);
        assert_eq!(again.result().videos.len(), 1);
    }
}

#[test]
fn a_key_rejected_by_an_error_code_is_rejected() {
    for (status, code, task) in [
        (401, "invalidApiKey", "N/A"),
        (200, "invalidApiKey", UUID),
        // For an unknown code, the HTTP status decides.
        (401, "keyIsOdd", "N/A"),
        (403, "keyIsOdd", "N/A"),
    ] {
        let error = json!({ "code": code, "message": "No.", "taskUUID": task });
        let refusal = http(status, &json!({ "errors": [error] }));
        let driver = drive(Runware, vec![ack(), refusal]).run();
        let failure = &driver.error().failure;
        assert_eq!(failure.code, ErrorCode::Unauthorized, "{status} {code}");
        assert_eq!(failure.provider_code.as_deref(), Some(code));
        assert!(!driver.job.status().is_end());
    }
}

#[test]
fn a_response_without_tasks_is_not_a_missing_job() {
    let whole = json!({ "errors": [{ "code": "internalServerError", "message": "No." }] });
    for trouble in [runware_error(503, "serviceUnavailable"), http(500, &whole), ok(json!({}))] {
        let mut replies = vec![ack()];
        replies.extend(vec![trouble.clone(); 40]);
        replies.push(runware_completed());
        let driver = drive(Runware, replies).run();
        assert_eq!(driver.result().videos.len(), 1, "{trouble:?}");
        assert_eq!(driver.count("details"), 0, "{trouble:?}");
    }
}

#[test]
fn an_unknown_error_with_the_status_of_a_refused_poll_does_not_end_the_job() {
    for status in [402, 404, 408, 410] {
        let refusal = runware_error(status, "somethingOdd");
        let world = move |now: u64, request: &Request| match operation_of(request) {
            "submit" => ack(),
            _ if now < T0 + 300_000 => refusal.clone(),
            _ => runware_completed(),
        };
        let driver = JobDriver::new(job(Runware, &runware_request()), world).run();
        assert_eq!(driver.result().videos.len(), 1, "{status}");
    }
}

#[test]
fn videos_accumulate_until_all_requested_results_have_ended() {
    let request = with(runware_request(), json!({ "n": 4 }));
    let error = json!({ "code": "inferenceError", "message": "No.", "taskUUID": UUID });
    let replies = vec![
        ack(),
        rows(&[film_row(1)]),
        rows(&[film_row(1), film_row(2), json!({ "status": "processing" })]),
        ok(json!({
            "data": [row(&film_row(1)), row(&film_row(2)), row(&film_row(3))],
            "errors": [error],
        })),
    ];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    let outcome = driver.result();
    assert_eq!(outcome.videos.len(), 3);
    assert_eq!(outcome.failures.len(), 1);
    assert_eq!(outcome.cost, Some(Usd(7_200_000)));
    let ready: Vec<u32> = driver.updates.iter().map(|update| update.completed_count).collect();
    assert_eq!(ready, [0, 0, 1, 2, 3]);
}

#[test]
fn a_row_that_appears_once_is_kept() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let replies =
        vec![ack(), rows(&[film_row(1)]), no_rows(), connection_lost(), rows(&[film_row(2)])];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert_eq!(driver.result().videos.len(), 2);
    assert_eq!(driver.result().cost, Some(Usd(4_800_000)));
}

#[test]
fn the_most_complete_version_of_a_row_is_kept() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let mut bare = film_row(1);
    bare.as_object_mut().unwrap().remove("videoURL");
    let replies = vec![ack(), rows(&[bare]), rows(&[film_row(1), film_row(2)])];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert!(driver.result().videos.iter().all(|video| video.url.is_some()));
}

#[test]
fn all_requested_results_failed() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let failed = json!({ "status": "error", "code": "contentPolicyViolation", "message": "No." });
    let replies = vec![ack(), rows(&[failed.clone(), failed])];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert_eq!(driver.job.status(), Status::Failed);
    assert_eq!(driver.error().charge, Charge::Unknown);
}

#[test]
fn a_stalled_batch_counts_as_complete() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let replies = vec![ack(), rows(&[film_row(1)])];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert_eq!(driver.result().videos.len(), 1);
    assert!(driver.now - T0 > 4 * 185_000, "the others may have been paid");
}

#[test]
fn a_task_that_becomes_visible_late_is_found() {
    let mut replies = vec![ack()];
    replies.extend(vec![no_rows(); 20]);
    replies.push(runware_completed());
    let driver = drive(Runware, replies).run();
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn an_unknown_status_does_not_end_the_job() {
    let replies = vec![
        runpod_status("IN_QUEUE"),
        runpod_status("PAUSED"),
        runpod_status("MOVING_HOUSE"),
        runpod_completed(),
    ];
    assert_eq!(drive(Runpod, replies).run().result().videos.len(), 1);
    let odd = rows(&[json!({ "status": "reticulating" })]);
    assert_eq!(
        drive(Runware, vec![ack(), odd, runware_completed()]).run().result().videos.len(),
        1
    );
}

#[test]
fn progress_is_reported_and_schedules_the_next_poll() {
    let output = |output| ok(json!({ "id": RUNPOD_ID, "status": "IN_PROGRESS", "output": output }));
    let replies = vec![
        runpod_status("IN_QUEUE"),
        output(json!({ "progress": 40 })),
        output(json!(60)),
        output(json!("70%")),
        output(json!({ "progress": 900 })),
        runpod_completed(),
    ];
    let driver = drive(Runpod, replies).run();
    let told: Vec<_> = driver.updates.iter().map(|update| update.progress).collect();
    let expected = [None, None, Some(40), Some(60), Some(70), Some(70), Some(100)];
    assert_eq!(told, expected);
    assert!(driver.updates[2].eta_ms.is_some());
}

fn film_row(at: u32) -> serde_json::Value {
    video_row(at)
}
