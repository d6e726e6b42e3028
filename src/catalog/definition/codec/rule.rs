//! Rules between parameters, and their conditions, as JSON.

use crate::catalog::definition::{List, Rule, Scalar, When};
use crate::codec::{Codec, DecodeResult, Reader, object, string_enum};
use crate::field::Field;
use crate::json::Value;
use crate::json::text::join;

/// Names of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RuleName {
    OneOf,
    Excludes,
    Overrides,
    Needs,
    AtMost,
}

string_enum!(RuleName {
    OneOf = "oneOf",
    Excludes = "excludes",
    Overrides = "overrides",
    Needs = "needs",
    AtMost = "atMost",
});

impl Codec for Rule {
    fn write(&self) -> Value {
        let (name, field, fields, text) = match self {
            Rule::OneOf { fields } => {
                let text = format!("Requires one of: {}.", names(fields));
                (RuleName::OneOf, None, fields, text)
            }
            Rule::Excludes { field, fields } => {
                let text = format!(
                    "If {} is given, these are not accepted: {}.",
                    field.path(),
                    names(fields)
                );
                (RuleName::Excludes, Some(*field), fields, text)
            }
            Rule::Overrides { field, fields } => {
                let (path, names) = (field.path(), names(fields));
                let text = format!("If {path} is given, these are not sent: {names}.");
                (RuleName::Overrides, Some(*field), fields, text)
            }
            Rule::Needs { when, field, allowed, strict } => {
                return object! {
                    "rule": RuleName::Needs,
                    "when": *when,
                    "field": *field,
                    "allowed": *allowed,
                    "strict": *strict,
                };
            }
            Rule::AtMost { when, field, max } => {
                return object! {
                    "rule": RuleName::AtMost,
                    "when": *when,
                    "field": *field,
                    "max": *max,
                };
            }
        };
        object! { "rule": name, "field": field, "fields": *fields, "text": text }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let names = &["rule", "field", "fields", "text", "when", "allowed", "strict", "max"];
        let (mut name, mut field, mut fields) =
            (RuleName::OneOf, Field::default_value(), List::default_value());
        let (mut when, mut allowed) = (List::default_value(), List::default_value());
        let (mut strict, mut max) = (true, 0);
        let mut object = Reader::only(value, names);
        object.take("rule", &mut name);
        if name != RuleName::OneOf {
            object.take("field", &mut field);
        }
        object.take("fields", &mut fields);
        object.take("when", &mut when);
        object.take("allowed", &mut allowed);
        object.may_take("strict", &mut strict);
        if name == RuleName::AtMost {
            object.take("max", &mut max);
        }
        object.end()?;
        *self = match name {
            RuleName::OneOf => Rule::OneOf { fields },
            RuleName::Excludes => Rule::Excludes { field, fields },
            RuleName::Overrides => Rule::Overrides { field, fields },
            RuleName::Needs => Rule::Needs { when, field, allowed, strict },
            RuleName::AtMost => Rule::AtMost { when, field, max },
        };
        Ok(())
    }

    fn default_value() -> Self {
        Rule::OneOf { fields: List::default_value() }
    }
}

fn names(fields: &[Field]) -> String {
    let paths: Vec<&str> = fields.iter().map(|field| field.path()).collect();
    join(&paths, ", ")
}

impl Codec for When {
    fn write(&self) -> Value {
        match self {
            When::Is(field, scalar) => object! { "field": *field, "is": *scalar },
            When::Given(field, given) => object! { "field": *field, "given": *given },
        }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let (mut field, mut given, mut is) =
            (Field::default_value(), None, Scalar::default_value());
        let mut object = Reader::only(value, &["field", "is", "given"]);
        object.take("field", &mut field);
        object.take("given", &mut given);
        if given.is_none() {
            object.take("is", &mut is);
        }
        object.end()?;
        *self = match given {
            Some(given) => When::Given(field, given),
            None => When::Is(field, is),
        };
        Ok(())
    }

    fn default_value() -> Self {
        When::Given(Field::default_value(), false)
    }
}
