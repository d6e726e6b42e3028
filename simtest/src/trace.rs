//! What happened in a run, to be compared with other runs and to be read.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::fault::{Fault, Point};

/// One thing that happened to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// A fault strikes the point of that number.
    Struck(Fault),
    Written(u32),
    Refused(u32),
    Unanswered(u32),
    Leaves(Point),
    Held,
    /// What became of a submit at the provider.
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
    Rises,
    Clock(i64),
    /// The end, in one word, and whether money went.
    Ends(&'static str, &'static str),
    NeverBegan,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Struck(fault) => write!(f, "! {fault}"),
            Event::Written(revision) => write!(f, "record {revision} is written"),
            Event::Refused(revision) => write!(f, "record {revision} is refused"),
            Event::Unanswered(revision) => write!(f, "record {revision} gets no answer"),
            Event::Leaves(point) => write!(f, "> {point:?}"),
            Event::Held => f.write_str("the driver keeps it back"),
            Event::Arrives(outcome) => write!(f, "the submit arrives: {outcome}"),
            Event::Adrift => f.write_str("a submit that was lost arrives"),
            Event::Comes(status) => write!(f, "< {status}"),
            Event::Breaks => f.write_str("< the connection breaks"),
            Event::Webhook => f.write_str("< webhook"),
            Event::Missed => f.write_str("a webhook finds nobody"),
            Event::Cancel => f.write_str("the caller cancels"),
            Event::Cancelled(result, charge) => write!(f, "cancel: {result}, charge {charge}"),
            Event::Update(status) => write!(f, "is {status}"),
            Event::Dies => f.write_str("the process dies"),
            Event::Rises => f.write_str("a new process goes on"),
            Event::Clock(ms) => write!(f, "the clock jumps by {ms} ms"),
            Event::Ends(end, charge) => write!(f, "ends: {end}, charge {charge}"),
            Event::NeverBegan => f.write_str("was never stored, and never began"),
        }
    }
}

/// What happened, in order. Words cost time, so a run that nobody reads has none.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    hasher: DefaultHasher,
    begin: u64,
    pub(crate) lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(begin: u64) -> Self {
        Trace {
            begin,
            ..Trace::default()
        }
    }

    /// One that keeps its words.
    pub(crate) fn in_words(begin: u64) -> Self {
        Trace {
            lines: Some(Vec::new()),
            ..Trace::new(begin)
        }
    }

    pub(crate) fn add(&mut self, now: u64, job: usize, event: Event) {
        // The fault's own name does not count: two that look alike are one.
        if !matches!(event, Event::Struck(_)) {
            (now, job, event).hash(&mut self.hasher);
        }
        if let Some(lines) = &mut self.lines {
            let ms = now.saturating_sub(self.begin);
            lines.push(format!(
                "{:>10}.{:03} s  job {job}  {event}",
                ms / 1000,
                ms % 1000
            ));
        }
    }

    /// Details for a reader.
    pub(crate) fn say(&mut self, words: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>25}{}", "", words()));
        }
    }

    /// Tells runs apart by what happened in them.
    pub(crate) fn digest(&self) -> u64 {
        self.hasher.finish()
    }
}
