//! What JSON cannot hold, or no one could read again, found at any depth.

use crate::json::Value;

use super::{MAX_DEPTH, UNREADABLE};
use crate::issue::{Code, Issue};

/// Bytes of a path that are told; names may be anyone's.
const LONGEST_PATH: usize = 200;

/// Tells of each such value of a field, up to as many as given.
pub(super) fn faults(path: &str, value: &Value, most: usize) -> Vec<Issue> {
    let mut found = Vec::new();
    let levels = path.bytes().filter(|byte| *byte == b'.').count();
    let depth = u32::try_from(levels).map_or(MAX_DEPTH, |levels| levels + 1);
    look(&mut found, most, path, depth, value);
    found
}

fn look(found: &mut Vec<Issue>, most: usize, path: &str, depth: u32, value: &Value) {
    let mut below = |name: &str, item: &Value| {
        let may_be = item.is_array() || item.is_object() || depth >= MAX_DEPTH;
        if may_be && found.len() < most {
            look(found, most, &extended(path, name), depth + 1, item);
        }
    };
    let fault = match value {
        _ if depth > MAX_DEPTH => Some("too_deep"),
        Value::Array(items) => {
            let named = items.iter().enumerate();
            named.for_each(|(at, item)| below(&at.to_string(), item));
            None
        }
        Value::Object(map) => match map.get(UNREADABLE).and_then(Value::as_str) {
            None => {
                map.iter().for_each(|(name, item)| below(name, item));
                None
            }
            fault => fault,
        },
        _ => None,
    };
    let Some(fault) = fault else {
        return;
    };
    let (code, message) = match fault {
        "not_finite" => (Code::NotFinite, "NaN and infinity are no numbers to send."),
        "invalid_unicode" => (
            Code::InvalidUnicode,
            "The text holds half of a UTF-16 pair, perhaps a cut emoji. `text.toWellFormed()` mends it.",
        ),
        "too_deep" => (
            Code::InvalidType,
            "This nests too deep, or holds too much, to be sent.",
        ),
        _ => (
            Code::InvalidType,
            "JSON cannot hold this value: give plain data.",
        ),
    };
    found.push(Issue::error(path, code, message));
}

/// The path of what stands below, unless it is long enough already.
pub(super) fn extended(path: &str, name: &str) -> String {
    if path.ends_with('…') {
        return path.to_owned();
    }
    if path.len() + name.len() < LONGEST_PATH {
        return format!("{path}.{name}");
    }
    format!("{path}.{}…", name.chars().take(20).collect::<String>())
}
