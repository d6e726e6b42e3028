//! The state machine of one job: submit, poll, cancel, persist.
//! May import: provider, request, schedule, outcome, error, issue, handle and the codec.
//! Must never: do I/O, read a clock or a random source, or know a single model.
//!
//! A driver passes [`Input`]s to it and executes its [`Output`]s, over fetch, a Durable Object's
//! alarms or simulated time. After every input the driver drains [`Job::poll_output`] until it returns
//! [`Output::Timeout`] or [`Output::Done`]. A job is plain data: [`Job::record`] is its whole state,
//! and [`Job::resume`] continues from it.
//!
//! Two rules guarantee that a job is never paid twice or lost. The record is stored before the submit
//! is sent. A submit has three outcomes: accepted, rejected and unknown; an unknown one is reconciled
//! by polling, and is sent again only if the provider cannot bill it twice.

mod cancel;
mod end;
mod in_flight;
mod io;
mod persist;
mod poll;
mod recheck;
mod redact;
mod spelling;
mod submit;
mod webhook;

use crate::json::Value;

use crate::codec::pack::{Pack, unpack};
use crate::codec::{Codec, codec, string_enum};
use crate::error::Error;
use crate::issue::Issue;
use crate::outcome::{Status, VideoResult};
use crate::request::PreparedRequest;

use end::{End, MAX_RESULTS};
use in_flight::{RequestKind, Requests};
use persist::Persistence;
use poll::Polling;
use redact::RequestTexts;
use submit::Submission;

pub use crate::handle::{Handle, QuoteEnds};
pub use io::{
    CancelOutcome, CancelResult, Input, Limits, Output, ResumeError, TransportError, Update,
};

/// Most states have fewer bytes.
const STATE_BYTES: usize = 2_048;

/// The warnings for the record, which holds no value of the request.
fn without_fixes(warnings: Vec<Issue>) -> Vec<Issue> {
    warnings.into_iter().map(|issue| Issue { fix: None, ..issue }).collect()
}

/// One job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Finds the job again.
    pub handle: Handle,
    status: Status,
    phase: Phase,
    submission: Submission,
    polling: Polling,
    persistence: Persistence,
    requests: Requests,
    end: Option<End>,
    /// The warnings of the listing.
    warnings: Vec<Issue>,
    cancel_wanted: bool,
    /// A cancel was too late; the job's result is not known yet.
    cancel_late: bool,
    /// When the cancel in progress is given up.
    cancel_until: Option<u64>,
    /// When the caller stops waiting.
    deadline: u64,
    /// When the last input was received.
    last_input_at: u64,
    /// Strings of the request, to redact them in errors. Part of the state, but not of the record.
    texts: RequestTexts,
    /// The provider's words of the error that ended the job. Part of the state, but not of the record.
    provider_message: Option<String>,
    /// The response that ended the job with an error, unless it is in `end`. Part of the state, but not of
    /// the record.
    unstored_raw: Option<Value>,
    outputs: Vec<Output>,
}

codec!(packed Job {
    handle = "handle",
    status = "status",
    phase = "phase",
    submission = "submission",
    polling = "polling",
    persistence = "persistence",
    requests = "requests",
    end = "end",
    warnings = "warnings",
    cancel_wanted = "cancelWanted",
    cancel_late = "cancelLate",
    cancel_until = "cancelUntil",
    deadline = "deadline",
    last_input_at = "lastInputAt",
} and texts, provider_message, unstored_raw; skip outputs);

/// What the state machine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The record is being stored before a submit is sent.
    Persisting,
    /// The submit is in flight.
    Submitting,
    /// The submit was rate limited (HTTP 429) and is sent again later.
    Backoff,
    /// The response to a submit was lost.
    Reconciling,
    /// The provider has accepted the job.
    Running,
    /// The job has ended.
    Ended,
    /// The job has ended with an error, and is polled once more.
    Rechecking,
}

string_enum!(Phase {
    Persisting = "persisting",
    Submitting = "submitting",
    Backoff = "backoff",
    Reconciling = "reconciling",
    Running = "running",
    Ended = "ended",
    Rechecking = "rechecking",
});

impl Job {
    /// Creates a job. Its first output saves the record; the submit is sent after that.
    pub fn start(now: u64, handle: Handle, order: PreparedRequest, limits: Limits) -> Self {
        let min_duration_ms = order.min_duration_ms.max(handle.provider.min_duration_ms());
        let mut job = Job {
            handle,
            status: Status::Submitting,
            phase: Phase::Persisting,
            submission: Submission::new(order.body, order.sync, min_duration_ms),
            polling: Polling::new(order.typical_duration_ms, limits.long_poll),
            persistence: Persistence::default(),
            requests: Requests::new(limits.request_timeout_ms()),
            end: None,
            warnings: without_fixes(order.quote.warnings),
            cancel_wanted: false,
            cancel_late: false,
            cancel_until: None,
            deadline: now.saturating_add(limits.timeout_ms()),
            last_input_at: now,
            texts: RequestTexts::default(),
            provider_message: None,
            unstored_raw: None,
            outputs: Vec::new(),
        };
        job.store_submit(now);
        job
    }

    /// Resumes a job from a stored record and its revision in the store.
    /// ```
    /// use filmgate::job::{Input, Job, Limits, Output};
    /// use filmgate::plan::{PlanOptions, plan, start};
    /// use filmgate::provider::ProviderId;
    /// use filmgate::request::{Policy, VideoRequest};
    /// use serde_json::{Value, json};
    ///
    /// let request = VideoRequest::new("wan-2.6").prompt("A fox").duration(5).resolution("720p");
    /// let options = PlanOptions {
    ///     available_providers: vec![ProviderId::Runware],
    ///     ..PlanOptions::default()
    /// };
    /// let offer = plan(&request, &options, Policy::default())?.remove(0);
    /// let limits = Limits::default();
    /// let key = "0b2f63a4-5f3c-4a57-9d5e-7c1d2f0a9e11";
    /// let job = start(1_000, offer, key, limits)?;
    ///
    /// // The stored record of a process that was killed just before or after it sent the submit.
    /// let stored: Value = serde_json::from_str(&job.record().to_string())?;
    /// let mut resumed = Job::resume(60_000, stored, 1, limits)?;
    /// assert_eq!(resumed.handle, job.handle);
    ///
    /// // It polls for the outcome of that submit first.
    /// resumed.handle_input(60_000, Input::Timeout);
    /// let poll = loop {
    ///     match resumed.poll_output() {
    ///         Output::Transmit { request, .. } => break request.body,
    ///         Output::Save { revision, .. } => resumed.handle_input(60_000, Input::Saved(revision)),
    ///         Output::Timeout(at) => resumed.handle_input(at, Input::Timeout),
    ///         Output::Update(_) => {}
    ///         other => panic!("{other:?}"),
    ///     }
    /// };
    /// assert_eq!(poll, Some(json!([{ "taskType": "getResponse", "taskUUID": key }])));
    ///
    /// assert!(Job::resume(60_000, json!({ "not": "ours" }), 1, limits).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResumeError`] if the record was not written by filmgate.
    pub fn resume(
        now: u64,
        record: Value,
        revision: u32,
        limits: Limits,
    ) -> Result<Self, ResumeError> {
        let job: Job = Codec::read(&record).ok_or(ResumeError::InvalidRecord)?;
        let has_result = job.end.as_ref().is_some_and(End::is_valid);
        if matches!(job.phase, Phase::Ended | Phase::Rechecking) && !has_result {
            return Err(ResumeError::MissingResult);
        }
        if !job.handle.is_valid() {
            return Err(ResumeError::InvalidHandle);
        }
        Ok(job.resumed(now, revision, limits))
    }

    /// Resumes a job from its handle, without a record. `typical_duration_ms` is the typical duration of the
    /// listing in milliseconds: [`catalog::typical_duration_ms`](crate::catalog::typical_duration_ms).
    ///
    /// # Errors
    ///
    /// [`ResumeError::InvalidHandle`] if the handle was not written by filmgate.
    pub fn adopt(
        now: u64,
        handle: Handle,
        typical_duration_ms: u32,
        limits: Limits,
    ) -> Result<Self, ResumeError> {
        if !handle.is_valid() {
            return Err(ResumeError::InvalidHandle);
        }
        let accepted = handle.accepted_at.is_some() || handle.job_id.is_some();
        let unsent = PreparedRequest::unsent(&handle, typical_duration_ms);
        let mut job = Job::start(now, handle, unsent, limits);
        job.submission.body = None;
        job.outputs.clear();
        (job.persistence.saving, job.persistence.revision) = (None, 0);
        job.submission.first_sent = job.handle.submitted_at.or(Some(job.handle.created_at));
        job.phase = if accepted { Phase::Running } else { Phase::Submitting };
        job.status = if accepted { Status::Running } else { Status::Submitting };
        Ok(job.resumed(now, 0, limits))
    }

    fn resumed(mut self, now: u64, revision: u32, limits: Limits) -> Self {
        if now < self.last_input_at {
            // The clock was set back, so the time since the submit is unknown.
            self.submission.first_sent = None;
        }
        self.polling.unseen_ms = now.saturating_sub(self.seen_at());
        self.persistence = Persistence::at(revision);
        self.requests = Requests {
            next_id: self.requests.next_id,
            wake_at: Some(now),
            ..Requests::new(limits.request_timeout_ms())
        };
        (self.cancel_wanted, self.cancel_late, self.cancel_until) = (false, false, None);
        self.deadline = now.saturating_add(limits.timeout_ms());
        self.polling.long_poll = limits.long_poll;
        // The record counts a pause that may never have passed.
        (self.polling.idle_ms, self.polling.details_requested) = (0, false);
        self.polling.progress = self.polling.progress.filter(|percent| *percent <= 100);
        self.last_input_at = now;
        match self.phase {
            Phase::Ended if self.may_still_exist() => self.phase = Phase::Rechecking,
            Phase::Ended => {
                self.requests.wake_at = None;
                self.emit_done();
            }
            // Accepted according to the record, but without an id to poll.
            Phase::Running if self.handle.provider.poll(&self.handle).is_none() => {
                self.reconcile(now)
            }
            Phase::Running | Phase::Backoff | Phase::Rechecking => {}
            // The record is stored before the submit is sent, so the submit may have been sent.
            Phase::Persisting | Phase::Submitting | Phase::Reconciling => self.reconcile(now),
        }
        self
    }

    /// Sets the durations of earlier jobs of the listing in milliseconds, oldest first; the last
    /// [`MAX_RUN_TIMES`](crate::schedule::MAX_RUN_TIMES) are used. They make polling more efficient.
    pub fn set_run_time_history(&mut self, run_time_history_ms: &[u32]) {
        let skip = run_time_history_ms.len().saturating_sub(crate::schedule::MAX_RUN_TIMES);
        self.polling.run_time_history_ms = run_time_history_ms.iter().skip(skip).copied().collect();
    }

    /// All that the store keeps. It has no part of the request once the provider has accepted it.
    pub fn record(&self) -> Value {
        self.write()
    }

    /// From now on a poll may hold its connection open until there is a change, or may not.
    pub fn set_long_poll(&mut self, long_poll: bool) {
        self.polling.long_poll = long_poll;
    }

    /// The record and the strings of the request as bytes, for a driver that keeps no `Job` between two steps. Only this
    /// version of the crate reads them.
    pub fn state(&self) -> Vec<u8> {
        let mut state = Vec::with_capacity(STATE_BYTES);
        self.pack(&mut state);
        state
    }

    /// The job of a state; `None` if [`state`](Job::state) has not made it.
    pub fn from_state(state: &[u8]) -> Option<Self> {
        unpack(state)
    }

    /// Gives a resumed job the request that it was submitted with, so that errors can show the provider's
    /// words without quotations of it. Nothing of the request is stored.
    pub fn set_request(&mut self, request: &Value) {
        self.texts = RequestTexts::of(request);
    }

    /// The warnings of the listing about the request, without fixes, which may hold values of the request.
    pub fn warnings(&self) -> &[Issue] {
        &self.warnings
    }

    /// What the driver in JavaScript reads of a job between two steps, in the order of `Facts` in
    /// `pkg/src/core/state.ts`.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn facts(&self) -> Value {
        Value::Array(vec![
            self.status.write(),
            self.deadline.write(),
            self.requests.wake_at.write(),
            self.persistence.revision.write(),
            self.requests.consecutive_errors.write(),
            self.polling.consecutive_not_found.write(),
            self.polling.consecutive_stalls.write(),
        ])
    }

    /// The job's status.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The job's result, once it has ended.
    pub fn end(&self) -> Option<Result<&VideoResult, &Error>> {
        self.end.as_ref().map(|end| match end {
            End::Completed(outcome) => Ok(outcome.as_ref()),
            End::Error(error) => Err(error),
        })
    }

    /// Handles an input at the time `now`, in milliseconds since 1970.
    pub fn handle_input(&mut self, now: u64, input: Input) {
        self.count_unseen(now);
        self.rebase_clock(now);
        match input {
            Input::Saved(revision) => self.on_saved(now, revision),
            Input::SaveFailed(revision) => self.on_save_failed(now, revision),
            Input::Response { id, response } => match self.requests.take_in_flight(id) {
                Some(kind) => self.on_response(now, kind, &response),
                None => self.on_late_response(now, &response),
            },
            Input::TransportFailed { id, kind: error } => {
                if let Some(kind) = self.requests.take_in_flight(id) {
                    self.on_transport_error(now, kind, error);
                }
            }
            Input::Held { id } => self.requests.set_deadline(id, None),
            Input::Left { id } => self.requests.set_deadline(id, Some(now)),
            Input::Timeout => {}
            Input::Cancel => self.cancel(now),
            Input::Abandon => self.abandon(now),
            Input::Webhook(body) => self.on_webhook(now, &body),
        }
        self.on_time(now);
    }

    /// The next output to execute.
    pub fn poll_output(&mut self) -> Output {
        // There are a few.
        if !self.outputs.is_empty() {
            return self.outputs.remove(0);
        }
        Output::Timeout(self.next_timeout())
    }

    /// When the next input is due, if none comes before.
    fn next_timeout(&self) -> u64 {
        let next = match self.requests.in_flight {
            Some(in_flight) => in_flight.deadline,
            None => self.requests.wake_at,
        };
        let deadline = match self.phase {
            Phase::Ended if self.persistence.saving.is_none() => u64::MAX,
            Phase::Ended => self.store_deadline(),
            _ if self.is_awaited() => u64::MAX,
            _ => self.deadline,
        };
        next.unwrap_or(u64::MAX).min(deadline)
    }
}
