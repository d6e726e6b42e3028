//! What the fields of a row hold.

use std::borrow::Cow;

use crate::catalog::{List, Scalar, Str};
use crate::codec::{Codec, DecodeResult, expected, list};
use crate::json::Value;

/// Items of a list, and bytes of a text: more than any provider's page has.
const MOST_ITEMS: usize = 500;
const LONGEST_TEXT: usize = 300;

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
                None => return Err(expected("a word, a whole number, true or false")),
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
        let text = value.as_str().filter(|text| text.len() <= LONGEST_TEXT);
        let text = text.ok_or_else(|| expected("text of at most 300 bytes"))?;
        *self = Cow::Owned(text.to_owned());
        Ok(())
    }

    fn default_value() -> Self {
        Cow::Borrowed("")
    }
}

impl<T: Codec + Clone> Codec for List<T> {
    fn write(&self) -> Value {
        list(self)
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        if value
            .as_array()
            .is_some_and(|items| items.len() > MOST_ITEMS)
        {
            return Err(expected("a list of at most 500 items"));
        }
        let mut items = Vec::new();
        items.decode_into(value)?;
        *self = Cow::Owned(items);
        Ok(())
    }

    fn default_value() -> Self {
        Cow::Borrowed(&[])
    }
}
