//! Google's models.

use super::super::parameter::{SOME_TEXT, flag, optional, required};
use super::super::rate::{When, second, video};
use super::super::rule::{Condition, limit, needs};
use super::super::size::{Size, size};
use super::super::{Frames, Kind, Limit, Listing, Parameter, Rule};
use super::{
    DURATION, FRAMES, HEIGHT, INPUTS, P360, P720, P1080, PLATFORM, PROMPT, PROVIDER, REFERENCES,
    RESOLUTION, RESOLUTION_OR_SIZE, ROUTING, ROW, SEED, SETTINGS, SIDES, VIDEO, WIDTH,
};

const SOUND: &str = "providerSettings.google.generateAudio";
const RESIZING: &str = "providerSettings.google.resizeMode";

const VEO: &[Parameter] = &[
    required(PROMPT, Kind::Text(2, 3000)),
    optional(RESOLUTION, Kind::Words(&["720p", "1080p", "4K"])),
    optional(DURATION, Kind::Integers(&[4, 6, 7, 8])),
    SEED,
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    optional(REFERENCES, Kind::Images(3)),
    optional(VIDEO, Kind::Clip),
    PROVIDER,
    flag(SOUND, true),
    optional(RESIZING, Kind::Words(&["crop", "pad"])),
];

const RULES: &[Rule] = &[
    // A video to extend excludes a size, and a first frame makes no sense with it.
    Rule::OneOf { of: &[&[FRAMES], &[WIDTH, HEIGHT]], unless: &[VIDEO] },
    Rule::Excludes(VIDEO, &[WIDTH, HEIGHT, "seed", RESOLUTION]),
    limit(Condition::Given(VIDEO), DURATION, Limit::Integers(&[7])),
    limit(Condition::Without(&[VIDEO]), DURATION, Limit::Integers(&[4, 6, 8])),
    limit(Condition::Given(REFERENCES), DURATION, Limit::Integers(&[8])),
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
        // The price with audio up to 1080p comes from other sources; the rest is made up.
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
        // The page has no price for 720p, which other sources report to equal 1080p, and prices 4K only
        // for eight seconds: shorter ones are made up, in proportion.
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
    Listing {
        id: "google:veo@3.1-lite",
        page: "google-veo-3-1-lite",
        parameters: &[
            &[
                required(PROMPT, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["720p", "1080p"])),
                optional(DURATION, Kind::Integers(&[4, 6, 8])),
                SEED,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                PROVIDER,
                flag(SOUND, true),
                optional(RESIZING, Kind::Words(&["crop", "pad"])),
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[
            Rule::AnyOf(&[FRAMES, WIDTH, HEIGHT]),
            limit(Condition::Given(WIDTH), FRAMES, Limit::Items(1)),
            limit(Condition::Given(RESIZING), FRAMES, Limit::Items(1)),
            needs(RESOLUTION, FRAMES),
            RESOLUTION_OR_SIZE,
        ]],
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1920),
        ],
        // The page's prices are those with audio, by other sources, which also have those without.
        rates: &[
            second(30_000, &[P720, SILENT]),
            second(50_000, &[P720, SOUNDING]),
            second(50_000, &[P1080, SILENT]),
            second(80_000, &[P1080, SOUNDING]),
        ],
        ..ROW
    },
    Listing {
        id: "google:gemini@omni-flash-1.1",
        page: "google-gemini-omni-flash-1-1",
        parameters: &[
            &[
                required(PROMPT, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["360p", "720p", "1080p", "4K"])),
                optional(DURATION, Kind::Integer(3, 10)),
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
                optional(VIDEO, Kind::Clip),
                SETTINGS,
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        // From other sources than Runware.
        rates: &[
            second(36_000, &[P360]),
            second(100_000, &[P720]),
            second(160_000, &[P1080]),
            second(320_000, &[P4K]),
        ],
        ..ROW
    },
];
