//! The differences between a document and its row, one per line.

use filmgate::catalog::{Listing, MODELS};
use serde_json::{Number, Value};

use crate::document::{Document, Fact, one_line};
use crate::rates;
use crate::row_values::{self, RowValue};

/// The row of a document's listing.
pub fn row_of(document: &Document) -> Option<&'static Listing> {
    let mut listings = MODELS.iter().flat_map(|model| model.listings.iter());
    listings.find(|row| {
        row.provider == document.provider && row.provider_model_id == document.provider_model_id
    })
}

/// Every difference, as `<listing> <path or subject> …: <document>, <row>`.
pub fn differences(document: &Document, row: &Listing) -> Vec<String> {
    let mut found = Vec::new();
    if let Some((word, state)) = &document.status
        && *state != row.status.state
    {
        let ours = row.status.state.as_str();
        found.push(differs("status:", word, ours));
    }
    let mut values = row_values::read(row);
    // A page documents only the input.
    values.retain(|value| document.complete || value.fact.path.starts_with("input."));
    for value in &values {
        match fact_at(&document.facts, &value.fact.path) {
            Some(fact) => param(document, fact, value, &mut found),
            None => found.push(format!("{}: not in the document", value.fact.path)),
        }
    }
    for fact in &document.facts {
        if !values.iter().any(|value| value.fact.path == fact.path) {
            found.push(format!("{}: new parameter{}", fact.path, details(fact)));
        }
    }
    sizes(document, row, &mut found);
    rates::compare(&document.prices, &row.rates, &mut found);
    let listing = document.listing();
    let line = |text: String| one_line(&format!("{listing} {text}"));
    found.into_iter().map(line).collect()
}

fn differs(subject: &str, document: &str, row: &str) -> String {
    format!("{subject} {document} in the document, {row} in the row")
}

fn fact_at<'a>(facts: &'a [Fact], path: &str) -> Option<&'a Fact> {
    facts.iter().find(|fact| fact.path == path)
}

fn param(document: &Document, theirs: &Fact, value: &RowValue, found: &mut Vec<String>) {
    let ours = &value.fact;
    let mut differ = |what: &str, theirs: String, ours: String| {
        let subject = format!("{} {what}:", value.fact.path);
        found.push(differs(&subject, &theirs, &ours));
    };
    if !theirs.types.is_empty() && !ours.types.iter().all(|one| theirs.types.contains(one)) {
        differ("type", theirs.types.join(" or "), ours.types.join(" or "));
    }
    if theirs.required != ours.required {
        let yes = |required| if required { "yes" } else { "no" }.to_owned();
        differ("required", yes(theirs.required), yes(ours.required));
    }
    // A value that is always sent needs no documented default.
    let silent = theirs.default.is_none() && value.sent;
    if !silent && !same_default(theirs.default.as_ref(), ours.default.as_ref()) {
        let shown = |default: &Option<Value>| default.as_ref().map_or("none".to_owned(), show);
        differ("default", shown(&theirs.default), shown(&ours.default));
    }
    if value.is_side {
        return;
    }
    let (their_values, our_values) = (values(theirs, ours), values(ours, theirs));
    let listed = document.complete || !their_values.is_empty();
    if listed && !same_values(&their_values, &our_values) {
        differ("values", join(&their_values), join(&our_values));
    }
    let numbered = |values: &[Value]| values.iter().any(Value::is_i64);
    let by_value = numbered(&their_values) && numbered(&our_values);
    for name in ["minimum", "maximum", "minLength", "maxLength", "maxItems"] {
        let (theirs, ours) = (limit(theirs, name), limit(ours, name));
        let said = document.complete || theirs.is_some();
        let known = by_value && ["minimum", "maximum"].contains(&name);
        if said && !known && theirs.map(Number::as_f64) != ours.map(Number::as_f64) {
            let shown = |number: Option<&Number>| number.map_or("none".to_owned(), show);
            differ(name, shown(theirs), shown(ours));
        }
    }
}

/// A limit that has an effect: any text has at least one character.
fn limit<'a>(fact: &'a Fact, name: &str) -> Option<&'a Number> {
    let trivial = |number: &&Number| name == "minLength" && number.as_u64() <= Some(1);
    fact.limits.get(name).filter(|number| !trivial(number))
}

/// The values that a fact lists, or those of its range if the other side lists values.
fn values(fact: &Fact, other: &Fact) -> Vec<Value> {
    const MAX_RANGE_VALUES: i64 = 64;
    let bound = |name: &str| fact.limits.get(name).and_then(Number::as_i64);
    match (bound("minimum"), bound("maximum")) {
        (Some(low), Some(high))
            if fact.values.is_empty()
                && other.values.iter().any(Value::is_i64)
                && high.saturating_sub(low) < MAX_RANGE_VALUES =>
        {
            (low..=high).map(Value::from).collect()
        }
        _ => fact.values.clone(),
    }
}

fn same_values(a: &[Value], b: &[Value]) -> bool {
    let within =
        |a: &[Value], b: &[Value]| a.iter().all(|one| b.iter().any(|other| same(one, other)));
    within(a, b) && within(b, a)
}

fn same_default(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// `5` and `5.0` are equal.
fn same(a: &Value, b: &Value) -> bool {
    a == b || (a.is_number() && a.as_f64() == b.as_f64())
}

fn show(value: &impl ToString) -> String {
    value.to_string()
}

fn join(values: &[Value]) -> String {
    if values.is_empty() {
        return "any".to_owned();
    }
    let values: Vec<String> = values.iter().map(show).collect();
    values.join(", ")
}

/// The known facts of a parameter, to write a row for it.
pub(crate) fn details(fact: &Fact) -> String {
    let mut parts = fact.types.clone();
    parts.extend(fact.required.then(|| "required".to_owned()));
    let default = fact.default.as_ref();
    parts.extend(default.map(|default| format!("default {default}")));
    if !fact.values.is_empty() {
        parts.push(format!("one of {}", join(&fact.values)));
    }
    parts.extend(fact.limits.iter().map(|(name, number)| format!("{name} {number}")));
    if parts.is_empty() {
        return String::new();
    }
    format!(" ({})", parts.join(", "))
}

/// The sizes that only one of the two has.
fn sizes(document: &Document, row: &Listing, found: &mut Vec<String>) {
    if document.sizes.is_empty() {
        return;
    }
    let ours = row.sizes().iter().filter(|size| size.documented);
    let ours: Vec<(u64, u64)> = ours.map(|size| (size.width.into(), size.height.into())).collect();
    let only = |here: &[(u64, u64)], there: &[(u64, u64)]| -> Vec<String> {
        let missing = here.iter().filter(|size| !there.contains(size));
        missing.map(|(width, height)| format!("{width}x{height}")).collect()
    };
    let theirs = &document.sizes;
    for size in only(theirs, &ours) {
        found.push(format!("size {size}: in the document, not in the row"));
    }
    for size in only(&ours, theirs) {
        found.push(format!("size {size}: in the row, not in the document"));
    }
}
