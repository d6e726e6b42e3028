//! Whose an error is: the task's, or the poll's.

use filmgate::error::ErrorCode::{self, *};
use filmgate::outcome::Status;
use filmgate::provider::PollResult;
use serde_json::{Value, json};

use crate::common::{UUID, row, video_row};
use crate::runware::{data, error, found, found_of, named, poll, poll_of};

#[track_caller]
fn assert_failed(status: u16, body: &Value, code: ErrorCode) {
    match poll(status, body) {
        PollResult::Found(seen) => {
            assert_eq!(seen.status, Some(Status::Failed), "{status} {body}");
            assert_eq!(seen.failures[0].code, code, "{status} {body}");
        }
        other => panic!("{status} {body}: {other:?}"),
    }
}

#[test]
fn an_error_that_names_the_task_is_the_tasks_whatever_its_class() {
    for (code, ours) in [
        ("providerRateLimitExceeded", RateLimited),
        ("timeoutProvider", GenerationTimeout),
        ("providerTimeout", GenerationTimeout),
        ("generationTimeout", GenerationTimeout),
        ("invalidProviderContent", ContentPolicyViolation),
        ("contentPolicyViolation", ContentPolicyViolation),
        ("providerError", GenerationFailed),
        ("providerUnauthorized", GenerationFailed),
        ("providerForbidden", GenerationFailed),
        ("providerInvalidApiKey", GenerationFailed),
        ("providerQuotaExceeded", GenerationFailed),
        ("providerNotFound", GenerationFailed),
        ("inferenceError", GenerationFailed),
        ("processingFailed", GenerationFailed),
        ("taskFailed", GenerationFailed),
        ("downloadFailed", GenerationFailed),
        ("uploadFailed", GenerationFailed),
        ("modelNotReady", GenerationFailed),
        ("internalServerError", GenerationFailed),
        ("standardError", GenerationFailed),
        ("unknownError", GenerationFailed),
        ("undefinedError", GenerationFailed),
        ("defaultError", GenerationFailed),
        ("insufficientCredits", InsufficientQuota),
        ("environmentPaused", InsufficientQuota),
        ("invalidFrameImageWidth", BadRequest),
        ("frameImageNotFound", BadRequest),
        ("imageExpired", BadRequest),
        ("modelNotFound", ModelUnavailable),
        ("modelUnavailable", ModelUnavailable),
    ] {
        for label in ["videoInference", "getResponse", "getTaskDetails"] {
            for status in [200, 400, 404] {
                let body = named(code, &json!({ "taskType": label, "status": "error" }));
                assert_failed(status, &body, ours);
            }
        }
    }
}

#[test]
fn an_unknown_code_is_the_tasks_with_the_statuses_of_a_failed_generation_alone() {
    let body = named("somethingNew", &json!({ "status": "error" }));
    for status in [200, 400] {
        assert_failed(status, &body, GenerationFailed);
    }
    for status in [402, 404, 408, 410, 422, 429, 500, 503] {
        let polled = poll(status, &body);
        assert!(matches!(polled, PollResult::Transient(_)), "{status}: {polled:?}");
    }
}

#[test]
fn with_a_server_error_only_a_code_of_a_generation_is_a_verdict() {
    for status in [500, 502, 503, 504] {
        for code in ["timeoutProvider", "invalidProviderContent", "providerError", "inferenceError"]
        {
            let PollResult::Found(seen) = poll(status, &named(code, &json!({}))) else {
                panic!("{status} {code}");
            };
            assert_eq!(seen.status, Some(Status::Failed), "{status} {code}");
        }
        for code in [
            "internalServerError",
            "serviceUnavailable",
            "gatewayTimeout",
            "modelNotReady",
            "invalidDuration",
            "insufficientCredits",
            "taskNotFound",
            "somethingNew",
        ] {
            let polled = poll(status, &named(code, &json!({})));
            assert!(matches!(polled, PollResult::Transient(_)), "{status} {code}: {polled:?}");
        }
    }
}

#[test]
fn an_error_without_a_task_is_the_polls() {
    for task in [json!(null), json!("N/A"), json!("n/a"), json!(""), json!("unknown")] {
        for code in [
            "providerRateLimitExceeded",
            "rateLimitExceeded",
            "timeoutProvider",
            "internalServerError",
            "invalidTaskType",
        ] {
            for status in [200, 400, 429, 500, 503] {
                let polled = poll(status, &named(code, &json!({ "taskUUID": task })));
                assert!(matches!(polled, PollResult::Transient(_)), "{status} {code}: {polled:?}");
            }
        }
    }
    let other =
        named("inferenceError", &json!({ "taskUUID": "11111111-2222-4333-8444-555555555555" }));
    assert!(!matches!(poll(400, &other), PollResult::Found(_)));
}

#[test]
fn an_error_about_the_key_never_ends_a_job() {
    for code in [
        "unauthorized",
        "forbidden",
        "permissionDenied",
        "insufficientPermissions",
        "authenticationFailed",
        "authFailed",
        "authTimeout",
        "invalidAuthentication",
        "missingAuthentication",
        "invalidCredentials",
        "invalidApiKey",
        "missingApiKey",
        "tokenExpired",
        "tokenInvalid",
        "tokenMissing",
        "tokenRevoked",
        "accountSuspended",
        "accountDisabled",
        "organizationDisabled",
        "workspaceSuspended",
        "AUTHENTICATION_FAILED",
    ] {
        for task in [json!(UUID), json!("N/A")] {
            for status in [200, 400, 401, 403, 500] {
                let polled = poll(status, &named(code, &json!({ "taskUUID": task })));
                let PollResult::Unauthorized(failure) = polled else {
                    panic!("{status} {code} {task}: {polled:?}");
                };
                assert_eq!(failure.code, Unauthorized, "{code}");
            }
        }
    }
}

#[test]
fn an_error_about_the_key_in_a_row_never_ends_a_job() {
    let row = |code: &str| {
        data(&json!({ "status": "error", "error": { "code": code, "message": "No." } }))
    };
    for status in [200, 401] {
        let polled = poll(status, &row("authenticationFailed"));
        assert!(matches!(polled, PollResult::Unauthorized(_)), "{polled:?}");
    }
    assert_eq!(poll(200, &row("taskNotFound")), PollResult::NotFound);
    assert_failed(200, &row("insufficientCredits"), InsufficientQuota);
    assert_failed(500, &row("internalServerError"), GenerationFailed);
}

#[test]
fn an_error_about_the_polls_own_fields_is_the_polls() {
    for body in [
        named("invalidTaskUUID", &json!({ "taskType": "getResponse" })),
        named("missingTaskType", &json!({})),
        named("invalidValue", &json!({ "parameter": "taskUUID" })),
        named("invalidValue", &json!({ "parameter": ["taskType"] })),
    ] {
        assert!(matches!(poll(400, &body), PollResult::Transient(_)), "{body}");
    }
}

#[test]
fn a_task_that_is_not_found_is_not_a_failed_task() {
    for code in [
        "taskNotFound",
        "taskUUIDNotFound",
        "responseExpired",
        "resultNotFound",
        "taskCancelled",
        "taskFailedOrNotFound",
        "notFound",
    ] {
        for status in [200, 400, 404] {
            let polled = poll(status, &named(code, &json!({})));
            assert_eq!(polled, PollResult::NotFound, "{status} {code}");
        }
    }
}

#[test]
fn a_rate_limit_that_can_be_either_ends_the_job_only_if_it_stays() {
    let seen = found(&named("rateLimitExceeded", &json!({})));
    assert_eq!((seen.status, seen.stalled), (Some(Status::Running), true));
    assert_eq!(seen.failures[0].code, RateLimited);
    assert!(matches!(poll(429, &named("rateLimitExceeded", &json!({}))), PollResult::Transient(_)));
}

#[test]
fn a_conflict_on_a_poll_shows_that_the_task_exists() {
    let PollResult::Found(seen) = poll(400, &named("conflictTaskUUID", &json!({}))) else {
        panic!("it exists");
    };
    assert_eq!((seen.status, seen.failures.len()), (None, 0));
}

#[test]
fn what_succeeded_is_delivered_beside_the_failures() {
    let body = json!({
        "data": [row(&video_row(1)), row(&video_row(2))],
        "errors": [error("providerRateLimitExceeded", &json!({ "taskType": "getResponse" }))],
    });
    let seen = found_of(3, &body);
    assert_eq!(seen.status, Some(Status::Completed));
    assert_eq!((seen.videos.len(), seen.failures.len()), (2, 1));
    assert_eq!(seen.failures[0].code, RateLimited);
    // The same with a server's status, and with rows in any place.
    for status in [200, 400, 500] {
        let PollResult::Found(seen) = poll_of(3, status, &body) else { panic!("{status}") };
        assert_eq!((seen.videos.len(), seen.failures.len()), (2, 1), "{status}");
    }
}

#[test]
fn a_pending_row_wins_over_an_error_about_the_same_task() {
    for pending in
        [json!({}), json!({ "status": "processing", "progress": 5 }), json!({ "status": "Queued" })]
    {
        let errors = [error("inferenceError", &json!({ "message": "The task is rescheduled." }))];
        let seen = found(&json!({ "data": [row(&pending)], "errors": errors }));
        assert_eq!((seen.status, seen.stalled), (Some(Status::Running), false), "{pending}");
        assert_eq!(seen.failures, [], "{pending}");
        let both = json!({ "data": [row(&video_row(1)), row(&pending)], "errors": errors });
        assert_eq!(found_of(2, &both).status, Some(Status::Running), "{pending}");
    }
    let seen = found(&json!({
        "data": [row(&json!({ "status": "processing", "error": { "code": "inferenceError" } }))]
    }));
    assert_eq!(seen.status, Some(Status::Running));
}

#[test]
fn one_failure_in_a_row_and_among_the_errors_is_one() {
    let failed =
        json!({ "status": "error", "error": { "code": "inferenceError", "message": "No." } });
    let body = json!({
        "data": [row(&video_row(1)), row(&failed)],
        "errors": [error("inferenceError", &json!({}))],
    });
    let seen = found_of(3, &body);
    assert_eq!((seen.status, seen.stalled), (Some(Status::Running), true), "one is missing");
    assert_eq!(seen.failures.len(), 1);
}

#[test]
fn statuses_in_any_case_are_read() {
    for (status, read) in [
        ("FAILED", Status::Failed),
        ("failed", Status::Failed),
        ("Error", Status::Failed),
        ("cancelled", Status::Failed),
        ("PROCESSING", Status::Running),
        ("in-progress", Status::Running),
        ("reticulating", Status::Running),
    ] {
        assert_eq!(found(&data(&json!({ "status": status }))).status, Some(read), "{status}");
    }
}

#[test]
fn an_empty_error_is_no_error() {
    for empty in [
        json!(""),
        json!(" "),
        json!(false),
        json!(null),
        json!([]),
        json!({}),
        json!([{}]),
        json!(0),
        json!({ "code": null, "message": "" }),
    ] {
        for name in ["error", "errors"] {
            let mut done = row(&video_row(1));
            done[name] = empty.clone();
            let seen = found(&json!({ "data": [done], name: empty }));
            assert_eq!((seen.videos.len(), seen.failures.len()), (1, 0), "{name} {empty}");
            let busy = data(&json!({ "status": "processing", name: empty }));
            assert_eq!(found(&busy).status, Some(Status::Running), "{name} {empty}");
        }
    }
}
