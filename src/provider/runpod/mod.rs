//! RunPod's public endpoints: `POST /run`, `GET /status/{id}`, `POST /cancel/{id}`.
//! Source: docs.runpod.io, "Public endpoints" and "Send API requests"; RunPod's SDKs where noted.

mod error;
mod request;
mod response;

pub(super) use request::{RESERVED, body_limit, cancel, long_poll, poll, raw_body, submit};
pub(super) use response::{read_poll, read_submit, read_webhook};

/// The base URL of all endpoints.
pub const BASE_URL: &str = "https://api.runpod.ai/v2";

/// A result is retained for 30 minutes after the job's end ("Operation reference").
pub const RESULT_RETENTION_MS: u64 = 30 * 60 * 1000;

/// The result of `/runsync` is retained for one minute ("Operation reference").
pub const SYNC_RESULT_RETENTION_MS: u64 = 60 * 1000;

/// A video's URL works for 7 days (the model's page).
pub(super) const fn video_expiry(ended_at: u64) -> u64 {
    ended_at.saturating_add(7 * 24 * 60 * 60 * 1000)
}
