//! Why a video failed: the provider's words, and what filmgate says in its own.

use filmgate::error::ErrorCode::*;
use filmgate::error::{ErrorCode, Failure};
use serde_json::{Value, json};

use crate::common::{UUID, row};
use crate::runware::{data, error, found, named, submit, words};
use filmgate::provider::SubmitResult;

fn failure(body: &Value) -> Failure {
    let mut seen = found(body);
    assert_eq!(seen.failures.len(), 1, "{body}");
    seen.failures.remove(0)
}

#[test]
fn a_reason_is_read_wherever_it_stands() {
    let long = "X responded with an error.";
    for (body, said) in [
        (
            data(
                &json!({ "status": "error", "code": "timeoutProvider", "message": "It timed out" }),
            ),
            "It timed out",
        ),
        (
            data(&json!({ "status": "error", "error": { "code": "x", "message": "It broke" } })),
            "It broke",
        ),
        (
            data(&json!({ "status": "error", "errors": [{ "code": "x", "message": "It broke" }] })),
            "It broke",
        ),
        (data(&json!({ "status": "error", "error": "It broke" })), "It broke"),
        (
            data(&json!({ "status": "success", "error": { "code": "x", "message": "It broke" } })),
            "It broke",
        ),
        (data(&json!({ "code": "x", "errorMessage": "It broke" })), "It broke"),
        (named("x", &json!({ "message": { "detail": "It broke" } })), "It broke"),
        (named("x", &json!({ "message": { "message": "It broke" } })), "It broke"),
        (named("x", &json!({ "message": { "error": { "message": "It broke" } } })), "It broke"),
        (named("x", &json!({ "message": ["It", "broke"] })), "It broke"),
        (named("x", &json!({ "message": [{ "loc": ["a"], "msg": "It broke" }] })), "It broke"),
        (named("x", &json!({ "message": null, "detail": "It broke" })), "It broke"),
        (named("x", &json!({ "message": "", "responseContent": "It broke" })), "It broke"),
        (
            named("x", &json!({ "message": long, "responseContent": "It broke" })),
            "X responded with an error. It broke",
        ),
        (named("x", &json!({ "message": long, "responseContent": long })), long),
        (
            named(
                "x",
                &json!({ "message": " ", "responseContent": { "error": { "message": "It broke" } } }),
            ),
            "It broke",
        ),
        (
            json!({ "errors": [{ "taskUUID": UUID, "error": { "code": "x", "message": "It broke" } }] }),
            "It broke",
        ),
        (json!({ "errors": { "taskUUID": UUID, "code": "x", "message": "It broke" } }), "It broke"),
        (
            json!({ "error": { "taskUUID": UUID, "errors": [{ "code": "x", "message": "It broke" }] } }),
            "It broke",
        ),
        (json!({ "taskUUID": UUID, "error": { "code": "x", "message": "It broke" } }), "It broke"),
        (json!([{ "errors": [error("x", &json!({ "message": "It broke" }))] }]), "It broke"),
        (
            json!({ "data": { "errors": [error("x", &json!({ "message": "It broke" }))] } }),
            "It broke",
        ),
    ] {
        assert_eq!(words(&failure(&body)), said, "{body}");
    }
}

#[test]
fn the_code_is_read_wherever_it_stands() {
    for (body, code, ours) in [
        (
            data(&json!({ "status": "error", "code": "timeoutProvider", "message": "No." })),
            "timeoutProvider",
            GenerationTimeout,
        ),
        (
            data(&json!({ "status": "error", "errorCode": "promptBlocked" })),
            "promptBlocked",
            ContentPolicyViolation,
        ),
        (
            named("x", &json!({ "code": null, "message": { "code": "promptBlocked" } })),
            "promptBlocked",
            ContentPolicyViolation,
        ),
        (named("x", &json!({ "code": 503 })), "503", GenerationFailed),
        // The provider behind Runware says more than a generic code.
        (
            named("providerError", &json!({ "responseStatusCode": "video_generation_failed" })),
            "video_generation_failed",
            GenerationFailed,
        ),
        (
            named("providerError", &json!({ "responseStatusCode": "content_policy_violation" })),
            "content_policy_violation",
            ContentPolicyViolation,
        ),
        (
            named("providerError", &json!({ "responseStatusCode": "rate_limit_exceeded" })),
            "rate_limit_exceeded",
            RateLimited,
        ),
        // Its key is not the caller's.
        (
            named("providerError", &json!({ "responseStatusCode": "invalid_api_key" })),
            "invalid_api_key",
            GenerationFailed,
        ),
        (
            named("providerError", &json!({ "responseStatusCode": 429 })),
            "providerError",
            GenerationFailed,
        ),
        (
            named("providerError", &json!({ "responseStatusCode": "two words" })),
            "providerError",
            GenerationFailed,
        ),
        (
            named("timeoutProvider", &json!({ "responseStatusCode": "oops" })),
            "timeoutProvider",
            GenerationTimeout,
        ),
    ] {
        let failure = failure(&body);
        assert_eq!(failure.provider_code.as_deref(), Some(code), "{body}");
        assert_eq!(failure.code, ours, "{body}");
    }
}

#[test]
fn a_generic_code_is_classified_by_its_words() {
    for (code, said, ours) in [
        ("providerError", "The request was flagged by content moderation.", ContentPolicyViolation),
        ("providerError", "This violates our usage guidelines.", ContentPolicyViolation),
        (
            "providerError",
            "The images may contain likenesses of real people.",
            ContentPolicyViolation,
        ),
        ("inferenceError", "Rejected by a content checker.", ContentPolicyViolation),
        ("unknownError", "It contains harmful content.", ContentPolicyViolation),
        ("providerError", "The generation timed out.", GenerationTimeout),
        // Words are read whole, and the money is not the caller's.
        ("providerError", "KeyError: 'sensitive_layers'", GenerationFailed),
        ("providerError", "Disk quota exceeded", GenerationFailed),
        ("providerError", "Insufficient credits", GenerationFailed),
        ("providerError", "Video generation failed due to an internal error.", GenerationFailed),
        // A code that says what happened stays.
        ("insufficientCredits", "flagged", InsufficientQuota),
        ("providerUnauthorized", "flagged", GenerationFailed),
    ] {
        for more in
            [json!({ "message": said }), json!({ "message": "X failed.", "responseContent": said })]
        {
            assert_eq!(failure(&named(code, &more)).code, ours, "{code} {said}");
        }
    }
}

#[test]
fn filmgates_own_sentence_has_the_facts_and_no_words() {
    for (more, own) in [
        (
            json!({}),
            "Runware reports an error (x); its words are kept back, as they may quote the request.",
        ),
        (json!({ "message": null }), "Runware reports an error (x) and gave no reason."),
        (json!({ "code": null, "message": null }), "Runware gave no reason."),
        (
            json!({ "parameter": "duration", "allowedValues": [4, 8, 12] }),
            "Runware rejects `duration` (x): one of 4, 8, 12.",
        ),
        (
            json!({ "code": "invalidFrameImageWidth", "parameter": "inputs.frameImages", "min": 300, "max": 2048 }),
            "Runware rejects `inputs.frameImages` (invalidFrameImageWidth): between 300 and 2048.",
        ),
        (
            json!({ "parameter": ["width", "height"], "min": "128" }),
            "Runware rejects `width`, `height` (x): at least 128.",
        ),
        (
            json!({ "parameter": "width", "max": 2048, "multiplier": 64 }),
            "Runware rejects `width` (x): at most 2048, a multiple of 64.",
        ),
        (
            json!({ "parameter": "ratio", "allowedValues": ["16:9", "1280x720", "720p"] }),
            "Runware rejects `ratio` (x): one of 16:9, 1280x720, 720p.",
        ),
        (
            json!({ "parameter": "a", "message": { "min": 1, "detail": "No." } }),
            "Runware rejects `a` (x): at least 1.",
        ),
        // Free text is none of them.
        (
            json!({ "code": "the heron said", "parameter": "a heron at dawn", "allowedValues": ["a heron at dawn"], "min": "a heron" }),
            "Runware reports an error; its words are kept back, as they may quote the request.",
        ),
        (
            json!({ "parameter": "a", "allowedValues": ["720p", "https://secret.example.com/a", "x".repeat(30)] }),
            "Runware rejects `a` (x): one of 720p, ….",
        ),
    ] {
        assert_eq!(failure(&named("x", &more)).message, own, "{more}");
    }
    let SubmitResult::Rejected(failure) = submit(
        400,
        &named("invalidWidth", &json!({ "parameter": "width", "min": 128, "max": 2048 })),
    ) else {
        panic!("it is rejected");
    };
    assert_eq!(
        failure.message,
        "Runware rejects `width` (invalidWidth, HTTP 400): between 128 and 2048."
    );
}

#[test]
fn a_reason_in_every_envelope_of_a_poll_without_a_task() {
    for body in [
        json!({ "message": "try later" }),
        json!({ "detail": "try later" }),
        json!({ "error": "try later" }),
        json!({ "errors": ["try later"] }),
        json!({ "error": true, "errorId": 19, "errorMessage": "try later" }),
    ] {
        let filmgate::provider::PollResult::Transient(failure) = crate::runware::poll(200, &body)
        else {
            panic!("{body}");
        };
        assert_eq!(words(&failure), "try later", "{body}");
    }
}

#[test]
fn a_long_or_deep_error_is_bounded() {
    let mut deep = json!("It broke");
    for _ in 0..40 {
        deep = json!({ "message": deep });
    }
    let wide: Vec<Value> =
        (0..1_000).map(|at| json!({ "message": format!("reason {at}") })).collect();
    for message in [deep, json!(wide), json!("x".repeat(100_000))] {
        let body = json!({ "errors": [{ "code": "x", "message": message, "taskUUID": UUID }] });
        let failure = failure(&body);
        assert!(failure.message.chars().count() <= 301);
        assert!(words(&failure).chars().count() <= 1_001);
    }
    let code: ErrorCode = failure(&json!({ "data": [row(&json!({ "status": "error" }))] })).code;
    assert_eq!(code, GenerationFailed);
}
