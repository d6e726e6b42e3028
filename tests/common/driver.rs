//! Runs a job in simulated time: what every driver does, with the answers of a closure.

use std::collections::BTreeMap;

use filmgate::error::Error;
use filmgate::job::{Cancellation, Input, Job, Limits, Output, TransportError, Update};
use filmgate::outcome::Outcome;
use filmgate::provider::Request;
use serde_json::Value;

use super::{LIMITS, Reply, T0};

/// How a store answers a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Written, so many milliseconds later.
    After(u64),
    /// Refused.
    Refused,
    /// No answer.
    Never,
}

/// A job, its driver and what was seen of it.
pub(crate) struct Film<W> {
    pub(crate) job: Job,
    pub(crate) now: u64,
    world: W,
    store: Box<dyn FnMut(u32) -> Stored>,
    coming: BTreeMap<(u64, u64), Input>,
    counter: u64,
    /// Requests sent, with the time of each.
    pub(crate) sent: Vec<(u64, Request)>,
    /// The records written, and the last revision.
    pub(crate) records: Vec<Value>,
    pub(crate) revision: u32,
    pub(crate) updates: Vec<Update>,
    pub(crate) cancellations: Vec<Cancellation>,
    pub(crate) done: Option<Result<Outcome, Error>>,
}

impl<W: FnMut(u64, &Request) -> Reply> Film<W> {
    pub(crate) fn new(job: Job, world: W) -> Self {
        Film {
            job,
            now: T0,
            world,
            store: Box::new(|_| Stored::After(0)),
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

    /// With a store that answers each revision as told.
    pub(crate) fn stored(mut self, store: impl FnMut(u32) -> Stored + 'static) -> Self {
        self.store = Box::new(store);
        self
    }

    /// With something that happens so long after the beginning.
    pub(crate) fn at(mut self, ms: u64, input: Input) -> Self {
        self.come(T0 + ms, input);
        self
    }

    /// Someone sets the clock back; what is on its way comes as soon as before.
    pub(crate) fn set_back(&mut self, ms: u64) {
        self.now -= ms;
        let coming = std::mem::take(&mut self.coming);
        self.coming = coming
            .into_iter()
            .map(|((at, count), input)| ((at - ms, count), input))
            .collect();
    }

    fn come(&mut self, at: u64, input: Input) {
        self.counter += 1;
        self.coming.insert((at.max(self.now), self.counter), input);
    }

    /// Runs to the end of the job or of the waiting.
    pub(crate) fn run(mut self) -> Self {
        self.run_until(u64::MAX);
        assert!(self.done.is_some(), "the job does not end");
        self
    }

    /// Runs until so long after the beginning, or to the end.
    pub(crate) fn run_for(mut self, ms: u64) -> Self {
        self.run_until(T0 + ms);
        self
    }

    /// Runs for so long from now on, or to the end.
    pub(crate) fn run_on(mut self, ms: u64) -> Self {
        let until = self.now + ms;
        self.run_until(until);
        self
    }

    pub(crate) fn run_until(&mut self, end: u64) {
        self.job.handle_input(self.now, Input::Timeout);
        // Far more than any job takes: one that takes more spins.
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
            let input = due
                .and_then(|key| self.coming.remove(&key))
                .unwrap_or(Input::Timeout);
            self.job.handle_input(self.now, input);
        }
        panic!("the job spins");
    }

    /// Carries out what the job says, and returns when it wants to be woken.
    fn drain(&mut self) -> u64 {
        loop {
            match self.job.poll_output() {
                Output::Save { revision, record } => self.save(revision, record),
                Output::Transmit {
                    id,
                    limit_ms,
                    request,
                } => self.transmit(id, limit_ms, request),
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

    /// A driver may keep no job between two steps, but its state alone: nothing else may matter.
    fn step(&mut self) {
        let state = self.job.state();
        self.job = serde_json::from_value(state.clone()).expect("the state is a job");
        assert_eq!(self.job.state(), state);
    }

    fn save(&mut self, revision: u32, record: Value) {
        assert_eq!(
            revision,
            self.revision + 1,
            "each save builds on the one before"
        );
        match (self.store)(revision) {
            Stored::After(ms) => {
                self.revision = revision;
                self.records.push(record);
                self.come(self.now + ms, Input::Saved(revision));
            }
            Stored::Refused => self.come(self.now, Input::SaveFailed(revision)),
            Stored::Never => {}
        }
    }

    fn transmit(&mut self, id: u32, limit_ms: u64, request: Request) {
        assert!(limit_ms > 0, "a request needs time for its answer");
        match (self.world)(self.now, &request) {
            Reply::After(ms, response) => {
                self.come(self.now + ms, Input::Response { id, response });
            }
            Reply::Broken(ms) => {
                let kind = TransportError::Network;
                self.come(self.now + ms, Input::TransportFailed { id, kind });
            }
            Reply::Silence => {}
        }
        self.sent.push((self.now, request));
    }

    /// What was asked, in order: `submit poll details cancel`.
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        self.sent
            .iter()
            .map(|(_, request)| ask_of(request))
            .collect()
    }

    /// How often that was asked.
    pub(crate) fn count(&self, ask: &str) -> usize {
        self.asked().iter().filter(|asked| **asked == ask).count()
    }

    pub(crate) fn outcome(&self) -> &Outcome {
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

    /// A new driver goes on from what the store has, as after a crash, so many milliseconds later.
    pub(crate) fn crash<V>(self, later: u64, world: V) -> Film<V>
    where
        V: FnMut(u64, &Request) -> Reply,
    {
        self.crash_with(later, LIMITS, world)
    }

    /// The same with limits of its own.
    pub(crate) fn crash_with<V>(self, later: u64, limits: Limits, world: V) -> Film<V>
    where
        V: FnMut(u64, &Request) -> Reply,
    {
        let now = self.now + later;
        let record = self.records.last().expect("a stored record").clone();
        let job = Job::resume(now, record.clone(), self.revision, limits).expect("a sound record");
        let mut film = Film::new(job, world);
        (film.now, film.revision, film.records) = (now, self.revision, vec![record]);
        film
    }
}

/// What a request asks.
pub(crate) fn ask_of(request: &Request) -> &'static str {
    let task = request
        .body
        .as_ref()
        .and_then(|body| body[0]["taskType"].as_str());
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

/// A world that answers in order, the last answer over and over.
pub(crate) fn script(replies: Vec<Reply>) -> impl FnMut(u64, &Request) -> Reply {
    let mut at = 0;
    move |_, _| {
        let reply = replies[at.min(replies.len() - 1)].clone();
        at += 1;
        reply
    }
}
