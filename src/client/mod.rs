//! A client of both providers over tokio and reqwest: the feature `client`. It is to the core what `pkg/src/` is.
//! May import everything except `wasm`. Nothing of the core imports it.
//! Must never interpret a provider's response, send a submit twice, or show an API key.
//!
//! | module | content |
//! |---|---|
//! | `client` | [`Client`]: the calls, and what jobs share |
//! | `existing` | the job of an earlier submit with the same id |
//! | `job`, `task` | [`Job`]: a job, and the task that tracks it |
//! | `driver`, `sending` | the loop of one job: saves, requests, inputs |
//! | `transport` | HTTP: each request once, without redirects |
//! | `store` | [`Store`] and three of them |
//! | `download` | videos into files |
//! | `webhook` | signed webhook URLs |
//! | `mask`, `retry_after` | keys in responses; the wait that a response asks for |
//!
//! ```no_run
//! use filmgate::client::{Client, FolderStore, SubmitOptions};
//! use filmgate::money::Usd;
//! use filmgate::request::VideoRequest;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder().api_keys_from_env().store(FolderStore::open("jobs")?).build()?;
//! let request = VideoRequest::new("wan-2.6").prompt("A fox").duration(5).resolution("720p");
//! let options = SubmitOptions { max_cost: Some(Usd(600_000)), ..SubmitOptions::default() };
//! let job = client.submit(&request, &options).await?;
//! let result = job.result().await?;
//! client.download(&result.videos[0], "fox.mp4").await?;
//! # Ok(())
//! # }
//! ```

#[expect(clippy::module_inception, reason = "a file is named after its main export")]
mod client;
mod download;
mod driver;
mod error;
mod existing;
mod job;
mod mask;
mod options;
mod retry_after;
mod sending;
mod store;
mod task;
mod transport;
mod webhook;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use client::Client;
pub use download::Downloaded;
pub use error::Error;
pub use job::{Job, JobStatus, Updates};
pub use options::{ClientBuilder, ProviderSettings, ResumeOptions, SubmitOptions, Webhook};
pub use store::{FolderStore, Lease, MemoryStore, SqliteStore, Store, StoreEntry, StoreError};
pub use webhook::WebhookEvent;

/// A value behind a lock. A thread that panicked left it as it was: each change is a single step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
