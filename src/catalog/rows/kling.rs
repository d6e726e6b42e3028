//! Kling, by Kling AI.

use std::borrow::Cow::Borrowed as B;

use super::builders::*;
use super::params::*;
use crate::catalog::{Kind, Listing, Model, Param, Rule, Scalar, Size, Str};
use crate::field::Field;

// These shadow the common ones: Kling takes JPEG and PNG only.
const FRAMES: &str = "inputs.frameImages";
const IMAGE: Param = optional(Field::Image, FRAMES, jpeg_or_png(1));
const REQUIRED_IMAGE: Param = required(Field::Image, FRAMES, jpeg_or_png(1));
const LAST_IMAGE: Param = optional(Field::LastFrameImage, FRAMES, jpeg_or_png(1));
const RUNPOD_IMAGE: Param = RUNPOD_JPEG_OR_PNG;

const fn reference_images(max: u32) -> Param {
    optional(Field::ReferenceImages, "inputs.referenceImages", jpeg_or_png(max))
}

const ORIENTATION: Kind = choice!["image", "video"];
const GENERATE_AUDIO: Param = always_off(Field::GenerateAudio, "providerSettings.klingai.sound");
const KEEP_AUDIO: Param =
    optional(Field::KeepAudio, "providerSettings.klingai.keepOriginalSound", YES_NO);
const RUNWARE_ORIENTATION: Param = optional(
    Field::CharacterOrientation,
    "providerSettings.klingai.characterOrientation",
    ORIENTATION,
);
const GUIDANCE: Param = optional(Field::GuidanceScale, "CFGScale", number(0, 1));

const IMAGE_EXCLUDES_SIZE: Rule = excludes(Field::Image, &[Field::Size]);
const IMAGE_SETS_SIZE: Rule = overrides(Field::Image, &[Field::Resolution, Field::AspectRatio]);
const PROMPT_OR_MEDIA: Rule = any_of(&[Field::Prompt, Field::Image, Field::ReferenceVideos]);
/// The reference video decides the duration.
const VIDEO_SETS_DURATION: Rule = overrides(Field::ReferenceVideos, &[Field::Duration]);

pub(super) const KLING_O1: Model = model!(
    "kling-o1",
    "Kling O1",
    "Kling AI",
    [
        // kling-video-o1-r2v
        listing!(Runpod "kling-video-o1-r2v" {
            modes: [ReferenceToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_NEGATIVE, runpod_images(10), RUNPOD_VIDEO,
                runpod_duration(from_to(3, 10)),
                always_sent(Field::AspectRatio, "input.aspect_ratio", choice!["16:9", "9:16", "1:1"], word("16:9")),
                RUNPOD_SEED, RUNPOD_ENHANCE_PROMPT, RUNPOD_CONTENT_CHECK,
            ],
            rates: [per_second(112_000)],
            notes: [Resolution: "The page does not name the resolution. RunPod's AI SDK guide says 720p."],
        }),
        // klingai-video-o1-standard
        listing!(Runware "klingai:kling@o1-standard" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame, ReferenceToVideo, VideoToVideo],
            params: [
                prompt(2, 2500), IMAGE, LAST_IMAGE, reference_images(7), reference_videos(1), VIDEO,
                duration(from_to(3, 10)),
                sizes(SQUARE_720),
                KEEP_AUDIO,
            ],
            rules: [
                O1_ONE_OF, IMAGE_EXCLUDES_SIZE, O1_IMAGE_EXCLUDES_REFERENCES, O1_REFERENCES_EXCLUDE_SIZE,
                IMAGE_SETS_SIZE, O1_REFERENCES_SET_SIZE, LAST_FRAME_REQUIRES_IMAGE, O1_IMAGE_DURATIONS, O1_TEXT_DURATIONS, O1_EDIT_REFERENCES,
            ],
            rates: [
                per_second(84_000, without(Field::Video), without(Field::ReferenceVideos)),
                per_second(126_000, without(Field::Video), given(Field::ReferenceImages), without(Field::ReferenceVideos)),
                per_second(126_000, without(Field::Video), given(Field::ReferenceVideos)),
            ],
            no_price_reason: "The page has no price for editing a video.",
            notes: [ReferenceImages: O1_REFERENCES_PRICE_UNCLEAR, if given(Field::ReferenceImages), without(Field::ReferenceVideos), without(Field::Video)],
        }),
        // klingai-video-o1-pro; its size table, not the older guide's.
        listing!(Runware "klingai:kling@o1" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame, ReferenceToVideo, VideoToVideo],
            params: [
                prompt(2, 2500), IMAGE, LAST_IMAGE, reference_images(7), reference_videos(1), VIDEO,
                duration(from_to(3, 10)),
                sizes(SQUARE_1080),
                KEEP_AUDIO,
            ],
            rules: [
                O1_ONE_OF, IMAGE_EXCLUDES_SIZE, O1_IMAGE_EXCLUDES_REFERENCES, O1_REFERENCES_EXCLUDE_SIZE,
                IMAGE_SETS_SIZE, O1_REFERENCES_SET_SIZE, LAST_FRAME_REQUIRES_IMAGE, O1_IMAGE_DURATIONS, O1_TEXT_DURATIONS, O1_EDIT_REFERENCES,
            ],
            rates: [
                per_second(112_000, without(Field::Video), without(Field::ReferenceVideos)),
                per_second(168_000, without(Field::Video), given(Field::ReferenceImages), without(Field::ReferenceVideos)),
                per_second(168_000, without(Field::Video), given(Field::ReferenceVideos)),
            ],
            no_price_reason: "The page has no price for editing a video.",
            notes: [ReferenceImages: O1_REFERENCES_PRICE_UNCLEAR, if given(Field::ReferenceImages), without(Field::ReferenceVideos), without(Field::Video)],
        }),
    ],
);

const O1_ONE_OF: Rule = any_of(&[
    Field::Image,
    Field::ReferenceImages,
    Field::ReferenceVideos,
    Field::Video,
    Field::Size,
]);
const O1_IMAGE_EXCLUDES_REFERENCES: Rule = excludes(Field::Image, &[Field::ReferenceImages]);
const O1_REFERENCES_EXCLUDE_SIZE: Rule = excludes(Field::ReferenceImages, &[Field::Size]);
const O1_REFERENCES_SET_SIZE: Rule =
    overrides(Field::ReferenceImages, &[Field::Resolution, Field::AspectRatio]);
const O1_IMAGE_DURATIONS: Rule =
    needs!([given(Field::Image)], Duration, Scalar::Integer(5), Scalar::Integer(10));
/// Also with only a prompt, by a note on the page.
const O1_TEXT_DURATIONS: Rule = needs!(
    [
        without(Field::Image),
        without(Field::ReferenceImages),
        without(Field::ReferenceVideos),
        without(Field::Video)
    ],
    Duration,
    Scalar::Integer(5),
    Scalar::Integer(10)
);
const O1_EDIT_REFERENCES: Rule =
    Rule::AtMost { when: B(&[given(Field::Video)]), field: Field::ReferenceImages, max: 4 };
const O1_REFERENCES_PRICE_UNCLEAR: &str =
    "The page does not say whether images without a video are billed as references.";

const SQUARE_720: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(960, 960, "720p", "1:1"),
];
const SQUARE_1080: &[Size] = &[
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    size(1440, 1440, "1080p", "1:1"),
];
const SMALL_SQUARE_1080: &[Size] = &[
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    size(1080, 1080, "1080p", "1:1"),
];

pub(super) const KLING_3_0_PRO: Model = model!(
    "kling-3.0-pro",
    "Kling 3.0 Pro",
    "Kling AI",
    [
        // klingai-video-3-0-pro
        listing!(Runware "klingai:kling-video@3-pro" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame, ReferenceToVideo, MotionControl],
            params: [
                OPTIONAL_PROMPT, NEGATIVE,
                IMAGE, LAST_IMAGE, reference_images(1), reference_videos(1),
                duration(from_to(3, 15)),
                sizes(SQUARE_1080),
                GENERATE_AUDIO, KEEP_AUDIO, RUNWARE_ORIENTATION,
            ],
            rules: [
                PROMPT_OR_MEDIA,
                any_of(&[Field::Image, Field::Size, Field::ReferenceVideos]),
                IMAGE_EXCLUDES_SIZE, IMAGE_SETS_SIZE, LAST_FRAME_REQUIRES_IMAGE,
            ],
            no_price_reason: "Runware's price could not be read; only other sources have one.",
        }),
    ],
);

pub(super) const KLING_2_6_PRO: Model = model!(
    "kling-2.6-pro",
    "Kling 2.6 Pro",
    "Kling AI",
    [
        // klingai-video-2-6-pro
        listing!(Runware "klingai:kling-video@2.6-pro" {
            modes: [TextToVideo, ImageToVideo, MotionControl],
            params: [
                optional(Field::Prompt, "positivePrompt", text(2, 2500)),
                optional(Field::NegativePrompt, "negativePrompt", text(2, 2500)),
                IMAGE, reference_videos(1),
                duration(one_of(&[5, 10])),
                sizes(SMALL_SQUARE_1080),
                GUIDANCE, GENERATE_AUDIO, KEEP_AUDIO, RUNWARE_ORIENTATION,
            ],
            rules: [PROMPT_OR_MEDIA, VIDEO_SETS_DURATION],
            no_price_reason: "Runware's price could not be read; only other sources have one.",
        }),
    ],
);

pub(super) const KLING_2_6_STANDARD: Model = model!(
    "kling-2.6-standard",
    "Kling 2.6 Standard",
    "Kling AI",
    [
        // kling-v2-6-motion-control; its own table, not the overview's.
        listing!(Runpod "kling-v2-6-std-motion-control" {
            modes: [MotionControl],
            params: [
                optional(Field::Prompt, "input.prompt", ANY_TEXT),
                RUNPOD_NEGATIVE, RUNPOD_IMAGE, RUNPOD_REQUIRED_VIDEO,
                required(Field::CharacterOrientation, "input.character_orientation", ORIENTATION),
                defaulted(Field::KeepAudio, "input.keep_original_sound", YES_NO, YES),
                // Not sent: it is the length of the reference video, for the price.
                optional(Field::Duration, "", at_least(1)),
            ],
            // The table ends at nine seconds with a plus sign.
            rates: [about_per_3_seconds(210_000)],
            no_price_reason: "The price depends on the length of the reference video. Give it as `duration`.",
        }),
    ],
);

pub(super) const KLING_2_1_PRO: Model = model!(
    "kling-2.1-pro",
    "Kling 2.1 Pro",
    "Kling AI",
    [
        KLING_2_1_RUNPOD,
        // klingai-2-1-pro: in the schemas of 2026-07-22, gone in those of 2026-09-30.
        listing!(Runware "klingai:5@2" {
            modes: [ImageToVideo, FirstLastFrame],
            params: [
                PROMPT, NEGATIVE,
                REQUIRED_IMAGE,
                LAST_IMAGE,
                duration(one_of(&[5, 10])),
                sizes(SMALL_SQUARE_1080),
                GUIDANCE,
            ],
            no_price_reason: "Runware's price is unknown, and the model is no longer offered.",
            status: retired("2026-09-30", CURRENT_KLING),
        }),
    ],
);

const CURRENT_KLING: &[Str] = &[B("kling-3.0-pro"), B("kling-2.6-pro")];

/// kling-v2-1. The list says 0.45 for 5 s and the example was billed 0.36.
const KLING_2_1_RUNPOD: Listing = listing!(Runpod "kling-v2-1-i2v-pro" {
    modes: [ImageToVideo],
    params: [
        RUNPOD_PROMPT, RUNPOD_NEGATIVE, RUNPOD_IMAGE,
        runpod_duration(one_of(&[5, 10])),
        optional(Field::GuidanceScale, "input.guidance_scale", number(0, 1)),
        RUNPOD_CONTENT_CHECK,
    ],
    rates: [about_per_second(90_000)],
});
