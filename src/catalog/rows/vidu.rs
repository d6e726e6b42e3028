//! Vidu Q3, by Vidu.

use super::builders::*;
use super::params::*;
use crate::catalog::{Kind, Model, Param, Size};
use crate::field::Field;

const TIERS: Kind = choice!["540p", "720p", "1080p"];
const MOTION: Param = defaulted(
    Field::MotionAmount,
    "input.movement_amplitude",
    choice!["auto", "small", "medium", "large"],
    word("auto"),
);
const RUNPOD_GENERATE_AUDIO: Param = always_off(Field::GenerateAudio, "input.generate_audio");
const RUNPOD_MUSIC: Param = always_off(Field::Music, "input.bgm");

pub(super) const VIDU_Q3: Model = model!(
    "vidu-q3",
    "Vidu Q3",
    "Vidu",
    [
        // vidu-q3-i2v
        listing!(Runpod "vidu-q3-i2v" {
            modes: [ImageToVideo],
            params: [
                RUNPOD_PROMPT, RUNPOD_IMAGE,
                runpod_duration(from_to(1, 16)),
                runpod_resolution(TIERS),
                MOTION, RUNPOD_GENERATE_AUDIO, RUNPOD_MUSIC, RUNPOD_SEED,
            ],
            rates: [per_second(150_000)],
        }),
        // vidu-q3-t2v; its default is 4:3, so the ratio is always sent.
        listing!(Runpod "vidu-q3-t2v" {
            modes: [TextToVideo],
            params: [
                RUNPOD_PROMPT,
                defaulted(Field::Style, "input.style", choice!["general", "anime"], word("general")),
                runpod_duration(from_to(1, 16)),
                runpod_resolution(TIERS),
                always_sent(
                    Field::AspectRatio, "input.aspect_ratio",
                    choice!["16:9", "9:16", "4:3", "3:4", "1:1"], word("16:9"),
                ),
                MOTION, RUNPOD_GENERATE_AUDIO, RUNPOD_MUSIC, RUNPOD_SEED,
            ],
            rates: [per_second(150_000)],
        }),
        // vidu-q3
        listing!(Runware "vidu:4@1" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame],
            params: [
                PROMPT, IMAGE, LAST_IMAGE,
                duration(from_to(1, 16)),
                resolution(choice!["360p", "540p", "720p", "1080p"]), sizes(SIZES),
                SEED,
                always_off(Field::GenerateAudio, "providerSettings.vidu.audio"),
            ],
            rules: [LAST_FRAME_REQUIRES_IMAGE],
            rates: [
                about_per_second(45_500, at("360p")),
                about_per_second(45_500, at("540p")),
                about_per_second(97_500, at("720p")),
                about_per_second(104_000, at("1080p")),
            ],
            notes: [Music: "The documentation does not say whether it adds music.";
                GenerateAudio: "The page gives the price as \"from\" and does not say what audio costs.", if WITH_AUDIO],
        }),
    ],
);

const SIZES: &[Size] = &[
    size(640, 352, "360p", "16:9"),
    size(352, 640, "360p", "9:16"),
    size(544, 400, "360p", "4:3"),
    size(400, 544, "360p", "3:4"),
    size(480, 480, "360p", "1:1"),
    size(960, 528, "540p", "16:9"),
    size(528, 960, "540p", "9:16"),
    size(816, 608, "540p", "4:3"),
    size(608, 816, "540p", "3:4"),
    size(720, 720, "540p", "1:1"),
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(1104, 816, "720p", "4:3"),
    size(816, 1104, "720p", "3:4"),
    size(960, 960, "720p", "1:1"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    size(1674, 1238, "1080p", "4:3"),
    size(1238, 1674, "1080p", "3:4"),
    size(1440, 1440, "1080p", "1:1"),
];
