//! A submit whose answer was lost, at the provider where that can be settled.

use filmgate::error::ErrorCode;
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::Runware;
use serde_json::json;

use crate::common::*;
use crate::film;

fn details(response: serde_json::Value) -> Reply {
    ok(json!({ "data": [{
        "taskType": "getTaskDetails", "taskUUID": UUID,
        "request": [{ "taskType": "videoInference", "taskUUID": UUID }],
        "response": response,
    }] }))
}

#[test]
fn every_lost_answer_is_asked_after() {
    let lost = [
        ("reset", broken()),
        ("silence", Reply::Silence),
        ("500", raw(500, "")),
        ("500 in their words", ware_error(500, "internalServerError")),
        ("503", ware_error(503, "serviceUnavailable")),
        ("504", ware_error(504, "gatewayTimeout")),
        ("cut", raw(200, "{\"data\":[{\"taskType\":")),
        ("HTML", raw(502, "<html>")),
        ("HTML under 400", raw(400, "<html>")),
        ("nothing", nothing()),
        (
            "another task's row",
            ok(json!({ "data": [{ "taskUUID": "x" }] })),
        ),
        ("the provider behind it", ware_error(500, "providerError")),
    ];
    for (name, reply) in lost {
        let film = film(Runware, vec![reply, ware(50), ware_done()]).run();
        assert_eq!(film.asked(), ["submit", "poll", "poll"], "{name}");
        assert_eq!(film.outcome().videos.len(), 1, "{name}");
        assert!(
            film.updates
                .iter()
                .any(|update| update.status == Status::Reconciling),
            "{name}"
        );
    }
}

#[test]
fn a_film_made_meanwhile_is_found() {
    let found = film(Runware, vec![broken(), ware_done()]).run();
    assert_eq!(found.asked(), ["submit", "poll"]);
    assert_eq!(found.outcome().videos.len(), 1);
    // Where the answer was not stored, the details know it.
    let last = json!({ "data": [row(&crate::common::film(1))] });
    let stored = film(Runware, vec![broken(), nothing(), details(last)]).run();
    assert_eq!(stored.asked(), ["submit", "poll", "details"]);
    assert_eq!(stored.outcome().videos.len(), 1);
}

#[test]
fn a_task_that_nobody_knows_is_sent_again_under_the_same_id() {
    let replies = vec![
        broken(),
        nothing(),
        details(json!(null)),
        ack(),
        ware_done(),
    ];
    let exists = film(Runware, replies).run();
    assert_eq!(
        exists.asked(),
        ["submit", "poll", "details", "poll", "poll"],
        "it exists"
    );
    assert_eq!(exists.job.handle.job_id.as_deref(), Some(UUID));

    let replies = vec![broken(), nothing(), nothing(), ack(), ware_done()];
    let again = film(Runware, replies).run();
    assert_eq!(
        again.asked(),
        ["submit", "poll", "details", "submit", "poll"]
    );
    assert_eq!(
        again.sent[0].1.body, again.sent[3].1.body,
        "the same task, to the letter"
    );
    assert_eq!(again.outcome().videos.len(), 1);

    let conflict = ware_error(400, "conflictTaskUUID");
    let replies = vec![
        broken(),
        nothing(),
        nothing(),
        conflict,
        ware(1),
        ware_done(),
    ];
    let running = film(Runware, replies).run();
    assert_eq!(
        running.count("submit"),
        2,
        "the first one was there after all"
    );
    assert_eq!(running.outcome().videos.len(), 1);
}

#[test]
fn it_is_not_sent_again_once_a_film_could_be_made() {
    // The answer is lost late; from then on a second submit could be a second film.
    let film = film(Runware, vec![Reply::Broken(20_001), nothing()]).run();
    assert_eq!(film.count("submit"), 1);
    let error = film.error();
    assert_eq!(error.failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(error.charge, Charge::Unknown);
    assert!(
        film.count("poll") >= 5,
        "it was looked for: {:?}",
        film.asked()
    );
}

#[test]
fn that_moment_is_the_first_at_which_it_is_not() {
    let min_duration_ms = u64::from(order(Runware, &runware_request()).min_duration_ms);
    for (age_ms, submissions) in [(min_duration_ms - 1, 1), (min_duration_ms, 0)] {
        let stored = film(Runware, vec![Reply::Silence]).stored(|_| Stored::After(5_000));
        // The first question leaves a second after the new driver has begun.
        let world = script(vec![nothing().after(0)]);
        let film = stored.run_for(0).crash(age_ms - 1_000, world);
        let film = film.run_for(age_ms + 500);
        assert_eq!(film.count("poll"), 1);
        assert_eq!(film.count("submit"), submissions, "{age_ms}");
    }
}

#[test]
fn sends_are_few_and_soon() {
    let film = film(Runware, vec![nothing().after(10)]).run();
    assert!(
        (2..=5).contains(&film.count("submit")),
        "{:?}",
        film.asked()
    );
    let submissions = film
        .sent
        .iter()
        .filter(|(_, request)| ask_of(request) == "submit");
    for (at, _) in submissions {
        assert!(at - T0 < 20_000, "a send at {} ms", at - T0);
    }
    assert_eq!(film.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn the_refusal_of_a_second_send_says_nothing_of_the_first() {
    for refusal in [
        ware_error(400, "invalidDuration"),
        ware_error(402, "insufficientCredits"),
        ware_error(429, "rateLimitExceeded"),
        raw(401, ""),
    ] {
        let replies = vec![broken(), nothing(), nothing(), refusal, nothing()];
        let film = film(Runware, replies).run();
        let error = film.error();
        assert_eq!(
            error.failure.code,
            ErrorCode::SubmissionUnknown,
            "{:?}",
            film.asked()
        );
        assert_eq!(error.charge, Charge::Unknown);
        // And a film that shows itself after all is taken.
    }
    let refusal = ware_error(402, "insufficientCredits");
    let replies = vec![broken(), nothing(), nothing(), refusal, ware_done()];
    let found = film(Runware, replies).run();
    assert_eq!(found.outcome().videos.len(), 1);
}

#[test]
fn trouble_while_asking_is_no_answer() {
    let troubles = vec![
        broken(),
        broken(),
        raw(500, ""),
        raw(200, "<html>"),
        ware_error(429, "rateLimitExceeded"),
        raw(401, ""),
        ware(3),
        ware_done(),
    ];
    let film = film(Runware, troubles).run();
    assert_eq!(
        film.count("submit"),
        1,
        "no trouble shows that the task is not there"
    );
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn a_task_that_failed_meanwhile_has_failed() {
    let film = film(Runware, vec![broken(), ware_error(200, "inferenceError")]).run();
    assert_eq!(film.asked(), ["submit", "poll"]);
    assert_eq!(film.error().failure.code, ErrorCode::GenerationFailed);
    assert_eq!(
        film.error().failure.provider_code.as_deref(),
        Some("inferenceError")
    );
}

#[test]
fn a_submit_that_goes_again_leaves_at_once_or_not_at_all() {
    let replies = vec![broken(), nothing(), nothing(), ack(), ware_done()];
    let film = film(Runware, replies).run();
    let urgent = |ask: &str| {
        let of = film
            .sent
            .iter()
            .filter(|(_, request)| ask_of(request) == ask);
        of.map(|(_, request)| request.at_once).collect::<Vec<_>>()
    };
    assert_eq!(urgent("submit"), [false, true]);
    assert!(!urgent("poll").contains(&true));
    // Turned away unread, nothing is out: there is no hurry.
    let again = crate::film(Runware, vec![raw(429, ""), ack(), ware_done()]).run();
    assert!(again.sent.iter().all(|(_, request)| !request.at_once));
}
