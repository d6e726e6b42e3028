//! Models and listings as data: who offers what, with which parameters, at what price. Validation, pricing
//! and encoding interpret it. `catalog/` at the root of the repository has the built-in definitions, one file a model;
//! `custom` reads a caller's.
//!
//! May import the vocabulary and `crate::codec`. Must never contain a model.

mod built_in;
mod custom;
mod definition;

pub use built_in::{MODELS, typical_duration_ms};
pub use definition::{
    Choice, Evidence, ImageType, Kind, List, Listing, MediaForm, Mode, Model, Note, Param, Per,
    Rate, Rule, Scalar, Size, State, Status, Str, When, pack, read_listed, read_model, unpack,
    validate,
};

use crate::issue::Issue;

/// The built-in models, and those that a caller adds or replaces.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    added: Vec<Model>,
    issues: Vec<Issue>,
}

/// Only the built-in models.
pub static BUILT_IN: Catalog = Catalog { added: Vec::new(), issues: Vec::new() };

impl Catalog {
    /// Why entries of a catalog document are left out: warnings, with paths that begin with `models`.
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// Every model. A caller's model replaces a built-in one with the same id.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        let is_added = |model: &&Model| self.added.iter().any(|added| added.id == model.id);
        let mut models: Vec<&Model> = self.added.iter().collect();
        models.extend(MODELS.iter().filter(|model| !is_added(model)));
        models.into_iter()
    }

    /// The listings of every model.
    pub(crate) fn listings(&self) -> impl Iterator<Item = &Listing> {
        self.models().flat_map(|model| model.listings.iter())
    }

    /// The model with this id.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models().find(|model| model.id == id)
    }
}
