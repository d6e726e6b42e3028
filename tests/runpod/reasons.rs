//! The reason of a failure, wherever it is.

use filmgate::error::ErrorCode::{self, *};
use filmgate::error::{Charge, Failure};
use filmgate::outcome::Status;
use filmgate::provider::ProviderId::Runpod;
use filmgate::provider::{PollResult, SubmitResult};
use serde_json::{Value, json};

use crate::common::*;
use crate::runpod::ended;

fn words(failure: &Failure) -> Option<&str> {
    failure.provider_message.as_ref().map(|words| words.0.as_str())
}

fn rejected(status: u16, body: &Value) -> Failure {
    let handle = job(Runpod, &runpod_request()).handle;
    match Runpod.read_submit(&handle, http(status, body).response()) {
        SubmitResult::Rejected(failure) | SubmitResult::Unknown(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_reason_of_a_failed_job_is_read_everywhere() {
    let cases = [
        json!({ "error": "It broke" }),
        json!({ "error": { "message": "It broke" } }),
        json!({ "error": { "error_message": "It broke", "error_type": "X" } }),
        json!({ "error": { "error": { "detail": "It broke" } } }),
        json!({ "error": "{\"error_message\":\"It broke\"}" }),
        json!({ "error": ["It broke"] }),
        json!({ "error": "", "output": { "error": "It broke" } }),
        json!({ "output": { "error": "It broke" } }),
        json!({ "output": { "error": "{\"error_message\":\"It broke\"}" } }),
        json!({ "output": { "message": "It broke" } }),
        json!({ "output": { "detail": "It broke" } }),
        json!({ "output": { "errors": [{ "message": "It broke" }] } }),
        json!({ "output": { "result": { "error": { "message": "It broke" } } } }),
        json!({ "output": "It broke" }),
        json!({ "output": ["It broke"] }),
        json!({ "detail": "It broke" }),
        json!({ "message": "It broke" }),
        json!({ "error": "Error", "output": { "error": "It broke" } }),
    ];
    for body in cases {
        let driver = ended(with(body.clone(), json!({ "status": "FAILED" })));
        let failure = &driver.error().failure;
        assert_eq!(words(failure), Some("It broke"), "{body}");
        assert_eq!(failure.message, "It broke", "{body}");
    }
    let list = ended(json!({ "status": "FAILED", "error": ["a b", { "message": "c d" }] }));
    assert_eq!(list.error().failure.message, "a b; c d");
}

#[test]
fn an_address_is_no_reason() {
    for output in
        [json!("https://a.example.com/x.png?signature=1"), json!("data:image/png;base64,AAAA")]
    {
        let driver = ended(json!({ "status": "FAILED", "output": output }));
        assert_eq!(driver.error().failure.message, "RunPod gave no reason.");
    }
}

#[test]
fn the_reason_of_a_refused_output_is_classified() {
    let output = json!({ "error": "Prompt violates content policy" });
    let driver = ended(json!({ "status": "FAILED", "output": output }));
    assert_eq!(driver.error().failure.code, ContentPolicyViolation);
    let exited = ended(json!({ "status": "FAILED", "output": "Worker exited with exit code 1" }));
    assert_eq!(exited.error().failure.code, GenerationFailed);
    let coded = json!({ "code": "content_policy_violation", "message": "No." });
    let driver = ended(json!({ "status": "FAILED", "error": coded }));
    assert_eq!(driver.error().failure.code, ContentPolicyViolation);
    assert_eq!(driver.error().failure.provider_code.as_deref(), Some("content_policy_violation"));
}

#[test]
fn the_reason_of_an_http_error_is_read_everywhere() {
    let cases = [
        (json!({ "error": "It broke" }), "It broke"),
        (json!({ "message": "It broke" }), "It broke"),
        (json!({ "error": { "message": "It broke" } }), "It broke"),
        (json!({ "errors": [{ "detail": "It broke" }] }), "It broke"),
        (
            json!({ "status": 400, "title": "Bad Request", "detail": "input.duration: must be one of 5,10" }),
            "input.duration: must be one of 5,10",
        ),
        (json!({ "statusCode": 400, "error": "Bad Request", "message": "It broke" }), "It broke"),
        (json!({ "title": "Bad Request" }), "Bad Request"),
        (json!(["It broke"]), "It broke"),
        (json!("It broke"), "It broke"),
        (
            json!({ "detail": [{ "loc": ["body", "input", "size"], "msg": "Input should be '720p' or '1080p'", "type": "literal_error" }] }),
            "input.size: Input should be '720p' or '1080p'",
        ),
        (
            json!({ "detail": [{ "loc": ["body", "images", 0], "msg": "Field required" }, { "msg": "It broke" }] }),
            "images.0: Field required; It broke",
        ),
    ];
    for (body, expected) in cases {
        let failure = rejected(422, &body);
        assert_eq!(words(&failure), Some(expected), "{body}");
        assert_eq!(failure.code, BadRequest, "{body}");
    }
    assert_eq!(words(&rejected(422, &json!({ "id": null }))), None);
}

#[test]
fn our_own_sentence_has_the_facts_and_no_words() {
    let detail = json!([{ "loc": ["body", "input", "size"], "msg": "secret words" }]);
    let cases = [
        (
            422,
            json!({ "detail": detail }),
            "RunPod responded with HTTP 422 because of `input.size`; its words are kept back, as they may quote the request.",
        ),
        (
            400,
            json!({ "error": { "code": "bad_size", "message": "secret words" } }),
            "RunPod responded with HTTP 400 (`bad_size`); its words are kept back, as they may quote the request.",
        ),
        (
            400,
            json!({ "error": { "code": "secret words" } }),
            "RunPod responded with HTTP 400 and gave no reason.",
        ),
        (
            400,
            json!({ "detail": [{ "loc": ["secret words"], "msg": "secret words" }] }),
            "RunPod responded with HTTP 400; its words are kept back, as they may quote the request.",
        ),
    ];
    for (status, body, expected) in cases {
        assert_eq!(rejected(status, &body).message, expected, "{body}");
    }
    let mut handle = job(Runpod, &runpod_request()).handle;
    handle.job_id = Some(RUNPOD_ID.to_owned());
    let error = json!({ "error_type": "<class 'RuntimeError'>", "error_message": "secret words" });
    let reply = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": error }));
    let PollResult::Found(seen) = Runpod.read_poll(&handle, reply.response()) else { panic!() };
    let expected = "RunPod reports that the job failed (`RuntimeError`); its words are kept back, as they may quote the request.";
    assert_eq!(seen.failures[0].message, expected);
}

#[test]
fn the_words_of_a_4xx_can_name_the_cause() {
    let cases: &[(u16, &str, ErrorCode)] = &[
        (401, "Invalid API key", Unauthorized),
        (401, "You have run out of funds", InsufficientQuota),
        (403, "Forbidden", Unauthorized),
        (403, "Your account balance is too low", InsufficientQuota),
        (403, "The prompt was flagged", ContentPolicyViolation),
        (402, "No.", InsufficientQuota),
        (400, "insufficient credits", InsufficientQuota),
        (400, "The prompt was flagged by a content checker", ContentPolicyViolation),
        (400, "CUDA out of memory", BadRequest),
        (400, "Disk quota exceeded", BadRequest),
        (400, "executionTimeout must be between 5 and 10", BadRequest),
        (404, "endpoint not found", ModelUnavailable),
    ];
    for (status, reason, code) in cases {
        assert_eq!(rejected(*status, &json!({ "error": reason })).code, *code, "{status} {reason}");
    }
}

#[test]
fn a_running_job_that_reports_an_error_runs_on_with_the_error_told() {
    let mut handle = job(Runpod, &runpod_request()).handle;
    handle.job_id = Some(RUNPOD_ID.to_owned());
    let outputs = [
        json!({ "status": "error", "error": { "message": "R2 config incomplete", "stage": "config" } }),
        json!({ "error": "R2 config incomplete" }),
        json!({ "status": "FAILED", "message": "R2 config incomplete" }),
    ];
    for output in outputs {
        let body = json!({ "id": RUNPOD_ID, "status": "IN_PROGRESS", "executionTime": 155, "output": output });
        let PollResult::Found(seen) = Runpod.read_poll(&handle, ok(body).response()) else {
            panic!("{output}")
        };
        assert_eq!((seen.status, seen.charge), (Some(Status::Running), None), "{output}");
        assert_eq!(words(&seen.failures[0]), Some("R2 config incomplete"), "{output}");
    }
    for output in [json!({ "progress": 5, "error": null }), json!({ "error": "" }), json!("step")] {
        let body = json!({ "id": RUNPOD_ID, "status": "IN_PROGRESS", "output": output });
        let PollResult::Found(seen) = Runpod.read_poll(&handle, ok(body).response()) else {
            panic!("{output}")
        };
        assert_eq!(seen.failures, [], "{output}");
    }
}

#[test]
fn an_error_beside_a_running_or_waiting_job_ends_it_when_it_stays() {
    for status in ["IN_PROGRESS", "IN_QUEUE"] {
        let driver = ended(json!({ "status": status, "error": "R2 config incomplete" }));
        let error = driver.error();
        assert_eq!(error.failure.code, GenerationFailed, "{status}");
        assert_eq!(error.charge, Charge::Unknown, "{status}");
        assert!(driver.now - T0 < 120_000, "{status}");
    }
}

#[test]
fn an_error_of_blanks_is_no_error() {
    for error in
        [json!({ "code": 0, "message": "" }), json!("no error"), json!({ "message": null })]
    {
        let body = json!({ "status": "COMPLETED", "output": { "error": error } });
        let driver = ended(body);
        assert_eq!(driver.error().failure.code, InvalidResponse, "{error}");
        assert_eq!(driver.error().charge, Charge::Charged, "{error}");
        assert!(driver.error().raw.is_some(), "{error}");
    }
}
