//! RunPod and Runware, simulated: their HTTP interfaces, jobs, videos, bills and faults.
//! It imports nothing of the client that it tests: each finds the other's mistakes.
//!
//! It never reads a clock, a socket or a random source of its own.
//! Where the documents are silent, it does what is worst for the client.
//!
//! | module | content |
//! |---|---|
//! | [`Simulator`] | the whole state in one value; `handle` replies to a request |
//! | `runpod`, `runware` | the two APIs, with the same modules: `request`, `job`, `response` |
//! | `listing` | what is for sale, one row per model |
//! | `state` | what both providers share; scheduled events |
//! | `fault` | faults and their rules |
//! | `field` | field mode: answers that no document shows |
//! | `ledger` | submissions and charges |
//! | `deliveries` | queued webhooks and uploads |
//! | `video_store` | the videos, which `simulator/video/` draws and encodes |
//! | `control` | the calls under `/control/` |
//! | `prompt_directives` | words in a prompt that choose how a generation ends |
//! | `bin/filmgate-simulator` | the local server (feature `server`) |
//! | `wasm` | the bindings for JavaScript (`pkg/src/testing/`) |
//!
//! ```
//! use filmgate_simulator::{Config, Reply, Request, Simulator};
//!
//! let mut simulator = Simulator::new(Config::default(), 1, "http://sim.test");
//! let submit = Request {
//!     method: "POST".into(),
//!     path: "/runpod/v2/sora-2-pro-i2v/run".into(),
//!     headers: vec![("authorization".into(), "Bearer any".into())],
//!     body: br#"{"input":{"prompt":"A fox","image":"https://a.test/fox.png","duration":4}}"#.to_vec(),
//!     ..Request::default()
//! };
//! assert!(matches!(simulator.handle(0, &submit), Reply::Respond { status: 200, .. }));
//!
//! simulator.due_webhooks(60_000); // A minute later the video is finished and billed.
//! assert_eq!(simulator.ledger().total_micro_usd, 1_200_000);
//! ```

mod config;
mod control;
mod deliveries;
mod fault;
mod field;
mod http;
mod image_size;
mod ledger;
mod listing;
mod money;
mod prompt_directives;
mod rng;
mod runpod;
mod runware;
mod simulator;
mod state;
mod video_store;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use config::{Config, Output, Progress, RowStatus, WebhookBody};
pub use deliveries::Delivery;
pub use fault::{Fault, FaultRule, Operation, RandomFaults, RetryAfter};
pub use field::{FieldMode, Oddity};
pub use filmgate_simulator_video::{Format, Video};
pub use http::{Reply, Request};
pub use ledger::{Bill, Ledger, RecordedSubmission, SubmitOutcome};
pub use listing::Provider;
pub use simulator::Simulator;
