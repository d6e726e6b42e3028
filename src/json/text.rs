//! Text that may be long. A string beyond [`LONG`] stays outside: in its place stands a reference
//! that tells its length and its beginning, which is enough to check it and to measure a picture.

use super::{Object, Value};

/// Strings longer than this many UTF-16 units never enter the module's memory, which cannot shrink.
pub const LONG: u32 = 65_536;

/// Nothing that is meant as a request or an answer nests deeper. What is stored has a few levels more,
/// and readers of JSON stop at 128.
pub const DEEPEST: u32 = 48;

/// Marks a reference. The boundary refuses it as a name in anything that comes from a caller.
pub const MARK: &str = "\u{0}outside";

/// Marks a value that JSON cannot hold; its text is the code.
pub const UNREADABLE: &str = "\u{0}unreadable";

/// Text, or the beginning of one that stands outside.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The text, or its first [`LONG`] units.
    pub head: &'a str,
    /// Its whole length in bytes.
    pub len: u64,
}

impl<'a> Text<'a> {
    /// Reads a string or a reference to one.
    pub fn read(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Text {
                head: text,
                len: text.len() as u64,
            }),
            Value::Object(map) => {
                map.get(MARK)?;
                let head = map.get("head")?.as_str()?;
                Some(Text {
                    head,
                    len: map.get("length")?.as_u64()?,
                })
            }
            _ => None,
        }
    }
}

/// The reference that stands for the `index`th text outside.
pub fn reference(index: u32, head: &str, length: u32) -> Value {
    let mut reference = Object::new();
    reference.insert(MARK.to_owned(), index.into());
    reference.insert("head".to_owned(), head.into());
    reference.insert("length".to_owned(), length.into());
    Value::Object(reference)
}

/// The index of the text that a reference stands for.
pub fn index(value: &Value) -> Option<u64> {
    value.get(MARK)?.as_u64()
}

/// Bytes of the value as JSON without blanks.
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

/// Bytes that a letter of a text takes in JSON beside its own.
fn escape_len(letter: char) -> u64 {
    match letter {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 1,
        '\0'..='\u{1f}' => 5,
        _ => 0,
    }
}
