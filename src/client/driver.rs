//! Drives one job: carries out the outputs of the state machine and passes inputs to it, until the job has ended.
//!
//! A stop ends the tracking at once, with two exceptions that involve money: a submit that was sent is finished, and so is
//! a write to the store.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::AbortHandle;

use super::error::Source;
use super::job::Progress;
use super::sending::{Sending, send};
use super::store::{Store, StoreEntry, StoreError};
use super::transport::{Connection, RequestKind, SendError};
use crate::error::{Error as JobError, ErrorCode, Failure};
use crate::job::{Input, Job as Machine, Output};
use crate::json::Value;
use crate::outcome::{Status, VideoResult};
use crate::provider::{Request, Response};

/// The longest wait before the clock is read again: timers do not advance while a laptop sleeps.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// A write may take so long beyond the job's time limit: a result may come just then.
const MIN_WRITE: Duration = Duration::from_millis(500);
/// A write of a job that was sent may take so long, so that a store that stands still does not end the polls.
const MAX_WRITE: Duration = Duration::from_secs(30);
/// The waits before a record that could not be written is written again, after the end.
const REWRITE: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];
/// The store gets so long to remove what must not stay, after the end.
const DISCARD: Duration = Duration::from_secs(2);

/// What reaches a job from outside.
pub(super) enum Event {
    Input(Input),
    /// The end of a request.
    Sent {
        id: u32,
        result: Result<Response, SendError>,
    },
    /// No caller waits for the job any more.
    Stop,
}

/// How driving a job has ended.
pub(super) enum End {
    Done(Box<Result<VideoResult, JobError>>),
    /// One poll was made, and did not end the job. Its problem, if it failed.
    Polled(Option<PollProblem>),
    Stopped,
}

/// Why a poll says nothing about the job.
pub(super) enum PollProblem {
    Status(u16),
    NoResponse,
}

pub(super) struct Driver {
    pub(super) machine: Machine,
    connection: Arc<Connection>,
    store: Arc<dyn Store>,
    progress: Progress,
    events: mpsc::UnboundedReceiver<Event>,
    sender: mpsc::UnboundedSender<Event>,
    /// Inputs that come before any event.
    inputs: VecDeque<Input>,
    in_flight: Option<InFlight>,
    /// The slot of the first request, acquired before anything was stored.
    slot: Option<OwnedSemaphorePermit>,
    /// Stops after the response to one poll.
    once: bool,
    last_result: Option<Result<u16, ()>>,
    stopping: bool,
    abandoned: bool,
    /// When the caller stops waiting.
    deadline: Instant,
    /// The revision that the store has. The machine's own number counts its saves.
    revision: u32,
    /// A write failed, or took too long, and may have been carried out nevertheless.
    may_be_written: bool,
    /// The record that the store lacks.
    unwritten: Option<Value>,
    /// What the last failed request, or the store, failed with.
    pub(super) last_failure: Option<Source>,
    next_poll_at: u64,
}

struct InFlight {
    id: u32,
    is_submit: bool,
    /// Set by the request when it is sent, or by its end, if that comes first.
    is_taken: Arc<AtomicBool>,
    task: AbortHandle,
}

/// What a driver needs.
pub(super) struct Setup {
    pub(super) connection: Arc<Connection>,
    pub(super) store: Arc<dyn Store>,
    pub(super) progress: Progress,
    pub(super) events: mpsc::UnboundedReceiver<Event>,
    pub(super) sender: mpsc::UnboundedSender<Event>,
    pub(super) slot: Option<OwnedSemaphorePermit>,
    pub(super) once: bool,
    pub(super) deadline: Instant,
}

impl Driver {
    /// `revision`: that of the stored record, 0 if there is none.
    pub(super) fn new(machine: Machine, revision: u32, setup: Setup) -> Self {
        let Setup { connection, store, progress, events, sender, slot, once, deadline } = setup;
        Driver {
            machine,
            connection,
            store,
            progress,
            events,
            sender,
            inputs: VecDeque::new(),
            in_flight: None,
            slot,
            once,
            last_result: None,
            stopping: false,
            abandoned: false,
            deadline,
            revision,
            may_be_written: false,
            unwritten: None,
            last_failure: None,
            next_poll_at: 0,
        }
    }

    /// Drives the job to its end.
    pub(super) async fn drive(&mut self) -> End {
        self.progress.start(&self.machine);
        let mut input = Input::Timeout;
        let end = loop {
            self.machine.handle_input(now_ms(), input);
            let mut done = None;
            let at = loop {
                match self.machine.poll_output() {
                    Output::Save { revision, record } => {
                        let is_saved = self.save(record).await;
                        self.inputs.push_back(match is_saved {
                            true => Input::Saved(revision),
                            false => Input::SaveFailed(revision),
                        });
                    }
                    Output::Transmit { id, limit_ms, request } => {
                        self.transmit(id, Duration::from_millis(limit_ms), request);
                    }
                    Output::Update(update) => self.progress.update(&self.machine.handle, update),
                    Output::Cancelled(result) => self.progress.cancelled(result),
                    Output::Timeout(at) => break at,
                    Output::Done(result) => {
                        done = Some(result);
                        break 0;
                    }
                }
            };
            if let Some(result) = done {
                break End::Done(result);
            }
            self.next_poll_at = at;
            self.progress.step(&self.machine, at);
            match self.next(at).await {
                Ok(next) => input = next,
                Err(end) => break end,
            }
        };
        if let Some(in_flight) = self.in_flight.take() {
            in_flight.task.abort();
        }
        self.slot = None;
        end
    }

    // ------------------------------------------------------------------------------------- waiting

    /// The next input: an event, or the time.
    async fn next(&mut self, at: u64) -> Result<Input, End> {
        // The timers count, too, so that a clock that is set back makes no wait longer.
        let left = Duration::from_millis(at.saturating_sub(now_ms()));
        let due = Instant::now().checked_add(left);
        loop {
            while let Ok(event) = self.events.try_recv() {
                self.on_event(event);
            }
            if let Some(input) = self.inputs.pop_front() {
                return Ok(input);
            }
            if self.stopping && !self.is_submitting() {
                if self.abandon_unsubmitted() {
                    continue;
                }
                return Err(End::Stopped);
            }
            if self.once
                && self.in_flight.is_none()
                && let Some(result) = self.last_result
            {
                return Err(End::Polled(match result {
                    _ if self.machine.consecutive_errors() == 0 => None,
                    Ok(status) => Some(PollProblem::Status(status)),
                    Err(()) => Some(PollProblem::NoResponse),
                }));
            }
            let left = Duration::from_millis(at.saturating_sub(now_ms()));
            if left.is_zero() || due.is_some_and(|due| Instant::now() >= due) {
                return Ok(Input::Timeout);
            }
            let due_in = due.map(|due| due.saturating_duration_since(Instant::now()));
            let wait = left.min(MAX_WAIT).min(due_in.unwrap_or(MAX_WAIT));
            tokio::select! {
                Some(event) = self.events.recv() => self.on_event(event),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Input(Input::Cancel) => {
                self.inputs.push_back(Input::Cancel);
                self.stop_unsent_submit();
            }
            Event::Input(input) => self.inputs.push_back(input),
            Event::Sent { id, result } => self.on_sent(id, result),
            Event::Stop => {
                self.stopping = true;
                self.abandon_unsubmitted();
                self.stop_unsent_submit();
            }
        }
    }

    /// Ends a job that no provider has, also between two submits that were rate limited: a later resume would send it, while its
    /// caller may have submitted again. Returns whether it does so now.
    fn abandon_unsubmitted(&mut self) -> bool {
        let is_answer =
            |input: &Input| matches!(input, Input::Response { .. } | Input::TransportFailed { .. });
        let is_sent =
            |flight: &InFlight| flight.is_submit && flight.is_taken.load(Ordering::SeqCst);
        if self.abandoned
            || self.machine.status() != Status::Submitting
            || self.in_flight.as_ref().is_some_and(is_sent)
            || self.inputs.iter().any(is_answer)
        {
            return false;
        }
        self.abandoned = true;
        self.inputs.push_front(Input::Abandon);
        true
    }

    fn on_sent(&mut self, id: u32, result: Result<Response, SendError>) {
        self.in_flight.take_if(|in_flight| in_flight.id == id);
        let (input, last_result, failure) = match result {
            Ok(response) => {
                let status = response.status;
                (Input::Response { id, response }, Ok(status), None)
            }
            Err(SendError { kind, source }) => {
                (Input::TransportFailed { id, kind }, Err(()), source)
            }
        };
        self.inputs.push_back(input);
        self.last_result = Some(last_result);
        self.last_failure = failure;
    }

    fn is_submitting(&self) -> bool {
        self.in_flight.as_ref().is_some_and(|in_flight| in_flight.is_submit)
    }

    // ------------------------------------------------------------------------------------ requests

    fn transmit(&mut self, id: u32, limit: Duration, request: Request) {
        // The machine waits for one request at a time, and has given up an earlier poll.
        if let Some(earlier) = self.in_flight.take_if(|in_flight| !in_flight.is_submit) {
            earlier.task.abort();
        }
        let (is_submit, may_hold_video) = self.machine.request_in_flight();
        let kind = RequestKind { is_submit, may_hold_video };
        if is_submit && self.stopping {
            // No caller waits for it any more.
            return self.on_sent(id, Err(SendError::unsent()));
        }
        if is_submit {
            // Only the request's own time limit decides that a submit has no response. A clock that jumps does not.
            self.inputs.push_back(Input::Held { id });
        }
        let is_taken = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(send(Sending {
            id,
            kind,
            limit,
            request,
            slot: self.slot.take(),
            deadline: self.deadline,
            is_taken: is_taken.clone(),
            connection: self.connection.clone(),
            events: self.sender.clone(),
        }));
        self.in_flight = Some(InFlight { id, is_submit, is_taken, task: task.abort_handle() });
    }

    /// A submit that was not sent yet never will be.
    fn stop_unsent_submit(&mut self) {
        let is_unsent = |in_flight: &mut InFlight| {
            in_flight.is_submit && !in_flight.is_taken.swap(true, Ordering::SeqCst)
        };
        if let Some(submit) = self.in_flight.take_if(is_unsent) {
            submit.task.abort();
            self.on_sent(submit.id, Err(SendError::unsent()));
        }
    }

    // -------------------------------------------------------------------------------------- writes

    /// Whether the store has the record.
    async fn save(&mut self, record: Value) -> bool {
        let is_first = self.is_first();
        let is_saved = self.put(record).await;
        if !is_saved && !is_first {
            let message = "The record of the job could not be written to the store. The job continues: keep its handle.";
            let failure = Failure::new(ErrorCode::StoreError, None, message);
            self.progress.obstacle(failure);
        }
        is_saved
    }

    /// Whether nothing was stored or sent yet.
    fn is_first(&self) -> bool {
        self.revision == 0 && self.machine.handle.submitted_at.is_none()
    }

    async fn put(&mut self, record: Value) -> bool {
        let is_first = self.is_first();
        let key = self.machine.handle.id.clone();
        let left = self.deadline.saturating_duration_since(Instant::now()).max(MIN_WRITE);
        let left = if is_first { left } else { left.min(MAX_WRITE) };
        let mut is_repeated = false;
        loop {
            let written = within(left, self.store.put(&key, &record, self.revision)).await;
            match written {
                Ok(true) => {
                    self.revision = self.revision.saturating_add(1);
                    self.unwritten = None;
                    return true;
                }
                // Another writer was first, and its record stays, unless it lacks the paid job's id.
                Ok(false) if !self.may_be_written && !is_accepted(&record) => {
                    self.unwritten = None;
                    return false;
                }
                Ok(false) => {}
                Err(error) => {
                    self.last_failure = Some(Arc::from(error));
                    self.may_be_written = true;
                    // The first record counts as not stored, and is removed.
                    if is_first {
                        return false;
                    }
                }
            }
            // A write of ours may have been carried out though it failed.
            let found = within(left, self.store.get(&key)).await.ok().flatten();
            match found {
                Some(entry) if entry.record == record => {
                    self.revision = entry.revision;
                    self.unwritten = None;
                    return true;
                }
                // Anything else is another driver's, whose lease this one has lost: its revision must win.
                Some(entry)
                    if !is_repeated
                        && (entry.revision == self.revision
                            || self.is_in_doubt(&entry)
                            || (is_accepted(&record) && !is_accepted(&entry.record))) =>
                {
                    self.revision = entry.revision;
                    is_repeated = true;
                }
                _ => {
                    self.unwritten = self.may_be_written.then_some(record);
                    return false;
                }
            }
        }
    }

    /// Whether it is the record that an earlier write, which failed, has left.
    fn is_in_doubt(&self, entry: &StoreEntry) -> bool {
        self.unwritten.as_ref() == Some(&entry.record)
    }

    fn is_own(&self, entry: &StoreEntry) -> bool {
        let created_at = entry.record.pointer("/handle/createdAt").and_then(Value::as_u64);
        created_at == Some(self.machine.handle.created_at)
    }

    /// Writes the record that the store lacks, if it can now. Called after the end, while the lease is held.
    pub(super) async fn rewrite(&mut self) {
        for wait in REWRITE {
            let Some(record) = self.unwritten.take() else { return };
            tokio::time::sleep(wait).await;
            self.put(record).await;
        }
    }

    /// Writes the state if it counts another number of polls without progress, from which the next one continues.
    pub(super) async fn save_counts(&mut self, before: &Value) {
        let record = self.machine.record();
        let count = |record: &Value, name: &str| record.pointer(name).and_then(Value::as_u64);
        let is_same = |name| count(before, name) == count(&record, name);
        if !["/polling/consecutiveNotFound", "/polling/consecutiveStalls"].into_iter().all(is_same)
        {
            // If it cannot be written, one more response is needed before the job is given up.
            self.put(record).await;
        }
    }

    /// Removes the record of a job that could not be stored and whose caller submits again: it must not be submitted later, too.
    /// Called after its end, while the lease is held.
    pub(super) async fn discard(&mut self) {
        if self.revision == 0 && !self.may_be_written {
            // The record of another client has its place.
            return;
        }
        let key = self.machine.handle.id.clone();
        let until = Instant::now() + DISCARD;
        loop {
            let found = within(DISCARD, self.store.get(&key)).await.ok().flatten();
            if let Some(entry) = found {
                // A first write that failed may have been carried out.
                let newest = self.revision.max(1);
                let is_known = entry.revision <= newest || self.is_in_doubt(&entry);
                if is_known && self.is_own(&entry) {
                    let _ = within(DISCARD, self.store.delete(&key)).await;
                }
                return;
            }
            // A write that took too long may still come.
            if Instant::now() >= until {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn is_accepted(record: &Value) -> bool {
    ["/handle/jobId", "/handle/acceptedAt"].iter().any(|path| record.pointer(path).is_some())
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err("The store did not answer before the timeout.".into()),
    }
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}
