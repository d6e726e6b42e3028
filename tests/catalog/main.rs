//! The catalog: consistent rows, their prices, and custom models.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod choice;
mod comparison;
mod custom;
mod document;
mod notes;
mod prices;
mod rows;
mod same_video;
