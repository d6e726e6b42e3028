//! Responses of the providers, and how they arrive.

use filmgate::job::TransportError;
use filmgate::provider::{Body, Response};
use serde_json::{Value, json};

use super::UUID;

/// What arrives for a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A response after this many milliseconds.
    After(u64, Response),
    /// The connection is lost after this many milliseconds.
    ConnectionLost(u64),
    /// No response, ever.
    NoResponse,
}

impl Reply {
    /// The same with another delay.
    pub(crate) fn after(self, ms: u64) -> Self {
        match self {
            Reply::After(_, response) => Reply::After(ms, response),
            Reply::ConnectionLost(_) => Reply::ConnectionLost(ms),
            Reply::NoResponse => Reply::NoResponse,
        }
    }

    /// The same, with a `Retry-After`.
    pub(crate) fn retry_after(mut self, ms: u64) -> Self {
        if let Reply::After(_, response) = &mut self {
            response.retry_after_ms = Some(ms);
        }
        self
    }

    pub(crate) fn response(&self) -> &Response {
        match self {
            Reply::After(_, response) => response,
            _ => panic!("there is no answer"),
        }
    }
}

pub(crate) const NETWORK: TransportError = TransportError::Network;

/// A JSON response, parsed as every transport does.
pub(crate) fn http(status: u16, body: &Value) -> Reply {
    raw(status, &body.to_string())
}

/// A response with any text.
pub(crate) fn raw(status: u16, body: &str) -> Reply {
    let body = Body::parse(body);
    Reply::After(100, Response { status, retry_after_ms: None, body })
}

/// HTTP 200 with JSON.
pub(crate) fn ok(body: Value) -> Reply {
    http(200, &body)
}

/// A lost connection.
pub(crate) fn connection_lost() -> Reply {
    Reply::ConnectionLost(100)
}

pub(crate) const RUNPOD_ID: &str = "a1b2c3d4-e5f6-7890-abcd-ef1234567890-u1";
pub(crate) const RUNPOD_VIDEO: &str = "https://video.runpod.ai/abc123/output.mp4";
pub(crate) const VIDEO_UUID: &str = "93666777-2328-4441-a0d4-b6df40eb0a1a";

/// RunPod: a job with that status.
pub(crate) fn runpod_status(status: &str) -> Reply {
    ok(json!({ "id": RUNPOD_ID, "status": status }))
}

/// RunPod: a finished job.
pub(crate) fn runpod_completed() -> Reply {
    ok(json!({
        "id": RUNPOD_ID, "status": "COMPLETED", "delayTime": 42, "executionTime": 185_432,
        "workerId": "oqk7ao1uomckye", "output": { "video_url": RUNPOD_VIDEO, "cost": 1.2 },
    }))
}

/// Runware: rows of our task, with these fields besides type and UUID.
pub(crate) fn rows(rows: &[Value]) -> Reply {
    ok(json!({ "data": rows.iter().map(row).collect::<Vec<_>>() }))
}

/// One row of our task.
pub(crate) fn row(more: &Value) -> Value {
    let mut row = json!({ "taskType": "videoInference", "taskUUID": UUID });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

/// Runware: the submit is acknowledged.
pub(crate) fn ack() -> Reply {
    rows(&[json!({})])
}

/// Runware: the progress so far.
pub(crate) fn runware_progress(progress: u32) -> Reply {
    rows(&[json!({ "status": "processing", "progress": progress })])
}

/// Runware: the task is not found.
pub(crate) fn no_rows() -> Reply {
    ok(json!({ "data": [] }))
}

/// A finished row, result `at` of its task.
pub(crate) fn video_row(at: u32) -> Value {
    json!({
        "status": "success", "videoUUID": format!("{at}{}", &VIDEO_UUID[1..]),
        "videoURL": format!("https://vm.runware.ai/video/{at}.mp4"), "seed": 7, "cost": 2.4,
    })
}

/// Runware: a finished task.
pub(crate) fn runware_completed() -> Reply {
    rows(&[video_row(9)])
}

/// Runware: an error in the current envelope.
pub(crate) fn runware_error(status: u16, code: &str) -> Reply {
    let error = json!({ "code": code, "message": "No.", "taskUUID": UUID });
    http(status, &json!({ "data": [], "errors": [error] }))
}
