//! A row of the catalog in the shape of a document.

use std::collections::BTreeMap;

use filmgate::catalog::{Choice, Kind, Listing, Param, Scalar, Size};
use serde_json::{Number, Value};

use crate::document::Fact;

/// A place of the row, and whether its default is always sent.
pub(crate) struct Place {
    pub(crate) fact: Fact,
    pub(crate) sent: bool,
    /// Half of a size, whose limits are those of the sizes.
    pub(crate) is_side: bool,
}

/// Every place that the listing writes to, the delivery options among them.
pub(crate) fn places(listing: &Listing) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    for param in listing.all_params() {
        let sides = param.wire.split_whitespace();
        let is_side = sides.clone().count() > 1;
        for side in sides {
            // The first and the last frame stand in one list.
            match found.iter_mut().find(|place| place.fact.place == side) {
                Some(place) => share(&mut place.fact, param),
                None => found.push(Place {
                    fact: fact(side, param, is_side),
                    sent: param.explicit,
                    is_side,
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

fn fact(place: &str, param: &Param, is_side: bool) -> Fact {
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
            values = allowed.iter().map(|choice| json(&choice.wire)).collect();
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
    // A place that is on or off takes both; the words for them are ours.
    if kind == "boolean" && values.len() > 1 {
        values.clear();
    }
    Fact {
        place: place.to_owned(),
        types: vec![kind.to_owned()],
        required: param.required,
        default: param.default.as_ref().map(|default| wire(param, default)),
        values,
        limits,
    }
}

fn of_choice(allowed: &[Choice]) -> &'static str {
    match allowed.first().map(|choice| &choice.wire) {
        Some(Scalar::Boolean(_)) => "boolean",
        Some(Scalar::Integer(_)) => "integer",
        _ => "string",
    }
}

/// A default in the provider's words.
fn wire(param: &Param, default: &Scalar) -> Value {
    match (&param.kind, default) {
        (Kind::Choice { allowed }, Scalar::Text(word)) => {
            let choice = allowed.iter().find(|choice| choice.word == *word);
            choice.map_or(Value::Null, |choice| json(&choice.wire))
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
