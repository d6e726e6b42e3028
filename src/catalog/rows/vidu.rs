//! Vidu Q3, by Vidu.

use super::frame::*;
use super::parts::*;
use crate::catalog::{Kind, Model, Param, Size};
use crate::field::Field;

const TIERS: Kind = choice!["540p", "720p", "1080p"];
const MOTION: Param = known(
    Field::MotionAmount,
    "input.movement_amplitude",
    choice!["auto", "small", "medium", "large"],
    word("auto"),
);
const POD_SOUND: Param = off(Field::GenerateAudio, "input.generate_audio");
const POD_MUSIC: Param = off(Field::Music, "input.bgm");

pub(super) const VIDU_Q3: Model = model!(
    "vidu-q3",
    "Vidu Q3",
    "Vidu",
    [
        // vidu-q3-i2v
        listing!(Runpod "vidu-q3-i2v" {
            modes: [ImageToVideo],
            params: [
                POD_PROMPT, POD_IMAGE,
                pod_duration(from_to(1, 16)),
                pod_resolution(TIERS),
                MOTION, POD_SOUND, POD_MUSIC, POD_SEED,
            ],
            rates: [per_second(150_000)],
        }),
        // vidu-q3-t2v; it makes 4:3 where nothing is said, so that the ratio is always sent.
        listing!(Runpod "vidu-q3-t2v" {
            modes: [TextToVideo],
            params: [
                POD_PROMPT,
                known(Field::Style, "input.style", choice!["general", "anime"], word("general")),
                pod_duration(from_to(1, 16)),
                pod_resolution(TIERS),
                sent(
                    Field::AspectRatio, "input.aspect_ratio",
                    choice!["16:9", "9:16", "4:3", "3:4", "1:1"], word("16:9"),
                ),
                MOTION, POD_SOUND, POD_MUSIC, POD_SEED,
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
                off(Field::GenerateAudio, "providerSettings.vidu.audio"),
            ],
            rules: [LAST_AFTER_FIRST],
            rates: [
                about_per_second(45_500, at("360p")),
                about_per_second(45_500, at("540p")),
                about_per_second(97_500, at("720p")),
                about_per_second(104_000, at("1080p")),
            ],
            notes: [Music: "No document says whether it adds music of its own.";
                GenerateAudio: "The page gives the price as \"from\", and does not say what sound costs.", if SOUNDING],
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
