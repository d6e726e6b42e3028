//! The packed form of definitions, in which the module carries the built-in ones: small, and quick to read.
//!
//! Numbers are in groups of seven bits, the lowest first; a text is an index into the table of texts; a list has its
//! length before its items. Only the build script writes it, so that a reader need not doubt it.

use std::borrow::Cow;

use super::{
    Choice, Evidence, ImageType, Kind, List, Listing, MediaForm, Mode, Model, Note, Param, Per,
    Rate, Rule, Scalar, Size, State, Status, Str, When,
};
use crate::field::Field;
use crate::money::{Basis, Usd};
use crate::provider_id::ProviderId;

/// Separates the texts.
const SEPARATOR: char = '\n';

/// The models as a table, and its texts.
///
/// # Errors
///
/// A text that the form cannot hold.
pub fn pack(models: &[Model]) -> Result<(Vec<u8>, String), String> {
    let mut to = Packer::default();
    pack_all(models, &mut to);
    let unfit = to.texts.iter().find(|text| text.contains(SEPARATOR));
    unfit.map_or_else(
        || Ok((to.bytes, to.texts.join(&SEPARATOR.to_string()))),
        |text| Err(format!("a line break in a text: {text:?}")),
    )
}

/// The models of [`pack`].
pub fn unpack(table: &'static [u8], texts: &'static str) -> Vec<Model> {
    unpack_all(&mut Unpacker { bytes: table, texts: texts.split(SEPARATOR).collect() })
}

#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    texts: Vec<String>,
}

impl Packer {
    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.bytes.push((number & 0x7f | 0x80) as u8);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        let known = self.texts.iter().position(|known| known == text);
        let index = known.unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        });
        self.number(index as u64);
    }
}

struct Unpacker {
    bytes: &'static [u8],
    texts: Vec<&'static str>,
}

impl Unpacker {
    #[inline(never)]
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    fn text(&mut self) -> &'static str {
        let index = self.number() as usize;
        self.texts.get(index).copied().unwrap_or_default()
    }
}

/// A type with a packed form.
trait Packed: Sized {
    fn pack(&self, to: &mut Packer);
    fn unpack(from: &mut Unpacker) -> Self;
}

fn pack_all<T: Packed>(items: &[T], to: &mut Packer) {
    to.number(items.len() as u64);
    items.iter().for_each(|item| item.pack(to));
}

fn unpack_all<T: Packed>(from: &mut Unpacker) -> Vec<T> {
    let len = from.number() as usize;
    (0..len).map(|_| T::unpack(from)).collect()
}

impl<T: Packed + Clone + 'static> Packed for List<T> {
    fn pack(&self, to: &mut Packer) {
        pack_all(self, to);
    }

    /// The table lives as long as the module: its lists need no copies.
    fn unpack(from: &mut Unpacker) -> Self {
        Cow::Borrowed(unpack_all(from).leak())
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, to: &mut Packer) {
        to.number(self.is_some().into());
        self.iter().for_each(|item| item.pack(to));
    }

    fn unpack(from: &mut Unpacker) -> Self {
        (from.number() > 0).then(|| T::unpack(from))
    }
}

impl Packed for Str {
    fn pack(&self, to: &mut Packer) {
        to.text(self);
    }

    fn unpack(from: &mut Unpacker) -> Self {
        Cow::Borrowed(from.text())
    }
}

impl Packed for bool {
    fn pack(&self, to: &mut Packer) {
        to.number((*self).into());
    }

    fn unpack(from: &mut Unpacker) -> Self {
        from.number() > 0
    }
}

macro_rules! packed_integers {
    ($($type:ty)*) => {
        $(impl Packed for $type {
            fn pack(&self, to: &mut Packer) {
                to.number(*self as u64);
            }

            fn unpack(from: &mut Unpacker) -> Self {
                from.number() as $type
            }
        })*
    };
}

packed_integers!(u16 u32 i32 i64);

/// Enums without values, by their lists of variants.
macro_rules! packed_words {
    ($($type:ty: $variants:path),* $(,)?) => {
        $(impl Packed for $type {
            fn pack(&self, to: &mut Packer) {
                to.number(*self as u64);
            }

            fn unpack(from: &mut Unpacker) -> Self {
                let (first, rest) = const { $variants.split_first().unwrap() };
                let index = from.number() as usize;
                *index.checked_sub(1).and_then(|index| rest.get(index)).unwrap_or(first)
            }
        })*
    };
}

packed_words! {
    ProviderId: ProviderId::VARIANTS,
    Mode: Mode::VARIANTS,
    State: State::VARIANTS,
    Per: Per::VARIANTS,
    Basis: Basis::VARIANTS,
    MediaForm: MediaForm::VARIANTS,
    ImageType: ImageType::VARIANTS,
    Field: Field::ALL,
}

macro_rules! packed {
    ($($type:ident { $($member:tt: $field:ident),* $(,)? })*) => {
        $(impl Packed for $type {
            fn pack(&self, to: &mut Packer) {
                let $type { $($member: $field),* } = self;
                $($field.pack(to);)*
            }

            fn unpack(from: &mut Unpacker) -> Self {
                $(let $field = Packed::unpack(from);)*
                $type { $($member: $field),* }
            }
        })*
    };
}

packed! {
    Usd { 0: micros }
    Model { id: id, name: name, creator: creator, listings: listings }
    Listing {
        provider: provider,
        provider_model_id: provider_model_id,
        evidence: evidence,
        status: status,
        modes: modes,
        params: params,
        rules: rules,
        rates: rates,
        no_price_reason: no_price_reason,
        notes: notes,
        typical_duration_ms: typical_duration_ms,
        min_duration_ms: min_duration_ms,
    }
    Evidence { source: source, date: date, first_party: first_party }
    Status { state: state, verified_at: verified_at, sunset: sunset, replacements: replacements }
    Param {
        field: field,
        provider_field: provider_field,
        kind: kind,
        required: required,
        default: default,
        always_sent: always_sent,
    }
    Choice { word: word, provider_value: provider_value }
    Size { width: width, height: height, resolution: resolution, ratio: ratio, documented: documented }
    Rate { amount: amount, per: per, block: block, when: when, basis: basis, evidence: evidence }
    Note { field: field, when: when, text: text }
}

/// Enums with values: each variant with its tag; the last one serves for any other tag.
macro_rules! packed_enum {
    ($type:ident {
        $($tag:literal = $variant:ident { $($member:tt: $field:ident),* },)*
        ; $last:literal = $other:ident { $($other_member:tt: $other_field:ident),* }
    }) => {
        impl Packed for $type {
            fn pack(&self, to: &mut Packer) {
                match self {
                    $($type::$variant { $($member: $field),* } => {
                        to.number($tag);
                        $($field.pack(to);)*
                    })*
                    $type::$other { $($other_member: $other_field),* } => {
                        to.number($last);
                        $($other_field.pack(to);)*
                    }
                }
            }

            fn unpack(from: &mut Unpacker) -> Self {
                match from.number() {
                    $($tag => {
                        $(let $field = Packed::unpack(from);)*
                        $type::$variant { $($member: $field),* }
                    })*
                    _ => {
                        $(let $other_field = Packed::unpack(from);)*
                        $type::$other { $($other_member: $other_field),* }
                    }
                }
            }
        }
    };
}

packed_enum!(Kind {
    0 = Text { min: min, max: max },
    1 = Integer { min: min, max: max, allowed: allowed },
    2 = Number { min: min, max: max },
    3 = Choice { allowed: allowed },
    4 = Boolean { only: only },
    5 = Media { forms: forms, undocumented: undocumented, types: types, max: max, list: list },
    6 = Size { allowed: allowed },
    7 = Url {},
    8 = Uuid {},
    ; 9 = Id {}
});

packed_enum!(Scalar {
    0 = Boolean { 0: value },
    1 = Integer { 0: value },
    ; 2 = Text { 0: value }
});

packed_enum!(When {
    0 = Is { 0: field, 1: value },
    ; 1 = Given { 0: field, 1: given }
});

packed_enum!(Rule {
    0 = OneOf { fields: fields },
    1 = Excludes { field: field, fields: fields },
    2 = Overrides { field: field, fields: fields },
    3 = Needs { when: when, field: field, allowed: allowed, strict: strict },
    ; 4 = AtMost { when: when, field: field, max: max }
});
