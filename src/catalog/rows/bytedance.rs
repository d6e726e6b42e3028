//! Seedance, by ByteDance.

use std::borrow::Cow::Borrowed as B;

use super::builders::*;
use super::params::*;
use crate::catalog::{Model, Rule, Size, When};
use crate::field::Field;

pub(super) const SEEDANCE_1_5_PRO: Model = model!(
    "seedance-1.5-pro",
    "Seedance 1.5 Pro",
    "ByteDance",
    [
        // seedance-v1-5-pro-i2v
        listing!(Runpod "seedance-v1-5-pro-i2v" {
            modes: [ImageToVideo, FirstLastFrame],
            params: [
                RUNPOD_PROMPT, RUNPOD_IMAGE, RUNPOD_LAST_IMAGE,
                runpod_duration(from_to(4, 12)),
                runpod_resolution(choice!["480p", "720p"]),
                always_sent(
                    Field::AspectRatio, "input.aspect_ratio",
                    choice!["21:9", "16:9", "9:16", "1:1", "4:3", "3:4"], word("16:9"),
                ),
                optional(Field::CameraFixed, "input.camera_fixed", YES_NO),
                always_off(Field::GenerateAudio, "input.generate_audio"),
                RUNPOD_SEED,
            ],
            rates: [per_second(24_000, at("480p")), per_second(52_000, at("720p"))],
            notes: [GenerateAudio: "The page has one price with and without audio. Runware charges the same with audio, and half without."],
        }),
        // bytedance-seedance-1-5-pro
        listing!(Runware "bytedance:seedance@1.5-pro" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame],
            params: [
                prompt(2, 3000), IMAGE, LAST_IMAGE,
                duration(from_to(4, 12)),
                resolution(choice!["480p", "720p", "1080p"]), sizes(SIZES),
                SEED,
                always_off(Field::GenerateAudio, "providerSettings.bytedance.audio"),
                defaulted(Field::Draft, "providerSettings.bytedance.draft", YES_NO, NO),
                optional(Field::CameraFixed, "providerSettings.bytedance.cameraFixed", YES_NO),
            ],
            rules: [
                any_of(&[Field::Image, Field::Size]),
                LAST_FRAME_REQUIRES_IMAGE,
                SETTINGS_REQUIRE_480P,
            ],
            rates: [
                about_per_second(12_000, at("480p"), WITHOUT_AUDIO, NO_DRAFT),
                about_per_second(24_000, at("480p"), WITH_AUDIO, NO_DRAFT),
                about_per_second(26_000, at("720p"), WITHOUT_AUDIO, NO_DRAFT),
                about_per_second(52_000, at("720p"), WITH_AUDIO, NO_DRAFT),
            ],
            no_price_reason: "Runware does not publish a price for 1080p or for a draft.",
        }),
    ],
);

/// The page requires it for all provider settings, including audio, but also prices audio at 720p.
const SETTINGS_REQUIRE_480P: Rule = Rule::Needs {
    when: B(&[given(Field::Prompt)]),
    field: Field::Resolution,
    allowed: B(&[word("480p")]),
    strict: false,
};
const NO_DRAFT: When = When::Is(Field::Draft, NO);

const SIZES: &[Size] = &[
    size(864, 496, "480p", "16:9"),
    size(496, 864, "480p", "9:16"),
    size(752, 560, "480p", "4:3"),
    size(560, 752, "480p", "3:4"),
    size(640, 640, "480p", "1:1"),
    size(992, 432, "480p", "21:9"),
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(1112, 834, "720p", "4:3"),
    size(834, 1112, "720p", "3:4"),
    size(960, 960, "720p", "1:1"),
    size(1470, 630, "720p", "21:9"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    size(1664, 1248, "1080p", "4:3"),
    size(1248, 1664, "1080p", "3:4"),
    size(1440, 1440, "1080p", "1:1"),
];
