//! JavaScript values in, JavaScript values out, each way as one text: `boundary.js` has the other half.
//! Long texts stay outside: see [`crate::request::Text`].

use js_sys::{Array, JsString};
use std::fmt::Write;
use wasm_bindgen::prelude::*;

use crate::json::{Number, Object, Value};
use crate::request::{DEEPEST, UNREADABLE, reference};

/// Nothing that is meant as a request or an answer holds more values, texts counted by length.
const MOST: u32 = 50_000;

/// A job's state holds what was read, a few levels further down.
const DEEPEST_OF_OURS: u32 = DEEPEST + 16;

#[wasm_bindgen(module = "/src/wasm/boundary.js")]
extern "C" {
    fn flatten(value: &JsValue, texts: &Array, most: u32, deepest: u32) -> String;
    fn revive(json: &str, texts: &Array) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = String)]
    fn text_of(number: f64) -> JsString;
}

/// The text of a float, as JavaScript prints it.
pub(crate) fn float_text(number: f64) -> String {
    text_of(number).into()
}

/// The long texts of one call.
#[derive(Default)]
pub(super) struct Outside {
    texts: Array,
}

impl Outside {
    /// Reads a value that may come from anyone. What JSON cannot hold is marked, not dropped; `Null`
    /// where the whole is unreadable.
    pub(super) fn read(&self, js: &JsValue) -> Value {
        self.read_most(js, MOST, DEEPEST)
    }

    /// Reads a value of our own writing, which holds what was read before.
    pub(super) fn read_own(&self, js: &JsValue) -> Value {
        self.read_most(js, 4 * MOST, DEEPEST_OF_OURS)
    }

    fn read_most(&self, js: &JsValue, most: u32, deepest: u32) -> Value {
        let flat = flatten(js, &self.texts, most, deepest);
        let value = Flat { rest: &flat }.value().unwrap_or_default();
        if value.get(UNREADABLE).is_some() {
            return Value::Null;
        }
        value
    }

    /// Writes a value, and puts the long texts back.
    pub(super) fn write(&self, value: &Value) -> JsValue {
        let mut json = String::new();
        write_json(&mut json, value);
        revive(&json, &self.texts)
    }
}

/// Plain objects and arrays, `undefined` nowhere.
pub(super) fn to_js(value: &Value) -> JsValue {
    Outside::default().write(value)
}

/// What `flatten` has written, and what of it is to be read.
struct Flat<'a> {
    rest: &'a str,
}

impl<'a> Flat<'a> {
    fn value(&mut self) -> Option<Value> {
        let (kind, rest) = self.rest.split_at_checked(1)?;
        self.rest = rest;
        Some(match kind {
            "t" => Value::Bool(true),
            "f" => Value::Bool(false),
            "i" => self.number()?.into(),
            "d" => {
                let (high, low) = (self.number()?, self.number()?);
                f64::from_bits((high as u64) << 32 | low as u64).into()
            }
            "s" => self.text()?.into(),
            "[" => {
                let items = 0..self.number()?;
                Value::Array(items.map(|_| self.value()).collect::<Option<_>>()?)
            }
            "{" => {
                let mut object = Object::new();
                for _ in 0..self.number()? {
                    let name = self.text()?.to_owned();
                    object.insert(name, self.value()?);
                }
                Value::Object(object)
            }
            "x" => {
                let (index, length) = (self.number()?, self.number()?);
                reference(index as u32, self.text()?, length as u32)
            }
            "!" => {
                let mut marked = Object::new();
                marked.insert(UNREADABLE.to_owned(), self.text()?.into());
                Value::Object(marked)
            }
            _ => Value::Null,
        })
    }

    fn number(&mut self) -> Option<i64> {
        let (number, rest) = self.rest.split_once(';')?;
        self.rest = rest;
        number.parse().ok()
    }

    /// A text after its length in UTF-16 units.
    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()? as usize;
        let bytes = match self.rest.get(..length) {
            Some(text) if text.is_ascii() => length,
            _ => bytes_of(self.rest, length)?,
        };
        let (text, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(text)
    }
}

/// The bytes of so many UTF-16 units.
fn bytes_of(text: &str, mut units: usize) -> Option<usize> {
    let mut letters = text.chars();
    while units > 0 {
        units = units.saturating_sub(letters.next()?.len_utf16());
    }
    Some(text.len() - letters.as_str().len())
}

fn write_json(json: &mut String, value: &Value) {
    match value {
        Value::Null => json.push_str("null"),
        Value::Bool(true) => json.push_str("true"),
        Value::Bool(false) => json.push_str("false"),
        Value::Number(number) => write_number(json, *number),
        Value::String(text) => write_text(json, text),
        Value::Array(items) => {
            json.push('[');
            for (at, item) in items.iter().enumerate() {
                write_comma(json, at);
                write_json(json, item);
            }
            json.push(']');
        }
        Value::Object(object) => {
            json.push('{');
            for (at, (name, item)) in object.iter().enumerate() {
                write_comma(json, at);
                write_text(json, name);
                json.push(':');
                write_json(json, item);
            }
            json.push('}');
        }
    }
}

fn write_comma(json: &mut String, at: usize) {
    if at > 0 {
        json.push(',');
    }
}

fn write_number(json: &mut String, number: Number) {
    // A text grows without fail.
    let _ = write!(json, "{number}");
}

fn write_text(json: &mut String, text: &str) {
    json.push('"');
    let mut rest = text;
    // Most texts have nothing to escape, and are copied as they are.
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'))
    {
        let (plain, escaped) = rest.split_at(at);
        let (letter, after) = escaped.split_at(1);
        json.push_str(plain);
        // A text grows without fail.
        let _ = write!(json, "\\u{:04x}", letter.bytes().next().unwrap_or_default());
        rest = after;
    }
    json.push_str(rest);
    json.push('"');
}
