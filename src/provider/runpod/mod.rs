//! RunPod's public endpoints: `POST /run`, `GET /status/{id}`, `POST /cancel/{id}`.
//! Source: docs.runpod.io, "Public endpoints" and "Send API requests"; RunPod's SDKs where noted.

mod error;
mod output;
mod reason;
mod request;
mod response;

use crate::handle::Handle;

pub(super) use request::{body_limit, cancel, long_poll, poll, raw_body, submit};
pub(super) use response::{read_poll, read_submit, read_webhook};

/// The base URL of all endpoints.
pub const BASE_URL: &str = "https://api.runpod.ai/v2";

/// A result is retained for 30 minutes after the job's end ("Operation reference").
pub const RESULT_RETENTION_MS: u64 = 30 * 60 * 1000;

/// The result of `/runsync` is retained for one minute ("Operation reference").
pub const SYNC_RESULT_RETENTION_MS: u64 = 60 * 1000;

/// A video's URL works for 7 days (the model's page).
const VIDEO_LIFE_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// When a video's URL expires by the documents. They say nothing about users' own endpoints.
pub(super) fn video_expiry(handle: &Handle, ended_at: u64) -> Option<u64> {
    (!is_own_endpoint(handle)).then(|| ended_at.saturating_add(VIDEO_LIFE_MS))
}

/// Whether the job runs on an endpoint outside the catalog, which belongs to the user.
fn is_own_endpoint(handle: &Handle) -> bool {
    handle.model.starts_with("runpod:")
}
