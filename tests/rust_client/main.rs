//! The client over HTTP, against the simulated providers and against servers that misbehave.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod child;
mod downloads;
mod dropped;
mod faulty;
mod jobs;
mod kept;
mod killed;
mod lost;
mod masking;
mod retry_after;
mod server;
mod stores;
mod support;
mod transport;
mod webhooks;
