//! Parameters that many listings share, and short ways to write the others.

use std::borrow::Cow::Borrowed as B;

use crate::catalog::{Choice, Kind, MediaForm, Param, Scalar, Size};
use crate::field::Field;

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

pub(super) const fn one_of(allowed: &'static [i32]) -> Kind {
    Kind::Integer {
        min: None,
        max: None,
        allowed: B(allowed),
    }
}

pub(in crate::catalog) const fn from_to(min: i32, max: i32) -> Kind {
    Kind::Integer {
        min: Some(min),
        max: Some(max),
        allowed: B(&[]),
    }
}

pub(in crate::catalog) const fn at_least(min: i32) -> Kind {
    Kind::Integer {
        min: Some(min),
        max: None,
        allowed: B(&[]),
    }
}

pub(super) const fn number(min: i32, max: i32) -> Kind {
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
    optional(Field::LastFrameImage, "input.last_image", POD_PICTURE);
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
    Field::ContentCheck,
    "input.enable_safety_checker",
    Kind::Choice { allowed: B(SWITCH) },
    word("none"),
);
pub(super) const POD_EXPANSION: Param = off(Field::EnhancePrompt, "input.enable_prompt_expansion");

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
    Field::LastFrameImage,
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
