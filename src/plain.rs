//! Plain data: our types as JSON values and back, by tables that a macro writes.
//!
//! Every field goes through one function by a trait object. serde's derived readers and writers, or code
//! for each field in place, do the same and cost the module tens of kilobytes. An absent field and a
//! null are one.

use crate::json::{Object, Value};

/// A type that is plain data.
pub trait Plain {
    /// As JSON.
    fn write(&self) -> Value;
    /// Becomes what the JSON says.
    ///
    /// # Errors
    ///
    /// The first place that is not of this form.
    fn fill(&mut self, value: &Value) -> Fill;
    /// What it is before it is filled.
    fn blank() -> Self
    where
        Self: Sized;
    /// From JSON; `None` where it is not of this form.
    fn read(value: &Value) -> Option<Self>
    where
        Self: Sized,
    {
        let mut read = Self::blank();
        read.fill(value).ok().map(|()| read)
    }
}

/// Whether a value was of the form that is wanted.
pub type Fill = Result<(), Box<Wrong>>;

/// A place that is not of the form that is wanted.
#[derive(Debug)]
pub struct Wrong {
    /// The names on the way to it, the innermost one first.
    pub(crate) trail: Vec<String>,
    /// What it must be.
    pub(crate) wanted: Wanted,
}

/// What a place must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// The same in words.
    Kind(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// An object with none but these names.
    Names(&'static [&'static str]),
}

/// The fault of a value that is something else.
#[inline(never)]
pub(crate) fn wrong(wanted: Wanted) -> Box<Wrong> {
    let trail = Vec::new();
    Box::new(Wrong { trail, wanted })
}

/// The fault of a value that is not what these words say.
pub(crate) fn no(wanted: &'static str) -> Box<Wrong> {
    wrong(Wanted::Kind(wanted))
}

/// The fault, seen from one level further up.
pub(crate) fn below(name: &str, fill: Fill) -> Fill {
    fill.map_err(|mut fault| {
        fault.trail.push(name.to_owned());
        fault
    })
}

/// An object in the making. What is null is left out.
pub(crate) struct Writer(Object);

impl Writer {
    pub(crate) fn new() -> Self {
        Writer(Object::new())
    }

    #[inline(never)]
    pub(crate) fn put(&mut self, name: &str, value: &dyn Plain) {
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
    fill: Fill,
}

impl<'a> Reader<'a> {
    /// Any names.
    pub(crate) fn new(object: &'a Value) -> Self {
        let fill = object.as_object().map(|_| ());
        Reader {
            object,
            fill: fill.ok_or_else(|| no("an object")),
        }
    }

    /// None but these names.
    pub(crate) fn only(object: &'a Value, names: &'static [&'static str]) -> Self {
        let mut reader = Reader::new(object);
        let mut given = object.as_object().into_iter().flat_map(Object::keys);
        if given.any(|name| !names.contains(&name.as_str())) {
            reader.fill = Err(wrong(Wanted::Names(names)));
        }
        reader
    }

    #[inline(never)]
    pub(crate) fn take(&mut self, name: &str, field: &mut dyn Plain) {
        if self.fill.is_ok() {
            self.fill = below(name, field.fill(entry(self.object, name)));
        }
    }

    /// A field that stays what it is where nothing is given.
    #[inline(never)]
    pub(crate) fn may_take(&mut self, name: &str, field: &mut dyn Plain) {
        if !entry(self.object, name).is_null() {
            self.take(name, field);
        }
    }

    pub(crate) fn end(self) -> Fill {
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
        let mut object = $crate::plain::Writer::new();
        $crate::plain::entries!(object $($entries)*);
        object.end()
    }};
}

macro_rules! entries {
    ($object:ident) => {};
    ($object:ident $name:literal: $field:expr $(, $($rest:tt)*)?) => {
        $object.put($name, &$field);
        $crate::plain::entries!($object $($($rest)*)?);
    };
    ($object:ident $name:literal => $value:expr $(, $($rest:tt)*)?) => {
        $object.set($name, $value);
        $crate::plain::entries!($object $($($rest)*)?);
    };
}

/// Makes a struct plain: its fields, each with its name in JSON; `skip` are made afresh on reading.
macro_rules! plain {
    ($type:ident { $($field:ident = $name:literal),* $(,)? } $(skip $($skipped:ident),*)?) => {
        impl $crate::plain::Plain for $type {
            fn write(&self) -> $crate::json::Value {
                let mut object = $crate::plain::Writer::new();
                $(object.put($name, &self.$field);)*
                object.end()
            }

            fn fill(&mut self, value: &$crate::json::Value) -> $crate::plain::Fill {
                let mut object = $crate::plain::Reader::new(value);
                $(object.take($name, &mut self.$field);)*
                object.end()
            }

            fn blank() -> Self {
                $type {
                    $($field: $crate::plain::Plain::blank(),)*
                    $($($skipped: Default::default(),)*)?
                }
            }
        }
        $crate::plain::through_value!($type);
    };
}

/// Makes an enum of bare names plain: each variant, and its word.
macro_rules! words {
    ($type:ident { $first:ident = $word:literal $(, $variant:ident = $other:literal)* $(,)? }) => {
        #[allow(unreachable_pub, reason = "some of the types are private")]
        impl $type {
            /// Its word in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $type::$first => $word, $($type::$variant => $other,)* }
            }
        }

        impl $crate::plain::Plain for $type {
            fn write(&self) -> $crate::json::Value {
                self.as_str().into()
            }

            fn fill(&mut self, value: &$crate::json::Value) -> $crate::plain::Fill {
                const ALL: &[$type] = &[$type::$first, $($type::$variant),*];
                let at = $crate::plain::place(value, &[$word, $($other),*])?;
                *self = *ALL.get(at).unwrap_or(self);
                Ok(())
            }

            fn blank() -> Self {
                $type::$first
            }
        }
        $crate::plain::through_value!($type);
    };
}

/// The place of a text among words.
pub(crate) fn place(value: &Value, words: &'static [&'static str]) -> Result<usize, Box<Wrong>> {
    let word = value.as_str();
    let at = words.iter().position(|one| Some(*one) == word);
    at.ok_or_else(|| wrong(Wanted::Word(words)))
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
                let value = <$crate::json::Value as serde::Deserialize>::deserialize(from)?;
                $crate::plain::Plain::read(&value)
                    .ok_or_else(|| serde::de::Error::custom(concat!("not a ", stringify!($type))))
            }
        }
    };
}

pub(crate) use {entries, object, plain, through_value, words};

/// Sets a place to what was read, if that is anything.
fn put<T>(place: &mut T, read: Option<T>, wanted: &'static str) -> Fill {
    *place = read.ok_or_else(|| no(wanted))?;
    Ok(())
}

impl Plain for bool {
    fn write(&self) -> Value {
        (*self).into()
    }

    fn fill(&mut self, value: &Value) -> Fill {
        put(self, value.as_bool(), "true or false")
    }

    fn blank() -> Self {
        false
    }
}

impl Plain for String {
    fn write(&self) -> Value {
        self.as_str().into()
    }

    fn fill(&mut self, value: &Value) -> Fill {
        put(self, value.as_str().map(str::to_owned), "text")
    }

    fn blank() -> Self {
        String::new()
    }
}

impl Plain for Value {
    fn write(&self) -> Value {
        self.clone()
    }

    fn fill(&mut self, value: &Value) -> Fill {
        self.clone_from(value);
        Ok(())
    }

    fn blank() -> Self {
        Value::Null
    }
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(impl Plain for $type {
            fn write(&self) -> Value {
                (*self).into()
            }

            fn fill(&mut self, value: &Value) -> Fill {
                let number = match value.as_u64() {
                    Some(number) => number.try_into().ok(),
                    None => value.as_i64().and_then(|number| number.try_into().ok()),
                };
                put(self, number, "a whole number in its limits")
            }

            fn blank() -> Self {
                0
            }
        })*
    };
}

integers!(u8 u16 i32 u32 u64 i64);

impl<T: Plain> Plain for Option<T> {
    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, Plain::write)
    }

    fn fill(&mut self, value: &Value) -> Fill {
        *self = None;
        if value.is_null() {
            return Ok(());
        }
        self.insert(T::blank()).fill(value)
    }

    fn blank() -> Self {
        None
    }
}

impl<T: Plain> Plain for Box<T> {
    fn write(&self) -> Value {
        self.as_ref().write()
    }

    fn fill(&mut self, value: &Value) -> Fill {
        self.as_mut().fill(value)
    }

    fn blank() -> Self {
        Box::new(T::blank())
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn write(&self) -> Value {
        if self.is_empty() {
            Value::Null
        } else {
            list(self)
        }
    }

    fn fill(&mut self, value: &Value) -> Fill {
        self.clear();
        each(value, &mut |item| {
            let mut one = T::blank();
            one.fill(item)?;
            self.push(one);
            Ok(())
        })
    }

    fn blank() -> Self {
        Vec::new()
    }
}

/// Fills from each item of a list; from nothing where it is null.
fn each(value: &Value, fill: &mut dyn FnMut(&Value) -> Fill) -> Fill {
    if value.is_null() {
        return Ok(());
    }
    let items = value.as_array().ok_or_else(|| no("a list"))?;
    let mut items = items.iter().enumerate();
    items.try_for_each(|(at, item)| below(&at.to_string(), fill(item)))
}

/// A list, which may be empty.
pub(crate) fn list<T: Plain>(items: &[T]) -> Value {
    items.iter().map(Plain::write).collect()
}
