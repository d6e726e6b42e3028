//! A parameter, whatever it holds.

use crate::catalog::{Choice, Kind, List, MediaForm, Param, Scalar, Size, Str};
use crate::codec::{Codec, DecodeError, DecodeResult, Reader, at_field, expected, list, object};
use crate::field::Field;
use crate::json::Value;

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

impl Codec for Param {
    fn write(&self) -> Value {
        let parts = Parts::of(self);
        object! {
            "field": self.field,
            "providerField": self.wire,
            "required": self.required,
            "type": parts.name,
            "min": parts.min,
            "max": parts.max,
            "allowed" => parts.allowed,
            "providerValues": parts.wires,
            "sizes" => some(&parts.sizes),
            "undocumented" => some(&parts.undocumented),
            "list": parts.list,
            "default": self.default,
            "alwaysSent": self.explicit,
        }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let names = &[
            "field",
            "providerField",
            "required",
            "type",
            "min",
            "max",
            "allowed",
            "providerValues",
            "sizes",
            "undocumented",
            "list",
            "default",
            "alwaysSent",
        ];
        let mut parts = Parts::default();
        let mut row = Reader::only(value, names);
        row.take("field", &mut self.field);
        row.take("providerField", &mut self.wire);
        row.may_take("required", &mut self.required);
        row.take("type", &mut parts.name);
        row.take("min", &mut parts.min);
        row.take("max", &mut parts.max);
        row.take("allowed", &mut parts.allowed);
        row.take("providerValues", &mut parts.wires);
        row.take("sizes", &mut parts.sizes);
        row.take("undocumented", &mut parts.undocumented);
        row.take("list", &mut parts.list);
        row.take("default", &mut self.default);
        row.may_take("alwaysSent", &mut self.explicit);
        row.end()?;
        parts.kind(&mut self.kind)
    }

    fn default_value() -> Self {
        Param {
            field: Codec::default_value(),
            wire: Codec::default_value(),
            kind: Kind::Id,
            required: false,
            default: None,
            explicit: false,
        }
    }
}

/// A list that is left out where it is empty.
fn some<T: Codec>(items: &[T]) -> Value {
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

    fn kind(self, kind: &mut Kind) -> DecodeResult {
        let allowed = &self.allowed;
        let count = |name, limit: Option<i32>| match limit.map(u32::try_from) {
            None => Ok(None),
            Some(Ok(limit)) => Ok(Some(limit)),
            Some(Err(_)) => at_field(name, Err(expected(COUNT))).map(|()| None),
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
            _ => return at_field("type", Err(expected("the name of a type"))),
        };
        Ok(())
    }
}

const COUNT: &str = "a whole number from 0 to 2147483647";

/// The values of `allowed`, in the type that the parameter's kind wants.
fn typed<T: Codec + Clone>(allowed: &Value) -> Result<List<T>, Box<DecodeError>> {
    let mut items = List::default_value();
    at_field("allowed", items.decode_into(allowed)).map(|()| items)
}

fn choices(words: List<Str>, wires: Vec<Scalar>) -> Result<List<Choice>, Box<DecodeError>> {
    if !wires.is_empty() && wires.len() != words.len() {
        let wanted = "as long as `allowed`, or absent";
        return at_field("providerValues", Err(expected(wanted))).map(|()| List::default());
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
