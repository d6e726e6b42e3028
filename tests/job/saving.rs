//! The store: what a failed save does before and after the submit has left.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Limits, Output};
use filmgate::outcome::Charge;
use filmgate::provider::Body;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::json;
use std::time::Duration;

use crate::common::*;
use crate::film;

#[test]
fn what_cannot_be_stored_is_not_sent() {
    for provider in ProviderId::ALL {
        let film = film(*provider, vec![Reply::Silence])
            .stored(|_| Stored::Refused)
            .run();
        assert_eq!(film.sent.len(), 0);
        let error = film.error();
        assert_eq!(error.failure.code, ErrorCode::StoreFailed);
        assert_eq!(error.charge, Charge::None);
        assert!(error.is_retryable());
    }
}

#[test]
fn a_store_that_fails_later_does_not_stop_a_paid_job() {
    for (provider, replies) in [
        (
            Runpod,
            vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()],
        ),
        (Runware, vec![ack(), ware(5), ware_done()]),
    ] {
        let refuses = |revision| {
            if revision == 1 {
                Stored::After(0)
            } else {
                Stored::Refused
            }
        };
        let film = film(provider, replies).stored(refuses).run();
        assert_eq!(film.outcome().videos.len(), 1);
        assert_eq!(film.count("submit"), 1);
    }
}

#[test]
fn a_slow_store_gets_one_save_at_a_time() {
    // The driver asserts that each save builds on the one before.
    for ms in [1, 250, 5_000] {
        let replies = vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()];
        let film = film(Runpod, replies)
            .stored(move |_| Stored::After(ms))
            .run();
        let last = film.records.last().unwrap();
        assert_eq!(
            last["status"], "completed",
            "the end is stored before it is told"
        );
    }
}

#[test]
fn the_acceptance_is_stored() {
    for (provider, replies) in [
        (Runpod, vec![pod("IN_QUEUE"), Reply::Silence]),
        (Runware, vec![ack(), Reply::Silence]),
    ] {
        let film = film(provider, replies).run_for(500);
        let record = film.records.last().unwrap();
        assert_eq!(record["handle"]["acceptedAt"], json!(T0 + 100));
        assert!(record["handle"]["jobId"].is_string());
        assert_eq!(record.get("body"), None, "it is needed no longer");
    }
}

#[test]
fn the_body_is_stored_until_then() {
    let film = film(Runware, vec![Reply::Silence]).run_for(500);
    assert_eq!(film.records.len(), 1);
    let prompt = &film.records[0]["body"]["positivePrompt"];
    assert_eq!(*prompt, runware_request()["prompt"]);
}

#[test]
fn a_store_that_has_refused_the_acceptance_is_given_it_again() {
    for (provider, replies) in [
        (Runpod, vec![pod("IN_QUEUE"), pod("IN_PROGRESS")]),
        (Runware, vec![ack(), ware(5)]),
    ] {
        let mut saves = 0;
        let refuses_once = move |_| {
            saves += 1;
            if saves == 2 {
                Stored::Refused
            } else {
                Stored::After(0)
            }
        };
        let film = film(provider, replies).stored(refuses_once).run_for(60_000);
        assert!(film.count("poll") > 2);
        assert_eq!(film.records.len(), 2, "once is enough");
        assert!(film.records[1]["handle"]["jobId"].is_string());
    }
}

#[test]
fn an_end_that_comes_after_the_callers_time_is_stored_before_it_is_told() {
    let limits = Limits {
        timeout: Duration::from_millis(20_000),
        ..LIMITS
    };
    let job = job_with(Runpod, &runpod_request(), limits);
    let world = script(vec![raw(400, "{}").after(25_000)]);
    let film = Film::new(job, world)
        .stored(|revision| Stored::After(if revision == 2 { 3_000 } else { 0 }))
        .run();
    assert_eq!(film.error().failure.code, ErrorCode::Rejected);
    assert_eq!(film.now, T0 + 28_000, "it waits for the store");
}

#[test]
fn a_store_that_answers_when_nobody_waits_any_longer_is_believed() {
    // The end was told without it; a webhook then brings the id, which is the next revision.
    let film = film(Runpod, vec![broken()])
        .stored(|revision| {
            Stored::After(if revision == 2 {
                LIMITS.timeout.as_millis() as u64 + 60_000
            } else {
                0
            })
        })
        .run();
    assert_eq!(film.error().failure.code, ErrorCode::SubmissionUnknown);
    let (mut job, now) = (film.job, film.now + 1_000);
    job.handle_input(now, Input::Saved(2));
    let body = pod("IN_QUEUE").response().body.clone();
    let Body::Json(hint) = body else {
        panic!("no JSON");
    };
    job.handle_input(now, Input::Webhook(hint));
    let Output::Save { revision, record } = job.poll_output() else {
        panic!("the id is to be stored");
    };
    assert_eq!(
        (revision, record["handle"]["jobId"].as_str()),
        (3, Some(RUNPOD_ID))
    );
}
