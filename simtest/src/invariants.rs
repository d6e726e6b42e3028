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
    if text.contains(MARK) || is_encoded_in(text) {
        Some("the prompt")
    } else if text.contains(PLAIN_MARK) {
        Some("the image's URL")
    } else if text.contains(KEY) {
        Some("the key")
    } else {
        None
    }
}

/// Whether a text contains the mark in percent-encoding or, at any offset, in Base64.
fn is_encoded_in(text: &str) -> bool {
    if text.contains("%C2%B6") || text.contains("%c2%b6") {
        return true;
    }
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    let runs = text.split(|c| !is_base64(c)).filter(|run| run.len() >= 16);
    // The mark and the space after it, so that no id looks like them by chance.
    runs.flat_map(|run| (0..4).filter_map(move |skip| run.get(skip..)))
        .any(|run| decoded(run).windows(3).any(|bytes| bytes == [0xc2, 0xb6, b' ']))
}

/// The bytes of Base64 text.
fn decoded(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    let whole = |four: &[u8]| {
        let bits = four.iter().fold(0_u32, |bits, c| bits << 6 | u32::from(value(*c)));
        [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]
    };
    text.as_bytes().chunks_exact(4).flat_map(whole).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let spelled = [
            "Quoted: LAMP¶ OF HER¶",
            "in A%20keeper%C2%B6%20lights",
            "in QSBrZWVwZXLCtiBsaWdodHPCtiB0aGUgbGFtcMK2IG9mIGhlcsK2",
            "x in BrZWVwZXLCtiBsaWdodHPCtiB0aGUgbGFtcMK2IG9mIGhlcsK2",
            "https://pictures.example.com/q7hidden7q.jpeg",
            KEY,
        ];
        for text in spelled {
            assert!(secret_in(text).is_some(), "{text}");
        }
        assert_eq!(secret_in("sync-0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f-u1 has ended"), None);
    }
}
