//! Asking how a job stands: no failed question ends a job, and what each answer comes to.

use filmgate::error::ErrorCode;
use filmgate::outcome::{Charge, Status};
use filmgate::price::Usd;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::json;

use crate::common::*;
use crate::film;

fn accepted(provider: ProviderId) -> Reply {
    match provider {
        Runpod => pod("IN_QUEUE"),
        Runware => ack(),
        _ => unreachable!("there is no other"),
    }
}

fn done(provider: ProviderId) -> Reply {
    match provider {
        Runpod => pod_done(),
        Runware => ware_done(),
        _ => unreachable!("there is no other"),
    }
}

#[test]
fn no_failed_question_ends_a_job() {
    let troubles = [
        broken(),
        Reply::Silence,
        raw(500, ""),
        raw(502, "<html>bad gateway</html>"),
        raw(429, ""),
        raw(429, "").retry_after(86_400_000),
        raw(200, "{\"id\":\"a1"),
        raw(200, ""),
        raw(200, "\"text\""),
        raw(200, "null"),
        raw(400, "{}"),
        raw(408, ""),
        raw(401, ""),
        raw(404, ""),
    ];
    for provider in ProviderId::ALL {
        for trouble in &troubles {
            let replies = vec![accepted(*provider), trouble.clone(), done(*provider)];
            let film = film(*provider, replies).run();
            assert_eq!(film.outcome().videos.len(), 1, "{provider}: {trouble:?}");
            assert_eq!(film.count("submit"), 1);
        }
    }
}

#[test]
fn a_question_travels_with_others_until_it_has_failed() {
    // One job's question that fails its request must not fail the others' in it for ever.
    let shared = |replies| {
        let film = film(Runware, replies).run();
        let polls = film.sent.into_iter();
        let polls = polls.filter(|(_, request)| ask_of(request) == "poll");
        polls.map(|(_, poll)| poll.shared).collect::<Vec<_>>()
    };
    let replies = vec![
        ack(),
        ware(5),
        raw(500, ""),
        broken(),
        ware(50),
        ware_done(),
    ];
    assert_eq!(shared(replies), [true, true, false, false, true]);
    // One that asks after a lost submit goes alone, too.
    assert_eq!(shared(vec![broken(), ware_done()]), [false]);
}

#[test]
fn a_hundred_failures_in_a_row_end_nothing() {
    for provider in ProviderId::ALL {
        let mut replies = vec![accepted(*provider)];
        replies.extend(vec![raw(503, ""); 40]);
        replies.push(done(*provider));
        let film = film(*provider, replies).run();
        assert_eq!(film.outcome().videos.len(), 1);
        let gaps = film.sent.windows(2).map(|two| two[1].0 - two[0].0);
        assert!(
            gaps.max().unwrap() <= 61_000,
            "it backs off to a minute, and no further"
        );
    }
}

#[test]
fn a_refused_key_ends_the_waiting_and_not_the_job() {
    for provider in ProviderId::ALL {
        let film = film(*provider, vec![accepted(*provider), raw(401, "")]).run();
        let error = film.error();
        assert_eq!(error.failure.code, ErrorCode::Unauthorized);
        assert_eq!(error.charge, Charge::Unknown);
        assert!(!film.job.status().is_end());
        // With another key it goes on.
        let again = film.crash(1_000, script(vec![done(*provider)])).run();
        assert_eq!(again.asked(), ["poll"]);
        assert_eq!(again.outcome().videos.len(), 1);
    }
}

#[test]
fn a_key_that_is_refused_in_words_is_refused() {
    for (status, code, task) in [
        (401, "invalidApiKey", "N/A"),
        (200, "invalidApiKey", UUID),
        // Of a code that nobody knows, the HTTP status tells.
        (401, "keyIsOdd", "N/A"),
        (403, "keyIsOdd", "N/A"),
    ] {
        let error = json!({ "code": code, "message": "No.", "taskUUID": task });
        let refusal = http(status, &json!({ "errors": [error] }));
        let film = film(Runware, vec![ack(), refusal]).run();
        let failure = &film.error().failure;
        assert_eq!(failure.code, ErrorCode::Unauthorized, "{status} {code}");
        assert_eq!(failure.provider_code.as_deref(), Some(code));
        assert!(!film.job.status().is_end());
    }
}

#[test]
fn an_answer_about_no_task_is_no_missing_job() {
    let whole = json!({ "errors": [{ "code": "internalServerError", "message": "No." }] });
    for trouble in [
        ware_error(503, "serviceUnavailable"),
        http(500, &whole),
        ok(json!({})),
    ] {
        let mut replies = vec![ack()];
        replies.extend(vec![trouble.clone(); 40]);
        replies.push(ware_done());
        let film = film(Runware, replies).run();
        assert_eq!(film.outcome().videos.len(), 1, "{trouble:?}");
        assert_eq!(film.count("details"), 0, "{trouble:?}");
    }
}

#[test]
fn videos_accumulate_until_all_that_were_ordered_have_ended() {
    let request = with(runware_request(), json!({ "n": 4 }));
    let error = json!({ "code": "inferenceError", "message": "No.", "taskUUID": UUID });
    let replies = vec![
        ack(),
        rows(&[film_row(1)]),
        rows(&[film_row(1), film_row(2), json!({ "status": "processing" })]),
        ok(json!({
            "data": [row(&film_row(1)), row(&film_row(2)), row(&film_row(3))],
            "errors": [error],
        })),
    ];
    let film = Film::new(job(Runware, &request), script(replies)).run();
    let outcome = film.outcome();
    assert_eq!(outcome.videos.len(), 3);
    assert_eq!(outcome.failures.len(), 1);
    assert_eq!(outcome.cost, Some(Usd(7_200_000)));
    let ready: Vec<u32> = film.updates.iter().map(|update| update.ready).collect();
    assert_eq!(ready, [0, 0, 1, 2, 3]);
}

#[test]
fn a_row_that_comes_once_is_kept() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let replies = vec![
        ack(),
        rows(&[film_row(1)]),
        nothing(),
        broken(),
        rows(&[film_row(2)]),
    ];
    let film = Film::new(job(Runware, &request), script(replies)).run();
    assert_eq!(film.outcome().videos.len(), 2);
    assert_eq!(film.outcome().cost, Some(Usd(4_800_000)));
}

#[test]
fn a_row_that_is_told_more_fully_later_is_kept_as_it_is_then() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let mut bare = film_row(1);
    bare.as_object_mut().unwrap().remove("videoURL");
    let replies = vec![ack(), rows(&[bare]), rows(&[film_row(1), film_row(2)])];
    let film = Film::new(job(Runware, &request), script(replies)).run();
    assert!(
        film.outcome()
            .videos
            .iter()
            .all(|video| video.url.is_some())
    );
}

#[test]
fn all_that_were_ordered_failed() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let failed = json!({ "status": "error", "code": "contentPolicyViolation", "message": "No." });
    let replies = vec![ack(), rows(&[failed.clone(), failed])];
    let film = Film::new(job(Runware, &request), script(replies)).run();
    assert_eq!(film.job.status(), Status::Failed);
    assert_eq!(film.error().charge, Charge::Unknown);
}

#[test]
fn what_stands_still_is_taken_as_all() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let replies = vec![ack(), rows(&[film_row(1)])];
    let film = Film::new(job(Runware, &request), script(replies)).run();
    assert_eq!(film.outcome().videos.len(), 1);
    assert!(film.now - T0 > 4 * 185_000, "the others may have been paid");
}

#[test]
fn a_completed_job_without_a_video_ends() {
    // It may come yet, so it is asked for again; but not for ever.
    let empty = || ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED" }));
    let film = film(Runpod, vec![pod("IN_QUEUE"), empty()]).run();
    assert_eq!(film.error().failure.code, ErrorCode::BadAnswer);
    assert_eq!(film.error().charge, Charge::Charged);
    assert_eq!(film.count("poll"), 3);
    let late = crate::film(Runpod, vec![pod("IN_QUEUE"), empty(), pod_done()]).run();
    assert_eq!(late.outcome().videos.len(), 1);
}

#[test]
fn a_result_that_is_gone_has_expired() {
    // Within the retention, a 404 may be a passing fault; three are none.
    let soon = film(Runpod, vec![pod("IN_QUEUE"), raw(404, "")]).run();
    assert_eq!(soon.error().failure.code, ErrorCode::Expired);
    assert_eq!(soon.error().charge, Charge::Charged);
    assert_eq!(soon.job.status(), Status::Expired);
    assert_eq!(soon.count("poll"), 3);
    // Runware does not know a task that is not visible yet either: it is waited for much longer.
    let film = film(Runware, vec![ack(), nothing()]).run();
    assert_eq!(film.error().failure.code, ErrorCode::Expired);
    assert!(film.now - T0 > 4 * 185_000);
    assert!(film.count("details") >= 2);
}

#[test]
fn a_result_past_its_retention_counts_as_charged() {
    // Resumed a day later: whether it was made or failed, nobody knows any longer. Taken at its worst.
    let film = film(Runpod, vec![pod("IN_QUEUE")]).run_for(500);
    let later = film.crash(86_400_000, script(vec![raw(404, "")])).run();
    assert_eq!(later.error().failure.code, ErrorCode::Expired);
    assert_eq!(later.error().charge, Charge::Charged);
}

#[test]
fn a_task_that_shows_itself_late_is_found() {
    let mut replies = vec![ack()];
    replies.extend(vec![nothing(); 20]);
    replies.push(ware_done());
    let film = film(Runware, replies).run();
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn an_unknown_status_is_no_end() {
    let replies = vec![
        pod("IN_QUEUE"),
        pod("PAUSED"),
        pod("MOVING_HOUSE"),
        pod_done(),
    ];
    assert_eq!(film(Runpod, replies).run().outcome().videos.len(), 1);
    let odd = rows(&[json!({ "status": "reticulating" })]);
    assert_eq!(
        film(Runware, vec![ack(), odd, ware_done()])
            .run()
            .outcome()
            .videos
            .len(),
        1
    );
}

#[test]
fn progress_is_told_and_guides_the_next_question() {
    let output = |output| ok(json!({ "id": RUNPOD_ID, "status": "IN_PROGRESS", "output": output }));
    let replies = vec![
        pod("IN_QUEUE"),
        output(json!({ "progress": 40 })),
        output(json!(60)),
        output(json!("70%")),
        output(json!({ "progress": 900 })),
        pod_done(),
    ];
    let film = film(Runpod, replies).run();
    let told: Vec<_> = film.updates.iter().map(|update| update.progress).collect();
    let expected = [
        None,
        None,
        Some(40),
        Some(60),
        Some(60),
        Some(60),
        Some(100),
    ];
    assert_eq!(told, expected);
    assert!(film.updates[2].eta_ms.is_some());
}

fn film_row(at: u32) -> serde_json::Value {
    crate::common::film(at)
}
