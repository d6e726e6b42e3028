//! A rule between parameters, and when it holds.

use crate::catalog::{List, Rule, Scalar, When};
use crate::codec::{Codec, DecodeResult, Reader, object, string_enum};
use crate::field::Field;
use crate::json::Value;

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
                let text = format!("One of {} is needed.", names(fields));
                (RuleName::OneOf, None, fields, text)
            }
            Rule::Excludes { field, fields } => {
                let text = format!("{} excludes {}.", field.path(), names(fields));
                (RuleName::Excludes, Some(*field), fields, text)
            }
            Rule::Overrides { field, fields } => {
                let (path, names) = (field.path(), names(fields));
                let text = format!("Beside {path}, these are left out: {names}.");
                (RuleName::Overrides, Some(*field), fields, text)
            }
            Rule::Needs {
                when,
                field,
                allowed,
                strict,
            } => {
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
        let names = &[
            "rule", "field", "fields", "text", "when", "allowed", "strict", "max",
        ];
        let (mut name, mut field, mut fields) = (
            RuleName::OneOf,
            Field::default_value(),
            List::default_value(),
        );
        let (mut when, mut allowed) = (List::default_value(), List::default_value());
        let (mut strict, mut max) = (true, 0);
        let mut row = Reader::only(value, names);
        row.take("rule", &mut name);
        if name != RuleName::OneOf {
            row.take("field", &mut field);
        }
        row.take("fields", &mut fields);
        row.take("when", &mut when);
        row.take("allowed", &mut allowed);
        row.may_take("strict", &mut strict);
        if name == RuleName::AtMost {
            row.take("max", &mut max);
        }
        row.end()?;
        *self = match name {
            RuleName::OneOf => Rule::OneOf { fields },
            RuleName::Excludes => Rule::Excludes { field, fields },
            RuleName::Overrides => Rule::Overrides { field, fields },
            RuleName::Needs => Rule::Needs {
                when,
                field,
                allowed,
                strict,
            },
            RuleName::AtMost => Rule::AtMost { when, field, max },
        };
        Ok(())
    }

    fn default_value() -> Self {
        Rule::OneOf {
            fields: List::default_value(),
        }
    }
}

fn names(fields: &[Field]) -> String {
    let paths: Vec<&str> = fields.iter().map(|field| field.path()).collect();
    paths.join(", ")
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
        let mut row = Reader::only(value, &["field", "is", "given"]);
        row.take("field", &mut field);
        row.take("given", &mut given);
        if given.is_none() {
            row.take("is", &mut is);
        }
        row.end()?;
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
