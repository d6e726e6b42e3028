//! Converts a row of the catalog to the shape of a document.

use std::collections::BTreeMap;

use filmgate::catalog::{Choice, Kind, Listing, Param, Scalar, Size};
use serde_json::{Number, Value};

use crate::document::Fact;

/// A parameter of the row.
pub(crate) struct RowValue {
    pub(crate) fact: Fact,
    pub(crate) sent: bool,
    /// One side of a size, whose limits are those of the sizes.
    pub(crate) is_side: bool,
    /// Its place in the listing's `params`; none if every listing of the provider has it.
    pub(crate) place: Option<usize>,
}

/// Every parameter that the listing writes, delivery options included.
pub(crate) fn read(listing: &Listing) -> Vec<RowValue> {
    let mut found: Vec<RowValue> = Vec::new();
    for (at, param) in listing.all_params().enumerate() {
        let sides = param.provider_field.split_whitespace();
        let is_side = sides.clone().count() > 1;
        for side in sides {
            // The first and the last frame share one list.
            match found.iter_mut().find(|value| value.fact.path == side) {
                Some(value) => share(&mut value.fact, param),
                None => found.push(RowValue {
                    fact: fact(side, param, is_side),
                    sent: param.always_sent,
                    is_side,
                    place: (at < listing.params.len()).then_some(at),
                }),
            }
        }
    }
    found
}

fn share(fact: &mut Fact, param: &Param) {
    fact.required |= param.required;
    if let Kind::Media { max, .. } = param.kind {
        let before = fact.limits.get("maxItems").and_then(Number::as_u64);
        let sum = before.unwrap_or_default().saturating_add(max.into());
        fact.limits.insert("maxItems", sum.into());
    }
}

fn fact(path: &str, param: &Param, is_side: bool) -> Fact {
    let mut values = Vec::new();
    let mut limits = BTreeMap::new();
    let mut limit = |name, number: Option<i64>| {
        limits.extend(number.map(|number| (name, Number::from(number))));
    };
    let kind = match &param.kind {
        Kind::Text { min, max } => {
            limit("minLength", Some((*min).into()));
            limit("maxLength", max.map(i64::from));
            "string"
        }
        Kind::Integer { min, max, allowed } => {
            values = allowed.iter().map(|one| (*one).into()).collect();
            limit("minimum", min.map(i64::from));
            limit("maximum", max.map(i64::from));
            "integer"
        }
        Kind::Number { min, max } => {
            limit("minimum", min.map(i64::from));
            limit("maximum", max.map(i64::from));
            "number"
        }
        Kind::Choice { allowed } => {
            values = allowed.iter().map(|choice| json(&choice.provider_value)).collect();
            of_choice(allowed)
        }
        Kind::Boolean { only } => {
            values = only.iter().map(|only| (*only).into()).collect();
            "boolean"
        }
        Kind::Media { max, list, .. } => {
            limit("maxItems", list.then_some((*max).into()));
            if *list { "array" } else { "string" }
        }
        Kind::Size { .. } if is_side => "integer",
        Kind::Size { allowed } => {
            let listed = allowed.iter().filter(|size| size.documented);
            values = listed.map(|size| written(size).into()).collect();
            "string"
        }
        Kind::Url | Kind::Uuid | Kind::Id => "string",
    };
    // A boolean path accepts both values; the field's words for them are ours.
    if kind == "boolean" && values.len() > 1 {
        values.clear();
    }
    Fact {
        path: path.to_owned(),
        types: vec![kind.to_owned()],
        required: param.required,
        default: param.default.as_ref().map(|default| wire(param, default)),
        values,
        limits,
    }
}

fn of_choice(allowed: &[Choice]) -> &'static str {
    match allowed.first().map(|choice| &choice.provider_value) {
        Some(Scalar::Boolean(_)) => "boolean",
        Some(Scalar::Integer(_)) => "integer",
        _ => "string",
    }
}

/// A default as the provider writes it.
fn wire(param: &Param, default: &Scalar) -> Value {
    match (&param.kind, default) {
        (Kind::Choice { allowed }, Scalar::Text(word)) => {
            let choice = allowed.iter().find(|choice| choice.word == *word);
            choice.map_or(Value::Null, |choice| json(&choice.provider_value))
        }
        (Kind::Size { .. }, Scalar::Text(word)) => word.replace('x', "*").into(),
        _ => json(default),
    }
}

fn written(size: &Size) -> String {
    format!("{}*{}", size.width, size.height)
}

fn json(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Boolean(yes) => (*yes).into(),
        Scalar::Integer(number) => (*number).into(),
        Scalar::Text(word) => word.as_ref().into(),
    }
}
