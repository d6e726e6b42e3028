//! Parses Runware's OpenAPI document of a model, `schema.json`: facts in `info`, the request in
//! `components.schemas.RequestBody.items`.

use std::cell::Cell;
use std::collections::BTreeMap;

use filmgate::catalog::{Mode, State};
use filmgate::codec::Codec;
use filmgate::provider::ProviderId;
use serde_json::{Map, Value};

use crate::document::{Document, Fact, Source, Unreadable};
use crate::prices;

/// More schemas than any real document has: circular references end here.
const MAX_SCHEMAS: u32 = 10_000;
/// Deeper than any real document.
const MAX_DEPTH: u32 = 32;

const LIMITS: [&str; 5] = ["minimum", "maximum", "minLength", "maxLength", "maxItems"];

pub(crate) fn read(root: &Value) -> Result<Document, Unreadable> {
    let lacks = |what: &str| Unreadable(format!("a JSON document without {what}."));
    let info = root.get("info").ok_or_else(|| lacks("`info`"))?;
    let body = root
        .pointer("/components/schemas/RequestBody")
        .ok_or_else(|| lacks("`components.schemas.RequestBody`"))?;
    let schema = Schema { root, left: Cell::new(MAX_SCHEMAS) };
    let body = schema.follow(body);
    let task = schema.follow(body.get("items").unwrap_or(body));
    let provider_model_id = info
        .get("x-air-id")
        .or_else(|| task.pointer("/properties/model/const"))
        .ok_or_else(|| lacks("`info.x-air-id`"))?
        .as_str()
        .ok_or_else(|| Unreadable::not_a("info.x-air-id", "text"))?;
    let facts = schema.facts(task, "")?;
    if facts.is_empty() {
        return Err(lacks("`properties` in `components.schemas.RequestBody`"));
    }
    let title = info.get("title").and_then(Value::as_str).unwrap_or_default();
    let pricing = info.get("x-pricing").map(|pricing| match pricing.is_object() {
        true => Ok(prices::in_pricing(pricing)),
        false => Err(Unreadable::not_a("info.x-pricing", "an object")),
    });
    Ok(Document {
        title: title.trim_start_matches("Runware API - ").to_owned(),
        modes: modes(info),
        status: status(info.get("x-status"), "info.x-status")?,
        facts,
        sizes: sizes(task),
        prices: pricing.transpose()?.unwrap_or_default(),
        ..Document::new(Source::Schema, ProviderId::Runware, provider_model_id)
    })
}

/// The parameters of a JSON Schema, their paths below `above`.
pub(crate) fn facts(root: &Value, above: &str) -> Result<Vec<Fact>, Unreadable> {
    Schema { root, left: Cell::new(MAX_SCHEMAS) }.facts(root, above)
}

/// Capabilities that are modes of the catalog: `text-to-video`, or `io:text-to-video`.
fn modes(info: &Value) -> Vec<Mode> {
    let capabilities = info.get("x-capabilities").and_then(Value::as_array);
    let words = capabilities.into_iter().flatten().filter_map(Value::as_str);
    let words = words.map(|word| word.strip_prefix("io:").unwrap_or(word));
    words.filter_map(|word| Mode::read(&word.into())).collect()
}

/// Runware's word for a status, and its meaning.
pub(crate) fn status(
    word: Option<&Value>,
    place: &str,
) -> Result<Option<(String, State)>, Unreadable> {
    let Some(word) = word else { return Ok(None) };
    let word = word.as_str().ok_or_else(|| Unreadable::not_a(place, "text"))?;
    let state = match word {
        "live" | "api-only" => State::Live,
        "deprecated" => State::Retired,
        _ => State::Unverified,
    };
    Ok(Some((word.to_owned(), state)))
}

struct Schema<'a> {
    root: &'a Value,
    left: Cell<u32>,
}

impl<'a> Schema<'a> {
    /// Resolves a reference within the document.
    fn follow(&self, schema: &'a Value) -> &'a Value {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let path = reference.and_then(|reference| reference.strip_prefix('#'));
        path.and_then(|path| self.root.pointer(path)).unwrap_or(schema)
    }

    /// Every parameter of a schema, unless it exceeds the limits.
    fn facts(&self, schema: &'a Value, above: &str) -> Result<Vec<Fact>, Unreadable> {
        let mut facts = Vec::new();
        self.properties(schema, above, true, 0, &mut facts);
        match self.left.get() {
            0 => Err(Unreadable(format!(
                "more than {MAX_SCHEMAS} schemas or {MAX_DEPTH} levels: a reference leads back to itself."
            ))),
            _ => Ok(facts),
        }
    }

    /// Whether another schema would exceed the limits, now and from then on.
    fn is_spent(&self, depth: u32) -> bool {
        let left = if depth >= MAX_DEPTH { 0 } else { self.left.get().saturating_sub(1) };
        self.left.set(left);
        left == 0
    }

    /// Every path below, without the paths of objects themselves. A path is required if all of its
    /// parents are.
    fn properties(
        &self,
        schema: &'a Value,
        above: &str,
        needed: bool,
        depth: u32,
        facts: &mut Vec<Fact>,
    ) {
        let required = schema.get("required").and_then(Value::as_array);
        for (name, below) in entries(schema.get("properties")) {
            if self.is_spent(depth) {
                return;
            }
            let dot = if above.is_empty() { "" } else { "." };
            let path = format!("{above}{dot}{name}");
            let named = required.is_some_and(|names| names.iter().any(|one| one == name));
            let below = self.follow(below);
            if below.get("properties").is_some() {
                self.properties(below, &path, needed && named, depth + 1, facts);
                continue;
            }
            let mut fact = Fact { path, required: needed && named, ..Fact::default() };
            self.gather(below, &mut fact, depth);
            facts.push(fact);
        }
    }

    /// Collects the facts of one path from a schema and its alternatives.
    fn gather(&self, schema: &'a Value, fact: &mut Fact, depth: u32) {
        if self.is_spent(depth) {
            return;
        }
        let types = schema.get("type").map(list).unwrap_or_default();
        for name in types.iter().filter_map(Value::as_str) {
            if !fact.types.iter().any(|known| known == name) {
                fact.types.push(name.to_owned());
            }
        }
        fact.values.extend(schema.get("enum").map(list).unwrap_or_default());
        fact.values.extend(schema.get("const").cloned());
        if fact.default.is_none() {
            fact.default = schema.get("default").filter(|one| !one.is_null()).cloned();
        }
        let stated = LIMITS
            .into_iter()
            .filter_map(|name| Some((name, schema.get(name)?.as_number()?.clone())));
        fact.limits.extend(stated.collect::<BTreeMap<_, _>>());
        for word in ["oneOf", "anyOf", "allOf"] {
            for one in schema.get(word).and_then(Value::as_array).into_iter().flatten() {
                self.gather(self.follow(one), fact, depth + 1);
            }
        }
    }
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

/// The longest list of sizes: a rule for one mode may have a shorter one.
fn sizes(task: &Value) -> Vec<(u64, u64)> {
    let rules = task.get("allOf").and_then(Value::as_array);
    let lists = rules.into_iter().flatten().filter_map(|rule| {
        let choice = rule.pointer("/then/oneOf").or_else(|| rule.get("oneOf"))?;
        let side = |one: &Value, name: &str| {
            let path = format!("/properties/{name}/const");
            one.pointer(&path).and_then(Value::as_u64)
        };
        let both = |one: &Value| Some((side(one, "width")?, side(one, "height")?));
        choice.as_array()?.iter().map(both).collect()
    });
    lists.max_by_key(Vec::len).unwrap_or_default()
}
