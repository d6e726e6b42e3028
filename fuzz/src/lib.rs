//! Shared by the fuzz targets: inputs made of known words, a memory meter, and the invariants that hold
//! for any input. It imports the core, and never asserts what only valid input guarantees.

mod alloc_meter;
pub mod dictionary;
mod input_script;
mod invariant_checker;
pub mod job_lifecycle;
mod ledger;
pub mod mutate;
pub mod quote_checks;
mod response;
pub mod response_checks;
mod rng;
mod tree;
pub mod webhook;
