//! Every shape in which Runware may report a task, and each of its error codes, in tables.

use filmgate::error::ErrorCode::{self, *};
use filmgate::money::Usd;
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::Runware;
use serde_json::{Value, json};

use crate::common::*;
use crate::job::drive;

fn polled(reply: Reply) -> JobDriver<impl FnMut(u64, &filmgate::provider::Request) -> Reply> {
    drive(Runware, vec![ack(), reply]).run()
}

#[test]
fn a_row_in_each_envelope() {
    let done = row(&video_row(1));
    let mut bare = done.clone();
    bare.as_object_mut().unwrap().remove("status");
    for body in [
        json!({ "data": [done] }),
        json!({ "data": [bare] }),
        json!({ "data": done }),
        json!([done]),
        done.clone(),
        json!({ "data": [done], "errors": [] }),
        json!({ "data": [{ "taskUUID": "other" }, done] }),
    ] {
        assert_eq!(polled(ok(body.clone())).result().videos.len(), 1, "{body}");
    }
}

#[test]
fn rows_in_progress() {
    for status in ["processing", "pending"] {
        for progress in [json!(null), json!(40), json!(40.7), json!(-5), json!(900), json!("x")] {
            let under_way = rows(&[json!({ "status": status, "progress": progress })]);
            let driver = drive(Runware, vec![ack(), under_way]).run_for(1_500);
            assert_eq!(driver.job.status(), Status::Running);
            assert!(driver.updates.last().unwrap().progress.unwrap() <= 100);
        }
    }
}

#[test]
fn an_error_in_each_envelope() {
    let error = json!({ "code": "inferenceError", "message": "It broke", "taskUUID": UUID,
        "taskType": "videoInference", "parameter": ["a", "b"] });
    for body in [
        json!({ "data": [], "errors": [error] }),
        json!({ "errors": [error] }),
        json!({ "error": error }),
        json!({ "error": [error] }),
        json!({ "data": [row(&json!({ "status": "error", "error": error }))] }),
    ] {
        for status in [200, 400, 500] {
            let driver = polled(http(status, &body));
            let failure = &driver.error().failure;
            assert_eq!(failure.message, "It broke", "{status} {body}");
            assert_eq!(failure.provider_code.as_deref(), Some("inferenceError"), "{body}");
            assert_eq!(driver.error().charge, Charge::Unknown);
        }
    }
}

#[test]
fn an_error_about_the_poll_does_not_decide_the_job() {
    let about = |error: Value| http(400, &json!({ "errors": [error] }));
    for reply in [
        about(
            json!({ "code": "invalidTaskUUID", "message": "no", "taskType": "getResponse", "taskUUID": UUID }),
        ),
        about(json!({ "code": "internalServerError", "message": "no" })),
        about(json!({ "code": "internalServerError", "message": "no", "taskUUID": "N/A" })),
        about(json!({ "code": "rateLimitExceeded", "message": "no", "taskUUID": UUID })),
        about(
            json!({ "code": "inferenceError", "message": "no", "taskUUID": "11111111-2222-4333-8444-555555555555" }),
        ),
        http(200, &json!({ "error": true, "errorId": 19, "errorMessage": "try later" })),
        about(json!("text")),
        about(json!(null)),
    ] {
        let driver = drive(Runware, vec![ack(), reply.clone(), runware_completed()]).run();
        assert_eq!(driver.result().videos.len(), 1, "{reply:?}");
    }
}

#[test]
fn a_failed_poll_is_not_a_failed_job() {
    for (status, code) in [
        (404, "taskNotFound"),
        (400, "taskNotFound"),
        (200, "taskUUIDNotFound"),
        (200, "responseExpired"),
        (500, "internalServerError"),
        (503, "serviceUnavailable"),
        (504, "gatewayTimeout"),
    ] {
        let driver =
            drive(Runware, vec![ack(), runware_error(status, code), runware_completed()]).run();
        assert_eq!(driver.result().videos.len(), 1, "{status} {code}");
    }
    // About the task itself, the same codes end the job.
    for (status, code) in [(200, "modelNotFound"), (200, "generationTimeout")] {
        let driver =
            drive(Runware, vec![ack(), runware_error(status, code), runware_completed()]).run();
        assert_eq!(driver.count("poll"), 1, "{status} {code}");
        assert_eq!(driver.error().charge, Charge::Unknown);
    }
}

#[test]
fn data_and_errors_together() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let body = json!({
        "data": [row(&video_row(1))],
        "errors": [{ "code": "contentPolicyViolation", "message": "No.", "taskUUID": UUID }],
    });
    let driver = JobDriver::new(job(Runware, &request), script(vec![ack(), ok(body)])).run();
    assert_eq!(driver.result().videos.len(), 1);
    assert_eq!(driver.result().failures[0].code, ContentPolicyViolation);
}

#[test]
fn rows_of_other_tasks_are_ignored() {
    // Several jobs' polls share one request and one response.
    let request = with(runware_request(), json!({ "n": 2 }));
    let other = "11111111-2222-4333-8444-555555555555";
    let shared = |rows: &[Value]| {
        let theirs = json!({ "taskUUID": other, "videoURL": "https://a.example.com/theirs.mp4" });
        let rows = rows.iter().map(row).chain([theirs]);
        let error = json!({ "code": "inferenceError", "message": "No.", "taskUUID": other });
        ok(json!({ "data": rows.collect::<Vec<_>>(), "errors": [error] }))
    };
    let busy = json!({ "status": "processing" });
    let [one, two] = [1, 2].map(video_row);
    let replies = vec![ack(), shared(&[one.clone(), busy]), shared(&[one, two])];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    assert_eq!(driver.operations(), ["submit", "poll", "poll"]);
    let outcome = driver.result();
    assert_eq!((outcome.videos.len(), outcome.failures.len()), (2, 0));
    assert_eq!(outcome.raw["data"].as_array().unwrap().len(), 2);
    assert!(!outcome.raw.to_string().contains(other));
}

#[test]
fn the_progress_of_a_batch() {
    let busy = |percent: u32| json!({ "status": "processing", "progress": percent });
    let (done, unsaid) = (video_row, json!({}));
    let cases = [
        (1, vec![busy(40)], 40),
        (1, vec![busy(20), busy(60)], 40),
        (1, vec![unsaid.clone()], 0),
        (2, vec![done(1)], 50),
        (2, vec![done(1), busy(50)], 75),
        (2, vec![busy(30), busy(50)], 40),
        (4, vec![done(1), done(2), busy(50), unsaid], 62),
    ];
    for (n, said, percent) in cases {
        let request = with(runware_request(), json!({ "n": n }));
        let driver = JobDriver::new(job(Runware, &request), script(vec![ack(), rows(&said)]));
        let driver = driver.run_for(2_500);
        let told = driver.updates.last().unwrap().progress;
        assert_eq!(told, Some(percent), "{n} {said:?}");
    }
}

#[test]
fn the_legacy_error_has_a_message() {
    let legacy = json!({ "error": true, "errorId": 19, "errorMessage": "Invalid API key" });
    let driver = drive(Runware, vec![http(401, &legacy)]).run();
    assert_eq!(driver.error().failure.code, Unauthorized);
    assert_eq!(driver.error().failure.message, "Invalid API key");
}

#[test]
fn a_model_error_is_recognized_by_its_parameter() {
    for (code, parameter, ours) in [
        ("invalidValue", "model", ModelUnavailable),
        ("invalidValue", "duration", BadRequest),
        ("inferenceError", "model", GenerationFailed),
    ] {
        let error = json!({ "code": code, "parameter": parameter, "message": " ",
            "taskUUID": UUID });
        let driver = polled(ok(json!({ "errors": [error] })));
        let failure = &driver.error().failure;
        assert_eq!(failure.code, ours, "{code} {parameter}");
        let own = format!("Runware rejects `{parameter}` ({code}) and gave no reason.");
        assert_eq!(failure.message, own);
    }
}

#[test]
fn repeated_rows_are_one_video() {
    let request = with(runware_request(), json!({ "n": 3 }));
    let [one, two, three] = [1, 2, 3].map(video_row);
    let twice = rows(&[one.clone(), one.clone(), two.clone(), two.clone()]);
    let whole = rows(&[one, two, three]);
    let driver = JobDriver::new(job(Runware, &request), script(vec![ack(), twice, whole])).run();
    assert_eq!(driver.result().videos.len(), 3);
    assert_eq!(driver.result().cost, Some(Usd(7_200_000)));
}

#[test]
fn videos_without_id_and_url_are_distinguished_by_their_bytes() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let bytes = |text: &str| json!({ "status": "success", "videoBase64Data": text });
    let both = rows(&[bytes("AAAA"), bytes("BBBB")]);
    let driver = JobDriver::new(job(Runware, &request), script(vec![ack(), both])).run();
    assert_eq!(driver.result().videos.len(), 2);
}

/// Codes "are being standardized": by parts, in this order.
const CODES: &[(&str, ErrorCode)] = &[
    ("contentPolicyViolation", ContentPolicyViolation),
    ("providerContentPolicyViolation", ContentPolicyViolation),
    ("sensitiveContentDetected", ContentPolicyViolation),
    ("unsafeContentDetected", ContentPolicyViolation),
    ("nsfwContentDetected", ContentPolicyViolation),
    ("promptBlocked", ContentPolicyViolation),
    ("imageBlocked", ContentPolicyViolation),
    ("moderationFailed", ContentPolicyViolation),
    ("invalidProviderContent", ContentPolicyViolation),
    ("insufficientCredits", InsufficientQuota),
    ("quotaExceeded", InsufficientQuota),
    ("lowBalance", InsufficientQuota),
    ("paymentRequired", InsufficientQuota),
    ("generationTimeout", GenerationTimeout),
    ("providerTimeout", GenerationTimeout),
    ("invalidDuration", BadRequest),
    ("missingPrompt", BadRequest),
    ("unsupportedSize", BadRequest),
    ("valueTooLarge", BadRequest),
    ("maxResultsExceeded", BadRequest),
    ("incompatibleParameters", BadRequest),
    ("unknownParameter", BadRequest),
    ("providerError", GenerationFailed),
    ("inferenceError", GenerationFailed),
    ("noAvailableServer", GenerationFailed),
    ("modelUnavailable", ModelUnavailable),
    ("modelDisabled", ModelUnavailable),
    ("internalServerError", GenerationFailed),
    ("somethingNew", GenerationFailed),
];

#[test]
fn each_code_of_a_failed_task() {
    for (code, ours) in CODES {
        let driver = polled(runware_error(200, code));
        assert_eq!(driver.job.status(), Status::Failed, "{code}");
        assert_eq!(driver.error().failure.code, *ours, "{code}");
        assert_eq!(driver.error().failure.provider_code.as_deref(), Some(*code));
    }
}

#[test]
fn each_code_that_is_about_the_key() {
    let codes = [
        "unauthorized",
        "forbidden",
        "invalidApiKey",
        "missingApiKey",
        "tokenExpired",
        "invalidCredentials",
        "accountSuspended",
        "organizationSuspended",
        "workspaceDisabled",
        "accountDisabled",
    ];
    for code in codes {
        let error = json!({ "code": code, "message": "No." });
        let driver = drive(Runware, vec![http(401, &json!({ "errors": [error] }))]).run();
        assert_eq!(driver.error().failure.code, Unauthorized, "{code}");
        assert_eq!(driver.error().charge, Charge::None, "{code}");
    }
}

#[test]
fn each_code_that_is_about_the_model() {
    for code in
        ["modelNotFound", "unknownModel", "modelExpired", "modelUnavailable", "modelDisabled"]
    {
        let driver = drive(Runware, vec![runware_error(400, code)]).run();
        assert_eq!(driver.error().failure.code, ModelUnavailable, "{code}");
        assert_eq!(driver.error().charge, Charge::None, "{code}");
    }
}

#[test]
fn task_details() {
    let answer = |response: Value| {
        ok(json!({ "data": [{
        "taskType": "getTaskDetails", "taskUUID": UUID, "request": [{}], "response": response,
    }] }))
    };
    let done = row(&video_row(1));
    for response in [done.clone(), json!([done]), json!({ "data": [done] })] {
        let replies = vec![connection_lost(), no_rows(), answer(response.clone())];
        let driver = drive(Runware, replies).run();
        assert_eq!(driver.result().videos.len(), 1, "{response}");
    }
    let error =
        json!({ "errors": [{ "code": "inferenceError", "message": "No.", "taskUUID": UUID }] });
    let failed = drive(Runware, vec![connection_lost(), no_rows(), answer(error)]).run();
    assert_eq!(failed.error().failure.code, GenerationFailed);
    // An unknown task is an error, an empty list, or a row without information.
    let bare = rows(&[json!({ "taskType": "getTaskDetails" })]);
    for unknown in [no_rows(), runware_error(404, "taskNotFound"), bare] {
        let replies = vec![connection_lost(), no_rows(), unknown, ack(), runware_completed()];
        assert_eq!(drive(Runware, replies).run().count("submit"), 2);
    }
}
