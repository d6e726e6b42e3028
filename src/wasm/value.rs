//! JavaScript values in, JavaScript values out. Long texts stay outside: see
//! [`crate::request::Text`].

use js_sys::{Array, JsString, Object, Reflect};
use serde::Serialize;
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;

use crate::request::{LONG, MARK, UNREADABLE, reference};

/// Nothing that is meant as a request or an answer nests deeper.
const DEEPEST: u32 = 48;

#[wasm_bindgen]
extern "C" {
    /// Getters and proxies may throw, and an exception must not cross the module's frames.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn entries(object: &JsValue) -> Result<Array, JsValue>;
}

/// The long texts of one call.
#[derive(Default)]
pub(super) struct Outside {
    texts: Vec<JsString>,
}

impl Outside {
    /// Reads a value that may come from anyone. What JSON cannot hold is marked, not dropped.
    pub(super) fn read(&mut self, js: &JsValue) -> Value {
        self.read_at(js, 0)
    }

    fn read_at(&mut self, js: &JsValue, depth: u32) -> Value {
        if js.is_null() || js.is_undefined() {
            Value::Null
        } else if let Some(text) = js.dyn_ref::<JsString>() {
            self.read_text(text)
        } else if let Some(number) = js.as_f64() {
            read_number(number)
        } else if let Some(boolean) = js.as_bool() {
            Value::Bool(boolean)
        } else if depth > DEEPEST {
            unreadable("too_deep")
        } else if Array::is_array(js) {
            let items = js.unchecked_ref::<Array>();
            items
                .iter()
                .map(|item| self.read_at(&item, depth + 1))
                .collect()
        } else if js.is_object() {
            self.read_object(js, depth)
        } else {
            unreadable("not_data")
        }
    }

    fn read_object(&mut self, js: &JsValue, depth: u32) -> Value {
        let Ok(entries) = entries(js) else {
            return unreadable("not_data");
        };
        let mut map = Map::new();
        for entry in entries.iter() {
            let entry = entry.unchecked_into::<Array>();
            let name = String::from(entry.get(0).unchecked_into::<JsString>());
            if name == MARK || name == UNREADABLE {
                return unreadable("reserved");
            }
            let value = entry.get(1);
            // An absent value is an absent field; null is kept, since a body may want it.
            if !value.is_undefined() {
                map.insert(name, self.read_at(&value, depth + 1));
            }
        }
        Value::Object(map)
    }

    fn read_text(&mut self, text: &JsString) -> Value {
        let length = text.length();
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
