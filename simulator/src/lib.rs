//! The two providers, simulated: RunPod's and Runware's HTTP interfaces, their jobs, films, bills
//! and faults, without a clock, a socket or a random source of its own.
//!
//! It is written from the providers' documents and shares no code with the client it serves to
//! test. Where the documents are silent it does what is worst for the client.
//!
//! | room | what is there |
//! |---|---|
//! | [`Simulator`] | everything in one value; `handle` answers a request |
//! | `runpod`, `runware` | the two dialects, with the same rooms: `request`, `job`, `response` |
//! | `listing` | what is sold, one row a model |
//! | `world` | what both share; the events to come |
//! | `fault` | what goes wrong, and when |
//! | `ledger` | what was submitted and billed |
//! | `outbox` | webhooks and uploads on their way |
//! | `video` | real, small films |
//! | `control` | the calls under `/control/` |
//! | `prompt` | words in a prompt that choose how a generation ends |
//! | `bin/filmgate-simulator` | the local server (feature `server`) |
//! | `wasm` | the same for JavaScript (`pkg/src/testing/`) |
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
//! simulator.due_webhooks(60_000); // A minute later the film is made, and billed.
//! assert_eq!(simulator.ledger().total_micro_usd, 1_200_000);
//! ```

mod config;
mod control;
mod deliveries;
mod fault;
mod http;
mod ledger;
mod listing;
mod money;
mod picture_size;
mod prompt_directives;
mod rng;
mod runpod;
mod runware;
mod simulator;
mod state;
mod video;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use config::{Config, Output, Progress, RowStatus, WebhookBody};
pub use deliveries::Delivery;
pub use fault::{Fault, Operation, Random, RetryAfter, Rule};
pub use http::{Reply, Request};
pub use ledger::{Bill, Ledger, Submit, SubmitOutcome};
pub use listing::Provider;
pub use simulator::Simulator;
pub use video::{Film, Format};
