//! A provider that does not know a job: not yet, or no longer. An absence is no end while it cannot be one.

use filmgate::error::ErrorCode;
use filmgate::job::Limits;
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::{Runpod, Runware};
use filmgate::provider::Request;
use serde_json::json;
use std::time::Duration;

use crate::common::*;
use crate::job::drive;

const MINUTE: u64 = 60_000;
/// RunPod retains a result for half an hour.
const RETENTION_MS: u64 = 30 * MINUTE;

/// RunPod's own body.
fn gone() -> Reply {
    http(404, &json!({ "status": 404, "title": "Not Found", "detail": "job not found" }))
}

/// RunPod accepts, and knows the job only between these times.
fn visible(from_ms: u64, to_ms: u64, reply: Reply) -> impl FnMut(u64, &Request) -> Reply {
    move |now, request| match operation_of(request) {
        "submit" => runpod_status("IN_QUEUE"),
        _ if (T0 + from_ms..T0.saturating_add(to_ms)).contains(&now) => reply.clone(),
        _ => gone(),
    }
}

#[test]
fn a_job_that_becomes_visible_after_minutes_is_found() {
    for seconds in [1, 9, 15, 150, 900, 1_790] {
        let world = visible(seconds * 1_000, u64::MAX, runpod_completed());
        let driver = JobDriver::new(job(Runpod, &runpod_request()), world).run();
        assert_eq!(driver.result().videos.len(), 1, "{seconds} s");
        assert_eq!(driver.count("submit"), 1);
        assert!(driver.now - T0 <= seconds * 1_000 + MINUTE, "{seconds} s: polled in time");
    }
}

#[test]
fn an_absent_job_is_polled_at_most_twice_a_minute() {
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), gone()]).run();
    let gaps = driver.sent.windows(2).map(|two| two[1].0 - two[0].0);
    assert!(gaps.max().unwrap() <= MINUTE);
    assert!(driver.count("poll") < 70, "{}", driver.count("poll"));
}

#[test]
fn an_absent_job_has_not_expired_before_the_retention() {
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE"), gone()]).run();
    assert!(driver.now - T0 > RETENTION_MS);
    let error = driver.error();
    assert_eq!(error.failure.code, ErrorCode::ResultExpired);
    assert_eq!(error.charge, Charge::Unknown, "it may have failed, or never have run");
    assert_eq!(driver.job.status(), Status::Expired);
    // The caller's limit comes first.
    let limits = Limits { timeout: Duration::from_secs(600), ..LIMITS };
    let job = job_with(Runpod, &runpod_request(), limits);
    let soon = JobDriver::new(job, script(vec![runpod_status("IN_QUEUE"), gone()])).run();
    assert_eq!(soon.error().failure.code, ErrorCode::Timeout);
    assert!(!soon.job.status().is_end());
}

#[test]
fn the_retention_begins_when_the_job_was_last_seen() {
    // It runs for forty minutes; then it is absent for ten.
    let seen_until = 40 * MINUTE;
    let mut polls = 0;
    let world = move |now: u64, request: &Request| match operation_of(request) {
        "submit" => runpod_status("IN_QUEUE"),
        _ if now < T0 + seen_until => runpod_status("IN_PROGRESS"),
        _ => {
            polls += 1;
            if polls < 20 { gone() } else { runpod_completed() }
        }
    };
    let driver = JobDriver::new(job(Runpod, &runpod_request()), world).run();
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn the_result_of_a_synchronous_submit_expires_after_a_minute() {
    let request = with(runpod_request(), json!({ "deliveryMethod": "sync" }));
    let replies = vec![runpod_status("IN_PROGRESS").after(90_000), gone()];
    let driver = JobDriver::new(job(Runpod, &request), script(replies)).run();
    assert_eq!(driver.error().failure.code, ErrorCode::ResultExpired);
    assert_eq!(driver.error().charge, Charge::Unknown);
    let waited = driver.now - T0 - 90_000;
    assert!((MINUTE..3 * MINUTE).contains(&waited), "{waited}");
}

#[test]
fn a_result_that_is_resumed_a_day_later_has_expired() {
    let driver = drive(Runpod, vec![runpod_status("IN_QUEUE")]).run_for(500);
    let later = driver.crash(86_400_000, script(vec![gone()])).run();
    assert_eq!(later.error().failure.code, ErrorCode::ResultExpired);
    assert_eq!(later.error().charge, Charge::Unknown);
    assert_eq!(later.count("poll"), 3, "one absence may be a mistake");
}

#[test]
fn an_absent_job_is_reported_while_it_is_polled() {
    let world = visible(60_000, u64::MAX, runpod_status("IN_PROGRESS"));
    let driver = JobDriver::new(job(Runpod, &runpod_request()), world).run_for(120_000);
    let told: Vec<_> = driver.updates.iter().map(|update| update.failure.as_ref()).collect();
    let absent = told.iter().flatten().next().unwrap();
    assert_eq!(absent.code, ErrorCode::JobNotFound);
    assert_eq!(told.iter().flatten().count(), 1, "once");
    assert!(told.last().unwrap().is_none(), "it is found");
}

#[test]
fn an_id_from_the_caller_has_minutes_to_become_visible() {
    let lost = || drive(Runpod, vec![connection_lost()]).run();
    let again = |visible_ms: u64| {
        let known_at = lost().now + MINUTE + visible_ms;
        let mut again =
            lost().crash(
                MINUTE,
                move |now, _: &Request| {
                    if now < known_at { gone() } else { runpod_completed() }
                },
            );
        again.job.adopt_job_id(again.now, RUNPOD_ID);
        again.run()
    };
    assert_eq!(again(140_000).result().videos.len(), 1);
    let wrong = again(300_000);
    assert_eq!(wrong.error().failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(wrong.job.handle.job_id, None, "the id was wrong");
    assert!(wrong.now - lost().now - MINUTE < 240_000);
}

#[test]
fn a_task_that_runware_never_finds_ends_with_an_unknown_charge() {
    let driver = drive(Runware, vec![ack(), no_rows()]).run();
    assert_eq!(driver.error().failure.code, ErrorCode::ResultExpired);
    assert_eq!(driver.error().charge, Charge::Unknown);
    assert!(driver.now - T0 > 4 * 185_000);
    assert!(driver.count("details") >= 2);
}

#[test]
fn a_task_that_becomes_visible_at_runware_after_minutes_is_found() {
    for minutes in [1, 13, 25] {
        let world = move |now: u64, request: &Request| match operation_of(request) {
            "submit" => ack(),
            _ if now < T0 + minutes * MINUTE => no_rows(),
            _ => runware_completed(),
        };
        let driver = JobDriver::new(job(Runware, &runware_request()), world).run();
        assert_eq!(driver.result().videos.len(), 1, "{minutes} min");
    }
}
