//! Wan, by Alibaba.

use super::builders::*;
use super::params::*;
use crate::catalog::{Kind, Model, Param, Rule, Scalar, Size};
use crate::field::Field;

const SHOT_TYPES: Kind = choice!["single", "multi"];
const ENHANCE_PROMPT: Param =
    always_off(Field::EnhancePrompt, "providerSettings.alibaba.promptExtend");
const GENERATE_AUDIO: Param = always_off(Field::GenerateAudio, "providerSettings.alibaba.audio");
const RUNWARE_SHOT_TYPE: Param =
    optional(Field::ShotType, "providerSettings.alibaba.shotType", SHOT_TYPES);
const RUNPOD_SHOT_TYPE: Param =
    defaulted(Field::ShotType, "input.shot_type", SHOT_TYPES, word("single"));

const IMAGE_OR_SIZE: Rule = any_of(&[Field::Image, Field::Size]);
const SHOT_TYPE_REQUIRES_ENHANCED_PROMPT: Rule =
    needs!([given(Field::ShotType)], EnhancePrompt, YES);

const HD: Kind = choice!["720p", "1080p"];
const STEPS: Param = defaulted(
    Field::InferenceSteps,
    "input.num_inference_steps",
    from_to(1, 50),
    Scalar::Integer(30),
);
const GUIDANCE: Param = optional(Field::GuidanceScale, "input.guidance", number(0, 10));
const PROMPT_OPTIMIZATION: Param =
    always_off(Field::EnhancePrompt, "input.enable_prompt_optimization");
/// The only value that the pages show.
const ONE_SIZE: &[Size] = &[size(1280, 720, "720p", "16:9")];

pub(super) const WAN_2_6: Model = model!(
    "wan-2.6",
    "Wan 2.6",
    "Alibaba",
    [
        // wan-2-6-i2v
        listing!(Runpod "wan-2-6-i2v" {
            modes: [ImageToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_NEGATIVE, RUNPOD_IMAGE, RUNPOD_AUDIO,
                runpod_duration(one_of(&[5, 10, 15])),
                runpod_size(RUNPOD_SIZES_2_6_I2V, "1280x720"),
                RUNPOD_SHOT_TYPE, RUNPOD_SEED, RUNPOD_ENHANCE_PROMPT, RUNPOD_CONTENT_CHECK,
            ],
            rates: [per_second(100_000, at("720p")), per_second(150_000, at("1080p"))],
        }),
        // wan-2-6-t2v; its own table, not the overview's, which has other tiers.
        listing!(Runpod "wan-2-6-t2v" {
            modes: [TextToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_NEGATIVE, RUNPOD_AUDIO,
                runpod_duration(one_of(&[5, 10, 15])),
                runpod_size(RUNPOD_SIZES_2_6_T2V, "1280x720"),
                RUNPOD_SHOT_TYPE, RUNPOD_SEED, RUNPOD_ENHANCE_PROMPT,
            ],
            rates: [per_second(100_000, at("720p")), per_second(150_000, at("1080p"))],
        }),
        // alibaba-wan2-6
        listing!(Runware "alibaba:wan@2.6" {
            modes: [TextToVideo, ImageToVideo, ReferenceToVideo],
            params: [
                prompt(1, 1500),
                optional(Field::NegativePrompt, "negativePrompt", text(1, 500)),
                IMAGE, reference_videos(3), AUDIO,
                duration(one_of(&[5, 10, 15])),
                resolution(HD), sizes(SIZES_2_6),
                SEED, GENERATE_AUDIO, ENHANCE_PROMPT, RUNWARE_SHOT_TYPE,
            ],
            rules: [
                IMAGE_OR_SIZE,
                excludes(Field::Image, &[Field::ReferenceVideos]),
                AUDIO_REPLACES_GENERATED, SHOT_TYPE_REQUIRES_ENHANCED_PROMPT,
            ],
            rates: [per_second(100_000, at("720p")), per_second(150_000, at("1080p"))],
        }),
    ],
);

const RUNPOD_SIZES_2_6_I2V: &[Size] =
    &[size(1280, 720, "720p", "16:9"), size(1920, 1080, "1080p", "16:9")];
const RUNPOD_SIZES_2_6_T2V: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
];
const SIZES_2_6: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(960, 960, "720p", "1:1"),
    size(1088, 832, "720p", "4:3"),
    size(832, 1088, "720p", "3:4"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    size(1440, 1440, "1080p", "1:1"),
    size(1632, 1248, "1080p", "4:3"),
    size(1248, 1632, "1080p", "3:4"),
];

pub(super) const WAN_2_6_FLASH: Model = model!(
    "wan-2.6-flash",
    "Wan 2.6 Flash",
    "Alibaba",
    [
        // alibaba-wan2-6-flash
        listing!(Runware "alibaba:wan@2.6-flash" {
            modes: [ImageToVideo, ReferenceToVideo],
            params: [
                PROMPT, NEGATIVE, IMAGE, reference_videos(1), AUDIO,
                duration(from_to(2, 15)),
                resolution(HD), sizes(SIZES_2_6_FLASH),
                SEED, GENERATE_AUDIO, ENHANCE_PROMPT, RUNWARE_SHOT_TYPE,
            ],
            rules: [
                IMAGE_OR_SIZE,
                any_of(&[Field::Image, Field::ReferenceVideos]),
                AUDIO_REPLACES_GENERATED, SHOT_TYPE_REQUIRES_ENHANCED_PROMPT,
            ],
            // A reference video doubles the price.
            rates: [
                per_second(25_000, at("720p"), WITHOUT_AUDIO, without(Field::ReferenceVideos)),
                per_second(50_000, at("720p"), WITH_AUDIO, without(Field::ReferenceVideos)),
                per_second(37_500, at("1080p"), WITHOUT_AUDIO, without(Field::ReferenceVideos)),
                per_second(75_000, at("1080p"), WITH_AUDIO, without(Field::ReferenceVideos)),
                per_second(50_000, at("720p"), WITHOUT_AUDIO, given(Field::ReferenceVideos)),
                per_second(100_000, at("720p"), WITH_AUDIO, given(Field::ReferenceVideos)),
                per_second(75_000, at("1080p"), WITHOUT_AUDIO, given(Field::ReferenceVideos)),
                per_second(150_000, at("1080p"), WITH_AUDIO, given(Field::ReferenceVideos)),
            ],
            notes: [Audio: "The page has prices with and without audio, and does not say which applies to a \
                 video with given audio.", if given(Field::Audio)],
        }),
    ],
);

const SIZES_2_6_FLASH: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(960, 960, "720p", "1:1"),
    size(1088, 832, "720p", "4:3"),
    size(832, 1088, "720p", "3:4"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    size(1440, 1440, "1080p", "1:1"),
];

pub(super) const WAN_2_5: Model = model!(
    "wan-2.5",
    "Wan 2.5",
    "Alibaba",
    [
        // wan-2-5; it prices 480p and 1080p, and shows only the value of 720p.
        listing!(Runpod "wan-2-5" {
            modes: [ImageToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_NEGATIVE, RUNPOD_IMAGE,
                runpod_duration(one_of(&[5, 10])),
                runpod_size(RUNPOD_SIZES_2_5, "1280x720"),
                RUNPOD_SEED, RUNPOD_ENHANCE_PROMPT, RUNPOD_CONTENT_CHECK,
            ],
            rates: [
                per_second(50_000, at("480p")),
                per_second(100_000, at("720p")),
                per_second(150_000, at("1080p")),
            ],
        }),
        // alibaba-wan2-5-preview
        listing!(Runware "runware:201@1" {
            modes: [TextToVideo, ImageToVideo],
            params: [
                PROMPT, NEGATIVE, IMAGE, AUDIO,
                duration(one_of(&[5, 10])),
                resolution(choice!["480p", "720p", "1080p"]), sizes(SIZES_2_5),
                SEED, GENERATE_AUDIO, ENHANCE_PROMPT,
            ],
            rules: [IMAGE_OR_SIZE, AUDIO_REPLACES_GENERATED],
            rates: [per_second(94_600, at("720p")), per_second(147_600, at("1080p"))],
            no_price_reason: "Runware does not publish a price for 480p.",
        }),
    ],
);

const RUNPOD_SIZES_2_5: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    unlisted(832, 480, "480p", "16:9"),
    unlisted(1920, 1080, "1080p", "16:9"),
];
const SIZES_2_5: &[Size] = &[
    size(854, 480, "480p", "16:9"),
    size(480, 854, "480p", "9:16"),
    size(640, 640, "480p", "1:1"),
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(960, 960, "720p", "1:1"),
    size(1088, 832, "720p", "17:13"),
    size(832, 1088, "720p", "13:17"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    size(1440, 1440, "1080p", "1:1"),
    size(1632, 1248, "1080p", "17:13"),
    size(1248, 1632, "1080p", "13:17"),
];

pub(super) const WAN_2_2: Model = model!(
    "wan-2.2",
    "Wan 2.2",
    "Alibaba",
    [
        // wan-2-2-i2v-720
        listing!(Runpod "wan-2-2-i2v-720" {
            modes: [ImageToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_NEGATIVE, RUNPOD_IMAGE,
                runpod_duration(one_of(&[5, 8, 10, 15])),
                runpod_size(ONE_SIZE, "1280x720"),
                STEPS, GUIDANCE, RUNPOD_SEED, PROMPT_OPTIMIZATION, RUNPOD_CONTENT_CHECK,
            ],
            rates: [per_second(60_000)],
        }),
    ],
);

pub(super) const WAN_2_2_LORA: Model = model!(
    "wan-2.2-lora",
    "Wan 2.2 LoRA",
    "Alibaba",
    [
        // wan-2-2-t2v-720-lora, which generates videos from images despite its id.
        listing!(Runpod "wan-2-2-t2v-720-lora" {
            modes: [ImageToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_IMAGE,
                runpod_duration(one_of(&[5, 8])),
                RUNPOD_SEED, RUNPOD_CONTENT_CHECK,
            ],
            rates: [per_second(70_000)],
        }),
    ],
);

pub(super) const WAN_2_1: Model = model!(
    "wan-2.1",
    "Wan 2.1",
    "Alibaba",
    [
        // wan-2-1-i2v-720
        listing!(Runpod "wan-2-1-i2v-720" {
            modes: [ImageToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_NEGATIVE, RUNPOD_IMAGE,
                runpod_duration(one_of(&[5, 10, 15])),
                runpod_size(ONE_SIZE, "1280x720"),
                STEPS, GUIDANCE, RUNPOD_SEED, PROMPT_OPTIMIZATION, RUNPOD_CONTENT_CHECK,
            ],
            rates: [per_second(60_000)],
        }),
    ],
);
