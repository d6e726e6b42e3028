//! Few polls, short delay: the cost of the schedule, in requests and in lateness, if run times are
//! known well, little or wrongly.
//!
//! `cargo test --test schedule -- --nocapture` prints the tables.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::float_arithmetic
)]

#[path = "../common/mod.rs"]
mod common;

#[path = "../end_to_end/bridge.rs"]
#[allow(dead_code, reason = "the jobs here use a part of it")]
mod bridge;

mod bounds;
mod jobs;
mod odds;
mod times;
