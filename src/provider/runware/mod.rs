//! Runware's API: one address that takes a list of tasks.
//! Source: runware.ai/docs, "Task polling", "Webhooks", "Errors" and the model's page; Runware's own
//! SDKs where said.

mod error;
mod request;
mod response;

pub(super) use request::{RESERVED, details, poll, submit};
pub(super) use response::{read_details, read_poll, read_submit, read_webhook};

/// Every task goes there.
pub const BASE_URL: &str = "https://api.runware.ai/v1";

/// A video is kept for the `ttl` that was asked for; without one nothing is documented.
pub(super) fn video_expiry(handle: &crate::handle::Handle, ended_at: u64) -> Option<u64> {
    Some(ended_at.saturating_add(u64::from(handle.ttl_seconds?) * 1000))
}
