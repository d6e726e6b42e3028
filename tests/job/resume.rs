//! A record goes on where its driver stopped, in any phase; a handle does so without a record.

use filmgate::error::ErrorCode;
use filmgate::job::{Handle, Job};
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::{Value, json};

use crate::common::*;
use crate::film;

#[test]
fn before_the_submit_left() {
    // Stored, and then nobody knows whether it left: RunPod cannot tell, Runware is asked.
    let stored = film(Runpod, vec![Reply::Silence]).stored(|_| Stored::After(5_000));
    let pod = stored
        .run_for(0)
        .crash(1_000, script(vec![pod_done()]))
        .run();
    assert_eq!(pod.sent.len(), 0);
    assert_eq!(pod.error().failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(pod.error().charge, Charge::Unknown);

    let stored = || {
        film(Runware, vec![Reply::Silence])
            .stored(|_| Stored::After(5_000))
            .run_for(0)
    };
    let world = || script(vec![nothing(), nothing(), ack(), ware_done()]);
    let soon = stored().crash(1_000, world()).run();
    assert_eq!(soon.asked(), ["poll", "details", "submit", "poll"]);
    assert_eq!(soon.outcome().videos.len(), 1);
    let at_once = stored().crash(0, world()).run();
    assert_eq!(at_once.count("submit"), 1, "no clock was set back");
    let late = stored().crash(60_000, script(vec![nothing()])).run();
    assert_eq!(
        late.count("submit"),
        0,
        "by now a film could have been made"
    );
    assert_eq!(late.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn while_the_submit_was_on_its_way() {
    let pod = film(Runpod, vec![Reply::Silence]).run_for(1_000);
    let pod = pod.crash(0, script(vec![pod_done()])).run();
    assert_eq!(pod.sent.len(), 0);
    assert_eq!(pod.error().failure.code, ErrorCode::SubmissionUnknown);

    let ware = film(Runware, vec![Reply::Silence]).run_for(1_000);
    let ware = ware.crash(0, script(vec![ware_done()])).run();
    assert_eq!(ware.asked(), ["poll"]);
    assert_eq!(ware.outcome().videos.len(), 1);
}

#[test]
fn while_it_waits_to_go_again() {
    // Turned away unread: nothing is out, and the record says so, so that the next driver may send it.
    for (provider, replies) in [
        (Runpod, vec![pod("IN_QUEUE"), pod_done()]),
        (Runware, vec![ack(), ware_done()]),
    ] {
        let first = film(provider, vec![raw(429, "{}")]).run_for(150);
        assert_eq!(first.asked(), ["submit"]);
        let later = first.crash(86_400_000, script(replies)).run();
        assert_eq!(later.asked(), ["submit", "poll"]);
        assert_eq!(later.outcome().videos.len(), 1);
    }
}

#[test]
fn before_it_went_again() {
    // Written down before it leaves, the second time too.
    let first = film(Runpod, vec![raw(429, "{}"), Reply::Silence]).run_for(2_500);
    assert_eq!(first.asked(), ["submit", "submit"]);
    let later = first.crash(0, script(vec![pod_done()])).run();
    assert_eq!(later.sent.len(), 0);
    assert_eq!(later.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn while_settling() {
    let film = film(Runware, vec![broken(), nothing()]).run_for(1_150);
    let film = film
        .crash(0, script(vec![nothing(), nothing(), ack(), ware_done()]))
        .run();
    assert_eq!(film.asked(), ["poll", "details", "submit", "poll"]);
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn while_running() {
    for (provider, accepted, running, done) in [
        (Runpod, pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()),
        (Runware, ack(), ware(10), ware_done()),
    ] {
        for seconds in [0, 1, 2, 60] {
            let film = film(provider, vec![accepted.clone(), running.clone()])
                .run_for(seconds * 1000 + 150);
            let film = film.crash(600_000, script(vec![done.clone()])).run();
            assert_eq!(film.asked(), ["poll"]);
            assert_eq!(film.outcome().videos.len(), 1);
        }
    }
}

#[test]
fn after_the_end() {
    for (provider, replies) in [
        (Runpod, vec![pod("IN_QUEUE"), pod_done()]),
        (Runware, vec![ack(), ware_done()]),
        (Runpod, vec![raw(401, "")]),
        (Runpod, vec![broken()]),
    ] {
        let first = film(provider, replies).run();
        let ended = first.done.clone();
        let again = first.crash(86_400_000, script(vec![Reply::Silence])).run();
        assert_eq!(again.sent.len(), 0, "the end is in the record");
        assert_eq!(again.done, ended);
    }
}

#[test]
fn a_video_that_was_seen_is_not_lost_with_the_driver() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let replies = vec![
        ack(),
        rows(&[crate::common::film(1)]),
        rows(&[crate::common::film(1)]),
    ];
    let first = Film::new(job(Runware, &request), script(replies)).run_for(2_500);
    assert_eq!(first.updates.last().unwrap().ready, 1);
    // What the provider tells afterwards may name the second alone.
    let again = first
        .crash(1_000, script(vec![rows(&[crate::common::film(2)])]))
        .run();
    assert_eq!(again.outcome().videos.len(), 2);
}

#[test]
fn a_handle_alone_finds_the_film() {
    for (provider, accepted, done) in [
        (Runpod, pod("IN_QUEUE"), pod_done()),
        (Runware, ack(), ware_done()),
    ] {
        let running = film(provider, vec![accepted, Reply::Silence]).run_for(500);
        let handle = through_json(&running.job.handle);
        let job = Job::adopt(running.now + 1_000, handle, 185_000, LIMITS).unwrap();
        let mut film = Film::new(job, script(vec![done]));
        film.now = running.now + 1_000;
        let film = film.run();
        assert_eq!(film.asked(), ["poll"]);
        assert_eq!(film.outcome().videos.len(), 1);
    }
}

#[test]
fn an_id_in_the_handle_is_enough() {
    // As someone writes it who has found the job in the provider's console.
    let handle = serde_json::to_value(&job(Runpod, &runpod_request()).handle).unwrap();
    let handle = serde_json::from_value(with(handle, json!({ "jobId": RUNPOD_ID }))).unwrap();
    let job = Job::adopt(T0, handle, 185_000, LIMITS).unwrap();
    let film = Film::new(job, script(vec![pod_done()])).run();
    assert_eq!(film.asked(), ["poll"]);
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn a_handle_alone_is_never_submitted() {
    for provider in ProviderId::ALL {
        let sent = film(*provider, vec![Reply::Silence]).run_for(500);
        let handle = through_json(&sent.job.handle);
        let job = Job::adopt(T0 + 1_000, handle, 185_000, LIMITS).unwrap();
        let film = Film::new(job, script(vec![nothing()])).run();
        assert_eq!(film.count("submit"), 0);
        assert_eq!(film.error().failure.code, ErrorCode::SubmissionUnknown);
    }
}

#[test]
fn a_handle_that_is_none_is_refused() {
    let handle = serde_json::to_value(&job(Runpod, &runpod_request()).handle).unwrap();
    let adopt = |changes: Value| {
        let handle = serde_json::from_value(with(handle.clone(), changes)).ok()?;
        Job::adopt(T0, handle, 0, LIMITS).ok()
    };
    assert!(adopt(json!({})).is_some());
    for changes in [
        json!({ "version": 2 }),
        json!({ "provider": "fal" }),
        json!({ "wireId": "../../v1" }),
        json!({ "wireId": "" }),
        json!({ "wireId": "a?b" }),
        json!({ "key": "no uuid" }),
        json!({ "jobId": "../x" }),
        json!({ "jobId": "" }),
        json!({ "jobId": "a".repeat(201) }),
        json!({ "model": "m".repeat(257) }),
        json!({ "n": 0 }),
        json!({ "n": 1_000_000 }),
        json!({ "createdAt": -1 }),
        json!({ "quote": { "min": 2, "max": 1 } }),
        json!({ "quote": { "min": -1, "max": 1 } }),
        json!({ "key": null }),
    ] {
        assert!(adopt(changes.clone()).is_none(), "{changes}");
    }
}

#[test]
fn a_record_that_is_none_is_refused() {
    let record = job(Runware, &runware_request()).record();
    let resume = |record: Value| Job::resume(T0, record, 1, LIMITS);
    assert!(resume(record.clone()).is_ok());
    for wrong in [
        json!(null),
        json!({}),
        json!([]),
        with(record.clone(), json!({ "phase": "dreaming" })),
        with(record.clone(), json!({ "phase": "ended" })),
        with(record.clone(), json!({ "handle.wireId": "a b" })),
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
fn a_resumed_job_says_where_it_stands() {
    let film = film(Runware, vec![Reply::Silence]).run_for(500);
    let film = film.crash(0, script(vec![ware(40), ware_done()])).run();
    let statuses: Vec<Status> = film.updates.iter().map(|update| update.status).collect();
    assert_eq!(
        statuses,
        [Status::Settling, Status::Running, Status::Completed]
    );
}

#[test]
fn an_end_of_which_the_provider_knew_nothing_is_asked_for_once_more() {
    let gone = || raw(404, "{}");
    let expired = || film(Runpod, vec![pod("IN_QUEUE"), gone()]).run();
    assert_eq!(expired().error().failure.code, ErrorCode::Expired);
    let found = expired().crash(60_000, script(vec![pod_done()])).run();
    assert_eq!(found.asked(), ["poll"]);
    assert_eq!(found.outcome().videos.len(), 1);
    let again = expired().crash(60_000, script(vec![gone()])).run();
    assert_eq!(again.asked(), ["poll"], "once is enough");
    assert_eq!(again.done, expired().done);

    let unknown = || film(Runware, vec![broken(), nothing()]).run();
    let found = unknown().crash(60_000, script(vec![ware_done()])).run();
    assert_eq!(found.outcome().videos.len(), 1);
    let again = unknown().crash(60_000, script(vec![nothing()])).run();
    assert_eq!(again.count("submit"), 0, "the body is gone");
    assert_eq!(again.done, unknown().done);
}

#[test]
fn a_job_that_nothing_finds_is_not_waited_for() {
    // A handle may be anyone's: accepted, as it says, but without RunPod's id.
    let film = film(Runpod, vec![pod("IN_QUEUE")]).run_for(500);
    let handle = serde_json::to_value(&film.job.handle).unwrap();
    let handle = serde_json::from_value(with(handle, json!({ "jobId": null }))).unwrap();
    let job = Job::adopt(T0 + 1_000, handle, 1_000, LIMITS).unwrap();
    let adopted = Film::new(job, script(vec![Reply::Silence])).run();
    let record = with(film.records[1].clone(), json!({ "handle.jobId": null }));
    let job = Job::resume(T0 + 1_000, record, 2, LIMITS).unwrap();
    let mut resumed = Film::new(job, script(vec![Reply::Silence]));
    resumed.revision = 2;
    for film in [adopted, resumed.run()] {
        assert_eq!(film.error().failure.code, ErrorCode::SubmissionUnknown);
        assert_eq!(film.error().charge, Charge::Unknown);
        assert_eq!((film.sent.len(), film.now), (0, T0));
    }
}
