//! filmgate checks, prices and films generated video through RunPod and Runware.
//!
//! The crate does no I/O. Whoever drives it brings the clock, the random id, the network and the
//! store; `src/wasm/` does so over `fetch`, and tests do so over simulated time.
//!
//! | module | holds |
//! |---|---|
//! | [`catalog`] | models and listings as data: who sells what, its parameters, limits and prices |
//! | [`request`] | raw JSON → well-formed request → what one listing would be sent |
//! | [`issue`] | the one vocabulary of problems |
//! | [`price`] | integer micro-dollars, quotes |
//! | [`plan`] | a request and the caller's wishes → the orders to try, in order |
//! | [`job`] | the state machine of one job; handle and record |
//! | [`schedule`] | when to ask next |
//! | [`outcome`] | what became of a job, in one shape |
//! | [`error`] | the one error |
//! | [`plain`] | our types as JSON and back |
//! | [`json`] | JSON in memory |
//! | [`provider`] | the two dialects, behind one dispatch |
//!
//! ```
//! use filmgate::plan::{check, quote};
//! use filmgate::request::Policy;
//! use serde_json::json;
//!
//! let request = json!({
//!     "model": "wan-2.5", "prompt": "A lighthouse in the rain", "duration": 5, "resolution": "720p",
//! });
//! let quotes = quote(&request, Policy::default());
//! assert_eq!(quotes[0]["provider"], "runware");
//! assert_eq!(quotes[0]["totalUsd"], 0.473);
//!
//! // RunPod animates pictures alone, and says so.
//! let found = check(&request, Policy::default());
//! assert_eq!(found["listings"][0]["issues"][0]["path"], "image");
//! ```

pub mod catalog;
pub mod error;
pub mod issue;
pub mod job;
pub mod json;
pub mod outcome;
pub mod plain;
pub mod plan;
pub mod price;
pub mod provider;
pub mod request;
pub mod schedule;

#[cfg(target_arch = "wasm32")]
pub mod wasm;
