//! Models that a caller adds at run time: definitions of its own, or a newer catalog. They are read and validated like
//! all external input.

use crate::json::Value;

use super::definition::is_date;
use super::{Catalog, Model, read_listed, read_model};
use crate::codec::Codec;
use crate::issue::{Code, Issue, Severity};

/// Models that a caller may add.
const MAX_MODELS: usize = 200;
/// Models of a catalog document.
const MAX_LISTED_MODELS: usize = 2_000;
/// The version of a catalog document.
const DOCUMENT_VERSION: u64 = 1;

impl Catalog {
    /// Every model: `[{ id, name, creator, listings }]`.
    pub fn to_json(&self) -> Value {
        self.models().map(Codec::write).collect()
    }

    /// The catalog with a caller's models: a list in the form of [`Catalog::to_json`], or a catalog document,
    /// `{ version: 1, date, models }`. A model with a known id replaces the built-in one.
    ///
    /// The prices of a list have the basis `custom`. A document's have their own, and an entry that cannot be read or
    /// contradicts itself is left out: [`Catalog::issues`] says why.
    ///
    /// # Errors
    ///
    /// Every definition of a list that cannot be read or contradicts itself; why a document cannot be read. Paths begin
    /// with `models`.
    pub fn read(models: &Value) -> Result<Self, Vec<Issue>> {
        let is_document =
            ["version", "date", "models"].iter().any(|name| models.get(name).is_some());
        if is_document { read_document(models) } else { read_list(models) }
    }
}

fn read_list(models: &Value) -> Result<Catalog, Vec<Issue>> {
    let is_allowed = |models: &&Vec<Value>| models.len() <= MAX_MODELS;
    let Some(models) = models.as_array().filter(is_allowed) else {
        let message = "`models` must be a list of at most 200 models, or a catalog document.";
        return Err(vec![*Issue::error("models", Code::InvalidType, message)]);
    };
    let mut catalog = Catalog::default();
    for (index, definition) in models.iter().enumerate() {
        catalog.add(format!("models.{index}"), definition, read_model);
    }
    if catalog.issues.is_empty() { Ok(catalog) } else { Err(catalog.issues) }
}

fn read_document(document: &Value) -> Result<Catalog, Vec<Issue>> {
    let error = |path, code, message| Err(vec![*Issue::error(path, code, message)]);
    if document.get("version").and_then(Value::as_u64) != Some(DOCUMENT_VERSION) {
        let message =
            "This catalog has another version than 1. Update filmgate, or use an older catalog.";
        return error("models.version", Code::InvalidValue, message);
    }
    if !document.get("date").and_then(Value::as_str).is_some_and(is_date) {
        let message = "A catalog requires its day, such as `2026-08-20`.";
        return error("models.date", Code::InvalidFormat, message);
    }
    let is_allowed = |models: &&Vec<Value>| models.len() <= MAX_LISTED_MODELS;
    let Some(models) = document.get("models").and_then(Value::as_array).filter(is_allowed) else {
        let message = "A catalog requires a list of at most 2,000 models.";
        return error("models.models", Code::InvalidType, message);
    };
    let mut catalog = Catalog::default();
    for (index, definition) in models.iter().enumerate() {
        let known = catalog.issues.len();
        catalog.add(format!("models.models.{index}"), definition, read_listed);
        let id = definition.get("id").and_then(Value::as_str).unwrap_or("A model");
        for issue in catalog.issues.iter_mut().skip(known) {
            issue.severity = Severity::Warning;
            issue.message = format!("`{id}` is left out of the catalog. {}", issue.message);
        }
    }
    Ok(catalog)
}

impl Catalog {
    /// Adds a definition, or why it is not valid.
    fn add(
        &mut self,
        at: String,
        definition: &Value,
        read: fn(&Value, &str) -> Result<Model, Vec<Issue>>,
    ) {
        match read(definition, &at) {
            Ok(model) if self.added.iter().any(|other| other.id == model.id) => {
                let message = "Another model has this id. Use a different one.";
                self.issues.push(*Issue::error(format!("{at}.id"), Code::Conflict, message));
            }
            Ok(model) => self.added.push(model),
            Err(issues) => self.issues.extend(issues),
        }
    }
}
