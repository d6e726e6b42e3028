//! A JSON tree for the module: as much of serde_json's as the crate uses, under the same names.

use std::fmt;
use std::slice::{Iter, IterMut};

/// A JSON value.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

/// A number: whole where it was given so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// Any other, which is finite.
    Float(f64),
}

/// An object, sorted by its names. There are few of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(Vec<(String, Value)>);

impl Value {
    /// The entry of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_object()?.get(name)
    }

    /// The entry of that name.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.as_object_mut()?.get_mut(name)
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether it is a list.
    pub fn is_array(&self) -> bool {
        matches!(self, Value::Array(_))
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Value::Object(_))
    }

    /// What it is where it is `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(yes) => Some(*yes),
            _ => None,
        }
    }

    /// The whole number that it is.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Number(Number::Whole(number)) => Some(*number),
            _ => None,
        }
    }

    /// The whole number that it is, from 0 up.
    pub fn as_u64(&self) -> Option<u64> {
        u64::try_from(self.as_i64()?).ok()
    }

    /// The number that it is.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Number(Number::Whole(number)) => Some(*number as f64),
            Value::Number(Number::Float(number)) => Some(*number),
            _ => None,
        }
    }

    /// The text that it is.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The list that it is.
    pub fn as_array(&self) -> Option<&Vec<Value>> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The list that it is.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The object that it is.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The object that it is.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }
}

impl Object {
    /// Without entries.
    pub const fn new() -> Self {
        Object(Vec::new())
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the name stands, or belongs.
    #[inline(never)]
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(other, _)| other.as_str().cmp(name))
    }

    /// The entry of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let (_, value) = self.0.get(self.place(name).ok()?)?;
        Some(value)
    }

    /// The entry of that name.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let at = self.place(name).ok()?;
        let (_, value) = self.0.get_mut(at)?;
        Some(value)
    }

    /// Whether there is an entry of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Sets an entry; what it was before.
    #[inline(never)]
    pub fn insert(&mut self, name: String, value: Value) -> Option<Value> {
        match self.place(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0.get_mut(at)?.1, value)),
            Err(at) => {
                self.0.insert(at, (name, value));
                None
            }
        }
    }

    /// Takes an entry out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.place(name).ok()?;
        Some(self.0.remove(at).1)
    }

    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Names and values.
    pub fn iter(&self) -> Entries<'_> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Names and values.
    pub fn iter_mut(&mut self) -> IterMut<'_, (String, Value)> {
        self.0.iter_mut()
    }
}

type Entries<'a> =
    std::iter::Map<Iter<'a, (String, Value)>, fn(&'a (String, Value)) -> (&'a String, &'a Value)>;

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a String, &'a Value);
    type IntoIter = Entries<'a>;

    fn into_iter(self) -> Entries<'a> {
        self.iter()
    }
}

macro_rules! from {
    ($($from:ty: $value:ident => $into:expr,)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        })*
    };
}

from! {
    bool: yes => Value::Bool(yes),
    u8: number => Value::from(i64::from(number)),
    u16: number => Value::from(i64::from(number)),
    u32: number => Value::from(i64::from(number)),
    i32: number => Value::from(i64::from(number)),
    i64: number => Value::Number(Number::Whole(number)),
    u64: number => match i64::try_from(number) {
        Ok(whole) => Value::from(whole),
        Err(_) => Value::from(number as f64),
    },
    f64: number => if number.is_finite() {
        Value::Number(Number::Float(number))
    } else {
        Value::Null
    },
    &str: text => Value::String(text.to_owned()),
    String: text => Value::String(text),
    Vec<Value>: items => Value::Array(items),
    Object: object => Value::Object(object),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(given: Option<T>) -> Self {
        given.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Value::Array(gather(&mut items.into_iter().map(Into::into)))
    }
}

/// One loop for the lists of all types.
#[inline(never)]
fn gather(items: &mut dyn Iterator<Item = Value>) -> Vec<Value> {
    items.collect()
}

/// A million: amounts in dollars have six digits behind the point at most.
const MICRO: f64 = 1e6;
/// Up to here each whole number is a float of its own.
const MOST: f64 = 9_007_199_254_740_992.0;

impl fmt::Display for Number {
    /// As JSON. Amounts and other short fractions are written out: the quotient of two whole numbers is
    /// what their text is read as again.
    #[expect(
        clippy::float_arithmetic,
        reason = "compared with the number, which stays as it is"
    )]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match self {
            Number::Whole(whole) => return write!(f, "{whole}"),
            Number::Float(number) => *number,
        };
        let micros = (number * MICRO).round();
        if micros.abs() >= MOST || micros / MICRO != number {
            return f.write_str(&float_text(number));
        }
        let sign = if number < 0.0 { "-" } else { "" };
        let digits = format!("{:07}", micros.abs() as u64);
        let (whole, fraction) = digits.split_at(digits.len() - 6);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

/// The text of any float. JavaScript has a printer of its own.
fn float_text(number: f64) -> String {
    #[cfg(target_arch = "wasm32")]
    return crate::wasm::float_text(number);
    #[cfg(not(target_arch = "wasm32"))]
    number.to_string()
}
