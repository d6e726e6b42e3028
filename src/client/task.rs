//! The task that tracks one job: it takes the lease, loads the job, drives it, and leaves the store as it should be.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout_at;

use super::Error;
use super::client::{Client, Inner};
use super::driver::{Driver, End, Event, PollProblem, Setup, now_ms};
use super::error::Source;
use super::job::{Job, Progress};
use super::options::ResumeOptions;
use super::store::{StoreEntry, StoreError};
use super::transport::{Connection, JobCount};
use crate::catalog;
use crate::codec::Codec;
use crate::error::{Charge, ErrorCode};
use crate::handle::Handle;
use crate::job::{Job as Machine, Limits};

/// The job to track.
pub(super) enum Seed {
    /// A new one, of which nothing was stored or sent.
    New(Box<New>),
    /// One that was submitted earlier.
    Stored { handle: Box<Handle>, options: ResumeOptions },
}

pub(super) struct New {
    pub(super) machine: Machine,
    pub(super) count: JobCount,
    /// Whether the record of the job, if it failed, makes way for the job of another listing.
    pub(super) makes_way: MakesWay,
}

type MakesWay = Box<dyn Fn(&Error) -> bool + Send>;

/// Starts to track a job in a task of its own, which no dropped future interrupts. `once`: stops after one poll.
pub(super) fn track(client: &Client, seed: Seed, timeout: Duration, once: bool) -> Job {
    let handle = match &seed {
        Seed::New(new) => new.machine.handle.clone(),
        Seed::Stored { handle, .. } => (**handle).clone(),
    };
    let (sender, events) = mpsc::unbounded_channel();
    let (progress, known) = Progress::new(&handle);
    let deadline = after(timeout);
    let task = Task {
        inner: client.inner().clone(),
        handle,
        progress,
        sender: sender.clone(),
        timeout,
        deadline,
        once,
    };
    tokio::spawn(task.run(seed, events));
    Job::new(client, known, sender, deadline)
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
    makes_way: Option<MakesWay>,
}

impl Task {
    async fn run(self, seed: Seed, mut events: mpsc::UnboundedReceiver<Event>) {
        let is_new = matches!(seed, Seed::New(_));
        let mut later = Vec::new();
        let slot = tokio::select! {
            biased;
            () = stopped(&mut events, &mut later) => return,
            slot = self.slot(is_new) => slot,
        };
        let slot = match slot {
            Ok(slot) => slot,
            Err(error) => return self.progress.fail(error),
        };
        let store = self.inner.store.clone();
        let (id, deadline) = (self.handle.id.clone(), self.deadline);
        let leased = timeout_at(deadline.into(), async {
            let was_stored = !is_new && matches!(store.get(&id).await, Ok(Some(_)));
            let lease =
                store.lease(&id).await.map_err(|source| self.store_error(source, is_new))?;
            Ok((lease, self.load(seed, was_stored).await?))
        });
        let leased = tokio::select! {
            biased;
            () = stopped(&mut events, &mut later) => return,
            leased = leased => leased,
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
                progress: self.progress.clone(),
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
                    Err(error) if error.code() == ErrorCode::StoreError => {
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
    async fn load(&self, seed: Seed, was_stored: bool) -> Result<Loaded, Error> {
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
        if entry.is_none() && was_stored {
            let message = "The job is no longer in the store: it was rejected or deleted.";
            let error = Error::new(ErrorCode::JobNotFound, Charge::Unknown, message);
            return Err(error.with_handle(&self.handle));
        }
        let provider =
            entry.as_ref().and_then(|entry| Some(Machine::read(&entry.record)?.handle.provider));
        let connection =
            self.inner.connection(provider.unwrap_or(handle.provider)).map_err(|error| {
                // The job may be running, and be paid.
                let message = "There is no API key for the provider of this job: set one. The job itself continues.";
                Error::new(error.code(), Charge::Unknown, message).with_handle(&self.handle)
            })?;
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

    fn store_error(&self, source: StoreError, is_new: bool) -> Error {
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

/// A century.
const MAX_TIMEOUT: Duration = Duration::from_secs(3_155_760_000);

/// The time after a wait, which may be longer than a clock can count.
pub(super) fn after(timeout: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(timeout).unwrap_or(now + MAX_TIMEOUT)
}

/// Resolves once no caller waits for the job. Other events are for later, once it is loaded.
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
