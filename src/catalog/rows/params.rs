//! Parameters that many listings share, and constructors for the others.

use std::borrow::Cow::Borrowed as B;

use crate::catalog::{Choice, Kind, MediaForm, Param, Scalar, Size};
use crate::field::Field;

/// The values of a request, each with the provider's value if the two differ.
macro_rules! choice {
    ($($word:literal $(as $value:literal)?),*) => {
        $crate::catalog::Kind::Choice {
            allowed: std::borrow::Cow::Borrowed(const { &[$($crate::catalog::Choice {
                word: std::borrow::Cow::Borrowed($word),
                provider_value: $crate::catalog::Scalar::Text(std::borrow::Cow::Borrowed(
                    choice!(@ $word $($value)?)
                )),
            }),*] }),
        }
    };
    (@ $word:literal) => { $word };
    (@ $word:literal $value:literal) => { $value };
}
pub(in crate::catalog) use choice;

const fn param(
    field: Field,
    provider_field: &'static str,
    kind: Kind,
    required: bool,
    default: Option<Scalar>,
    always_sent: bool,
) -> Param {
    Param { field, provider_field: B(provider_field), kind, required, default, always_sent }
}

pub(in crate::catalog) const fn required(
    field: Field,
    provider_field: &'static str,
    kind: Kind,
) -> Param {
    param(field, provider_field, kind, true, None, false)
}

pub(in crate::catalog) const fn optional(
    field: Field,
    provider_field: &'static str,
    kind: Kind,
) -> Param {
    param(field, provider_field, kind, false, None, false)
}

/// A parameter with a documented default, which is not sent.
pub(in crate::catalog) const fn defaulted(
    field: Field,
    provider_field: &'static str,
    kind: Kind,
    default: Scalar,
) -> Param {
    param(field, provider_field, kind, false, Some(default), false)
}

/// A parameter whose default is always sent, because it affects the price or the video.
pub(in crate::catalog) const fn always_sent(
    field: Field,
    provider_field: &'static str,
    kind: Kind,
    default: Scalar,
) -> Param {
    param(field, provider_field, kind, false, Some(default), true)
}

/// A boolean that is always sent, false by default: the same at every listing.
pub(super) const fn always_off(field: Field, provider_field: &'static str) -> Param {
    always_sent(field, provider_field, YES_NO, NO)
}

// ---------------------------------------------------------------------------------------- kinds

pub(in crate::catalog) const YES: Scalar = Scalar::Boolean(true);
pub(in crate::catalog) const NO: Scalar = Scalar::Boolean(false);
pub(in crate::catalog) const YES_NO: Kind = Kind::Boolean { only: None };

pub(in crate::catalog) const fn word(word: &'static str) -> Scalar {
    Scalar::Text(B(word))
}

pub(super) const fn text(min: u32, max: u32) -> Kind {
    Kind::Text { min, max: Some(max) }
}

pub(super) const ANY_TEXT: Kind = Kind::Text { min: 1, max: None };

pub(super) const fn one_of(allowed: &'static [i32]) -> Kind {
    Kind::Integer { min: None, max: None, allowed: B(allowed) }
}

pub(in crate::catalog) const fn from_to(min: i32, max: i32) -> Kind {
    Kind::Integer { min: Some(min), max: Some(max), allowed: B(&[]) }
}

pub(in crate::catalog) const fn at_least(min: i32) -> Kind {
    Kind::Integer { min: Some(min), max: None, allowed: B(&[]) }
}

pub(super) const fn number(min: i32, max: i32) -> Kind {
    Kind::Number { min: Some(min), max: Some(max) }
}

const fn media(
    forms: &'static [MediaForm],
    undocumented: &'static [MediaForm],
    max: u32,
    list: bool,
) -> Kind {
    Kind::Media { forms: B(forms), undocumented: B(undocumented), max, list }
}

// ---------------------------------------------------------------------------------------- RunPod

const RUNPOD_IMAGE_INPUT: Kind = media(
    &[MediaForm::Url],
    // RunPod's own AI SDK provider sends data URIs.
    &[MediaForm::DataUri],
    1,
    false,
);
const RUNPOD_FILE: Kind = media(&[MediaForm::Url], &[], 1, false);

pub(super) const RUNPOD_PROMPT: Param = required(Field::Prompt, "input.prompt", ANY_TEXT);
pub(super) const RUNPOD_NEGATIVE: Param =
    optional(Field::NegativePrompt, "input.negative_prompt", ANY_TEXT);
pub(super) const RUNPOD_IMAGE: Param = required(Field::Image, "input.image", RUNPOD_IMAGE_INPUT);
pub(super) const RUNPOD_OPTIONAL_IMAGE: Param =
    optional(Field::Image, "input.image", RUNPOD_IMAGE_INPUT);
pub(super) const RUNPOD_LAST_IMAGE: Param =
    optional(Field::LastFrameImage, "input.last_image", RUNPOD_IMAGE_INPUT);
pub(super) const RUNPOD_AUDIO: Param = optional(Field::Audio, "input.audio", RUNPOD_FILE);
pub(super) const RUNPOD_REQUIRED_AUDIO: Param = required(Field::Audio, "input.audio", RUNPOD_FILE);
pub(super) const RUNPOD_SEED: Param = optional(Field::Seed, "input.seed", at_least(0));
const ON_OFF: &[Choice] = &[
    Choice { word: B("none"), provider_value: NO },
    Choice { word: B("full"), provider_value: YES },
];
/// A boolean on the page, on unless it is sent.
pub(super) const RUNPOD_CONTENT_CHECK: Param = always_sent(
    Field::ContentCheck,
    "input.enable_safety_checker",
    Kind::Choice { allowed: B(ON_OFF) },
    word("none"),
);
pub(super) const RUNPOD_ENHANCE_PROMPT: Param =
    always_off(Field::EnhancePrompt, "input.enable_prompt_expansion");

pub(super) const fn runpod_images(max: u32) -> Param {
    required(Field::ReferenceImages, "input.images", media(&[MediaForm::Url], &[], max, true))
}

/// One video to follow.
pub(super) const RUNPOD_VIDEO: Param = optional(Field::ReferenceVideos, "input.video", RUNPOD_FILE);
pub(super) const RUNPOD_REQUIRED_VIDEO: Param =
    required(Field::ReferenceVideos, "input.video", RUNPOD_FILE);

pub(super) const fn runpod_duration(kind: Kind) -> Param {
    required(Field::Duration, "input.duration", kind)
}

/// A size is one string in the body, such as `1280*720`.
pub(super) const fn runpod_size(sizes: &'static [Size], default: &'static str) -> Param {
    always_sent(Field::Size, "input.size", Kind::Size { allowed: B(sizes) }, word(default))
}

pub(super) const fn runpod_resolution(kind: Kind) -> Param {
    always_sent(Field::Resolution, "input.resolution", kind, word("720p"))
}

// --------------------------------------------------------------------------------------- Runware

const IMAGE_FORMS: &[MediaForm] =
    &[MediaForm::Url, MediaForm::Uuid, MediaForm::DataUri, MediaForm::Base64];
const FILE_FORMS: &[MediaForm] = &[MediaForm::Url, MediaForm::Uuid];

pub(super) const fn prompt(min: u32, max: u32) -> Param {
    required(Field::Prompt, "positivePrompt", text(min, max))
}

pub(super) const PROMPT: Param = required(Field::Prompt, "positivePrompt", ANY_TEXT);
pub(super) const OPTIONAL_PROMPT: Param = optional(Field::Prompt, "positivePrompt", ANY_TEXT);
pub(super) const NEGATIVE: Param = optional(Field::NegativePrompt, "negativePrompt", ANY_TEXT);
pub(super) const IMAGE: Param =
    optional(Field::Image, "inputs.frameImages", media(IMAGE_FORMS, &[], 1, true));
pub(super) const REQUIRED_IMAGE: Param =
    required(Field::Image, "inputs.frameImages", media(IMAGE_FORMS, &[], 1, true));
pub(super) const LAST_IMAGE: Param =
    optional(Field::LastFrameImage, "inputs.frameImages", media(IMAGE_FORMS, &[], 1, true));
pub(super) const VIDEO: Param =
    optional(Field::Video, "inputs.video", media(FILE_FORMS, &[], 1, false));
pub(super) const AUDIO: Param =
    optional(Field::Audio, "inputs.audio", media(FILE_FORMS, &[], 1, false));
pub(super) const SEED: Param = optional(Field::Seed, "seed", at_least(0));

pub(super) const fn reference_images(max: u32) -> Param {
    optional(Field::ReferenceImages, "inputs.referenceImages", media(IMAGE_FORMS, &[], max, true))
}

pub(super) const fn reference_videos(max: u32) -> Param {
    optional(Field::ReferenceVideos, "inputs.referenceVideos", media(FILE_FORMS, &[], max, true))
}

/// Optional on the pages; required here because it decides the price.
pub(super) const fn duration(kind: Kind) -> Param {
    required(Field::Duration, "duration", kind)
}

pub(super) const fn sizes(sizes: &'static [Size]) -> Param {
    optional(Field::Size, "width height", Kind::Size { allowed: B(sizes) })
}

pub(super) const fn resolution(kind: Kind) -> Param {
    optional(Field::Resolution, "resolution", kind)
}
