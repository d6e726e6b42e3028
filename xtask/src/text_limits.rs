//! Parses limits in a page's text: "Options: `a`, `b`.", "Range: 1-50.", "in seconds (1-10)".

use serde_json::{Number, Value};

use crate::document::Fact;

/// A word of the page as a value of that type.
pub(crate) fn value(word: &str, kind: &str) -> Value {
    match kind {
        "integer" | "number" | "boolean" => {
            serde_json::from_str(word).unwrap_or_else(|_| word.into())
        }
        _ => word.into(),
    }
}

/// The values or limits in a text. A text without any sets none.
pub(crate) fn limits(text: &str, kind: &str, fact: &mut Fact) {
    let options = after(text, "options:").map(sentence);
    if let Some(options) = options {
        fact.values = coded(options, kind);
        if fact.values.is_empty() && kind == "integer" {
            fact.values = listed(options);
        }
    }
    if !fact.values.is_empty() {
        return;
    }
    let Some((low, high)) = range(text) else {
        return;
    };
    match kind {
        "integer" | "number" => {
            fact.limits.insert("minimum", low);
            fact.limits.insert("maximum", high);
        }
        "array" => {
            fact.limits.insert("maxItems", high);
        }
        _ => {}
    }
}

/// The text after a word, in any case.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let at = text.to_ascii_lowercase().find(word)?;
    text.get(at + word.len()..)
}

/// Up to the end of the sentence.
fn sentence(text: &str) -> &str {
    let end = text.find(". ").or_else(|| text.find('\n'));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The values between backticks.
fn coded(text: &str, kind: &str) -> Vec<Value> {
    let words = text.split('`').skip(1).step_by(2);
    words.map(|word| value(word, kind)).collect()
}

/// Integers separated by commas; a range is not a list.
fn listed(text: &str) -> Vec<Value> {
    let words = text.split(|c: char| !c.is_ascii_digit() && !"-–".contains(c));
    let words = words.filter(|word| !word.is_empty());
    let numbers: Option<Vec<i64>> = words.map(|word| word.parse().ok()).collect();
    let numbers = numbers.unwrap_or_default();
    numbers.into_iter().map(Value::from).collect()
}

/// The first two numbers with a dash between them.
fn range(text: &str) -> Option<(Number, Number)> {
    let words = text.split(|c: char| c.is_whitespace() || "()`,;:".contains(c));
    words
        .filter_map(|word| word.trim_end_matches('.').split_once(['-', '–']))
        .find_map(|(low, high)| Some((number(low)?, number(high)?)))
}

fn number(text: &str) -> Option<Number> {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
