//! What must hold whatever goes wrong. A run that breaks a rule is a bug of the core.

use std::fmt;

use filmgate::codec::Codec;
use filmgate::error::Error;
use filmgate::outcome::Outcome;
use serde_json::Value;

use crate::scenario::{KEY, MARK, PLAIN_MARK};

/// The promises, as they are numbered in the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// No more than one charge for a job.
    PaidOnce,
    /// A charged job ends with its videos, or with an error whose handle finds them.
    NothingLost,
    /// Only a submit of which nothing was heard is called unknown.
    UnknownIsExact,
    /// Every job ends, in bounded time, with a bounded number of requests.
    Ends,
    /// No key, prompt or address in what others may see; no body in the record after acceptance.
    NoSecrets,
    /// What is said of money is what the provider has billed.
    TrueCharge,
    /// Nothing leaves before the store holds what finds it again.
    StoredFirst,
    /// Nothing is asked after the end, and one request is under way at a time.
    OneAtATime,
    /// The record follows the store's revisions, and what was stored can be read.
    Record,
    /// A cancel is answered.
    CancelAnswered,
}

/// A rule that was broken, and how.
#[derive(Debug, Clone)]
pub(crate) struct Broken {
    pub(crate) rule: Rule,
    pub(crate) how: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.how)
    }
}

/// The first secret that a text shows.
fn secret_in(text: &str) -> Option<&'static str> {
    if text.contains(MARK) {
        Some("the prompt")
    } else if text.contains(PLAIN_MARK) {
        Some("the picture's address")
    } else if text.contains(KEY) {
        Some("the key")
    } else {
        None
    }
}

/// The first secret that a value shows. A provider's raw answer is promised untouched, so that what
/// stands in there is the provider's own business.
pub(crate) fn secret_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(text) => secret_in(text),
        Value::Array(items) => items.iter().find_map(secret_of),
        Value::Object(map) => {
            let shown = map.iter().filter(|(name, _)| *name != "raw");
            shown.map(|(_, value)| value).find_map(secret_of)
        }
        _ => None,
    }
}

/// The first secret that the end of a job shows.
pub(crate) fn secret_of_end(end: &Result<Outcome, Error>) -> Option<&'static str> {
    match end {
        Ok(outcome) => secret_of(&outcome.write()),
        Err(error) => secret_of(&error.write()),
    }
}
