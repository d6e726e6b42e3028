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

mod handle;
mod quoted;
mod running;
mod submitting;

use serde_json::Value;
use std::collections::VecDeque;

use crate::error::{Error, ErrorCode};
use crate::outcome::{Charge, Failure, Outcome, Status, Video};
use crate::plain::{Plain, object, plain, words};
use crate::provider::{Request, Response};
use crate::request::Order;
use crate::schedule::Course;

use quoted::Texts;

pub use handle::{Handle, QuoteEnds};

/// What happens to a job. Every input comes with the time.
#[derive(Debug, Clone)]
pub enum Input {
    /// The record of that revision is stored.
    Saved(u32),
    /// It is not: the store refused, or someone else had written.
    SaveFailed(u32),
    /// The answer to the request of that id.
    Response {
        /// From [`Output::Transmit`].
        id: u32,
        /// The answer.
        response: Response,
    },
    /// The request of that id came to nothing that we know of.
    TransportFailed {
        /// From [`Output::Transmit`].
        id: u32,
        /// How.
        kind: TransportError,
    },
    /// Nothing but the time has changed. Also the first input of all.
    Timeout,
    /// The caller wants the provider to stop.
    Cancel,
    /// A webhook's body: a hint to ask at once.
    Webhook(Value),
}

/// How a request failed without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportError {
    /// Refused, reset, no such host, or a browser's CORS refusal: they look alike.
    Network,
    /// No answer within the limit.
    Timeout,
    /// Nothing has left: there was no key, or the address is none.
    Unsent,
}

/// What the driver is to do.
#[derive(Debug, Clone)]
pub enum Output {
    /// Store the record where the stored revision is one less; answer with [`Input::Saved`] or
    /// [`Input::SaveFailed`].
    Save {
        /// The revision that this makes.
        revision: u32,
        /// [`Job::record`]
        record: Value,
    },
    /// Send the request; answer with [`Input::Response`] or [`Input::TransportFailed`].
    Transmit {
        /// Names the request.
        id: u32,
        /// No answer is waited for beyond this time.
        deadline: u64,
        /// The request.
        request: Request,
    },
    /// The job has moved on.
    Update(Update),
    /// What came of [`Input::Cancel`].
    Cancelled(Cancellation),
    /// Nothing is to be done before this time, unless something comes in.
    Timeout(u64),
    /// The job has ended, or is no longer waited for.
    Done(Box<Result<Outcome, Error>>),
}

/// A step of a running job.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Update {
    /// Where it stands.
    pub status: Status,
    /// Per cent, where the provider tells.
    pub progress: Option<u8>,
    /// Milliseconds to the expected end.
    pub eta_ms: Option<u64>,
    /// Videos that are ready.
    pub ready: u32,
}

plain!(Update {
    status = "status",
    progress = "progress",
    eta_ms = "etaMs",
    ready = "ready",
});

/// What came of a cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancellation {
    /// The truth of it.
    pub result: CancelResult,
    /// Whether money went.
    pub charge: Charge,
}

plain!(Cancellation {
    result = "result",
    charge = "charge",
});

/// The truth of a cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelResult {
    /// The provider has stopped.
    Cancelled,
    /// The job had ended before.
    TooLate,
    /// The provider cannot; the job goes on and is billed.
    Unsupported,
}

words!(CancelResult {
    Cancelled = "cancelled",
    TooLate = "too_late",
    Unsupported = "unsupported",
});

/// Limits of the driver and the caller.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Milliseconds for one request.
    pub request_ms: u64,
    /// Milliseconds that the caller waits for the end.
    pub wait_ms: u64,
}

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
    usual_ms: u32,
    shortest_ms: u32,
    /// When a submit first left whose answer is not known.
    first_sent: Option<u64>,
    /// Submits sent.
    sends: u32,
    /// Answers in a row that did not know the job.
    missing: u32,
    /// Failed requests in a row.
    troubles: u32,
    /// Answers in a row in which nothing is under way, though not all has ended.
    stalled: u32,
    progress: Option<u8>,
    videos: Vec<Video>,
    end: Option<End>,
    cancel_wanted: bool,
    /// The job's id as a webhook told it, while the answer to the submit is waited for.
    told_id: Option<String>,

    // What stands for this run of the driver alone.
    revision: u32,
    saving: Option<u32>,
    dirty: bool,
    flight: Option<Flight>,
    requests: u32,
    wake_at: Option<u64>,
    request_ms: u64,
    give_up_at: u64,
    outputs: VecDeque<Output>,
    texts: Texts,
    /// A cancel came too late: the job's end is still to be heard.
    cancel_late: bool,
}

plain!(Job {
    handle = "handle",
    status = "status",
    phase = "phase",
    body = "body",
    sync = "sync",
    usual_ms = "usualMs",
    shortest_ms = "shortestMs",
    first_sent = "firstSent",
    sends = "sends",
    missing = "missing",
    troubles = "troubles",
    stalled = "stalled",
    progress = "progress",
    videos = "videos",
    end = "end",
    cancel_wanted = "cancelWanted",
    told_id = "toldId",
    revision = "revision",
    saving = "saving",
    dirty = "dirty",
    flight = "flight",
    requests = "requests",
    wake_at = "wakeAt",
    request_ms = "requestMs",
    give_up_at = "giveUpAt",
} skip outputs, texts, cancel_late);

/// What the machine is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The record is being stored for the first time; nothing has left.
    Storing,
    /// A submit is on its way, or waits to go again after HTTP 429.
    Submitting,
    /// The answer to a submit was lost.
    Settling,
    /// The provider has the job.
    Running,
    /// Nothing more will come.
    Ended,
}

words!(Phase {
    Storing = "storing",
    Submitting = "submitting",
    Settling = "settling",
    Running = "running",
    Ended = "ended",
});

/// How a job ended.
#[derive(Debug, Clone, PartialEq)]
enum End {
    Completed(Box<Outcome>),
    Error(Error),
}

impl Plain for End {
    fn write(&self) -> Value {
        match self {
            End::Completed(outcome) => object([("completed", outcome.write())]),
            End::Error(error) => object([("error", error.write())]),
        }
    }

    fn read(value: &Value) -> Option<Self> {
        match value.get("completed") {
            Some(outcome) => Plain::read(outcome).map(End::Completed),
            None => Plain::read(value.get("error")?).map(End::Error),
        }
    }
}

/// The one request that is under way.
#[derive(Debug, Clone, Copy)]
struct Flight {
    id: u32,
    ask: Ask,
    deadline: u64,
}

plain!(Flight {
    id = "id",
    ask = "ask",
    deadline = "deadline",
});

/// What a request asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Submit,
    Poll,
    Details,
    Cancel,
}

words!(Ask {
    Submit = "submit",
    Poll = "poll",
    Details = "details",
    Cancel = "cancel",
});

impl Job {
    /// A new job. `handle` names it; nothing leaves before its record is stored.
    pub fn start(now: u64, handle: Handle, order: Order, limits: Limits) -> Self {
        let texts = Texts::of(&order.body);
        let mut job = Job {
            handle,
            status: Status::Submitting,
            phase: Phase::Storing,
            body: Some(order.body),
            sync: order.sync,
            usual_ms: order.usual_ms,
            shortest_ms: order.shortest_ms,
            first_sent: None,
            sends: 0,
            missing: 0,
            troubles: 0,
            stalled: 0,
            progress: None,
            videos: Vec::new(),
            end: None,
            cancel_wanted: false,
            told_id: None,
            revision: 0,
            saving: None,
            dirty: false,
            flight: None,
            requests: 0,
            wake_at: None,
            request_ms: limits.request_ms,
            give_up_at: now.saturating_add(limits.wait_ms),
            outputs: VecDeque::new(),
            texts,
            cancel_late: false,
        };
        // A record in this state may have been sent by the time that it is read again.
        job.first_sent = Some(now);
        job.save();
        job
    }

    /// Goes on from a stored record, at the revision that the store has.
    pub fn resume(now: u64, record: Value, revision: u32, limits: Limits) -> Option<Self> {
        let job: Job = Plain::read(&record)?;
        job.handle
            .is_sound()
            .then(|| job.resumed(now, revision, limits))
    }

    /// Goes on from a handle alone, where no record is at hand.
    pub fn adopt(now: u64, handle: Handle, usual_ms: u32, limits: Limits) -> Option<Self> {
        handle.is_sound().then_some(())?;
        let accepted = handle.accepted_at.is_some() || handle.job_id.is_some();
        let unsent = Order::unsent(&handle, usual_ms);
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
        Some(job.resumed(now, 0, limits))
    }

    fn resumed(mut self, now: u64, revision: u32, limits: Limits) -> Self {
        (self.saving, self.dirty, self.flight, self.revision) = (None, false, None, revision);
        (self.troubles, self.cancel_wanted) = (0, false);
        self.texts = self.body.as_ref().map(Texts::of).unwrap_or_default();
        self.request_ms = limits.request_ms;
        self.give_up_at = now.saturating_add(limits.wait_ms);
        self.wake_at = Some(now);
        match self.phase {
            Phase::Ended => self.deliver(),
            Phase::Running => {}
            // The record was stored before the submit left; whether it left is not known.
            Phase::Storing | Phase::Submitting | Phase::Settling => self.settle(now),
        }
        self
    }

    /// Takes the provider's id for a job whose submit ended as unknown, as a webhook or the
    /// provider's console tells it.
    pub fn adopt_job_id(&mut self, now: u64, job_id: &str) {
        let lost = matches!(self.status, Status::SubmissionUnknown | Status::Settling);
        if lost && self.can_take(job_id) {
            self.take_job_id(now, job_id.to_owned());
        }
    }

    fn can_take(&self, job_id: &str) -> bool {
        let mut handle = self.handle.clone();
        self.handle.job_id.is_none() && {
            handle.job_id = Some(job_id.to_owned());
            handle.is_sound()
        }
    }

    fn take_job_id(&mut self, now: u64, job_id: String) {
        (self.end, self.handle.ended_at) = (None, None);
        self.outputs
            .retain(|output| !matches!(output, Output::Done(_)));
        let seen = crate::provider::Seen {
            job_id: Some(job_id),
            ..Default::default()
        };
        self.accept(now, seen);
        self.wake_at = Some(now);
    }

    /// A webhook tells the id of a job. Where the answer to the submit may still tell it, that goes
    /// first; the id is kept for the case that it does not come.
    fn told_job_id(&mut self, now: u64, job_id: &str) {
        if self.phase != Phase::Submitting {
            self.adopt_job_id(now, job_id);
        } else if self.can_take(job_id) {
            self.told_id = Some(job_id.to_owned());
            self.save();
        }
    }

    /// The whole state, for the store.
    pub fn record(&self) -> Value {
        self.write()
    }

    /// Where the job stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// How the job ended, if it has.
    pub fn end(&self) -> Option<Result<&Outcome, &Error>> {
        self.end.as_ref().map(|end| match end {
            End::Completed(outcome) => Ok(outcome.as_ref()),
            End::Error(error) => Err(error),
        })
    }

    /// Takes what happened.
    pub fn handle_input(&mut self, now: u64, input: Input) {
        match input {
            Input::Saved(revision) => self.saved(now, revision),
            Input::SaveFailed(revision) => self.save_failed(now, revision),
            Input::Response { id, response } => match self.land(id) {
                Some(ask) => self.answered(now, ask, &response),
                None => self.late(now, &response),
            },
            Input::TransportFailed { id, kind } => {
                if let Some(ask) = self.land(id) {
                    self.unanswered(now, ask, kind);
                }
            }
            Input::Timeout => {}
            Input::Cancel => self.cancel(now),
            Input::Webhook(body) => self.hint(now, &body),
        }
        self.pass_time(now);
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| {
            let next = self.flight.map(|flight| flight.deadline).or(self.wake_at);
            let give_up_at = match self.phase {
                Phase::Ended if self.saving.is_none() => u64::MAX,
                _ if self.is_submit_under_way() => u64::MAX,
                _ => self.give_up_at,
            };
            Output::Timeout(next.unwrap_or(u64::MAX).min(give_up_at))
        })
    }

    // ------------------------------------------------------------------------------------- saving

    /// One save at a time: the store counts revisions.
    fn save(&mut self) {
        if self.saving.is_some() {
            self.dirty = true;
            return;
        }
        let revision = self.revision.saturating_add(1);
        let record = self.record();
        self.saving = Some(revision);
        self.outputs.push_back(Output::Save { revision, record });
    }

    fn saved(&mut self, now: u64, revision: u32) {
        if self.saving == Some(revision) {
            (self.saving, self.revision) = (None, revision);
            self.after_save(now);
        }
    }

    fn save_failed(&mut self, now: u64, revision: u32) {
        if self.saving != Some(revision) {
            return;
        }
        self.saving = None;
        if self.phase == Phase::Storing {
            self.not_stored();
        } else {
            self.after_save(now);
        }
    }

    fn not_stored(&mut self) {
        let message = "The job could not be stored, so nothing was sent.";
        let error = Error::new(ErrorCode::StoreFailed, Charge::None, message);
        (self.status, self.phase, self.saving) = (Status::Failed, Phase::Ended, None);
        self.end = Some(End::Error(error));
        self.deliver();
    }

    fn after_save(&mut self, now: u64) {
        if std::mem::take(&mut self.dirty) {
            self.save();
        } else if self.phase == Phase::Storing {
            self.begin(now);
        } else if self.phase == Phase::Ended {
            self.deliver();
        }
    }

    // ------------------------------------------------------------------------------------ sending

    fn send(&mut self, now: u64, ask: Ask, request: Request) {
        let id = self.requests;
        self.requests = self.requests.wrapping_add(1);
        let deadline = now
            .saturating_add(self.request_ms)
            .saturating_add(request.extra_ms);
        self.flight = Some(Flight { id, ask, deadline });
        self.wake_at = None;
        self.outputs.push_back(Output::Transmit {
            id,
            deadline,
            request,
        });
    }

    /// The request that an answer belongs to; `None` where nobody waits for it any longer.
    fn land(&mut self, id: u32) -> Option<Ask> {
        let flight = self.flight.filter(|flight| flight.id == id)?;
        self.flight = None;
        Some(flight.ask)
    }

    fn pass_time(&mut self, now: u64) {
        let late = now >= self.give_up_at;
        match self.phase {
            Phase::Storing if late => return self.not_stored(),
            // The end is not kept back by a store that does not answer.
            Phase::Ended if late && self.saving.take().is_some() => return self.deliver(),
            Phase::Storing | Phase::Ended => return,
            Phase::Submitting | Phase::Settling | Phase::Running => {}
        }
        if let Some(flight) = self.flight.filter(|flight| now >= flight.deadline) {
            self.flight = None;
            self.unanswered(now, flight.ask, TransportError::Timeout);
        }
        if self.phase == Phase::Ended {
            return;
        }
        // The answer to a submit may be all that ever finds the job: it is waited for.
        if late && !self.is_submit_under_way() {
            if self.phase == Phase::Submitting {
                return self.turned_away(now);
            }
            let message = "The time to wait ran out. The job goes on: resume it by its handle.";
            return self.stop(Error::new(ErrorCode::TimedOut, Charge::Unknown, message));
        }
        if self.flight.is_none() && self.wake_at.is_some_and(|at| now >= at) {
            self.wake_at = None;
            self.act(now);
        }
    }

    fn is_submit_under_way(&self) -> bool {
        self.flight.is_some_and(|flight| flight.ask == Ask::Submit)
    }

    fn act(&mut self, now: u64) {
        match self.phase {
            Phase::Submitting => self.submit(now),
            Phase::Settling | Phase::Running => self.ask(now),
            Phase::Storing | Phase::Ended => {}
        }
    }

    /// Asks how the job stands, or to stop it.
    fn ask(&mut self, now: u64) {
        let provider = self.handle.provider;
        if self.cancel_wanted
            && !self.cancel_late
            && self.phase == Phase::Running
            && let Some(request) = provider.cancel(&self.handle)
        {
            return self.send(now, Ask::Cancel, request);
        }
        if let Some(request) = provider.poll(&self.handle) {
            self.send(now, Ask::Poll, request);
        }
    }

    fn answered(&mut self, now: u64, ask: Ask, response: &Response) {
        let provider = self.handle.provider;
        match ask {
            Ask::Submit => {
                let submitted = provider.read_submit(&self.handle, response);
                self.submitted(now, submitted, response.retry_after_ms);
            }
            Ask::Poll | Ask::Details => {
                let polled = match ask {
                    Ask::Details => provider.read_details(&self.handle, response),
                    _ => provider.read_poll(&self.handle, response),
                };
                match self.phase {
                    Phase::Settling => {
                        self.settled(now, ask, polled, response.retry_after_ms);
                    }
                    _ => self.polled(now, ask, polled, response.retry_after_ms),
                }
            }
            Ask::Cancel => {
                let polled = provider.read_poll(&self.handle, response);
                self.cancel_answered(now, polled);
            }
        }
    }

    /// An answer that nobody waits for. The one that matters is to a submit: it may bring the id of
    /// a job that was given up as unknown.
    fn late(&mut self, now: u64, response: &Response) {
        let provider = self.handle.provider;
        if self.handle.job_id.is_none()
            && let crate::provider::Submitted::Accepted(seen) =
                provider.read_submit(&self.handle, response)
            && let Some(job_id) = seen.job_id
        {
            self.adopt_job_id(now, &job_id);
        }
    }

    fn unanswered(&mut self, now: u64, ask: Ask, kind: TransportError) {
        let message = match kind {
            TransportError::Network => {
                "Network or CORS: no answer came. Check the connection and the base address; a \
                 browser needs a provider or gateway that allows its origin."
            }
            TransportError::Timeout => "No answer came within the time limit.",
            TransportError::Unsent => {
                "The request could not be built, so nothing was sent: check key and base address."
            }
        };
        let failure = Failure::new(ErrorCode::Network, None, message);
        match ask {
            Ask::Submit if kind == TransportError::Unsent => self.unsent(now, failure),
            Ask::Submit => self.submit_lost(now, failure),
            Ask::Poll | Ask::Details => self.trouble(now, None),
            Ask::Cancel => self.cancel_lost(now),
        }
    }

    // ------------------------------------------------------------------------------------- ending

    /// Puts the end into the record, and tells of it once that is stored.
    fn finish(&mut self, now: u64, status: Status, end: End) {
        self.handle.ended_at.get_or_insert(now);
        (self.status, self.phase) = (status, Phase::Ended);
        (self.body, self.flight, self.wake_at) = (None, None, None);
        self.end = Some(end);
        if self.cancel_wanted && status != Status::Cancelled {
            let charge = match &self.end {
                Some(End::Error(error)) => error.charge,
                _ => Charge::Charged,
            };
            self.cancelled(CancelResult::TooLate, charge);
        }
        self.update();
        self.save();
    }

    fn fail(&mut self, now: u64, status: Status, failure: Failure, charge: Charge) {
        let failure = self.texts.kept_back(failure);
        self.finish(now, status, End::Error(Error { failure, charge }));
    }

    /// Ends the waiting, not the job: the record stays as it is and can be resumed.
    fn stop(&mut self, error: Error) {
        self.wake_at = None;
        self.outputs.push_back(Output::Done(Box::new(Err(error))));
    }

    fn deliver(&mut self) {
        let done = match self.end.clone() {
            Some(End::Completed(outcome)) => Ok(*outcome),
            Some(End::Error(error)) => Err(error),
            None => return,
        };
        self.outputs.push_back(Output::Done(Box::new(done)));
    }

    fn cancelled(&mut self, result: CancelResult, charge: Charge) {
        self.cancel_wanted = false;
        self.outputs
            .push_back(Output::Cancelled(Cancellation { result, charge }));
    }

    // ------------------------------------------------------------------------------------ telling

    fn course(&self, now: u64) -> Course {
        let since = self.handle.accepted_at.unwrap_or(now);
        Course {
            elapsed_ms: now.saturating_sub(since),
            usual_ms: self.usual_ms.saturating_mul(self.handle.n.max(1)),
            progress: self.progress,
        }
    }

    fn update(&mut self) {
        self.outputs.push_back(Output::Update(Update {
            status: self.status,
            progress: self.progress,
            eta_ms: None,
            ready: u32::try_from(self.videos.len()).unwrap_or(u32::MAX),
        }));
    }

    fn update_with_eta(&mut self, now: u64) {
        let eta_ms = Some(self.course(now).remaining_ms());
        self.update();
        if let Some(Output::Update(update)) = self.outputs.back_mut() {
            update.eta_ms = eta_ms;
        }
    }
}
