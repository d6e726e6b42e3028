//! JSON in memory: serde_json's tree on every target, and text that may be long.

pub mod text;

pub use serde_json::{Number, Value};

/// An object, sorted by its names.
pub type Object = serde_json::Map<String, Value>;
