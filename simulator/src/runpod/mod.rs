//! RunPod's public endpoints, under `/runpod/v2/{endpoint}/`.
//!
//! Where the documents are silent: a cancelled job is billed once it runs; a job stopped by its
//! `executionTimeout` is billed; a job whose `ttl` ends continues unseen and is billed; unknown
//! input is ignored; a repeated submit is a second job. Purging a queue is not offered.

mod job;
mod request;
mod response;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::deliveries::Content;
use crate::fault::Operation;
use crate::field::{self, Odd, Oddity};
use crate::http::{Request, Response};
use crate::ledger::{Bill, RecordedSubmission, SubmissionIndex, SubmitOutcome};
use crate::listing::{self, Listing, Provider};
use crate::state::{Event, State};
pub(crate) use job::Status;
use job::{Ending, Job};
use request::Envelope;

/// RunPod's jobs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Runpod {
    jobs: HashMap<String, Job>,
}

/// Largest request bodies, in bytes.
const MAX_RUN_BYTES: usize = 10_000_000;
const MAX_RUNSYNC_BYTES: usize = 20_000_000;
/// Minimum, maximum and default wait, in milliseconds.
const RUNSYNC_WAIT_MS: (u64, u64, u64) = (1_000, 300_000, 90_000);
const STATUS_SYNC_WAIT_MS: (u64, u64, u64) = (1_000, 90_000, 90_000);

/// A path's parts after the base: endpoint, verb, and the job's id if there is one.
fn parts(path: &str) -> (&str, &str, &str) {
    let rest = path.strip_prefix("/runpod/v2/").unwrap_or("");
    let (endpoint, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let (verb, id) = rest.split_once('/').unwrap_or((rest, ""));
    (endpoint, verb, id.trim_end_matches('/'))
}

/// The operation of a request to this path.
pub(crate) fn operation(path: &str) -> Option<Operation> {
    match parts(path).1 {
        "run" | "runsync" | "retry" => Some(Operation::Submit),
        "status" | "status-sync" => Some(Operation::Poll),
        "cancel" => Some(Operation::Cancel),
        _ => None,
    }
}

/// An HTTP error in RunPod's shape.
pub(crate) fn server_error(status: u16) -> Response {
    let error = match status {
        429 => "too many requests, please try again later",
        _ => "internal server error",
    };
    response::error(status, error)
}

impl Runpod {
    pub(crate) fn handle(&mut self, state: &mut State, request: &Request) -> Response {
        let (endpoint, verb, id) = parts(&request.path);
        let is_known = listing::find(Provider::Runpod, endpoint).is_some();
        match request.key() {
            // Without a key, the health of an endpoint shows at least whether the endpoint exists.
            None if verb == "health" && !is_known => {
                return response::error(404, "endpoint not found");
            }
            None | Some("bad-key") => {
                record_rejected(state, verb, endpoint);
                return Response::empty(401);
            }
            Some("broke-key") if matches!(verb, "run" | "runsync") => {
                record_rejected(state, verb, endpoint);
                return response::error(402, "insufficient balance: please add credits");
            }
            Some(_) => {}
        }
        let Some(listing) = listing::find(Provider::Runpod, endpoint) else {
            record_rejected(state, verb, endpoint);
            return response::error(404, "endpoint not found");
        };
        match (request.method.as_str(), verb, id) {
            ("POST", "run", "") => self.run(state, listing, request),
            ("POST", "runsync", "") => self.runsync(state, listing, request),
            ("GET", "health", "") => self.health(state, endpoint),
            ("GET" | "POST", "status", id) => self.status(state, endpoint, id, 0, true),
            ("GET" | "POST", "status-sync", id) if state.config.status_sync => {
                let wait_ms = wait_ms(request, STATUS_SYNC_WAIT_MS);
                self.status(state, endpoint, id, wait_ms, true)
            }
            ("POST", "cancel", id) => self.cancel(state, endpoint, id),
            ("POST", "retry", id) => self.retry(state, endpoint, id),
            (_, "run" | "runsync" | "cancel" | "retry", _) => {
                response::error(405, "method not allowed")
            }
            _ => response::error(404, "not found"),
        }
    }

    fn run(&mut self, state: &mut State, listing: &'static Listing, request: &Request) -> Response {
        let retention_ms = state.config.runpod_retention_ms;
        match Envelope::read(&request.body, MAX_RUN_BYTES) {
            Err(error) => reject(state, listing, &error),
            Ok(envelope) => {
                let id = format!("{}-u1", state.rng.uuid());
                self.accept(state, listing, envelope, &id, retention_ms);
                let response = Response::json(200, &json!({ "id": id, "status": "IN_QUEUE" }));
                match self.jobs.get(&id) {
                    Some(job) => field::runpod::answer(&job.odd.with(state.moment), &id, response),
                    None => response,
                }
            }
        }
    }

    fn runsync(
        &mut self,
        state: &mut State,
        listing: &'static Listing,
        request: &Request,
    ) -> Response {
        let retention_ms = state.config.runsync_retention_ms;
        match Envelope::read(&request.body, MAX_RUNSYNC_BYTES) {
            Err(error) => reject(state, listing, &error),
            Ok(envelope) => {
                let id = format!("sync-{}-u1", state.rng.uuid());
                self.accept(state, listing, envelope, &id, retention_ms);
                match self.jobs.get(&id) {
                    // Only this call reports a rejected input at once and over HTTP.
                    Some(job) if matches!(job.ending, Ending::Refused { .. }) => {
                        Response::json(400, &response::body(state, &id, job, job.ends_ms))
                    }
                    _ => {
                        let wait_ms = wait_ms(request, RUNSYNC_WAIT_MS);
                        self.status(state, listing.id, &id, wait_ms, false)
                    }
                }
            }
        }
    }

    fn accept(
        &mut self,
        state: &mut State,
        listing: &'static Listing,
        envelope: Envelope,
        id: &str,
        retention_ms: u64,
    ) {
        let worker = state.rng.worker();
        let now_ms = state.now_ms;
        let mut job_duration_ms = state.config.job_duration_ms;
        let mut odd = state.new_odd(Provider::Runpod, || prompt_of(&envelope.input));
        odd.bills_failures = state.config.field_mode.is_some() && listing.passthrough;
        let ending = match request::parse(listing, &envelope.input) {
            Err(error) => Ending::Refused { error },
            Ok(request) => {
                if request.directives.slow {
                    job_duration_ms = job_duration_ms.saturating_mul(10);
                }
                let failed_cost = if odd.bills_failures { request.cost } else { 0 };
                let working_ms = job_duration_ms - state.config.queue_ms(job_duration_ms);
                if envelope.execution_timeout_ms.is_some_and(|limit| limit < working_ms) {
                    Ending::TimedOut { cost: request.cost }
                } else if request.directives.moderated || request.directives.nsfw {
                    let error = "The request was rejected by the content policy";
                    Ending::Failed { error: error.to_owned(), cost: failed_cost }
                } else if request.directives.fail || request.directives.partial {
                    let message = "the generation failed";
                    let error = response::worker_error("RuntimeError", message, &worker);
                    Ending::Failed { error, cost: failed_cost }
                } else if odd.is_failure() {
                    let error = field::runpod::REASON.to_owned();
                    Ending::Failed { error, cost: failed_cost }
                } else {
                    let video_id = state.rng.uuid().to_string();
                    Ending::Completed { video_id, video: request.video, cost: request.cost }
                }
            }
        };
        let started_ms = now_ms.saturating_add(state.config.queue_ms(job_duration_ms));
        if retention_ms <= state.config.runsync_retention_ms {
            // It would be hidden for longer than it is kept.
            odd.remove(Oddity::NotFoundAtFirst);
        }
        if odd.has(Oddity::StuckWithError) {
            job_duration_ms = job_duration_ms.max(field::runpod::STUCK_MS);
        }
        let ends_ms = match (&ending, envelope.execution_timeout_ms) {
            (Ending::Refused { .. }, _) => started_ms,
            (Ending::TimedOut { .. }, Some(limit)) => started_ms.saturating_add(limit),
            _ => now_ms.saturating_add(job_duration_ms),
        };
        let submit = RecordedSubmission {
            model: Some(listing.id.to_owned()),
            id: Some(id.to_owned()),
            ..RecordedSubmission::new(Provider::Runpod, now_ms, SubmitOutcome::Accepted)
        };
        let input = state.config.field_mode.is_some().then(|| envelope.input.into());
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
            submit: state.ledger.record_submission(submit),
            odd,
            input,
        };
        state.schedule(ends_ms, Event::RunpodEnd { id: id.to_owned(), run: 1 });
        self.jobs.insert(id.to_owned(), job);
    }

    /// Responds once the job has ended, or after `wait_ms`, with the job's status at that time.
    fn status(
        &mut self,
        state: &mut State,
        endpoint: &str,
        id: &str,
        wait_ms: u64,
        is_poll: bool,
    ) -> Response {
        let now_ms = state.now_ms;
        let Some(job) = self.known(now_ms, endpoint, id) else {
            return response::error(404, "job not found");
        };
        let odd = job.odd.with(state.moment);
        if is_poll && let Some(odd) = response::instead(state, job) {
            return odd;
        }
        let responded_ms = match job.cancelled_ms {
            Some(_) => now_ms,
            None => job.ends_ms.clamp(now_ms, now_ms.saturating_add(wait_ms)),
        };
        if job.status(responded_ms) == Status::Completed {
            state.ledger.mark_fetched(job.submit);
        }
        if matches!(job.status(responded_ms), Status::Failed | Status::Running) {
            state.quoted = Some(odd);
        }
        Response::json(200, &response::body(state, id, job, responded_ms))
            .after(responded_ms - now_ms)
    }

    fn cancel(&mut self, state: &mut State, endpoint: &str, id: &str) -> Response {
        let now_ms = state.now_ms;
        let Some(job) = self.known(now_ms, endpoint, id) else {
            return response::error(404, "job not found");
        };
        let status = job.status(now_ms);
        if matches!(status, Status::InQueue | Status::Running) {
            job.cancelled_ms = Some(now_ms);
            job.run += 1;
            if status == Status::Running {
                charge(state, id, job.submit, &job.endpoint, job.cost());
            }
            on_ended(state, id, job);
        }
        let whole = response::body(state, id, job, now_ms);
        Response::json(200, &json!({ "id": id, "status": whole.get("status") }))
    }

    fn retry(&mut self, state: &mut State, endpoint: &str, id: &str) -> Response {
        let now_ms = state.now_ms;
        let Some(job) = self.known(now_ms, endpoint, id) else {
            return response::error(404, "job not found");
        };
        if !matches!(job.status(now_ms), Status::Failed | Status::TimedOut) {
            return response::error(400, "only a failed or timed out job can be retried");
        }
        let submit = RecordedSubmission {
            model: Some(job.endpoint.clone()),
            id: Some(id.to_owned()),
            ..RecordedSubmission::new(Provider::Runpod, now_ms, SubmitOutcome::Accepted)
        };
        let later = now_ms - job.accepted_ms;
        job.run += 1;
        job.accepted_ms = now_ms;
        job.started_ms = job.started_ms.saturating_add(later);
        job.ends_ms = job.ends_ms.saturating_add(later);
        job.submit = state.ledger.record_submission(submit);
        state.schedule(job.ends_ms, Event::RunpodEnd { id: id.to_owned(), run: job.run });
        Response::json(200, &json!({ "id": id, "status": "IN_QUEUE" }))
    }

    fn health(&self, state: &State, endpoint: &str) -> Response {
        let count = |wanted: &[Status]| {
            let known = self.jobs.values().filter(|job| {
                job.endpoint == endpoint
                    && job.is_known(state.now_ms)
                    && wanted.contains(&job.status(state.now_ms))
            });
            known.count()
        };
        let running = count(&[Status::Running]);
        let retried = self.jobs.values().filter(|job| job.run > 1 && job.cancelled_ms.is_none());
        Response::json(
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
        self.jobs.get_mut(id).filter(|job| job.endpoint == endpoint && job.is_known(now_ms))
    }

    pub(crate) fn odd(&self, id: &str) -> Option<&Odd> {
        self.jobs.get(id).map(|job| &job.odd)
    }

    /// Whether the job has a video, or will have one, that a poll finds.
    pub(crate) fn has_video(&self, id: &str, now_ms: u64) -> bool {
        self.jobs.get(id).is_some_and(|job| {
            let is_completed = matches!(job.ending, Ending::Completed { .. });
            is_completed && job.cancelled_ms.is_none() && job.is_known(now_ms)
        })
    }

    /// A job ends.
    pub(crate) fn end(&mut self, state: &mut State, id: &str, run: u32) {
        let Some(job) = self.jobs.get(id).filter(|job| job.run == run) else {
            return;
        };
        charge(state, id, job.submit, &job.endpoint, job.cost());
        if let Ending::Completed { video_id, video, .. } = &job.ending {
            state.store_video(Provider::Runpod, video_id, video, state.config.video_ttl_ms);
        }
        on_ended(state, id, job);
    }

    pub(crate) fn forget(&mut self, id: &str, run: u32) {
        if self.jobs.get(id).is_some_and(|job| job.run == run) {
            self.jobs.remove(id);
        }
    }
}

/// Runs at the end of every job: sends the webhook and schedules its removal.
fn on_ended(state: &mut State, id: &str, job: &Job) {
    if let Some(webhook) = &job.webhook {
        let body = response::body(state, id, job, state.now_ms).to_string();
        state.send(Provider::Runpod, webhook, Content::Webhook(body));
    }
    let forget_ms = state.now_ms.saturating_add(job.retention_ms);
    state.schedule(forget_ms, Event::RunpodForget { id: id.to_owned(), run: job.run });
}

fn charge(state: &mut State, id: &str, from: SubmissionIndex, model: &str, micro_usd: u64) {
    if micro_usd > 0 {
        let (id, model, at_ms) = (id.to_owned(), model.to_owned(), state.now_ms);
        let bill = Bill { provider: Provider::Runpod, id, model, micro_usd, at_ms };
        state.ledger.record_bill(from, bill);
    }
}

/// Records a submit that was rejected before a job was created.
fn record_rejected(state: &mut State, verb: &str, endpoint: &str) {
    if matches!(verb, "run" | "runsync") {
        let rejected =
            RecordedSubmission::new(Provider::Runpod, state.now_ms, SubmitOutcome::Rejected);
        state
            .ledger
            .record_submission(RecordedSubmission { model: Some(endpoint.to_owned()), ..rejected });
    }
}

fn reject(state: &mut State, listing: &Listing, error: &str) -> Response {
    record_rejected(state, "run", listing.id);
    response::error(400, error)
}

fn prompt_of(input: &serde_json::Map<String, serde_json::Value>) -> String {
    let texts = input.values().filter_map(serde_json::Value::as_str);
    texts.max_by_key(|text| text.len()).unwrap_or_default().to_owned()
}

fn wait_ms(request: &Request, (min_ms, max_ms, default_ms): (u64, u64, u64)) -> u64 {
    request.query_number("wait").map_or(default_ms, |ms| ms.clamp(min_ms, max_ms))
}
