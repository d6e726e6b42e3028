//! What must hold under any faults. A run that violates an invariant shows a bug of the core.

use std::fmt;

use filmgate::codec::Codec;
use filmgate::error::Error;
use filmgate::outcome::VideoResult;
use serde_json::Value;

use crate::scenario::{KEY, MARK, PLAIN_MARK};

/// The invariants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Invariant {
    /// A job is charged once at most.
    PaidOnce,
    /// A charged job ends with its videos, or with an error whose handle finds them.
    NothingLost,
    /// Only a submit without any response is reported as unknown.
    UnknownIsExact,
    /// Every job ends, in bounded time, with a bounded number of requests.
    Ends,
    /// No key, prompt or URL in what others may see; no body in the record after acceptance.
    NoSecrets,
    /// The reported charge is what the provider billed.
    TrueCharge,
    /// Nothing is sent before the store contains what finds it again.
    StoredFirst,
    /// Nothing is sent after the end, and only one request is in flight at a time.
    OneAtATime,
    /// The record follows the store's revisions, and a stored record can be read.
    Record,
    /// A cancel gets a result.
    CancelAnswered,
}

/// A violated invariant, and how.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) invariant: Invariant,
    pub(crate) how: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.invariant, self.how)
    }
}

/// The first secret that a text contains.
fn secret_in(text: &str) -> Option<&'static str> {
    if text.contains(MARK) {
        Some("the prompt")
    } else if text.contains(PLAIN_MARK) {
        Some("the image's URL")
    } else if text.contains(KEY) {
        Some("the key")
    } else {
        None
    }
}

/// The first secret that a value contains. A provider's raw response is returned unchanged, so its
/// content is not checked.
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

/// The first secret that the end of a job contains.
pub(crate) fn secret_of_end(end: &Result<VideoResult, Error>) -> Option<&'static str> {
    match end {
        Ok(outcome) => secret_of(&outcome.write()),
        Err(error) => secret_of(&error.write()),
    }
}
