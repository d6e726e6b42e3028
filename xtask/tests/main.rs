//! The tests of the tasks, as one program.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod catalog;
mod models;
mod pages;
mod refresh;
mod unreadable;
