//! Models of makers with only one or two.

use super::builders::*;
use super::params::*;
use crate::catalog::{Kind, Model, Rule, Scalar, Size, When};
use crate::field::Field;

pub(super) const P_VIDEO: Model = model!(
    "p-video",
    "P-Video",
    "Pruna AI",
    [
        // p-video
        listing!(Runpod "p-video" {
            modes: [TextToVideo, ImageToVideo, AudioToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_OPTIONAL_IMAGE, RUNPOD_AUDIO,
                runpod_duration(from_to(1, 10)),
                runpod_resolution(choice!["720p", "1080p"]),
                always_sent(
                    Field::AspectRatio, "input.aspect_ratio",
                    choice!["16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "1:1"], word("16:9"),
                ),
                defaulted(Field::Fps, "input.fps", one_of(&[24, 48]), Scalar::Integer(24)),
                RUNPOD_SEED,
                always_off(Field::Draft, "input.draft"),
                always_off(Field::GenerateAudio, "input.save_audio"),
                always_off(Field::EnhancePrompt, "input.prompt_upsampling"),
            ],
            rules: [
                overrides(Field::Image, &[Field::AspectRatio]),
                overrides(Field::Audio, &[Field::Duration, Field::GenerateAudio]),
            ],
            rates: [
                per_second(20_000, at("720p"), FULL),
                per_second(40_000, at("1080p"), FULL),
                per_second(5_000, at("720p"), DRAFT),
                per_second(10_000, at("1080p"), DRAFT),
            ],
            no_price_reason: "The video is as long as its `audio`, so the price depends on its length.",
        }),
        // prunaai-p-video
        listing!(Runware "prunaai:p-video@0" {
            modes: [TextToVideo, ImageToVideo, AudioToVideo],
            params: [
                PROMPT, IMAGE, AUDIO,
                duration(from_to(1, 10)),
                resolution(choice!["720p", "1080p"]), sizes(P_VIDEO_SIZES),
                defaulted(Field::Fps, "fps", one_of(&[24, 48]), Scalar::Integer(24)),
                SEED,
                always_off(Field::Draft, "settings.draft"),
                always_off(Field::GenerateAudio, "settings.audio"),
                always_off(Field::EnhancePrompt, "settings.promptUpsampling"),
            ],
            rules: [overrides(Field::Audio, &[Field::Duration, Field::GenerateAudio])],
            no_price_reason: "Runware's price could not be read; other sources report RunPod's price.",
        }),
    ],
);

const FULL: When = When::Is(Field::Draft, NO);
const DRAFT: When = When::Is(Field::Draft, YES);

const P_VIDEO_SIZES: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(960, 720, "720p", "4:3"),
    size(720, 960, "720p", "3:4"),
    size(1080, 720, "720p", "3:2"),
    size(720, 1080, "720p", "2:3"),
    size(720, 720, "720p", "1:1"),
    size(1440, 1080, "1080p", "4:3"),
    size(1080, 1440, "1080p", "3:4"),
    size(1620, 1080, "1080p", "3:2"),
    size(1080, 1620, "1080p", "2:3"),
    size(1080, 1080, "1080p", "1:1"),
];

pub(super) const HAILUO_2_3: Model = model!(
    "hailuo-2.3",
    "Hailuo 2.3",
    "MiniMax",
    [
        // minimax-hailuo-2-3
        listing!(Runware "minimax:4@1" {
            modes: [TextToVideo, ImageToVideo],
            params: [
                optional(Field::Prompt, "positivePrompt", text(2, 2000)),
                IMAGE,
                duration(one_of(&[6, 10])),
                sizes(HAILUO_SIZES),
                defaulted(Field::Fps, "fps", one_of(&[25]), Scalar::Integer(25)),
                always_off(Field::EnhancePrompt, "providerSettings.minimax.promptOptimizer"),
            ],
            rules: [
                any_of(&[Field::Prompt, Field::Image]),
                needs!([at("1080p")], Duration, Scalar::Integer(6)),
            ],
            rates: [
                per_video(280_000, at("768p"), duration_is(6)),
                per_video(560_000, at("768p"), duration_is(10)),
                per_video(490_000, at("1080p"), duration_is(6)),
            ],
        }),
    ],
);

const HAILUO_SIZES: &[Size] = &[size(1366, 768, "768p", "16:9"), size(1920, 1080, "1080p", "16:9")];

pub(super) const GEN_4_5: Model = model!(
    "gen-4.5",
    "Gen-4.5",
    "Runway",
    [
        // runway-gen-4-5: 0.60 for 5 s, and an example of 8 s billed 0.965.
        listing!(Runware "runway:1@2" {
            modes: [TextToVideo, ImageToVideo],
            params: [
                optional(Field::Prompt, "positivePrompt", ANY_TEXT),
                IMAGE,
                duration(one_of(&[5, 8, 10])),
                required(Field::Size, "width height", Kind::Size { allowed: std::borrow::Cow::Borrowed(GEN_4_5_SIZES) }),
                SEED,
            ],
            rules: [any_of(&[Field::Prompt, Field::Image])],
            rates: [
                per_video(600_000, duration_is(5)),
                about_per_second(120_000, duration_is(8)),
                about_per_second(120_000, duration_is(10)),
            ],
        }),
    ],
);

const GEN_4_5_SIZES: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(1104, 832, "720p", "4:3"),
    size(832, 1104, "720p", "3:4"),
    size(960, 960, "720p", "1:1"),
];

pub(super) const RAY_3_2: Model = model!(
    "ray-3.2",
    "Ray 3.2",
    "Luma",
    [
        // luma-ray3-2
        listing!(Runware "luma:ray@3.2" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame, VideoToVideo, Extend, Reframe],
            params: [
                PROMPT, IMAGE, LAST_IMAGE, VIDEO,
                duration(one_of(&[5, 10])),
                resolution(choice!["360p", "540p", "720p", "1080p"]),
                defaulted(Field::Loop, "settings.loop", YES_NO, NO),
                defaulted(Field::Hdr, "settings.hdr", YES_NO, NO),
                defaulted(Field::Exr, "settings.exrExport", YES_NO, NO),
            ],
            rules: [
                LAST_FRAME_REQUIRES_IMAGE,
                needs!([LOOP], Duration, Scalar::Integer(5)),
                needs!([LOOP], Hdr, NO),
                LAST_FRAME_EXCLUDES_LOOP,
                needs!([When::Is(Field::Exr, YES)], Hdr, YES),
                needs!([HDR], Resolution, word("720p"), word("1080p")),
                needs!([HDR], Duration, Scalar::Integer(5)),
            ],
            rates: [
                per_video(60_000, NOT_EDITED, SDR, at("360p"), duration_is(5)),
                per_video(600_000, NOT_EDITED, HDR, NO_EXR, at("720p"), duration_is(5)),
                per_video(900_000, NOT_EDITED, HDR, EXR, at("720p"), duration_is(5)),
                per_video(2_400_000, NOT_EDITED, HDR, NO_EXR, at("1080p"), duration_is(5)),
                per_video(3_600_000, NOT_EDITED, HDR, EXR, at("1080p"), duration_is(5)),
            ],
            no_price_reason: "Most prices of the page could not be read, only those for 5 s at 360p and for HDR.",
        }),
    ],
);

const LOOP: When = When::Is(Field::Loop, YES);
const LAST_FRAME_EXCLUDES_LOOP: Rule = needs!([given(Field::LastFrameImage)], Loop, NO);
const NOT_EDITED: When = without(Field::Video);
const SDR: When = When::Is(Field::Hdr, NO);
const HDR: When = When::Is(Field::Hdr, YES);
const NO_EXR: When = When::Is(Field::Exr, NO);
const EXR: When = When::Is(Field::Exr, YES);

pub(super) const INFINITETALK: Model = model!(
    "infinitetalk",
    "InfiniteTalk",
    "",
    [
        // infinitetalk
        listing!(Runpod "infinitetalk" {
            modes: [TalkingPortrait],
            params: [
                RUNPOD_PROMPT, RUNPOD_IMAGE, RUNPOD_REQUIRED_AUDIO,
                required(Field::Resolution, "input.size", choice!["480p", "720p"]),
                RUNPOD_CONTENT_CHECK,
            ],
            rates: [
                about_per_video(250_000, at("480p")),
                about_per_video(500_000, at("720p")),
            ],
            notes: [Audio: "The page does not say whether long audio costs more."],
        }),
    ],
);
