//! What the response to a submit proves.

use filmgate::error::ErrorCode::{self, *};
use filmgate::provider::SubmitResult::*;
use serde_json::{Value, json};

use crate::common::{UUID, raw, row};
use crate::runware::{error, handle, named, submit};
use filmgate::provider::ProviderId::Runware;

/// Codes that sound like a rejection.
const REFUSALS: &[&str] = &[
    "maxRetriesExceeded",
    "valueTooLarge",
    "upstreamMissing",
    "accessTokenExpired",
    "invalidUpstreamResponse",
    "quotaServiceUnavailable",
    "unsupportedOperation",
    "invalidApiKey",
    "insufficientCredits",
    "contentPolicyViolation",
    "modelNotFound",
    "modelDisabled",
    "incompatibleParameters",
    "rateLimitExceeded",
    "authTimeout",
    "environmentPaused",
    "providerUnauthorized",
    "somethingNew",
];

#[test]
fn a_server_error_never_proves_a_rejection_whatever_its_code_says() {
    for status in [500, 502, 503, 504, 520, 599] {
        for code in REFUSALS {
            for task in [json!(UUID), json!("N/A"), json!(null)] {
                let body = named(code, &json!({ "taskUUID": task }));
                let submitted = submit(status, &body);
                assert!(matches!(submitted, Unknown(_)), "{status} {code} {task}: {submitted:?}");
            }
        }
        for body in
            [json!({}), json!({ "data": [] }), json!("no"), json!({ "error": "Invalid API key" })]
        {
            assert!(matches!(submit(status, &body), Unknown(_)), "{status} {body}");
        }
        let page = Runware.read_submit(&handle(1), raw(status, "<html>").response());
        assert!(matches!(page, Unknown(_)), "{status}");
    }
}

#[test]
fn one_error_that_proves_no_rejection_is_enough() {
    let errors = |codes: [&str; 2]| {
        submit(400, &json!({ "errors": codes.map(|code| error(code, &json!({}))) }))
    };
    assert!(matches!(errors(["invalidDuration", "internalServerError"]), Unknown(_)));
    assert!(matches!(errors(["invalidDuration", "conflictTaskUUID"]), Accepted(_)));
    assert!(matches!(errors(["invalidDuration", "missingPrompt"]), Rejected(_)));
}

fn rejected(status: u16, body: &Value) -> ErrorCode {
    match submit(status, body) {
        Rejected(failure) => failure.code,
        other => panic!("{status} {body}: {other:?}"),
    }
}

#[test]
fn each_class_of_a_rejected_submit() {
    for (code, ours) in [
        ("authenticationFailed", Unauthorized),
        ("invalidAuthentication", Unauthorized),
        ("missingAuthentication", Unauthorized),
        ("permissionDenied", Unauthorized),
        ("insufficientPermissions", Unauthorized),
        ("authFailed", Unauthorized),
        ("authTimeout", Unauthorized),
        ("environmentPaused", InsufficientQuota),
        ("insufficientBalance", InsufficientQuota),
        ("modelNotReady", GenerationFailed),
        ("processingFailed", GenerationFailed),
        ("taskFailed", GenerationFailed),
        ("downloadFailed", GenerationFailed),
        ("uploadFailed", GenerationFailed),
        ("providerUnauthorized", GenerationFailed),
        ("providerRateLimitExceeded", RateLimited),
        ("modelDisabled", ModelUnavailable),
        ("unknownModel", ModelUnavailable),
        ("frameImageNotFound", BadRequest),
        ("invalidDuration", BadRequest),
        ("tokenLimitExceeded", BadRequest),
        ("somethingNew", BadRequest),
    ] {
        assert_eq!(rejected(400, &named(code, &json!({}))), ours, "{code}");
    }
    // A refusal of the provider behind Runware that may come after the task was created.
    for (status, code) in [
        (200, "providerRateLimitExceeded"),
        (200, "processingFailed"),
        (400, "standardError"),
        (400, "taskNotFound"),
    ] {
        let submitted = submit(status, &named(code, &json!({})));
        assert!(matches!(submitted, Unknown(_)), "{status} {code}: {submitted:?}");
    }
}

/// The legacy envelope has a number that says nothing, and words.
#[test]
fn a_key_that_only_words_reject_is_unauthorized() {
    let legacy = |words: &str| json!({ "error": true, "errorId": 19, "errorMessage": words });
    for status in [200, 400, 401] {
        for words in ["Invalid API key", "The API key is invalid.", "invalid api key: see docs"] {
            assert_eq!(rejected(status, &legacy(words)), Unauthorized, "{status} {words}");
        }
    }
    // A failing server proves nothing, and other words are about something else.
    for (status, words) in
        [(500, "Invalid API key"), (200, "Server error, try again."), (200, "key")]
    {
        let submitted = submit(status, &legacy(words));
        assert!(matches!(submitted, Unknown(_)), "{status} {words}: {submitted:?}");
    }
    // What a task says may be about the key of the provider behind Runware.
    let of_task = json!({ "errors": [{ "message": "Invalid API key", "taskUUID": UUID }] });
    assert_ne!(rejected(400, &of_task), Unauthorized);
}

#[test]
fn a_retryable_rejection_of_the_provider_is_retryable() {
    for code in
        ["modelNotReady", "processingFailed", "taskFailed", "downloadFailed", "uploadFailed"]
    {
        assert!(rejected(400, &named(code, &json!({}))).is_retryable(), "{code}");
    }
}

#[test]
fn a_duplicate_task_is_an_accepted_one() {
    for code in [
        "conflictTaskUUID",
        "duplicateTaskUUID",
        "taskUUIDConflictError",
        "duplicateTask",
        "DUPLICATE_TASK_UUID",
        "taskAlreadyExists",
    ] {
        for status in [200, 400, 409, 500] {
            for more in
                [json!({}), json!({ "parameter": "taskUUID" }), json!({ "taskUUID": "N/A" })]
            {
                let submitted = submit(status, &named(code, &more));
                assert!(matches!(submitted, Accepted(_)), "{status} {code} {more}: {submitted:?}");
            }
        }
    }
    // Parameters in conflict are no task.
    let parameters = named("conflictingParameters", &json!({ "parameter": ["width", "ratio"] }));
    assert_eq!(rejected(400, &parameters), BadRequest);
}

#[test]
fn a_row_is_an_acceptance_whatever_stands_beside_it() {
    for body in [
        json!({ "data": [row(&json!({}))], "errors": [error("inferenceError", &json!({}))] }),
        json!({ "data": row(&json!({ "message": "Accepted" })) }),
        json!({ "results": [row(&json!({}))] }),
        json!([row(&json!({}))]),
        json!({ "data": { "data": [row(&json!({}))] } }),
    ] {
        for status in [200, 400, 500] {
            assert!(matches!(submit(status, &body), Accepted(_)), "{status} {body}");
        }
    }
}

#[test]
fn a_response_about_another_task_proves_no_rejection() {
    let other = "11111111-1111-4111-8111-111111111111";
    let entry = json!({ "code": "invalidDuration", "message": "No.", "taskUUID": other });
    for body in [
        json!({ "errors": [entry] }),
        json!({ "error": entry }),
        json!({ "data": [entry] }),
        json!({ "data": [{ "taskType": "videoInference", "taskUUID": other }] }),
    ] {
        for status in [400, 401, 402, 404, 422] {
            let submitted = submit(status, &body);
            assert!(matches!(submitted, Unknown(_)), "{status} {body}: {submitted:?}");
        }
        assert!(matches!(submit(429, &body), Busy(_)), "{body}");
    }
}

#[test]
fn an_error_in_place_of_a_row_is_a_rejection() {
    for body in [
        json!({ "taskUUID": UUID, "taskType": "videoInference", "error": { "code": "invalidDuration" } }),
        json!({ "taskUUID": UUID, "errors": [{ "code": "invalidDuration" }] }),
        json!({ "taskUUID": UUID, "code": "invalidDuration", "message": "No." }),
        json!({ "data": [{ "taskUUID": UUID, "code": "invalidDuration", "message": "No." }] }),
    ] {
        assert_eq!(rejected(400, &body), BadRequest, "{body}");
    }
}

#[test]
fn words_decide_the_code_where_there_is_none() {
    let said = |status: u16, body: Value| match submit(status, &body) {
        Rejected(failure) => failure.code,
        other => panic!("{other:?}"),
    };
    let low = json!({ "error": { "message": "Your account balance is too low." } });
    assert_eq!(said(403, low.clone()), InsufficientQuota);
    assert_eq!(said(400, low), InsufficientQuota);
    assert_eq!(said(403, json!({ "message": "Forbidden" })), Unauthorized);
    assert_eq!(said(401, json!({ "detail": "Invalid input: no key" })), Unauthorized);
    assert_eq!(said(402, json!({ "message": "No." })), InsufficientQuota);
    assert_eq!(said(404, json!({ "message": "No." })), ModelUnavailable);
    let flagged = json!({ "error": { "message": "The prompt was flagged." } });
    assert_eq!(said(400, flagged), ContentPolicyViolation);
}
