//! Kling, by Kling AI.

use std::borrow::Cow::Borrowed as B;

use super::frame::*;
use super::parts::*;
use crate::catalog::{Kind, Listing, Model, Param, Rule, Scalar, Size, Str};
use crate::field::Field;

const ORIENTATION: Kind = choice!["image", "video"];
const SOUND: Param = off(Field::GenerateAudio, "providerSettings.klingai.sound");
const KEEP_SOUND: Param = optional(
    Field::KeepAudio,
    "providerSettings.klingai.keepOriginalSound",
    YES_NO,
);
const WIRE_ORIENTATION: Param = optional(
    Field::CharacterOrientation,
    "providerSettings.klingai.characterOrientation",
    ORIENTATION,
);
const GUIDANCE: Param = optional(Field::GuidanceScale, "CFGScale", number(0, 1));

const FRAME_NO_SIZE: Rule = excludes(Field::Image, &[Field::Size]);
const FRAME_DECIDES: Rule = overrides(Field::Image, &[Field::Resolution, Field::AspectRatio]);
const SOMETHING_TO_FILM: Rule = any_of(&[Field::Prompt, Field::Image, Field::ReferenceVideos]);
/// The video that is followed says how long.
const VIDEO_LASTS: Rule = overrides(Field::ReferenceVideos, &[Field::Duration]);

pub(super) const KLING_O1: Model = model!(
    "kling-o1",
    "Kling O1",
    "Kling AI",
    [
        // kling-video-o1-r2v
        listing!(Runpod "kling-video-o1-r2v" {
            modes: [ReferenceToVideo],
            params: [
                POD_PROMPT, POD_NEGATIVE, pod_images(10), POD_VIDEO,
                pod_duration(from_to(3, 10)),
                sent(Field::AspectRatio, "input.aspect_ratio", choice!["16:9", "9:16", "1:1"], word("16:9")),
                POD_SEED, POD_EXPANSION, POD_SAFETY,
            ],
            rates: [per_second(112_000)],
            notes: [Resolution: "The page does not say which resolution it makes; RunPod's guide to its AI SDK provider says 720p."],
        }),
        // klingai-video-o1-standard
        listing!(Runware "klingai:kling@o1-standard" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame, ReferenceToVideo, VideoToVideo],
            params: [
                prompt(2, 2500), IMAGE, LAST_IMAGE, reference_images(7), reference_videos(1), VIDEO,
                duration(from_to(3, 10)),
                sizes(SQUARE_720),
                KEEP_SOUND,
            ],
            rules: [
                O1_ONE_OF, FRAME_NO_SIZE, O1_FRAME_OR_REFERENCES, O1_REFERENCES_NO_SIZE,
                FRAME_DECIDES, O1_REFERENCES_DECIDE, LAST_AFTER_FIRST, O1_FRAMED, O1_WORDS, O1_EDITED,
            ],
            rates: [
                per_second(84_000, without(Field::Video), without(Field::ReferenceVideos)),
                per_second(126_000, without(Field::Video), with(Field::ReferenceImages), without(Field::ReferenceVideos)),
                per_second(126_000, without(Field::Video), with(Field::ReferenceVideos)),
            ],
            no_price_reason: "The page prices no edit of a video.",
            notes: [ReferenceImages: O1_REFERENCES_PRICE, if with(Field::ReferenceImages), without(Field::ReferenceVideos), without(Field::Video)],
        }),
        // klingai-video-o1-pro; its size table, not the older guide's.
        listing!(Runware "klingai:kling@o1" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame, ReferenceToVideo, VideoToVideo],
            params: [
                prompt(2, 2500), IMAGE, LAST_IMAGE, reference_images(7), reference_videos(1), VIDEO,
                duration(from_to(3, 10)),
                sizes(SQUARE_1080),
                KEEP_SOUND,
            ],
            rules: [
                O1_ONE_OF, FRAME_NO_SIZE, O1_FRAME_OR_REFERENCES, O1_REFERENCES_NO_SIZE,
                FRAME_DECIDES, O1_REFERENCES_DECIDE, LAST_AFTER_FIRST, O1_FRAMED, O1_WORDS, O1_EDITED,
            ],
            rates: [
                per_second(112_000, without(Field::Video), without(Field::ReferenceVideos)),
                per_second(168_000, without(Field::Video), with(Field::ReferenceImages), without(Field::ReferenceVideos)),
                per_second(168_000, without(Field::Video), with(Field::ReferenceVideos)),
            ],
            no_price_reason: "The page prices no edit of a video.",
            notes: [ReferenceImages: O1_REFERENCES_PRICE, if with(Field::ReferenceImages), without(Field::ReferenceVideos), without(Field::Video)],
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
const O1_FRAME_OR_REFERENCES: Rule = excludes(Field::Image, &[Field::ReferenceImages]);
const O1_REFERENCES_NO_SIZE: Rule = excludes(Field::ReferenceImages, &[Field::Size]);
const O1_REFERENCES_DECIDE: Rule = overrides(
    Field::ReferenceImages,
    &[Field::Resolution, Field::AspectRatio],
);
const O1_FRAMED: Rule = needs!(
    [with(Field::Image)],
    Duration,
    Scalar::Integer(5),
    Scalar::Integer(10)
);
/// With words alone, too, by the page's note.
const O1_WORDS: Rule = needs!(
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
const O1_EDITED: Rule = Rule::AtMost {
    when: B(&[with(Field::Video)]),
    field: Field::ReferenceImages,
    max: 4,
};
const O1_REFERENCES_PRICE: &str =
    "The page does not say whether pictures without a video are billed as references.";

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
                SOUND, KEEP_SOUND, WIRE_ORIENTATION,
            ],
            rules: [
                SOMETHING_TO_FILM,
                any_of(&[Field::Image, Field::Size, Field::ReferenceVideos]),
                FRAME_NO_SIZE, FRAME_DECIDES, LAST_AFTER_FIRST,
            ],
            no_price_reason: "Runware's price for it could not be read; others report one.",
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
                GUIDANCE, SOUND, KEEP_SOUND, WIRE_ORIENTATION,
            ],
            rules: [SOMETHING_TO_FILM, VIDEO_LASTS],
            no_price_reason: "Runware's price for it could not be read; others report one.",
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
                POD_NEGATIVE, POD_IMAGE, POD_REQUIRED_VIDEO,
                required(Field::CharacterOrientation, "input.character_orientation", ORIENTATION),
                known(Field::KeepAudio, "input.keep_original_sound", YES_NO, YES),
                // Not sent: the video that is followed has its length, and this says how long it is.
                optional(Field::Duration, "", at_least(1)),
            ],
            // The table ends at nine seconds with a plus sign.
            rates: [about_per_3_seconds(210_000)],
            no_price_reason: "The length of the reference video decides: say it as `duration`.",
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
            no_price_reason: "Runware's price for it is not known, and it is gone.",
            status: retired("2026-09-30", KLING_NOW),
        }),
    ],
);

const KLING_NOW: &[Str] = &[B("kling-3.0-pro"), B("kling-2.6-pro")];

/// kling-v2-1. The list says 0.45 for 5 s and the example was billed 0.36.
const KLING_2_1_RUNPOD: Listing = listing!(Runpod "kling-v2-1-i2v-pro" {
    modes: [ImageToVideo],
    params: [
        POD_PROMPT, POD_NEGATIVE, POD_IMAGE,
        pod_duration(one_of(&[5, 10])),
        optional(Field::GuidanceScale, "input.guidance_scale", number(0, 1)),
        POD_SAFETY,
    ],
    rates: [about_per_second(90_000)],
});
