//! Questions whose answer takes its time: RunPod's SDK alone knows them, so that they are only tried.

use filmgate::job::{CancelResult, Input, Limits};
use filmgate::provider::ProviderId::Runpod;

use crate::common::*;

const LONG: Limits = Limits {
    long_poll: true,
    ..LIMITS
};

fn long(replies: Vec<Reply>) -> Film<impl FnMut(u64, &filmgate::provider::Request) -> Reply> {
    Film::new(job_with(Runpod, &runpod_request(), LONG), script(replies))
}

#[test]
fn it_waits_as_long_as_the_line_is_held() {
    let held = || pod("IN_PROGRESS").after(90_000);
    let film = long(vec![
        pod("IN_QUEUE"),
        held(),
        held(),
        pod_done().after(5_000),
    ])
    .run();
    assert_eq!(
        film.asked(),
        ["submit", "long poll", "long poll", "long poll"]
    );
    assert_eq!(
        film.sent[1].1.path,
        format!("/sora-2-pro-i2v/status-sync/{RUNPOD_ID}?wait=90000")
    );
    assert_eq!(film.sent[2].0, film.sent[1].0 + 90_000, "at once");
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn one_that_does_not_hold_the_line_is_not_asked_again_and_again() {
    let film = long(vec![
        pod("IN_QUEUE"),
        pod("IN_QUEUE"),
        pod("IN_PROGRESS"),
        pod_done(),
    ])
    .run();
    assert_eq!(film.asked(), ["submit", "long poll", "poll", "poll"]);
    let waited = film.sent[2].0 - film.sent[1].0;
    assert!(waited >= 1_000, "{waited}");
}

#[test]
fn news_may_come_early() {
    let film = long(vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()]).run();
    assert_eq!(film.asked(), ["submit", "long poll", "long poll"]);
}

#[test]
fn the_last_question_beyond_the_callers_time_is_a_short_one() {
    for beyond_ms in [0, 1, 60_000] {
        let mut film = long(vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()]).run_for(3_000);
        film.now = T0 + LONG.timeout.as_millis() as u64 + beyond_ms;
        let film = film.run_on(1_000);
        assert_eq!(film.asked(), ["submit", "long poll", "poll"], "{beyond_ms}");
        assert_eq!(film.outcome().videos.len(), 1);
    }
}

#[test]
fn where_it_is_not_there_the_plain_question_tells() {
    for missing in [
        raw(404, ""),
        raw(405, "{}"),
        raw(500, "<html>"),
        broken(),
        Reply::Silence,
    ] {
        let film = long(vec![
            pod("IN_QUEUE"),
            missing,
            pod("IN_PROGRESS"),
            pod_done(),
        ])
        .run();
        assert_eq!(film.asked(), ["submit", "long poll", "poll", "poll"]);
        assert_eq!(film.outcome().videos.len(), 1);
    }
}

#[test]
fn a_cancel_does_not_wait_for_it() {
    let replies = vec![pod("IN_QUEUE"), Reply::Silence, pod("CANCELLED")];
    let film = long(replies).at(10_000, Input::Cancel).run();
    assert_eq!(film.asked(), ["submit", "long poll", "cancel"]);
    assert_eq!(film.sent[2].0, T0 + 10_000);
    assert_eq!(film.cancellations[0].result, CancelResult::Cancelled);
}

#[test]
fn a_webhook_does_not_wait_for_it_but_many_are_no_flood() {
    let hook = || serde_json::json!({ "id": RUNPOD_ID, "status": "COMPLETED" });
    let mut film = long(vec![pod("IN_QUEUE"), Reply::Silence]);
    for ms in 0..500 {
        film = film.at(10_000 + ms * 10, Input::Webhook(hook()));
    }
    let film = film.run_for(15_500);
    assert_eq!(film.sent[2].0, T0 + 10_000, "asked at once");
    assert!(film.sent.len() <= 8, "{:?}", film.asked());
}
