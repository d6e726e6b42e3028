//! JavaScript values in, JavaScript values out. Long texts stay outside: see
//! [`crate::request::Text`].

use js_sys::{Array, ArrayBuffer, JsString, Object, Reflect};
use serde::Serialize;
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;

use crate::request::{DEEPEST, LONG, MARK, UNREADABLE, reference};

/// Nothing that is meant as a request or an answer holds more values, texts counted by length.
const MOST: u32 = 50_000;

/// A job's state holds what was read, a few levels further down.
const DEEPEST_OF_OURS: u32 = DEEPEST + 16;

/// Names of fields are short.
const LONGEST_NAME: u32 = 1_024;

// Getters and proxies may throw, and an exception must not cross the module's frames.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn entries(object: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_list(value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn items(list: &JsValue) -> Result<Array, JsValue>;
}

/// The long texts of one call.
#[derive(Default)]
pub(super) struct Outside {
    texts: Vec<JsString>,
    /// Values that may still be read, and the level below which none is.
    left: u32,
    deepest: u32,
}

impl Outside {
    /// Reads a value that may come from anyone. What JSON cannot hold is marked, not dropped; `Null`
    /// where the whole is unreadable.
    pub(super) fn read(&mut self, js: &JsValue) -> Value {
        self.read_most(js, MOST, DEEPEST)
    }

    /// Reads a value of our own writing, which holds what was read before.
    pub(super) fn read_own(&mut self, js: &JsValue) -> Value {
        self.read_most(js, 4 * MOST, DEEPEST_OF_OURS)
    }

    fn read_most(&mut self, js: &JsValue, most: u32, deepest: u32) -> Value {
        (self.left, self.deepest) = (most, deepest);
        let value = self.read_at(js, 0);
        if value.get(UNREADABLE).is_some() {
            return Value::Null;
        }
        value
    }

    fn read_at(&mut self, js: &JsValue, depth: u32) -> Value {
        // Cycles branch, and views have an entry for each byte: depth alone would not end them.
        if depth > self.deepest || !self.spend(1) {
            return unreadable("too_deep");
        }
        if js.is_null() || js.is_undefined() {
            Value::Null
        } else if let Some(text) = js.dyn_ref::<JsString>() {
            self.read_text(text)
        } else if let Some(number) = js.as_f64() {
            read_number(number)
        } else if let Some(boolean) = js.as_bool() {
            Value::Bool(boolean)
        } else if !js.is_object() || ArrayBuffer::is_view(js) {
            unreadable("not_data")
        } else {
            let read = match is_list(js) {
                Ok(true) => self.read_list(js, depth),
                Ok(false) => self.read_object(js, depth),
                Err(_) => None,
            };
            read.unwrap_or_else(|| unreadable("not_data"))
        }
    }

    fn spend(&mut self, values: u32) -> bool {
        let enough = self.left >= values;
        self.left = self.left.saturating_sub(values);
        enough
    }

    fn read_list(&mut self, js: &JsValue, depth: u32) -> Option<Value> {
        // A list with holes can be longer than any memory.
        let length = Reflect::get(js, &"length".into()).ok()?.as_f64()?;
        if length > f64::from(self.left) {
            return None;
        }
        let items = items(js).ok()?;
        let read = items.iter().map(|item| self.read_at(&item, depth + 1));
        Some(read.collect())
    }

    fn read_object(&mut self, js: &JsValue, depth: u32) -> Option<Value> {
        let mut map = Map::new();
        for entry in entries(js).ok()?.iter() {
            let entry = entry.unchecked_into::<Array>();
            let name = entry.get(0).unchecked_into::<JsString>();
            if name.length() > LONGEST_NAME {
                return None;
            }
            let name = String::from(name);
            if name == MARK || name == UNREADABLE {
                return None;
            }
            let value = entry.get(1);
            // An absent value is an absent field; null is kept, since a body may want it.
            if !value.is_undefined() {
                map.insert(name, self.read_at(&value, depth + 1));
            }
        }
        Some(Value::Object(map))
    }

    fn read_text(&mut self, text: &JsString) -> Value {
        let length = text.length();
        if !self.spend(length.min(LONG) / 64) {
            return unreadable("too_deep");
        }
        if length > LONG {
            let head = String::from(text.slice(0, LONG));
            let index = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            self.texts.push(text.clone());
            return reference(index, &head, length);
        }
        let copied = String::from(text);
        // A lone surrogate arrives as U+FFFD; a text may also hold that character itself.
        if copied.contains('\u{fffd}') && !text.is_valid_utf16() {
            return unreadable("lone_surrogate");
        }
        Value::String(copied)
    }

    /// Writes a value, and puts the long texts back.
    pub(super) fn write(&self, value: &Value) -> JsValue {
        let js = to_js(value);
        if self.texts.is_empty() {
            js
        } else {
            self.restore(js)
        }
    }

    fn restore(&self, js: JsValue) -> JsValue {
        let Some(object) = js.dyn_ref::<Object>() else {
            return js;
        };
        if let Ok(index) = Reflect::get(object, &MARK.into())
            && let Some(index) = index.as_f64()
            && let Some(text) = self.texts.get(index as usize)
        {
            return text.clone().into();
        }
        for name in Object::keys(object).iter() {
            if let Ok(inner) = Reflect::get(object, &name)
                && inner.is_object()
            {
                // Both are plain objects of our own making, which never refuse.
                let _ = Reflect::set(object, &name, &self.restore(inner));
            }
        }
        js
    }
}

/// Plain objects and arrays, `undefined` nowhere.
///
/// All goes through [`Value`]: a second serialiser for each type would double their code.
pub(super) fn to_js(value: &Value) -> JsValue {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .unwrap_or(JsValue::NULL)
}

fn read_number(number: f64) -> Value {
    if !number.is_finite() {
        return unreadable("not_finite");
    }
    let whole = number.trunc() == number && number.abs() < 9_007_199_254_740_992.0;
    if whole {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

fn unreadable(code: &str) -> Value {
    let mut map = Map::new();
    map.insert(UNREADABLE.to_owned(), code.into());
    Value::Object(map)
}
