//! The differences between a document and its row, one per line, each with its place in the catalog.

use filmgate::catalog::{Listing, MODELS};
use serde_json::{Number, Value};

use crate::document::{Document, Fact, Source, one_line};
use crate::rates;
use crate::row_values::{self, RowValue};

/// The row of a document's listing.
pub fn row_of(document: &Document) -> Option<&'static Listing> {
    let mut listings = MODELS.iter().flat_map(|model| model.listings.iter());
    listings.find(|row| {
        row.provider == document.provider && row.provider_model_id == document.provider_model_id
    })
}

/// A difference, and where to correct it.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// `<listing> <path or subject> …: <document>, <row>`.
    pub text: String,
    /// The file, and the path in its JSON.
    pub place: String,
}

/// Where the parameters of every listing of a provider are.
const COMMON_PARAMS: &str = "src/catalog/definition/common_params.rs";

/// The differences of a listing that were found so far.
pub(crate) struct Found {
    listing: String,
    place: String,
    differences: Vec<Difference>,
}

impl Found {
    /// Adds a difference at a path below the listing.
    pub(crate) fn add(&mut self, below: &str, text: String) {
        self.add_at(format!("{}.{below}", self.place), &text);
    }

    /// Adds a difference of a parameter, at a value of it or at the whole.
    fn add_to(&mut self, value: &RowValue, name: Option<&str>, text: String) {
        let dot = name.map(|name| format!(".{name}")).unwrap_or_default();
        match value.place {
            Some(at) => self.add(&format!("params.{at}{dot}"), text),
            None => self.add_at(COMMON_PARAMS.to_owned(), &text),
        }
    }

    fn add_at(&mut self, place: String, text: &str) {
        let text = one_line(&format!("{} {text}", self.listing));
        self.differences.push(Difference { text, place });
    }
}

/// Where the row is: its file, and its path in the JSON.
pub(crate) fn place(row: &Listing) -> String {
    let in_model = |listings: &[Listing]| {
        listings.iter().position(|one| {
            one.provider == row.provider && one.provider_model_id == row.provider_model_id
        })
    };
    let mut models = MODELS.iter();
    let found = models.find_map(|model| Some((&model.id, in_model(&model.listings)?)));
    found.map_or_else(String::new, |(id, at)| format!("catalog/{id}.json: listings.{at}"))
}

/// Every difference.
pub fn differences(document: &Document, row: &Listing) -> Vec<Difference> {
    let (listing, place) = (document.listing(), place(row));
    let mut found = Found { listing, place, differences: Vec::new() };
    if let Some((word, state)) = &document.status
        && *state != row.status.state
    {
        let ours = row.status.state.as_str();
        found.add("status", differs("status:", word, ours));
    }
    if !document.facts.is_empty() {
        params(document, row, &mut found);
    }
    sizes(document, row, &mut found);
    if document.source != Source::Types {
        let has_all = document.source != Source::Configs && document.unclear.is_empty();
        rates::compare(&document.prices, &row.rates, has_all, &mut found);
    }
    for price in &document.unclear {
        found.add("prices", format!("price {price}: read it, the unit is not known"));
    }
    found.differences
}

fn params(document: &Document, row: &Listing, found: &mut Found) {
    let mut values = row_values::read(row);
    // Only Runware's documents have the whole body, and not the input alone.
    let is_whole = matches!(document.source, Source::Schema | Source::Types);
    values.retain(|value| is_whole || value.fact.path.starts_with("input."));
    // The SDK has no type for what is within an object.
    let is_open = |fact: &Fact| {
        document.source == Source::Types && fact.types.iter().any(|name| name == "object")
    };
    let is_within = |path: &str, fact: &Fact| {
        path.strip_prefix(&fact.path).is_some_and(|rest| rest.starts_with('.'))
    };
    for value in &values {
        let path = &value.fact.path;
        if document.facts.iter().any(|fact| is_open(fact) && is_within(path, fact)) {
            continue;
        }
        match document.facts.iter().find(|fact| fact.path == *path) {
            Some(fact) => param(document, fact, value, found),
            None => found.add_to(value, None, format!("{path}: not in the document")),
        }
    }
    for fact in &document.facts {
        let is_known = |value: &RowValue| {
            value.fact.path == fact.path || (is_open(fact) && is_within(&value.fact.path, fact))
        };
        if !values.iter().any(is_known) {
            found.add("params", format!("{}: new parameter{}", fact.path, details(fact)));
        }
    }
}

fn differs(subject: &str, document: &str, row: &str) -> String {
    format!("{subject} {document} in the document, {row} in the row")
}

fn param(document: &Document, theirs: &Fact, value: &RowValue, found: &mut Found) {
    let ours = &value.fact;
    let mut differ = |what: &str, theirs: String, ours: String| {
        let subject = format!("{} {what}:", value.fact.path);
        let name = match what {
            "values" => "allowed",
            "minimum" | "minLength" => "min",
            "maximum" | "maxLength" | "maxItems" => "max",
            other => other,
        };
        found.add_to(value, Some(name), differs(&subject, &theirs, &ours));
    };
    if !theirs.types.is_empty() && !ours.types.iter().all(|one| theirs.types.contains(one)) {
        differ("type", theirs.types.join(" or "), ours.types.join(" or "));
    }
    if theirs.required != ours.required {
        let yes = |required| if required { "yes" } else { "no" }.to_owned();
        differ("required", yes(theirs.required), yes(ours.required));
    }
    // A value that is always sent needs no documented default, and the SDK has none.
    let silent = theirs.default.is_none() && (value.sent || document.source == Source::Types);
    if !silent && !same_default(theirs.default.as_ref(), ours.default.as_ref()) {
        let shown = |default: &Option<Value>| default.as_ref().map_or("none".to_owned(), show);
        differ("default", shown(&theirs.default), shown(&ours.default));
    }
    if value.is_side {
        return;
    }
    let (their_values, our_values) = (values(theirs, ours), values(ours, theirs));
    let is_complete = document.source == Source::Schema;
    let listed = is_complete || !their_values.is_empty();
    if listed && !same_values(&their_values, &our_values) {
        differ("values", join(&their_values), join(&our_values));
    }
    let numbered = |values: &[Value]| values.iter().any(Value::is_i64);
    let by_value = numbered(&their_values) && numbered(&our_values);
    for name in ["minimum", "maximum", "minLength", "maxLength", "maxItems"] {
        let (theirs, ours) = (limit(theirs, name), limit(ours, name));
        let said = is_complete || theirs.is_some();
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
fn sizes(document: &Document, row: &Listing, found: &mut Found) {
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
        found.add("params", format!("size {size}: in the document, not in the row"));
    }
    for size in only(&ours, theirs) {
        found.add("params", format!("size {size}: in the row, not in the document"));
    }
}
