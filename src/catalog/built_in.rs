//! The built-in models: `catalog/*.json`, packed by the crate's build script and unpacked at the first use.

use std::sync::LazyLock;

use super::definition::{DEFAULT_TYPICAL_MS, Model, unpack};
use crate::handle::Handle;

/// Every built-in model.
pub static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| unpack(TABLE, TEXTS));

#[cfg(not(filmgate_without_models))]
const TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));
#[cfg(not(filmgate_without_models))]
const TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.txt"));

/// None: `npm run size:catalog` builds this to measure the size of the definitions.
#[cfg(filmgate_without_models)]
const TABLE: &[u8] = &[0];
#[cfg(filmgate_without_models)]
const TEXTS: &str = "";

/// Typical time to generate a video of the handle's listing, in milliseconds.
pub fn typical_duration_ms(handle: &Handle) -> u32 {
    MODELS
        .iter()
        .flat_map(|model| model.listings.iter())
        .filter(|listing| listing.provider == handle.provider)
        .find(|listing| listing.provider_model_id == handle.provider_model_id)
        .map_or(DEFAULT_TYPICAL_MS, |listing| listing.typical_duration_ms)
}
