//! The state machine of one job. It does no I/O: a driver feeds it [`Input`]s and carries out the
//! [`Output`]s, over fetch, over a Durable Object's alarms, or over simulated time.
//!
//! After every input the driver drains [`Job::poll_output`] until it says [`Output::Timeout`] or
//! [`Output::Done`]. A job is plain data: [`Job::record`] is its whole state, and [`Job::resume`]
//! goes on from it.
//!
//! Two rules carry the promises. The record is stored before the submit leaves, so that a job that
//! may exist is never forgotten. And a submit has three ends, accepted, rejected and unknown; an
//! unknown one is settled by asking, and is sent again only where the provider cannot bill it twice.

mod in_flight;
mod io;
mod persist;
mod poll;
mod redact;
mod submit;

use crate::json::Value;
use std::collections::VecDeque;

use crate::codec::{Codec, DecodeResult, codec, entry, object, string_enum};
use crate::error::Error;
use crate::outcome::{Status, Video, VideoResult};
use crate::request::Order;

use redact::RequestTexts;

pub use crate::handle::{Handle, QuoteEnds};
pub use io::{
    CancelOutcome, CancelResult, Input, Limits, Output, ResumeError, TransportError, Update,
};

/// One job.
#[derive(Debug, Clone)]
pub struct Job {
    /// What finds it.
    pub handle: Handle,
    status: Status,
    phase: Phase,
    /// The wire body, until the provider has accepted.
    body: Option<Value>,
    sync: bool,
    typical_duration_ms: u32,
    min_duration_ms: u32,
    /// When a submit first left whose answer is not known.
    first_sent: Option<u64>,
    /// Submits sent.
    sends: u32,
    /// Answers in a row that did not know the job.
    consecutive_not_found: u32,
    /// Failed requests in a row.
    consecutive_errors: u32,
    /// Answers in a row in which nothing is under way, though not all has ended.
    consecutive_stalls: u32,
    /// Milliseconds that were waited between answers without news. No clock that jumps adds to it.
    idle_ms: u64,
    /// Milliseconds in the queue, as far as it was told.
    queue_time_ms: u64,
    progress: Option<u8>,
    videos: Vec<Video>,
    end: Option<End>,
    cancel_wanted: bool,
    /// The job's id is what someone told, and the provider has not said so yet.
    job_id_unverified: bool,
    /// The job's id as a webhook told it, while the answer to the submit is waited for.
    webhook_job_id: Option<String>,

    // What stands for this run of the driver alone.
    revision: u32,
    saving: Option<u32>,
    dirty: bool,
    /// The store has refused what it should know: it is given it again with the next question.
    store_out_of_date: bool,
    in_flight: Option<InFlight>,
    requests: u32,
    wake_at: Option<u64>,
    /// When the last input came.
    last_input_at: u64,
    /// When the last request was sent.
    last_request_at: u64,
    /// When a webhook last led to a question.
    last_webhook_at: u64,
    request_timeout_ms: u64,
    deadline: u64,
    /// Milliseconds that earlier jobs of the listing took.
    run_time_history_ms: Vec<u32>,
    /// Whether a question may hold the line; no longer, once the provider has shown that it cannot.
    long_poll: bool,
    /// A cancel came too late: the job's end is still to be heard.
    cancel_late: bool,
    /// What was sent, in order to keep it out of errors. It is in the state, but not in the record.
    texts: RequestTexts,
    outputs: VecDeque<Output>,
}

codec!(Job {
    handle = "handle",
    status = "status",
    phase = "phase",
    body = "body",
    sync = "sync",
    typical_duration_ms = "typicalDurationMs",
    min_duration_ms = "minDurationMs",
    first_sent = "firstSent",
    sends = "sends",
    consecutive_not_found = "consecutiveNotFound",
    consecutive_errors = "consecutiveErrors",
    consecutive_stalls = "consecutiveStalls",
    idle_ms = "idleMs",
    queue_time_ms = "queueTimeMs",
    progress = "progress",
    videos = "videos",
    end = "end",
    cancel_wanted = "cancelWanted",
    job_id_unverified = "jobIdUnverified",
    webhook_job_id = "webhookJobId",
    revision = "revision",
    saving = "saving",
    dirty = "dirty",
    store_out_of_date = "storeOutOfDate",
    in_flight = "inFlight",
    requests = "requests",
    wake_at = "wakeAt",
    last_input_at = "lastInputAt",
    last_request_at = "lastRequestAt",
    last_webhook_at = "lastWebhookAt",
    request_timeout_ms = "requestTimeoutMs",
    deadline = "deadline",
    run_time_history_ms = "runTimeHistoryMs",
    long_poll = "longPoll",
    cancel_late = "cancelLate",
    texts = "texts",
} skip outputs);

/// What the machine is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The record is being stored before a submit leaves.
    Persisting,
    /// The submit is on its way.
    Submitting,
    /// The submit was turned away unread, by HTTP 429, and is to go again.
    Backoff,
    /// The answer to a submit was lost.
    Reconciling,
    /// The provider has the job.
    Running,
    /// Nothing more will come.
    Ended,
}

string_enum!(Phase {
    Persisting = "persisting",
    Submitting = "submitting",
    Backoff = "backoff",
    Reconciling = "reconciling",
    Running = "running",
    Ended = "ended",
});

/// How a job ended.
#[derive(Debug, Clone, PartialEq)]
enum End {
    Completed(Box<VideoResult>),
    Error(Error),
}

impl Codec for End {
    fn write(&self) -> Value {
        match self {
            End::Completed(outcome) => object! { "completed": **outcome },
            End::Error(error) => object! { "error": *error },
        }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        *self = match value.get("completed") {
            Some(outcome) => {
                let mut completed = Box::default_value();
                Codec::decode_into(&mut completed, outcome)?;
                End::Completed(completed)
            }
            None => {
                let mut error = Error::default_value();
                error.decode_into(entry(value, "error"))?;
                End::Error(error)
            }
        };
        Ok(())
    }

    fn default_value() -> Self {
        End::Error(Error::default_value())
    }
}

/// The one request that is under way.
#[derive(Debug, Clone, Copy)]
struct InFlight {
    id: u32,
    kind: RequestKind,
    limit_ms: u64,
    /// When the waiting ends; nothing while the driver keeps the request back.
    deadline: Option<u64>,
}

codec!(InFlight {
    id = "id",
    kind = "kind",
    limit_ms = "limitMs",
    deadline = "deadline",
});

/// What a request asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RequestKind {
    Submit,
    Poll,
    /// A question whose answer may take its time.
    LongPoll,
    Details,
    Cancel,
}

string_enum!(RequestKind {
    Submit = "submit",
    Poll = "poll",
    LongPoll = "long_poll",
    Details = "details",
    Cancel = "cancel",
});

impl Job {
    /// A new job. `handle` names it; nothing leaves before its record is stored.
    pub fn start(now: u64, handle: Handle, order: Order, limits: Limits) -> Self {
        let mut job = Job {
            handle,
            status: Status::Submitting,
            phase: Phase::Persisting,
            body: Some(order.body),
            sync: order.sync,
            typical_duration_ms: order.typical_duration_ms,
            min_duration_ms: order.min_duration_ms,
            first_sent: None,
            sends: 0,
            consecutive_not_found: 0,
            consecutive_errors: 0,
            consecutive_stalls: 0,
            idle_ms: 0,
            queue_time_ms: 0,
            progress: None,
            videos: Vec::new(),
            end: None,
            cancel_wanted: false,
            job_id_unverified: false,
            webhook_job_id: None,
            revision: 0,
            saving: None,
            dirty: false,
            store_out_of_date: false,
            in_flight: None,
            requests: 0,
            wake_at: None,
            last_input_at: now,
            last_request_at: 0,
            last_webhook_at: 0,
            request_timeout_ms: limits.request_timeout_ms(),
            deadline: now.saturating_add(limits.timeout_ms()),
            run_time_history_ms: Vec::new(),
            long_poll: limits.long_poll,
            outputs: VecDeque::new(),
            cancel_late: false,
            texts: RequestTexts::default(),
        };
        job.store_submit(now);
        job
    }

    /// Goes on from a stored record, at the revision that the store has.
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
    /// // What a store holds when a process is killed just before, or just after, its submit has left.
    /// let stored: Value = serde_json::from_str(&job.record().to_string())?;
    /// let mut resumed = Job::resume(60_000, stored, 1, limits)?;
    /// assert_eq!(resumed.handle, job.handle);
    ///
    /// // It asks first what became of that submit.
    /// resumed.handle_input(60_000, Input::Timeout);
    /// let question = loop {
    ///     match resumed.poll_output() {
    ///         Output::Transmit { request, .. } => break request.body,
    ///         Output::Save { revision, .. } => resumed.handle_input(60_000, Input::Saved(revision)),
    ///         Output::Timeout(at) => resumed.handle_input(at, Input::Timeout),
    ///         Output::Update(_) => {}
    ///         other => panic!("{other:?}"),
    ///     }
    /// };
    /// assert_eq!(question, Some(json!([{ "taskType": "getResponse", "taskUUID": key }])));
    ///
    /// assert!(Job::resume(60_000, json!({ "not": "ours" }), 1, limits).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResumeError`] if the record is not one of filmgate's.
    pub fn resume(
        now: u64,
        record: Value,
        revision: u32,
        limits: Limits,
    ) -> Result<Self, ResumeError> {
        let job: Job = Codec::read(&record).ok_or(ResumeError::InvalidRecord)?;
        if job.phase == Phase::Ended && job.end.is_none() {
            return Err(ResumeError::MissingResult);
        }
        if !job.handle.is_valid() {
            return Err(ResumeError::InvalidHandle);
        }
        Ok(job.resumed(now, revision, limits))
    }

    /// Goes on from a handle alone, where no record is at hand. `typical_duration_ms` is how long a job of its listing
    /// usually takes, in milliseconds: [`catalog::typical_duration_ms`](crate::catalog::typical_duration_ms).
    ///
    /// # Errors
    ///
    /// [`ResumeError::InvalidHandle`] if the handle is not one of filmgate's.
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
        let unsent = Order::unsent(&handle, typical_duration_ms);
        let mut job = Job::start(now, handle, unsent, limits);
        job.body = None;
        job.outputs.clear();
        (job.saving, job.revision) = (None, 0);
        job.first_sent = job.handle.submitted_at.or(Some(job.handle.created_at));
        job.phase = if accepted {
            Phase::Running
        } else {
            Phase::Submitting
        };
        job.status = if accepted {
            Status::Running
        } else {
            Status::Submitting
        };
        Ok(job.resumed(now, 0, limits))
    }

    fn resumed(mut self, now: u64, revision: u32, limits: Limits) -> Self {
        if now < self.last_input_at {
            // How long ago it was sent, nobody knows.
            self.first_sent = None;
        }
        (self.saving, self.in_flight, self.revision) = (None, None, revision);
        (self.dirty, self.store_out_of_date) = (false, false);
        (self.consecutive_errors, self.cancel_wanted) = (0, false);
        self.cancel_late = false;
        self.request_timeout_ms = limits.request_timeout_ms();
        self.deadline = now.saturating_add(limits.timeout_ms());
        self.long_poll = limits.long_poll;
        (self.last_input_at, self.last_request_at, self.wake_at) = (now, 0, Some(now));
        match self.phase {
            Phase::Ended if self.may_still_exist() => self.reopen(now),
            Phase::Ended => {
                self.wake_at = None;
                self.emit_done();
            }
            // Accepted, as it says, but without what would find it.
            Phase::Running if self.handle.provider.poll(&self.handle).is_none() => {
                self.reconcile(now)
            }
            Phase::Running | Phase::Backoff => {}
            // The record was stored before the submit left; whether it left is not known.
            Phase::Persisting | Phase::Submitting | Phase::Reconciling => self.reconcile(now),
        }
        self
    }

    /// Tells how many milliseconds earlier jobs of the listing took; the last
    /// [`MAX_RUN_TIMES`](crate::schedule::MAX_RUN_TIMES) count. By them it asks more seldom and hears sooner.
    pub fn set_run_time_history(&mut self, run_time_history_ms: &[u32]) {
        let skip = run_time_history_ms
            .len()
            .saturating_sub(crate::schedule::MAX_RUN_TIMES);
        self.run_time_history_ms = run_time_history_ms.iter().skip(skip).copied().collect();
    }

    /// Whether the job ended because the provider knew nothing of it: it may have been wrong, and asking
    /// costs little.
    fn may_still_exist(&self) -> bool {
        match self.status {
            Status::Expired => true,
            Status::SubmissionUnknown => self.handle.provider.supports_idempotency(),
            _ => false,
        }
    }

    fn reopen(&mut self, now: u64) {
        (self.end, self.handle.ended_at) = (None, None);
        if self.handle.accepted_at.is_some() {
            (self.phase, self.status) = (Phase::Running, Status::Running);
        } else {
            self.reconcile(now);
        }
    }

    /// The whole state, for the store: none of what was sent, once the provider has accepted.
    pub fn record(&self) -> Value {
        let mut record = self.write();
        if let Some(map) = record.as_object_mut() {
            map.remove("texts");
        }
        record
    }

    /// The record, and what was sent, for a driver that keeps no job between two steps.
    pub fn state(&self) -> Value {
        self.write()
    }

    /// Where the job stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// How the job ended, if it has.
    pub fn end(&self) -> Option<Result<&VideoResult, &Error>> {
        self.end.as_ref().map(|end| match end {
            End::Completed(outcome) => Ok(outcome.as_ref()),
            End::Error(error) => Err(error),
        })
    }

    /// Takes what happened.
    pub fn handle_input(&mut self, now: u64, input: Input) {
        self.rebase_clock(now);
        match input {
            Input::Saved(revision) => self.on_saved(now, revision),
            Input::SaveFailed(revision) => self.on_save_failed(now, revision),
            Input::Response { id, response } => match self.take_in_flight(id) {
                Some(kind) => self.on_response(now, kind, &response),
                None => self.on_late_response(now, &response),
            },
            Input::TransportFailed { id, kind: error } => {
                if let Some(kind) = self.take_in_flight(id) {
                    self.on_transport_error(now, kind, error);
                }
            }
            Input::Held { id } => self.set_deadline(id, None),
            Input::Left { id } => self.set_deadline(id, Some(now)),
            Input::Timeout => {}
            Input::Cancel => self.cancel(now),
            Input::Webhook(body) => self.on_webhook(now, &body),
        }
        self.on_time(now);
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| {
            let next = match self.in_flight {
                Some(in_flight) => in_flight.deadline,
                None => self.wake_at,
            };
            let deadline = match self.phase {
                Phase::Ended if self.saving.is_none() => u64::MAX,
                _ if self.is_awaited() => u64::MAX,
                _ => self.deadline,
            };
            Output::Timeout(next.unwrap_or(u64::MAX).min(deadline))
        })
    }
}
