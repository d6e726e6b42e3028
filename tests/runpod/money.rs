//! What a response says about money, and what it does not.

use filmgate::error::Charge;
use filmgate::error::ErrorCode::*;
use filmgate::money::Usd;
use filmgate::provider::ProviderId::Runpod;
use filmgate::provider::SubmitResult;
use serde_json::{Value, json};

use crate::common::*;
use crate::runpod::{ended, ended_at, own_ended};

fn cost(output: Value) -> Option<Usd> {
    ended(json!({ "status": "COMPLETED", "output": output })).result().cost
}

#[test]
fn a_cost_as_number_or_text() {
    let cases = [
        (json!(0.3), Some(300_000)),
        (json!("0.30"), Some(300_000)),
        (json!(" 1.2 "), Some(1_200_000)),
        (json!("6"), Some(6_000_000)),
        (json!(".5"), Some(500_000)),
        (json!("0.1234567"), Some(123_457)),
        (json!("0"), Some(0)),
        (json!("0.00"), Some(0)),
        (json!(5e-324), None),
        (json!("0.0000001"), None),
        (json!("-1"), None),
        (json!("1,20"), None),
        (json!("1.2.3"), None),
        (json!("$1"), None),
        (json!("1e3"), None),
        (json!("."), None),
        (json!(""), None),
        (json!("9".repeat(30)), None),
        (json!(1e300), None),
        (json!(true), None),
        (json!([0.3]), None),
    ];
    for (value, micros) in cases {
        let output = json!({ "video_url": RUNPOD_VIDEO, "cost": value });
        assert_eq!(cost(output), micros.map(Usd), "{value}");
    }
}

#[test]
fn the_cost_beside_the_url_counts() {
    let url = RUNPOD_VIDEO;
    let outputs = [
        json!([{ "video_url": url, "cost": 0.3 }]),
        json!([{ "url": "https://a.example.com/x.png", "cost": 9 }, { "url": url, "cost": "0.3" }]),
        json!({ "result": { "url": url, "cost": 0.3 }, "cost": 9 }),
        json!({ "result": { "url": url }, "cost": 0.3 }),
        json!({ "video_url": url, "result": { "cost": 0.3 } }),
        json!({ "video_url": url, "cost_usd": 0.3 }),
    ];
    for output in outputs {
        assert_eq!(cost(output.clone()), Some(Usd(300_000)), "{output}");
    }
    let body = json!({ "status": "COMPLETED", "output": url, "cost": 0.3 });
    assert_eq!(ended(body).result().cost, Some(Usd(300_000)));
}

#[test]
fn a_job_that_completed_with_an_error_inside_is_not_charged() {
    let outputs = [
        json!({ "error": "It broke" }),
        json!({ "status": "FAILED", "error": "NSFW content detected" }),
        json!({ "status": "FAILED", "error": "NSFW content detected", "cost": 0 }),
        json!({ "status": "error" }),
        json!({ "errors": ["It broke"] }),
        json!({ "success": false }),
        json!([{ "error": "It broke" }]),
        json!({ "result": { "status": "failed", "message": "It broke" } }),
        json!({ "message": "The video was filtered out. You will not be charged." }),
    ];
    for output in outputs {
        let driver = ended(json!({ "status": "COMPLETED", "output": output }));
        assert_eq!(driver.error().charge, Charge::None, "{output}");
        let own = own_ended(json!({ "status": "COMPLETED", "output": output }));
        assert_eq!(own.error().charge, Charge::Unknown, "{output}");
    }
    let outer = ended(json!({ "status": "COMPLETED", "error": "It broke" }));
    assert_eq!(
        (outer.error().failure.code, outer.error().charge),
        (GenerationFailed, Charge::None)
    );
    let paid = json!({ "status": "FAILED", "error": "It broke", "cost": 0.5 });
    let driver = ended(json!({ "status": "COMPLETED", "output": paid }));
    assert_eq!(driver.error().charge, Charge::Unknown);
}

#[test]
fn a_failed_job_with_a_cost_may_be_charged() {
    let cases = [
        (json!({ "cost": 0.5 }), Charge::Unknown),
        (json!({ "cost": "0.5" }), Charge::Unknown),
        (json!([{ "cost": 0.5 }]), Charge::Unknown),
        (json!({ "result": { "cost": 0.5 } }), Charge::Unknown),
        (json!({ "cost": 0 }), Charge::None),
        (json!({ "cost": "0.00" }), Charge::None),
        (json!({ "cost": null }), Charge::None),
        (json!({}), Charge::None),
    ];
    for (output, charge) in cases {
        let driver = ended(json!({ "status": "FAILED", "error": "It broke", "output": output }));
        assert_eq!(driver.error().charge, charge, "{output}");
    }
    let driver = ended(json!({ "status": "FAILED", "error": "It broke", "cost": 0.5 }));
    assert_eq!(driver.error().charge, Charge::Unknown);
}

#[test]
fn a_timeout_that_says_it_is_free_is_free() {
    let body = json!({ "status": "TIMED_OUT", "error": "Timed out. You will not be charged." });
    assert_eq!(ended(body.clone()).error().charge, Charge::None);
    assert_eq!(own_ended(body).error().charge, Charge::Unknown);
    assert_eq!(ended(json!({ "status": "TIMED_OUT" })).error().charge, Charge::Unknown);
}

#[test]
fn an_own_endpoint_is_billed_by_time() {
    for status in ["FAILED", "CANCELLED", "TIMED_OUT"] {
        let body =
            json!({ "status": status, "executionTime": 600_000, "error": "CUDA out of memory" });
        let driver = own_ended(body);
        assert_eq!(driver.error().charge, Charge::Unknown, "{status}");
        assert!(!driver.error().is_retryable(), "{status}");
    }
    let driver = ended(json!({ "status": "FAILED", "error": "CUDA out of memory" }));
    assert_eq!(driver.error().charge, Charge::None);
    assert!(driver.error().is_retryable());
}

#[test]
fn a_failed_job_that_claims_a_cost_in_any_form_may_be_charged() {
    let failed = |more: Value| with(json!({ "status": "FAILED", "error": "It broke" }), more);
    for body in [
        failed(json!({ "usage": { "cost": 0.5 } })),
        failed(json!({ "output": { "totalCost": 0.5 } })),
        failed(json!({ "output": { "cost": "$0.50" } })),
        failed(json!({ "output": { "cost": "0.50 USD" } })),
        failed(json!({ "output": { "cost": { "usd": 0.5 } } })),
        failed(json!({ "billed": true })),
        failed(json!({ "amountUsd": 0.5 })),
        failed(json!({ "usage": { "credits": 5 } })),
        failed(json!({ "output": { "spent": "0.5" } })),
        failed(json!({ "amount": 50 })),
        failed(json!({ "error": { "message": "It broke", "cost": 0.5 } })),
        failed(json!({ "error": "The upload failed. You were charged $0.50" })),
        failed(json!({ "error": "The upload failed. The generation has been billed." })),
        json!({ "status": "COMPLETED", "output": { "error": "It broke", "usage": { "cost": 0.5 } } }),
        json!({ "status": "COMPLETED", "output": { "error": "It broke" }, "cost": "$0.50" }),
    ] {
        assert_eq!(ended(body.clone()).error().charge, Charge::Unknown, "{body}");
    }
    for body in [
        failed(json!({ "cost": 0 })),
        failed(json!({ "output": { "cost": "0.00" } })),
        failed(json!({ "input": { "max_cost": 2 } })),
        failed(json!({ "error": "It broke. You were not charged." })),
    ] {
        assert_eq!(ended(body.clone()).error().charge, Charge::None, "{body}");
    }
}

#[test]
fn an_error_beside_a_file_that_nobody_can_read_is_no_proof_of_a_free_failure() {
    for (body, charge) in [
        (
            json!({ "status": "COMPLETED", "output": { "error": "slow", "video_path": "s3://b/x.mp4" } }),
            Charge::Charged,
        ),
        (
            json!({ "status": "COMPLETED", "error": "slow", "output": "/runpod-volume/x.mp4" }),
            Charge::Charged,
        ),
        (
            json!({ "status": "FAILED", "error": "slow", "output": { "file": "/runpod-volume/x.mp4" } }),
            Charge::Unknown,
        ),
    ] {
        let driver = ended(body.clone());
        assert_eq!(driver.error().charge, charge, "{body}");
        assert!(driver.error().raw.is_some(), "{body}");
    }
}

#[test]
fn an_error_beside_an_output_that_nobody_understands_is_no_proof_of_a_free_failure() {
    let completed =
        |output: Value| json!({ "status": "COMPLETED", "error": "slow", "output": output });
    for body in [
        completed(json!({ "result": "s3://bucket/abc" })),
        completed(json!({ "stream": "https://cdn.example.com/abc" })),
        completed(json!([{ "parts": [{ "0": "gs://bucket/abc" }] }])),
        completed(json!("s3://bucket/abc")),
        json!({ "status": "COMPLETED", "output": { "error": "slow", "at": "s3://bucket/abc" } }),
        json!({ "status": "FAILED", "error": "slow", "output": { "at": "s3://bucket/abc" } }),
    ] {
        let driver = ended(body.clone());
        assert_eq!(driver.error().charge, Charge::Unknown, "{body}");
        assert!(driver.error().raw.is_some(), "{body}");
        assert!(!driver.error().is_retryable(), "{body}");
    }
    for body in [
        completed(json!({})),
        completed(json!({ "input": { "stream": "https://cdn.example.com/abc" } })),
        completed(json!({ "docs": "https://docs.example.com/errors" })),
        completed(json!({ "message": "See https://docs.example.com/errors" })),
    ] {
        assert_eq!(ended(body.clone()).error().charge, Charge::None, "{body}");
    }
}

#[test]
fn a_job_that_ran_under_400_is_not_rejected() {
    let body =
        json!({ "id": "a-u1", "status": "FAILED", "error": "It broke", "executionTime": 5_000 });
    let job = job(Runpod, &runpod_request());
    let submitted = Runpod.read_submit(&job.handle, http(400, &body).response());
    assert!(matches!(submitted, SubmitResult::Accepted(_)));
}

#[test]
fn a_limited_or_denied_free_charge_is_no_free_charge() {
    let charge =
        |words: &str| ended(json!({ "status": "TIMED_OUT", "error": words })).error().charge;
    for words in [
        "You will not be charged twice.",
        "You will not be charged more than $0.50.",
        "You will not be charged again.",
        "You will not be charged for storage.",
        "There is no charge for the first attempt.",
        "It is not true that you will not be charged.",
        "Failed requests are not charged, but this one was billed.",
        "Not charged yet.",
        "Never assume you will not be charged.",
        "This does not mean that you will not be charged.",
        "You will not be charged for the audio; the video costs $0.50.",
        "You were charged $0.50. You will not be charged again.",
        "You are not charged only when the prompt is refused.",
        "No charge card on file",
    ] {
        assert_eq!(charge(words), Charge::Unknown, "{words}");
    }
    for words in [
        "You will not be charged for this request.",
        "Filtered out 1 videos. You will not be charged for blocked videos. Try again.",
        "The video could not be generated, so you will not be charged.",
        "This request was not billed",
        "No charge was made.",
        "You won't be charged for this generation and can try again.",
    ] {
        assert_eq!(charge(words), Charge::None, "{words}");
    }
}

#[test]
fn the_prompts_words_about_money_are_not_the_providers() {
    let request =
        with(runpod_request(), json!({ "prompt": "A sign that reads: you will not be charged" }));
    let body = json!({ "status": "TIMED_OUT", "error": "No video of a sign that reads: you will not be charged" });
    assert_eq!(ended_at(request, body).error().charge, Charge::Unknown);
}

#[test]
fn the_cost_of_a_picture_is_not_the_videos() {
    let assets = |video: Value| json!({ "assets": [{ "type": "image", "url": "https://x.example.com/a", "cost": 0.1 }, video] });
    let url = "https://x.example.com/b";
    assert_eq!(
        cost(assets(json!({ "type": "video", "url": url, "cost": 1.2 }))),
        Some(Usd(1_200_000))
    );
    assert_eq!(cost(assets(json!({ "type": "video", "url": url }))), None);
}
