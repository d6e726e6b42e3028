//! Time limits: of a request, of the caller, and of neither the job.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Limits};
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::json;
use std::time::Duration;

use crate::common::*;
use crate::film;

const SHORT: Limits = Limits {
    request_timeout: Duration::from_millis(30_000),
    timeout: Duration::from_millis(20_000),
    ..LIMITS
};

#[test]
fn each_request_has_its_limit() {
    let film = film(Runware, vec![ack(), Reply::Silence, ware_done()]).run();
    assert_eq!(
        film.sent[2].0 - film.sent[1].0,
        30_000 + 2_000,
        "the limit, and a pause"
    );
    // The line of a runsync is held longer, since the provider holds it.
    let request = with(runpod_request(), json!({ "delivery": "sync" }));
    let silent = Film::new(job(Runpod, &request), script(vec![Reply::Silence])).run();
    assert_eq!(silent.now - T0, 30_000 + 90_000);
}

#[test]
fn the_callers_deadline_ends_the_waiting_and_not_the_job() {
    for (provider, accepted, running, done) in [
        (Runpod, pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()),
        (Runware, ack(), ware(1), ware_done()),
    ] {
        let job = job_with(provider, &request_for(provider), SHORT);
        let film = Film::new(job, script(vec![accepted, running])).run();
        let error = film.error();
        assert_eq!(error.failure.code, ErrorCode::TimedOut);
        assert_eq!(error.charge, Charge::Unknown);
        assert_eq!(film.now - T0, 20_000);
        assert!(!film.job.status().is_end());
        let later = film.crash(60_000, script(vec![done])).run();
        assert_eq!(later.asked(), ["poll"]);
        assert_eq!(later.outcome().videos.len(), 1);
    }
}

#[test]
fn a_submit_that_is_on_its_way_is_waited_for() {
    // At RunPod its answer is the only thing that ever finds the job again.
    let job = job_with(Runpod, &runpod_request(), SHORT);
    let film = Film::new(job, script(vec![pod("IN_QUEUE").after(25_000)])).run();
    assert_eq!(film.error().failure.code, ErrorCode::TimedOut);
    assert_eq!(film.now - T0, 25_000);
    assert_eq!(film.job.handle.job_id.as_deref(), Some(RUNPOD_ID));
    let later = film.crash(0, script(vec![pod_done()])).run();
    assert_eq!(later.outcome().videos.len(), 1);
}

#[test]
fn nothing_is_owed_for_a_job_that_was_turned_away_until_the_end() {
    for provider in ProviderId::ALL {
        let job = job_with(*provider, &request_for(*provider), SHORT);
        let busy = raw(429, "").retry_after(60_000);
        let film = Film::new(job, script(vec![busy])).run();
        let error = film.error();
        assert_eq!(error.failure.code, ErrorCode::RateLimited, "{provider}");
        assert_eq!(error.charge, Charge::None);
        assert!(film.job.status().is_end(), "nothing is left to resume");
        assert_eq!(film.count("submit"), 1);
    }
}

#[test]
fn a_store_that_never_answers_does_not_spin() {
    for provider in ProviderId::ALL {
        let job = job_with(*provider, &request_for(*provider), SHORT);
        let film = Film::new(job, script(vec![Reply::Silence])).stored(|_| Stored::Never);
        let film = film.run_for(3_600_000);
        assert_eq!(film.sent.len(), 0);
        let error = film.error();
        assert_eq!(error.failure.code, ErrorCode::StoreFailed);
        assert_eq!(error.charge, Charge::None);
        assert_eq!(film.now - T0, 20_000);
    }
}

#[test]
fn a_store_that_answers_too_late_starts_nothing() {
    let job = job_with(Runpod, &runpod_request(), SHORT);
    let film = Film::new(job, script(vec![pod("IN_QUEUE")])).stored(|_| Stored::After(25_000));
    let mut film = film.run();
    assert_eq!(film.error().failure.code, ErrorCode::StoreFailed);
    film.done = None;
    film.job.handle_input(T0 + 25_000, Input::Saved(1));
    film.run_until(T0 + 60_000);
    assert_eq!(film.sent.len(), 0);
}

#[test]
fn an_end_that_cannot_be_stored_does_not_spin() {
    let job = job_with(Runpod, &runpod_request(), SHORT);
    let world = script(vec![pod("IN_QUEUE"), pod_done()]);
    let film = Film::new(job, world)
        .stored(|revision| {
            if revision < 3 {
                Stored::After(0)
            } else {
                Stored::Never
            }
        })
        .run_for(3_600_000);
    assert!(
        film.done.is_some(),
        "a paid video is not kept back by a store"
    );
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn a_clock_that_jumps_harms_nothing() {
    for provider in ProviderId::ALL {
        let mut film = film(*provider, vec![Reply::Silence]).run_for(100);
        film.job.handle_input(0, Input::Timeout);
        film.job.handle_input(1_000 * T0, Input::Timeout);
        film.now = T0;
        film.run_until(u64::MAX);
        assert!(film.count("submit") == 1);
    }
}

#[test]
fn a_wait_without_an_end_is_no_end() {
    for (provider, replies) in [
        (
            Runpod,
            vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()],
        ),
        (Runware, vec![ack(), ware(1), ware_done()]),
    ] {
        let limits = Limits {
            request_timeout: Duration::from_millis(u64::MAX),
            timeout: Duration::from_millis(u64::MAX),
            ..LIMITS
        };
        let job = job_with(provider, &request_for(provider), limits);
        let film = Film::new(job, script(replies)).run();
        assert_eq!(film.outcome().videos.len(), 1);
    }
}
