//! ByteDance's models.
//!
//! Seedance 2.0 and 2.5 are known by their schemas, and by programs that call them: so are their limits, sizes
//! and prices. Upstream bills by tokens, so that a price per second is approximate.

use super::super::parameter::{SOME_TEXT, duration, flag, optional, required};
use super::super::rate::{When, second};
use super::super::size::{Size, size};
use super::super::{Frames, Kind, Listing, Parameter, Rule};
use super::{
    DURATION, FRAMES, HEIGHT, INPUTS, MAX_MADE_UP, P480, P720, P1080, PLATFORM, PROMPT, PROVIDER,
    REFERENCE_VIDEOS, REFERENCES, RESOLUTION, RESOLUTION_OR_SIZE, ROUTING, ROW, SEED, SETTINGS,
    SIDES, WIDTH,
};

const SEEDANCE_SOUND: &str = "providerSettings.bytedance.audio";
const SOUND: &str = "settings.audio";
const REFERENCE_AUDIOS: &str = "inputs.referenceAudios";

/// What both versions of Seedance 1.0 have; the limits of the duration are made up.
const SEEDANCE_1: &[Parameter] = &[
    required(PROMPT, SOME_TEXT),
    optional(DURATION, Kind::Integer(1, MAX_MADE_UP)),
    SEED,
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::First)),
    PROVIDER,
    optional("providerSettings.bytedance.cameraFixed", Kind::Flag),
];

const SEEDANCE_2_RULES: &[Rule] = &[
    Rule::Excludes(FRAMES, &[REFERENCES, REFERENCE_VIDEOS, REFERENCE_AUDIOS]),
    Rule::Excludes(FRAMES, &[WIDTH, HEIGHT]),
    RESOLUTION_OR_SIZE,
];

/// What Seedance 2.0 has in all its versions.
const SEEDANCE_2_0: &[Parameter] = &[
    optional(DURATION, Kind::Integer(4, 15)),
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    optional(REFERENCES, Kind::Images(9)),
    optional(REFERENCE_VIDEOS, Kind::Clips(3)),
    optional(REFERENCE_AUDIOS, Kind::Clips(3)),
    SETTINGS,
    flag(SOUND, true),
];

const P4K: When = When::Tier("4k");
const REFERRED: When = When::Given(REFERENCE_VIDEOS);

const S480: [Size; 6] = [
    size("480p", 864, 496),
    size("480p", 752, 560),
    size("480p", 640, 640),
    size("480p", 560, 752),
    size("480p", 496, 864),
    size("480p", 992, 432),
];
const S720: [Size; 6] = [
    size("720p", 1280, 720),
    size("720p", 1112, 834),
    size("720p", 960, 960),
    size("720p", 834, 1112),
    size("720p", 720, 1280),
    size("720p", 1470, 630),
];
const S1080: [Size; 6] = [
    size("1080p", 1920, 1080),
    size("1080p", 1664, 1248),
    size("1080p", 1440, 1440),
    size("1080p", 1248, 1664),
    size("1080p", 1080, 1920),
    size("1080p", 2206, 946),
];

const UP_TO_720: &[Size] = &[
    S480[0], S480[1], S480[2], S480[3], S480[4], S480[5], S720[0], S720[1], S720[2], S720[3],
    S720[4], S720[5],
];
const UP_TO_1080: &[Size] = &[
    S480[0], S480[1], S480[2], S480[3], S480[4], S480[5], S720[0], S720[1], S720[2], S720[3],
    S720[4], S720[5], S1080[0], S1080[1], S1080[2], S1080[3], S1080[4], S1080[5],
];
const UP_TO_4K: &[Size] = &[
    S480[0],
    S480[1],
    S480[2],
    S480[3],
    S480[4],
    S480[5],
    S720[0],
    S720[1],
    S720[2],
    S720[3],
    S720[4],
    S720[5],
    S1080[0],
    S1080[1],
    S1080[2],
    S1080[3],
    S1080[4],
    S1080[5],
    size("4k", 3840, 2160),
    size("4k", 3326, 2494),
    size("4k", 2880, 2880),
    size("4k", 2496, 3328),
    size("4k", 2160, 3840),
    size("4k", 4398, 1886),
];

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "bytedance:seedance@1.5-pro",
        page: "bytedance-seedance-1-5-pro",
        parameters: &[
            &[required(PROMPT, Kind::Text(2, 3000))],
            SIDES,
            &[
                optional(RESOLUTION, Kind::Words(&["480p", "720p", "1080p"])),
                duration(Kind::IntegerOrAuto(4, 12), 5),
                SEED,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                optional("inputs.draftId", SOME_TEXT),
                PROVIDER,
                optional(SEEDANCE_SOUND, Kind::Flag),
                optional("providerSettings.bytedance.cameraFixed", Kind::Flag),
                optional("providerSettings.bytedance.draft", Kind::Flag),
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[Rule::AnyOf(&[WIDTH, HEIGHT, RESOLUTION, FRAMES]), RESOLUTION_OR_SIZE]],
        sizes: &[
            size("480p", 864, 496),
            size("480p", 752, 560),
            size("480p", 640, 640),
            size("480p", 560, 752),
            size("480p", 496, 864),
            size("480p", 992, 432),
            size("720p", 1280, 720),
            size("720p", 1112, 834),
            size("720p", 960, 960),
            size("720p", 834, 1112),
            size("720p", 720, 1280),
            size("720p", 1470, 630),
            size("1080p", 1920, 1080),
            size("1080p", 1664, 1248),
            size("1080p", 1440, 1440),
            size("1080p", 1248, 1664),
            size("1080p", 1080, 1920),
        ],
        // Approximate prices for five seconds, by the page; the last two are made up, since it has none.
        rates: &[
            second(12_000, &[P480, When::Off(SEEDANCE_SOUND)]),
            second(24_000, &[P480, When::On(SEEDANCE_SOUND)]),
            second(26_000, &[P720, When::Off(SEEDANCE_SOUND)]),
            second(52_000, &[P720, When::On(SEEDANCE_SOUND)]),
            second(60_000, &[P1080, When::Off(SEEDANCE_SOUND)]),
            second(120_000, &[P1080, When::On(SEEDANCE_SOUND)]),
        ],
        ..ROW
    },
    Listing {
        id: "bytedance:2@1",
        page: "bytedance-seedance-1-0-pro",
        parameters: &[
            SEEDANCE_1,
            SIDES,
            &[optional(RESOLUTION, Kind::Words(&["480p", "1080p"]))],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        // The first is made up: its price could not be read.
        rates: &[second(20_000, &[P480]), second(96_800, &[P1080])],
        ..ROW
    },
    Listing {
        id: "bytedance:2@2",
        page: "bytedance-seedance-1-0-pro-fast",
        parameters: &[
            SEEDANCE_1,
            SIDES,
            &[optional(RESOLUTION, Kind::Words(&["480p", "720p", "1080p"]))],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        rates: &[second(6_200, &[P480]), second(14_000, &[P720]), second(31_400, &[P1080])],
        ..ROW
    },
    Listing {
        id: "bytedance:seedance@2.5",
        page: "bytedance-seedance-2-5",
        parameters: &[
            &[
                optional(PROMPT, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["480p", "720p", "1080p"])),
                optional(DURATION, Kind::IntegerOrAuto(4, 30)),
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                optional(REFERENCES, Kind::Images(30)),
                optional(REFERENCE_VIDEOS, Kind::Clips(10)),
                optional(REFERENCE_AUDIOS, Kind::Clips(10)),
                SETTINGS,
                optional(SOUND, Kind::Flag),
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[SEEDANCE_2_RULES],
        sizes: UP_TO_1080,
        // A reference video costs half as much again: made up.
        rates: &[
            second(102_000, &[P480]),
            second(230_000, &[P720]),
            second(614_000, &[P1080]),
            second(153_000, &[P480, REFERRED]),
            second(345_000, &[P720, REFERRED]),
            second(921_000, &[P1080, REFERRED]),
        ],
        ..ROW
    },
    Listing {
        id: "bytedance:seedance@2.0",
        page: "bytedance-seedance-2-0",
        parameters: &[
            &[
                required(PROMPT, Kind::Text(2, 10_000)),
                optional(RESOLUTION, Kind::Words(&["480p", "720p", "1080p", "4k"])),
            ],
            SEEDANCE_2_0,
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[SEEDANCE_2_RULES],
        sizes: UP_TO_4K,
        // The price of 4k is made up, and so are those of a reference video except at 720p.
        rates: &[
            second(70_000, &[P480]),
            second(160_000, &[P720]),
            second(400_000, &[P1080]),
            second(1_600_000, &[P4K]),
            second(96_000, &[P480, REFERRED]),
            second(219_000, &[P720, REFERRED]),
            second(548_000, &[P1080, REFERRED]),
            second(2_190_000, &[P4K, REFERRED]),
        ],
        ..ROW
    },
    Listing {
        id: "bytedance:seedance@2.0-fast",
        page: "bytedance-seedance-2-0-fast",
        parameters: &[
            &[
                required(PROMPT, Kind::Text(2, 10_000)),
                optional(RESOLUTION, Kind::Words(&["480p", "720p"])),
            ],
            SEEDANCE_2_0,
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[SEEDANCE_2_RULES],
        sizes: UP_TO_720,
        // The third is made up.
        rates: &[
            second(60_000, &[P480]),
            second(130_000, &[P720]),
            second(77_000, &[P480, REFERRED]),
            second(167_000, &[P720, REFERRED]),
        ],
        ..ROW
    },
    Listing {
        id: "bytedance:seedance@2.0-mini",
        page: "bytedance-seedance-2-0-mini",
        parameters: &[
            &[required(PROMPT, SOME_TEXT), optional(RESOLUTION, Kind::Words(&["480p", "720p"]))],
            SEEDANCE_2_0,
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[SEEDANCE_2_RULES],
        sizes: UP_TO_720,
        // The last two are made up.
        rates: &[
            second(36_000, &[P480]),
            second(81_000, &[P720]),
            second(54_000, &[P480, REFERRED]),
            second(122_000, &[P720, REFERRED]),
        ],
        ..ROW
    },
];
