//! Parses the types of Runware's SDK, `runware/types/task_map.py`: a `TypedDict` for each model's request.

use std::collections::BTreeMap;

use filmgate::catalog::State;
use filmgate::provider::ProviderId;
use serde_json::Value;

use crate::document::{Contents, Document, Fact, List, Source, Unreadable};

const TASK: &str = "videoInference";
/// Anything that is not indented.
const END: &str = "#";

/// The end of the start of a row in the table of all models: `"id": ModelEntry(task_type="…", id="slug"),`.
const ROW: &str = "ModelEntry(task_type=\"videoInference\", id=\"";

pub(crate) fn read(text: &str) -> Result<Contents, Unreadable> {
    let mut typed = BTreeMap::new();
    let mut listed = Vec::new();
    let mut class: Option<Vec<Field<'_>>> = None;
    // The last line ends the last class.
    for (at, line) in text.lines().chain([END]).enumerate() {
        if !line.is_empty() && !line.starts_with(char::is_whitespace) {
            typed.extend(class.take().map(request).transpose()?.flatten());
            class = line.contains("(TypedDict").then(Vec::new);
        } else if let Some((name, kind)) = line.trim().split_once(": ") {
            let id = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
            if let (Some(id), Some(slug)) = (id, kind.strip_prefix(ROW)) {
                listed.push((id, slug.split('"').next().unwrap_or_default()));
            } else if let Some(fields) = &mut class
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            {
                fields.push(Field { line: at + 1, name, kind: kind.trim() });
            }
        }
    }
    if listed.is_empty() {
        return Err(Unreadable(format!("types without a table of models for `{TASK}`.")));
    }
    let ids = listed.iter().map(|(id, _)| (*id).to_owned()).collect();
    // A model may have no type of its own, only a place in the table.
    let documents = listed.into_iter().map(|(id, slug)| Document {
        title: slug.to_owned(),
        status: Some(("listed".to_owned(), State::Live)),
        facts: typed.remove(id).unwrap_or_default(),
        ..Document::new(Source::Types, ProviderId::Runware, id)
    });
    let documents = documents.collect();
    Ok(Contents { documents, list: Some(List { provider: ProviderId::Runware, ids }) })
}

/// A line of a class: `name: type`.
struct Field<'a> {
    line: usize,
    name: &'a str,
    kind: &'a str,
}

/// The model and the parameters of a request for a video; none for other classes.
fn request(fields: Vec<Field<'_>>) -> Result<Option<(&str, Vec<Fact>)>, Unreadable> {
    let literal = |name: &str| {
        let field = fields.iter().find(|field| field.name == name)?;
        let word = field.kind.strip_prefix("Literal['")?.strip_suffix("']")?;
        (!word.contains('\'')).then_some(word)
    };
    let (Some(model), Some(TASK)) = (literal("model"), literal("taskType")) else {
        return Ok(None);
    };
    let facts = fields.iter().map(|field| {
        fact(field).ok_or_else(|| {
            Unreadable(format!("line {}: the type of `{}` is not known.", field.line, field.name))
        })
    });
    Ok(Some((model, facts.collect::<Result<_, _>>()?)))
}

fn fact(field: &Field<'_>) -> Option<Fact> {
    let optional = field.kind.strip_prefix("NotRequired[").map(|kind| kind.strip_suffix(']'));
    let kind = optional.unwrap_or(Some(field.kind))?;
    let mut fact =
        Fact { path: field.name.to_owned(), required: optional.is_none(), ..Fact::default() };
    for one in split(kind, '|')? {
        if let Some(values) = one.strip_prefix("Literal[") {
            for word in split(values.strip_suffix(']')?, ',')? {
                fact.values.push(value(word)?);
            }
        } else {
            fact.types.push(type_name(one)?.to_owned());
        }
    }
    for name in fact.values.iter().map(json_type) {
        if !fact.types.iter().any(|known| known == name) {
            fact.types.push(name.to_owned());
        }
    }
    Some(fact)
}

fn type_name(word: &str) -> Option<&'static str> {
    match word.split('[').next()? {
        "str" => Some("string"),
        "int" => Some("integer"),
        "float" => Some("number"),
        "bool" => Some("boolean"),
        "dict" => Some("object"),
        "list" => Some("array"),
        _ => None,
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        number if number.is_i64() => "integer",
        _ => "number",
    }
}

/// A literal of Python.
fn value(word: &str) -> Option<Value> {
    match word {
        "True" => Some(true.into()),
        "False" => Some(false.into()),
        _ => match word.strip_prefix(['\'', '"']) {
            Some(text) => text.strip_suffix(['\'', '"']).map(Value::from),
            None => serde_json::from_str(word).ok().filter(Value::is_number),
        },
    }
}

/// The parts of a text between separators, except within brackets and quotes; none if one stays open.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_u32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.checked_sub(1)?,
            (None, c) if c == separator && depth == 0 => {
                parts.push(text.get(start..at)?.trim());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..)?.trim());
    (quote.is_none() && depth == 0).then_some(parts)
}
