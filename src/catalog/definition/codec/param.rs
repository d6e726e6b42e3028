//! A parameter as JSON: one shape for all kinds.

use crate::catalog::definition::{
    Choice, ImageType, Kind, List, MediaForm, Param, Scalar, Size, Str,
};
use crate::codec::{Codec, DecodeError, DecodeResult, Reader, at_field, expected, list, object};
use crate::field::Field;
use crate::json::Value;

/// The JSON fields that depend on a parameter's kind.
#[derive(Default)]
struct KindFields {
    name: Str,
    min: Option<i32>,
    max: Option<i32>,
    allowed: Value,
    provider_values: Vec<Scalar>,
    sizes: List<Size>,
    undocumented: List<MediaForm>,
    image_types: List<ImageType>,
    list: Option<bool>,
}

impl Codec for Param {
    fn write(&self) -> Value {
        let fields = KindFields::of(self);
        object! {
            "field": self.field,
            "providerField": self.provider_field,
            "required": self.required,
            "type": fields.name,
            "min": fields.min,
            "max": fields.max,
            "allowed" => fields.allowed,
            "providerValues": fields.provider_values,
            "sizes" => non_empty(&fields.sizes),
            "undocumented" => non_empty(&fields.undocumented),
            "imageTypes" => non_empty(&fields.image_types),
            "list": fields.list,
            "default": self.default,
            "alwaysSent": self.always_sent,
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
            "imageTypes",
            "list",
            "default",
            "alwaysSent",
        ];
        let mut fields = KindFields::default();
        let mut object = Reader::only(value, names);
        object.take("field", &mut self.field);
        object.take("providerField", &mut self.provider_field);
        object.may_take("required", &mut self.required);
        object.take("type", &mut fields.name);
        object.take("min", &mut fields.min);
        object.take("max", &mut fields.max);
        object.take("allowed", &mut fields.allowed);
        object.take("providerValues", &mut fields.provider_values);
        object.take("sizes", &mut fields.sizes);
        object.take("undocumented", &mut fields.undocumented);
        object.take("imageTypes", &mut fields.image_types);
        object.take("list", &mut fields.list);
        object.take("default", &mut self.default);
        object.may_take("alwaysSent", &mut self.always_sent);
        object.end()?;
        fields.kind(&mut self.kind)
    }

    fn default_value() -> Self {
        Param {
            field: Codec::default_value(),
            provider_field: Codec::default_value(),
            kind: Kind::Id,
            required: false,
            default: None,
            always_sent: false,
        }
    }
}

/// The list, or null if it is empty.
fn non_empty<T: Codec>(items: &[T]) -> Value {
    if items.is_empty() { Value::Null } else { list(items) }
}

impl KindFields {
    fn of(param: &Param) -> Self {
        let mut fields =
            KindFields { allowed: non_empty(&param.kind.allowed()), ..KindFields::default() };
        let limit = |limit: u32| i32::try_from(limit).ok();
        let name = match &param.kind {
            Kind::Text { min, max } => {
                (fields.min, fields.max) = (limit(*min), max.and_then(limit));
                "text"
            }
            Kind::Integer { min, max, .. } => {
                (fields.min, fields.max) = (*min, *max);
                "integer"
            }
            Kind::Number { min, max } => {
                (fields.min, fields.max) = (*min, *max);
                "number"
            }
            Kind::Choice { allowed } => {
                // The provider's values, if any differs from ours.
                if allowed.iter().any(|one| !one.provider_value.is_word(&one.word)) {
                    fields.provider_values =
                        allowed.iter().map(|one| one.provider_value.clone()).collect();
                }
                "choice"
            }
            Kind::Media { forms, undocumented, types, max, list } => {
                (fields.max, fields.list) = (limit(*max), Some(*list));
                fields.allowed = non_empty(forms);
                fields.undocumented = undocumented.clone();
                fields.image_types = types.clone();
                media(param.field)
            }
            Kind::Size { allowed } => {
                let documented = allowed.iter().filter(|size| size.documented);
                fields.allowed = documented.map(|size| Value::from(size.word())).collect();
                fields.sizes = allowed.clone();
                "size"
            }
            Kind::Boolean { .. } => "boolean",
            Kind::Url => "url",
            Kind::Uuid => "uuid",
            Kind::Id => "id",
        };
        fields.name = name.into();
        fields
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
            "integer" => Kind::Integer { min: self.min, max: self.max, allowed: typed(allowed)? },
            "number" => Kind::Number { min: self.min, max: self.max },
            "choice" => Kind::Choice { allowed: choices(typed(allowed)?, self.provider_values)? },
            "boolean" => Kind::Boolean {
                only: match *typed::<bool>(allowed)? {
                    [only] => Some(only),
                    _ => None,
                },
            },
            "image" | "images" | "video" | "videos" | "audio" => Kind::Media {
                forms: typed(allowed)?,
                undocumented: self.undocumented,
                types: self.image_types,
                max: count("max", self.max)?.unwrap_or(1),
                list: self.list == Some(true),
            },
            "size" => Kind::Size { allowed: self.sizes },
            "url" => Kind::Url,
            "uuid" => Kind::Uuid,
            "id" => Kind::Id,
            _ => return at_field("type", Err(expected("a parameter type"))),
        };
        Ok(())
    }
}

const COUNT: &str = "a whole number from 0 to 2147483647";

/// The values of `allowed`, in the type of the parameter's kind.
fn typed<T: Codec + Clone>(allowed: &Value) -> Result<List<T>, Box<DecodeError>> {
    let mut items = List::default_value();
    at_field("allowed", items.decode_into(allowed)).map(|()| items)
}

fn choices(words: List<Str>, values: Vec<Scalar>) -> Result<List<Choice>, Box<DecodeError>> {
    if !values.is_empty() && values.len() != words.len() {
        let wanted = "a list as long as `allowed`";
        return at_field("providerValues", Err(expected(wanted))).map(|()| List::default());
    }
    let mut values = values.into_iter();
    let choice = |word: &Str| Choice {
        provider_value: values.next().unwrap_or(Scalar::Text(word.clone())),
        word: word.clone(),
    };
    Ok(words.iter().map(choice).collect())
}

/// The type name of a media field.
const fn media(field: Field) -> &'static str {
    match field {
        Field::ReferenceImages => "images",
        Field::Video => "video",
        Field::ReferenceVideos => "videos",
        Field::Audio => "audio",
        _ => "image",
    }
}
