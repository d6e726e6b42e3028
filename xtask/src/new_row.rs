//! Drafts the definition of a listing outside the catalog.

use std::fmt::Write;

use filmgate::catalog::{Listing, MODELS};
use filmgate::provider::ProviderId;
use filmgate::request::{Field, Shape};
use serde_json::{Number, Value};

use crate::compare::details;
use crate::document::{Counted, Document, Fact, one_line};
use crate::{rates, row_values};

/// The draft in the syntax of `src/catalog/rows`; values that need a decision are comments.
pub fn draft(document: &Document, known: &mut dyn FnMut(&str) -> bool) -> String {
    let mut text = format!("    // {}", one_line(&document.title));
    if let Some((word, _)) = &document.status {
        let _ = write!(text, ": {}", one_line(word));
    }
    let id = one_line(&document.provider_model_id);
    let provider = format!("{:?}", document.provider);
    let _ = writeln!(text, "\n    listing!({provider} {id:?} {{");
    let modes: Vec<String> = document.modes.iter().map(|mode| format!("{mode:?}")).collect();
    let _ = writeln!(text, "        modes: [{}],", modes.join(", "));
    text.push_str("        params: [\n");
    for fact in &document.facts {
        let listing = document.listing();
        let difference = format!("{listing} {}: new parameter", fact.path);
        if delivery(document.provider, &fact.path) || known(&one_line(&difference)) {
            continue;
        }
        let line = match field(document.provider, &fact.path) {
            Some(field) if !is_media(field) => param(field, fact),
            Some(field) => format!("// {field:?}: {}{}", fact.path, details(fact)),
            None => format!("// {}{}", fact.path, details(fact)),
        };
        let _ = writeln!(text, "            {}", one_line(&line));
    }
    for (width, height) in &document.sizes {
        let _ = writeln!(text, "            // size {width}x{height}");
    }
    text.push_str("        ],\n");
    let prices = rates::distinct(&document.prices);
    if prices.is_empty() {
        text.push_str("        no_price_reason: \"The document has no price.\",\n    }),");
        return text;
    }
    text.push_str("        rates: [\n");
    for price in prices {
        let when = &price.when;
        let mut conditions = String::new();
        if let Some(resolution) = &when.resolution {
            let _ = write!(conditions, ", at({resolution:?})");
        }
        if let (Some(seconds), Counted::Video) = (when.seconds, price.per) {
            let _ = write!(conditions, ", duration_is({seconds})");
        }
        conditions.push_str(match when.sound {
            Some(true) => ", WITH_AUDIO",
            Some(false) => ", WITHOUT_AUDIO",
            None => "",
        });
        let name = match price.per {
            Counted::Second => "per_second",
            Counted::Video => "per_video",
        };
        let line = format!("{name}({}{conditions}),", price.amount.0);
        let _ = writeln!(text, "            {}", one_line(&line));
    }
    text.push_str("        ],\n    }),");
    text
}

/// Whether every listing of the provider has this path.
fn delivery(provider: ProviderId, path: &str) -> bool {
    let Some(listing) = listings(provider).next() else {
        return false;
    };
    let own = |wire: &str| listing.params.iter().any(|param| param.provider_field == wire);
    let mut all = row_values::read(listing).into_iter();
    all.any(|other| other.fact.path == path && !own(path))
}

/// The field that another listing of the provider sends at this path, or at one with the same last part.
fn field(provider: ProviderId, path: &str) -> Option<Field> {
    let last = |path: &str| path.rsplit('.').next().map(str::to_owned);
    let find = |same: &dyn Fn(&str) -> bool| {
        let params = listings(provider).flat_map(|listing| listing.params.iter());
        let mut fitting = params.filter(|param| param.provider_field.split(' ').any(same));
        fitting.next().map(|param| param.field)
    };
    find(&|wire| wire == path).or_else(|| find(&|wire| last(wire) == last(path)))
}

fn listings(provider: ProviderId) -> impl Iterator<Item = &'static Listing> {
    let all = MODELS.iter().flat_map(|model| model.listings.iter());
    all.filter(move |listing| listing.provider == provider)
}

fn is_media(field: Field) -> bool {
    use Shape::{File, Files, Image, Images};
    matches!(field.shape(), Image | Images | File | Files)
}

fn param(field: Field, fact: &Fact) -> String {
    let (word, default) = match (&fact.default, fact.required) {
        (_, true) => ("required", String::new()),
        (Some(default), false) => ("defaulted", format!(", {}", scalar(default))),
        (None, false) => ("optional", String::new()),
    };
    let Fact { path, .. } = fact;
    format!("{word}(Field::{field:?}, {path:?}, {}{default}),", kind(fact))
}

fn kind(fact: &Fact) -> String {
    let bound = |name: &str| fact.limits.get(name).and_then(Number::as_i64);
    let values: Vec<String> = fact.values.iter().map(Value::to_string).collect();
    let values = values.join(", ");
    match fact.types.first().map(String::as_str) {
        Some("boolean") => "YES_NO".to_owned(),
        Some("integer") if !values.is_empty() => format!("one_of(&[{values}])"),
        Some(name @ ("integer" | "number")) => match (bound("minimum"), bound("maximum")) {
            (low, Some(high)) if name == "integer" => {
                format!("from_to({}, {high})", low.unwrap_or_default())
            }
            (low, Some(high)) => format!("number({}, {high})", low.unwrap_or_default()),
            (low, None) => format!("at_least({})", low.unwrap_or_default()),
        },
        _ if !values.is_empty() => format!("choice![{values}]"),
        _ => match (bound("minLength"), bound("maxLength")) {
            (low, Some(high)) => format!("text({}, {high})", low.unwrap_or(1)),
            _ => "ANY_TEXT".to_owned(),
        },
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Bool(true) => "YES".to_owned(),
        Value::Bool(false) => "NO".to_owned(),
        Value::String(word) => format!("word({word:?})"),
        number => format!("Scalar::Integer({number})"),
    }
}
