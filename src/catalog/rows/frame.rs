//! What stands around a listing's parameters: sizes, prices, rules, status, and the listing itself.

use std::borrow::Cow::Borrowed as B;

use super::parts::{NO, YES};
use crate::catalog::{Per, Rate, Rule, Scalar, Size, State, Status, Str, When};
use crate::field::Field;
use crate::money::{Basis, Usd};

// ------------------------------------------------------------------------------ sizes and prices

const fn a_size(
    (width, height): (u16, u16),
    resolution: &'static str,
    ratio: &'static str,
    documented: bool,
) -> Size {
    Size {
        width,
        height,
        resolution: B(resolution),
        ratio: B(ratio),
        documented,
    }
}

pub(super) const fn size(
    width: u16,
    height: u16,
    resolution: &'static str,
    ratio: &'static str,
) -> Size {
    a_size((width, height), resolution, ratio, true)
}

/// A size that an example or a price speaks of, but no list.
pub(super) const fn unlisted(
    width: u16,
    height: u16,
    resolution: &'static str,
    ratio: &'static str,
) -> Size {
    a_size((width, height), resolution, ratio, false)
}

pub(super) const fn at(resolution: &'static str) -> When {
    When::Is(Field::Resolution, Scalar::Text(B(resolution)))
}

pub(super) const fn lasting(seconds: i32) -> When {
    When::Is(Field::Duration, Scalar::Integer(seconds))
}

pub(super) const fn with(field: Field) -> When {
    When::Given(field, true)
}

pub(super) const fn without(field: Field) -> When {
    When::Given(field, false)
}

pub(super) const SILENT: When = When::Is(Field::GenerateAudio, NO);
pub(super) const SOUNDING: When = When::Is(Field::GenerateAudio, YES);

const fn rate(micros: i64, per: Per, when: &'static [When], basis: Basis) -> Rate {
    Rate {
        amount: Usd(micros),
        per,
        block: None,
        when: B(when),
        basis,
    }
}

pub(super) const fn per_second(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Second, when, Basis::Exact)
}

/// The documents say "about" or "from".
pub(super) const fn about_per_second(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Second, when, Basis::Estimate)
}

/// A started block of three seconds, by a table that goes on.
pub(super) const fn about_per_3_seconds(micros: i64, when: &'static [When]) -> Rate {
    Rate {
        amount: Usd(micros),
        per: Per::Block,
        block: Some(3),
        when: B(when),
        basis: Basis::Estimate,
    }
}

pub(super) const fn per_video(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Video, when, Basis::Exact)
}

/// The documents leave open what else it varies by.
pub(super) const fn about_per_video(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Video, when, Basis::Estimate)
}

// -------------------------------------------------------------------------------------- listings

/// On RunPod's page of that day.
pub(super) const POD_LIVE: Status = live("2026-08-20");
/// In Runware's schemas of that day.
pub(super) const LIVE: Status = live("2026-10-12");

const fn live(evidence: &'static str) -> Status {
    Status {
        state: State::Live,
        evidence: B(evidence),
        sunset: None,
        instead: B(&[]),
    }
}

pub(super) const fn retired(day: &'static str, instead: &'static [Str]) -> Status {
    Status {
        state: State::Retired,
        evidence: B(day),
        sunset: Some(B(day)),
        instead: B(instead),
    }
}

/// A listing; what is not said of it is as at most of them.
macro_rules! listing {
    ($provider:ident $wire_id:literal {
        modes: [$($mode:ident),+],
        params: [$($param:expr),+ $(,)?],
        $(rules: [$($rule:expr),+ $(,)?],)?
        $(rates: [$($rate:ident($micros:literal $(, $when:expr)*)),+ $(,)?],)?
        $(no_price_reason: $unpriced:literal,)?
        $(notes: [$($field:ident: $text:expr $(, if $($open:expr),+)?);+ $(;)?],)?
        $(status: $status:expr,)?
        $(typical_duration_ms: $usual:expr, min_duration_ms: $shortest:expr,)?
    }) => {
        $crate::catalog::Listing {
            provider: $crate::provider_id::ProviderId::$provider,
            provider_model_id: std::borrow::Cow::Borrowed($wire_id),
            modes: std::borrow::Cow::Borrowed(&[$($crate::catalog::Mode::$mode),+]),
            params: std::borrow::Cow::Borrowed(const { &[$($param),+] }),
            rules: std::borrow::Cow::Borrowed(const { &[$($($rule),+)?] }),
            rates: std::borrow::Cow::Borrowed(
                const { &[$($($rate($micros, const { &[$($when),*] })),+)?] }
            ),
            no_price_reason: listing!(@no_price_reason $($unpriced)?),
            notes: std::borrow::Cow::Borrowed(const { &[$($($crate::catalog::Note {
                when: std::borrow::Cow::Borrowed(const { &[$($($open),+)?] }),
                field: Field::$field,
                text: std::borrow::Cow::Borrowed($text),
            }),+)?] }),
            status: listing!(@status $provider $($status)?),
            typical_duration_ms: listing!(@number 60_000 $(, $usual)?),
            // Where no document says how fast it can be, nothing is sent twice.
            min_duration_ms: listing!(@number 0 $(, $shortest)?),
        }
    };
    (@no_price_reason) => { None };
    (@no_price_reason $reason:literal) => { Some(std::borrow::Cow::Borrowed($reason)) };
    (@status Runpod) => { $crate::catalog::rows::frame::POD_LIVE };
    (@status Runware) => { $crate::catalog::rows::frame::LIVE };
    (@status $provider:ident $status:expr) => { $status };
    (@number $usual:literal) => { $usual };
    (@number $usual:literal, $said:expr) => { $said };
}
pub(super) use listing;

/// A model, and who sells it.
macro_rules! model {
    ($id:literal, $name:literal, $creator:literal, [$($listing:expr),+ $(,)?] $(,)?) => {
        $crate::catalog::Model {
            id: std::borrow::Cow::Borrowed($id),
            name: std::borrow::Cow::Borrowed($name),
            creator: std::borrow::Cow::Borrowed($creator),
            listings: std::borrow::Cow::Borrowed(const { &[$($listing),+] }),
        }
    };
}
pub(super) use model;

// ---------------------------------------------------------------------------------------- rules

pub(super) const fn any_of(fields: &'static [Field]) -> Rule {
    Rule::OneOf { fields: B(fields) }
}

pub(super) const fn excludes(field: Field, fields: &'static [Field]) -> Rule {
    Rule::Excludes {
        field,
        fields: B(fields),
    }
}

pub(super) const fn overrides(field: Field, fields: &'static [Field]) -> Rule {
    Rule::Overrides {
        field,
        fields: B(fields),
    }
}

/// Where all of this holds, the field has one of these values; with none named, any.
macro_rules! needs {
    ([$($when:expr),+], $field:ident $(, $allowed:expr)*) => {
        $crate::catalog::Rule::Needs {
            when: std::borrow::Cow::Borrowed(const { &[$($when),+] }),
            field: Field::$field,
            allowed: std::borrow::Cow::Borrowed(const { &[$($allowed),*] }),
            strict: true,
        }
    };
}
pub(super) use needs;

/// A last frame comes after a first one.
pub(super) const LAST_AFTER_FIRST: Rule = needs!([with(Field::LastFrameImage)], Image);
/// GenerateAudio that is given leaves none to be made.
pub(super) const GIVEN_SOUND: Rule = overrides(Field::Audio, &[Field::GenerateAudio]);
