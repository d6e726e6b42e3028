//! Sora 2 and Sora 2 Pro. OpenAI has shut them down; Runware's examples name the same date.

use std::borrow::Cow::Borrowed as B;

use super::builders::*;
use super::params::*;
use crate::catalog::{Kind, Model, Param, Rule, Size, Status, Str};
use crate::field::Field;

const ENDED: Status = retired("2026-09-24", REPLACEMENTS);
const REPLACEMENTS: &[Str] = &[B("wan-2.6"), B("veo-3.1-fast"), B("veo-3.1")];

/// RunPod's example took 185 s.
const TYPICAL_MS: u32 = 185_000;
/// Not documented, and far below the example.
const MIN_MS: u32 = 20_000;

/// Both always generate audio.
const GENERATE_AUDIO: Param =
    defaulted(Field::GenerateAudio, "", Kind::Boolean { only: Some(true) }, YES);
/// The page's documented default is none, and its examples leave it out.
const CONTENT_CHECK: Param =
    defaulted(Field::ContentCheck, "safety.mode", choice!["none", "fast", "full"], word("none"));
const REMIX: Param = optional(Field::RemixId, "inputs.videoId", Kind::Id);

const IMAGE_SIZE_OR_REMIX: Rule = any_of(&[Field::Image, Field::Size, Field::RemixId]);
const REMIX_EXCLUDES: Rule =
    excludes(Field::RemixId, &[Field::Image, Field::Size, Field::Resolution, Field::AspectRatio]);
/// Where Runware's pages mean an exclusion, they say "exactly one of"; "either … or" stands on pages that then exclude
/// one case of both.
const IMAGE_AND_SIZE: &str = "The page asks for either an image or a size, and does not say whether both are accepted. \
                              Runware may reject them together.";

pub(super) const SORA_2_PRO: Model = model!(
    "sora-2-pro",
    "Sora 2 Pro",
    "OpenAI",
    [
        // sora-2-pro-i2v
        listing!(Runpod "sora-2-pro-i2v" {
            modes: [ImageToVideo],
            params: [
                RUNPOD_PROMPT,
                RUNPOD_IMAGE,
                runpod_duration(one_of(&[4, 8, 12])),
                // The page enumerates nothing; these are the two of its price table.
                always_sent(Field::Resolution, "input.size", choice!["720p", "1080p"], word("720p")),
                GENERATE_AUDIO,
            ],
            rates: [
                per_second(300_000, at("720p")),
                per_second(500_000, at("1080p")),
            ],
            status: ENDED,
            typical_duration_ms: TYPICAL_MS, min_duration_ms: MIN_MS,
        }),
        // openai-sora-2-pro
        listing!(Runware "openai:3@2" {
            modes: [TextToVideo, ImageToVideo, Remix],
            params: [
                prompt(2, 6000),
                IMAGE,
                duration(one_of(&[4, 8, 12, 16, 20])),
                sizes(PRO_SIZES),
                REMIX,
                CONTENT_CHECK,
                GENERATE_AUDIO,
            ],
            rules: [IMAGE_SIZE_OR_REMIX, REMIX_EXCLUDES],
            rates: [
                per_second(300_000, at("720p")),
                per_second(500_000, at("1080p")),
            ],
            notes: [Size: IMAGE_AND_SIZE, if given(Field::Image), given(Field::Size)],
            status: ENDED,
            typical_duration_ms: TYPICAL_MS, min_duration_ms: MIN_MS,
        }),
    ],
);

pub(super) const SORA_2: Model = model!(
    "sora-2",
    "Sora 2",
    "OpenAI",
    [
        // sora-2-i2v
        listing!(Runpod "sora-2-i2v" {
            modes: [ImageToVideo],
            params: [RUNPOD_PROMPT, RUNPOD_IMAGE, runpod_duration(one_of(&[4, 8, 12])), GENERATE_AUDIO],
            rates: [per_second(100_000)],
            status: ENDED,
            typical_duration_ms: TYPICAL_MS, min_duration_ms: MIN_MS,
        }),
        // openai-sora-2
        listing!(Runware "openai:3@1" {
            modes: [TextToVideo, ImageToVideo, Remix],
            params: [
                PROMPT,
                IMAGE,
                duration(one_of(&[4, 8, 12, 16, 20])),
                sizes(SIZES),
                REMIX,
                CONTENT_CHECK,
                GENERATE_AUDIO,
            ],
            rules: [IMAGE_SIZE_OR_REMIX, REMIX_EXCLUDES],
            rates: [per_second(100_000, at("720p"))],
            notes: [Size: IMAGE_AND_SIZE, if given(Field::Image), given(Field::Size)],
            status: ENDED,
            typical_duration_ms: TYPICAL_MS, min_duration_ms: MIN_MS,
        }),
    ],
);

/// The first four are the page's list; the last two are in its example, billed as 1080p.
const PRO_SIZES: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    unlisted(1792, 1024, "1080p", ""),
    unlisted(1024, 1792, "1080p", ""),
];

const SIZES: &[Size] = &[size(1280, 720, "720p", "16:9"), size(720, 1280, "720p", "9:16")];
