//! The events of a run, to compare runs and to read.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::fault::{Fault, Point};

/// One event of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// A fault is injected.
    Injected(Fault),
    Written(u32),
    Refused(u32),
    Unanswered(u32),
    Leaves(Point),
    Held,
    /// The outcome of a submission at the provider.
    Arrives(&'static str),
    Adrift,
    Comes(u16),
    Breaks,
    Webhook,
    Missed,
    Cancel,
    Cancelled(&'static str, &'static str),
    Update(&'static str),
    Dies,
    Restarts,
    Clock(i64),
    /// The end and the charge.
    Ends(&'static str, &'static str),
    NeverBegan,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Injected(fault) => write!(f, "! {fault}"),
            Event::Written(revision) => write!(f, "record {revision} is written"),
            Event::Refused(revision) => write!(f, "record {revision} is refused"),
            Event::Unanswered(revision) => write!(f, "record {revision} gets no response"),
            Event::Leaves(point) => write!(f, "> {point:?}"),
            Event::Held => f.write_str("the driver delays it"),
            Event::Arrives(outcome) => write!(f, "the submit arrives: {outcome}"),
            Event::Adrift => f.write_str("a lost submit arrives"),
            Event::Comes(status) => write!(f, "< {status}"),
            Event::Breaks => f.write_str("< the connection is lost"),
            Event::Webhook => f.write_str("< webhook"),
            Event::Missed => f.write_str("a webhook is not received"),
            Event::Cancel => f.write_str("the caller cancels"),
            Event::Cancelled(result, charge) => write!(f, "cancel: {result}, charge {charge}"),
            Event::Update(status) => write!(f, "is {status}"),
            Event::Dies => f.write_str("the process dies"),
            Event::Restarts => f.write_str("a new process resumes"),
            Event::Clock(ms) => write!(f, "the clock jumps by {ms} ms"),
            Event::Ends(end, charge) => write!(f, "ends: {end}, charge {charge}"),
            Event::NeverBegan => f.write_str("was never stored and never started"),
        }
    }
}

/// The events in order. Text costs time, so it is collected only on request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    hasher: DefaultHasher,
    begin: u64,
    pub(crate) lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(begin: u64) -> Self {
        Trace { begin, ..Trace::default() }
    }

    /// A trace with text.
    pub(crate) fn verbose(begin: u64) -> Self {
        Trace { lines: Some(Vec::new()), ..Trace::new(begin) }
    }

    pub(crate) fn add(&mut self, now: u64, job: usize, event: Event) {
        // The fault's name is not hashed: two faults with the same effect count as one.
        if !matches!(event, Event::Injected(_)) {
            (now, job, event).hash(&mut self.hasher);
        }
        if let Some(lines) = &mut self.lines {
            let ms = now.saturating_sub(self.begin);
            lines.push(format!("{:>10}.{:03} s  job {job}  {event}", ms / 1000, ms % 1000));
        }
    }

    /// A detail for the reader.
    pub(crate) fn detail(&mut self, words: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>25}{}", "", words()));
        }
    }

    /// Identifies a run by its events.
    pub(crate) fn digest(&self) -> u64 {
        self.hasher.finish()
    }
}
