//! The catalogue as an application needs it to draw a form: paths of a request, their types and
//! limits, and what it costs.

use serde_json::{Map, Value, json};

use super::{Kind, Listing, MODELS, Model, Param, Rate, Rule, Scalar};
use crate::issue::word;
use crate::job::Handle;
use crate::request::Field;

/// Every model: `[{ id, name, creator, listings }]`.
pub fn describe() -> Value {
    let model = |model: &Model| {
        json!({
            "id": model.id,
            "name": model.name,
            "creator": model.creator,
            "listings": model.listings.iter().map(listing).collect::<Vec<_>>(),
        })
    };
    MODELS.iter().map(model).collect()
}

fn listing(listing: &Listing) -> Value {
    json!({
        "provider": listing.provider,
        "wireId": listing.wire_id,
        "modes": listing.modes,
        "params": listing.params.iter().map(param).collect::<Vec<_>>(),
        "rules": listing.rules.iter().map(rule).collect::<Vec<_>>(),
        "prices": listing.rates.iter().map(rate).collect::<Vec<_>>(),
        "status": listing.status,
    })
}

fn rate(rate: &Rate) -> Value {
    let mut map = Map::new();
    map.insert("usd".to_owned(), rate.amount.to_f64().into());
    map.insert("per".to_owned(), word(rate.per));
    if let Some(resolution) = &rate.resolution {
        map.insert("resolution".to_owned(), resolution.as_ref().into());
    }
    if let Some(duration) = rate.duration {
        map.insert("duration".to_owned(), duration.into());
    }
    Value::Object(map)
}

fn param(param: &Param) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
    put("field", param.field.path().into());
    put("required", param.required.into());
    let kind = match &param.kind {
        Kind::Text { min, max } => {
            put("min", (*min).into());
            max.map(|max| put("max", max.into()));
            "text"
        }
        Kind::Integer { min, max, allowed } => {
            min.map(|min| put("min", min.into()));
            max.map(|max| put("max", max.into()));
            if !allowed.is_empty() {
                put("allowed", allowed.iter().copied().collect());
            }
            "integer"
        }
        Kind::Choice { allowed } => {
            put(
                "allowed",
                allowed.iter().map(|choice| choice.word.as_ref()).collect(),
            );
            "choice"
        }
        Kind::Image { forms, .. } => {
            put("allowed", forms.iter().map(|form| word(*form)).collect());
            "image"
        }
        Kind::Size { allowed } => {
            let sizes = allowed.iter().filter(|size| size.documented);
            put(
                "allowed",
                sizes
                    .map(|size| format!("{}x{}", size.width, size.height))
                    .collect(),
            );
            "size"
        }
        Kind::Boolean => "boolean",
        Kind::Url => "url",
        Kind::Uuid => "uuid",
        Kind::Id => "id",
    };
    put("type", kind.into());
    match &param.default {
        Some(Scalar::Boolean(yes)) => put("default", (*yes).into()),
        Some(Scalar::Integer(number)) => put("default", (*number).into()),
        Some(Scalar::Text(text)) => put("default", text.as_ref().into()),
        None => None,
    };
    Value::Object(map)
}

fn rule(rule: &Rule) -> String {
    let names = |fields: &[Field]| {
        fields
            .iter()
            .map(|field| field.path())
            .collect::<Vec<_>>()
            .join(", ")
    };
    match rule {
        Rule::OneOf { fields } => format!("One of {} is needed.", names(fields)),
        Rule::Excludes { field, fields } => {
            format!("{} excludes {}.", field.path(), names(fields))
        }
        Rule::Overrides { field, fields } => {
            format!(
                "Beside {}, these are left out: {}.",
                field.path(),
                names(fields)
            )
        }
    }
}

/// Milliseconds that a video of the handle's listing usually takes.
pub fn usual_ms(handle: &Handle) -> u32 {
    const UNKNOWN_MS: u32 = 60_000;
    let listings = MODELS.iter().flat_map(|model| model.listings.iter());
    listings
        .filter(|listing| listing.provider == handle.provider)
        .find(|listing| listing.wire_id == handle.wire_id)
        .map_or(UNKNOWN_MS, |listing| listing.usual_ms)
}
