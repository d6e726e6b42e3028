//! Parses Runware's pricing answer of a model: `pricingRates`, examples and the status.

use filmgate::catalog::MODELS;
use filmgate::money::Usd;
use filmgate::provider::ProviderId;
use serde_json::{Value, json};

use crate::document::{Conditions, Counted, Document, Price, Source, Unreadable};
use crate::{prices, schema};

pub(crate) fn read(name: &str, root: &Value) -> Result<Document, Unreadable> {
    let mut document = Document {
        title: root.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        status: schema::status(root.get("status"), "status")?,
        // Examples have the same form as those of a schema.
        prices: prices::in_pricing(&json!({ "examples": root.get("pricingExamples") })),
        ..Document::new(Source::Pricing, ProviderId::Runware, &id(name, root)?)
    };
    let rates = root.get("pricingRates").and_then(Value::as_array);
    let rates = rates.ok_or_else(|| Unreadable::not_a("pricingRates", "a list"))?;
    for (at, rate) in rates.iter().enumerate() {
        let place = |name: &str| format!("pricingRates.{at}.{name}");
        let text = |name: &str| match rate.get(name) {
            None | Some(Value::Null) => Ok(""),
            Some(value) => value.as_str().ok_or_else(|| Unreadable::not_a(&place(name), "text")),
        };
        let (unit, label) = (text("unit")?, text("label")?);
        let amount = rate.get("amount").filter(|amount| amount.is_number());
        let amount = amount.ok_or_else(|| Unreadable::not_a(&place("amount"), "a number"))?;
        match (usd(amount), counted(unit), rate.get("after")) {
            (Some(amount), Some(per), None) => {
                document.prices.push(Price { amount, per, when: Conditions::of(label) });
            }
            (_, _, after) => {
                let after = after.map(|after| format!(" after {after}")).unwrap_or_default();
                document.unclear.push(format!("${amount} per {unit}{after}, {label}"));
            }
        }
    }
    Ok(document)
}

/// The answer's own id, or that of the listing whose page has the file's name.
fn id(name: &str, root: &Value) -> Result<String, Unreadable> {
    if let Some(id) = root.get("air").and_then(Value::as_str) {
        return Ok(id.to_owned());
    }
    let file = name.rsplit('/').next().unwrap_or_default();
    let slug = file.trim_end_matches(".json");
    let mut listings = MODELS.iter().flat_map(|model| model.listings.iter());
    let found = listings.find(|listing| {
        let page = listing.evidence.as_ref().and_then(|one| one.source.rsplit('/').next());
        listing.provider == ProviderId::Runware && page == Some(slug)
    });
    found.map(|listing| listing.provider_model_id.to_string()).ok_or_else(|| {
        Unreadable(
            "a pricing answer without `air`, and no listing's page has the file's name.".to_owned(),
        )
    })
}

/// An amount of whole micro-dollars.
fn usd(amount: &Value) -> Option<Usd> {
    let number = amount.as_f64()?;
    let text = format!("{number:.6}");
    prices::usd(&text).filter(|_| text.parse() == Ok(number))
}

fn counted(unit: &str) -> Option<Counted> {
    match unit {
        "durationSecond" | "second" => Some(Counted::Second),
        "output" | "video" => Some(Counted::Video),
        _ => None,
    }
}
