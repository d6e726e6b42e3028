//! The catalog: consistent rows, their prices, and custom models.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod bodies;
mod choice;
mod comparison;
mod custom;
mod notes;
mod rows;
mod same_video;
