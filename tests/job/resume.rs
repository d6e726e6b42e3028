//! A record resumes in any phase; a handle does so without a record.

use filmgate::error::ErrorCode;
use filmgate::job::{Handle, Job, Limits, ResumeError};
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::{Value, json};

use crate::common::*;
use crate::job::drive;

#[test]
fn before_the_submit_is_sent() {
    // Stored, but it is unknown whether it was sent: RunPod cannot tell, Runware is polled.
    let stored = drive(Runpod, vec![Reply::NoResponse]).stored(|_| StoreReply::After(5_000));
    let pod = stored.run_for(0).crash(1_000, script(vec![runpod_completed()])).run();
    assert_eq!(pod.sent.len(), 0);
    assert_eq!(pod.error().failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(pod.error().charge, Charge::Unknown);

    let stored =
        || drive(Runware, vec![Reply::NoResponse]).stored(|_| StoreReply::After(5_000)).run_for(0);
    let world = || script(vec![no_rows(), no_rows(), ack(), runware_completed()]);
    let soon = stored().crash(1_000, world()).run();
    assert_eq!(soon.operations(), ["poll", "details", "submit", "poll"]);
    assert_eq!(soon.result().videos.len(), 1);
    let at_once = stored().crash(0, world()).run();
    assert_eq!(at_once.count("submit"), 1, "no clock was set back");
    let late = stored().crash(60_000, script(vec![no_rows()])).run();
    assert_eq!(late.count("submit"), 0, "by now a driver could have been made");
    assert_eq!(late.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn while_the_submit_is_in_flight() {
    let pod = drive(Runpod, vec![Reply::NoResponse]).run_for(1_000);
    let pod = pod.crash(0, script(vec![runpod_completed()])).run();
    assert_eq!(pod.sent.len(), 0);
    assert_eq!(pod.error().failure.code, ErrorCode::SubmissionUnknown);

    let ware = drive(Runware, vec![Reply::NoResponse]).run_for(1_000);
    let ware = ware.crash(0, script(vec![runware_completed()])).run();
    assert_eq!(ware.operations(), ["poll"]);
    assert_eq!(ware.result().videos.len(), 1);
}

#[test]
fn while_it_waits_to_resubmit() {
    // A rate-limited submit had no effect, and the record says so, so that the next driver may submit.
    for (provider, replies) in [
        (Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()]),
        (Runware, vec![ack(), runware_completed()]),
    ] {
        let first = drive(provider, vec![raw(429, "{}")]).run_for(150);
        assert_eq!(first.operations(), ["submit"]);
        let later = first.crash(86_400_000, script(replies)).run();
        assert_eq!(later.operations(), ["submit", "poll"]);
        assert_eq!(later.result().videos.len(), 1);
    }
}

#[test]
fn before_it_resubmits() {
    // The intention is stored before a resubmit, too.
    let first = drive(Runpod, vec![raw(429, "{}"), Reply::NoResponse]).run_for(2_500);
    assert_eq!(first.operations(), ["submit", "submit"]);
    let later = first.crash(0, script(vec![runpod_completed()])).run();
    assert_eq!(later.sent.len(), 0);
    assert_eq!(later.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn while_reconciling() {
    let driver = drive(Runware, vec![connection_lost(), no_rows()]).run_for(1_150);
    let driver =
        driver.crash(0, script(vec![no_rows(), no_rows(), ack(), runware_completed()])).run();
    assert_eq!(driver.operations(), ["poll", "details", "submit", "poll"]);
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn while_running() {
    for (provider, accepted, running, done) in [
        (Runpod, runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()),
        (Runware, ack(), runware_progress(10), runware_completed()),
    ] {
        for seconds in [0, 1, 2, 60] {
            let driver = drive(provider, vec![accepted.clone(), running.clone()])
                .run_for(seconds * 1000 + 150);
            let driver = driver.crash(600_000, script(vec![done.clone()])).run();
            assert_eq!(driver.operations(), ["poll"]);
            assert_eq!(driver.result().videos.len(), 1);
        }
    }
}

#[test]
fn after_the_end() {
    for (provider, replies) in [
        (Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()]),
        (Runware, vec![ack(), runware_completed()]),
        (Runpod, vec![raw(401, "")]),
        (Runpod, vec![connection_lost()]),
    ] {
        let first = drive(provider, replies).run();
        let ended = first.done.clone();
        let again = first.crash(86_400_000, script(vec![Reply::NoResponse])).run();
        assert_eq!(again.sent.len(), 0, "the end is in the record");
        assert_eq!(again.done, ended);
    }
}

#[test]
fn a_seen_video_survives_a_crash() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let replies = vec![ack(), rows(&[video_row(1)]), rows(&[video_row(1)])];
    let first = JobDriver::new(job(Runware, &request), script(replies)).run_for(2_500);
    assert_eq!(first.updates.last().unwrap().completed_count, 1);
    // Later responses may contain only the second.
    let again = first.crash(1_000, script(vec![rows(&[video_row(2)])])).run();
    assert_eq!(again.result().videos.len(), 2);
}

#[test]
fn a_handle_alone_finds_the_video() {
    for (provider, accepted, done) in [
        (Runpod, runpod_status("IN_QUEUE"), runpod_completed()),
        (Runware, ack(), runware_completed()),
    ] {
        let running = drive(provider, vec![accepted, Reply::NoResponse]).run_for(500);
        let handle = through_json(&running.job.handle);
        let job = Job::adopt(running.now + 1_000, handle, 185_000, LIMITS).unwrap();
        let mut driver = JobDriver::new(job, script(vec![done]));
        driver.now = running.now + 1_000;
        let driver = driver.run();
        assert_eq!(driver.operations(), ["poll"]);
        assert_eq!(driver.result().videos.len(), 1);
    }
}

#[test]
fn an_id_in_the_handle_is_enough() {
    // Written by a user who found the job in the provider's console.
    let handle = serde_json::to_value(&job(Runpod, &runpod_request()).handle).unwrap();
    let handle = serde_json::from_value(with(handle, json!({ "jobId": RUNPOD_ID }))).unwrap();
    let job = Job::adopt(T0, handle, 185_000, LIMITS).unwrap();
    let driver = JobDriver::new(job, script(vec![runpod_completed()])).run();
    assert_eq!(driver.operations(), ["poll"]);
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn a_handle_alone_is_never_submitted() {
    for provider in ProviderId::ALL {
        let sent = drive(*provider, vec![Reply::NoResponse]).run_for(500);
        let handle = through_json(&sent.job.handle);
        let job = Job::adopt(T0 + 1_000, handle, 185_000, LIMITS).unwrap();
        let driver = JobDriver::new(job, script(vec![no_rows()])).run();
        assert_eq!(driver.count("submit"), 0);
        assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
    }
}

#[test]
fn an_invalid_handle_is_rejected() {
    let handle = serde_json::to_value(&job(Runpod, &runpod_request()).handle).unwrap();
    let adopt = |changes: Value| {
        let handle = serde_json::from_value(with(handle.clone(), changes)).ok()?;
        Job::adopt(T0, handle, 0, LIMITS).ok()
    };
    assert!(adopt(json!({})).is_some());
    for changes in [
        json!({ "version": 2 }),
        json!({ "provider": "fal" }),
        json!({ "providerModelId": "../../v1" }),
        json!({ "providerModelId": "" }),
        json!({ "providerModelId": "a?b" }),
        json!({ "id": "no uuid" }),
        json!({ "jobId": "../x" }),
        json!({ "jobId": "" }),
        json!({ "jobId": "a".repeat(201) }),
        json!({ "model": "m".repeat(257) }),
        json!({ "n": 0 }),
        json!({ "n": 1_000_000 }),
        json!({ "createdAt": -1 }),
        json!({ "quote": { "min": 2, "max": 1 } }),
        json!({ "quote": { "min": -1, "max": 1 } }),
        json!({ "id": null }),
    ] {
        assert!(adopt(changes.clone()).is_none(), "{changes}");
    }
}

#[test]
fn an_invalid_record_is_rejected() {
    let record = job(Runware, &runware_request()).record();
    let resume = |record: Value| Job::resume(T0, record, 1, LIMITS);
    assert!(resume(record.clone()).is_ok());
    for wrong in [
        json!(null),
        json!({}),
        json!([]),
        with(record.clone(), json!({ "phase": "dreaming" })),
        with(record.clone(), json!({ "phase": "ended" })),
        with(record.clone(), json!({ "handle.providerModelId": "a b" })),
        with(record, json!({ "handle": null })),
    ] {
        assert!(resume(wrong.clone()).is_err(), "{wrong}");
    }
}

fn through_json(handle: &Handle) -> Handle {
    let text = serde_json::to_string(handle).unwrap();
    let again: Handle = serde_json::from_str(&text).unwrap();
    assert_eq!(again, *handle);
    again
}

#[test]
fn a_resumed_job_reports_its_status() {
    let driver = drive(Runware, vec![Reply::NoResponse]).run_for(500);
    let driver = driver.crash(0, script(vec![runware_progress(40), runware_completed()])).run();
    let statuses: Vec<Status> = driver.updates.iter().map(|update| update.status).collect();
    assert_eq!(statuses, [Status::Reconciling, Status::Running, Status::Completed]);
}

#[test]
fn an_end_without_the_provider_is_checked_once_more() {
    let gone = || raw(404, "{}");
    let expired = || drive(Runpod, vec![runpod_status("IN_QUEUE"), gone()]).run();
    assert_eq!(expired().error().failure.code, ErrorCode::ResultExpired);
    let found = expired().crash(60_000, script(vec![runpod_completed()])).run();
    assert_eq!(found.operations(), ["poll"]);
    assert_eq!(found.result().videos.len(), 1);
    let again = expired().crash(60_000, script(vec![gone()])).run();
    assert_eq!(again.operations(), ["poll"], "once is enough");
    assert_eq!(again.done, expired().done);

    let unknown = || drive(Runware, vec![connection_lost(), no_rows()]).run();
    let found = unknown().crash(60_000, script(vec![runware_completed()])).run();
    assert_eq!(found.result().videos.len(), 1);
    let again = unknown().crash(60_000, script(vec![no_rows()])).run();
    assert_eq!(again.count("submit"), 0, "the body is gone");
    assert_eq!(again.done, unknown().done);
}

#[test]
fn a_job_that_cannot_be_found_is_not_waited_for() {
    // A handle may come from anyone: accepted, by its own claim, but without RunPod's id.
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE")]).run_for(500);
    let handle = serde_json::to_value(&driver.job.handle).unwrap();
    let handle = serde_json::from_value(with(handle, json!({ "jobId": null }))).unwrap();
    let job = Job::adopt(T0 + 1_000, handle, 1_000, LIMITS).unwrap();
    let adopted = JobDriver::new(job, script(vec![Reply::NoResponse])).run();
    let record = with(driver.records[1].clone(), json!({ "handle.jobId": null }));
    let job = Job::resume(T0 + 1_000, record, 2, LIMITS).unwrap();
    let mut resumed = JobDriver::new(job, script(vec![Reply::NoResponse]));
    resumed.revision = 2;
    for driver in [adopted, resumed.run()] {
        assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown);
        assert_eq!(driver.error().charge, Charge::Unknown);
        assert_eq!((driver.sent.len(), driver.now), (0, T0));
    }
}

#[test]
fn a_completed_record_has_one_to_a_hundred_videos() {
    let ended = drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_completed()]).run();
    let record = |videos: usize| {
        let mut record = ended.job.record();
        let video = record["end"]["completed"]["videos"][0].clone();
        record["end"]["completed"]["videos"] = vec![video; videos].into();
        Job::resume(0, record, 1, Limits::default())
    };
    for valid in [1, 100] {
        assert!(record(valid).is_ok(), "{valid} videos");
    }
    for invalid in [0, 101] {
        assert_eq!(record(invalid).err(), Some(ResumeError::MissingResult), "{invalid} videos");
    }
}

#[test]
fn a_record_with_an_impossible_progress_reports_none() {
    let running =
        drive(Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS")]).run_for(5_000);
    for (stored, reported) in [(100, Some(100)), (101, None), (255, None)] {
        let record = with(running.job.record(), json!({ "polling.progress": stored }));
        let job = Job::resume(T0 + 5_000, record, 2, LIMITS).unwrap();
        let mut resumed = JobDriver::new(job, script(vec![runpod_status("IN_PROGRESS")]));
        resumed.revision = 2;
        let resumed = resumed.run_for(5_000);
        assert_eq!(resumed.updates.last().and_then(|update| update.progress), reported);
    }
}
