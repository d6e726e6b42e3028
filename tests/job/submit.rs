//! The submit: stored before it is sent, sent once, and its three outcomes.

use filmgate::error::ErrorCode::{self, *};
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::schedule::backoff_ms;
use serde_json::json;

use crate::common::*;
use crate::job::drive;

#[test]
fn a_job_from_submit_to_video() {
    for (provider, replies) in [
        (
            Runpod,
            vec![
                runpod_status("IN_QUEUE"),
                runpod_status("IN_QUEUE"),
                runpod_status("IN_PROGRESS"),
                runpod_completed(),
            ],
        ),
        (Runware, vec![ack(), runware_progress(0), runware_progress(60), runware_completed()]),
    ] {
        let driver = drive(provider, replies).run();
        assert_eq!(driver.operations(), ["submit", "poll", "poll", "poll"]);
        assert_eq!(driver.result().videos.len(), 1);
        assert_eq!(driver.job.status(), Status::Completed);
        assert!(driver.job.handle.ended_at.unwrap() > driver.job.handle.accepted_at.unwrap());
        let statuses: Vec<Status> = driver.updates.iter().map(|update| update.status).collect();
        assert_eq!(statuses.first(), Some(&Status::Submitting));
        assert_eq!(statuses.last(), Some(&Status::Completed));
        assert_eq!(driver.updates.last().unwrap().completed_count, 1);
    }
}

#[test]
fn the_record_is_stored_before_the_submit_is_sent() {
    for provider in ProviderId::ALL {
        let driver = drive(*provider, vec![Reply::NoResponse]).stored(|_| StoreReply::After(5_000));
        let before = driver.run_for(4_999);
        assert_eq!((before.records.len(), before.sent.len()), (1, 0));
        let mut after = before;
        after.run_until(T0 + 5_000);
        assert_eq!(after.sent.len(), 1);
        assert_eq!(after.sent[0].0, T0 + 5_000);
    }
}

/// The response to a submit, and its effect: the end's code, the charge, the number of submits.
fn assert_ends(provider: ProviderId, cases: Vec<(&str, Reply, ErrorCode, Charge, usize)>) {
    for (name, reply, code, charge, sends) in cases {
        let driver = drive(provider, vec![reply]).run();
        let error = driver.error();
        let found = (error.failure.code, error.charge, driver.count("submit"));
        assert_eq!(found, (code, charge, sends), "{provider}: {name}");
        // It decides whether the caller's next provider is tried.
        assert_eq!(driver.job.handle.accepted_at, None, "{provider}: {name}");
        assert!(!error.failure.message.is_empty());
        assert!(!error.is_retryable() || charge == Charge::None);
    }
}

#[test]
fn runpod_rejects() {
    let error = |text: &str| json!({ "error": text });
    let cases = vec![
        ("400", http(400, &error("bad input")), BadRequest, Charge::None, 1),
        (
            "400 with a job",
            http(400, &json!({ "id": "a", "status": "FAILED", "error": "must be 4" })),
            BadRequest,
            Charge::None,
            1,
        ),
        ("400, HTML", raw(400, "<html>"), BadRequest, Charge::None, 1),
        ("401 without a body", raw(401, ""), Unauthorized, Charge::None, 1),
        ("401", http(401, &error("no")), Unauthorized, Charge::None, 1),
        ("403", http(403, &json!({ "message": "no" })), Unauthorized, Charge::None, 1),
        ("402", http(402, &error("balance")), InsufficientQuota, Charge::None, 1),
        ("402 without a body", raw(402, ""), InsufficientQuota, Charge::None, 1),
        (
            "400 on credit",
            http(400, &error("Insufficient balance")),
            InsufficientQuota,
            Charge::None,
            1,
        ),
        (
            "404",
            http(404, &json!({ "title": "Not Found", "status": 404 })),
            ModelUnavailable,
            Charge::None,
            1,
        ),
        ("413", raw(413, "<html>too large</html>"), BadRequest, Charge::None, 1),
        ("429 for ever", http(429, &error("slow down")), RateLimited, Charge::None, 5),
        (
            "safety",
            http(400, &error("Blocked by content moderation")),
            ContentPolicyViolation,
            Charge::None,
            1,
        ),
    ];
    assert_ends(Runpod, cases);
}

#[test]
fn an_unknown_runpod_submit_is_never_resubmitted() {
    let unknown = |name, reply| (name, reply, SubmissionUnknown, Charge::Unknown, 1);
    let cases = vec![
        unknown("reset", connection_lost()),
        unknown("silence", Reply::NoResponse),
        unknown("500", http(500, &json!({ "error": "oops" }))),
        unknown("502, HTML", raw(502, "<html>bad gateway</html>")),
        unknown("503", raw(503, "")),
        unknown("504", raw(504, "upstream timed out")),
        unknown("408", raw(408, "")),
        unknown("200, HTML", raw(200, "<html>hello</html>")),
        unknown("200, cut", raw(200, "{\"id\":\"abc\",\"sta")),
        unknown("200, empty", raw(200, "")),
        unknown("200, no job", ok(json!({ "ok": true }))),
        unknown(
            "200, an id that leaves its place",
            ok(json!({ "id": "../x", "status": "IN_QUEUE" })),
        ),
        unknown("302", raw(302, "")),
    ];
    assert_ends(Runpod, cases);
}

#[test]
fn an_unknown_submission_says_where_to_check() {
    for (provider, console) in [(Runpod, "RunPod's console"), (Runware, "Runware's console")] {
        let driver = drive(provider, vec![connection_lost(), no_rows()]).run();
        let message = &driver.error().failure.message;
        assert!(message.contains(console), "{message}");
    }
}

#[test]
fn runware_rejects() {
    let error = |status, code| runware_error(status, code);
    let none = |name, reply, code| (name, reply, code, Charge::None, 1);
    let cases = vec![
        none("validation", error(400, "invalidDuration"), BadRequest),
        none("missing", error(400, "missingParameter"), BadRequest),
        none("incompatible", error(400, "incompatibleParameters"), BadRequest),
        none("under 200", error(200, "unsupportedDimensions"), BadRequest),
        none("no key", error(401, "invalidApiKey"), Unauthorized),
        none("account", error(403, "accountDisabled"), Unauthorized),
        none("credits", error(402, "insufficientCredits"), InsufficientQuota),
        none("safety", error(400, "contentPolicyViolation"), ContentPolicyViolation),
        none(
            "provider's safety",
            error(400, "providerContentPolicyViolation"),
            ContentPolicyViolation,
        ),
        none("model", error(404, "modelNotFound"), ModelUnavailable),
        none("disabled", error(400, "modelDisabled"), ModelUnavailable),
        none("401 without a body", raw(401, ""), Unauthorized),
        none("402, nothing said", http(402, &json!({})), InsufficientQuota),
        none("404, nothing said", http(404, &json!({})), ModelUnavailable),
        none("a code that nobody knows, under 401", error(401, "keyIsOdd"), Unauthorized),
        none("a code that nobody knows, under 400", error(400, "dimensionsAreOdd"), BadRequest),
        none(
            "legacy",
            http(401, &json!({ "error": true, "errorId": 19, "errorMessage": "Invalid API key" })),
            Unauthorized,
        ),
        none(
            "error object",
            http(400, &json!({ "error": { "code": "invalidModel", "message": "no" } })),
            BadRequest,
        ),
        none(
            "error list",
            http(400, &json!({ "error": [{ "code": "invalidModel", "message": "no" }] })),
            BadRequest,
        ),
        none(
            "whole request",
            http(
                400,
                &json!({ "errors": [{ "code": "invalidModel", "message": "no", "taskUUID": "N/A" }] }),
            ),
            BadRequest,
        ),
        ("429 for ever", error(429, "rateLimitExceeded"), RateLimited, Charge::None, 5),
        (
            "a code that nobody knows, under 429",
            error(429, "lineIsLong"),
            RateLimited,
            Charge::None,
            5,
        ),
        ("429 without words", raw(429, ""), RateLimited, Charge::None, 5),
    ];
    assert_ends(Runware, cases);
}

#[test]
fn a_conflict_means_the_first_submit_was_accepted() {
    let replies =
        vec![runware_error(400, "conflictTaskUUID"), runware_progress(10), runware_completed()];
    let driver = drive(Runware, replies).run();
    assert_eq!(driver.operations(), ["submit", "poll", "poll"]);
    assert_eq!(driver.job.handle.job_id.as_deref(), Some(UUID));
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn a_rate_limited_submit_is_retried() {
    for (provider, replies) in [
        (Runpod, vec![raw(429, ""), raw(429, ""), runpod_status("IN_QUEUE"), runpod_completed()]),
        (Runware, vec![raw(429, ""), raw(429, ""), ack(), runware_completed()]),
    ] {
        let driver = drive(provider, replies).run();
        assert_eq!(driver.count("submit"), 3);
        assert_eq!(driver.result().videos.len(), 1);
        let waits: Vec<u64> = driver.sent.windows(2).map(|two| two[1].0 - two[0].0 - 100).collect();
        assert_eq!(waits[..2], [backoff_ms(1, None), backoff_ms(2, None)]);
    }
}

#[test]
fn retry_after_is_honored_up_to_a_limit() {
    for (told_ms, waited_ms) in [(7_000, 7_000), (0, 1_000), (86_400_000, 60_000)] {
        let replies =
            vec![raw(429, "").retry_after(told_ms), runpod_status("IN_QUEUE"), runpod_completed()];
        let driver = drive(Runpod, replies).run();
        assert_eq!(driver.sent[1].0 - driver.sent[0].0 - 100, waited_ms);
    }
}

#[test]
fn a_lost_response_after_a_rate_limit_is_still_unknown() {
    let driver = drive(Runpod, vec![raw(429, ""), connection_lost()]).run();
    assert_eq!(driver.error().failure.code, SubmissionUnknown);
    assert_eq!(driver.count("submit"), 2);
}

#[test]
fn runsync_can_return_the_video() {
    let request = with(runpod_request(), json!({ "deliveryMethod": "sync" }));
    let held =
        JobDriver::new(job(Runpod, &request), script(vec![runpod_completed().after(89_000)])).run();
    assert_eq!(held.operations(), ["submit"]);
    assert!(held.sent[0].1.path.ends_with("/runsync"));
    assert_eq!(held.result().videos.len(), 1);
    // Not finished in time: the response contains the job, which is polled from then on.
    let replies = vec![runpod_status("IN_PROGRESS").after(90_000), runpod_completed()];
    let later = JobDriver::new(job(Runpod, &request), script(replies)).run();
    assert_eq!(later.operations(), ["submit", "poll"]);
    assert_eq!(later.result().videos.len(), 1);
}
