//! Every row of RunPod's page for Sora 2 Pro I2V, request and response, each by its name.

use crate::common::{
    JobDriver, Reply, fit, http, ok, runpod_request, runpod_status, script, told, wire, with,
};
use filmgate::error::ErrorCode;
use filmgate::issue::Code;
use filmgate::money::Usd;
use filmgate::outcome::{Charge, Status, VideoResult};
use filmgate::provider::ProviderId::Runpod;
use serde_json::{Value, json};

const REQUEST: &str = include_str!("fixtures/core/runpod_request.json");
const COMPLETED: &str = include_str!("fixtures/core/runpod_completed.json");
const FAILED: &str = include_str!("fixtures/core/runpod_failed.json");

/// The body of our request with these changes.
fn sent(changes: Value) -> Value {
    wire(Runpod, &with(runpod_request(), changes))
}

/// The errors of these changes, as `path code`.
fn errors(changes: Value) -> Vec<String> {
    let told = told(&fit(Runpod, &with(runpod_request(), changes)));
    told.iter().filter_map(|each| Some(each.strip_prefix("error ")?.to_owned())).collect()
}

fn only_issue(changes: Value, code: Code) -> filmgate::issue::Issue {
    let fit = fit(Runpod, &with(runpod_request(), changes));
    let mut found = fit.issues.into_iter().filter(|issue| issue.code == code);
    let first = found.next().unwrap();
    assert_eq!(found.next(), None);
    first
}

// ---------------------------------------------------------------------------------------- request

#[test]
fn request_example() {
    let example: Value = serde_json::from_str(REQUEST).unwrap();
    let request = json!({
        "model": "sora-2-pro",
        "prompt": example["input"]["prompt"],
        "image": "https://example.com/baker.jpeg",
        "resolution": "720p",
        "duration": 4,
    });
    assert_eq!(wire(Runpod, &request), example);
}

#[test]
fn request_prompt() {
    assert_eq!(sent(json!({ "prompt": "A fox" }))["input"]["prompt"], "A fox");
    assert_eq!(errors(json!({ "prompt": null })), ["prompt required"]);
    for empty in ["", " ", "\n\t"] {
        assert_eq!(errors(json!({ "prompt": empty })), ["prompt too_short"], "{empty:?}");
    }
    // No upper limit is documented.
    let long = "é".repeat(6001);
    assert_eq!(sent(json!({ "prompt": long }))["input"]["prompt"], *long);
    assert_eq!(sent(json!({ "prompt": "x" }))["input"]["prompt"], "x");
}

#[test]
fn request_image() {
    let url = "https://pictures.example.com/a%20b.png?sig=1#top";
    assert_eq!(sent(json!({ "image": url }))["input"]["image"], url);
    assert_eq!(sent(json!({ "image": { "image": url } }))["input"]["image"], url);
    assert_eq!(sent(json!({ "image": [url] }))["input"]["image"], url);
    assert_eq!(errors(json!({ "image": null })), ["image required"]);
    // RunPod's own SDK sends data URIs; the documents do not mention them, so the caller must allow it.
    let data = "data:image/png;base64,iVBORw0KGgo=";
    assert_eq!(errors(json!({ "image": data })), ["image url_required"]);
    let inline = sent(json!({ "image": data, "allowInlineImages": true }));
    assert_eq!(inline["input"]["image"], data);
    let uuid = "aac49721-1964-481a-ae78-8a4e29b91402";
    assert_eq!(
        errors(json!({ "image": uuid, "allowInlineImages": true })),
        ["image invalid_value"]
    );
}

#[test]
fn request_size() {
    for size in ["720p", "1080p"] {
        assert_eq!(sent(json!({ "resolution": size }))["input"]["size"], size);
    }
    // The default affects the price, so it is sent explicitly.
    assert_eq!(sent(json!({}))["input"]["size"], "720p");
    assert_eq!(errors(json!({ "resolution": "480p" })), ["resolution invalid_value"]);
    let issue = only_issue(json!({ "resolution": "480p" }), Code::InvalidValue);
    assert_eq!(issue.allowed, [json!("720p"), json!("1080p")]);
    // Any other field the server may know goes through the passthrough.
    let other = sent(json!({ "providerOptions": { "runpod": { "input": { "size": "4k" } } } }));
    assert_eq!(other["input"]["size"], "4k");
}

#[test]
fn request_raw_fields_that_may_cost() {
    let total = |path: &str, value: Value| {
        let path = format!("providerOptions.runpod.{path}");
        let order = crate::common::order(Runpod, &with(runpod_request(), json!({ path: value })));
        order.quote.total
    };
    // Fields beside the input concern the job, not the video.
    let priced = Some((Usd(1_200_000), Usd(1_200_000)));
    assert_eq!(total("policy", json!({ "lowPriority": true })), priced);
    assert_eq!(total("input", json!({ "size": "4k" })), None);
}

#[test]
fn request_of_an_endpoint_outside_the_catalog() {
    let input = json!({ "prompt": "A fox", "steps": 4 });
    let request = json!({ "model": "runpod:some-endpoint", "input": input });
    assert_eq!(wire(Runpod, &request), json!({ "input": input }));
}

#[test]
fn request_limit_of_the_body() {
    let prompt = |letters: usize| json!({ "prompt": "x".repeat(letters) });
    let held = |letters| with(prompt(letters), json!({ "deliveryMethod": "sync" }));
    assert_eq!(errors(prompt(10_000_000)), [" too_long"]);
    assert_eq!(errors(held(10_000_000)), [""; 0]);
    assert_eq!(errors(held(20_000_000)), [" too_long"]);
}

#[test]
fn request_duration() {
    for seconds in [4, 8, 12] {
        let body = sent(json!({ "duration": seconds }));
        assert_eq!(body["input"]["duration"], seconds);
        assert!(body["input"]["duration"].is_u64() || body["input"]["duration"].is_i64());
    }
    let whole = sent(json!({ "duration": 8.0 }));
    assert_eq!(whole["input"]["duration"].to_string(), "8");
    assert_eq!(errors(json!({ "duration": null })), ["duration required"]);
    for other in [0, -4, 5, 16, 20] {
        assert_eq!(errors(json!({ "duration": other })), ["duration invalid_value"], "{other}");
    }
    assert_eq!(errors(json!({ "duration": 4.5 })), ["duration not_integer"]);
    let issue = only_issue(json!({ "duration": 20 }), Code::InvalidValue);
    assert_eq!(issue.allowed, [json!(4), json!(8), json!(12)]);
    assert_eq!(issue.fix.unwrap().value, Some(json!(12)));
}

#[test]
fn request_endpoint() {
    let job = crate::common::job(Runpod, &runpod_request());
    let run = Runpod.submit(&job.handle, &json!({}), false);
    assert_eq!(run.path, "/sora-2-pro-i2v/run");
    let held = Runpod.submit(&job.handle, &json!({}), true);
    assert_eq!(held.path, "/sora-2-pro-i2v/runsync");
    assert_eq!(Runpod.base_url(), "https://api.runpod.ai/v2");
    assert!(
        crate::common::order(Runpod, &with(runpod_request(), json!({ "deliveryMethod": "sync" })))
            .sync
    );
    assert!(!crate::common::order(Runpod, &runpod_request()).sync);
}

#[test]
fn request_webhook() {
    let hook = "https://hooks.example.com/done?secret=1";
    let body = sent(json!({ "webhookUrl": hook }));
    assert_eq!(body["webhook"], hook);
    assert_eq!(body["input"].get("webhook"), None);
}

// --------------------------------------------------------------------------------------- response

/// The end of a job whose first response is this one.
fn answered(reply: Reply) -> JobDriver<impl FnMut(u64, &filmgate::provider::Request) -> Reply> {
    let job =
        crate::common::job(Runpod, &with(runpod_request(), json!({ "deliveryMethod": "sync" })));
    JobDriver::new(job, script(vec![reply])).run()
}

fn completed() -> VideoResult {
    answered(crate::common::raw(200, COMPLETED)).result().clone()
}

#[test]
fn response_example_200() {
    let outcome = completed();
    assert_eq!(outcome.videos.len(), 1);
    assert_eq!(outcome.raw, serde_json::from_str::<Value>(COMPLETED).unwrap());
    assert_eq!(outcome.failures, []);
}

#[test]
fn response_example_400() {
    for status in [200, 400] {
        let driver = answered(crate::common::raw(status, FAILED));
        let error = driver.error();
        assert_eq!(error.failure.code, ErrorCode::BadRequest);
        assert_eq!(error.failure.message, "Invalid duration: must be 4, 8, or 12 seconds");
        assert_eq!(error.charge, Charge::None);
        assert_eq!(driver.count("submit"), 1);
    }
}

#[test]
fn response_id() {
    let mut driver = JobDriver::new(
        crate::common::job(Runpod, &runpod_request()),
        script(vec![crate::common::raw(200, COMPLETED)]),
    );
    driver.run_until(u64::MAX);
    let id = "sync-a1b2c3d4-e5f6-7890-abcd-ef1234567890-u1";
    assert_eq!(driver.job.handle.job_id.as_deref(), Some(id));
    let poll = Runpod.poll(&driver.job.handle).unwrap();
    assert_eq!(poll.path, format!("/sora-2-pro-i2v/status/{id}"));
    assert_eq!(poll.body, None);
}

#[test]
fn response_status() {
    let of = |word: &str| {
        let driver = JobDriver::new(
            crate::common::job(Runpod, &runpod_request()),
            script(vec![runpod_status(word)]),
        );
        driver.run_for(500).job.status()
    };
    assert_eq!(of("IN_QUEUE"), Status::Queued);
    assert_eq!(of("IN_PROGRESS"), Status::Running);
    assert_eq!(of("RUNNING"), Status::Running);
    assert_eq!(of("FAILED"), Status::Failed);
    assert_eq!(of("TIMED_OUT"), Status::Failed);
    assert_eq!(of("CANCELLED"), Status::Cancelled);
    assert_eq!(of("SOMETHING_NEW"), Status::Running);
    let driver = answered(crate::common::raw(200, COMPLETED));
    assert_eq!(driver.job.status(), Status::Completed);
}

#[test]
fn response_delay_time() {
    assert_eq!(completed().queue_time_ms, Some(42));
}

#[test]
fn response_execution_time() {
    assert_eq!(completed().execution_time_ms, Some(185_432));
}

#[test]
fn response_worker_id() {
    assert_eq!(completed().raw["workerId"], "oqk7ao1uomckye");
}

#[test]
fn response_output() {
    assert_eq!(completed().raw["output"]["cost"], 1.2);
    // Each of these contains the same video.
    let url = "https://video.runpod.ai/abc123/output.mp4";
    let outputs =
        [json!({ "video_url": url }), json!({ "result": url }), json!({ "url": url }), json!(url)];
    for output in outputs {
        let body = json!({ "id": "x-1", "status": "COMPLETED", "output": output });
        let driver = answered(ok(body));
        assert_eq!(driver.result().videos[0].url.as_deref(), Some(url), "{output}");
    }
}

#[test]
fn response_output_video_url() {
    let outcome = completed();
    let video = &outcome.videos[0];
    assert_eq!(video.url.as_deref(), Some("https://video.runpod.ai/abc123/output.mp4"));
    // "This URL expires after 7 days."
    let days = video.expires_at.unwrap() - crate::common::T0;
    assert_eq!(days / 86_400_000, 7);
}

#[test]
fn response_output_cost() {
    let outcome = completed();
    assert_eq!(outcome.cost, Some(Usd(1_200_000)));
    assert_eq!(outcome.videos[0].cost, Some(Usd(1_200_000)));
    let quote = Some((Usd(1_200_000), Usd(1_200_000)));
    assert_eq!(outcome.quote_delta(quote), Some(Usd(0)));
}

#[test]
fn response_error_in_each_form() {
    let forms = [
        (json!("It broke"), None),
        (json!({ "error_type": "<class 'X'>", "error_message": "It broke" }), Some("<class 'X'>")),
        (json!("{\"error_type\":\"X\",\"error_message\":\"It broke\"}"), Some("X")),
        (json!({ "message": "It broke" }), None),
    ];
    for (error, kind) in forms {
        let driver = answered(http(200, &json!({ "id": "a", "status": "FAILED", "error": error })));
        let failure = &driver.error().failure;
        assert_eq!(failure.message, "It broke", "{error}");
        assert_eq!(failure.provider_code.as_deref(), kind, "{error}");
        assert_eq!(failure.code, ErrorCode::GenerationFailed, "{error}");
    }
}
