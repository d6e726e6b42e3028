//! Finds values that cannot be sent: JSON cannot represent them, or they nest too deep to be parsed again.

use crate::json::Value;

use super::{MAX_DEPTH, UNREADABLE};
use crate::issue::{Code, Issue};

/// Bytes of a path that are reported; the caller chooses the names.
const MAX_PATH_BYTES: usize = 200;

/// An issue for each such value of a field, up to `max`.
pub(super) fn unsendable(path: &str, value: &Value, max: usize) -> Vec<Issue> {
    let mut found = Vec::new();
    let levels = path.bytes().filter(|byte| *byte == b'.').count();
    let depth = u32::try_from(levels).map_or(MAX_DEPTH, |levels| levels + 1);
    collect(&mut found, max, path, depth, value);
    found
}

fn collect(found: &mut Vec<Issue>, max: usize, path: &str, depth: u32, value: &Value) {
    let mut below = |name: &str, item: &Value| {
        let may_fail = item.is_array() || item.is_object() || depth >= MAX_DEPTH;
        if may_fail && found.len() < max {
            collect(found, max, &extended(path, name), depth + 1, item);
        }
    };
    let problem = match value {
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
            problem => problem,
        },
        _ => None,
    };
    let Some(problem) = problem else {
        return;
    };
    let (code, message) = match problem {
        "not_finite" => (Code::NotFinite, "NaN and infinity cannot be sent. Use a finite number."),
        "invalid_unicode" => (
            Code::InvalidUnicode,
            "The text contains a lone surrogate, such as half of an emoji. Use `text.toWellFormed()`.",
        ),
        "too_deep" => {
            (Code::InvalidType, "This value is nested too deeply or is too large. Simplify it.")
        }
        _ => (Code::InvalidType, "JSON cannot represent this value. Use plain data."),
    };
    found.push(*Issue::error(path, code, message));
}

/// The path of a child. A long path is truncated and not extended further.
pub(super) fn extended(path: &str, name: &str) -> String {
    if path.ends_with('…') {
        return path.to_owned();
    }
    if path.len() + name.len() < MAX_PATH_BYTES {
        return format!("{path}.{name}");
    }
    format!("{path}.{}…", name.chars().take(20).collect::<String>())
}
