//! Where the rows and errors of a task stand in a response.

use filmgate::outcome::Status;
use filmgate::provider::ProviderId::Runware;
use filmgate::provider::{PollResult, WebhookEvent};
use serde_json::{Value, json};

use crate::common::{UUID, ok, row, video_row};
use crate::runware::{error, found, found_of, handle, poll};

const OTHER: &str = "11111111-2222-4333-8444-555555555555";

#[test]
fn rows_are_found_in_every_envelope() {
    let done = row(&video_row(1));
    let bare = video_row(1);
    for body in [
        json!({ "data": [done] }),
        json!({ "data": done }),
        json!({ "results": [done] }),
        json!({ "data": { "data": [done] } }),
        json!({ "data": { "results": [done] } }),
        json!({ "data": [{ "data": [done] }] }),
        json!([[done]]),
        json!([{ "data": [done] }]),
        json!(done),
        json!({ "taskUUID": UUID, "data": [bare] }),
        json!({ "taskUUID": UUID, "data": bare }),
        json!({ "status": "success", "data": [done] }),
        json!({ "status": 200, "message": "ok", "data": [done] }),
    ] {
        let seen = found(&body);
        assert_eq!((seen.videos.len(), seen.failures.len()), (1, 0), "{body}");
    }
}

#[test]
fn a_list_without_our_rows_is_an_unknown_task() {
    for body in [
        json!({ "data": [] }),
        json!({ "results": [] }),
        json!([]),
        json!({ "taskUUID": UUID, "data": [] }),
        json!({ "status": "success", "data": [] }),
        json!({ "data": [{ "taskUUID": OTHER, "videoURL": "https://a.example.com/1.mp4" }] }),
        json!({ "data": [{ "taskUUID": "?", "videoURL": "https://a.example.com/1.mp4" }] }),
        json!({ "data": [], "errors": [] }),
    ] {
        assert_eq!(poll(200, &body), PollResult::NotFound, "{body}");
    }
    for status in [401, 403, 429, 500, 503] {
        assert_ne!(poll(status, &json!({ "data": [] })), PollResult::NotFound, "{status}");
    }
}

#[test]
fn nothing_of_another_task_is_kept() {
    let theirs = json!({ "taskUUID": OTHER, "videoURL": "https://a.example.com/theirs.mp4" });
    let failed = json!({ "taskUUID": OTHER, "code": "inferenceError", "message": "theirs" });
    for body in [
        json!({ "data": [row(&video_row(1)), theirs], "errors": [failed] }),
        json!([row(&video_row(1)), theirs, failed]),
        json!({ "results": [row(&video_row(1)), theirs] }),
        json!({ "data": { "data": [row(&video_row(1)), theirs] } }),
    ] {
        let seen = found_of(2, &body);
        assert_eq!((seen.videos.len(), seen.failures.len()), (1, 0), "{body}");
        assert!(!seen.raw.to_string().contains(OTHER), "{}", seen.raw);
    }
}

#[test]
fn details_are_about_the_task_that_they_name() {
    let details = |response: &Value| {
        let row = json!({ "taskType": "getTaskDetails", "taskUUID": UUID, "request": [{}], "response": response });
        match Runware.read_details(&handle(1), ok(json!({ "data": [row] })).response()) {
            PollResult::Found(seen) => *seen,
            other => panic!("{other:?}"),
        }
    };
    let mut anonymous = video_row(1);
    anonymous.as_object_mut().unwrap().remove("taskUUID");
    for response in [json!({ "data": [anonymous] }), json!([anonymous]), anonymous.clone()] {
        assert_eq!(details(&response).videos.len(), 1, "{response}");
    }
    let unnamed =
        json!({ "errors": [{ "code": "inferenceError", "message": "No.", "taskUUID": "N/A" }] });
    assert_eq!(details(&unnamed).status, Some(Status::Failed));
    // The last response may be that to a second submit.
    let conflict = json!({ "errors": [error("conflictTaskUUID", &json!({}))] });
    assert_eq!(details(&conflict).status, None);
    // A video without content is asked for again.
    let empty = json!({ "data": [row(&json!({ "status": "success" }))] });
    assert_eq!(details(&empty).status, Some(Status::Completed));
    // Another task's details are not ours.
    let other = json!({ "taskUUID": OTHER, "response": { "data": [row(&video_row(1))] } });
    let read = Runware.read_details(&handle(1), ok(json!({ "data": [other] })).response());
    assert_eq!(read, PollResult::NotFound);
}

#[test]
fn webhooks_are_read_in_every_envelope() {
    let event = |status| Some(WebhookEvent { job_id: UUID.to_owned(), status });
    for (body, expected) in [
        (
            row(&json!({ "status": "SUCCESS", "videoURL": "https://a.example.com/1.mp4" })),
            Status::Completed,
        ),
        (row(&json!({ "status": "success" })), Status::Completed),
        (row(&json!({ "status": "Processing" })), Status::Running),
        (row(&json!({ "status": "error", "code": "x", "message": "No." })), Status::Failed),
        (row(&json!({ "code": "x", "message": "No." })), Status::Failed),
        (json!({ "taskUUID": UUID, "error": { "code": "x" } }), Status::Failed),
        (json!({ "data": { "data": [row(&video_row(1))] } }), Status::Completed),
        (json!([row(&video_row(1))]), Status::Completed),
        (
            json!({ "errors": error("x", &json!({ "taskUUID": UUID.to_uppercase() })) }),
            Status::Failed,
        ),
    ] {
        assert_eq!(Runware.read_webhook(&body), event(expected), "{body}");
    }
}
