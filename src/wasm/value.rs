//! Values at the boundary: arguments as bytes, results as plain objects by serde-wasm-bindgen.
//!
//! `pkg/src/core/values.ts` encodes the arguments: it marks what JSON cannot hold, keeps long strings in JavaScript
//! and limits depth and size. `pkg/src/core/pack.ts` makes bytes of them.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_val;

use crate::codec::pack::unpack;
use crate::json::{Number, Value};
use crate::request::UNREADABLE;

/// Reads an argument; `Null` if all of it is unreadable.
pub(super) fn read(packed: &[u8]) -> Value {
    readable(unpack(packed).unwrap_or_default())
}

/// Takes a field out of an argument; `Null` if all of it is unreadable.
pub(super) fn take(argument: &mut Value, name: &str) -> Value {
    argument.get_mut(name).map_or(Value::Null, |value| readable(value.take()))
}

fn readable(value: Value) -> Value {
    if value.get(UNREADABLE).is_some() { Value::Null } else { value }
}

/// Plain objects and arrays without `undefined`. References to long strings stay as they are.
pub(super) fn to_js(value: &Value) -> JsValue {
    let write = |value: &Value| value.serialize(&Serializer::json_compatible());
    // serde-wasm-bindgen rejects integers beyond ±(2^53 − 1), which no result should have. The rest of a result
    // with one is not lost.
    write(value)
        .or_else(|_| {
            let mut rounded = value.clone();
            round_integers(&mut rounded);
            write(&rounded)
        })
        .unwrap_or_else(|error| throw_val(error.into()))
}

/// Turns integers into floats, which rounds those that JavaScript cannot hold.
fn round_integers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(float) = number.as_f64().and_then(Number::from_f64) {
                *number = float;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(round_integers),
        Value::Object(map) => map.values_mut().for_each(round_integers),
        _ => {}
    }
}
