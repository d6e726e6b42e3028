//! JSON values: those of serde_json, and references to long strings.
//! May import nothing of this crate.
//! Must never know a type of the domain.

#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod lenient;
pub mod text;

pub use serde_json::{Number, Value};

/// An object, sorted by name.
pub type Object = serde_json::Map<String, Value>;
