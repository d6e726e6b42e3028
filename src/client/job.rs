//! A job that is tracked in this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::timeout_at;

use super::Error;
use super::client::{Client, Inner};
use super::driver::{Driver, End, Event, PollProblem, Setup, now_ms};
use super::error::Source;
use super::options::ResumeOptions;
use super::store::StoreEntry;
use super::transport::{Connection, JobCount};
use crate::catalog;
use crate::codec::Codec;
use crate::error::{Charge, ErrorCode};
use crate::handle::Handle;
use crate::issue::Issue;
use crate::job::{CancelOutcome, CancelResult, Input, Job as Machine, Limits, Update};
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
struct Snapshot {
    status: JobStatus,
    warnings: Vec<Issue>,
    /// The provider has accepted the job, and its record is stored.
    is_accepted: bool,
    /// The result of the last cancel.
    cancelled: Option<CancelResult>,
    /// The end of a single poll: its error, if it failed.
    polled: Option<Result<(), Error>>,
    /// Changes with every update.
    updates: u64,
}

/// Where the driver reports to.
pub(super) struct Progress(watch::Sender<Snapshot>);

impl Progress {
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
        self.0.send_modify(|known| known.cancelled = Some(result));
    }

    fn end(&self, handle: Handle, status: Status, result: Result<VideoResult, Error>) {
        self.0.send_modify(|known| {
            known.status.handle = handle;
            known.status.status = status;
            known.status.result = Some(result);
            known.updates += 1;
        });
    }

    /// Waiting has ended before the job was loaded.
    fn fail(&self, error: Error) {
        self.0.send_modify(|known| {
            known.status.result = Some(Err(error));
            known.updates += 1;
        });
    }

    fn polled(&self, result: Result<(), Error>) {
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

    /// Waits for the result of a cancel, or for the end of tracking.
    async fn cancelled(&self) -> Result<Snapshot, Error> {
        // If tracking has ended, the event is not received.
        let _ = self.0.events.send(Event::Input(Input::Cancel));
        self.wait(|known| known.cancelled.is_some() || known.status.result.is_some()).await
    }

    /// Waits until the provider has accepted the job and its record is stored.
    pub(super) async fn submitted(&self) -> Result<(), Error> {
        let known = self.wait(|known| known.is_accepted || known.status.result.is_some()).await?;
        match known.status.result {
            Some(Err(error)) if !known.is_accepted => Err(error),
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

/// The job to track.
pub(super) enum Seed {
    /// A new one, of which nothing was stored or sent.
    New(Box<New>),
    /// One that was submitted earlier.
    Stored { handle: Handle, options: ResumeOptions },
}

pub(super) struct New {
    pub(super) machine: Machine,
    pub(super) count: JobCount,
    /// Whether the record of the job, if it failed, makes way for the job of another listing.
    pub(super) makes_way: Box<dyn Fn(&Error) -> bool + Send>,
}

impl Job {
    /// Starts to track a job in a task of its own, which no dropped future interrupts.
    pub(super) fn track(client: &Client, seed: Seed, timeout: Duration, once: bool) -> Self {
        let handle = match &seed {
            Seed::New(new) => new.machine.handle.clone(),
            Seed::Stored { handle, .. } => handle.clone(),
        };
        let (sender, events) = mpsc::unbounded_channel();
        let snapshot = Snapshot {
            status: JobStatus::new(handle.clone()),
            warnings: Vec::new(),
            is_accepted: false,
            cancelled: None,
            polled: None,
            updates: 0,
        };
        let (progress, known) = watch::channel(snapshot);
        let now = Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now + ResumeOptions::default().timeout);
        let task = Task {
            inner: client.inner().clone(),
            handle,
            progress: Progress(progress),
            sender: sender.clone(),
            timeout,
            deadline,
            once,
        };
        tokio::spawn(task.run(seed, events));
        Job(Arc::new(Tracked { client: client.clone(), known, events: sender, deadline }))
    }
}

/// The task that tracks a job.
struct Task {
    inner: Arc<Inner>,
    handle: Handle,
    progress: Progress,
    sender: mpsc::UnboundedSender<Event>,
    timeout: Duration,
    deadline: Instant,
    once: bool,
}

/// What was loaded once the lease was held.
struct Loaded {
    machine: Machine,
    revision: u32,
    connection: Arc<Connection>,
    _count: JobCount,
    makes_way: Option<Box<dyn Fn(&Error) -> bool + Send>>,
}

impl Task {
    async fn run(self, seed: Seed, mut events: mpsc::UnboundedReceiver<Event>) {
        let is_new = matches!(seed, Seed::New(_));
        let mut later = Vec::new();
        let slot = tokio::select! {
            slot = self.slot(is_new) => slot,
            () = stopped(&mut events, &mut later) => return,
        };
        let slot = match slot {
            Ok(slot) => slot,
            Err(error) => return self.progress.fail(error),
        };
        let store = self.inner.store.clone();
        let (id, deadline) = (self.handle.id.clone(), self.deadline);
        let leased = timeout_at(deadline.into(), async {
            let lease =
                store.lease(&id).await.map_err(|source| self.store_error(source, is_new))?;
            Ok((lease, self.load(seed).await?))
        });
        let leased = tokio::select! {
            leased = leased => leased,
            () = stopped(&mut events, &mut later) => return,
        };
        let (lease, loaded) = match leased {
            Ok(Ok(leased)) => leased,
            Ok(Err(error)) => return self.progress.fail(error),
            Err(_) => return self.progress.fail(self.lease_timeout(is_new)),
        };
        let Loaded { machine, revision, connection, _count, makes_way } = loaded;
        let before = machine.record();
        for event in later {
            let _ = self.sender.send(event);
        }
        let mut driver = Driver::new(
            machine,
            revision,
            Setup {
                connection,
                store: store.clone(),
                progress: Progress(self.progress.0.clone()),
                events,
                sender: self.sender.clone(),
                slot,
                once: self.once,
                deadline,
            },
        );
        let end = driver.drive().await;
        let handle = driver.machine.handle.clone();
        match end {
            End::Stopped => driver.rewrite().await,
            End::Polled(problem) => {
                if problem.is_none() {
                    driver.save_counts(&before).await;
                }
                driver.rewrite().await;
                drop(lease);
                let source = driver.last_failure.take();
                self.progress.polled(match problem {
                    None => Ok(()),
                    Some(problem) => Err(poll_failed(&problem, &handle, source)),
                });
            }
            End::Done(result) => {
                let source = driver.last_failure.take();
                let result =
                    result.map_err(|error| Error::of_job(error, &handle).with_source(source));
                match &result {
                    Err(error) if is_new && error.code() == ErrorCode::StoreError => {
                        driver.discard().await;
                    }
                    // If the record cannot be deleted, it describes a rejection that cost nothing.
                    Err(error) if makes_way.is_some_and(|makes_way| makes_way(error)) => {
                        let _ = store.delete(&handle.id).await;
                    }
                    _ => driver.rewrite().await,
                }
                if let Ok(result) = &result {
                    self.inner.record_run_time(&handle, result);
                }
                let status = driver.machine.status();
                drop(lease);
                self.progress.end(handle, status, result);
            }
        }
    }

    /// Waits for a slot for the submit of a new job. Before its record is stored: a later process must assume that a stored
    /// job was submitted.
    async fn slot(&self, is_new: bool) -> Result<Option<OwnedSemaphorePermit>, Error> {
        if !is_new {
            return Ok(None);
        }
        let connection = self.inner.connection(self.handle.provider)?;
        let slots = connection.slots.clone();
        let acquired = timeout_at(self.deadline.into(), slots.acquire_owned()).await;
        acquired.map(Result::ok).map_err(|_| {
            let message = "Other requests to the provider used all of `max_concurrency` until the timeout. Nothing was sent: \
                           raise `max_concurrency` or `timeout`, or submit again later.";
            let error = Error::new(ErrorCode::RateLimited, Charge::None, message);
            error.with_handle(&self.handle)
        })
    }

    /// Loads the job, now that its lease is held.
    async fn load(&self, seed: Seed) -> Result<Loaded, Error> {
        let (handle, options) = match seed {
            Seed::New(new) => {
                let New { machine, count, makes_way } = *new;
                let connection = self.inner.connection(self.handle.provider)?;
                return Ok(Loaded {
                    machine,
                    revision: 0,
                    connection,
                    _count: count,
                    makes_way: Some(makes_way),
                });
            }
            Seed::Stored { handle, options } => (handle, options),
        };
        let entry = self.inner.store.get(&handle.id).await;
        let entry = entry.map_err(|source| self.store_error(source, false))?;
        let provider =
            entry.as_ref().and_then(|entry| Some(Machine::read(&entry.record)?.handle.provider));
        let connection = self.inner.connection(provider.unwrap_or(handle.provider))?;
        let count = connection.count_job();
        let limits = Limits {
            request_timeout: self.inner.request_timeout,
            timeout: self.timeout,
            long_poll: count.long_poll && !self.once,
        };
        let (mut machine, revision) = resumed(entry, &handle, limits)?;
        self.inner.set_run_times(&mut machine);
        if let Some(request) = &options.request {
            machine.set_request(request.as_value());
        }
        // A process that ended between the response and the write leaves a handle that is newer than the record.
        if let Some(job_id) = options.job_id.as_ref().or(handle.job_id.as_ref()) {
            machine.adopt_job_id(now_ms(), job_id);
        }
        Ok(Loaded { machine, revision, connection, _count: count, makes_way: None })
    }

    fn store_error(&self, source: super::store::StoreError, is_new: bool) -> Error {
        let (charge, message) = if is_new {
            (Charge::None, "The store failed. Nothing was sent: see the source.")
        } else {
            (Charge::Unknown, "Reading the store failed: see the source.")
        };
        let error = Error::new(ErrorCode::StoreError, charge, message);
        error.with_handle(&self.handle).with_source(Some(Arc::from(source)))
    }

    fn lease_timeout(&self, is_new: bool) -> Error {
        if is_new {
            return self.store_error("The store did not answer before the timeout.".into(), true);
        }
        let message = "Timed out. The store did not answer before the timeout. Another process may track the job, which continues: \
                       resume it by its handle.";
        Error::new(ErrorCode::Timeout, Charge::Unknown, message).with_handle(&self.handle)
    }
}

/// The job of a record, or of a handle without one, and the revision of the record.
fn resumed(
    entry: Option<StoreEntry>,
    handle: &Handle,
    limits: Limits,
) -> Result<(Machine, u32), Error> {
    let not_found = |message: &str| Error::new(ErrorCode::JobNotFound, Charge::Unknown, message);
    let Some(StoreEntry { record, revision }) = entry else {
        let typical_duration_ms = catalog::typical_duration_ms(handle);
        let machine = Machine::adopt(now_ms(), handle.clone(), typical_duration_ms, limits);
        return Ok((machine.map_err(|error| not_found(&error.to_string()))?, 0));
    };
    let machine = Machine::resume(now_ms(), record, revision, limits);
    let machine = machine.map_err(|error| not_found(&error.to_string()))?;
    if machine.handle.id != handle.id {
        return Err(not_found(
            "The store has the record of another job under this id. It is not resumed.",
        ));
    }
    Ok((machine, revision))
}

/// Resolves once nobody waits for the job. Other events are for later, once it is loaded.
async fn stopped(events: &mut mpsc::UnboundedReceiver<Event>, later: &mut Vec<Event>) {
    loop {
        match events.recv().await {
            Some(Event::Stop) | None => return,
            Some(event) => later.push(event),
        }
    }
}

/// The error of a poll that failed. It says nothing about the job itself.
fn poll_failed(problem: &PollProblem, handle: &Handle, source: Option<Source>) -> Error {
    let (code, problem) = match problem {
        PollProblem::NoResponse => {
            (ErrorCode::ConnectionError, "The poll received no response.".to_owned())
        }
        PollProblem::Status(status) => {
            let code = match status {
                401 | 403 => ErrorCode::Unauthorized,
                429 => ErrorCode::RateLimited,
                _ => ErrorCode::InvalidResponse,
            };
            (code, format!("The response to the poll (HTTP {status}) says nothing about the job."))
        }
    };
    let message = format!("{problem} The job itself continues. Poll again later.");
    Error::new(code, Charge::Unknown, &message).with_handle(handle).with_source(source)
}
