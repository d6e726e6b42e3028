//! Films over HTTP, and goes on where a run that was killed left off:
//!
//! ```sh
//! RUNWARE_API_KEY=… cargo run --example generate -- films "A lighthouse in the rain"
//! RUNWARE_API_KEY=… cargo run --example generate -- films
//! ```
//!
//! The folder holds a record for each job, written before its submit leaves. What is not done there is
//! gone on with first; then a prompt orders one more, of 60 cents at most.
//!
//! `RUNPOD_BASE_URL` and `RUNWARE_BASE_URL` lead to simulated providers in place of the real ones:
//! `cargo run -p filmgate-simulator --features server` prints theirs. For the real ones, give `ureq` its
//! default features, which bring TLS.

mod store;
mod wire;

use std::collections::VecDeque;
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use filmgate::job::{Input, Job, Limits, Output};
use filmgate::outcome::{Outcome, Status};
use filmgate::plan::{PlanOptions, plan, start};
use filmgate::price::Usd;
use filmgate::request::{Policy, VideoRequest};
use store::Store;
use uuid::Uuid;
use wire::Wire;

const LIMITS: Limits = Limits {
    request_timeout: Duration::from_secs(30),
    timeout: Duration::from_secs(3_600),
    long_poll: true,
};
const MOST: Usd = Usd(600_000);

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
    let folder = arguments.next().ok_or("Name a folder, and a prompt.")?;
    let store = Store::open(folder.as_ref())?;
    let wire = Wire::from_env();
    for kept in store.all()? {
        let job = Job::resume(now(), kept.record, kept.revision, LIMITS)?;
        film(job, &store, &wire)?;
    }
    match arguments.next() {
        Some(prompt) => film(order(&prompt, &wire)?, &store, &wire),
        None => Ok(()),
    }
}

/// The job of the cheapest offer that there is a key for.
fn order(prompt: &str, wire: &Wire) -> Result<Job, Box<dyn Error>> {
    let request = VideoRequest::new("wan-2.6")
        .prompt(prompt)
        .duration(5)
        .resolution("720p");
    let options = PlanOptions {
        available_providers: wire.keyed(),
        max_cost: Some(MOST),
        ..PlanOptions::default()
    };
    let fits = plan(&request, &options, Policy::default())?;
    let cheapest = fits.into_iter().next().ok_or("Nobody makes this video.")?;
    let key = Uuid::new_v4().to_string();
    Ok(start(now(), cheapest, &key, LIMITS)?)
}

/// Drives a job to its end, brings its videos, and is done with it.
fn film(mut job: Job, store: &Store, wire: &Wire) -> Result<(), Box<dyn Error>> {
    let outcome = drive(&mut job, store, wire);
    let key = &job.handle.key;
    for (number, video) in outcome.iter().flat_map(|made| &made.videos).enumerate() {
        if let Some(url) = &video.url {
            let path = store.video(key, number);
            wire.download(url, &path)?;
            println!("film {}", path.display());
        }
    }
    // What may have been paid stays in the way until a person has looked it up at the provider.
    if job.status().is_end() && job.status() != Status::SubmissionUnknown {
        store.done(key)?;
    }
    let error = match outcome {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let handle = serde_json::to_string(&job.handle)?;
    Err(format!("{}: {error}\n{handle}", error.failure.code).into())
}

/// What every driver does: an input, then all that the job wants done, then the next input.
fn drive(job: &mut Job, store: &Store, wire: &Wire) -> Result<Outcome, filmgate::error::Error> {
    let mut inputs = VecDeque::new();
    loop {
        job.handle_input(now(), inputs.pop_front().unwrap_or(Input::Timeout));
        let wake = loop {
            match job.poll_output() {
                Output::Save { revision, record } => {
                    inputs.push_back(match store.put(&job.handle.key, &record, revision) {
                        Ok(()) => Input::Saved(revision),
                        Err(_) => Input::SaveFailed(revision),
                    });
                }
                Output::Transmit {
                    id,
                    limit_ms,
                    request,
                } => {
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
                // What came of a cancel, which is never asked for here.
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
