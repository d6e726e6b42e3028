//! What the fields of a row hold.

use std::borrow::Cow;

use crate::catalog::{List, Scalar, Str};
use crate::json::Value;
use crate::plain::{Fill, Plain, list, no};

/// Items of a list, and bytes of a text: more than any provider's page has.
const MOST_ITEMS: usize = 500;
const LONGEST_TEXT: usize = 300;

impl Plain for Scalar {
    fn write(&self) -> Value {
        self.to_json()
    }

    fn fill(&mut self, value: &Value) -> Fill {
        *self = match value {
            Value::Bool(yes) => Scalar::Boolean(*yes),
            Value::String(word) => Scalar::Text(Cow::Owned(word.clone())),
            other => match i32::read(other) {
                Some(number) => Scalar::Integer(number),
                None => return Err(no("a word, a whole number, true or false")),
            },
        };
        Ok(())
    }

    fn blank() -> Self {
        Scalar::Boolean(false)
    }
}

impl Plain for Str {
    fn write(&self) -> Value {
        self.as_ref().into()
    }

    fn fill(&mut self, value: &Value) -> Fill {
        let text = value.as_str().filter(|text| text.len() <= LONGEST_TEXT);
        let text = text.ok_or_else(|| no("text of at most 300 bytes"))?;
        *self = Cow::Owned(text.to_owned());
        Ok(())
    }

    fn blank() -> Self {
        Cow::Borrowed("")
    }
}

impl<T: Plain + Clone> Plain for List<T> {
    fn write(&self) -> Value {
        list(self)
    }

    fn fill(&mut self, value: &Value) -> Fill {
        if value
            .as_array()
            .is_some_and(|items| items.len() > MOST_ITEMS)
        {
            return Err(no("a list of at most 500 items"));
        }
        let mut items = Vec::new();
        items.fill(value)?;
        *self = Cow::Owned(items);
        Ok(())
    }

    fn blank() -> Self {
        Cow::Borrowed(&[])
    }
}
