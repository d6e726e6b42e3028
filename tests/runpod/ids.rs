//! The id of a job: in any wrapping, without a status, and of another job.

use filmgate::error::ErrorCode::*;
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::Runpod;
use filmgate::provider::{PollResult, SubmitResult};
use serde_json::{Value, json};

use crate::common::*;
use crate::runpod::{drive, ended};

fn submit(reply: &Reply) -> SubmitResult {
    Runpod.read_submit(&job(Runpod, &runpod_request()).handle, reply.response())
}

fn poll(reply: &Reply) -> PollResult {
    let mut handle = job(Runpod, &runpod_request()).handle;
    handle.job_id = Some(RUNPOD_ID.to_owned());
    Runpod.read_poll(&handle, reply.response())
}

#[track_caller]
fn accepted_id(reply: &Reply) -> Option<String> {
    match submit(reply) {
        SubmitResult::Accepted(seen) => seen.job_id,
        other => panic!("not accepted: {other:?}"),
    }
}

#[test]
fn a_submit_with_an_id_in_any_wrapping_is_accepted() {
    let id = RUNPOD_ID;
    let job = json!({ "id": id });
    let bodies = [
        job.clone(),
        json!({ "id": id, "status": null }),
        json!({ "id": id, "status": 200 }),
        json!({ "id": id, "status": {} }),
        json!({ "id": id, "status": "" }),
        json!({ "id": id, "status": "ok" }),
        json!({ "id": format!(" {id}\n"), "status": "IN_QUEUE" }),
        json!([job]),
        json!([[job]]),
        json!({ "data": job }),
        json!({ "data": [job] }),
        json!({ "result": job }),
        json!({ "job": job }),
        json!({ "response": { "data": job } }),
        json!({ "output": job }),
        json!({ "status": "success", "data": job }),
        json!({ "status": 200, "result": { "id": id, "status": "IN_QUEUE" } }),
        json!({ "id": "request-1", "data": { "id": id, "status": "IN_QUEUE" } }),
        json!({ "job_id": id }),
        json!({ "jobId": id, "status": "IN_QUEUE" }),
        json!(job.to_string()),
        json!(json!([job]).to_string()),
    ];
    for body in bodies {
        for status in [200, 201, 202, 302, 409, 500, 502, 503] {
            let found = accepted_id(&http(status, &body));
            assert_eq!(found.as_deref(), Some(id), "{status} {body}");
        }
    }
    assert_eq!(accepted_id(&ok(json!({ "id": 12345 }))).as_deref(), Some("12345"));
}

#[test]
fn an_accepted_id_without_a_status_leads_to_the_video() {
    for body in [json!({ "id": RUNPOD_ID }), json!([{ "id": RUNPOD_ID, "status": null }])] {
        let driver = drive(runpod_request(), vec![ok(body), runpod_completed()]).run();
        assert_eq!(driver.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
        assert_eq!(driver.count("submit"), 1);
    }
}

#[test]
fn an_id_under_4xx_is_a_job_unless_a_reason_stands_beside_it() {
    // RunPod documents no rejection with an id, so an id alone may be a paid job.
    for status in [400, 401, 403, 404, 405, 413, 415, 422, 429] {
        let alone = http(status, &json!({ "id": RUNPOD_ID }));
        assert_eq!(accepted_id(&alone).as_deref(), Some(RUNPOD_ID), "{status}");
        let queued = http(status, &json!({ "id": RUNPOD_ID, "status": "IN_QUEUE" }));
        assert_eq!(accepted_id(&queued).as_deref(), Some(RUNPOD_ID), "{status}");
        for word in
            [json!(null), json!(status), json!("error"), json!("fail"), json!("Bad Request")]
        {
            let body = json!({ "id": "request-1", "error": "No.", "status": word });
            let reasoned = submit(&http(status, &body));
            match status {
                429 => assert!(matches!(reasoned, SubmitResult::Busy(_)), "{body}"),
                _ => assert!(matches!(reasoned, SubmitResult::Rejected(_)), "{status} {body}"),
            }
        }
    }
    // These are not documented rejections.
    for status in [406, 408, 409, 410, 425, 451, 500] {
        let reply = http(status, &json!({ "id": RUNPOD_ID, "error": "No." }));
        assert_eq!(accepted_id(&reply).as_deref(), Some(RUNPOD_ID), "{status}");
    }
}

#[test]
fn a_cut_or_renamed_job_under_4xx_may_be_paid() {
    let bodies = [
        r#"{"id":"a1-u1","status":"IN_QU"#,
        r#" {"id":"a1-u1","status":"IN_QUEUE"}{"done":true}"#,
        "{\"id\":\"a1-u1\"}\n{\"status\":\"IN_QUEUE\"}\n",
        "[{\"id\":\"a1-u1\"",
        "data: {\"id\":\"a1-u1\",\"status\":\"IN_QUEUE\"}\n\n",
        "event: job\ndata: {\"id\":\"a1-u1\"}\n\n",
        "\"{\\\"id\\\":\\\"a1-u1\\\",\\\"sta\"",
        r#"{"status":"IN_QUEUE"}"#,
        r#"{"status":"COMPLETED","error":"No."}"#,
        r#"{"data":{"status":"in progress"},"message":"No."}"#,
        r#"{"reply":{"Status":"queued","Id":"../x"}}"#,
        r#"{"state":"RUNNING","message":"No."}"#,
        r#"{"ID":"a1-u1"}"#,
        r#"{"ID":"a1-u1","Status":"IN_QUEUE"}"#,
        r#"{"requestId":"a1-u1"}"#,
        r#"{"result":{"taskId":"a1-u1"}}"#,
    ];
    for body in bodies {
        for status in [400, 401, 403, 404, 413, 422, 429] {
            let submitted = submit(&raw(status, body));
            assert!(matches!(submitted, SubmitResult::Unknown(_)), "{status} {body}");
        }
    }
}

#[test]
fn a_page_or_a_reason_under_4xx_is_a_rejection() {
    let bodies = [
        "",
        "<html>forbidden</html>",
        "Forbidden",
        "no: {\"id\":1}",
        "\"Not found\"",
        r#"{"error":"No.","requestId":"a1-u1"}"#,
        r#"{"error":"No.","status":"FAILED"}"#,
        r#"{"status":404,"title":"Not Found"}"#,
        r#"{"error":{"code":403,"status":"PERMISSION_DENIED","message":"No."}}"#,
        r#"{"message":"No.","input":{"status":"RUNNING"}}"#,
        "{}",
        "[]",
    ];
    for body in bodies {
        for status in [400, 401, 403, 404, 413, 422] {
            let submitted = submit(&raw(status, body));
            assert!(matches!(submitted, SubmitResult::Rejected(_)), "{status} {body}");
        }
    }
}

#[test]
fn a_failed_job_under_400_is_rejected_unless_it_ran() {
    let failed = |changes: Value| {
        let body = json!({ "id": RUNPOD_ID, "status": "FAILED", "error": "It broke" });
        submit(&http(400, &with(body, changes)))
    };
    assert!(matches!(failed(json!({})), SubmitResult::Rejected(_)));
    let ran = [
        json!({ "output": { "cost": 0.5 } }),
        json!({ "output": { "video_url": RUNPOD_VIDEO } }),
        json!({ "status": "TIMED_OUT" }),
        json!({ "error": "executionTimeout exceeded" }),
    ];
    for changes in ran {
        assert!(matches!(failed(changes.clone()), SubmitResult::Accepted(_)), "{changes}");
    }
    let own = job(Runpod, &crate::runpod::own_request()).handle;
    let reply = http(400, &json!({ "id": RUNPOD_ID, "status": "FAILED" }));
    assert!(matches!(Runpod.read_submit(&own, reply.response()), SubmitResult::Accepted(_)));
}

#[test]
fn a_response_without_an_id_is_no_acceptance() {
    let replies = [
        raw(204, ""),
        raw(200, "<html>hello</html>"),
        raw(200, "\"hello\""),
        raw(200, "7"),
        ok(json!({ "ok": true })),
        ok(json!([])),
        ok(json!({ "id": "" })),
        ok(json!({ "id": null, "status": "IN_QUEUE" })),
        ok(json!({ "id": "../x" })),
        ok(json!({ "id": { "a": 1 } })),
        ok(json!({ "status": "FAILED", "error": "It broke" })),
        ok(json!({ "request": { "id": "abc" } })),
    ];
    for reply in replies {
        assert!(matches!(submit(&reply), SubmitResult::Unknown(_)), "{reply:?}");
    }
}

#[test]
fn a_video_without_an_id_is_not_lost() {
    let output = json!({ "video_url": RUNPOD_VIDEO });
    let bodies = [
        json!({ "status": "COMPLETED", "output": output }),
        json!({ "output": output }),
        json!({ "data": { "status": "COMPLETED", "output": output } }),
    ];
    for body in bodies {
        let request = with(runpod_request(), json!({ "deliveryMethod": "sync" }));
        let driver = drive(request, vec![ok(body)]).run();
        assert_eq!(driver.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
    }
}

#[test]
fn another_jobs_body_is_not_ours() {
    let other =
        |status: &str, more: Value| with(json!({ "id": "other-u1", "status": status }), more);
    let video = json!({ "output": { "video_url": "https://x.example.com/other.mp4", "cost": 9 } });
    let bodies = [
        other("COMPLETED", video.clone()),
        other("FAILED", json!({ "error": "It broke" })),
        other("CANCELLED", json!({})),
        other("IN_QUEUE", json!({})),
        json!([other("COMPLETED", video.clone())]),
        json!({ "data": other("COMPLETED", video.clone()) }),
        json!({ "id": RUNPOD_ID.to_uppercase(), "status": "FAILED" }),
        json!({ "id": "../x", "status": "FAILED" }),
    ];
    for body in bodies {
        for status in [200, 404, 500] {
            let found = poll(&http(status, &body));
            assert!(matches!(found, PollResult::Transient(_)), "{status} {body}: {found:?}");
        }
        let replies = vec![runpod_status("IN_QUEUE"), ok(body), runpod_completed()];
        let driver = drive(runpod_request(), replies).run();
        assert_eq!(driver.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
    }
}

#[test]
fn our_job_is_found_among_others() {
    let ours = json!({ "id": RUNPOD_ID, "status": "COMPLETED", "output": RUNPOD_VIDEO });
    let bodies = [
        ours.clone(),
        json!([{ "id": "other-u1", "status": "FAILED" }, ours]),
        json!({ "data": ours }),
        json!({ "id": "request-1", "result": ours }),
        json!({ "status": "COMPLETED", "output": RUNPOD_VIDEO }),
        json!({ "id": null, "status": "COMPLETED", "output": RUNPOD_VIDEO }),
        json!({ "id": "gateway-1", "job_id": RUNPOD_ID, "status": "COMPLETED", "output": RUNPOD_VIDEO }),
        json!(ours.to_string()),
        json!({ "id": RUNPOD_ID, "output": { "video_url": RUNPOD_VIDEO } }),
        json!({ "id": RUNPOD_ID, "status": "COMPLETED", "output": json!({ "result": RUNPOD_VIDEO }).to_string() }),
        json!({ "id": RUNPOD_ID, "status": "COMPLETED", "video_url": RUNPOD_VIDEO }),
    ];
    for body in bodies {
        let PollResult::Found(seen) = poll(&ok(body.clone())) else { panic!("{body}") };
        assert_eq!(seen.job_id.as_deref(), Some(RUNPOD_ID), "{body}");
        assert_eq!(seen.videos[0].url.as_deref(), Some(RUNPOD_VIDEO), "{body}");
        assert_eq!(seen.status, Some(Status::Completed), "{body}");
    }
}

#[test]
fn an_error_without_an_id_is_about_the_poll() {
    let absent = [
        json!({ "status": 404, "title": "Not Found", "detail": "job not found" }),
        json!({ "error": "job not found" }),
        json!({ "status": "error", "message": "job not found" }),
        json!({ "status": "FAILED", "error": "job not found" }),
        json!({ "id": RUNPOD_ID, "error": "job not found" }),
        json!({ "id": "request-1", "error": "job not found" }),
    ];
    for body in absent {
        assert_eq!(poll(&http(404, &body)), PollResult::NotFound, "{body}");
        assert!(matches!(poll(&http(500, &body)), PollResult::Transient(_)), "{body}");
        assert!(matches!(poll(&http(401, &body)), PollResult::Unauthorized(_)), "{body}");
    }
    for reply in [raw(200, ""), raw(204, ""), raw(200, "<p>"), ok(json!({ "status": "error" }))] {
        assert!(matches!(poll(&reply), PollResult::Transient(_)), "{reply:?}");
    }
}

#[test]
fn a_status_in_other_words() {
    let status = |word: &str| match poll(&ok(json!({ "id": RUNPOD_ID, "status": word }))) {
        PollResult::Found(seen) => seen.status,
        other => panic!("{other:?}"),
    };
    let cases: &[(Status, &[&str])] = &[
        (Status::Queued, &["in_queue", "In Queue", "QUEUED", "pending"]),
        (Status::Running, &["in_progress", "in-progress", "running", "SOMETHING_NEW"]),
        (Status::Completed, &["completed", " COMPLETED ", "success", "SUCCEEDED", "done"]),
        (Status::Failed, &["failed", "ERROR", "timed_out", "TIMED-OUT", "TIMEOUT", "TimedOut"]),
        (Status::Cancelled, &["cancelled", "CANCELED"]),
    ];
    for (expected, words) in cases {
        for word in *words {
            assert_eq!(status(word), Some(*expected), "{word}");
        }
    }
    for word in ["TIMED_OUT", "timed out", "TIMEOUT"] {
        let driver = ended(json!({ "status": word }));
        assert_eq!(driver.error().failure.code, GenerationTimeout, "{word}");
        assert_eq!(driver.error().charge, Charge::Unknown, "{word}");
    }
    // "Failed generations are not charged" is about FAILED.
    let driver = ended(json!({ "status": "ERROR", "error": "It broke" }));
    assert_eq!(
        (driver.error().failure.code, driver.error().charge),
        (GenerationFailed, Charge::Unknown)
    );
}

#[test]
fn times_as_text() {
    for (delay, run) in [
        (json!("42"), json!("185432")),
        (json!(42.0), json!(185432.7)),
        (json!(" 42 "), json!(185432)),
    ] {
        let body = json!({ "status": "COMPLETED", "output": RUNPOD_VIDEO, "delayTime": delay, "executionTime": run });
        let driver = ended(body);
        assert_eq!(driver.result().queue_time_ms, Some(42));
        assert_eq!(driver.result().execution_time_ms, Some(185_432));
    }
    for odd in [json!(-1), json!("soon"), json!(1e300), json!([]), json!("-5")] {
        let body = json!({ "status": "COMPLETED", "output": RUNPOD_VIDEO, "delayTime": odd });
        assert_eq!(ended(body).result().queue_time_ms, None, "{odd}");
    }
}

#[test]
fn an_id_below_a_name_that_nobody_documents_is_a_jobs() {
    for body in [
        json!({ "payload": { "id": "a-u1" } }),
        json!({ "data": { "run": { "id": "a-u1" } } }),
        json!({ "submission": { "jobs": [{ "id": "a-u1" }] } }),
        json!({ "requestId": "a-u1" }),
        json!({ "Id": "a-u1", "Status": "IN_QUEUE" }),
        json!("a-u1"),
        // A proxy's answer has an id and a status of its own.
        json!({ "id": "req-1", "status": "ok", "data": { "id": "a-u1", "status": "IN_QUEUE" } }),
    ] {
        assert_eq!(accepted_id(&ok(body.clone())).as_deref(), Some("a-u1"), "{body}");
    }
    for body in [
        json!({ "error": { "id": "req-1" } }),
        json!({ "request_id": "req-1", "error": "The queue is full." }),
        json!({ "worker": { "id": "w-1" }, "message": "accepted?" }),
        json!({ "items": ["one1", "two2"] }),
    ] {
        assert!(matches!(submit(&ok(body.clone())), SubmitResult::Unknown(_)), "{body}");
    }
}

#[test]
fn another_jobs_body_is_not_ours_under_any_name_of_its_id() {
    for name in ["job_id", "jobId"] {
        for body in [
            json!({ name: "b-u1", "status": "COMPLETED", "output": { "video_url": RUNPOD_VIDEO } }),
            json!({ name: "b-u1", "status": "FAILED", "error": "It broke" }),
            json!({ "data": { name: "b-u1", "status": "FAILED" } }),
        ] {
            assert!(matches!(poll(&ok(body.clone())), PollResult::Transient(_)), "{body}");
        }
    }
}

#[test]
fn our_job_is_found_inside_an_answer_with_its_own_id_and_status() {
    let job =
        json!({ "id": RUNPOD_ID, "status": "COMPLETED", "output": { "video_url": RUNPOD_VIDEO } });
    for body in [json!({ "id": "req-1", "status": "ok", "data": job }), json!({ "payload": job })] {
        let PollResult::Found(seen) = poll(&ok(body.clone())) else { panic!("{body}") };
        assert_eq!(seen.videos.len(), 1, "{body}");
    }
}

#[test]
fn an_unknown_status_beside_a_video_is_the_end() {
    for word in ["ok", "SUCCESSFUL", "generated", "READY", "Uploaded"] {
        let driver = ended(json!({ "status": word, "output": { "video_url": RUNPOD_VIDEO } }));
        assert_eq!(driver.result().videos.len(), 1, "{word}");
    }
    for word in ["PROCESSING", "generating", "IN_PROGRESS"] {
        let body =
            json!({ "id": RUNPOD_ID, "status": word, "output": { "video_url": RUNPOD_VIDEO } });
        let PollResult::Found(seen) = poll(&ok(body)) else { panic!("{word}") };
        assert!(seen.videos.is_empty(), "{word}: it may be a preview");
    }
    for word in ["ABORTED", "crashed", "REJECTED"] {
        let driver = ended(json!({ "status": word, "error": "It broke" }));
        assert_eq!(driver.error().charge, Charge::Unknown, "{word}: nobody documents it");
    }
}
