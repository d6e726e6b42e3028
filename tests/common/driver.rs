//! Runs a job in simulated time like a real driver, with responses from a closure.

use std::collections::BTreeMap;

use filmgate::error::Error;
use filmgate::job::{CancelResult, Input, Job, Limits, Output, TransportError, Update};
use filmgate::outcome::VideoResult;
use filmgate::provider::Request;
use serde_json::Value;

use super::{LIMITS, Reply, T0};

/// A store's response to a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreReply {
    /// Written after this many milliseconds.
    After(u64),
    /// Refused.
    Refused,
    /// No response.
    Never,
}

/// A job, its driver and its history.
pub(crate) struct JobDriver<W> {
    pub(crate) job: Job,
    pub(crate) now: u64,
    world: W,
    store: Box<dyn FnMut(u32) -> StoreReply>,
    coming: BTreeMap<(u64, u64), Input>,
    counter: u64,
    /// Sent requests with their times.
    pub(crate) sent: Vec<(u64, Request)>,
    /// The written records, and the last revision.
    pub(crate) records: Vec<Value>,
    pub(crate) revision: u32,
    pub(crate) updates: Vec<Update>,
    pub(crate) cancellations: Vec<CancelResult>,
    pub(crate) done: Option<Result<VideoResult, Error>>,
}

impl<W: FnMut(u64, &Request) -> Reply> JobDriver<W> {
    pub(crate) fn new(job: Job, world: W) -> Self {
        JobDriver {
            job,
            now: T0,
            world,
            store: Box::new(|_| StoreReply::After(0)),
            coming: BTreeMap::new(),
            counter: 0,
            sent: Vec::new(),
            records: Vec::new(),
            revision: 0,
            updates: Vec::new(),
            cancellations: Vec::new(),
            done: None,
        }
    }

    /// Uses a store that responds to each revision by `store`.
    pub(crate) fn stored(mut self, store: impl FnMut(u32) -> StoreReply + 'static) -> Self {
        self.store = Box::new(store);
        self
    }

    /// Schedules an input this long after the start.
    pub(crate) fn at(mut self, ms: u64, input: Input) -> Self {
        self.come(T0 + ms, input);
        self
    }

    /// Sets the clock back; inputs in transit keep their delays.
    pub(crate) fn set_clock_back(&mut self, ms: u64) {
        self.now -= ms;
        let coming = std::mem::take(&mut self.coming);
        self.coming =
            coming.into_iter().map(|((at, count), input)| ((at - ms, count), input)).collect();
    }

    fn come(&mut self, at: u64, input: Input) {
        self.counter += 1;
        self.coming.insert((at.max(self.now), self.counter), input);
    }

    /// Runs until the job ends or times out.
    pub(crate) fn run(mut self) -> Self {
        self.run_until(u64::MAX);
        assert!(self.done.is_some(), "the job does not end");
        self
    }

    /// Runs until this long after the start, or to the end.
    pub(crate) fn run_for(mut self, ms: u64) -> Self {
        self.run_until(T0 + ms);
        self
    }

    /// Runs for this long from now, or to the end.
    pub(crate) fn run_on(mut self, ms: u64) -> Self {
        let until = self.now + ms;
        self.run_until(until);
        self
    }

    pub(crate) fn run_until(&mut self, end: u64) {
        self.job.handle_input(self.now, Input::Timeout);
        // More steps than any job needs: one that takes more spins.
        for _ in 0..20_000 {
            let wake = self.drain();
            if self.done.is_some() {
                return;
            }
            let next = self.coming.keys().next().copied();
            let at = next.map_or(wake, |(at, _)| at.min(wake));
            if at > end || at == u64::MAX {
                self.now = end.min(at);
                return;
            }
            self.now = self.now.max(at);
            let due = next.filter(|(at, _)| *at <= self.now);
            let input = due.and_then(|key| self.coming.remove(&key)).unwrap_or(Input::Timeout);
            self.job.handle_input(self.now, input);
        }
        panic!("the job spins");
    }

    /// Carries out the job's outputs; returns the time of its next timeout.
    fn drain(&mut self) -> u64 {
        loop {
            match self.job.poll_output() {
                Output::Save { revision, record } => self.save(revision, record),
                Output::Transmit { id, limit_ms, request } => self.transmit(id, limit_ms, request),
                Output::Update(update) => self.updates.push(update),
                Output::Cancelled(cancellation) => self.cancellations.push(cancellation),
                Output::Timeout(at) => {
                    self.step();
                    return at;
                }
                Output::Done(done) => self.done = Some(*done),
                _ => unreachable!("there is no other"),
            }
        }
    }

    /// A driver may keep only the job's state between two steps: nothing else may matter.
    fn step(&mut self) {
        let state = self.job.state();
        self.job = Job::from_state(&state).expect("the state is a job");
        assert_eq!(self.job.state(), state);
    }

    fn save(&mut self, revision: u32, record: Value) {
        assert_eq!(revision, self.revision + 1, "each save builds on the one before");
        match (self.store)(revision) {
            StoreReply::After(ms) => {
                self.revision = revision;
                self.records.push(record);
                self.come(self.now + ms, Input::Saved(revision));
            }
            StoreReply::Refused => self.come(self.now, Input::SaveFailed(revision)),
            StoreReply::Never => {}
        }
    }

    fn transmit(&mut self, id: u32, limit_ms: u64, request: Request) {
        assert!(limit_ms > 0, "a request needs time for its answer");
        match (self.world)(self.now, &request) {
            Reply::After(ms, response) => {
                self.come(self.now + ms, Input::Response { id, response });
            }
            Reply::ConnectionLost(ms) => {
                let kind = TransportError::Network;
                self.come(self.now + ms, Input::TransportFailed { id, kind });
            }
            Reply::NoResponse => {}
        }
        self.sent.push((self.now, request));
    }

    /// The sent requests in order: `submit poll details cancel`.
    pub(crate) fn operations(&self) -> Vec<&'static str> {
        self.sent.iter().map(|(_, request)| operation_of(request)).collect()
    }

    /// The number of these requests.
    pub(crate) fn count(&self, ask: &str) -> usize {
        self.operations().iter().filter(|asked| **asked == ask).count()
    }

    pub(crate) fn result(&self) -> &VideoResult {
        match &self.done {
            Some(Ok(outcome)) => outcome,
            other => panic!("no outcome: {other:?}"),
        }
    }

    pub(crate) fn error(&self) -> &Error {
        match &self.done {
            Some(Err(error)) => error,
            other => panic!("no error: {other:?}"),
        }
    }

    /// A new driver resumes from the store after a crash, this many milliseconds later.
    pub(crate) fn crash<V>(self, later: u64, world: V) -> JobDriver<V>
    where
        V: FnMut(u64, &Request) -> Reply,
    {
        self.crash_with(later, LIMITS, world)
    }

    /// The same with other limits.
    pub(crate) fn crash_with<V>(self, later: u64, limits: Limits, world: V) -> JobDriver<V>
    where
        V: FnMut(u64, &Request) -> Reply,
    {
        let now = self.now + later;
        let record = self.records.last().expect("a stored record").clone();
        let job = Job::resume(now, record.clone(), self.revision, limits).expect("a sound record");
        let mut driver = JobDriver::new(job, world);
        (driver.now, driver.revision, driver.records) = (now, self.revision, vec![record]);
        driver
    }
}

/// The operation of a request.
pub(crate) fn operation_of(request: &Request) -> &'static str {
    let task = request.body.as_ref().and_then(|body| body[0]["taskType"].as_str());
    match task {
        Some("videoInference") => "submit",
        Some("getResponse") => "poll",
        Some("getTaskDetails") => "details",
        Some(other) => panic!("an unknown task: {other}"),
        None if request.path.contains("/status/") => "poll",
        None if request.path.contains("/status-sync/") => "long poll",
        None if request.path.contains("/cancel/") => "cancel",
        None if request.path.ends_with("/run") || request.path.ends_with("/runsync") => "submit",
        None => panic!("an unknown address: {}", request.path),
    }
}

/// Responds with these replies in order; the last one repeats.
pub(crate) fn script(replies: Vec<Reply>) -> impl FnMut(u64, &Request) -> Reply {
    let mut at = 0;
    move |_, _| {
        let reply = replies[at.min(replies.len() - 1)].clone();
        at += 1;
        reply
    }
}
