//! Any input produces bounded output in bounded time: found by fuzzing.

use crate::common::*;
use filmgate::job::{Handle, Input, Job, Limits, Output};
use filmgate::money::Usd;
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{Runpod, Runware};
use filmgate::provider::{Body, Response, SubmitResult};
use filmgate::request::{MAX_DEPTH, Policy, UNREADABLE, json_len};
use filmgate::untyped::validate;
use serde_json::{Value, json};
use std::time::Duration;

fn response(status: u16, body: Value) -> Response {
    Response { status, retry_after_ms: None, body: Body::Json(body) }
}

/// The value, nested this many levels deep.
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
fn a_provider_code_is_truncated_and_redacted() {
    let prompt = "A skiff among mangrove roots";
    let code = format!("invalid {prompt} {}", "x".repeat(10_000));
    let error = json!({ "code": code, "message": "No.", "taskUUID": UUID });
    let driver = JobDriver::new(
        job(Runware, &runware_request()),
        script(vec![http(400, &json!({ "errors": [error] }))]),
    );
    let driver = driver.run();
    let told = driver.error().failure.provider_code.clone().unwrap();
    assert!(told.starts_with("invalid […]") && told.ends_with("x…"), "{told}");
    assert!(told.chars().count() <= 101);
}

#[test]
fn an_error_without_a_message_gets_one() {
    for error in [json!({ "message": " " }), json!("")] {
        let handle = job(Runware, &runware_request()).handle;
        let answer = response(200, json!({ "error": [error] }));
        let SubmitResult::Unknown(failure) = Runware.read_submit(&handle, &answer) else {
            panic!("it may be taken");
        };
        assert_eq!(failure.message, "Runware responded with HTTP 200 and gave no reason.");
    }
}

#[test]
fn at_most_a_hundred_rows_are_kept() {
    let mut rows: Vec<Value> = Vec::new();
    for at in 0..20_000 {
        rows.push(row(
            &json!({ "videoURL": format!("https://a.example.com/{at}.mp4"), "status": "success" }),
        ));
        rows.push(row(&json!({ "status": "error", "error": { "message": "No." } })));
    }
    let driver =
        JobDriver::new(job(Runware, &runware_request()), script(vec![ok(json!({ "data": rows }))]));
    let driver = driver.run();
    assert_eq!(driver.result().videos.len(), 50);
    assert_eq!(driver.result().failures.len(), 50);
}

#[test]
fn at_most_a_hundred_issues_are_reported() {
    let mut request = runware_request();
    for at in 0..20_000 {
        request[format!("prom{at}")] = json!(1);
    }
    let found = validate(&request, Policy::default());
    let issues = found["issues"].as_array().unwrap();
    assert_eq!(issues.len(), 101);
    assert_eq!(short(&issues[100]), "error  too_long");
    assert_eq!(found["ok"], false);
}

#[test]
fn fixes_move_a_bounded_number_of_bytes() {
    let mut request = runware_request();
    request.as_object_mut().unwrap().remove("prompt");
    for name in ["positive_prompt", "prompt_text", "negative_prompt", "style_preset", "videoUrl"] {
        request[name] = "a".repeat(50_000).into();
    }
    let found = validate(&request, Policy::default());
    let issues = found["issues"].as_array().unwrap();
    let moved = issues.iter().filter_map(|issue| issue["fix"]["value"].as_str()).map(str::len);
    let moved: usize = moved.sum();
    assert!((50_000..=131_072).contains(&moved), "{moved}");
    // What stays in JavaScript is no weight.
    let image = filmgate::request::long_string_ref(3, &"A".repeat(60_000), 9_000_000);
    let request = with(runware_request(), json!({ "size": null, "image_url": image }));
    let fix = &validate(&request, Policy::default())["issues"][0]["fix"];
    assert_eq!(fix["path"], "image");
    assert_eq!(fix["value"], filmgate::request::long_string_ref(3, "", 9_000_000));
}

#[test]
fn a_long_name_is_truncated_in_messages() {
    let long = "n".repeat(100_000);
    let unreadable = json!({ UNREADABLE: "not_finite" });
    let request = with(
        runware_request(),
        json!({
            &*long: 1,
            "providerOptions": { "runware": { &*long: unreadable }, &*long: 1 },
            "output": { &*long: 1 },
            "image": { "image": "https://a.example.com/b.png", &*long: 1 },
        }),
    );
    let found = validate(&request, Policy::default());
    let issues = found["issues"].as_array().unwrap();
    assert_eq!(issues.len(), 5);
    for issue in issues {
        let (path, message) = (issue["path"].as_str().unwrap(), &issue["message"]);
        assert!(path.len() < 400, "{} bytes", path.len());
        assert!(message.as_str().unwrap().len() < 400);
        // A message about removing a field has to name it.
        assert!(path.len() < 100 || issue["fix"].is_null(), "{issue}");
    }
}

#[test]
fn a_request_that_nests_too_deep_is_rejected() {
    let request =
        |levels| json!({ "model": "runpod:echo-video", "input": { "a": nested(levels) } });
    let deep = MAX_DEPTH as usize;
    assert_eq!(validate(&request(deep - 2), Policy::default())["ok"], true);
    let found = validate(&request(deep - 1), Policy::default());
    assert_eq!(found["ok"], false);
    assert_eq!(found["issues"][0]["code"], "invalid_type");
}

#[test]
fn a_response_that_nests_too_deep_is_truncated() {
    let deep = MAX_DEPTH as usize;
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
        assert!(depth(&json) <= deep + 2, "{} levels of {levels}", depth(&json));
        assert_eq!(json == given, levels < deep - 1, "{levels}");
    }
    // Most stores keep the record as text, so it has to be parsed again.
    let driver =
        JobDriver::new(job(Runpod, &runpod_request()), script(vec![raw(200, &text(120))])).run();
    let record: Value = serde_json::from_str(&driver.records.last().unwrap().to_string()).unwrap();
    let driver = driver.crash(1_000, script(vec![connection_lost()])).run();
    assert_eq!(driver.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
    assert_eq!(driver.job.record()["end"], record["end"]);
}

#[test]
fn costs_beyond_exact_numbers_are_unknown() {
    for (dollars, each) in [(9.2e12, None), (9e9, Some(Usd(9_000_000_000_000_000)))] {
        let dear = |at| row(&with(video_row(at), json!({ "cost": dollars })));
        let request = with(runware_request(), json!({ "n": 2 }));
        let answer = ok(json!({ "data": [dear(1), dear(2)] }));
        let driver = JobDriver::new(job(Runware, &request), script(vec![answer])).run();
        assert_eq!(driver.result().cost, None);
        assert!(driver.result().videos.iter().all(|video| video.cost == each));
    }
}

#[test]
fn an_invalid_quote_is_rejected_in_a_handle_and_tolerated_in_a_result() {
    let driver =
        JobDriver::new(job(Runpod, &runpod_request()), script(vec![runpod_completed()])).run();
    let handle = serde_json::to_value(&driver.job.handle).unwrap();
    for quote in [json!({ "min": 2, "max": 1 }), json!({ "min": -1, "max": 1 })] {
        let odd: Handle =
            serde_json::from_value(with(handle.clone(), json!({ "quote": quote }))).unwrap();
        assert!(!odd.is_valid(), "{quote}");
        assert!(Job::adopt(T0, odd.clone(), 1_000, LIMITS).is_err());
        assert!(driver.result().to_json(&odd)["quoteDeltaUsd"].is_number());
    }
    let mut odd = driver.result().clone();
    odd.cost = Some(Usd(i64::MIN));
    assert!(odd.to_json(&driver.job.handle)["quoteDeltaUsd"].is_number());
}

#[test]
fn names_are_measured_with_their_escapes() {
    let value = json!({ "a\"b\\\n\u{1}": [1.5, -2, true, null, "é\u{8}\"" ], "": {} });
    assert_eq!(json_len(&value), value.to_string().len() as u64);
}

#[test]
fn redaction_of_many_texts_is_fast() {
    // Each short text is compared, and each n-gram of long ones: not every pair.
    let short: Vec<String> = (0..50_000).map(|at| format!("word {at:05}")).collect();
    let long: Vec<String> = (100..140).map(|at| format!("{at:03}").repeat(5_000)).collect();
    let request =
        json!({ "model": "runpod:echo-video", "input": { "short": short, "long": long } });
    let quoting = "It says word 00017 and then 123123123123, but no word 99999.";
    let refused = http(400, &json!({ "error": quoting }));
    let driver = JobDriver::new(job(Runpod, &request), script(vec![refused])).run();
    assert_eq!(driver.error().failure.message, "It says […] and then […], but no word 99999.");
}

#[test]
fn empty_texts_of_a_request_are_harmless_and_those_of_a_record_ignored() {
    let driver =
        JobDriver::new(job(Runpod, &runpod_request()), script(vec![runpod_status("IN_QUEUE")]))
            .run_for(500);
    let record = with(driver.records.last().unwrap().clone(), json!({ "texts": ["It broke"] }));
    let mut job = Job::resume(T0 + 1_000, record, 2, LIMITS).unwrap();
    job.set_request(
        &json!({ "prompt": "my words", "negativePrompt": "", "input": { "prompt": "a" } }),
    );
    let failed =
        ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": "It broke at my words, a" }));
    let mut driver = JobDriver::new(job, script(vec![failed]));
    driver.revision = 2;
    assert_eq!(driver.run().error().failure.message, "It broke at […], a");
}

#[test]
fn the_end_is_reported_once() {
    let driver =
        JobDriver::new(job(Runpod, &runpod_request()), script(vec![runpod_completed()])).run();
    let record = driver.records.last().unwrap().clone();
    let mut job = Job::resume(T0, record, driver.revision, LIMITS).unwrap();
    job.handle_input(T0, Input::Timeout);
    assert!(matches!(job.poll_output(), Output::Done(_)));
    assert!(matches!(job.poll_output(), Output::Timeout(u64::MAX)));
}

#[test]
fn a_key_rejected_at_the_deadline_ends_the_job_once() {
    let limits = Limits { timeout: Duration::from_millis(10_000), ..LIMITS };
    let refused = http(401, &json!({}));
    let driver = JobDriver::new(
        job_with(Runpod, &runpod_request(), limits),
        script(vec![runpod_status("IN_QUEUE"), refused.clone(), Reply::NoResponse]),
    )
    .run_for(9_000);
    assert_eq!(driver.sent.len(), 3);
    let mut job = driver.job;
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
