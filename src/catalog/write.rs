//! Rows as an application needs them to draw a form, and as a caller gives them back corrected.

use serde_json::Value;

use super::{
    Catalogue, Caveat, Choice, Kind, Listing, Model, Param, Rate, Rule, Scalar, Size, Status, Str,
    When,
};
use crate::plain::{Plain, object};
use crate::request::Field;

/// Every model: `[{ id, name, creator, listings }]`.
pub fn describe(catalogue: &Catalogue) -> Value {
    catalogue.models().map(model).collect()
}

fn model(model: &Model) -> Value {
    object([
        ("id", text(&model.id)),
        ("name", text(&model.name)),
        ("creator", text(&model.creator)),
        ("listings", model.listings.iter().map(listing).collect()),
    ])
}

fn listing(listing: &Listing) -> Value {
    object([
        ("provider", listing.provider.write()),
        ("wireId", text(&listing.wire_id)),
        ("modes", listing.modes.iter().map(Plain::write).collect()),
        ("params", listing.all_params().map(param).collect()),
        ("rules", listing.rules.iter().map(rule).collect()),
        ("prices", listing.rates.iter().map(rate).collect()),
        ("unpriced", maybe(listing.unpriced.as_ref())),
        ("caveats", listing.caveats.iter().map(caveat).collect()),
        ("status", status(&listing.status)),
        ("usualMs", listing.usual_ms.write()),
        ("shortestMs", listing.shortest_ms.write()),
    ])
}

fn status(status: &Status) -> Value {
    object([
        ("state", status.state.write()),
        ("evidence", text(&status.evidence)),
        ("sunset", maybe(status.sunset.as_ref())),
        ("instead", list(&status.instead, text)),
    ])
}

fn param(param: &Param) -> Value {
    let kind = kind(param);
    object([
        ("field", param.field.write()),
        ("wire", text(&param.wire)),
        ("required", param.required.into()),
        ("type", kind.name.into()),
        ("min", kind.min.write()),
        ("max", kind.max.write()),
        ("allowed", kind.allowed.write()),
        ("wires", kind.wires.write()),
        ("sizes", kind.sizes.write()),
        ("undocumented", kind.undocumented.write()),
        ("list", kind.list.write()),
        (
            "default",
            param.default.as_ref().map_or(Value::Null, Scalar::to_json),
        ),
        ("sent", param.explicit.into()),
    ])
}

/// What may stand in a parameter, in one shape for all kinds.
#[derive(Default)]
struct Written {
    name: &'static str,
    min: Option<i64>,
    max: Option<i64>,
    allowed: Vec<Value>,
    wires: Vec<Value>,
    sizes: Vec<Value>,
    undocumented: Vec<Value>,
    list: Option<bool>,
}

fn kind(param: &Param) -> Written {
    let plain = |name| Written {
        name,
        allowed: param.kind.allowed(),
        ..Written::default()
    };
    match &param.kind {
        Kind::Text { min, max } => Written {
            min: Some((*min).into()),
            max: max.map(i64::from),
            ..plain("text")
        },
        Kind::Integer { min, max, .. } => Written {
            min: min.map(i64::from),
            max: max.map(i64::from),
            ..plain("integer")
        },
        Kind::Number { min, max } => Written {
            min: min.map(i64::from),
            max: max.map(i64::from),
            ..plain("number")
        },
        Kind::Choice { allowed } => Written {
            wires: wires(allowed),
            ..plain("choice")
        },
        Kind::Media {
            forms,
            undocumented,
            max,
            list,
        } => Written {
            max: Some((*max).into()),
            allowed: forms.iter().map(Plain::write).collect(),
            undocumented: undocumented.iter().map(Plain::write).collect(),
            list: Some(*list),
            ..plain(media(param.field))
        },
        Kind::Size { allowed } => Written {
            allowed: allowed
                .iter()
                .filter(|size| size.documented)
                .map(|size| size.word().into())
                .collect(),
            sizes: allowed.iter().map(size).collect(),
            ..plain("size")
        },
        Kind::Boolean { .. } => plain("boolean"),
        Kind::Url => plain("url"),
        Kind::Uuid => plain("uuid"),
        Kind::Id => plain("id"),
    }
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

/// The provider's words, where any differs from ours.
fn wires(choices: &[Choice]) -> Vec<Value> {
    let differs = |choice: &Choice| choice.wire != Scalar::Text(choice.word.clone());
    if choices.iter().any(differs) {
        choices.iter().map(|choice| choice.wire.to_json()).collect()
    } else {
        Vec::new()
    }
}

fn size(size: &Size) -> Value {
    object([
        ("width", size.width.write()),
        ("height", size.height.write()),
        ("resolution", text(&size.resolution)),
        ("ratio", text(&size.ratio)),
        ("documented", size.documented.into()),
    ])
}

fn rule(rule: &Rule) -> Value {
    let named = |name: &str, field: Option<Field>, fields: &[Field], text: String| {
        object([
            ("rule", name.into()),
            ("field", field.write()),
            ("fields", fields.iter().map(Plain::write).collect()),
            ("text", text.into()),
        ])
    };
    let names = |fields: &[Field]| {
        let paths: Vec<&str> = fields.iter().map(|field| field.path()).collect();
        paths.join(", ")
    };
    match rule {
        Rule::OneOf { fields } => {
            let text = format!("One of {} is needed.", names(fields));
            named("oneOf", None, fields, text)
        }
        Rule::Excludes { field, fields } => {
            let text = format!("{} excludes {}.", field.path(), names(fields));
            named("excludes", Some(*field), fields, text)
        }
        Rule::Overrides { field, fields } => {
            let (path, names) = (field.path(), names(fields));
            let text = format!("Beside {path}, these are left out: {names}.");
            named("overrides", Some(*field), fields, text)
        }
        Rule::Needs {
            when,
            field,
            allowed,
            strict,
        } => object([
            ("rule", "needs".into()),
            ("when", list(when, condition)),
            ("field", field.write()),
            ("allowed", list(allowed, Scalar::to_json)),
            ("strict", (*strict).into()),
        ]),
        Rule::AtMost { when, field, max } => object([
            ("rule", "atMost".into()),
            ("when", list(when, condition)),
            ("field", field.write()),
            ("max", max.write()),
        ]),
    }
}

fn condition(when: &When) -> Value {
    match when {
        When::Is(field, scalar) => object([("field", field.write()), ("is", scalar.to_json())]),
        When::Given(field, given) => object([("field", field.write()), ("given", (*given).into())]),
    }
}

fn rate(rate: &Rate) -> Value {
    object([
        ("usd", rate.amount.to_f64().into()),
        ("per", rate.per.write()),
        ("blockSeconds", rate.block.write()),
        ("when", list(&rate.when, condition)),
        ("basis", rate.basis.write()),
    ])
}

fn caveat(caveat: &Caveat) -> Value {
    object([
        ("when", list(&caveat.when, condition)),
        ("field", caveat.field.write()),
        ("text", text(&caveat.text)),
    ])
}

fn text(text: &Str) -> Value {
    text.as_ref().into()
}

fn maybe(text: Option<&Str>) -> Value {
    text.map_or(Value::Null, |text| text.as_ref().into())
}

fn list<T>(items: &[T], write: impl Fn(&T) -> Value) -> Value {
    items.iter().map(write).collect()
}
