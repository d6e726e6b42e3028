//! What the fuzz targets share: inputs made of words that matter, a meter of memory, and the rules
//! that hold whatever comes in.

mod answer;
mod ledger;
pub mod life;
mod meter;
pub mod mutate;
pub mod ordering;
pub mod reading;
mod rng;
mod script;
mod tree;
mod watch;
pub mod webhook;
pub mod words;
