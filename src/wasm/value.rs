//! JavaScript values as JSON values and back, by serde-wasm-bindgen.
//!
//! `pkg/src/core/values.ts` encodes the arguments: it marks what JSON cannot hold, keeps long strings in JavaScript
//! and limits depth and size, so that every value that arrives here is plain and bounded.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::json::Value;
use crate::request::UNREADABLE;

/// Reads an encoded value; `Null` if all of it is unreadable.
pub(super) fn from_js(js: JsValue) -> Value {
    let value: Value = serde_wasm_bindgen::from_value(js).unwrap_or_default();
    if value.get(UNREADABLE).is_some() {
        return Value::Null;
    }
    value
}

/// Plain objects and arrays without `undefined`. References to long strings stay as they are.
pub(super) fn to_js(value: &Value) -> JsValue {
    value
        .serialize(&Serializer::json_compatible())
        .unwrap_or(JsValue::NULL)
}
