//! Text that may be long. A string longer than [`MAX_INLINE_LEN`] stays in JavaScript. A reference with its length and
//! its beginning replaces it, which is enough to validate it and to read an image's size.

use super::{Object, Value};

/// Longer strings, in UTF-16 units, never enter the memory of the WebAssembly module, which cannot shrink.
pub const MAX_INLINE_LEN: u32 = 65_536;

/// The maximum depth of a request or a response. A record has a few levels more, and JSON parsers stop at 128.
pub const MAX_DEPTH: u32 = 48;

/// The key that marks a reference. It is not allowed in untrusted values.
pub const REF_KEY: &str = "\u{0}outside";

/// The key that marks a value that JSON cannot hold. Its text is the code.
pub const UNREADABLE: &str = "\u{0}unreadable";

/// A text, or the beginning of a long one.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The text, or its first [`MAX_INLINE_LEN`] units.
    pub head: &'a str,
    /// The length of the whole text in bytes.
    pub len: u64,
}

impl<'a> Text<'a> {
    /// Reads a string or a reference to one.
    pub fn read(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Text { head: text, len: text.len() as u64 }),
            Value::Object(map) => {
                map.get(REF_KEY)?;
                let head = map.get("head")?.as_str()?;
                Some(Text { head, len: map.get("length")?.as_u64()? })
            }
            _ => None,
        }
    }

    /// Whether the value is a reference to a long string.
    pub fn is_reference(value: &Value) -> bool {
        value.is_object() && Text::read(value).is_some()
    }
}

/// The value without marks: what JSON could not hold is null.
pub fn without_marks(value: &Value) -> Value {
    let mut value = value.clone();
    remove_marks(&mut value);
    value
}

fn remove_marks(value: &mut Value) {
    match value {
        Value::Object(map) if map.contains_key(UNREADABLE) => *value = Value::Null,
        Value::Object(map) => map.values_mut().for_each(remove_marks),
        Value::Array(items) => items.iter_mut().for_each(remove_marks),
        _ => {}
    }
}

/// The reference to the long string with this index.
pub fn long_string_ref(index: u32, head: &str, length: u32) -> Value {
    let mut reference = Object::new();
    reference.insert(REF_KEY.to_owned(), index.into());
    reference.insert("head".to_owned(), head.into());
    reference.insert("length".to_owned(), length.into());
    Value::Object(reference)
}

/// The rest of a text that begins with this, in any case.
pub(crate) fn after_start<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

/// The bytes of a data URI in Base64 that names no type.
pub(crate) fn after_untyped(text: &str) -> Option<&str> {
    let mut starts = ["data:;base64,", "data:application/octet-stream;base64,"].iter();
    starts.find_map(|start| after_start(text, start))
}

/// The texts with a separator between them: a tenth of the code of the standard library's `join`.
#[inline(never)]
pub(crate) fn join(texts: &[impl AsRef<str>], separator: &str) -> String {
    let mut joined = String::new();
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text.as_ref());
    }
    joined
}

/// The number of bytes of the value as JSON without whitespace.
pub fn json_len(value: &Value) -> u64 {
    let escapes = |text: &str| text.chars().map(escape_len).sum::<u64>();
    if let Some(text) = Text::read(value) {
        return text.len + 2 + escapes(text.head);
    }
    let commas = |count: usize| count.saturating_sub(1) as u64;
    match value {
        Value::Array(items) => 2 + commas(items.len()) + items.iter().map(json_len).sum::<u64>(),
        Value::Object(map) => {
            let entry = |(key, item): (&String, &Value)| {
                key.len() as u64 + escapes(key) + 3 + json_len(item)
            };
            2 + commas(map.len()) + map.iter().map(entry).sum::<u64>()
        }
        Value::Number(number) => number.to_string().len() as u64,
        Value::Bool(false) => 5,
        _ => 4,
    }
}

/// The number of bytes that escaping adds to a character.
fn escape_len(character: char) -> u64 {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 1,
        '\0'..='\u{1f}' => 5,
        _ => 0,
    }
}
