//! JSON in memory: serde_json's tree, and where the crate is compiled for JavaScript, one of the same
//! names of its own.
//!
//! The module reads and writes no JSON text but its own, and an object of it has ten fields: a sorted
//! list does for a map. That, and a tree without serde, a parser or a printer of floats, makes the
//! module smaller by a fifth. `tests/json_tree.rs` holds the two against each other.

pub mod text;
#[cfg(target_arch = "wasm32")]
mod tree;

#[cfg(target_arch = "wasm32")]
pub use tree::{Number, Object, Value};

#[cfg(not(target_arch = "wasm32"))]
pub use serde_json::{Number, Value};

/// An object, sorted by its names.
#[cfg(not(target_arch = "wasm32"))]
pub type Object = serde_json::Map<String, Value>;
