//! A job that is tracked in this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::Error;
use super::client::Client;
use super::driver::Event;
use super::options::ResumeOptions;
use crate::codec::Codec;
use crate::error::{Charge, ErrorCode};
use crate::handle::Handle;
use crate::issue::Issue;
use crate::job::{CancelOutcome, CancelResult, Input, Job as Machine, Update};
use crate::json::Value;
use crate::outcome::{Failure, Status, VideoResult};

/// The status of a job, as last known.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct JobStatus {
    /// The handle: keep it to find the job again.
    pub handle: Handle,
    /// The status.
    pub status: Status,
    /// Percent, if the provider reports it.
    pub progress: Option<u8>,
    /// Milliseconds to the expected end.
    pub eta_ms: Option<u64>,
    /// Videos that are ready, if the job makes several.
    pub completed_count: u32,
    /// What stands in the way while the job has not ended: polls that fail, a job that the provider does not know yet, an
    /// error of a running job, or a record that cannot be written.
    pub failure: Option<Failure>,
    /// When the next poll is due, in milliseconds since 1970.
    pub next_poll_at: Option<u64>,
    /// The result, once the job has ended, or why waiting for it has ended.
    pub result: Option<Result<VideoResult, Error>>,
}

impl JobStatus {
    fn new(handle: Handle) -> Self {
        JobStatus {
            handle,
            status: Status::Submitting,
            progress: None,
            eta_ms: None,
            completed_count: 0,
            failure: None,
            next_poll_at: None,
            result: None,
        }
    }

    /// The status of a stored job; `None` if the value is not the record of one.
    pub(super) fn of_record(record: &Value) -> Option<Self> {
        let machine = Machine::read(record)?;
        let result = machine.end().map(|end| match end {
            Ok(result) => Ok(result.clone()),
            Err(error) => Err(Error::of_job(error.clone(), &machine.handle)),
        });
        let status = machine.status();
        Some(JobStatus { status, result, ..JobStatus::new(machine.handle) })
    }
}

/// What is known of a job.
#[derive(Clone)]
pub(super) struct Snapshot {
    status: JobStatus,
    warnings: Vec<Issue>,
    /// The provider has accepted the job, and its record is stored.
    is_accepted: bool,
    /// The result of the last cancel, and how many there were.
    cancelled: Option<CancelResult>,
    cancels: u64,
    /// The end of a single poll: its error, if it failed.
    polled: Option<Result<(), Error>>,
    /// Changes with every update.
    updates: u64,
}

/// Where a task and its driver report to.
#[derive(Clone)]
pub(super) struct Progress(watch::Sender<Snapshot>);

impl Progress {
    pub(super) fn new(handle: &Handle) -> (Self, watch::Receiver<Snapshot>) {
        let (sender, known) = watch::channel(Snapshot {
            status: JobStatus::new(handle.clone()),
            warnings: Vec::new(),
            is_accepted: false,
            cancelled: None,
            cancels: 0,
            polled: None,
            updates: 0,
        });
        (Progress(sender), known)
    }

    pub(super) fn start(&self, machine: &Machine) {
        self.0.send_modify(|known| {
            known.status.handle = machine.handle.clone();
            known.status.status = machine.status();
            known.warnings = machine.warnings().to_vec();
        });
    }

    pub(super) fn update(&self, handle: &Handle, update: Update) {
        let Update { status, progress, eta_ms, completed_count, failure } = update;
        self.0.send_modify(|known| {
            let (next_poll_at, result) = (known.status.next_poll_at, known.status.result.take());
            let handle = handle.clone();
            known.status = JobStatus {
                handle,
                status,
                progress,
                eta_ms,
                completed_count,
                failure,
                next_poll_at,
                result,
            };
            known.updates += 1;
        });
    }

    /// Called after each step, when everything is stored that has to be.
    pub(super) fn step(&self, machine: &Machine, next_poll_at: u64) {
        self.0.send_modify(|known| {
            known.status.handle = machine.handle.clone();
            known.status.next_poll_at = Some(next_poll_at);
            known.is_accepted |= machine.handle.accepted_at.is_some();
        });
    }

    pub(super) fn obstacle(&self, failure: Failure) {
        self.0.send_modify(|known| {
            if known.status.failure.is_none() {
                known.status.failure = Some(failure);
                known.updates += 1;
            }
        });
    }

    pub(super) fn cancelled(&self, result: CancelResult) {
        self.0.send_modify(|known| {
            known.cancelled = Some(result);
            known.cancels += 1;
        });
    }

    pub(super) fn end(&self, handle: Handle, status: Status, result: Result<VideoResult, Error>) {
        self.0.send_modify(|known| {
            known.status.handle = handle;
            known.status.status = status;
            known.status.result = Some(result);
            known.updates += 1;
        });
    }

    /// Waiting has ended before the job was loaded.
    pub(super) fn fail(&self, error: Error) {
        self.0.send_modify(|known| {
            known.status.result = Some(Err(error));
            known.updates += 1;
        });
    }

    pub(super) fn polled(&self, result: Result<(), Error>) {
        self.0.send_modify(|known| known.polled = Some(result));
    }
}

/// A job that is tracked in this process. Clones track the same job.
///
/// When the last clone is dropped, tracking stops; a submit that was sent is still finished and recorded. The job itself
/// continues at its provider: [`Client::resume`](super::Client::resume) finds it by its handle.
#[derive(Clone)]
pub struct Job(Arc<Tracked>);

/// The part of a job that its clones share.
pub(super) struct Tracked {
    client: Client,
    known: watch::Receiver<Snapshot>,
    events: mpsc::UnboundedSender<Event>,
    deadline: Instant,
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Stop);
    }
}

impl Job {
    pub(super) fn new(
        client: &Client,
        known: watch::Receiver<Snapshot>,
        events: mpsc::UnboundedSender<Event>,
        deadline: Instant,
    ) -> Self {
        Job(Arc::new(Tracked { client: client.clone(), known, events, deadline }))
    }

    /// The handle: plain data without prompt, URL or key, which may be logged and stored anywhere.
    pub fn handle(&self) -> Handle {
        self.0.known.borrow().status.handle.clone()
    }

    /// The last known status, without a request.
    pub fn status(&self) -> JobStatus {
        self.0.known.borrow().status.clone()
    }

    /// The warnings of the listing about the request.
    pub fn warnings(&self) -> Vec<Issue> {
        self.0.known.borrow().warnings.clone()
    }

    /// The changes of the job from now on.
    pub fn updates(&self) -> Updates {
        Updates { known: self.0.known.clone(), seen: None }
    }

    /// Waits for the end of the job.
    ///
    /// # Errors
    ///
    /// Why the job has ended without a video, or why waiting has ended: a job continues after `Timeout`, and can be resumed
    /// by its handle.
    pub async fn result(&self) -> Result<VideoResult, Error> {
        match self.wait(|known| known.status.result.is_some()).await?.status.result {
            Some(result) => result,
            None => Err(self.lost()),
        }
    }

    /// Cancels the job, if its provider can, within the time limit of the job.
    ///
    /// # Errors
    ///
    /// `Timeout` if the cancellation was not confirmed in time: the job may continue and be billed.
    pub async fn cancel(&self) -> Result<CancelResult, Error> {
        let left = self.0.deadline.saturating_duration_since(Instant::now());
        let left = if left.is_zero() { self.0.client.inner().request_timeout } else { left };
        let result = tokio::time::timeout(left, self.cancel_within(left)).await;
        result.unwrap_or_else(|_| {
            let message = "The cancellation was not confirmed before the timeout. The job may continue and be billed: check its \
                           status.";
            Err(Error::new(ErrorCode::Timeout, Charge::Unknown, message).with_handle(&self.handle()))
        })
    }

    async fn cancel_within(&self, timeout: Duration) -> Result<CancelResult, Error> {
        let mut known = self.cancelled().await?;
        let continues = |known: &Snapshot| {
            let Handle { submitted_at, ended_at, .. } = known.status.handle;
            submitted_at.is_some() && ended_at.is_none()
        };
        if known.cancelled.is_none() && continues(&known) {
            // It is not tracked any more.
            let options = ResumeOptions { timeout, ..ResumeOptions::default() };
            let again = self.0.client.resume(&known.status.handle, &options);
            known = again.cancelled().await?;
        }
        let already_finished =
            |charge| Ok(CancelResult { result: CancelOutcome::AlreadyFinished, charge });
        match (known.cancelled, &known.status.result) {
            (Some(result), _) => Ok(result),
            (None, Some(Err(error))) if continues(&known) => Err(error.clone()),
            (None, Some(Err(error))) => already_finished(error.charge()),
            (None, _) => already_finished(Charge::Charged),
        }
    }

    /// Cancels, and waits for the result or for the end of tracking.
    async fn cancelled(&self) -> Result<Snapshot, Error> {
        let before = self.0.known.borrow().cancels;
        // If tracking has ended, the event is not received.
        let _ = self.0.events.send(Event::Input(Input::Cancel));
        let is_over = |known: &Snapshot| known.cancels > before || known.status.result.is_some();
        let mut known = self.wait(is_over).await?;
        known.cancelled = known.cancelled.filter(|_| known.cancels > before);
        Ok(known)
    }

    /// Waits until the provider has accepted the job and its record is stored.
    pub(super) async fn submitted(&self) -> Result<(), Error> {
        let known = self.wait(|known| known.is_accepted || known.status.result.is_some()).await?;
        match known.status.result {
            Some(Err(error)) if !known.is_accepted && known.status.handle.accepted_at.is_none() => {
                Err(error)
            }
            _ => Ok(()),
        }
    }

    /// Waits for the end of a single poll.
    pub(super) async fn polled(&self) -> Result<JobStatus, Error> {
        let known =
            self.wait(|known| known.polled.is_some() || known.status.result.is_some()).await?;
        match (known.polled, &known.status.result) {
            (Some(Err(error)), _) => Err(error),
            // The wait has ended, not the job.
            (_, Some(Err(error))) if known.status.handle.ended_at.is_none() => Err(error.clone()),
            _ => Ok(known.status),
        }
    }

    /// Passes on the body of a webhook, after which the job is polled immediately.
    pub(super) fn on_webhook(&self, body: Value) {
        let _ = self.0.events.send(Event::Input(Input::Webhook(body)));
    }

    pub(super) fn is_tracked(&self) -> bool {
        self.0.known.borrow().status.result.is_none() && !self.0.events.is_closed()
    }

    pub(super) fn weak(&self) -> std::sync::Weak<Tracked> {
        Arc::downgrade(&self.0)
    }

    pub(super) fn from_weak(weak: &std::sync::Weak<Tracked>) -> Option<Self> {
        weak.upgrade().map(Job)
    }

    async fn wait(&self, until: impl Fn(&Snapshot) -> bool) -> Result<Snapshot, Error> {
        let mut known = self.0.known.clone();
        let snapshot = known.wait_for(|known| until(known)).await.map(|known| known.clone());
        snapshot.map_err(|_| self.lost())
    }

    /// The runtime was shut down, or the task has panicked.
    fn lost(&self) -> Error {
        let message = "The job is not tracked any more. It may continue: resume it by its handle.";
        Error::new(ErrorCode::InternalError, Charge::Unknown, message).with_handle(&self.handle())
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("status", &self.0.known.borrow().status).finish()
    }
}

/// The changes of a job. A reader that is slow sees the latest only.
pub struct Updates {
    known: watch::Receiver<Snapshot>,
    seen: Option<u64>,
}

impl Updates {
    /// The status at the first call, and each change after it; `None` after the end of the job, or of waiting for it.
    pub async fn next(&mut self) -> Option<JobStatus> {
        let seen = self.seen;
        let is_news =
            |known: &Snapshot| Some(known.updates) != seen || known.status.result.is_some();
        let known = self.known.wait_for(is_news).await.ok()?;
        if Some(known.updates) == self.seen {
            return None;
        }
        self.seen = Some(known.updates);
        Some(known.status.clone())
    }
}
