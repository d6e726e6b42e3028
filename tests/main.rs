//! The tests of the core. They are one program, since building and linking one for each file takes longer than they run.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

mod any_input;
mod bounds;
mod catalog;
mod end_to_end;
mod images;
mod issue_fixes;
mod issues;
mod job;
mod lenient;
mod listings_vs_simulator;
mod no_secrets;
mod pricing;
mod purity;
mod redaction;
mod runpod;
mod runware;
mod schedule;
mod seed_runpod;
mod seed_runware;
mod urls;
mod video_request;
