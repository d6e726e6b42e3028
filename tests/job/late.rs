//! Answers that come when nobody waits for them any longer.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Limits, Output};
use filmgate::provider::ProviderId::{Runpod, Runware};
use serde_json::json;
use std::time::Duration;

use crate::common::*;
use crate::film;

#[test]
fn the_late_answer_to_a_submit_brings_its_job() {
    // The end as unknown is being stored when the answer comes after all.
    let film = film(Runpod, vec![pod("IN_QUEUE").after(31_000), pod_done()])
        .stored(|revision| Stored::After(if revision == 2 { 5_000 } else { 0 }))
        .run();
    assert_eq!(film.asked(), ["submit", "poll"]);
    assert_eq!(film.outcome().videos.len(), 1);
    assert_eq!(film.records.last().unwrap()["status"], "completed");
}

#[test]
fn the_late_answer_to_a_runware_submit_ends_the_settling() {
    let limits = Limits {
        request_timeout: Duration::from_millis(5_000),
        ..LIMITS
    };
    let job = job_with(Runware, &runware_request(), limits);
    let world = script(vec![
        ack().after(9_000),
        nothing().after(4_000),
        ware_done(),
    ]);
    let film = Film::new(job, world).run();
    assert_eq!(film.count("submit"), 1);
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn a_late_refusal_changes_nothing() {
    let film = film(Runpod, vec![raw(400, "{}").after(31_000)])
        .stored(|revision| Stored::After(if revision == 2 { 5_000 } else { 0 }))
        .run();
    assert_eq!(film.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn answers_to_what_was_never_asked_are_dropped() {
    let mut film = film(Runpod, vec![pod("IN_QUEUE"), Reply::Silence]).run_for(2_000);
    film.job.handle_input(film.now, Input::Timeout);
    let before = film.job.record();
    for id in [0, 7, u32::MAX] {
        let response = pod_done().response().clone();
        film.job
            .handle_input(film.now, Input::Response { id, response });
        film.job
            .handle_input(film.now, Input::TransportFailed { id, kind: NETWORK });
        film.job.handle_input(film.now, Input::Saved(id));
        film.job.handle_input(film.now, Input::SaveFailed(id));
    }
    assert_eq!(film.job.record(), before);
    assert!(matches!(film.job.poll_output(), Output::Timeout(_)));
}

#[test]
fn a_late_poll_ends_nothing_by_itself() {
    // The answer to a question whose limit has passed; the next one says the same.
    let limits = Limits {
        request_timeout: Duration::from_millis(5_000),
        ..LIMITS
    };
    let job = job_with(Runpod, &runpod_request(), limits);
    let world = script(vec![pod("IN_QUEUE"), pod_done().after(6_000), pod_done()]);
    let film = Film::new(job, world).run();
    assert_eq!(film.asked(), ["submit", "poll", "poll"]);
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn after_the_end_nothing_more_comes() {
    let mut film = film(Runpod, vec![pod("IN_QUEUE"), pod_done()]).run();
    for input in [
        Input::Timeout,
        Input::Response {
            id: 1,
            response: pod("FAILED").response().clone(),
        },
        Input::TransportFailed {
            id: 1,
            kind: NETWORK,
        },
    ] {
        film.job.handle_input(film.now + 1, input);
        assert!(matches!(film.job.poll_output(), Output::Timeout(u64::MAX)));
    }
    assert!(film.job.end().unwrap().is_ok());
}

#[test]
fn the_late_answer_of_a_held_line_brings_the_film_itself() {
    // RunPod keeps the result of `/runsync` for a minute: by then nobody could ask for it.
    let request = with(runpod_request(), json!({ "delivery": "sync" }));
    let world = script(vec![pod_done().after(121_000), raw(404, "{}")]);
    let film = Film::new(job(Runpod, &request), world)
        .stored(|revision| Stored::After(if revision == 2 { 5_000 } else { 0 }))
        .run();
    assert_eq!(film.asked(), ["submit"]);
    assert_eq!(film.outcome().videos.len(), 1);
    assert_eq!(film.records.last().unwrap()["status"], "completed");
}
