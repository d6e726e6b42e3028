//! Sora 2 and Sora 2 Pro. OpenAI ended them; Runware's examples name the same day.

use std::borrow::Cow::Borrowed as B;

use super::frame::*;
use super::parts::*;
use crate::catalog::{Kind, Model, Param, Rule, Size, Status, Str};
use crate::field::Field;

const ENDED: Status = retired("2026-09-24", INSTEAD);
const INSTEAD: &[Str] = &[B("wan-2.6"), B("veo-3.1-fast"), B("veo-3.1")];

/// RunPod's example took 185 s.
const USUAL_MS: u32 = 185_000;
/// Not documented, and far below the example.
const SHORTEST_MS: u32 = 20_000;

/// Both always sound.
const SOUND: Param = known(
    Field::GenerateAudio,
    "",
    Kind::Boolean { only: Some(true) },
    YES,
);
/// The page's documented default is none, and its examples leave it out.
const SAFETY: Param = known(
    Field::ContentCheck,
    "safety.mode",
    choice!["none", "fast", "full"],
    word("none"),
);
const REMIX: Param = optional(Field::RemixId, "inputs.videoId", Kind::Id);

const ONE_OF_THREE: Rule = any_of(&[Field::Image, Field::Size, Field::RemixId]);
const REMIX_ALONE: Rule = excludes(
    Field::RemixId,
    &[
        Field::Image,
        Field::Size,
        Field::Resolution,
        Field::AspectRatio,
    ],
);
const IMAGE_NO_SIZE: Rule = excludes(Field::Image, &[Field::Size]);
const IMAGE_DECIDES: Rule = overrides(Field::Image, &[Field::Resolution, Field::AspectRatio]);

pub(super) const SORA_2_PRO: Model = model!(
    "sora-2-pro",
    "Sora 2 Pro",
    "OpenAI",
    [
        // sora-2-pro-i2v
        listing!(Runpod "sora-2-pro-i2v" {
            modes: [ImageToVideo],
            params: [
                POD_PROMPT,
                POD_IMAGE,
                pod_duration(one_of(&[4, 8, 12])),
                // The page enumerates nothing; these are the two of its price table.
                sent(Field::Resolution, "input.size", choice!["720p", "1080p"], word("720p")),
                SOUND,
            ],
            rates: [
                per_second(300_000, at("720p")),
                per_second(500_000, at("1080p")),
            ],
            status: ENDED,
            typical_duration_ms: USUAL_MS, min_duration_ms: SHORTEST_MS,
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
                SAFETY,
                SOUND,
            ],
            rules: [ONE_OF_THREE, REMIX_ALONE, IMAGE_NO_SIZE, IMAGE_DECIDES],
            rates: [
                per_second(300_000, at("720p")),
                per_second(500_000, at("1080p")),
            ],
            status: ENDED,
            typical_duration_ms: USUAL_MS, min_duration_ms: SHORTEST_MS,
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
            params: [POD_PROMPT, POD_IMAGE, pod_duration(one_of(&[4, 8, 12])), SOUND],
            rates: [per_second(100_000)],
            status: ENDED,
            typical_duration_ms: USUAL_MS, min_duration_ms: SHORTEST_MS,
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
                SAFETY,
                SOUND,
            ],
            rules: [ONE_OF_THREE, REMIX_ALONE, IMAGE_NO_SIZE, IMAGE_DECIDES],
            rates: [per_second(100_000, at("720p"))],
            status: ENDED,
            typical_duration_ms: USUAL_MS, min_duration_ms: SHORTEST_MS,
        }),
    ],
);

/// The first four are the page's list; the last two stand in its example, billed as 1080p.
const PRO_SIZES: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    unlisted(1792, 1024, "1080p", ""),
    unlisted(1024, 1792, "1080p", ""),
];

const SIZES: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
];
