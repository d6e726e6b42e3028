//! Jobs on the simulated providers, in simulated time. The simulator shares no code with the core:
//! each was written from the providers' documents, and the ledger records the real charges.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod bridge;
mod chance;
mod crashes;
mod faults;
mod refusals;
mod seeds;
mod shapes;
