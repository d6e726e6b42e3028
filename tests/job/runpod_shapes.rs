//! Every shape in which RunPod may report a job, in a table.

use filmgate::error::ErrorCode::{self, *};
use filmgate::money::Usd;
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::Runpod;
use serde_json::{Value, json};

use crate::common::*;
use crate::job::drive;

fn ended(body: Value) -> JobDriver<impl FnMut(u64, &filmgate::provider::Request) -> Reply> {
    drive(Runpod, vec![runpod_status("IN_QUEUE"), ok(with(json!({ "id": RUNPOD_ID }), body))]).run()
}

#[test]
fn the_url_of_the_video() {
    let url = RUNPOD_VIDEO;
    let cases = [
        json!({ "video_url": url, "cost": 1.2 }),
        json!({ "result": url, "cost": 1.2 }),
        json!({ "url": url, "cost": 1.2 }),
        json!(url),
        json!({ "video_url": null, "result": url }),
        json!({ "video_url": url, "result": "https://other.example.com/", "url": "x" }),
        json!({ "video_url": url, "error": null }),
    ];
    for output in cases {
        let driver = ended(json!({ "status": "COMPLETED", "output": output }));
        assert_eq!(driver.result().videos[0].url.as_deref(), Some(url), "{output}");
    }
}

#[test]
fn the_url_at_a_nested_path() {
    // Other endpoints have other shapes, and a paid video must not be lost.
    let (url, picture) = (RUNPOD_VIDEO, "https://a.example.com/thumbnail.png");
    let cases = [
        json!([url]),
        json!({ "video": url }),
        json!({ "video": { "url": url } }),
        json!({ "videos": [{ "thumbnail": picture, "file": url }] }),
        json!({ "image": picture, "video": format!("{url}?signature=1") }),
        json!({ "message": "done", "results": [{ "uri": url, "kind": "video/mp4" }] }),
    ];
    for output in cases {
        let driver = ended(json!({ "status": "COMPLETED", "output": output }));
        let found = driver.result().videos[0].url.as_deref().unwrap();
        assert!(found.starts_with(url), "{output}: {found}");
    }
}

#[test]
fn values_that_are_not_urls() {
    let cases = [
        (json!(null), InvalidResponse),
        (json!({}), InvalidResponse),
        (json!([]), InvalidResponse),
        (json!(7), InvalidResponse),
        (json!(""), InvalidResponse),
        (json!("done"), InvalidResponse),
        (json!({ "video_url": 5 }), InvalidResponse),
        (json!({ "video_url": "javascript:alert(1)" }), InvalidResponse),
        (json!({ "video_url": "data:text/html,x" }), InvalidResponse),
        (json!({ "error": "It broke" }), GenerationFailed),
        (
            json!({ "error": { "message": "It broke", "see": "https://a.example.com/" } }),
            GenerationFailed,
        ),
        (json!({ "error": "flagged by safety system" }), ContentPolicyViolation),
    ];
    for (output, code) in cases {
        let driver = ended(json!({ "status": "COMPLETED", "output": output }));
        assert_eq!(driver.error().failure.code, code, "{output}");
        let charge = match code {
            InvalidResponse => Charge::Charged,
            // The output reports a failure, and "failed generations are not charged".
            _ => Charge::None,
        };
        assert_eq!(driver.error().charge, charge, "{output}");
    }
}

#[test]
fn the_cost() {
    let cases = [
        (json!(1.2), Some(1_200_000)),
        (json!(6), Some(6_000_000)),
        (json!(0), Some(0)),
        (json!(0.1), Some(100_000)),
        (json!("1.2"), Some(1_200_000)),
        (json!(-1), None),
        (json!(null), None),
    ];
    for (cost, micros) in cases {
        let output = json!({ "video_url": RUNPOD_VIDEO, "cost": cost });
        let driver = ended(json!({ "status": "COMPLETED", "output": output }));
        assert_eq!(driver.result().cost, micros.map(Usd), "{cost}");
    }
}

#[test]
fn the_reason_of_a_failure() {
    let cases: &[(&str, Value, ErrorCode, &str)] = &[
        ("FAILED", json!("It broke"), GenerationFailed, "It broke"),
        ("FAILED", json!(null), GenerationFailed, "RunPod gave no reason."),
        ("FAILED", json!("  "), GenerationFailed, "RunPod gave no reason."),
        ("FAILED", json!({ "a": 1 }), GenerationFailed, "RunPod gave no reason."),
        ("FAILED", json!([1]), GenerationFailed, "RunPod gave no reason."),
        ("FAILED", json!({ "error_message": "It broke" }), GenerationFailed, "It broke"),
        ("FAILED", json!("{\"error_message\":\"It broke\"}"), GenerationFailed, "It broke"),
        ("FAILED", json!("{not json"), GenerationFailed, "{not json"),
        (
            "FAILED",
            json!("Content policy violation"),
            ContentPolicyViolation,
            "Content policy violation",
        ),
        ("FAILED", json!("Invalid duration"), BadRequest, "Invalid duration"),
        ("FAILED", json!("insufficient credits"), InsufficientQuota, "insufficient credits"),
        ("TIMED_OUT", json!("job timed out"), GenerationTimeout, "job timed out"),
    ];
    for (status, error, code, message) in cases {
        let driver = ended(json!({ "status": status, "error": error }));
        let found = driver.error();
        assert_eq!((found.failure.code, found.failure.message.as_str()), (*code, *message));
        // "Failed generations are not charged"; the documents do not mention timeouts.
        let charge = match code {
            GenerationTimeout => Charge::Unknown,
            _ => Charge::None,
        };
        assert_eq!(found.charge, charge, "{status}");
    }
}

#[test]
fn a_job_in_the_body_overrides_the_http_status() {
    for status in [200, 201, 400, 404, 500, 503] {
        let driver = drive(
            Runpod,
            vec![
                runpod_status("IN_QUEUE"),
                http(
                    status,
                    &json!({
                        "id": RUNPOD_ID, "status": "COMPLETED", "output": { "video_url": RUNPOD_VIDEO },
                    }),
                ),
            ],
        );
        assert_eq!(driver.run().result().videos.len(), 1, "{status}");
    }
}

#[test]
fn a_long_reason_is_truncated() {
    let driver = ended(json!({ "status": "FAILED", "error": "é".repeat(5_000) }));
    assert_eq!(driver.error().failure.message.chars().count(), 301);
}
