//! A rule between parameters, and when it holds.

use crate::catalog::{List, Rule, Scalar, When};
use crate::field::Field;
use crate::json::Value;
use crate::plain::{Fill, Plain, Reader, object, words};

/// Names of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RuleName {
    OneOf,
    Excludes,
    Overrides,
    Needs,
    AtMost,
}

words!(RuleName {
    OneOf = "oneOf",
    Excludes = "excludes",
    Overrides = "overrides",
    Needs = "needs",
    AtMost = "atMost",
});

impl Plain for Rule {
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

    fn fill(&mut self, value: &Value) -> Fill {
        let names = &[
            "rule", "field", "fields", "text", "when", "allowed", "strict", "max",
        ];
        let (mut name, mut field, mut fields) = (RuleName::OneOf, Field::blank(), List::blank());
        let (mut when, mut allowed) = (List::blank(), List::blank());
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

    fn blank() -> Self {
        Rule::OneOf {
            fields: List::blank(),
        }
    }
}

fn names(fields: &[Field]) -> String {
    let paths: Vec<&str> = fields.iter().map(|field| field.path()).collect();
    paths.join(", ")
}

impl Plain for When {
    fn write(&self) -> Value {
        match self {
            When::Is(field, scalar) => object! { "field": *field, "is": *scalar },
            When::Given(field, given) => object! { "field": *field, "given": *given },
        }
    }

    fn fill(&mut self, value: &Value) -> Fill {
        let (mut field, mut given, mut is) = (Field::blank(), None, Scalar::blank());
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

    fn blank() -> Self {
        When::Given(Field::blank(), false)
    }
}
