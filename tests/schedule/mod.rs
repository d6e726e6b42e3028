//! Few polls, short delay: the cost of the schedule, in requests and in lateness, if run times are
//! known well, little or wrongly.
//!
//! `cargo test --test core schedule -- --nocapture` prints the tables.
#![allow(clippy::float_arithmetic, reason = "statistics are not money")]

mod bounds;
mod jobs;
mod odds;
mod times;
