//! Webhooks: unsigned, so they trigger a poll and are never trusted; they may contain a lost id.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, TransportError};
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::{Runpod, Runware};
use filmgate::provider::{Request, WebhookEvent};
use serde_json::{Value, json};

use crate::common::*;
use crate::job::drive;

fn pod_body(status: &str) -> Value {
    json!({ "id": RUNPOD_ID, "status": status, "output": { "video_url": "https://evil.example.com/x" } })
}

#[test]
fn a_webhook_triggers_a_poll_and_is_never_trusted() {
    let replies = vec![
        runpod_status("IN_QUEUE"),
        runpod_status("IN_PROGRESS"),
        runpod_status("IN_PROGRESS"),
        runpod_completed(),
    ];
    let plain = drive(Runpod, replies.clone()).run_for(2_900);
    let hooked = drive(Runpod, replies).at(2_500, Input::Webhook(pod_body("COMPLETED"))).run();
    assert_eq!(plain.count("poll"), 1);
    assert_eq!(hooked.sent[2].0, T0 + 2_500, "asked at once");
    assert_eq!(hooked.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
}

#[test]
fn a_webhook_at_runware() {
    let row = json!({ "taskUUID": UUID.to_uppercase(), "videoURL": "https://evil.example.com/x" });
    for body in [row.clone(), json!({ "data": [row] })] {
        let replies = vec![ack(), runware_progress(5), runware_completed()];
        let driver = drive(Runware, replies).at(2_500, Input::Webhook(body)).run();
        assert_eq!(driver.sent[2].0, T0 + 2_500);
        assert_ne!(driver.result().videos[0].url.as_deref(), Some("https://evil.example.com/x"));
    }
}

#[test]
fn webhooks_of_other_jobs_change_nothing() {
    let strange = [
        json!(null),
        json!("text"),
        json!({ "id": "another", "status": "COMPLETED" }),
        json!({ "id": "../../x", "status": "COMPLETED" }),
        json!({ "data": [{ "taskUUID": "11111111-2222-4333-8444-555555555555" }] }),
    ];
    for body in strange {
        let replies =
            vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()];
        let plain = drive(Runpod, replies.clone()).run();
        let hooked = drive(Runpod, replies).at(2_500, Input::Webhook(body)).run();
        assert_eq!(plain.sent, hooked.sent);
    }
}

#[test]
fn a_webhook_of_another_task_is_not_ours() {
    // While the submit's response is pending, and while it is reconciled.
    let stranger = json!({ "taskUUID": "11111111-2222-4333-8444-555555555555" });
    let replies =
        vec![Reply::ConnectionLost(2_000), no_rows(), no_rows(), ack(), runware_completed()];
    let plain = drive(Runware, replies.clone()).run();
    for at in [1_000, 2_500] {
        let hooked = drive(Runware, replies.clone()).at(at, Input::Webhook(stranger.clone())).run();
        assert_eq!(hooked.sent, plain.sent, "{at}");
        assert_eq!(hooked.job.handle, plain.job.handle, "{at}");
        assert_eq!(hooked.records, plain.records, "{at}");
    }
}

#[test]
fn a_webhook_sends_no_second_poll() {
    let replies = vec![
        runpod_status("IN_QUEUE"),
        runpod_status("IN_PROGRESS").after(5_000),
        runpod_completed(),
    ];
    let plain = drive(Runpod, replies.clone()).run();
    let asked_at = plain.sent[1].0 - T0;
    let hooked =
        drive(Runpod, replies).at(asked_at + 1_000, Input::Webhook(pod_body("COMPLETED"))).run();
    assert_eq!(hooked.sent, plain.sent);
}

#[test]
fn many_webhooks_delay_no_poll() {
    let mut driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS")]);
    for at in 0..200 {
        driver = driver.at(2_500 + at * 50, Input::Webhook(pod_body("IN_PROGRESS")));
    }
    let driver = driver.run_for(12_000);
    assert_eq!(driver.count("poll"), 11, "one at first, and one a second");
}

#[test]
fn a_webhook_contains_the_id_of_a_lost_runpod_job() {
    // The response is lost, the end is being saved, and the webhook arrives in between.
    let driver = drive(Runpod, vec![connection_lost(), runpod_completed()])
        .stored(|revision| StoreReply::After(if revision == 2 { 5_000 } else { 0 }))
        .at(2_000, Input::Webhook(pod_body("IN_PROGRESS")))
        .run();
    assert_eq!(driver.operations(), ["submit", "poll"]);
    assert_eq!(driver.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
    assert_eq!(driver.job.handle.job_id.as_deref(), Some(RUNPOD_ID));
}

#[test]
fn a_webhook_before_the_lost_response_is_remembered() {
    // `/runsync` responds when the video is finished, and so does the webhook.
    let request = with(runpod_request(), json!({ "deliveryMethod": "sync" }));
    let driver = JobDriver::new(
        job(Runpod, &request),
        script(vec![Reply::ConnectionLost(60_000), runpod_completed()]),
    )
    .at(59_000, Input::Webhook(pod_body("COMPLETED")))
    .run();
    assert_eq!(driver.operations(), ["submit", "poll"]);
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn an_id_from_the_caller_reopens_an_unknown_job() {
    let driver = drive(Runpod, vec![connection_lost()]).run();
    assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
    let mut again = driver.crash(60_000, script(vec![runpod_completed()]));
    let now = again.now;
    again.job.adopt_job_id(now, RUNPOD_ID);
    let again = again.run();
    assert_eq!(again.operations(), ["poll"]);
    assert_eq!(again.result().videos.len(), 1);
}

#[test]
fn an_id_that_is_unsafe_in_a_path_is_rejected() {
    let mut driver = drive(Runpod, vec![connection_lost()]).run();
    for id in ["", "../../v1", "a/b", "a?b", "a b", &"a".repeat(201)] {
        driver.job.adopt_job_id(driver.now, id);
        assert_eq!(driver.job.handle.job_id, None, "{id}");
        assert_eq!(driver.job.status(), Status::SubmissionUnknown);
    }
}

#[test]
fn bodies_are_read() {
    let notice = |id: &str, status| Some(WebhookEvent { job_id: id.to_owned(), status });
    let error = json!({ "code": "inferenceError", "message": "No.", "taskUUID": UUID });
    let cases = [
        (Runpod, pod_body("COMPLETED"), notice(RUNPOD_ID, Status::Completed)),
        (Runpod, pod_body("FAILED"), notice(RUNPOD_ID, Status::Failed)),
        (Runpod, json!({ "data": pod_body("RUNNING") }), notice(RUNPOD_ID, Status::Running)),
        (Runpod, json!({ "status": "COMPLETED" }), None),
        (Runpod, json!([]), None),
        (Runware, row(&video_row(1)), notice(UUID, Status::Completed)),
        (
            Runware,
            json!({ "data": [row(&json!({ "status": "processing" }))] }),
            notice(UUID, Status::Running),
        ),
        // It does not say that the video is finished, or the job continues after it.
        (Runware, row(&json!({})), notice(UUID, Status::Running)),
        (
            Runware,
            row(&json!({ "status": "pending", "videoUUID": VIDEO_UUID })),
            notice(UUID, Status::Running),
        ),
        (Runware, row(&json!({ "status": "error" })), notice(UUID, Status::Failed)),
        (Runware, json!({ "errors": [error.clone()] }), notice(UUID, Status::Failed)),
        (Runware, json!({ "data": [], "errors": [error] }), notice(UUID, Status::Failed)),
        (Runware, json!({ "taskUUID": "no uuid" }), None),
        (Runware, json!({ "data": [] }), None),
        (Runware, json!(7), None),
    ];
    for (provider, body, expected) in cases {
        assert_eq!(provider.read_webhook(&body), expected, "{body}");
    }
}

#[test]
fn a_webhook_is_ignored_if_there_is_nothing_to_poll() {
    // While the first record is saved, while a rejected submit waits, while the end is saved.
    let hooked = |mut driver: JobDriver<_>, body: Value| {
        for half in 1..60 {
            driver = driver.at(half * 500, Input::Webhook(body.clone()));
        }
        driver.run()
    };
    let slow = |_| StoreReply::After(3_000);
    let row = json!({ "taskUUID": UUID, "videoURL": "https://evil.example.com/x" });
    let driver = drive(Runware, vec![raw(429, "").retry_after(20_000), ack(), runware_completed()])
        .stored(slow);
    let driver = hooked(driver, row);
    assert_eq!(driver.sent[1].0 - driver.sent[0].0, 3_000 + 20_100);
    assert_eq!(driver.result().videos.len(), 1);

    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()]).stored(slow);
    assert_eq!(hooked(driver, pod_body("COMPLETED")).operations(), ["submit", "poll"]);
}

#[test]
fn an_id_unknown_to_the_provider_changes_nothing() {
    // Forged or mistyped: the job stays as it was, and the true id can still find it.
    let world = |_: u64, request: &Request| match operation_of(request) {
        "submit" => connection_lost(),
        _ if request.path.ends_with(RUNPOD_ID) => runpod_completed(),
        _ => raw(404, ""),
    };
    let mut driver = JobDriver::new(job(Runpod, &runpod_request()), world).run();
    assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
    driver.done = None;
    driver.job.adopt_job_id(driver.now, "no-such-job");
    let mut driver = driver.run_on(600_000);
    assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(driver.error().charge, Charge::Unknown);
    assert_eq!(driver.job.handle.job_id, None);
    assert_eq!(driver.records.last().unwrap()["status"], "submission_unknown");
    driver.done = None;
    driver.job.adopt_job_id(driver.now, RUNPOD_ID);
    let driver = driver.run_on(600_000);
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn an_id_before_the_first_submit_is_not_ours() {
    let replies = vec![runpod_status("IN_QUEUE"), runpod_completed()];
    let stranger = Input::Webhook(json!({ "id": "stranger", "status": "COMPLETED" }));
    // While the first record is saved.
    let slow = |_| StoreReply::After(1_000);
    let driver = drive(Runpod, replies).stored(slow).at(500, stranger).run();
    assert_eq!(driver.operations(), ["submit", "poll"]);
    assert_eq!(driver.job.handle.job_id.as_deref(), Some(RUNPOD_ID));
}

#[test]
fn a_webhook_proves_acceptance_whatever_the_submit_answers() {
    // A proxy refuses, or says that it was too much, after RunPod has taken the job.
    let answers = [
        raw(403, "<html>forbidden</html>"),
        raw(400, ""),
        raw(404, "{}"),
        raw(429, ""),
        raw(500, ""),
    ];
    for answer in answers {
        for cancelled in [false, true] {
            let replies = vec![answer.clone().after(5_000), runpod_completed()];
            let mut driver =
                drive(Runpod, replies).at(2_000, Input::Webhook(pod_body("IN_PROGRESS")));
            if cancelled {
                driver = driver.at(3_000, Input::Cancel);
            }
            let driver = driver.run();
            let asked = if cancelled { "cancel" } else { "poll" };
            assert_eq!(driver.operations().get(..2), Some(["submit", asked].as_slice()));
            assert_eq!(driver.count("submit"), 1, "{answer:?}");
            assert_eq!(driver.result().videos.len(), 1, "{answer:?}");
            assert_eq!(driver.job.handle.job_id.as_deref(), Some(RUNPOD_ID));
        }
    }
}

#[test]
fn a_webhook_between_two_submits_prevents_the_second() {
    // While the 429 is waited out, while the record of the second submit is saved, and while it is in flight.
    let replies = |second: Reply| vec![raw(429, "").after(100), second, runpod_completed()];
    for at in [1_500, 2_300] {
        let slow = |revision| StoreReply::After(if revision == 3 { 1_000 } else { 0 });
        let driver = drive(Runpod, replies(runpod_completed()))
            .stored(slow)
            .at(at, Input::Webhook(pod_body("IN_PROGRESS")))
            .run();
        assert_eq!(driver.operations(), ["submit", "poll"], "{at}");
        assert_eq!(driver.job.handle.job_id.as_deref(), Some(RUNPOD_ID));
    }
    let driver = drive(Runpod, replies(raw(403, "").after(5_000)))
        .at(4_000, Input::Webhook(pod_body("IN_PROGRESS")))
        .run();
    assert_eq!(driver.operations(), ["submit", "submit", "poll"]);
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn a_submit_that_was_not_sent_does_not_override_a_webhook() {
    let mut driver = drive(Runpod, vec![Reply::NoResponse, runpod_completed()])
        .at(1_000, Input::Webhook(pod_body("IN_PROGRESS")))
        .run_for(2_000);
    let now = driver.now;
    driver.job.handle_input(now, Input::TransportFailed { id: 0, kind: TransportError::Unsent });
    let driver = driver.run_on(60_000);
    assert_eq!(driver.operations(), ["submit", "poll"]);
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn an_unverified_id_stays_unverified_through_a_crash() {
    let stranger = json!({ "id": "stranger", "status": "COMPLETED" });
    let driver = drive(Runpod, vec![Reply::ConnectionLost(5_000), Reply::NoResponse])
        .at(2_000, Input::Webhook(stranger))
        .run_for(8_000);
    assert_eq!(driver.operations(), ["submit", "poll"]);
    let again = driver.crash(1_000, script(vec![raw(404, "{}")])).run();
    assert_eq!(again.error().failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(again.job.handle.job_id, None);
}

#[test]
fn a_webhook_does_not_hasten_the_second_try_of_a_rejected_key() {
    // The provider rejects the key for a moment only.
    let rejected = raw(401, "");
    let replies =
        vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), rejected, runpod_completed()];
    let plain = drive(Runpod, replies.clone()).run();
    let [.., first, second] = plain.sent.as_slice() else { panic!("two polls at least") };
    let hooked =
        drive(Runpod, replies).at(first.0 - T0 + 150, Input::Webhook(pod_body("COMPLETED"))).run();
    assert_eq!(hooked.sent.last().map(|sent| sent.0), Some(second.0));
    assert_eq!(hooked.result().videos.len(), 1);
}
