//! Parses the list of RunPod's public endpoints: the answer to the GraphQL query `allAiApiPublicConfigs`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use filmgate::catalog::State;
use filmgate::provider::ProviderId;
use serde_json::Value;

use crate::document::{Contents, Document, List, MAX_ENTRIES, Source, Unreadable};
use crate::{compare, prices, schema};

pub(crate) fn read(list: &Value) -> Result<Contents, Unreadable> {
    let list = list.as_array();
    let list = list.ok_or_else(|| Unreadable::not_a("data.allAiApiPublicConfigs", "a list"))?;
    let (mut documents, mut ids) = (Vec::new(), BTreeSet::new());
    for (at, config) in list.iter().enumerate() {
        let (document, makes_videos) = document(config)
            .map_err(|Unreadable(what)| Unreadable(format!("endpoint {at}: {what}")))?;
        ids.insert(document.provider_model_id.clone());
        if makes_videos || compare::row_of(&document).is_some() {
            documents.push(document);
        }
    }
    if documents.len() > MAX_ENTRIES {
        return Err(Unreadable(format!(
            "more than {MAX_ENTRIES} endpoints for video, which no real list has."
        )));
    }
    if documents.is_empty() {
        return Err(Unreadable("a list without any endpoint for video.".to_owned()));
    }
    Ok(Contents { documents, list: Some(List { provider: ProviderId::Runpod, ids }) })
}

/// An endpoint, and whether it makes videos.
fn document(config: &Value) -> Result<(Document, bool), Unreadable> {
    let id = config.get("aiApiId").and_then(Value::as_str);
    let id = id.ok_or_else(|| Unreadable::not_a("aiApiId", "text"))?;
    let is_live = config.get("isLive").and_then(Value::as_bool);
    let is_live = is_live.ok_or_else(|| Unreadable::not_a("isLive", "true or false"))?;
    let state = if is_live { ("live", State::Live) } else { ("not live", State::Retired) };
    let (metadata, input) = (object(config, "metadata")?, object(config, "schema")?);
    let word = |name: &str| metadata.get(name).and_then(Value::as_str).unwrap_or_default();
    let facts = match input.pointer("/properties/input") {
        Some(_) => schema::facts(&input, "")?,
        None => schema::facts(&input, "input")?,
    };
    let title = config.get("displayName").and_then(Value::as_str);
    let document = Document {
        title: title.unwrap_or_default().to_owned(),
        status: Some((state.0.to_owned(), state.1)),
        facts,
        prices: prices::in_text(word("priceString"), ""),
        ..Document::new(Source::Configs, ProviderId::Runpod, id)
    };
    Ok((document, word("source").eq_ignore_ascii_case("video")))
}

/// An object, or the text of one; nothing counts as an empty one.
fn object<'a>(config: &'a Value, name: &str) -> Result<Cow<'a, Value>, Unreadable> {
    let value = match config.get(name) {
        None | Some(Value::Null) => Cow::Owned(Value::Object(serde_json::Map::new())),
        Some(Value::String(text)) => Cow::Owned(serde_json::from_str(text).unwrap_or(Value::Null)),
        Some(value) => Cow::Borrowed(value),
    };
    match value.is_object() {
        true => Ok(value),
        false => Err(Unreadable::not_a(name, "a JSON object")),
    }
}
