//! RunPod's public endpoints, under `/runpod/v2/{endpoint}/`.
//!
//! Where the documents are silent: a cancelled job is billed once it runs; a job cut off by its
//! `executionTimeout` is billed; a job whose `ttl` ends goes on unseen, and is billed; unknown
//! input is ignored; a repeated submit is a second job. Purging a queue is not offered.

mod job;
mod request;
mod response;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::deliveries::Content;
use crate::fault::Operation;
use crate::http::{Answer, Request};
use crate::ledger::{Bill, Submit, SubmitIndex, SubmitOutcome};
use crate::listing::{self, Listing, Provider};
use crate::state::{Event, World};
use job::{Ending, Job, Status};
use request::Envelope;

/// RunPod's jobs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Runpod {
    jobs: HashMap<String, Job>,
}

/// The largest bodies, in bytes.
const RUN_BYTES: usize = 10_000_000;
const RUNSYNC_BYTES: usize = 20_000_000;
/// Shortest, longest and usual wait, in milliseconds.
const RUNSYNC_WAIT: (u64, u64, u64) = (1_000, 300_000, 90_000);
const STATUS_SYNC_WAIT: (u64, u64, u64) = (1_000, 90_000, 90_000);

/// A path's parts after the base: endpoint, verb, and the job's id where there is one.
fn parts(path: &str) -> (&str, &str, &str) {
    let rest = path.strip_prefix("/runpod/v2/").unwrap_or("");
    let (endpoint, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let (verb, id) = rest.split_once('/').unwrap_or((rest, ""));
    (endpoint, verb, id.trim_end_matches('/'))
}

/// What a request to this path is for.
pub(crate) fn operation(path: &str) -> Option<Operation> {
    match parts(path).1 {
        "run" | "runsync" | "retry" => Some(Operation::Submit),
        "status" | "status-sync" => Some(Operation::Poll),
        "cancel" => Some(Operation::Cancel),
        _ => None,
    }
}

/// An HTTP error in RunPod's shape.
pub(crate) fn server_error(status: u16) -> Answer {
    let error = match status {
        429 => "too many requests, please try again later",
        _ => "internal server error",
    };
    response::refusal(status, error)
}

impl Runpod {
    pub(crate) fn handle(&mut self, world: &mut World, request: &Request) -> Answer {
        let (endpoint, verb, id) = parts(&request.path);
        match request.key() {
            None | Some("bad-key") => {
                note(world, verb, endpoint);
                return Answer::empty(401);
            }
            Some("broke-key") if matches!(verb, "run" | "runsync") => {
                note(world, verb, endpoint);
                return response::refusal(402, "insufficient balance: please add credits");
            }
            Some(_) => {}
        }
        let Some(listing) = listing::find(Provider::Runpod, endpoint) else {
            note(world, verb, endpoint);
            return response::refusal(404, "endpoint not found");
        };
        match (request.method.as_str(), verb, id) {
            ("POST", "run", "") => self.run(world, listing, request),
            ("POST", "runsync", "") => self.runsync(world, listing, request),
            ("GET", "health", "") => self.health(world, endpoint),
            ("GET" | "POST", "status", id) => self.status(world, endpoint, id, 0),
            ("GET" | "POST", "status-sync", id) if world.config.status_sync => {
                let wait_ms = wait(request, STATUS_SYNC_WAIT);
                self.status(world, endpoint, id, wait_ms)
            }
            ("POST", "cancel", id) => self.cancel(world, endpoint, id),
            ("POST", "retry", id) => self.retry(world, endpoint, id),
            (_, "run" | "runsync" | "cancel" | "retry", _) => {
                response::refusal(405, "method not allowed")
            }
            _ => response::refusal(404, "not found"),
        }
    }

    fn run(&mut self, world: &mut World, listing: &'static Listing, request: &Request) -> Answer {
        let retention_ms = world.config.runpod_retention_ms;
        match Envelope::read(&request.body, RUN_BYTES) {
            Err(error) => refuse(world, listing, &error),
            Ok(envelope) => {
                let id = format!("{}-u1", world.dice.uuid());
                self.accept(world, listing, envelope, &id, retention_ms);
                Answer::json(200, &json!({ "id": id, "status": "IN_QUEUE" }))
            }
        }
    }

    fn runsync(
        &mut self,
        world: &mut World,
        listing: &'static Listing,
        request: &Request,
    ) -> Answer {
        let retention_ms = world.config.runsync_retention_ms;
        match Envelope::read(&request.body, RUNSYNC_BYTES) {
            Err(error) => refuse(world, listing, &error),
            Ok(envelope) => {
                let id = format!("sync-{}-u1", world.dice.uuid());
                self.accept(world, listing, envelope, &id, retention_ms);
                match self.jobs.get(&id) {
                    // A refused input is told at once, and over HTTP, by this call alone.
                    Some(job) if matches!(job.ending, Ending::Refused { .. }) => {
                        Answer::json(400, &response::body(world, &id, job, job.ends_ms))
                    }
                    _ => self.status(world, listing.id, &id, wait(request, RUNSYNC_WAIT)),
                }
            }
        }
    }

    fn accept(
        &mut self,
        world: &mut World,
        listing: &'static Listing,
        envelope: Envelope,
        id: &str,
        retention_ms: u64,
    ) {
        let worker = world.dice.worker();
        let now_ms = world.now_ms;
        let mut job_duration_ms = world.config.job_duration_ms;
        let ending = match request::order(listing, &envelope.input) {
            Err(error) => Ending::Refused { error },
            Ok(order) => {
                if order.wishes.slow {
                    job_duration_ms = job_duration_ms.saturating_mul(10);
                }
                let working_ms = job_duration_ms - world.config.queue_ms(job_duration_ms);
                if envelope
                    .execution_timeout_ms
                    .is_some_and(|limit| limit < working_ms)
                {
                    Ending::TimedOut { cost: order.cost }
                } else if order.wishes.moderated || order.wishes.nsfw {
                    let error = "The request was rejected by the content policy";
                    Ending::Failed {
                        error: error.to_owned(),
                    }
                } else if order.wishes.fail || order.wishes.partial {
                    let message = "the generation failed";
                    let error = response::worker_error("RuntimeError", message, &worker);
                    Ending::Failed { error }
                } else {
                    let video = world.dice.uuid().to_string();
                    Ending::Film {
                        video,
                        film: order.film,
                        cost: order.cost,
                    }
                }
            }
        };
        let started_ms = now_ms.saturating_add(world.config.queue_ms(job_duration_ms));
        let ends_ms = match (&ending, envelope.execution_timeout_ms) {
            (Ending::Refused { .. }, _) => started_ms,
            (Ending::TimedOut { .. }, Some(limit)) => started_ms.saturating_add(limit),
            _ => now_ms.saturating_add(job_duration_ms),
        };
        let submit = Submit {
            model: Some(listing.id.to_owned()),
            id: Some(id.to_owned()),
            ..Submit::new(Provider::Runpod, now_ms, SubmitOutcome::Accepted)
        };
        let job = Job {
            endpoint: listing.id.to_owned(),
            run: 1,
            accepted_ms: now_ms,
            started_ms,
            ends_ms,
            cancelled_ms: None,
            known_until_ms: now_ms.saturating_add(envelope.ttl_ms),
            retention_ms,
            webhook: envelope.webhook,
            worker,
            ending,
            submit: world.ledger.submit(submit),
        };
        world.plan(
            ends_ms,
            Event::RunpodEnd {
                id: id.to_owned(),
                run: 1,
            },
        );
        self.jobs.insert(id.to_owned(), job);
    }

    /// Answers once the job has ended, or after `wait_ms`, with the job as it is then.
    fn status(&mut self, world: &mut World, endpoint: &str, id: &str, wait_ms: u64) -> Answer {
        let now_ms = world.now_ms;
        let Some(job) = self.known(now_ms, endpoint, id) else {
            return response::refusal(404, "job not found");
        };
        let answered_ms = match job.cancelled_ms {
            Some(_) => now_ms,
            None => job.ends_ms.clamp(now_ms, now_ms.saturating_add(wait_ms)),
        };
        if job.status(answered_ms) == Status::Completed {
            world.ledger.fetched(job.submit);
        }
        Answer::json(200, &response::body(world, id, job, answered_ms)).after(answered_ms - now_ms)
    }

    fn cancel(&mut self, world: &mut World, endpoint: &str, id: &str) -> Answer {
        let now_ms = world.now_ms;
        let Some(job) = self.known(now_ms, endpoint, id) else {
            return response::refusal(404, "job not found");
        };
        let status = job.status(now_ms);
        if matches!(status, Status::InQueue | Status::Running) {
            job.cancelled_ms = Some(now_ms);
            job.run += 1;
            if status == Status::Running {
                charge(world, id, job.submit, &job.endpoint, job.cost());
            }
            settled(world, id, job);
        }
        let whole = response::body(world, id, job, now_ms);
        Answer::json(200, &json!({ "id": id, "status": whole.get("status") }))
    }

    fn retry(&mut self, world: &mut World, endpoint: &str, id: &str) -> Answer {
        let now_ms = world.now_ms;
        let Some(job) = self.known(now_ms, endpoint, id) else {
            return response::refusal(404, "job not found");
        };
        if !matches!(job.status(now_ms), Status::Failed | Status::TimedOut) {
            return response::refusal(400, "only a failed or timed out job can be retried");
        }
        let submit = Submit {
            model: Some(job.endpoint.clone()),
            id: Some(id.to_owned()),
            ..Submit::new(Provider::Runpod, now_ms, SubmitOutcome::Accepted)
        };
        let later = now_ms - job.accepted_ms;
        job.run += 1;
        job.accepted_ms = now_ms;
        job.started_ms = job.started_ms.saturating_add(later);
        job.ends_ms = job.ends_ms.saturating_add(later);
        job.submit = world.ledger.submit(submit);
        world.plan(
            job.ends_ms,
            Event::RunpodEnd {
                id: id.to_owned(),
                run: job.run,
            },
        );
        Answer::json(200, &json!({ "id": id, "status": "IN_QUEUE" }))
    }

    fn health(&self, world: &World, endpoint: &str) -> Answer {
        let count = |wanted: &[Status]| {
            let known = self.jobs.values().filter(|job| {
                job.endpoint == endpoint
                    && job.is_known(world.now_ms)
                    && wanted.contains(&job.status(world.now_ms))
            });
            known.count()
        };
        let running = count(&[Status::Running]);
        let retried = self
            .jobs
            .values()
            .filter(|job| job.run > 1 && job.cancelled_ms.is_none());
        Answer::json(
            200,
            &json!({
                "jobs": {
                    "completed": count(&[Status::Completed]),
                    "failed": count(&[Status::Failed, Status::TimedOut]),
                    "inProgress": running,
                    "inQueue": count(&[Status::InQueue]),
                    "retried": retried.count(),
                },
                "workers": {
                    "idle": 1, "initializing": 0, "ready": 1, "running": running, "throttled": 0,
                },
            }),
        )
    }

    fn known(&mut self, now_ms: u64, endpoint: &str, id: &str) -> Option<&mut Job> {
        self.jobs
            .get_mut(id)
            .filter(|job| job.endpoint == endpoint && job.is_known(now_ms))
    }

    /// A job's time has come.
    pub(crate) fn end(&mut self, world: &mut World, id: &str, run: u32) {
        let Some(job) = self.jobs.get(id).filter(|job| job.run == run) else {
            return;
        };
        charge(world, id, job.submit, &job.endpoint, job.cost());
        if let Ending::Film { video, film, .. } = &job.ending {
            world.store_film(Provider::Runpod, video, film, world.config.video_ttl_ms);
        }
        settled(world, id, job);
    }

    pub(crate) fn forget(&mut self, id: &str, run: u32) {
        if self.jobs.get(id).is_some_and(|job| job.run == run) {
            self.jobs.remove(id);
        }
    }
}

/// What every job does at its end, however it came: it tells the webhook and begins to be forgotten.
fn settled(world: &mut World, id: &str, job: &Job) {
    if let Some(webhook) = &job.webhook {
        let body = response::body(world, id, job, world.now_ms).to_string();
        world.send(Provider::Runpod, webhook, Content::Webhook(body));
    }
    let forget_ms = world.now_ms.saturating_add(job.retention_ms);
    world.plan(
        forget_ms,
        Event::RunpodForget {
            id: id.to_owned(),
            run: job.run,
        },
    );
}

fn charge(world: &mut World, id: &str, from: SubmitIndex, model: &str, micro_usd: u64) {
    if micro_usd > 0 {
        let (id, model, at_ms) = (id.to_owned(), model.to_owned(), world.now_ms);
        let bill = Bill {
            provider: Provider::Runpod,
            id,
            model,
            micro_usd,
            at_ms,
        };
        world.ledger.bill(from, bill);
    }
}

/// Notes a submit that was refused before a job was made.
fn note(world: &mut World, verb: &str, endpoint: &str) {
    if matches!(verb, "run" | "runsync") {
        let rejected = Submit::new(Provider::Runpod, world.now_ms, SubmitOutcome::Rejected);
        world.ledger.submit(Submit {
            model: Some(endpoint.to_owned()),
            ..rejected
        });
    }
}

fn refuse(world: &mut World, listing: &Listing, error: &str) -> Answer {
    note(world, "run", listing.id);
    response::refusal(400, error)
}

fn wait(request: &Request, (least, most, usual): (u64, u64, u64)) -> u64 {
    request
        .query_number("wait")
        .map_or(usual, |ms| ms.clamp(least, most))
}
