//! What the fuzz targets share: inputs made of words that matter, a meter of memory, and the rules
//! that hold whatever comes in.

mod response;
mod ledger;
pub mod job_lifecycle;
mod alloc_meter;
pub mod mutate;
pub mod quote_checks;
pub mod response_checks;
mod rng;
mod input_script;
mod tree;
mod invariant_checker;
pub mod webhook;
pub mod dictionary;
