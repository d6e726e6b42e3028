//! The form of a row: as an application needs it to draw its own form, and as a caller gives it back
//! corrected. What is described here once is written, read and told of where it is wrong.

use std::borrow::Cow;

use crate::json::Value;

use super::{
    Caveat, Choice, Kind, List, Listing, MediaForm, Model, Param, Per, Rate, Rule, Scalar, Size,
    Status, Str, UNKNOWN_MS, When,
};
use crate::plain::{Fill, Plain, Reader, Writer, below, list, no, object, words};
use crate::price::{Basis, Usd};
use crate::request::Field;

/// Items of a list, and bytes of a text: more than any provider's page has.
const MOST_ITEMS: usize = 500;
const LONGEST_TEXT: usize = 300;

/// Makes a struct a part of a row: its fields, each with its name, and what it is where it is absent
/// and need not be there. Other names are refused.
macro_rules! row {
    ($type:ident { $($field:ident = $name:literal $(else $default:expr)?),* $(,)? }) => {
        impl Plain for $type {
            fn write(&self) -> Value {
                let mut object = Writer::new();
                $(object.put($name, &self.$field);)*
                object.end()
            }

            fn fill(&mut self, value: &Value) -> Fill {
                let mut object = Reader::only(value, &[$($name),*]);
                $(row!(@take object, $name, &mut self.$field $(, $default)?);)*
                object.end()
            }

            fn blank() -> Self {
                $type { $($field: row!(@blank $($default)?)),* }
            }
        }
    };
    (@take $object:ident, $name:literal, $field:expr) => { $object.take($name, $field) };
    (@take $object:ident, $name:literal, $field:expr, $default:expr) => {
        $object.may_take($name, $field)
    };
    (@blank) => { Plain::blank() };
    (@blank $default:expr) => { $default };
}

row!(Model {
    id = "id",
    name = "name",
    creator = "creator" else Str::default(),
    listings = "listings",
});

row!(Status {
    state = "state",
    evidence = "evidence" else Str::default(),
    sunset = "sunset",
    instead = "instead",
});

row!(Size {
    width = "width",
    height = "height",
    resolution = "resolution",
    ratio = "ratio" else Str::default(),
    documented = "documented" else true,
});

row!(Caveat {
    when = "when",
    field = "field",
    text = "text",
});

impl Plain for Listing {
    /// With the delivery options of its provider's.
    fn write(&self) -> Value {
        object! {
            "provider": self.provider,
            "wireId": self.wire_id,
            "modes": self.modes,
            "params" => self.all_params().map(Plain::write).collect(),
            "rules": self.rules,
            "prices": self.rates,
            "unpriced": self.unpriced,
            "caveats": self.caveats,
            "status": self.status,
            "usualMs": self.usual_ms,
            "shortestMs": self.shortest_ms,
        }
    }

    fn fill(&mut self, value: &Value) -> Fill {
        let names = &[
            "provider",
            "wireId",
            "modes",
            "params",
            "rules",
            "prices",
            "unpriced",
            "caveats",
            "status",
            "usualMs",
            "shortestMs",
        ];
        let mut row = Reader::only(value, names);
        row.take("provider", &mut self.provider);
        row.take("wireId", &mut self.wire_id);
        row.take("modes", &mut self.modes);
        row.take("params", &mut self.params);
        row.take("rules", &mut self.rules);
        row.take("prices", &mut self.rates);
        row.take("unpriced", &mut self.unpriced);
        row.take("caveats", &mut self.caveats);
        row.take("status", &mut self.status);
        row.may_take("usualMs", &mut self.usual_ms);
        row.may_take("shortestMs", &mut self.shortest_ms);
        row.end()
    }

    fn blank() -> Self {
        Listing {
            provider: Plain::blank(),
            wire_id: Plain::blank(),
            modes: Plain::blank(),
            params: Plain::blank(),
            rules: Plain::blank(),
            rates: Plain::blank(),
            unpriced: None,
            caveats: Plain::blank(),
            status: Plain::blank(),
            usual_ms: UNKNOWN_MS,
            shortest_ms: 0,
        }
    }
}

/// A parameter, in one shape for all kinds.
#[derive(Default)]
struct Parts {
    name: Str,
    min: Option<i32>,
    max: Option<i32>,
    allowed: Value,
    wires: Vec<Scalar>,
    sizes: List<Size>,
    undocumented: List<MediaForm>,
    list: Option<bool>,
}

impl Plain for Param {
    fn write(&self) -> Value {
        let parts = Parts::of(self);
        object! {
            "field": self.field,
            "wire": self.wire,
            "required": self.required,
            "type": parts.name,
            "min": parts.min,
            "max": parts.max,
            "allowed" => parts.allowed,
            "wires": parts.wires,
            "sizes" => some(&parts.sizes),
            "undocumented" => some(&parts.undocumented),
            "list": parts.list,
            "default": self.default,
            "sent": self.explicit,
        }
    }

    fn fill(&mut self, value: &Value) -> Fill {
        let names = &[
            "field",
            "wire",
            "required",
            "type",
            "min",
            "max",
            "allowed",
            "wires",
            "sizes",
            "undocumented",
            "list",
            "default",
            "sent",
        ];
        let mut parts = Parts::default();
        let mut row = Reader::only(value, names);
        row.take("field", &mut self.field);
        row.take("wire", &mut self.wire);
        row.may_take("required", &mut self.required);
        row.take("type", &mut parts.name);
        row.take("min", &mut parts.min);
        row.take("max", &mut parts.max);
        row.take("allowed", &mut parts.allowed);
        row.take("wires", &mut parts.wires);
        row.take("sizes", &mut parts.sizes);
        row.take("undocumented", &mut parts.undocumented);
        row.take("list", &mut parts.list);
        row.take("default", &mut self.default);
        row.may_take("sent", &mut self.explicit);
        row.end()?;
        parts.kind(&mut self.kind)
    }

    fn blank() -> Self {
        Param {
            field: Plain::blank(),
            wire: Plain::blank(),
            kind: Kind::Id,
            required: false,
            default: None,
            explicit: false,
        }
    }
}

/// A list that is left out where it is empty.
fn some<T: Plain>(items: &[T]) -> Value {
    if items.is_empty() {
        Value::Null
    } else {
        list(items)
    }
}

impl Parts {
    fn of(param: &Param) -> Self {
        let mut parts = Parts {
            allowed: some(&param.kind.allowed()),
            ..Parts::default()
        };
        let limit = |limit: u32| i32::try_from(limit).ok();
        let name = match &param.kind {
            Kind::Text { min, max } => {
                (parts.min, parts.max) = (limit(*min), max.and_then(limit));
                "text"
            }
            Kind::Integer { min, max, .. } => {
                (parts.min, parts.max) = (*min, *max);
                "integer"
            }
            Kind::Number { min, max } => {
                (parts.min, parts.max) = (*min, *max);
                "number"
            }
            Kind::Choice { allowed } => {
                // The provider's words, where any differs from ours.
                if allowed.iter().any(|one| !one.wire.is_word(&one.word)) {
                    parts.wires = allowed.iter().map(|one| one.wire.clone()).collect();
                }
                "choice"
            }
            Kind::Media {
                forms,
                undocumented,
                max,
                list,
            } => {
                (parts.max, parts.list) = (limit(*max), Some(*list));
                parts.allowed = some(forms);
                parts.undocumented = undocumented.clone();
                media(param.field)
            }
            Kind::Size { allowed } => {
                let documented = allowed.iter().filter(|size| size.documented);
                parts.allowed = documented.map(|size| Value::from(size.word())).collect();
                parts.sizes = allowed.clone();
                "size"
            }
            Kind::Boolean { .. } => "boolean",
            Kind::Url => "url",
            Kind::Uuid => "uuid",
            Kind::Id => "id",
        };
        parts.name = name.into();
        parts
    }

    fn kind(self, kind: &mut Kind) -> Fill {
        let allowed = &self.allowed;
        let count = |name, limit: Option<i32>| match limit.map(u32::try_from) {
            None => Ok(None),
            Some(Ok(limit)) => Ok(Some(limit)),
            Some(Err(_)) => below(name, Err(no(COUNT))).map(|()| None),
        };
        *kind = match self.name.as_ref() {
            "text" => Kind::Text {
                min: count("min", self.min)?.unwrap_or(1),
                max: count("max", self.max)?,
            },
            "integer" => Kind::Integer {
                min: self.min,
                max: self.max,
                allowed: typed(allowed)?,
            },
            "number" => Kind::Number {
                min: self.min,
                max: self.max,
            },
            "choice" => Kind::Choice {
                allowed: choices(typed(allowed)?, self.wires)?,
            },
            "boolean" => Kind::Boolean {
                only: match *typed::<bool>(allowed)? {
                    [only] => Some(only),
                    _ => None,
                },
            },
            "image" | "images" | "video" | "videos" | "audio" => Kind::Media {
                forms: typed(allowed)?,
                undocumented: self.undocumented,
                max: count("max", self.max)?.unwrap_or(1),
                list: self.list == Some(true),
            },
            "size" => Kind::Size {
                allowed: self.sizes,
            },
            "url" => Kind::Url,
            "uuid" => Kind::Uuid,
            "id" => Kind::Id,
            _ => return below("type", Err(no("the name of a type"))),
        };
        Ok(())
    }
}

const COUNT: &str = "a whole number from 0 to 2147483647";

/// The values of `allowed`, in the type that the parameter's kind wants.
fn typed<T: Plain + Clone>(allowed: &Value) -> Result<List<T>, Box<crate::plain::Wrong>> {
    let mut items = List::blank();
    below("allowed", items.fill(allowed)).map(|()| items)
}

fn choices(words: List<Str>, wires: Vec<Scalar>) -> Result<List<Choice>, Box<crate::plain::Wrong>> {
    if !wires.is_empty() && wires.len() != words.len() {
        let wanted = "as long as `allowed`, or absent";
        return below("wires", Err(no(wanted))).map(|()| List::default());
    }
    let mut wires = wires.into_iter();
    let choice = |word: &Str| Choice {
        wire: wires.next().unwrap_or(Scalar::Text(word.clone())),
        word: word.clone(),
    };
    Ok(words.iter().map(choice).collect())
}

/// What a field of media holds.
const fn media(field: Field) -> &'static str {
    match field {
        Field::ReferenceImages => "images",
        Field::Video => "video",
        Field::ReferenceVideos => "videos",
        Field::Audio => "audio",
        _ => "image",
    }
}

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

impl Plain for Rate {
    fn write(&self) -> Value {
        object! {
            "usd": Dollars(self.amount),
            "per": self.per,
            "blockSeconds": self.block,
            "when": self.when,
            "basis": self.basis,
        }
    }

    /// What a caller says of the basis is passed over: the price is the caller's word.
    fn fill(&mut self, value: &Value) -> Fill {
        let names = &["usd", "per", "blockSeconds", "when", "basis"];
        let mut amount = Dollars(self.amount);
        let mut row = Reader::only(value, names);
        row.take("usd", &mut amount);
        row.take("per", &mut self.per);
        row.take("blockSeconds", &mut self.block);
        row.take("when", &mut self.when);
        self.amount = amount.0;
        row.end()
    }

    fn blank() -> Self {
        Rate {
            amount: Usd(0),
            per: Per::Second,
            block: None,
            when: List::blank(),
            basis: Basis::Caller,
        }
    }
}

/// An amount that is written in dollars.
struct Dollars(Usd);

impl Plain for Dollars {
    fn write(&self) -> Value {
        self.0.to_f64().into()
    }

    fn fill(&mut self, value: &Value) -> Fill {
        let amount = value.as_f64().and_then(Usd::from_f64);
        self.0 = amount.ok_or_else(|| no("an amount in dollars"))?;
        Ok(())
    }

    fn blank() -> Self {
        Dollars(Usd(0))
    }
}

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
