//! The crate's types as JSON values and back, by macros.
//!
//! Every field passes through one function with a trait object, and an error has the path of the wrong value, which
//! serde does not report. Derived code would add 13 kB after Brotli to the module (`docs/size.md`). An absent field
//! and a null are the same.

pub mod pack;

use crate::json::{Object, Value};

/// A type with a form in JSON.
pub trait Codec {
    /// As JSON.
    fn write(&self) -> Value;
    /// Reads the JSON into `self`.
    ///
    /// # Errors
    ///
    /// The first value that has another form.
    fn decode_into(&mut self, value: &Value) -> DecodeResult;
    /// The value before `decode_into`.
    fn default_value() -> Self
    where
        Self: Sized;
    /// Reads JSON; `None` if it has another form.
    fn read(value: &Value) -> Option<Self>
    where
        Self: Sized,
    {
        let mut read = Self::default_value();
        read.decode_into(value).ok().map(|()| read)
    }
}

/// Whether a value has the expected form.
pub type DecodeResult = Result<(), Box<DecodeError>>;

/// A value without the expected form.
#[derive(Debug)]
pub struct DecodeError {
    /// The path to it, the innermost name first.
    pub(crate) path: Vec<String>,
    /// The expected form.
    pub(crate) expected: Expected,
}

/// The expected form of a value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// A description.
    Kind(&'static str),
    /// One of these strings.
    Word(&'static [&'static str]),
    /// An object with these names only.
    Names(&'static [&'static str]),
}

/// An error without a path.
#[inline(never)]
pub(crate) fn decode_error(expected: Expected) -> Box<DecodeError> {
    let path = Vec::new();
    Box::new(DecodeError { path, expected })
}

/// The error of a value that does not match the description.
pub(crate) fn expected(description: &'static str) -> Box<DecodeError> {
    decode_error(Expected::Kind(description))
}

/// Adds a name to the path of the error.
pub(crate) fn at_field(name: &str, result: DecodeResult) -> DecodeResult {
    result.map_err(|mut error| {
        error.path.push(name.to_owned());
        error
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

/// Builds an object. Null fields are left out.
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

/// Reads the fields of an object, up to the first error.
pub(crate) struct Reader<'a> {
    object: &'a Value,
    result: DecodeResult,
}

impl<'a> Reader<'a> {
    /// Allows any other names.
    pub(crate) fn new(object: &'a Value) -> Self {
        let result = object.as_object().map(|_| ());
        Reader { object, result: result.ok_or_else(|| expected("an object")) }
    }

    /// Allows these names only.
    pub(crate) fn only(object: &'a Value, names: &'static [&'static str]) -> Self {
        let mut reader = Reader::new(object);
        let mut given = object.as_object().into_iter().flat_map(Object::keys);
        if given.any(|name| !names.contains(&name.as_str())) {
            reader.result = Err(decode_error(Expected::Names(names)));
        }
        reader
    }

    #[inline(never)]
    pub(crate) fn take(&mut self, name: &str, field: &mut dyn Codec) {
        if self.result.is_ok() {
            self.result = at_field(name, field.decode_into(entry(self.object, name)));
        }
    }

    /// An optional field: it keeps its value if it is absent.
    #[inline(never)]
    pub(crate) fn may_take(&mut self, name: &str, field: &mut dyn Codec) {
        if !entry(self.object, name).is_null() {
            self.take(name, field);
        }
    }

    pub(crate) fn end(self) -> DecodeResult {
        self.result
    }
}

/// The field of that name, or null.
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

/// Implements [`Codec`] for a struct: its fields, each with its name in JSON. Those of `skip` get their default value.
/// With `packed`, implements `Pack`, too: also for the fields that are in no JSON, which `and` names.
macro_rules! codec {
    (packed $type:ident $fields:tt $(and $($packed:ident),*;)? $(skip $($skipped:ident),*)?) => {
        $crate::codec::codec!(@json $type $fields $($($packed),*)? $(, $($skipped),*)?);
        $crate::codec::codec!(@pack $type $fields $($($packed),*)?);
    };
    ($type:ident $fields:tt $(skip $($skipped:ident),*)?) => {
        $crate::codec::codec!(@json $type $fields $($($skipped),*)?);
    };
    (@pack $type:ident { $($field:ident = $name:literal),* $(,)? } $($packed:ident),*) => {
        $crate::codec::pack::pack!($type { $($field,)* $($packed,)* });
    };
    (@json $type:ident { $($field:ident = $name:literal),* $(,)? } $($skipped:ident),*) => {
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
                    $($skipped: Default::default(),)*
                }
            }
        }
        $crate::codec::serde_via_value!($type);
    };
}

/// Implements [`Codec`] and `Pack` for an enum of strings: its variants, each with its name in JSON.
macro_rules! string_enum {
    ($type:ident { $first:ident = $word:literal $(, $variant:ident = $other:literal)* $(,)? }) => {
        #[allow(unreachable_pub, reason = "some of the types are private")]
        impl $type {
            pub(crate) const VARIANTS: &[$type] = &[$type::$first, $($type::$variant),*];
            const NAMES: &[&str] = &[$word, $($other),*];

            /// The name in JSON.
            #[expect(clippy::indexing_slicing, reason = "both lists have the order of the variants")]
            pub const fn as_str(self) -> &'static str {
                Self::NAMES[self as usize]
            }
        }

        #[expect(clippy::indexing_slicing, reason = "an error here is one of the compiler")]
        const _: () = {
            let mut at = 0;
            while at < $type::VARIANTS.len() {
                assert!($type::VARIANTS[at] as usize == at);
                at += 1;
            }
        };

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
                let at = $crate::codec::index_of(value, $type::NAMES)?;
                *self = *$type::VARIANTS.get(at).unwrap_or(self);
                Ok(())
            }

            fn default_value() -> Self {
                $type::$first
            }
        }

        impl $crate::codec::pack::Pack for $type {
            fn pack(&self, to: &mut Vec<u8>) {
                to.push(*self as u8);
            }

            fn unpack(&mut self, from: &mut $crate::codec::pack::Unpacker<'_>) {
                *self = from.variant($type::VARIANTS).unwrap_or(*self);
            }
        }
        $crate::codec::serde_via_value!($type);
    };
}

/// The index of a text among words.
pub(crate) fn index_of(
    value: &Value,
    words: &'static [&'static str],
) -> Result<usize, Box<DecodeError>> {
    let word = value.as_str();
    let at = words.iter().position(|one| Some(*one) == word);
    at.ok_or_else(|| decode_error(Expected::Word(words)))
}

/// Implements serde with the same form, for Rust programs that store these types.
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

/// Sets the target to the value; an error if there is none.
fn put<T>(target: &mut T, value: Option<T>, description: &'static str) -> DecodeResult {
    *target = value.ok_or_else(|| expected(description))?;
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
        if self.is_empty() { Value::Null } else { list(self) }
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

/// Calls `fill` for each item of a list; for none if it is null.
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
    list_of(items.len(), &|at| items.get(at).map_or(Value::Null, Codec::write))
}

/// One loop for the lists of all types.
#[inline(never)]
fn list_of(len: usize, item: &dyn Fn(usize) -> Value) -> Value {
    Value::Array((0..len).map(item).collect())
}
