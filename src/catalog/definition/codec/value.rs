//! Scalars, texts and lists of a definition as JSON.

use std::borrow::Cow;

use crate::catalog::definition::{List, Scalar, Str};
use crate::codec::{Codec, DecodeResult, expected, list};
use crate::json::Value;

/// Limits of a caller's definition, above those of any provider's page.
const MAX_ITEMS: usize = 500;
const MAX_TEXT_BYTES: usize = 300;

impl Codec for Scalar {
    fn write(&self) -> Value {
        self.to_json()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        *self = match value {
            Value::Bool(yes) => Scalar::Boolean(*yes),
            Value::String(word) => Scalar::Text(Cow::Owned(word.clone())),
            other => match i32::read(other) {
                Some(number) => Scalar::Integer(number),
                None => return Err(expected("a string, an integer, true or false")),
            },
        };
        Ok(())
    }

    fn default_value() -> Self {
        Scalar::Boolean(false)
    }
}

impl Codec for Str {
    fn write(&self) -> Value {
        self.as_ref().into()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let text = value.as_str().filter(|text| text.len() <= MAX_TEXT_BYTES);
        let text = text.ok_or_else(|| expected("a string of at most 300 bytes"))?;
        *self = Cow::Owned(text.to_owned());
        Ok(())
    }

    fn default_value() -> Self {
        Cow::Borrowed("")
    }
}

#[inline(never)]
fn check_len(value: &Value) -> DecodeResult {
    match value.as_array() {
        Some(items) if items.len() > MAX_ITEMS => Err(expected("a list of at most 500 items")),
        _ => Ok(()),
    }
}

impl<T: Codec + Clone> Codec for List<T> {
    fn write(&self) -> Value {
        list(self)
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        check_len(value)?;
        let mut items = Vec::new();
        items.decode_into(value)?;
        *self = Cow::Owned(items);
        Ok(())
    }

    fn default_value() -> Self {
        Cow::Borrowed(&[])
    }
}
