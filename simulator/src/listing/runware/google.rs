//! Google's models.

use super::super::parameter::{flag, may, must};
use super::super::rate::{When, second, video};
use super::super::rule::{When as If, limit, needs};
use super::super::size::{Size, size};
use super::super::{Frames, Kind, Limit, Listing, Parameter, Rule};
use super::{
    DURATION, FRAMES, HEIGHT, INPUTS, P720, P1080, PLATFORM, PROMPT, PROVIDER, REFERENCES,
    RESOLUTION, RESOLUTION_OR_SIZE, ROUTING, ROW, SEED, SIDES, VIDEO, WIDTH,
};

const SOUND: &str = "providerSettings.google.generateAudio";
const RESIZING: &str = "providerSettings.google.resizeMode";

const VEO: &[Parameter] = &[
    must(PROMPT, Kind::Text(2, 3000)),
    may(RESOLUTION, Kind::Words(&["720p", "1080p", "4K"])),
    may(DURATION, Kind::Wholes(&[4, 6, 7, 8])),
    SEED,
    INPUTS,
    may(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    may(REFERENCES, Kind::Images(3)),
    may(VIDEO, Kind::Clip),
    PROVIDER,
    flag(SOUND, true),
    may(RESIZING, Kind::Words(&["crop", "pad"])),
];

const RULES: &[Rule] = &[
    // A video to extend forbids a size, and a picture to begin with makes no sense beside it.
    Rule::OneOf {
        of: &[&[FRAMES], &[WIDTH, HEIGHT]],
        unless: &[VIDEO],
    },
    Rule::Excludes(VIDEO, &[WIDTH, HEIGHT, "seed", RESOLUTION]),
    limit(If::Given(VIDEO), DURATION, Limit::Wholes(&[7])),
    limit(If::Without(&[VIDEO]), DURATION, Limit::Wholes(&[4, 6, 8])),
    limit(If::Given(REFERENCES), DURATION, Limit::Wholes(&[8])),
    needs(RESIZING, FRAMES),
    RESOLUTION_OR_SIZE,
    Rule::Length(VIDEO, 7),
    Rule::Tier(VIDEO, "720p"),
];

const SIZES: &[Size] = &[
    size("720p", 1280, 720),
    size("720p", 720, 1280),
    size("1080p", 1920, 1080),
    size("1080p", 1080, 1920),
    size("4K", 3840, 2160),
    size("4K", 2160, 3840),
];

const SILENT: When = When::Off(SOUND);
const SOUNDING: When = When::On(SOUND);
const P4K: When = When::Tier("4K");
const S8: When = When::Seconds(8);

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "google:3@2",
        page: "google-veo-3-1",
        parameters: &[VEO, SIDES, PLATFORM, ROUTING],
        rules: &[RULES],
        sizes: SIZES,
        // The sounding price up to 1080p is from others than Runware; the rest is made up.
        rates: &[
            second(200_000, &[P720, SILENT]),
            second(400_000, &[P720, SOUNDING]),
            second(200_000, &[P1080, SILENT]),
            second(400_000, &[P1080, SOUNDING]),
            second(400_000, &[P4K, SILENT]),
            second(600_000, &[P4K, SOUNDING]),
        ],
        ..ROW
    },
    Listing {
        id: "google:3@3",
        page: "google-veo-3-1-fast",
        parameters: &[VEO, SIDES, PLATFORM, ROUTING],
        rules: &[RULES],
        sizes: SIZES,
        // The page has no line for 720p, which others report to cost as much as 1080p, and prices 4K
        // for eight seconds alone: shorter ones are made up, in proportion.
        rates: &[
            second(100_000, &[P720, SILENT]),
            second(150_000, &[P720, SOUNDING]),
            second(100_000, &[P1080, SILENT]),
            second(150_000, &[P1080, SOUNDING]),
            video(2_400_000, &[P4K, SILENT, S8]),
            video(2_800_000, &[P4K, SOUNDING, S8]),
            second(300_000, &[P4K, SILENT]),
            second(350_000, &[P4K, SOUNDING]),
        ],
        ..ROW
    },
];
