//! The tests of the simulated providers, as one program.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

mod control;
mod fault_rules;
mod faults;
mod field_mode;
mod never_panics;
mod runpod_ends;
mod runpod_inputs;
mod runpod_jobs;
mod runpod_listings;
mod runware_dry_run;
mod runware_family_prices;
mod runware_idempotency;
mod runware_latest_prices;
mod runware_listings;
mod runware_maker_prices;
mod runware_pricing;
mod runware_requests;
mod runware_rules;
mod runware_tasks;
mod runware_values;
#[cfg(feature = "server")]
mod server;
mod simulated_time;
mod videos;
mod webhooks;
