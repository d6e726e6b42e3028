//! Drives a job by a script and asserts the machine's invariants.

use filmgate::job::{Input, Job, Output, TransportError};
use serde_json::Value;
use std::sync::LazyLock;

use crate::alloc_meter::{MemoryLimit, within};
use crate::input_script::{ScriptStep, T0, limits};
use crate::ledger::Ledger;

/// Measured: 2.1 times; a final response is in the job, its record and its result.
const STEP: MemoryLimit = MemoryLimit {
    factor: 4,
    base_bytes: 32_768,
};
/// Outputs of one input: few, whatever the input.
const MAX_OUTPUTS: usize = 12;
/// Below the last time of a handle, so that every limit can be added to it.
const MAX_TIME_MS: u64 = 1 << 51;
/// Inputs until a job without responses has ended or timed out.
const MAX_INPUTS: u32 = 500;

/// `FUZZ_TRACE=1` prints inputs and outputs; use it for one input at a time.
static TRACED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("FUZZ_TRACE").is_some());

pub(crate) struct InvariantChecker<'a> {
    script: &'a Value,
    /// The script's memory in bytes.
    bytes: usize,
    job: Job,
    now: u64,
    wake_at: u64,
    ended: bool,
    /// The stored record, and the one being saved.
    stored: Option<(u32, Value)>,
    saving: Option<(u32, Value)>,
    ledger: Ledger,
}

impl<'a> InvariantChecker<'a> {
    pub(crate) fn new(script: &'a Value, bytes: usize, job: Job, ledger: Ledger) -> Self {
        InvariantChecker {
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

    /// Sets the record that the job resumes from.
    pub(crate) fn stored(mut self, record: (u32, Value)) -> Self {
        self.stored = Some(record);
        self
    }

    /// Runs the script, and then no input but timeouts until the job has ended.
    pub(crate) fn run(mut self) {
        self.feed(Input::Timeout);
        for step in ScriptStep::of(self.script) {
            if !self.step(&step) {
                return;
            }
        }
        for _ in 0..MAX_INPUTS {
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
                    let held = self.ledger.in_flight().expect("the job waits for nothing");
                    self.leave(held);
                }
            }
        }
        panic!("the job does not end");
    }

    /// Returns whether the script continues.
    fn step(&mut self, step: &ScriptStep<'_>) -> bool {
        if let Some(ms) = step.number("ms") {
            self.set_clock(self.now.saturating_add_signed(ms).min(MAX_TIME_MS));
        }
        if step.is("wake") {
            self.now = self
                .now
                .max(self.wake_at.min(self.now.saturating_add(1 << 32)));
        }
        if let Some(how) = step.get("crash") {
            return self.crash(how);
        }
        let id = step.id().or(self.ledger.in_flight()).unwrap_or(0);
        match (step.get("saved"), self.saving.take()) {
            (Some(Value::Bool(false)), Some((revision, _))) => {
                self.feed(Input::SaveFailed(revision))
            }
            (Some(Value::Bool(true)), Some(saved)) => self.saved(saved),
            (other, saving) => {
                self.saving = saving;
                self.unrelated_save(other);
            }
        }
        if let Some(response) = step.response() {
            self.ledger.on_response(&self.job, id, &response);
            self.feed(Input::Response { id, response });
        }
        if let Some(how) = step.get("lost") {
            let kind = match how.as_str() {
                Some("unsent") => TransportError::Unsent,
                Some("timeout") => TransportError::Timeout,
                _ => TransportError::Network,
            };
            self.ledger.on_transport_error(id, kind);
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

    /// A response of the store about a revision that is not being saved.
    fn unrelated_save(&mut self, saved: Option<&Value>) {
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

    /// A crash: another driver resumes from the store, which contains text.
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
        self.ledger.on_crash();
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

    /// Carries out the job's outputs like a driver, up to the next timeout or the end.
    fn drain(&mut self) {
        for _ in 0..MAX_OUTPUTS {
            let job = &mut self.job;
            let output = within("output", &STEP, self.bytes, || job.poll_output());
            if *TRACED {
                eprintln!("    {output:?}");
            }
            match output {
                Output::Save { revision, record } => {
                    // A save without a response by the end is not waited for.
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
                    assert!(update.progress.is_none_or(|percent| percent <= 100));
                    self.ledger.updated(&update);
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
                        self.job.record()
                    );
                    self.wake_at = at;
                    return self.read_again();
                }
                _ => unreachable!("there is no other"),
            }
        }
        panic!("the job does not pause");
    }

    /// A driver may keep only the job's state between two steps.
    fn read_again(&mut self) {
        let state = self.job.state();
        self.job = Job::from_state(&state).expect("the state is a job");
        assert_eq!(self.job.state(), state);
        assert!(self.job.handle.is_valid());
    }
}
