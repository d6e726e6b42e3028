//! Drafts the file of a listing outside the catalog.

use std::fmt::Write;

use filmgate::catalog::{Listing, MODELS, Param};
use filmgate::codec::Codec;
use filmgate::provider::ProviderId;
use filmgate::request::{Field, Shape};
use serde_json::{Map, Number, Value, json};

use crate::compare::details;
use crate::document::{Counted, Document, Fact, Price, one_line};
use crate::{rates, row_values};

/// The draft of a file of `catalog/`.
#[derive(Debug)]
pub struct Draft {
    /// The model's id, which is also the file's name.
    pub id: String,
    /// The file. The dates are left empty, which the build refuses.
    pub text: String,
    /// What a person has to decide, one per line.
    pub open: Vec<String>,
}

/// The draft of the listing of a document.
pub fn draft(document: &Document, known: &mut dyn FnMut(&str) -> bool) -> Draft {
    let mut open = Vec::new();
    let mut params = Vec::new();
    for fact in &document.facts {
        let listing = document.listing();
        let difference = format!("{listing} {}: new parameter", fact.path);
        if delivery(document.provider, &fact.path) || known(&one_line(&difference)) {
            continue;
        }
        match similar(document.provider, &fact.path) {
            Some(similar) => params.push(param(similar, fact)),
            None => open.push(format!("{}{}", fact.path, details(fact))),
        }
    }
    open.extend(document.sizes.iter().map(|(width, height)| format!("size {width}x{height}")));
    open.extend(document.unclear.iter().map(|price| format!("price {price}")));
    let id = slug(match document.title.is_empty() {
        true => &document.provider_model_id,
        false => &document.title,
    });
    let text = file(document, &id, &params);
    Draft { id, text, open: open.iter().map(|line| one_line(line)).collect() }
}

/// Lowercase words with hyphens between them: an id, and safe as a file's name.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let plain: String = one_line(name).to_lowercase().chars().map(plain).collect();
    let words = plain.split('-').map(|word| word.trim_matches('.'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// One value a line; short ones in one line.
fn file(document: &Document, slug: &str, params: &[Value]) -> String {
    let id = one_line(&document.provider_model_id);
    let name = one_line(&document.title);
    let state = document.status.as_ref().map_or("unverified", |(_, state)| state.as_str());
    let source = match document.provider {
        ProviderId::Runpod => "https://docs.runpod.io/public-endpoints/models/",
        _ => "https://runware.ai/docs/models/",
    };
    let modes: Vec<&str> = document.modes.iter().map(|mode| mode.as_str()).collect();
    let mut listing = vec![
        ("provider", json!(document.provider)),
        ("providerModelId", json!(id)),
        ("evidence", json!({ "source": source, "date": "", "firstParty": true })),
        ("status", json!({ "state": state, "verifiedAt": "" })),
        ("modes", json!(modes)),
    ];
    let prices: Vec<Value> = rates::distinct(&document.prices).into_iter().map(price).collect();
    listing.push(("params", json!(params)));
    match prices.is_empty() {
        true => listing.push(("noPriceReason", json!("The document has no price."))),
        false => listing.push(("prices", json!(prices))),
    }
    let mut text = format!(
        "{{\n  \"$schema\": \"./schema.json\",\n  \"id\": {},\n  \"name\": {},\n  \"listings\": [\n    {{",
        json!(slug),
        json!(name)
    );
    let last = listing.len().saturating_sub(1);
    for (at, (name, value)) in listing.iter().enumerate() {
        let comma = if at < last { "," } else { "" };
        match value.as_array().filter(|items| items.iter().any(Value::is_object)) {
            Some(items) => {
                let lines: Vec<String> =
                    items.iter().map(|item| format!("\n        {item}")).collect();
                let _ = write!(text, "\n      \"{name}\": [{}\n      ]{comma}", lines.join(","));
            }
            None => {
                let _ = write!(text, "\n      \"{name}\": {value}{comma}");
            }
        }
    }
    text.push_str("\n    }\n  ]\n}\n");
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

/// The parameter that another listing of the provider sends at this path, or at one with the same last part.
fn similar(provider: ProviderId, path: &str) -> Option<&'static Param> {
    let last = |path: &str| path.rsplit('.').next().map(str::to_owned);
    let find = |same: &dyn Fn(&str) -> bool| {
        let mut params = listings(provider).flat_map(|listing| listing.params.iter());
        params.find(|param| param.provider_field == path || same(&param.provider_field))
    };
    find(&|wire| wire == path).or_else(|| find(&|wire| last(wire) == last(path)))
}

fn listings(provider: ProviderId) -> impl Iterator<Item = &'static Listing> {
    let all = MODELS.iter().flat_map(|model| model.listings.iter());
    all.filter(move |listing| listing.provider == provider)
}

/// The parameter by its document; the forms of images and files are those of the similar one.
fn param(similar: &Param, fact: &Fact) -> Value {
    use Shape::{File, Files, Image, Images};
    let mut drafted = Map::new();
    let mut set = |name: &str, value: Value| {
        drafted.insert(name.to_owned(), value);
    };
    set("field", similar.field.path().into());
    set("providerField", fact.path.as_str().into());
    if fact.required {
        set("required", true.into());
    } else if let Some(default) = &fact.default {
        set("default", default.clone());
    }
    let limit = |name: &str| fact.limits.get(name).cloned().map(Value::Number);
    if matches!(similar.field.shape(), Image | Images | File | Files) {
        let known = similar.write();
        for name in ["type", "allowed", "undocumented", "list"] {
            if let Some(value) = known.get(name) {
                set(name, value.clone());
            }
        }
        limit("maxItems").into_iter().for_each(|max| set("max", max));
        return Value::Object(drafted);
    }
    let (kind, min, max) = match fact.types.first().map(String::as_str) {
        Some("boolean") => ("boolean", None, None),
        Some(name @ ("integer" | "number")) => {
            let name = if name == "integer" { "integer" } else { "number" };
            (name, limit("minimum"), limit("maximum"))
        }
        _ if !fact.values.is_empty() => ("choice", None, None),
        _ => ("text", limit("minLength").filter(|min| min.as_u64() > Some(1)), limit("maxLength")),
    };
    set("type", kind.into());
    min.into_iter().for_each(|min| set("min", min));
    max.into_iter().for_each(|max| set("max", max));
    if !fact.values.is_empty() && kind != "boolean" {
        set("allowed", fact.values.clone().into());
    }
    Value::Object(drafted)
}

fn price(price: &Price) -> Value {
    let mut when = Vec::new();
    if let Some(resolution) = &price.when.resolution {
        when.push(json!({ "field": Field::Resolution.path(), "is": resolution }));
    }
    if let (Some(seconds), Counted::Video) = (price.when.seconds, price.per) {
        when.push(json!({ "field": Field::Duration.path(), "is": seconds }));
    }
    if let Some(sound) = price.when.sound {
        when.push(json!({ "field": Field::GenerateAudio.path(), "is": sound }));
    }
    let per = match price.per {
        Counted::Second => "second",
        Counted::Video => "video",
    };
    json!({ "usd": Number::from_f64(price.amount.to_f64()), "per": per, "when": when })
}
