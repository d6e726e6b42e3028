//! JSON that JavaScript's parser reads and serde_json does not: half of a surrogate pair, a number beyond the range of
//! a double, and deep nesting. A response with one of them may be all that there is of a paid job.

use super::Value;

/// Containers inside each other that are kept: fewer than serde_json accepts, more than a response may have.
const MAX_OPEN: usize = 100;

/// Parses a text. What JSON cannot hold is replaced: half of a pair by U+FFFD, a number and what is nested too deeply
/// by null.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}');
    match serde_json::from_str(text) {
        Ok(json) => Some(json),
        Err(_) if text.trim_start().starts_with(['{', '[', '"']) => {
            serde_json::from_str(&repaired(text)).ok()
        }
        Err(_) => None,
    }
}

fn repaired(text: &str) -> String {
    let mut fixed = String::with_capacity(text.len());
    let mut rest = text;
    let mut open = 0usize;
    while let Some(first) = rest.chars().next() {
        let len = match first {
            '"' => string_len(rest),
            '-' | '0'..='9' => number_len(rest),
            other => other.len_utf8(),
        };
        let Some((token, after)) = rest.split_at_checked(len) else { break };
        rest = after;
        if matches!(first, '{' | '[') {
            open += 1;
            if open == MAX_OPEN + 1 {
                fixed.push_str("null");
            }
        }
        if open <= MAX_OPEN {
            match first {
                '"' => push_string(&mut fixed, token),
                '-' | '0'..='9' if token.parse().is_ok_and(f64::is_infinite) => {
                    fixed.push_str("null")
                }
                _ => fixed.push_str(token),
            }
        }
        if matches!(first, '}' | ']') {
            open = open.saturating_sub(1);
        }
    }
    fixed
}

/// The length of the string at the beginning of a text, with its quotation marks.
fn string_len(text: &str) -> usize {
    let mut is_escaped = false;
    let mut bytes = text.bytes().skip(1);
    let end = bytes.position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The length of the number at the beginning of a text.
fn number_len(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// Adds a string, with U+FFFD in place of each half of a surrogate pair.
fn push_string(fixed: &mut String, token: &str) {
    let mut rest = token;
    while let Some((before, escaped)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        fixed.push_str(before);
        let is_low = |unit| (0xdc00..0xe000).contains(&unit);
        let pair = || escaped.get(6..).and_then(unit).is_some_and(is_low);
        let len = match unit(escaped) {
            Some(0xd800..0xdc00) if pair() => 12,
            Some(0xd800..0xe000) => {
                fixed.push('\u{fffd}');
                rest = escaped.get(6..).unwrap_or_default();
                continue;
            }
            // The backslash and what it escapes.
            _ => 1 + escaped.chars().nth(1).map_or(0, char::len_utf8),
        };
        let (kept, after) = escaped.split_at_checked(len).unwrap_or((escaped, ""));
        fixed.push_str(kept);
        rest = after;
    }
    fixed.push_str(rest);
}

/// The UTF-16 unit of an escape like `\ud83d` at the beginning of a text.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}
