//! Our types as JSON values and back, by tables that a macro writes.
//!
//! Every field goes through one function by a trait object, and a value that is not of its form is named by its
//! path, which serde does not tell. Derived readers and writers cost the module 13 kB after Brotli more
//! (`docs/size.md`). An absent field and a null are one.

use crate::json::{Object, Value};

/// A type that is plain data, with its form in JSON.
pub trait Codec {
    /// As JSON.
    fn write(&self) -> Value;
    /// Becomes what the JSON says.
    ///
    /// # Errors
    ///
    /// The first place that is not of this form.
    fn decode_into(&mut self, value: &Value) -> DecodeResult;
    /// What it is before it is filled.
    fn default_value() -> Self
    where
        Self: Sized;
    /// From JSON; `None` where it is not of this form.
    fn read(value: &Value) -> Option<Self>
    where
        Self: Sized,
    {
        let mut read = Self::default_value();
        read.decode_into(value).ok().map(|()| read)
    }
}

/// Whether a value was of the form that is wanted.
pub type DecodeResult = Result<(), Box<DecodeError>>;

/// A place that is not of the form that is wanted.
#[derive(Debug)]
pub struct DecodeError {
    /// The names on the way to it, the innermost one first.
    pub(crate) path: Vec<String>,
    /// What it must be.
    pub(crate) expected: Expected,
}

/// What a place must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// The same in words.
    Kind(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// An object with none but these names.
    Names(&'static [&'static str]),
}

/// The fault of a value that is something else.
#[inline(never)]
pub(crate) fn decode_error(wanted: Expected) -> Box<DecodeError> {
    let path = Vec::new();
    Box::new(DecodeError {
        path,
        expected: wanted,
    })
}

/// The fault of a value that is not what these words say.
pub(crate) fn expected(wanted: &'static str) -> Box<DecodeError> {
    decode_error(Expected::Kind(wanted))
}

/// The fault, seen from one level further up.
pub(crate) fn at_field(name: &str, fill: DecodeResult) -> DecodeResult {
    fill.map_err(|mut fault| {
        fault.path.push(name.to_owned());
        fault
    })
}

/// A text that is not one of the names of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnknownName;

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("The text is not one of the known names.")
    }
}

impl std::error::Error for UnknownName {}

/// An object in the making. What is null is left out.
pub(crate) struct Writer(Object);

impl Writer {
    pub(crate) fn new() -> Self {
        Writer(Object::new())
    }

    #[inline(never)]
    pub(crate) fn put(&mut self, name: &str, value: &dyn Codec) {
        self.set(name, value.write());
    }

    #[inline(never)]
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        if !value.is_null() {
            self.0.insert(name.to_owned(), value);
        }
    }

    pub(crate) fn end(self) -> Value {
        Value::Object(self.0)
    }
}

/// The fields of an object that is read, up to the first that is wrong.
pub(crate) struct Reader<'a> {
    object: &'a Value,
    fill: DecodeResult,
}

impl<'a> Reader<'a> {
    /// Any names.
    pub(crate) fn new(object: &'a Value) -> Self {
        let fill = object.as_object().map(|_| ());
        Reader {
            object,
            fill: fill.ok_or_else(|| expected("an object")),
        }
    }

    /// None but these names.
    pub(crate) fn only(object: &'a Value, names: &'static [&'static str]) -> Self {
        let mut reader = Reader::new(object);
        let mut given = object.as_object().into_iter().flat_map(Object::keys);
        if given.any(|name| !names.contains(&name.as_str())) {
            reader.fill = Err(decode_error(Expected::Names(names)));
        }
        reader
    }

    #[inline(never)]
    pub(crate) fn take(&mut self, name: &str, field: &mut dyn Codec) {
        if self.fill.is_ok() {
            self.fill = at_field(name, field.decode_into(entry(self.object, name)));
        }
    }

    /// A field that stays what it is where nothing is given.
    #[inline(never)]
    pub(crate) fn may_take(&mut self, name: &str, field: &mut dyn Codec) {
        if !entry(self.object, name).is_null() {
            self.take(name, field);
        }
    }

    pub(crate) fn end(self) -> DecodeResult {
        self.fill
    }
}

/// The entry of that name, or null.
pub(crate) fn entry<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// An object of plain fields (`name: field`) and of values (`name => value`) that are not null.
macro_rules! object {
    ($($entries:tt)*) => {{
        let mut object = $crate::codec::Writer::new();
        $crate::codec::entries!(object $($entries)*);
        object.end()
    }};
}

macro_rules! entries {
    ($object:ident) => {};
    ($object:ident $name:literal: $field:expr $(, $($rest:tt)*)?) => {
        $object.put($name, &$field);
        $crate::codec::entries!($object $($($rest)*)?);
    };
    ($object:ident $name:literal => $value:expr $(, $($rest:tt)*)?) => {
        $object.set($name, $value);
        $crate::codec::entries!($object $($($rest)*)?);
    };
}

/// Makes a struct plain: its fields, each with its name in JSON; `skip` are made afresh on reading.
macro_rules! codec {
    ($type:ident { $($field:ident = $name:literal),* $(,)? } $(skip $($skipped:ident),*)?) => {
        impl $crate::codec::Codec for $type {
            fn write(&self) -> $crate::json::Value {
                let mut object = $crate::codec::Writer::new();
                $(object.put($name, &self.$field);)*
                object.end()
            }

            fn decode_into(&mut self, value: &$crate::json::Value) -> $crate::codec::DecodeResult {
                let mut object = $crate::codec::Reader::new(value);
                $(object.take($name, &mut self.$field);)*
                object.end()
            }

            fn default_value() -> Self {
                $type {
                    $($field: $crate::codec::Codec::default_value(),)*
                    $($($skipped: Default::default(),)*)?
                }
            }
        }
        $crate::codec::serde_via_value!($type);
    };
}

/// Makes an enum of bare names plain: each variant, and its word.
macro_rules! string_enum {
    ($type:ident { $first:ident = $word:literal $(, $variant:ident = $other:literal)* $(,)? }) => {
        #[allow(unreachable_pub, reason = "some of the types are private")]
        impl $type {
            /// Its word in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $type::$first => $word, $($type::$variant => $other,)* }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::codec::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $word => Ok($type::$first),
                    $($other => Ok($type::$variant),)*
                    _ => Err($crate::codec::UnknownName),
                }
            }
        }

        impl $crate::codec::Codec for $type {
            fn write(&self) -> $crate::json::Value {
                self.as_str().into()
            }

            fn decode_into(&mut self, value: &$crate::json::Value) -> $crate::codec::DecodeResult {
                const ALL: &[$type] = &[$type::$first, $($type::$variant),*];
                let at = $crate::codec::index_of(value, &[$word, $($other),*])?;
                *self = *ALL.get(at).unwrap_or(self);
                Ok(())
            }

            fn default_value() -> Self {
                $type::$first
            }
        }
        $crate::codec::serde_via_value!($type);
    };
}

/// The place of a text among words.
pub(crate) fn index_of(
    value: &Value,
    words: &'static [&'static str],
) -> Result<usize, Box<DecodeError>> {
    let word = value.as_str();
    let at = words.iter().position(|one| Some(*one) == word);
    at.ok_or_else(|| decode_error(Expected::Word(words)))
}

/// The same form for serde, so that native users keep our types with whatever they use.
macro_rules! serde_via_value {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::codec::Codec::write(self).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let value = <$crate::json::Value as serde::Deserialize>::deserialize(from)?;
                $crate::codec::Codec::read(&value)
                    .ok_or_else(|| serde::de::Error::custom(concat!("not a ", stringify!($type))))
            }
        }
    };
}

pub(crate) use {codec, entries, object, serde_via_value, string_enum};

/// Sets a place to what was read, if that is anything.
fn put<T>(place: &mut T, read: Option<T>, wanted: &'static str) -> DecodeResult {
    *place = read.ok_or_else(|| expected(wanted))?;
    Ok(())
}

impl Codec for bool {
    fn write(&self) -> Value {
        (*self).into()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        put(self, value.as_bool(), "true or false")
    }

    fn default_value() -> Self {
        false
    }
}

impl Codec for String {
    fn write(&self) -> Value {
        self.as_str().into()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        put(self, value.as_str().map(str::to_owned), "text")
    }

    fn default_value() -> Self {
        String::new()
    }
}

impl Codec for Value {
    fn write(&self) -> Value {
        self.clone()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        self.clone_from(value);
        Ok(())
    }

    fn default_value() -> Self {
        Value::Null
    }
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(impl Codec for $type {
            fn write(&self) -> Value {
                (*self).into()
            }

            fn decode_into(&mut self, value: &Value) -> DecodeResult {
                let number = match value.as_u64() {
                    Some(number) => number.try_into().ok(),
                    None => value.as_i64().and_then(|number| number.try_into().ok()),
                };
                put(self, number, "a whole number in its limits")
            }

            fn default_value() -> Self {
                0
            }
        })*
    };
}

integers!(u8 u16 i32 u32 u64 i64);

impl<T: Codec> Codec for Option<T> {
    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, Codec::write)
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        *self = None;
        if value.is_null() {
            return Ok(());
        }
        self.insert(T::default_value()).decode_into(value)
    }

    fn default_value() -> Self {
        None
    }
}

impl<T: Codec> Codec for Box<T> {
    fn write(&self) -> Value {
        self.as_ref().write()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        self.as_mut().decode_into(value)
    }

    fn default_value() -> Self {
        Box::new(T::default_value())
    }
}

impl<T: Codec> Codec for Vec<T> {
    fn write(&self) -> Value {
        if self.is_empty() {
            Value::Null
        } else {
            list(self)
        }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        self.clear();
        each(value, &mut |item| {
            let mut one = T::default_value();
            one.decode_into(item)?;
            self.push(one);
            Ok(())
        })
    }

    fn default_value() -> Self {
        Vec::new()
    }
}

/// Fills from each item of a list; from nothing where it is null.
fn each(value: &Value, fill: &mut dyn FnMut(&Value) -> DecodeResult) -> DecodeResult {
    if value.is_null() {
        return Ok(());
    }
    let items = value.as_array().ok_or_else(|| expected("a list"))?;
    let mut items = items.iter().enumerate();
    items.try_for_each(|(at, item)| at_field(&at.to_string(), fill(item)))
}

/// A list, which may be empty.
pub(crate) fn list<T: Codec>(items: &[T]) -> Value {
    items.iter().map(Codec::write).collect()
}
