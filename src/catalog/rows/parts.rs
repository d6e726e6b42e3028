//! What rows are made of: parameters that many listings share, and short ways to write the rest.

use std::borrow::Cow::Borrowed as B;

use crate::catalog::{
    Choice, Kind, MediaForm, Param, Per, Rate, Rule, Scalar, Size, State, Status, Str, When,
};
use crate::price::{Basis, Usd};
use crate::request::Field;

/// Words of a request, and the same on the wire where the two differ.
macro_rules! choice {
    ($($word:literal $(as $wire:literal)?),*) => {
        $crate::catalog::Kind::Choice {
            allowed: std::borrow::Cow::Borrowed(const { &[$($crate::catalog::Choice {
                word: std::borrow::Cow::Borrowed($word),
                wire: $crate::catalog::Scalar::Text(std::borrow::Cow::Borrowed(
                    choice!(@ $word $($wire)?)
                )),
            }),*] }),
        }
    };
    (@ $word:literal) => { $word };
    (@ $word:literal $wire:literal) => { $wire };
}
pub(in crate::catalog) use choice;

const fn param(
    field: Field,
    wire: &'static str,
    kind: Kind,
    required: bool,
    default: Option<Scalar>,
    explicit: bool,
) -> Param {
    Param {
        field,
        wire: B(wire),
        kind,
        required,
        default,
        explicit,
    }
}

pub(in crate::catalog) const fn required(field: Field, wire: &'static str, kind: Kind) -> Param {
    param(field, wire, kind, true, None, false)
}

pub(in crate::catalog) const fn optional(field: Field, wire: &'static str, kind: Kind) -> Param {
    param(field, wire, kind, false, None, false)
}

/// One whose default is known, and need not be said.
pub(super) const fn known(field: Field, wire: &'static str, kind: Kind, default: Scalar) -> Param {
    param(field, wire, kind, false, Some(default), false)
}

/// One whose default is always sent: it costs money or changes the video.
pub(in crate::catalog) const fn sent(
    field: Field,
    wire: &'static str,
    kind: Kind,
    default: Scalar,
) -> Param {
    param(field, wire, kind, false, Some(default), true)
}

/// Off, and always sent so: the same at every listing.
pub(super) const fn off(field: Field, wire: &'static str) -> Param {
    sent(field, wire, YES_NO, NO)
}

// ---------------------------------------------------------------------------------------- kinds

pub(in crate::catalog) const YES: Scalar = Scalar::Boolean(true);
pub(in crate::catalog) const NO: Scalar = Scalar::Boolean(false);
pub(in crate::catalog) const YES_NO: Kind = Kind::Boolean { only: None };

pub(in crate::catalog) const fn word(word: &'static str) -> Scalar {
    Scalar::Text(B(word))
}

pub(super) const fn text(min: u32, max: u32) -> Kind {
    Kind::Text {
        min,
        max: Some(max),
    }
}

pub(super) const ANY_TEXT: Kind = Kind::Text { min: 1, max: None };

pub(super) const fn one_of(allowed: &'static [i64]) -> Kind {
    Kind::Integer {
        min: None,
        max: None,
        allowed: B(allowed),
    }
}

pub(in crate::catalog) const fn from_to(min: i64, max: i64) -> Kind {
    Kind::Integer {
        min: Some(min),
        max: Some(max),
        allowed: B(&[]),
    }
}

pub(in crate::catalog) const fn at_least(min: i64) -> Kind {
    Kind::Integer {
        min: Some(min),
        max: None,
        allowed: B(&[]),
    }
}

pub(super) const fn number(min: i64, max: i64) -> Kind {
    Kind::Number {
        min: Some(min),
        max: Some(max),
    }
}

const fn media(
    forms: &'static [MediaForm],
    undocumented: &'static [MediaForm],
    max: u32,
    list: bool,
) -> Kind {
    Kind::Media {
        forms: B(forms),
        undocumented: B(undocumented),
        max,
        list,
    }
}

// -------------------------------------------------------------------------------------- RunPod's

const POD_PICTURE: Kind = media(
    &[MediaForm::Url],
    // RunPod's own AI SDK provider sends data URIs.
    &[MediaForm::DataUri],
    1,
    false,
);
const POD_FILE: Kind = media(&[MediaForm::Url], &[], 1, false);

pub(super) const POD_PROMPT: Param = required(Field::Prompt, "input.prompt", ANY_TEXT);
pub(super) const POD_NEGATIVE: Param =
    optional(Field::NegativePrompt, "input.negative_prompt", ANY_TEXT);
pub(super) const POD_IMAGE: Param = required(Field::Image, "input.image", POD_PICTURE);
pub(super) const POD_OPTIONAL_IMAGE: Param = optional(Field::Image, "input.image", POD_PICTURE);
pub(super) const POD_LAST_IMAGE: Param =
    optional(Field::LastImage, "input.last_image", POD_PICTURE);
pub(super) const POD_AUDIO: Param = optional(Field::Audio, "input.audio", POD_FILE);
pub(super) const POD_REQUIRED_AUDIO: Param = required(Field::Audio, "input.audio", POD_FILE);
pub(super) const POD_SEED: Param = optional(Field::Seed, "input.seed", at_least(0));
const SWITCH: &[Choice] = &[
    Choice {
        word: B("none"),
        wire: NO,
    },
    Choice {
        word: B("full"),
        wire: YES,
    },
];
/// The page has a switch, on unless it is sent.
pub(super) const POD_SAFETY: Param = sent(
    Field::Safety,
    "input.enable_safety_checker",
    Kind::Choice { allowed: B(SWITCH) },
    word("none"),
);
pub(super) const POD_EXPANSION: Param =
    off(Field::PromptExpansion, "input.enable_prompt_expansion");

pub(super) const fn pod_images(max: u32) -> Param {
    required(
        Field::ReferenceImages,
        "input.images",
        media(&[MediaForm::Url], &[], max, true),
    )
}

/// One video that is followed.
pub(super) const POD_VIDEO: Param = optional(Field::ReferenceVideos, "input.video", POD_FILE);
pub(super) const POD_REQUIRED_VIDEO: Param =
    required(Field::ReferenceVideos, "input.video", POD_FILE);

pub(super) const fn pod_duration(kind: Kind) -> Param {
    required(Field::Duration, "input.duration", kind)
}

/// A size is one text on the wire, such as `1280*720`.
pub(super) const fn pod_size(sizes: &'static [Size], default: &'static str) -> Param {
    sent(
        Field::Size,
        "input.size",
        Kind::Size { allowed: B(sizes) },
        word(default),
    )
}

pub(super) const fn pod_resolution(kind: Kind) -> Param {
    sent(Field::Resolution, "input.resolution", kind, word("720p"))
}

// ------------------------------------------------------------------------------------- Runware's

const PICTURES: &[MediaForm] = &[
    MediaForm::Url,
    MediaForm::Uuid,
    MediaForm::DataUri,
    MediaForm::Base64,
];
const FILES: &[MediaForm] = &[MediaForm::Url, MediaForm::Uuid];

pub(super) const fn prompt(min: u32, max: u32) -> Param {
    required(Field::Prompt, "positivePrompt", text(min, max))
}

pub(super) const PROMPT: Param = required(Field::Prompt, "positivePrompt", ANY_TEXT);
pub(super) const OPTIONAL_PROMPT: Param = optional(Field::Prompt, "positivePrompt", ANY_TEXT);
pub(super) const NEGATIVE: Param = optional(Field::NegativePrompt, "negativePrompt", ANY_TEXT);
pub(super) const IMAGE: Param = optional(
    Field::Image,
    "inputs.frameImages",
    media(PICTURES, &[], 1, true),
);
pub(super) const REQUIRED_IMAGE: Param = required(
    Field::Image,
    "inputs.frameImages",
    media(PICTURES, &[], 1, true),
);
pub(super) const LAST_IMAGE: Param = optional(
    Field::LastImage,
    "inputs.frameImages",
    media(PICTURES, &[], 1, true),
);
pub(super) const VIDEO: Param = optional(Field::Video, "inputs.video", media(FILES, &[], 1, false));
pub(super) const AUDIO: Param = optional(Field::Audio, "inputs.audio", media(FILES, &[], 1, false));
pub(super) const SEED: Param = optional(Field::Seed, "seed", at_least(0));

pub(super) const fn reference_images(max: u32) -> Param {
    optional(
        Field::ReferenceImages,
        "inputs.referenceImages",
        media(PICTURES, &[], max, true),
    )
}

pub(super) const fn reference_videos(max: u32) -> Param {
    optional(
        Field::ReferenceVideos,
        "inputs.referenceVideos",
        media(FILES, &[], max, true),
    )
}

/// Optional on the pages; required here, since it decides the price.
pub(super) const fn duration(kind: Kind) -> Param {
    required(Field::Duration, "duration", kind)
}

pub(super) const fn sizes(sizes: &'static [Size]) -> Param {
    optional(
        Field::Size,
        "width height",
        Kind::Size { allowed: B(sizes) },
    )
}

pub(super) const fn resolution(kind: Kind) -> Param {
    optional(Field::Resolution, "resolution", kind)
}

// ------------------------------------------------------------------------------ sizes and prices

const fn a_size(
    (width, height): (u32, u32),
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
    width: u32,
    height: u32,
    resolution: &'static str,
    ratio: &'static str,
) -> Size {
    a_size((width, height), resolution, ratio, true)
}

/// A size that an example or a price speaks of, but no list.
pub(super) const fn unlisted(
    width: u32,
    height: u32,
    resolution: &'static str,
    ratio: &'static str,
) -> Size {
    a_size((width, height), resolution, ratio, false)
}

pub(super) const fn at(resolution: &'static str) -> When {
    When::Is(Field::Resolution, Scalar::Text(B(resolution)))
}

pub(super) const fn lasting(seconds: i64) -> When {
    When::Is(Field::Duration, Scalar::Integer(seconds))
}

pub(super) const fn with(field: Field) -> When {
    When::Given(field, true)
}

pub(super) const fn without(field: Field) -> When {
    When::Given(field, false)
}

pub(super) const SILENT: When = When::Is(Field::Sound, NO);
pub(super) const SOUNDING: When = When::Is(Field::Sound, YES);

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
    rate(micros, Per::Second, when, Basis::Approximate)
}

/// A started block of three seconds, by a table that goes on.
pub(super) const fn about_per_3_seconds(micros: i64, when: &'static [When]) -> Rate {
    Rate {
        amount: Usd(micros),
        per: Per::Block,
        block: Some(3),
        when: B(when),
        basis: Basis::Approximate,
    }
}

pub(super) const fn per_video(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Video, when, Basis::Exact)
}

/// The documents leave open what else it varies by.
pub(super) const fn about_per_video(micros: i64, when: &'static [When]) -> Rate {
    rate(micros, Per::Video, when, Basis::Approximate)
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
        $(unpriced: $unpriced:literal,)?
        $(caveats: [$($field:ident: $text:expr $(, if $($open:expr),+)?);+ $(;)?],)?
        $(status: $status:expr,)?
        $(usual_ms: $usual:expr, shortest_ms: $shortest:expr,)?
    }) => {
        $crate::catalog::Listing {
            provider: $crate::provider::ProviderId::$provider,
            wire_id: std::borrow::Cow::Borrowed($wire_id),
            modes: std::borrow::Cow::Borrowed(&[$($crate::catalog::Mode::$mode),+]),
            params: std::borrow::Cow::Borrowed(const { &[$($param),+] }),
            rules: std::borrow::Cow::Borrowed(const { &[$($($rule),+)?] }),
            rates: std::borrow::Cow::Borrowed(
                const { &[$($($rate($micros, const { &[$($when),*] })),+)?] }
            ),
            unpriced: listing!(@unpriced $($unpriced)?),
            caveats: std::borrow::Cow::Borrowed(const { &[$($($crate::catalog::Caveat {
                when: std::borrow::Cow::Borrowed(const { &[$($($open),+)?] }),
                field: Field::$field,
                text: std::borrow::Cow::Borrowed($text),
            }),+)?] }),
            status: listing!(@status $provider $($status)?),
            usual_ms: listing!(@number 60_000 $(, $usual)?),
            // Where no document says how fast it can be, nothing is sent twice.
            shortest_ms: listing!(@number 0 $(, $shortest)?),
        }
    };
    (@unpriced) => { None };
    (@unpriced $reason:literal) => { Some(std::borrow::Cow::Borrowed($reason)) };
    (@status Runpod) => { $crate::catalog::rows::parts::POD_LIVE };
    (@status Runware) => { $crate::catalog::rows::parts::LIVE };
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
pub(super) const LAST_AFTER_FIRST: Rule = needs!([with(Field::LastImage)], Image);
/// Sound that is given leaves none to be made.
pub(super) const GIVEN_SOUND: Rule = overrides(Field::Audio, &[Field::Sound]);
