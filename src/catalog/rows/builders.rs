//! Constructors for the other parts of a definition: sizes, prices, status, listings, models and rules.

use std::borrow::Cow::Borrowed as B;

use super::params::{NO, YES};
use crate::catalog::{Per, Rate, Rule, Scalar, Size, State, Status, Str, When};
use crate::field::Field;
use crate::money::{Basis, Usd};

// ------------------------------------------------------------------------------ sizes and prices

const fn new_size(
    (width, height): (u16, u16),
    resolution: &'static str,
    ratio: &'static str,
    documented: bool,
) -> Size {
    Size { width, height, resolution: B(resolution), ratio: B(ratio), documented }
}

pub(super) const fn size(
    width: u16,
    height: u16,
    resolution: &'static str,
    ratio: &'static str,
) -> Size {
    new_size((width, height), resolution, ratio, true)
}

/// A size that an example or a price mentions but no list has.
pub(super) const fn unlisted(
    width: u16,
    height: u16,
    resolution: &'static str,
    ratio: &'static str,
) -> Size {
    new_size((width, height), resolution, ratio, false)
}

pub(super) const fn at(resolution: &'static str) -> When {
    When::Is(Field::Resolution, Scalar::Text(B(resolution)))
}

pub(super) const fn duration_is(seconds: i32) -> When {
    When::Is(Field::Duration, Scalar::Integer(seconds))
}

pub(super) const fn given(field: Field) -> When {
    When::Given(field, true)
}

pub(super) const fn without(field: Field) -> When {
    When::Given(field, false)
}

pub(super) const WITHOUT_AUDIO: When = When::Is(Field::GenerateAudio, NO);
pub(super) const WITH_AUDIO: When = When::Is(Field::GenerateAudio, YES);

const fn rate(micros: i64, per: Per, when: &'static [When], basis: Basis) -> Rate {
    Rate { amount: Usd(micros), per, block: None, when: B(when), basis }
}

pub(super) const fn per_second(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Second, when, Basis::Exact)
}

/// The documentation says "about" or "from".
pub(super) const fn about_per_second(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Second, when, Basis::Estimate)
}

/// Per started block of three seconds, by a table that ends with "+".
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

/// The documentation does not say what else the price depends on.
pub(super) const fn about_per_video(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Video, when, Basis::Estimate)
}

// -------------------------------------------------------------------------------------- listings

/// On RunPod's page on this date.
pub(super) const LIVE_ON_RUNPOD: Status = live("2026-08-20");
/// In Runware's schemas on this date.
pub(super) const LIVE_ON_RUNWARE: Status = live("2026-10-12");

const fn live(verified_at: &'static str) -> Status {
    Status { state: State::Live, verified_at: B(verified_at), sunset: None, replacements: B(&[]) }
}

pub(super) const fn retired(day: &'static str, replacements: &'static [Str]) -> Status {
    Status {
        state: State::Retired,
        verified_at: B(day),
        sunset: Some(B(day)),
        replacements: B(replacements),
    }
}

/// A listing; the optional parts have the usual values.
macro_rules! listing {
    ($provider:ident $provider_model_id:literal {
        modes: [$($mode:ident),+],
        params: [$($param:expr),+ $(,)?],
        $(rules: [$($rule:expr),+ $(,)?],)?
        $(rates: [$($rate:ident($micros:literal $(, $when:expr)*)),+ $(,)?],)?
        $(no_price_reason: $no_price_reason:literal,)?
        $(notes: [$($field:ident: $text:expr $(, if $($open:expr),+)?);+ $(;)?],)?
        $(status: $status:expr,)?
        $(typical_duration_ms: $typical:expr, min_duration_ms: $min:expr,)?
    }) => {
        $crate::catalog::Listing {
            provider: $crate::provider_id::ProviderId::$provider,
            provider_model_id: std::borrow::Cow::Borrowed($provider_model_id),
            modes: std::borrow::Cow::Borrowed(&[$($crate::catalog::Mode::$mode),+]),
            params: std::borrow::Cow::Borrowed(const { &[$($param),+] }),
            rules: std::borrow::Cow::Borrowed(const { &[$($($rule),+)?] }),
            rates: std::borrow::Cow::Borrowed(
                const { &[$($($rate($micros, const { &[$($when),*] })),+)?] }
            ),
            no_price_reason: listing!(@no_price_reason $($no_price_reason)?),
            notes: std::borrow::Cow::Borrowed(const { &[$($($crate::catalog::Note {
                when: std::borrow::Cow::Borrowed(const { &[$($($open),+)?] }),
                field: Field::$field,
                text: std::borrow::Cow::Borrowed($text),
            }),+)?] }),
            status: listing!(@status $provider $($status)?),
            typical_duration_ms: listing!(@number 60_000 $(, $typical)?),
            // If no document says how fast it can be, a submit is never repeated.
            min_duration_ms: listing!(@number 0 $(, $min)?),
        }
    };
    (@no_price_reason) => { None };
    (@no_price_reason $reason:literal) => { Some(std::borrow::Cow::Borrowed($reason)) };
    (@status Runpod) => { $crate::catalog::rows::builders::LIVE_ON_RUNPOD };
    (@status Runware) => { $crate::catalog::rows::builders::LIVE_ON_RUNWARE };
    (@status $provider:ident $status:expr) => { $status };
    (@number $typical:literal) => { $typical };
    (@number $typical:literal, $said:expr) => { $said };
}
pub(super) use listing;

/// A model and its listings.
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
    Rule::Excludes { field, fields: B(fields) }
}

pub(super) const fn overrides(field: Field, fields: &'static [Field]) -> Rule {
    Rule::Overrides { field, fields: B(fields) }
}

/// If all conditions hold, the field must have one of these values; if none are listed, any.
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

/// A last frame requires a first one.
pub(super) const LAST_FRAME_REQUIRES_IMAGE: Rule = needs!([given(Field::LastFrameImage)], Image);
/// Given audio replaces generated audio.
pub(super) const AUDIO_REPLACES_GENERATED: Rule = overrides(Field::Audio, &[Field::GenerateAudio]);
