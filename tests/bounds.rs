//! Whatever comes in, what goes out is of a bounded size and is made in bounded time: found by fuzzing.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use common::*;
use filmgate::job::{Handle, Input, Job, Limits, Output};
use filmgate::outcome::Charge;
use filmgate::price::Usd;
use filmgate::provider::ProviderId::{Runpod, Runware};
use filmgate::provider::{Body, Response, Submitted};
use filmgate::request::{DEEPEST, Policy, UNREADABLE, json_len};
use filmgate::untyped::check;
use serde_json::{Value, json};
use std::time::Duration;

fn response(status: u16, body: Value) -> Response {
    Response {
        status,
        retry_after_ms: None,
        body: Body::Json(body),
    }
}

/// A value that many levels below the one given.
fn nested(levels: usize) -> Value {
    (0..levels).fold(json!("core"), |inner, _| json!([inner]))
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[test]
fn a_providers_code_is_cut_and_quotes_nothing() {
    let prompt = "A skiff among mangrove roots";
    let code = format!("invalid {prompt} {}", "x".repeat(10_000));
    let error = json!({ "code": code, "message": "No.", "taskUUID": UUID });
    let film = Film::new(
        job(Runware, &runware_request()),
        script(vec![http(400, &json!({ "errors": [error] }))]),
    );
    let film = film.run();
    let told = film.error().failure.provider_code.clone().unwrap();
    assert!(
        told.starts_with("invalid […]") && told.ends_with("x…"),
        "{told}"
    );
    assert!(told.chars().count() <= 101);
}

#[test]
fn an_error_without_words_gets_ours() {
    for error in [json!({ "message": " " }), json!("")] {
        let handle = job(Runware, &runware_request()).handle;
        let answer = response(200, json!({ "error": [error] }));
        let Submitted::Unknown(failure) = Runware.read_submit(&handle, &answer) else {
            panic!("it may be taken");
        };
        assert_eq!(failure.message, "Runware gives no reason.");
    }
}

#[test]
fn of_countless_rows_a_hundred_are_kept() {
    let mut rows: Vec<Value> = Vec::new();
    for at in 0..20_000 {
        rows.push(row(
            &json!({ "videoUUID": format!("video-{at}"), "status": "success" }),
        ));
        rows.push(row(
            &json!({ "status": "error", "error": { "message": "No." } }),
        ));
    }
    let film = Film::new(
        job(Runware, &runware_request()),
        script(vec![ok(json!({ "data": rows }))]),
    );
    let film = film.run();
    assert_eq!(film.outcome().videos.len(), 50);
    assert_eq!(film.outcome().failures.len(), 50);
}

#[test]
fn of_countless_problems_a_hundred_are_told() {
    let mut request = runware_request();
    for at in 0..20_000 {
        request[format!("prom{at}")] = json!(1);
    }
    let found = check(&request, Policy::default());
    let issues = found["issues"].as_array().unwrap();
    assert_eq!(issues.len(), 101);
    assert_eq!(short(&issues[100]), "error  too_long");
    assert_eq!(found["ok"], false);
}

#[test]
fn a_long_name_is_cut_where_it_is_told() {
    let long = "n".repeat(100_000);
    let unreadable = json!({ UNREADABLE: "not_finite" });
    let request = with(
        runware_request(),
        json!({
            &*long: 1,
            "providerOptions": { "runware": { &*long: unreadable }, &*long: 1 },
            "output": { &*long: 1 },
            "image": { &*long: 1 },
        }),
    );
    let found = check(&request, Policy::default());
    let issues = found["issues"].as_array().unwrap();
    assert_eq!(issues.len(), 6);
    for issue in issues {
        let (path, message) = (issue["path"].as_str().unwrap(), &issue["message"]);
        assert!(path.len() < 400, "{} bytes", path.len());
        assert!(message.as_str().unwrap().len() < 400);
        // What removes a field has to name it.
        assert!(path.len() < 100 || issue["fix"].is_null(), "{issue}");
    }
}

#[test]
fn what_nests_too_deep_is_refused_in_a_request() {
    let request =
        |levels| json!({ "model": "runpod:echo-video", "input": { "a": nested(levels) } });
    let deep = DEEPEST as usize;
    assert_eq!(check(&request(deep - 2), Policy::default())["ok"], true);
    let found = check(&request(deep - 1), Policy::default());
    assert_eq!(found["ok"], false);
    assert_eq!(found["issues"][0]["code"], "wrong_type");
}

#[test]
fn what_nests_too_deep_is_cut_in_an_answer() {
    let deep = DEEPEST as usize;
    let text = |levels| {
        json!({ "id": RUNPOD_ID, "status": "COMPLETED",
        "output": { "video_url": RUNPOD_VIDEO, "more": nested(levels) } })
        .to_string()
    };
    for levels in [deep - 2, deep - 1, deep, 120] {
        let given: Value = serde_json::from_str(&text(levels)).unwrap();
        let Body::Json(json) = Body::parse(&text(levels)) else {
            panic!("no JSON");
        };
        assert!(
            depth(&json) <= deep + 2,
            "{} levels of {levels}",
            depth(&json)
        );
        assert_eq!(json == given, levels < deep - 1, "{levels}");
    }
    // The record of it is text in most stores, and has to be read again.
    let film = Film::new(
        job(Runpod, &runpod_request()),
        script(vec![raw(200, &text(120))]),
    )
    .run();
    let record: Value = serde_json::from_str(&film.records.last().unwrap().to_string()).unwrap();
    let film = film.crash(1_000, script(vec![broken()])).run();
    assert_eq!(film.outcome().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
    assert_eq!(film.job.record()["end"], record["end"]);
}

#[test]
fn a_sum_of_costs_beyond_all_numbers_is_the_largest() {
    let dear = |at| row(&with(film(at), json!({ "cost": 9.2e12 })));
    let request = with(runware_request(), json!({ "n": 2 }));
    let answer = ok(json!({ "data": [dear(1), dear(2)] }));
    let film = Film::new(job(Runware, &request), script(vec![answer])).run();
    assert_eq!(film.outcome().cost, Some(Usd(i64::MAX)));
    assert!(film.outcome().to_json(&film.job.handle)["overQuoteUsd"].as_f64() > Some(9e12));
}

#[test]
fn a_quote_that_is_none_is_refused_in_a_handle_and_borne_in_an_outcome() {
    let film = Film::new(job(Runpod, &runpod_request()), script(vec![pod_done()])).run();
    let handle = serde_json::to_value(&film.job.handle).unwrap();
    for quote in [
        json!({ "min": 2, "max": 1 }),
        json!({ "min": -1, "max": 1 }),
    ] {
        let odd: Handle =
            serde_json::from_value(with(handle.clone(), json!({ "quote": quote }))).unwrap();
        assert!(!odd.is_sound(), "{quote}");
        assert!(Job::adopt(T0, odd.clone(), 1_000, LIMITS).is_err());
        assert!(film.outcome().to_json(&odd)["overQuoteUsd"].is_number());
    }
    let mut odd = film.outcome().clone();
    odd.cost = Some(Usd(i64::MIN));
    assert!(odd.to_json(&film.job.handle)["overQuoteUsd"].is_number());
}

#[test]
fn names_count_with_their_escapes() {
    let value = json!({ "a\"b\\\n\u{1}": [1.5, -2, true, null, "é\u{8}\"" ], "": {} });
    assert_eq!(json_len(&value), value.to_string().len() as u64);
}

#[test]
fn a_request_of_countless_texts_is_searched_for_quotations_soon() {
    // Each short text, and each piece of the message in each long one: not all with all.
    let short: Vec<String> = (0..50_000).map(|at| format!("word{at:05}")).collect();
    let long: Vec<String> = (100..140)
        .map(|at| format!("{at:03}").repeat(5_000))
        .collect();
    let request =
        json!({ "model": "runpod:echo-video", "input": { "short": short, "long": long } });
    let quoting = "It says word00017 and then 123123123123, but no word99999.";
    let refused = http(400, &json!({ "error": quoting }));
    let film = Film::new(job(Runpod, &request), script(vec![refused])).run();
    assert_eq!(
        film.error().failure.message,
        "It says […] and then […], but no word99999."
    );
}

#[test]
fn a_record_with_empty_texts_is_none_to_fear() {
    let film = Film::new(
        job(Runpod, &runpod_request()),
        script(vec![pod("IN_QUEUE")]),
    )
    .run_for(500);
    let record = with(
        film.records.last().unwrap().clone(),
        json!({ "texts": ["", "a", "my words"] }),
    );
    let job = Job::resume(T0 + 1_000, record, 2, LIMITS).unwrap();
    let failed =
        ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": "It broke at my words, a" }));
    let mut film = Film::new(job, script(vec![failed]));
    film.revision = 2;
    assert_eq!(film.run().error().failure.message, "It broke at […], a");
}

#[test]
fn the_end_is_told_once_and_wants_nothing_more() {
    let film = Film::new(job(Runpod, &runpod_request()), script(vec![pod_done()])).run();
    let record = film.records.last().unwrap().clone();
    let mut job = Job::resume(T0, record, film.revision, LIMITS).unwrap();
    job.handle_input(T0, Input::Timeout);
    assert!(matches!(job.poll_output(), Output::Done(_)));
    assert!(matches!(job.poll_output(), Output::Timeout(u64::MAX)));
}

#[test]
fn a_key_that_is_refused_at_the_last_moment_ends_the_waiting_once() {
    let limits = Limits {
        timeout: Duration::from_millis(10_000),
        ..LIMITS
    };
    let refused = http(401, &json!({}));
    let film = Film::new(
        job_with(Runpod, &runpod_request(), limits),
        script(vec![pod("IN_QUEUE"), refused.clone(), Reply::Silence]),
    )
    .run_for(9_000);
    assert_eq!(film.sent.len(), 3);
    let mut job = film.job;
    let late = T0 + limits.timeout.as_millis() as u64;
    let response = refused.response().clone();
    job.handle_input(late, Input::Response { id: 2, response });
    let mut ends = Vec::new();
    loop {
        match job.poll_output() {
            Output::Done(done) => ends.push(*done),
            Output::Timeout(_) => break,
            _ => {}
        }
    }
    assert_eq!(ends.len(), 1, "{ends:?}");
    assert_eq!(ends[0].as_ref().unwrap_err().charge, Charge::Unknown);
}
