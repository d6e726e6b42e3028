//! JavaScript values in, JavaScript values out, by serde-wasm-bindgen.
//!
//! `pkg/src/core/values.ts` prepares what comes in: it marks what JSON cannot hold, keeps long strings
//! outside and limits depth and size, so that every value that arrives here is plain and bounded.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::json::Value;
use crate::request::UNREADABLE;

/// Reads a prepared value; `Null` if the whole is unreadable.
pub(super) fn from_js(js: JsValue) -> Value {
    let value: Value = serde_wasm_bindgen::from_value(js).unwrap_or_default();
    if value.get(UNREADABLE).is_some() {
        return Value::Null;
    }
    value
}

/// Plain objects and arrays, `undefined` nowhere. References to long strings stay what they are.
pub(super) fn to_js(value: &Value) -> JsValue {
    value
        .serialize(&Serializer::json_compatible())
        .unwrap_or(JsValue::NULL)
}
