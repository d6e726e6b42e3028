//! filmgate validates, prices and generates video through RunPod and Runware.
//!
//! The crate without features does no I/O. The caller, called the driver, provides the clock, random ids, the network and the store.
//! `pkg/src/driver/` does it over `fetch`, and tests do it over simulated time.
//!
//! | module | content |
//! |---|---|
//! | [`plan`] | validation, quotes, and the listings to try, in order |
//! | [`job`] | the state machine of one job |
//! | [`provider`] | the wire formats of both providers, behind one dispatch |
//! | [`schedule`] | when to poll next |
//! | [`request`] | raw JSON → a valid request → the body for one listing |
//! | [`quote`] | the price of a request at a listing |
//! | [`outcome`] | the result of a job, the same for both providers |
//! | [`catalog`] | models and listings as data: providers, parameters, limits and prices |
//! | [`error`], [`field`], [`handle`], [`issue`], [`money`], [`provider_id`], [`uuid`] | the types that all modules share |
//! | [`json`] | JSON values |
#![cfg_attr(
    all(feature = "client", not(target_arch = "wasm32")),
    doc = "| [`client`] | a client over tokio and reqwest (feature `client`) |"
)]
//!
//! # Validation and quotes
//!
//! Both work offline, for all providers at once.
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
//! // RunPod's listing requires an image.
//! let result = validate(&request, Policy::default());
//! assert_eq!(result.listings[0].issues[0].path, "image");
//! ```
//!
//! # A whole job
//!
//! [`plan::plan`] chooses a listing, [`plan::start`] starts its job, and the driver's loop is the same for any network,
//! store and clock. Here all three are simulated. `examples/generate/` has real ones.
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
//! let listing = plan(&request, &options, Policy::default())?.remove(0);
//! let limits = Limits::default();
//! let id = "0b2f63a4-5f3c-4a57-9d5e-7c1d2f0a9e11"; // A new UUID of version 4.
//!
//! let mut now = 1_800_000_000_000;
//! let mut job = start(now, listing, id, limits)?;
//! let mut stored = Vec::new();
//! let mut inputs = vec![Input::Timeout];
//! let result = 'job: loop {
//!     job.handle_input(now, inputs.pop().unwrap_or(Input::Timeout));
//!     loop {
//!         match job.poll_output() {
//!             Output::Save { revision, record } => {
//!                 stored.push(record);
//!                 inputs.push(Input::Saved(revision));
//!             }
//!             Output::Transmit { id, request, .. } => {
//!                 assert!(!stored.is_empty(), "the record is stored before the submit is sent");
//!                 let response = Response::new(200, Body::Json(runware(&request)));
//!                 inputs.push(Input::Response { id, response });
//!             }
//!             Output::Timeout(at) => {
//!                 if inputs.is_empty() {
//!                     now = at; // A real driver sleeps.
//!                 }
//!                 break;
//!             }
//!             Output::Done(done) => break 'job *done,
//!             _ => {} // An update, or the result of a cancel.
//!         }
//!     }
//! }?;
//! assert_eq!(result.videos[0].url.as_deref(), Some("https://vm.runware.ai/video.mp4"));
//! assert_eq!(result.cost, Some(Usd(500_000)));
//!
//! /// Simulates Runware: it accepts the task, and has finished it at the first poll.
//! fn runware(request: &Request) -> Value {
//!     let task = request.body.as_ref().map_or(&Value::Null, |tasks| &tasks[0]);
//!     let mut row = json!({ "taskType": "videoInference", "taskUUID": task["taskUUID"] });
//!     if task["taskType"] == "getResponse" {
//!         row["status"] = "success".into();
//!         row["videoURL"] = "https://vm.runware.ai/video.mp4".into();
//!         row["cost"] = 0.5.into();
//!     }
//!     json!({ "data": [row] })
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! After a crash, [`job::Job::resume`] continues from the last stored record.

pub mod catalog;
#[cfg(all(feature = "client", not(target_arch = "wasm32")))]
pub mod client;
#[doc(hidden)]
pub mod codec;
pub mod error;
pub mod field;
pub mod handle;
pub mod issue;
pub mod job;
pub mod json;
pub mod money;
mod near;
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

/// Runs the examples of the guide.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../docs/rust.md")]
struct Guide;

/// Runs the examples of the guide to the core.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust-core.md")]
struct CoreGuide;
