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
//! | [`codec`] | our types as JSON and back |
//! | [`json`] | JSON in memory |
//! | [`provider`] | the two dialects, behind one dispatch |
//!
//! # What is wrong, and what it costs
//!
//! Both are answered offline, for every provider at once.
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
//!
//! # A whole job
//!
//! [`plan::plan`] chooses, [`plan::start`] begins, and the driver's loop is the same over any network, store
//! and clock. Here all three are made up; `examples/generate/` has real ones.
//!
//! ```
//! use filmgate::job::{Input, Limits, Output};
//! use filmgate::plan::{Wishes, plan, start};
//! use filmgate::price::Usd;
//! use filmgate::provider::{Body, ProviderId, Request, Response};
//! use filmgate::request::Policy;
//! use serde_json::{Value, json};
//!
//! let request = json!({
//!     "model": "wan-2.6", "prompt": "A lighthouse in the rain", "duration": 5, "resolution": "720p",
//! });
//! let wishes = Wishes {
//!     keyed: vec![ProviderId::Runware],
//!     max_cost: Some(Usd(600_000)),
//!     ..Wishes::default()
//! };
//! let offer = plan(&request, &wishes, Policy::default())?.remove(0);
//! let limits = Limits { request_ms: 30_000, wait_ms: 3_600_000, long_poll: false };
//! let key = "0b2f63a4-5f3c-4a57-9d5e-7c1d2f0a9e11"; // A fresh UUID of version 4.
//!
//! let mut now = 1_800_000_000_000;
//! let mut job = start(now, offer, key, limits).ok_or("The offer has no order.")?;
//! let mut stored = Vec::new();
//! let mut inputs = vec![Input::Timeout];
//! let outcome = 'film: loop {
//!     job.handle_input(now, inputs.pop().unwrap_or(Input::Timeout));
//!     loop {
//!         match job.poll_output() {
//!             Output::Save { revision, record } => {
//!                 stored.push(record);
//!                 inputs.push(Input::Saved(revision));
//!             }
//!             Output::Transmit { id, request, .. } => {
//!                 assert!(!stored.is_empty(), "what may be paid is stored before it leaves");
//!                 let body = Body::Json(runware(&request));
//!                 let response = Response { status: 200, retry_after_ms: None, body };
//!                 inputs.push(Input::Response { id, response });
//!             }
//!             Output::Timeout(at) => {
//!                 if inputs.is_empty() {
//!                     now = at; // A real driver sleeps.
//!                 }
//!                 break;
//!             }
//!             Output::Done(done) => break 'film *done,
//!             Output::Update(_) | Output::Cancelled(_) => {}
//!         }
//!     }
//! }?;
//! assert_eq!(outcome.videos[0].url.as_deref(), Some("https://vm.runware.ai/film.mp4"));
//! assert_eq!(outcome.cost, Some(Usd(500_000)));
//!
//! /// What Runware would answer: it takes the task, and has made it when it is asked.
//! fn runware(request: &Request) -> Value {
//!     let task = request.body.as_ref().map_or(&Value::Null, |tasks| &tasks[0]);
//!     let mut row = json!({ "taskType": "videoInference", "taskUUID": task["taskUUID"] });
//!     if task["taskType"] == "getResponse" {
//!         row["status"] = "success".into();
//!         row["videoURL"] = "https://vm.runware.ai/film.mp4".into();
//!         row["cost"] = 0.5.into();
//!     }
//!     json!({ "data": [row] })
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A process that was killed goes on from what was stored last: [`job::Job::resume`].

pub mod catalog;
pub mod codec;
pub mod error;
pub mod field;
pub mod handle;
pub mod issue;
pub mod job;
pub mod json;
pub mod money;
pub mod outcome;
pub mod plan;
pub mod price;
pub mod provider;
pub mod provider_id;
pub mod request;
pub mod schedule;
pub mod uuid;

#[cfg(target_arch = "wasm32")]
pub mod wasm;

/// The guide's examples, run.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
