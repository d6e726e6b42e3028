//! Rows that a caller brings at run time: read like everything from outside, and audited.

use crate::json::Value;

use super::{Catalog, Model, audit};
use crate::codec::{Codec, DecodeError, Expected};
use crate::issue::{Code, Issue};

/// Models that one caller may add.
const MOST_MODELS: usize = 200;

/// Every model: `[{ id, name, creator, listings }]`.
pub fn describe(catalog: &Catalog) -> Value {
    catalog.models().map(Codec::write).collect()
}

impl Catalog {
    /// The catalog with a caller's rows, in the form of `models()`: a model of a known id takes the
    /// place of ours. Their prices are the caller's word.
    ///
    /// # Errors
    ///
    /// Every row that cannot be read, or contradicts itself; paths begin with `catalog`.
    pub fn read(rows: &Value) -> Result<Self, Vec<Issue>> {
        let Some(rows) = rows.as_array().filter(|rows| rows.len() <= MOST_MODELS) else {
            let message = "`catalog` must be a list of at most 200 models.";
            return Err(vec![Issue::error("models", Code::InvalidType, message)]);
        };
        let mut added: Vec<Model> = Vec::new();
        let mut issues = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let mut model = Model::default_value();
            if let Err(wrong) = model.decode_into(row) {
                issues.push(misread(at, &wrong));
                continue;
            }
            if added.iter().any(|other| other.id == model.id) {
                let message = "Another row has this id.";
                issues.push(Issue::error("id", Code::Conflict, message).of_row(at));
            }
            issues.extend(audit(&model).into_iter().map(|issue| issue.of_row(at)));
            added.push(model);
        }
        if issues.is_empty() {
            Ok(Catalog { added })
        } else {
            Err(issues)
        }
    }
}

impl Issue {
    /// The issue of a model, told of the list that it stands in.
    fn of_row(mut self, at: usize) -> Self {
        self.path = format!("models.{at}.{}", self.path);
        self
    }
}

/// Why a row cannot be read.
fn misread(at: usize, wrong: &DecodeError) -> Issue {
    let mut path = format!("models.{at}");
    for name in wrong.path.iter().rev() {
        path.push('.');
        path.push_str(name);
    }
    let (code, message, words) = match wrong.expected {
        Expected::Kind(kind) => (
            Code::InvalidType,
            format!("`{path}` must be {kind}."),
            &[][..],
        ),
        Expected::Word(words) => {
            let message = format!("`{path}` must be one of: {}.", words.join(", "));
            (Code::InvalidType, message, words)
        }
        Expected::Names(names) => {
            let message = format!("A row has these names here: {}.", names.join(", "));
            (Code::UnrecognizedField, message, names)
        }
    };
    Issue::error(path, code, message).allowed(words.iter().map(|word| Value::from(*word)))
}
