//! Plain data: our types as JSON values and back, by tables that a macro writes.
//!
//! serde's derived readers and writers do the same, but cost the module a third of its bytes (the
//! catalogue's rows, which the module only writes, use them). An absent field and a null are one.

use serde_json::{Map, Value};

use crate::price::Usd;

/// A type that is plain data.
pub trait Plain: Sized {
    /// As JSON.
    fn write(&self) -> Value;
    /// From JSON; `None` where it is not of this form.
    fn read(value: &Value) -> Option<Self>;
}

/// An object of the entries that are not null.
pub(crate) fn object<const N: usize>(mut entries: [(&str, Value); N]) -> Value {
    collect(&mut entries)
}

fn collect(entries: &mut [(&str, Value)]) -> Value {
    let mut map = Map::new();
    for (name, value) in entries {
        if !value.is_null() {
            map.insert((*name).to_owned(), value.take());
        }
    }
    Value::Object(map)
}

/// The entry of that name, or null.
pub(crate) fn entry<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// Makes a struct plain: its fields, each with its name in JSON; `skip` are made afresh on reading.
macro_rules! plain {
    ($type:ident { $($field:ident = $name:literal),* $(,)? } $(skip $($skipped:ident),*)?) => {
        impl $crate::plain::Plain for $type {
            fn write(&self) -> serde_json::Value {
                $crate::plain::object([$(($name, $crate::plain::Plain::write(&self.$field))),*])
            }

            fn read(value: &serde_json::Value) -> Option<Self> {
                value.as_object()?;
                Some($type {
                    $($field: $crate::plain::Plain::read($crate::plain::entry(value, $name))?,)*
                    $($($skipped: Default::default(),)*)?
                })
            }
        }
        $crate::plain::through_value!($type);
    };
}

/// Makes an enum of bare names plain: each variant, and its word.
macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        #[allow(unreachable_pub, reason = "some of the types are private")]
        impl $type {
            /// Its word in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word,)* }
            }
        }

        impl $crate::plain::Plain for $type {
            fn write(&self) -> serde_json::Value {
                self.as_str().into()
            }

            fn read(value: &serde_json::Value) -> Option<Self> {
                const ALL: &[$type] = &[$($type::$variant),*];
                let word = value.as_str()?;
                ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
        $crate::plain::through_value!($type);
    };
}

/// The same form for serde, so that native users keep our types with whatever they use.
macro_rules! through_value {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::plain::Plain::write(self).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let value = <serde_json::Value as serde::Deserialize>::deserialize(from)?;
                $crate::plain::Plain::read(&value)
                    .ok_or_else(|| serde::de::Error::custom(concat!("not a ", stringify!($type))))
            }
        }
    };
}

pub(crate) use {plain, through_value, words};

impl Plain for bool {
    fn write(&self) -> Value {
        (*self).into()
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Plain for String {
    fn write(&self) -> Value {
        self.as_str().into()
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Plain for Value {
    fn write(&self) -> Value {
        self.clone()
    }

    fn read(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl Plain for Usd {
    fn write(&self) -> Value {
        self.0.into()
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_i64().map(Usd)
    }
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(impl Plain for $type {
            fn write(&self) -> Value {
                (*self).into()
            }

            fn read(value: &Value) -> Option<Self> {
                match value.as_u64() {
                    Some(number) => number.try_into().ok(),
                    None => value.as_i64()?.try_into().ok(),
                }
            }
        })*
    };
}

integers!(u8 u16 i32 u32 u64 i64);

impl<T: Plain> Plain for Option<T> {
    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, Plain::write)
    }

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() {
            Some(None)
        } else {
            T::read(value).map(Some)
        }
    }
}

impl<T: Plain> Plain for Box<T> {
    fn write(&self) -> Value {
        self.as_ref().write()
    }

    fn read(value: &Value) -> Option<Self> {
        T::read(value).map(Box::new)
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn write(&self) -> Value {
        if self.is_empty() {
            Value::Null
        } else {
            self.iter().map(Plain::write).collect()
        }
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Vec::new()),
            Value::Array(items) => items.iter().map(T::read).collect(),
            _ => None,
        }
    }
}
