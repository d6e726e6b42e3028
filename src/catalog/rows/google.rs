//! Veo, by Google.

use super::builders::*;
use super::params::*;
use crate::catalog::{Kind, Model, Param, Rule, Scalar, Size};
use crate::field::Field;

const TIERS: Kind = choice!["720p", "1080p", "4k" as "4K"];
const SIZES: &[Size] = &[
    size(1280, 720, "720p", "16:9"),
    size(720, 1280, "720p", "9:16"),
    size(1920, 1080, "1080p", "16:9"),
    size(1080, 1920, "1080p", "9:16"),
    size(3840, 2160, "4k", "16:9"),
    size(2160, 3840, "4k", "9:16"),
];
const GENERATE_AUDIO: Param =
    always_off(Field::GenerateAudio, "providerSettings.google.generateAudio");
const RESIZE: Param =
    optional(Field::ResizeMode, "providerSettings.google.resizeMode", choice!["crop", "pad"]);

const IMAGE_OR_SIZE: Rule = any_of(&[Field::Image, Field::Size, Field::Video]);
const IMAGE_EXCLUDES_SIZE: Rule = excludes(Field::Image, &[Field::Size]);
const IMAGE_SETS_SIZE: Rule = overrides(Field::Image, &[Field::AspectRatio]);
const VIDEO_EXCLUDES: Rule =
    excludes(Field::Video, &[Field::Size, Field::Resolution, Field::AspectRatio, Field::Seed]);
const EXTEND_DURATION: Rule = needs!([given(Field::Video)], Duration, Scalar::Integer(7));
const OTHER_DURATIONS: Rule = needs!(
    [without(Field::Video)],
    Duration,
    Scalar::Integer(4),
    Scalar::Integer(6),
    Scalar::Integer(8)
);
const REFERENCE_DURATION: Rule =
    needs!([given(Field::ReferenceImages)], Duration, Scalar::Integer(8));
const RESIZE_REQUIRES_IMAGE: Rule = needs!([given(Field::ResizeMode)], Image);

pub(super) const VEO_3_1: Model = model!(
    "veo-3.1",
    "Veo 3.1",
    "Google",
    [
        // google-veo-3-1; rules and sizes as on the page of its fast sibling.
        listing!(Runware "google:3@2" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame, ReferenceToVideo, Extend],
            params: [
                prompt(2, 3000), IMAGE, LAST_IMAGE, reference_images(3), VIDEO,
                duration(one_of(&[4, 6, 7, 8])),
                resolution(TIERS), sizes(SIZES), SEED, GENERATE_AUDIO, RESIZE,
            ],
            rules: [
                IMAGE_OR_SIZE, IMAGE_EXCLUDES_SIZE, IMAGE_SETS_SIZE, VIDEO_EXCLUDES, LAST_FRAME_REQUIRES_IMAGE,
                EXTEND_DURATION, OTHER_DURATIONS, REFERENCE_DURATION, RESIZE_REQUIRES_IMAGE,
            ],
            no_price_reason: "Runware's price could not be read, and other sources disagree.",
        }),
    ],
);

pub(super) const VEO_3_1_FAST: Model = model!(
    "veo-3.1-fast",
    "Veo 3.1 Fast",
    "Google",
    [
        // google-veo-3-1-fast
        listing!(Runware "google:3@3" {
            modes: [TextToVideo, ImageToVideo, FirstLastFrame, ReferenceToVideo, Extend],
            params: [
                prompt(2, 3000), IMAGE, LAST_IMAGE, reference_images(3), VIDEO,
                duration(one_of(&[4, 6, 7, 8])),
                resolution(TIERS), sizes(SIZES), SEED, GENERATE_AUDIO, RESIZE,
            ],
            rules: [
                IMAGE_OR_SIZE, IMAGE_EXCLUDES_SIZE, IMAGE_SETS_SIZE, VIDEO_EXCLUDES, LAST_FRAME_REQUIRES_IMAGE,
                EXTEND_DURATION, OTHER_DURATIONS, REFERENCE_DURATION, RESIZE_REQUIRES_IMAGE,
            ],
            rates: [
                per_second(100_000, at("1080p"), WITHOUT_AUDIO, without(Field::Video)),
                per_second(150_000, at("1080p"), WITH_AUDIO, without(Field::Video)),
                per_video(2_400_000, at("4k"), WITHOUT_AUDIO, duration_is(8)),
                per_video(2_800_000, at("4k"), WITH_AUDIO, duration_is(8)),
            ],
            no_price_reason: "The page has prices only for 1080p, and for 4k at 8 seconds.",
        }),
    ],
);
