//! Runware's API: one URL that accepts a list of tasks.
//! Source: runware.ai/docs, "Task polling", "Webhooks", "Errors" and the model's page; Runware's own
//! SDKs where noted.

mod charge;
mod code;
mod error;
mod items;
mod request;
mod response;
mod video;

pub(super) use request::{details, poll, submit};
pub(super) use response::{read_details, read_poll, read_submit, read_webhook};

/// The URL of all tasks.
pub const BASE_URL: &str = "https://api.runware.ai/v1";

/// A video is retained for the requested `ttl`; without one the retention is not documented.
pub(super) fn video_expiry(handle: &crate::handle::Handle, ended_at: u64) -> Option<u64> {
    Some(ended_at.saturating_add(u64::from(handle.ttl_seconds?) * 1000))
}
