//! Generates videos over HTTP, and continues the jobs of a run that was killed:
//!
//! ```sh
//! RUNWARE_API_KEY=… cargo run --example generate -- videos "A lighthouse in the rain"
//! RUNWARE_API_KEY=… cargo run --example generate -- videos
//! ```
//!
//! The folder has one record per job, written before its submit is sent. The program first continues the
//! jobs that have not ended, and then submits one for the prompt, if there is one, for at most 60 cents.
//!
//! Set `RUNPOD_BASE_URL` and `RUNWARE_BASE_URL` to use simulated providers:
//! `cargo run -p filmgate-simulator --features server` prints their URLs. For the real providers, enable
//! `ureq`'s default features, which include TLS.

mod store;
mod wire;

use std::collections::VecDeque;
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use filmgate::job::{Input, Job, Limits, Output};
use filmgate::money::Usd;
use filmgate::outcome::{Status, VideoResult};
use filmgate::plan::{PlanOptions, plan, start};
use filmgate::request::{Policy, VideoRequest};
use store::Store;
use uuid::Uuid;
use wire::Wire;

const LIMITS: Limits = Limits {
    request_timeout: Duration::from_secs(30),
    timeout: Duration::from_secs(3_600),
    long_poll: true,
};
const MAX_COST: Usd = Usd(600_000);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().ok_or("Pass a folder and a prompt.")?;
    let store = Store::open(folder.as_ref())?;
    let wire = Wire::from_env();
    for stored in store.all()? {
        let job = Job::resume(now(), stored.record, stored.revision, LIMITS)?;
        finish(job, &store, &wire)?;
    }
    match arguments.next() {
        Some(prompt) => finish(submit(&prompt, &wire)?, &store, &wire),
        None => Ok(()),
    }
}

/// A job for the cheapest listing of a provider that has a key.
fn submit(prompt: &str, wire: &Wire) -> Result<Job, Box<dyn Error>> {
    let request = VideoRequest::new("wan-2.6").prompt(prompt).duration(5).resolution("720p");
    let options = PlanOptions {
        available_providers: wire.providers(),
        max_cost: Some(MAX_COST),
        ..PlanOptions::default()
    };
    let candidates = plan(&request, &options, Policy::default())?;
    let cheapest = candidates.into_iter().next().ok_or("No listing supports this video.")?;
    let key = Uuid::new_v4().to_string();
    Ok(start(now(), cheapest, &key, LIMITS)?)
}

/// Drives a job to its end and downloads its videos.
fn finish(mut job: Job, store: &Store, wire: &Wire) -> Result<(), Box<dyn Error>> {
    let result = drive(&mut job, store, wire);
    let key = &job.handle.id;
    for (number, video) in result.iter().flat_map(|result| &result.videos).enumerate() {
        if let Some(url) = &video.url {
            let path = store.video(key, number);
            wire.download(url, &path)?;
            println!("video {}", path.display());
        }
    }
    // A job that may have been billed stays until a person has checked it at the provider.
    if job.status().is_end() && job.status() != Status::SubmissionUnknown {
        store.done(key)?;
    }
    let error = match result {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let handle = serde_json::to_string(&job.handle)?;
    Err(format!("{}: {error}\n{handle}", error.failure.code).into())
}

/// The loop of every driver: one input, then all outputs, then the next input.
fn drive(job: &mut Job, store: &Store, wire: &Wire) -> Result<VideoResult, filmgate::error::Error> {
    let mut inputs = VecDeque::new();
    loop {
        job.handle_input(now(), inputs.pop_front().unwrap_or(Input::Timeout));
        let wake = loop {
            match job.poll_output() {
                Output::Save { revision, record } => {
                    inputs.push_back(match store.put(&job.handle.id, &record, revision) {
                        Ok(()) => Input::Saved(revision),
                        Err(_) => Input::SaveFailed(revision),
                    });
                }
                Output::Transmit { id, limit_ms, request } => {
                    let provider = job.handle.provider;
                    inputs.push_back(match wire.send(provider, &request, limit_ms) {
                        Ok(response) => Input::Response { id, response },
                        Err(kind) => Input::TransportFailed { id, kind },
                    });
                }
                Output::Update(update) => {
                    println!("{} {}", update.status, update.progress.unwrap_or(0));
                }
                Output::Timeout(at) => break at,
                Output::Done(done) => return *done,
                // The result of a cancel, which this program never requests.
                _ => {}
            }
        };
        if inputs.is_empty() {
            sleep(Duration::from_millis(wake.saturating_sub(now())));
        }
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}
