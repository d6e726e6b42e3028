//! Model definitions that a caller adds at run time. They are read and validated like all external input.

use crate::json::Value;

use super::{Catalog, Model, validate};
use crate::codec::{Codec, DecodeError, Expected};
use crate::issue::{Code, Issue};
use crate::json::text::join;

/// Models that a caller may add.
const MAX_MODELS: usize = 200;

impl Catalog {
    /// Every model: `[{ id, name, creator, listings }]`.
    pub fn to_json(&self) -> Value {
        self.models().map(Codec::write).collect()
    }

    /// The catalog with a caller's models, in the form of [`Catalog::to_json`]. A model with a known id
    /// replaces the built-in one. Their prices have the basis `custom`.
    ///
    /// # Errors
    ///
    /// Every definition that cannot be read or contradicts itself; paths begin with `models`.
    pub fn read(models: &Value) -> Result<Self, Vec<Issue>> {
        let is_allowed = |models: &&Vec<Value>| models.len() <= MAX_MODELS;
        let Some(models) = models.as_array().filter(is_allowed) else {
            let message = "`models` must be a list of at most 200 models.";
            return Err(vec![*Issue::error("models", Code::InvalidType, message)]);
        };
        let mut added: Vec<Model> = Vec::new();
        let mut issues = Vec::new();
        for (at, definition) in models.iter().enumerate() {
            let mut model = Model::default_value();
            if let Err(error) = model.decode_into(definition) {
                issues.push(decode_issue(at, &error));
                continue;
            }
            if added.iter().any(|other| other.id == model.id) {
                let message = "Another model has this id. Use a different one.";
                issues.push(Issue::error("id", Code::Conflict, message).in_model(at));
            }
            issues.extend(validate(&model).into_iter().map(|issue| issue.in_model(at)));
            added.push(model);
        }
        if issues.is_empty() { Ok(Catalog { added }) } else { Err(issues) }
    }
}

impl Issue {
    /// The same issue, with the model's place in the list.
    fn in_model(mut self, at: usize) -> Self {
        self.path = format!("models.{at}.{}", self.path);
        self
    }
}

/// Why a definition cannot be read.
fn decode_issue(at: usize, error: &DecodeError) -> Issue {
    let mut path = format!("models.{at}");
    for name in error.path.iter().rev() {
        path.push('.');
        path.push_str(name);
    }
    let (code, message, words) = match error.expected {
        Expected::Kind(kind) => (Code::InvalidType, format!("`{path}` must be {kind}."), &[][..]),
        Expected::Word(words) => {
            let message = format!("`{path}` must be one of: {}.", join(words, ", "));
            (Code::InvalidType, message, words)
        }
        Expected::Names(names) => {
            let message = format!("Unrecognized field. Use one of: {}.", join(names, ", "));
            (Code::UnrecognizedField, message, names)
        }
    };
    *Issue::error(path, code, message)
        .allowed(words.iter().map(|word| Value::from(*word)).collect())
}
