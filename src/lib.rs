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
//! | [`quote`] | the price of a request at a listing |
//! | [`plan`] | validation, prices, and the orders to try, in order |
//! | [`job`] | the state machine of one job; handle and record |
//! | [`schedule`] | when to ask next |
//! | [`outcome`] | what became of a job, in one shape |
//! | [`error`] | the one error |
//! | [`json`] | JSON in memory |
//! | [`provider`] | the two dialects, behind one dispatch |
//!
//! # What is wrong, and what it costs
//!
//! Both are answered offline, for every provider at once.
//!
//! ```
//! use filmgate::plan::{quote, validate};
//! use filmgate::money::Usd;
//! use filmgate::provider::ProviderId;
//! use filmgate::request::{Policy, VideoRequest};
//!
//! let request = VideoRequest::new("wan-2.5")
//!     .prompt("A lighthouse in the rain")
//!     .duration(5)
//!     .resolution("720p");
//! let quotes = quote(&request, Policy::default());
//! assert_eq!(quotes[0].provider, ProviderId::Runware);
//! let price = quotes[0].price.as_ref().ok().and_then(|price| price.total);
//! assert_eq!(price, Some((Usd(473_000), Usd(473_000))));
//!
//! // RunPod animates images alone, and says so.
//! let result = validate(&request, Policy::default());
//! assert_eq!(result.listings[0].issues[0].path, "image");
//! ```
//!
//! # A whole job
//!
//! [`plan::plan`] chooses, [`plan::start`] begins, and the driver's loop is the same over any network, store
//! and clock. Here all three are made up; `examples/generate/` has real ones.
//!
//! ```
//! use filmgate::job::{Input, Limits, Output};
//! use filmgate::plan::{PlanOptions, plan, start};
//! use filmgate::money::Usd;
//! use filmgate::provider::{Body, ProviderId, Request, Response};
//! use filmgate::request::{Policy, VideoRequest};
//! use serde_json::{Value, json};
//!
//! let request = VideoRequest::new("wan-2.6")
//!     .prompt("A lighthouse in the rain")
//!     .duration(5)
//!     .resolution("720p");
//! let options = PlanOptions {
//!     available_providers: vec![ProviderId::Runware],
//!     max_cost: Some(Usd(600_000)),
//!     ..PlanOptions::default()
//! };
//! let offer = plan(&request, &options, Policy::default())?.remove(0);
//! let limits = Limits::default();
//! let key = "0b2f63a4-5f3c-4a57-9d5e-7c1d2f0a9e11"; // A fresh UUID of version 4.
//!
//! let mut now = 1_800_000_000_000;
//! let mut job = start(now, offer, key, limits)?;
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
//!                 let response = Response::new(200, Body::Json(runware(&request)));
//!                 inputs.push(Input::Response { id, response });
//!             }
//!             Output::Timeout(at) => {
//!                 if inputs.is_empty() {
//!                     now = at; // A real driver sleeps.
//!                 }
//!                 break;
//!             }
//!             Output::Done(done) => break 'film *done,
//!             _ => {} // An update, or what came of a cancel.
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
#[doc(hidden)]
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
pub mod provider;
pub mod provider_id;
pub mod quote;
pub mod request;
pub mod schedule;
#[doc(hidden)]
pub mod untyped;
pub mod uuid;

#[cfg(target_arch = "wasm32")]
pub mod wasm;

/// The guide's examples, run.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
