//! Drives a job by a script, and sees to it that the machine keeps its rules.

use filmgate::codec::Codec;
use filmgate::job::{Input, Job, Output, TransportError};
use serde_json::Value;
use std::sync::LazyLock;

use crate::alloc_meter::{Allowance, within};
use crate::input_script::{Step, T0, limits};
use crate::ledger::Ledger;

/// Measured: 2.1 times; an answer that ends a job is in the job, its record and its outcome.
const STEP: Allowance = Allowance {
    times: 4,
    beside: 32_768,
};
/// Outputs of one input: a few, whatever came in.
const MOST_OUTPUTS: usize = 12;
/// The last time that JavaScript can tell.
const LAST_MS: u64 = 1 << 53;
/// Inputs until a job that nobody answers has ended or is given up.
const MOST_INPUTS: u32 = 500;

/// `FUZZ_TRACE=1` tells what goes in and comes out, for one input at a time.
static TRACED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("FUZZ_TRACE").is_some());

pub(crate) struct Watch<'a> {
    script: &'a Value,
    /// Bytes of memory that the script takes.
    bytes: usize,
    job: Job,
    now: u64,
    wake_at: u64,
    ended: bool,
    /// What the store has, and what it was asked to take.
    stored: Option<(u32, Value)>,
    saving: Option<(u32, Value)>,
    ledger: Ledger,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(script: &'a Value, bytes: usize, job: Job, ledger: Ledger) -> Self {
        Watch {
            script,
            bytes,
            job,
            now: T0,
            wake_at: T0,
            ended: false,
            stored: None,
            saving: None,
            ledger,
        }
    }

    /// The store has the record that the job goes on from.
    pub(crate) fn stored(mut self, record: (u32, Value)) -> Self {
        self.stored = Some(record);
        self
    }

    /// The whole script, and then silence until the job has ended.
    pub(crate) fn run(mut self) {
        self.feed(Input::Timeout);
        for step in Step::of(self.script) {
            if !self.step(&step) {
                return;
            }
        }
        for _ in 0..MOST_INPUTS {
            if self.ended {
                return;
            }
            match self.saving.take() {
                Some(saved) => self.saved(saved),
                None if self.wake_at < u64::MAX => {
                    self.now = self.now.max(self.wake_at);
                    self.feed(Input::Timeout);
                }
                None => {
                    let held = self.ledger.flight().expect("the job waits for nothing");
                    self.leave(held);
                }
            }
        }
        panic!("the job does not end");
    }

    /// Whether the script goes on.
    fn step(&mut self, step: &Step<'_>) -> bool {
        if let Some(ms) = step.number("ms") {
            self.set_clock(self.now.saturating_add_signed(ms).min(LAST_MS));
        }
        if step.is("wake") {
            self.now = self
                .now
                .max(self.wake_at.min(self.now.saturating_add(1 << 32)));
        }
        if let Some(how) = step.get("crash") {
            return self.crash(how);
        }
        let id = step.id().or(self.ledger.flight()).unwrap_or(0);
        match (step.get("saved"), self.saving.take()) {
            (Some(Value::Bool(false)), Some((revision, _))) => {
                self.feed(Input::SaveFailed(revision))
            }
            (Some(Value::Bool(true)), Some(saved)) => self.saved(saved),
            (other, saving) => {
                self.saving = saving;
                self.stray(other);
            }
        }
        if let Some(response) = step.response() {
            self.ledger.answered(&self.job, id, &response);
            self.feed(Input::Response { id, response });
        }
        if let Some(how) = step.get("lost") {
            let kind = match how.as_str() {
                Some("unsent") => TransportError::Unsent,
                Some("timeout") => TransportError::Timeout,
                _ => TransportError::Network,
            };
            self.ledger.lost(id, kind);
            self.feed(Input::TransportFailed { id, kind });
        }
        if step.is("held") {
            self.ledger.held(id);
            self.feed(Input::Held { id });
        }
        if step.is("left") {
            self.leave(id);
        }
        if step.is("cancel") {
            self.feed(Input::Cancel);
        }
        if let Some(body) = step.get("webhook") {
            self.feed(Input::Webhook(body.clone()));
        }
        if let Some(job_id) = step.get("jobId").and_then(Value::as_str) {
            self.job.adopt_job_id(self.now, job_id);
        }
        self.feed(Input::Timeout);
        true
    }

    fn set_clock(&mut self, now: u64) {
        self.ledger.set_clock(self.now, now);
        self.now = now;
    }

    fn saved(&mut self, (revision, record): (u32, Value)) {
        self.stored = Some((revision, record));
        self.feed(Input::Saved(revision));
    }

    fn leave(&mut self, id: u32) {
        self.ledger.left(id, self.now);
        self.feed(Input::Left { id });
    }

    /// An answer of the store about some revision that is not being written.
    fn stray(&mut self, saved: Option<&Value>) {
        let revision = saved
            .and_then(Value::as_u64)
            .and_then(|number| number.try_into().ok());
        let stored = self.stored.as_ref().map_or(0, |(stored, _)| *stored);
        let may_be_awaited = |revision: &u32| *revision == stored.saturating_add(1);
        let Some(revision) = revision.filter(|revision| !may_be_awaited(revision)) else {
            return;
        };
        self.feed(Input::Saved(revision));
        self.feed(Input::SaveFailed(revision));
    }

    /// The driver is gone, and another one goes on from what the store has, which is text.
    fn crash(&mut self, how: &Value) -> bool {
        if how.as_str() == Some("written") && self.saving.is_some() {
            self.stored = self.saving.take();
        }
        let Some((revision, record)) = &self.stored else {
            return false;
        };
        let text = record.to_string();
        let read: Value =
            serde_json::from_str(&text).expect("a record that is read as it was written");
        assert_eq!(&read, record);
        let job = Job::resume(self.now, read, *revision, limits(self.script));
        self.job = job.expect("a record of our own");
        (self.saving, self.ended) = (None, false);
        self.ledger.crashed();
        self.feed(Input::Timeout);
        true
    }

    fn feed(&mut self, input: Input) {
        if *TRACED {
            eprintln!("{} {input:?}", self.now - T0.min(self.now));
        }
        let (job, now) = (&mut self.job, self.now);
        within("step", &STEP, self.bytes, || job.handle_input(now, input));
        self.ledger.pass_time(self.now);
        self.drain();
    }

    /// Carries out what the job says, as a driver does: up to the first pause or end.
    fn drain(&mut self) {
        for _ in 0..MOST_OUTPUTS {
            let job = &mut self.job;
            let output = within("output", &STEP, self.bytes, || job.poll_output());
            if *TRACED {
                eprintln!("    {output:?}");
            }
            match output {
                Output::Save { revision, record } => {
                    // One that was not answered by the end is waited for no longer.
                    assert!(self.saving.is_none() || self.ended, "two saves at once");
                    if let Some((stored, _)) = &self.stored {
                        assert_eq!(revision, stored.saturating_add(1), "a revision left out");
                    }
                    self.saving = Some((revision, record));
                }
                Output::Transmit {
                    id,
                    limit_ms,
                    request,
                } => {
                    let stored = self.stored.as_ref().map(|(_, record)| record);
                    self.ledger.sent(self.now, id, limit_ms, &request, stored);
                }
                Output::Update(update) => {
                    assert!(update.progress.is_none_or(|percent| percent <= 100))
                }
                Output::Cancelled(_) => {}
                Output::Done(done) => {
                    self.ended = true;
                    self.ledger.done(&self.job, &done);
                    let rest = self.job.poll_output();
                    assert!(
                        matches!(rest, Output::Timeout(_)),
                        "after the end: {rest:?}"
                    );
                    return self.read_again();
                }
                Output::Timeout(at) => {
                    assert!(
                        at > self.now,
                        "the job spins at {}: {}",
                        self.now,
                        self.job.state()
                    );
                    self.wake_at = at;
                    return self.read_again();
                }
                _ => unreachable!("there is no other"),
            }
        }
        panic!("the job does not pause");
    }

    /// A driver may keep no job between two steps, but its state alone.
    fn read_again(&mut self) {
        let state = self.job.state();
        self.job = Job::read(&state).expect("the state is a job");
        assert_eq!(self.job.state(), state);
        assert!(self.job.handle.is_sound());
    }
}
