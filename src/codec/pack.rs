//! The crate's types as bytes and back: a job's state between two steps, and the arguments from JavaScript, whose form
//! `pkg/src/core/pack.ts` writes.
//!
//! Fields have places in place of names, and numbers their full width: nothing is looked up. Only the code of the same
//! build can read the bytes, so they are never stored.

use super::Codec;
use crate::json::{Number, Object, Value};

/// The maximum depth of lists and objects. JSON parsers stop at it, so that no deeper value becomes a state.
const MAX_DEPTH: u32 = 128;

/// A type with a form in bytes.
pub trait Pack {
    /// Appends its bytes.
    fn pack(&self, to: &mut Vec<u8>);
    /// Reads what `pack` has written.
    fn unpack(&mut self, from: &mut Unpacker<'_>);
}

/// Reads bytes; `None` if a value of this type did not write them.
pub(crate) fn unpack<T: Pack + Codec>(bytes: &[u8]) -> Option<T> {
    let mut from = Unpacker { left: bytes, failed: false, depth: 0 };
    let mut value = T::default_value();
    value.unpack(&mut from);
    (!from.failed && from.left.is_empty()).then_some(value)
}

/// The bytes that are not read yet.
pub struct Unpacker<'a> {
    left: &'a [u8],
    failed: bool,
    /// Values around the one that is read.
    depth: u32,
}

impl<'a> Unpacker<'a> {
    /// What follows is not what was expected.
    fn fail(&mut self) {
        (self.left, self.failed) = (&[], true);
    }

    #[inline(never)]
    fn take(&mut self, len: usize) -> &'a [u8] {
        let Some((taken, left)) = self.left.split_at_checked(len) else {
            self.fail();
            return &[];
        };
        self.left = left;
        taken
    }

    fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    /// One of the variants of an enum, by its place.
    pub(crate) fn variant<T: Copy>(&mut self, variants: &[T]) -> Option<T> {
        let variant = variants.get(usize::from(self.byte())).copied();
        if variant.is_none() {
            self.fail();
        }
        variant
    }

    #[inline(never)]
    fn number(&mut self) -> u64 {
        self.take(8).try_into().map(u64::from_le_bytes).unwrap_or_default()
    }

    #[inline(never)]
    fn text(&mut self) -> String {
        // A length beyond the address space is beyond the bytes, too.
        let len = usize::try_from(self.number()).unwrap_or(usize::MAX);
        let text = str::from_utf8(self.take(len)).map(str::to_owned);
        text.unwrap_or_else(|_| {
            self.fail();
            String::new()
        })
    }

    /// Reads a type by its JSON.
    #[inline(never)]
    pub(crate) fn value(&mut self, target: &mut dyn Codec) {
        let mut value = Value::Null;
        value.unpack(self);
        if target.decode_into(&value).is_err() {
            self.fail();
        }
    }

    /// Reads items, each by `one`, which consumes at least a byte.
    fn each(&mut self, one: &mut dyn FnMut(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            return self.fail();
        }
        self.depth += 1;
        for _ in 0..self.number() {
            if self.failed {
                break;
            }
            one(self);
        }
        self.depth -= 1;
    }
}

#[inline(never)]
fn pack_number(number: u64, to: &mut Vec<u8>) {
    to.extend_from_slice(&number.to_le_bytes());
}

#[inline(never)]
fn pack_text(text: &str, to: &mut Vec<u8>) {
    pack_number(text.len() as u64, to);
    to.extend_from_slice(text.as_bytes());
}

/// Implements [`Pack`] for a struct: these fields, in this order.
macro_rules! pack {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl $crate::codec::pack::Pack for $type {
            fn pack(&self, to: &mut Vec<u8>) {
                $($crate::codec::pack::Pack::pack(&self.$field, to);)*
            }

            fn unpack(&mut self, from: &mut $crate::codec::pack::Unpacker<'_>) {
                $($crate::codec::pack::Pack::unpack(&mut self.$field, from);)*
            }
        }
    };
}

/// Implements [`Pack`] for a type that few states hold, by its JSON: the code of another form is larger than its gain.
macro_rules! pack_as_value {
    ($type:ty) => {
        impl $crate::codec::pack::Pack for $type {
            fn pack(&self, to: &mut Vec<u8>) {
                $crate::codec::Codec::write(self).pack(to);
            }

            fn unpack(&mut self, from: &mut $crate::codec::pack::Unpacker<'_>) {
                from.value(self);
            }
        }
    };
}

pub(crate) use {pack, pack_as_value};

impl Pack for bool {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }

    fn unpack(&mut self, from: &mut Unpacker<'_>) {
        *self = from.byte() != 0;
    }
}

impl Pack for String {
    fn pack(&self, to: &mut Vec<u8>) {
        pack_text(self, to);
    }

    fn unpack(&mut self, from: &mut Unpacker<'_>) {
        *self = from.text();
    }
}

macro_rules! integers {
    ($($type:ty)*) => {
        $(impl Pack for $type {
            fn pack(&self, to: &mut Vec<u8>) {
                pack_number(*self as u64, to);
            }

            fn unpack(&mut self, from: &mut Unpacker<'_>) {
                *self = from.number() as $type;
            }
        })*
    };
}

integers!(u8 u16 i32 u32 u64 i64);

impl<T: Pack + Codec> Pack for Option<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        self.is_some().pack(to);
        if let Some(value) = self {
            value.pack(to);
        }
    }

    fn unpack(&mut self, from: &mut Unpacker<'_>) {
        *self = None;
        if from.byte() != 0 {
            self.insert(T::default_value()).unpack(from);
        }
    }
}

impl<T: Pack + Codec> Pack for Vec<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        pack_number(self.len() as u64, to);
        self.iter().for_each(|item| item.pack(to));
    }

    fn unpack(&mut self, from: &mut Unpacker<'_>) {
        self.clear();
        from.each(&mut |from| {
            let mut item = T::default_value();
            item.unpack(from);
            self.push(item);
        });
    }
}

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const NATURAL: u8 = 3;
const NEGATIVE: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;
const LIST: u8 = 7;
const OBJECT: u8 = 8;

impl Pack for Value {
    fn pack(&self, to: &mut Vec<u8>) {
        match self {
            Value::Null => to.push(NULL),
            Value::Bool(is_true) => to.push(if *is_true { TRUE } else { FALSE }),
            Value::Number(number) => {
                let (kind, bits) = bits_of(number);
                to.push(kind);
                pack_number(bits, to);
            }
            Value::String(text) => {
                to.push(TEXT);
                pack_text(text, to);
            }
            Value::Array(items) => {
                to.push(LIST);
                items.pack(to);
            }
            Value::Object(map) => {
                to.push(OBJECT);
                pack_number(map.len() as u64, to);
                for (name, item) in map {
                    pack_text(name, to);
                    item.pack(to);
                }
            }
        }
    }

    fn unpack(&mut self, from: &mut Unpacker<'_>) {
        *self = match from.byte() {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            NATURAL => from.number().into(),
            NEGATIVE => (from.number() as i64).into(),
            FLOAT => f64::from_bits(from.number()).into(),
            TEXT => Value::String(from.text()),
            LIST => {
                let mut items = Vec::new();
                items.unpack(from);
                Value::Array(items)
            }
            OBJECT => {
                let mut map = Object::new();
                from.each(&mut |from| {
                    let (name, mut item) = (from.text(), Value::Null);
                    item.unpack(from);
                    map.insert(name, item);
                });
                Value::Object(map)
            }
            _ => return from.fail(),
        };
    }
}

fn bits_of(number: &Number) -> (u8, u64) {
    if let Some(natural) = number.as_u64() {
        (NATURAL, natural)
    } else if let Some(negative) = number.as_i64() {
        (NEGATIVE, negative as u64)
    } else {
        (FLOAT, number.as_f64().unwrap_or_default().to_bits())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use serde_json::json;

    fn packed(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.pack(&mut bytes);
        bytes
    }

    fn all_kinds() -> Value {
        json!({
            "": null, "a": [true, false, [], {}], "é": "\u{0}😀",
            "numbers": [0, u64::MAX, -1, i64::MIN, 0.1, -0.0, 1e308, 5e-324],
        })
    }

    #[test]
    fn a_value_is_the_same_after_it_was_bytes() {
        let value = all_kinds();
        let read: Value = unpack(&packed(&value)).unwrap();
        assert_eq!(read, value);
        assert_eq!(read.to_string(), value.to_string(), "0 and -0.0 are equal, too");
    }

    #[test]
    fn what_is_cut_or_longer_is_nothing() {
        let bytes = packed(&all_kinds());
        for len in 0..bytes.len() {
            assert_eq!(unpack::<Value>(&bytes[..len]), None, "{len} bytes");
        }
        assert_eq!(unpack::<Value>(&[&bytes[..], &[0]].concat()), None);
    }

    #[test]
    fn no_depth_of_bytes_ends_the_stack() {
        let one = 1_u64.to_le_bytes();
        let nested = |start: &[u8], depth: usize| [start.repeat(depth), vec![NULL]].concat();
        let list = [&[LIST][..], &one].concat();
        let object = [&[OBJECT][..], &one, &0_u64.to_le_bytes()].concat();
        for start in [list, object] {
            assert!(unpack::<Value>(&nested(&start, MAX_DEPTH as usize)).is_some());
            assert_eq!(unpack::<Value>(&nested(&start, MAX_DEPTH as usize + 1)), None);
            assert_eq!(unpack::<Value>(&nested(&start, 1_000_000)), None);
        }
    }

    #[test]
    fn lists_beside_each_other_are_of_any_number() {
        let value = json!(vec![json!([[]]); 1_000]);
        assert_eq!(unpack::<Value>(&packed(&value)), Some(value));
    }

    #[test]
    fn other_bytes_are_nothing() {
        assert_eq!(unpack::<Value>(&[9]), None);
        let endless = [&[LIST][..], &u64::MAX.to_le_bytes()].concat();
        assert_eq!(unpack::<Value>(&endless), None);
        // As 32 bits, this length is 0.
        let long_text = [&[TEXT][..], &(1_u64 << 32).to_le_bytes()].concat();
        assert_eq!(unpack::<Value>(&long_text), None);
        let no_text = [&[TEXT][..], &2_u64.to_le_bytes(), &[0xff, 0xff]].concat();
        assert_eq!(unpack::<Value>(&no_text), None);
    }
}
