//! The catalogue as an application needs it to draw a form: paths of a request, their types and
//! limits, and what it costs.

use serde_json::Value;

use super::{Kind, Listing, MODELS, Model, Param, Rate, Rule, Scalar, Str};
use crate::job::Handle;
use crate::plain::{Plain, object};
use crate::request::Field;

/// Every model: `[{ id, name, creator, listings }]`.
pub fn describe() -> Value {
    let model = |model: &Model| {
        object([
            ("id", text(&model.id)),
            ("name", text(&model.name)),
            ("creator", text(&model.creator)),
            ("listings", model.listings.iter().map(listing).collect()),
        ])
    };
    MODELS.iter().map(model).collect()
}

fn listing(listing: &Listing) -> Value {
    let status = &listing.status;
    let status = object([
        ("state", status.state.write()),
        ("evidence", text(&status.evidence)),
        ("sunset", status.sunset.as_ref().map_or(Value::Null, text)),
    ]);
    object([
        ("provider", listing.provider.write()),
        ("wireId", text(&listing.wire_id)),
        ("modes", listing.modes.iter().map(Plain::write).collect()),
        ("params", listing.params.iter().map(param).collect()),
        ("rules", listing.rules.iter().map(rule).collect()),
        ("prices", listing.rates.iter().map(rate).collect()),
        ("status", status),
    ])
}

fn rate(rate: &Rate) -> Value {
    object([
        ("usd", rate.amount.to_f64().into()),
        ("per", rate.per.write()),
        (
            "resolution",
            rate.resolution.as_ref().map_or(Value::Null, text),
        ),
        ("duration", rate.duration.write()),
    ])
}

fn param(param: &Param) -> Value {
    let (kind, min, max, allowed): (_, Option<i64>, Option<i64>, Vec<Value>) = match &param.kind {
        Kind::Text { min, max } => ("text", Some((*min).into()), max.map(i64::from), Vec::new()),
        Kind::Integer { min, max, allowed } => (
            "integer",
            *min,
            *max,
            allowed.iter().map(Plain::write).collect(),
        ),
        Kind::Choice { allowed } => (
            "choice",
            None,
            None,
            allowed.iter().map(|choice| text(&choice.word)).collect(),
        ),
        Kind::Image { forms, .. } => (
            "image",
            None,
            None,
            forms.iter().map(Plain::write).collect(),
        ),
        Kind::Size { allowed } => {
            let sizes = allowed.iter().filter(|size| size.documented);
            let words = sizes.map(|size| format!("{}x{}", size.width, size.height).into());
            ("size", None, None, words.collect())
        }
        Kind::Boolean => ("boolean", None, None, Vec::new()),
        Kind::Url => ("url", None, None, Vec::new()),
        Kind::Uuid => ("uuid", None, None, Vec::new()),
        Kind::Id => ("id", None, None, Vec::new()),
    };
    object([
        ("field", param.field.path().into()),
        ("required", param.required.into()),
        ("type", kind.into()),
        ("min", min.write()),
        ("max", max.write()),
        ("allowed", allowed.write()),
        (
            "default",
            param.default.as_ref().map_or(Value::Null, Scalar::to_json),
        ),
    ])
}

fn text(text: &Str) -> Value {
    text.as_ref().into()
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
