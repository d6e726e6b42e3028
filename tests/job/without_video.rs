//! A job that the provider calls completed, without a video that can be downloaded.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Job, Limits};
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{Runpod, Runware};
use filmgate::provider::Request;
use serde_json::{Value, json};

use crate::common::*;
use crate::job::drive;

fn empty() -> Reply {
    ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED", "output": { "job_stage": "WAITING" } }))
}

/// A row that says success, with the video's id but no content.
fn bare(url: Value) -> Reply {
    rows(&[json!({ "status": "success", "videoUUID": VIDEO_UUID, "videoURL": url, "cost": 2.4 })])
}

#[test]
fn it_is_polled_for_minutes() {
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), empty()]).run();
    let error = driver.error();
    assert_eq!(error.failure.code, ErrorCode::InvalidResponse);
    assert_eq!(error.charge, Charge::Charged);
    let waited = driver.now - T0;
    assert!((180_000..360_000).contains(&waited), "{waited}");
    assert!(driver.count("poll") < 20);
}

#[test]
fn a_video_that_appears_within_minutes_is_delivered() {
    for seconds in [5, 10, 60, 180] {
        let world = move |now: u64, request: &Request| match operation_of(request) {
            "submit" => runpod_status("IN_QUEUE"),
            _ if now < T0 + seconds * 1_000 => empty(),
            _ => runpod_completed(),
        };
        let driver = JobDriver::new(job(Runpod, &runpod_request()), world).run();
        assert_eq!(driver.result().videos.len(), 1, "{seconds} s");
    }
}

#[test]
fn the_error_has_the_response_and_so_has_its_record() {
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), empty()]).run();
    let raw = &driver.error().raw.as_ref().unwrap().0;
    assert_eq!(raw["output"]["job_stage"], "WAITING");
    assert_eq!(driver.records.last().unwrap()["end"]["raw"], *raw);
    assert!(!format!("{:?}", driver.error()).contains("WAITING"), "it is not logged");
}

#[test]
fn the_callers_timeout_keeps_the_response_and_leaves_the_job_open() {
    let limits = Limits { timeout: std::time::Duration::from_secs(20), ..LIMITS };
    let job = job_with(Runpod, &runpod_request(), limits);
    let driver = JobDriver::new(job, script(vec![runpod_status("IN_QUEUE"), empty()])).run();
    assert_eq!(driver.error().failure.code, ErrorCode::Timeout);
    assert_eq!(driver.error().charge, Charge::Unknown);
    let kept = &driver.records.last().unwrap()["polling"]["raw"];
    assert_eq!(kept["output"]["job_stage"], "WAITING");
    let later = driver.crash(1_000, script(vec![empty()])).run();
    assert_eq!(later.error().failure.code, ErrorCode::InvalidResponse);
    assert_eq!(later.error().charge, Charge::Charged);
    assert_eq!(later.error().raw.as_ref().unwrap().0["output"]["job_stage"], "WAITING");
}

#[test]
fn a_row_without_content_is_not_a_video() {
    for url in [json!(null), json!(""), json!("/relative.mp4"), json!({}), json!([])] {
        let world = move |now: u64, request: &Request| match operation_of(request) {
            "submit" => ack(),
            _ if now < T0 + 60_000 => bare(url.clone()),
            _ => runware_completed(),
        };
        let driver = JobDriver::new(job(Runware, &runware_request()), world).run();
        let videos = &driver.result().videos;
        assert!(videos.iter().all(|video| video.url.is_some()), "{videos:?}");
    }
}

#[test]
fn a_batch_waits_for_the_content_of_each_row() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let bare_row = json!({ "status": "success", "videoUUID": video_row(1)["videoUUID"] });
    let world = move |now: u64, request: &Request| match operation_of(request) {
        "submit" => ack(),
        _ if now < T0 + 60_000 => rows(&[bare_row.clone(), video_row(2)]),
        _ => rows(&[video_row(1), video_row(2)]),
    };
    let driver = JobDriver::new(job(Runware, &request), world).run();
    assert_eq!(driver.result().videos.len(), 2);
}

#[test]
fn a_batch_with_some_urls_waits_for_the_others() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let bare = |at: u32| json!({ "status": "success", "videoUUID": video_row(at)["videoUUID"] });
    let world = move |now: u64, request: &Request| match operation_of(request) {
        "submit" => ack(),
        _ if now < T0 + 20_000 => rows(&[video_row(1), video_row(2)]),
        _ if now < T0 + 120_000 => rows(&[1, 2, 3].map(bare)),
        _ => rows(&[1, 2, 3].map(video_row)),
    };
    let driver = JobDriver::new(job(Runware, &request), world).run();
    assert_eq!(driver.result().videos.len(), 3);
}

#[test]
fn an_answer_that_may_be_paid_is_kept() {
    let runpod = |status: &str, cost: f64| {
        let output = json!({ "video_path": "/runpod-volume/x.mp4", "cost": cost });
        ok(json!({ "id": RUNPOD_ID, "status": status, "output": output }))
    };
    let free = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "output": { "cost": 0 } }));
    for (provider, reply, charge) in [
        (Runpod, runpod("FAILED", 0.5), Charge::Unknown),
        (Runpod, runpod("TIMED_OUT", 0.5), Charge::Unknown),
        (Runpod, runpod("CANCELLED", 0.5), Charge::Unknown),
        (Runware, runware_error(200, "inferenceError"), Charge::Unknown),
        (Runpod, free, Charge::None),
    ] {
        let first = if provider == Runpod { runpod_status("IN_QUEUE") } else { ack() };
        let driver = drive(provider, vec![first, reply]).run();
        let error = driver.error();
        assert_eq!(error.charge, charge, "{error:?}");
        assert_eq!(error.raw.is_some(), charge != Charge::None, "{error:?}");
    }
}

#[test]
fn a_url_of_the_request_is_not_a_video() {
    // The output repeats the request's image.
    let image = runpod_request()["image"].clone();
    let echo =
        ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED", "output": { "video_url": image } }));
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), echo.clone()]).run();
    assert_eq!(driver.error().failure.code, ErrorCode::InvalidResponse);
    assert!(driver.error().raw.is_some());
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), echo, runpod_completed()]).run();
    assert_eq!(driver.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
}

#[test]
fn an_answer_without_a_video_that_is_gone_at_the_next_poll_is_kept() {
    let output = json!({ "video_path": "/runpod-volume/x.mp4" });
    let paid = ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED", "output": output }));
    let gone = raw(404, "{}");
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), paid.clone(), gone.clone()]).run();
    let error = driver.error();
    assert_eq!((error.failure.code, error.charge), (ErrorCode::InvalidResponse, Charge::Charged));
    assert!(error.raw.is_some(), "{error:?}");
    // Another process finds it in the record, too.
    let paid = drive(Runpod, vec![runpod_status("IN_QUEUE"), paid]).run_for(5_000);
    let resumed = paid.crash(3_600_000, script(vec![gone])).run();
    assert_eq!(resumed.error().failure.code, ErrorCode::InvalidResponse);
    assert!(resumed.error().raw.is_some());
}

#[test]
fn a_resumed_job_has_all_of_its_patience() {
    let bare = || ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED" }));
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), bare()]).run_for(5_000);
    let mut record = driver.job.record();
    // It counts pauses that a process which died did not wait for.
    record["polling"]["idleMs"] = 180_000.into();
    let resumed = Job::resume(T0 + 5_000, record, 0, LIMITS).expect("a record");
    let late = JobDriver::new(resumed, script(vec![bare(), bare(), runpod_completed()])).run();
    assert_eq!(late.result().videos.len(), 1);
}

#[test]
fn the_time_of_the_long_poll_that_ends_the_generation_is_no_patience() {
    let limits = Limits { long_poll: true, ..LIMITS };
    let bare = || ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED" }));
    let world = move |now: u64, request: &Request| match operation_of(request) {
        "submit" => runpod_status("IN_QUEUE"),
        "long poll" if now < T0 + 50_000 => bare().after(89_000),
        _ if now < T0 + 240_000 => bare(),
        _ => runpod_completed(),
    };
    let driver = JobDriver::new(job_with(Runpod, &runpod_request(), limits), world).run();
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn the_wait_for_another_video_of_the_batch_is_no_patience() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let bare = |at: u32| json!({ "status": "success", "videoUUID": video_row(at)["videoUUID"] });
    let world = move |now: u64, request: &Request| match operation_of(request) {
        "submit" => ack(),
        // The pending rows are left out.
        _ if now < T0 + 120_000 => rows(&[video_row(1), video_row(2)]),
        "poll" if now < T0 + 270_000 => rows(&[1, 2, 3].map(bare)),
        "poll" => rows(&[1, 2, 3].map(video_row)),
        _ => rows(&[1, 2, 3].map(bare)),
    };
    let driver = JobDriver::new(job(Runware, &request), world).run();
    assert_eq!(driver.result().videos.len(), 3);
}

#[test]
fn an_error_that_is_listed_twice_ends_no_video_of_the_batch() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let error = json!({ "code": "inferenceError", "message": "It failed.", "taskUUID": UUID });
    let bare = |at: u32| {
        json!({
            "taskType": "videoInference", "taskUUID": UUID, "status": "success",
            "videoUUID": video_row(at)["videoUUID"], "videoURL": "",
        })
    };
    let twice = move || {
        ok(json!({ "data": [bare(1), bare(1), bare(2), bare(2)], "errors": [error, error] }))
    };
    let world = move |now: u64, request: &Request| match operation_of(request) {
        "submit" => ack(),
        _ if now < T0 + 20_000 => rows(&[video_row(1)]),
        _ if now < T0 + 60_000 => twice(),
        _ => rows(&[video_row(1), video_row(2), video_row(3)]),
    };
    let driver = JobDriver::new(job(Runware, &request), world).run();
    assert_eq!(driver.result().videos.len(), 3);
}

#[test]
fn a_pause_that_a_webhook_ends_is_no_patience() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let bare = |at: u32| json!({ "status": "success", "videoUUID": video_row(at)["videoUUID"] });
    let world = move |now: u64, request: &Request| match operation_of(request) {
        "submit" => ack(),
        _ if now < T0 + 20_000 => rows(&[video_row(1), video_row(2)]),
        "poll" if now > T0 + 170_000 => rows(&[1, 2, 3].map(video_row)),
        _ => rows(&[1, 2, 3].map(bare)),
    };
    let mut driver = JobDriver::new(job(Runware, &request), world);
    for seconds in (60..150).step_by(3) {
        let body = json!({ "taskUUID": UUID, "videoURL": "https://evil.example.com/x" });
        driver = driver.at(seconds * 1_000, Input::Webhook(body));
    }
    assert_eq!(driver.run().result().videos.len(), 3);
}
