//! Results: how they accumulate, when they are complete, and when each expires.

use filmgate::error::ErrorCode;
use filmgate::job::{CancelOutcome, Input};
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{Runpod, Runware};
use filmgate::request::long_string_ref;
use serde_json::json;

use crate::common::*;
use crate::job::drive;

const DAY: u64 = 86_400_000;

#[test]
fn the_most_complete_version_of_a_video_is_kept() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let bare = |at: u32| json!({ "status": "success", "videoUUID": video_row(at)["videoUUID"] });
    let busy = json!({ "status": "processing", "progress": 50 });
    let replies = vec![
        ack(),
        rows(&[bare(1), busy.clone()]),
        rows(&[video_row(1), busy]),
        rows(&[bare(1), video_row(2)]),
    ];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    let urls = driver.result().videos.iter().map(|video| video.url.clone());
    let told = [1, 2].map(|at| Some(format!("https://vm.runware.ai/video/{at}.mp4")));
    assert_eq!(urls.collect::<Vec<_>>(), told);
}

#[test]
fn a_video_that_gets_its_id_later_is_one_video() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let mut nameless = video_row(1);
    nameless.as_object_mut().unwrap().remove("videoUUID");
    let mut signed = video_row(1);
    signed["videoURL"] = json!("https://vm.runware.ai/video/1.mp4?signature=2");
    let busy = json!({ "status": "processing", "progress": 50 });
    let replies = vec![
        ack(),
        rows(&[nameless.clone(), busy.clone()]),
        rows(&[video_row(1), busy.clone()]),
        rows(&[nameless, busy.clone()]),
        rows(&[signed, busy]),
        rows(&[video_row(1), video_row(2)]),
    ];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    let urls = driver.result().videos.iter().map(|video| video.url.clone());
    let told = [1, 2].map(|at| Some(format!("https://vm.runware.ai/video/{at}.mp4")));
    assert_eq!(urls.collect::<Vec<_>>(), told);
}

#[test]
fn the_stall_timer_starts_when_nothing_runs() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let mut replies = vec![ack()];
    replies.extend(vec![runware_progress(5); 40]);
    replies.extend(vec![rows(&[video_row(1)]); 5]);
    replies.push(rows(&[1, 2, 3].map(video_row)));
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert!(driver.now - T0 > 4 * 185_000, "long enough for impatience");
    assert_eq!(driver.result().videos.len(), 3);
}

#[test]
fn time_while_other_results_run_is_not_a_stall() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let busy = json!({ "status": "processing", "progress": 5 });
    let mut replies = vec![ack()];
    replies.extend(vec![rows(&[video_row(1), busy]); 20]);
    replies.extend(vec![rows(&[video_row(1)]); 5]);
    replies.push(rows(&[1, 2, 3].map(video_row)));
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert!(driver.now - T0 > 4 * 185_000, "long enough for impatience");
    assert_eq!(driver.result().videos.len(), 3);
}

#[test]
fn failures_alone_end_a_batch() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let error = json!({ "code": "inferenceError", "message": "No.", "taskUUID": UUID });
    let failed = ok(json!({ "data": [], "errors": [error] }));
    let driver = JobDriver::new(job(Runware, &request), script(vec![ack(), failed])).run();
    assert_eq!(driver.error().failure.code, ErrorCode::GenerationFailed);
    assert_eq!(driver.error().charge, Charge::Unknown);
}

#[test]
fn a_video_has_an_expiry() {
    let pod = drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()]).run();
    let ended_at = pod.job.handle.ended_at.unwrap();
    assert_eq!(pod.result().videos[0].expires_at, Some(ended_at + 7 * DAY));

    let request = with(runware_request(), json!({ "ttlSeconds": 3_600 }));
    let ware =
        JobDriver::new(job(Runware, &request), script(vec![ack(), runware_completed()])).run();
    let ended_at = ware.job.handle.ended_at.unwrap();
    let expires_at = ware.result().videos[0].expires_at;
    assert_eq!(expires_at, Some(ended_at + 3_600_000));
}

#[test]
fn queue_time_is_not_execution_time() {
    let started = ok(json!({ "id": RUNPOD_ID, "status": "IN_PROGRESS", "delayTime": 1_000 }));
    let replies =
        vec![runpod_status("IN_QUEUE"), runpod_status("IN_QUEUE"), started, runpod_completed()];
    let driver = drive(Runpod, replies).run();
    let eta = |at: usize| driver.updates[at].eta_ms.unwrap();
    assert_eq!(eta(2), 185_000, "nothing has run yet");
    let since = driver.sent[2].0 + 100 - driver.job.handle.accepted_at.unwrap();
    assert_eq!(eta(3), 185_000 - (since - 1_000));
}

#[test]
fn a_cancel_while_the_end_is_stored_gets_one_result() {
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()])
        .stored(|revision| StoreReply::After(if revision == 3 { 5_000 } else { 0 }))
        .at(4_000, Input::Cancel)
        .run();
    assert_eq!(driver.result().videos.len(), 1);
    let told: Vec<_> = driver.cancellations.iter().map(|one| one.result).collect();
    assert_eq!(told, [CancelOutcome::AlreadyFinished]);

    let mut driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()]).run();
    driver.job.handle_input(driver.now, Input::Cancel);
    let told = driver.job.poll_output();
    assert!(matches!(told, filmgate::job::Output::Cancelled(_)), "{told:?}");
}

/// JavaScript numbers the long strings of each call anew.
#[test]
fn two_references_to_one_long_url_are_one_video() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let url =
        |index: u32| long_string_ref(index, "https://vm.runware.ai/video/1.mp4?token=", 70_000);
    let row = |index: u32| json!({ "status": "success", "videoURL": url(index) });
    let busy = json!({ "status": "processing", "progress": 5 });
    let replies = vec![
        ack(),
        rows(&[row(0), busy.clone()]),
        rows(&[row(1), busy]),
        rows(&[row(3), video_row(2)]),
    ];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert_eq!(driver.result().videos.len(), 2);
    let ready: Vec<u32> = driver.updates.iter().map(|update| update.completed_count).collect();
    assert_eq!(ready, [0, 0, 1, 1, 2]);
}
