//! What the fuzz targets share: inputs made of words that matter, a meter of memory, and the rules
//! that hold whatever comes in.

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
