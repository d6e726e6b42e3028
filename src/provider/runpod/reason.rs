//! The provider's words about a failure, wherever they are.
//!
//! RunPod documents `error` as a string. Its workers send an object with `error_type` and
//! `error_message`, its gateway `title` and `detail`, and users' workers anything else.

use crate::json::Value;
use crate::json::text::{Text, join};

/// Characters of a reason that are read.
const MAX_CHARS: usize = 1_000;
/// A longer text without a space is data, not words.
const MAX_WORD_LEN: usize = 200;
/// Entries of a list that are read.
const MAX_ENTRIES: usize = 5;

/// Names that hold a reason, the most specific first.
const REASON_NAMES: [&str; 11] = [
    "error_message",
    "errorMessage",
    "message",
    "detail",
    "details",
    "msg",
    "reason",
    "description",
    "error",
    "errors",
    "title",
];

/// The phrases of HTTP, which say less than any other reason.
const GENERIC: &[&str] = &[
    "error",
    "failed",
    "bad request",
    "unauthorized",
    "forbidden",
    "not found",
    "conflict",
    "unprocessable entity",
    "too many requests",
    "internal server error",
];

/// Whether an `error` reports one: `""`, `false`, `[]`, `{}` and `null` do not.
pub(super) fn is_error(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => value == &Value::Bool(true),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !is_nothing(text),
        Value::Array(items) => items.iter().any(is_error),
        Value::Object(map) => map.values().any(is_error),
    }
}

fn is_nothing(text: &str) -> bool {
    let nothing = [
        "",
        "none",
        "null",
        "nil",
        "false",
        "undefined",
        "0",
        "ok",
        "success",
        "no error",
        "no errors",
    ];
    nothing.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// The reason in these values: the first one that says more than its HTTP status, or else the first one.
pub(super) fn find(values: &[Option<&Value>]) -> Option<String> {
    let mut generic = None;
    for reason in values.iter().flatten().filter_map(|value| reason(value)) {
        if !is_generic(&reason) {
            return Some(reason);
        }
        generic = generic.or(Some(reason));
    }
    generic
}

fn is_generic(reason: &str) -> bool {
    GENERIC.iter().any(|phrase| reason.trim_end_matches('.').eq_ignore_ascii_case(phrase))
}

/// The reason in a value of any form.
fn reason(value: &Value) -> Option<String> {
    match value {
        text if Text::read(text).is_some() => {
            let text = Text::read(text)?.head.trim();
            let is_url = text.starts_with("http") || text.starts_with("data:");
            let is_word = !text.contains(|c: char| c.is_whitespace() || !c.is_ascii());
            let is_data = is_word && (is_url || text.len() > MAX_WORD_LEN);
            (!is_data && !is_nothing(text)).then(|| text.chars().take(MAX_CHARS).collect())
        }
        Value::Array(items) => {
            let reasons: Vec<String> = items.iter().take(MAX_ENTRIES).filter_map(reason).collect();
            (!reasons.is_empty()).then(|| join(&reasons, "; "))
        }
        Value::Object(map) => {
            let text = find(&REASON_NAMES.map(|name| map.get(name)))?;
            Some(match field(value) {
                Some(path) => path + ": " + &text,
                None => text,
            })
        }
        _ => None,
    }
}

/// The field that an error is about, from `loc` of a validation error, as `input.size`; the first one of a
/// list.
pub(super) fn field(value: &Value) -> Option<String> {
    let part = |part: &Value| match part {
        Value::String(name) => is_name(name).then(|| name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().take(MAX_ENTRIES).find_map(field),
        Value::Object(map) => match map.get("loc") {
            Some(Value::Array(parts)) => {
                let body = Value::from("body");
                let parts = parts.iter().filter(|part| **part != body).take(MAX_ENTRIES);
                let parts: Option<Vec<String>> = parts.map(part).collect();
                parts.filter(|parts| !parts.is_empty()).map(|parts| join(&parts, "."))
            }
            _ => ["detail", "details", "error", "errors"]
                .iter()
                .find_map(|name| field(map.get(*name)?)),
        },
        _ => None,
    }
}

/// The provider's code, from an error of any form.
pub(super) fn code(value: &Value) -> Option<String> {
    let names = ["error_type", "errorType", "error_code", "errorCode", "code"];
    let text = |value: &Value| match value {
        Value::String(text) => (!is_nothing(text)).then(|| text.trim().to_owned()),
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().take(MAX_ENTRIES).find_map(code),
        Value::Object(map) => {
            let own = names.iter().find_map(|name| map.get(*name).and_then(text));
            // A `type` may be the URL of a description.
            let kind = || map.get("type").and_then(text).filter(|kind| is_name(kind));
            own.or_else(kind).or_else(|| map.get("error").and_then(code))
        }
        _ => None,
    }
}

/// The plain name in a code, as `RuntimeError` in `<class 'RuntimeError'>`; `None` if it may be a sentence.
pub(super) fn plain_code(code: &str) -> Option<&str> {
    let name =
        code.strip_prefix("<class '").and_then(|name| name.strip_suffix("'>")).unwrap_or(code);
    is_name(name).then_some(name)
}

fn is_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    !text.is_empty() && text.len() <= 60 && text.chars().all(is_plain)
}
