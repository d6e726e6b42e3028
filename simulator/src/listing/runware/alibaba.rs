//! Alibaba's models.

use super::super::parameter::{SOME_TEXT, duration, flag, optional, required};
use super::super::rate::{Rate, When, second};
use super::super::rule::{Condition, limit};
use super::super::size::size;
use super::super::{Frames, Kind, Limit, Listing, Parameter, Rule};
use super::{
    AUDIO, DURATION, FRAMES, HEIGHT, INPUTS, NEGATIVE, P480, P720, P1080, PLATFORM, PROMPT,
    PROVIDER, REFERENCE_VIDEOS, REFERENCES, REQUIRED_INPUTS, RESOLUTION, RESOLUTION_OR_SIZE,
    ROUTING, ROW, SEED, SETTINGS, SIDES, WIDTH,
};

const SOUND: &str = "providerSettings.alibaba.audio";
const EXPANSION: &str = "providerSettings.alibaba.promptExtend";
const SHOTS: &str = "providerSettings.alibaba.shotType";

const COMMON: &[Parameter] = &[
    SEED,
    optional(FRAMES, Kind::Frames(Frames::First)),
    optional(AUDIO, Kind::Clip),
    PROVIDER,
    flag(EXPANSION, true),
    optional(SOUND, Kind::Flag),
];
const SHOT_TYPE: &[Parameter] = &[optional(SHOTS, Kind::Words(&["single", "multi"]))];

const RULES: &[Rule] = &[
    Rule::AnyOf(&[WIDTH, HEIGHT, RESOLUTION, FRAMES]),
    Rule::Excludes(AUDIO, &[SOUND]),
    RESOLUTION_OR_SIZE,
];
const SHOTS_NEED_EXPANSION: Rule = limit(Condition::Given(SHOTS), EXPANSION, Limit::Flag(true));

const TIERS: Parameter = optional(RESOLUTION, Kind::Words(&["720p", "1080p"]));

/// With reference media.
const TO_TEN: Limit = Limit::Integers(&[2, 3, 4, 5, 6, 7, 8, 9, 10]);

/// What both versions of Wan 3.0 have, by their schemas and by programs that call them.
const WAN_3: &[Parameter] = &[
    optional(PROMPT, SOME_TEXT),
    optional(RESOLUTION, Kind::Words(&["480p", "720p", "1080p"])),
    optional(DURATION, Kind::IntegerOrAuto(2, 30)),
    SEED,
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    optional(REFERENCES, Kind::Images(10)),
    optional(REFERENCE_VIDEOS, Kind::Clips(usize::MAX)),
    SETTINGS,
    optional("settings.audio", Kind::Flag),
];

/// From other sources than Runware.
const fn wan_3_rates(p480: u64, p720: u64, p1080: u64) -> [Rate; 3] {
    [second(p480, &[P480]), second(p720, &[P720]), second(p1080, &[P1080])]
}

const WAN_3_RATES: [Rate; 3] = wan_3_rates(50_000, 100_000, 200_000);
const WAN_3_PRIME_RATES: [Rate; 3] = wan_3_rates(68_000, 140_000, 280_000);

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "alibaba:wan@2.6",
        page: "alibaba-wan2-6",
        parameters: &[
            &[required(PROMPT, Kind::Text(1, 1500)), optional(NEGATIVE, Kind::Text(1, 500))],
            SIDES,
            &[
                TIERS,
                duration(Kind::Integers(&[5, 10, 15]), 5),
                INPUTS,
                optional(REFERENCE_VIDEOS, Kind::Clips(3)),
            ],
            COMMON,
            SHOT_TYPE,
            PLATFORM,
            ROUTING,
        ],
        rules: &[RULES, &[Rule::Excludes(FRAMES, &[REFERENCE_VIDEOS]), SHOTS_NEED_EXPANSION]],
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("720p", 960, 960),
            size("720p", 1088, 832),
            size("720p", 832, 1088),
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1920),
            size("1080p", 1440, 1440),
            size("1080p", 1632, 1248),
            size("1080p", 1248, 1632),
        ],
        rates: &[second(100_000, &[P720]), second(150_000, &[P1080])],
        ..ROW
    },
    Listing {
        id: "alibaba:wan@2.6-flash",
        page: "alibaba-wan2-6-flash",
        parameters: &[
            &[required(PROMPT, SOME_TEXT), optional(NEGATIVE, SOME_TEXT)],
            SIDES,
            &[
                TIERS,
                optional(DURATION, Kind::Integer(2, 15)),
                REQUIRED_INPUTS,
                optional(REFERENCE_VIDEOS, Kind::Clips(usize::MAX)),
            ],
            COMMON,
            SHOT_TYPE,
            PLATFORM,
            ROUTING,
        ],
        rules: &[RULES, &[SHOTS_NEED_EXPANSION]],
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("720p", 960, 960),
            size("720p", 1088, 832),
            size("720p", 832, 1088),
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1920),
            size("1080p", 1440, 1440),
        ],
        // Reference videos are billed again at the same price.
        rates: &[
            second(25_000, &[P720, When::Off(SOUND)]),
            second(50_000, &[P720, When::On(SOUND)]),
            second(37_500, &[P1080, When::Off(SOUND)]),
            second(75_000, &[P1080, When::On(SOUND)]),
            second(50_000, &[P720, When::Off(SOUND), REFERRED]),
            second(100_000, &[P720, When::On(SOUND), REFERRED]),
            second(75_000, &[P1080, When::Off(SOUND), REFERRED]),
            second(150_000, &[P1080, When::On(SOUND), REFERRED]),
        ],
        ..ROW
    },
    Listing {
        id: "runware:201@1",
        page: "alibaba-wan2-5-preview",
        parameters: &[
            &[required(PROMPT, SOME_TEXT), optional(NEGATIVE, SOME_TEXT)],
            SIDES,
            &[
                optional(RESOLUTION, Kind::Words(&["480p", "720p", "1080p"])),
                optional(DURATION, Kind::Integers(&[5, 10])),
                INPUTS,
            ],
            COMMON,
            PLATFORM,
            ROUTING,
        ],
        rules: &[RULES],
        sizes: &[
            size("480p", 854, 480),
            size("480p", 480, 854),
            size("480p", 640, 640),
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("720p", 960, 960),
            size("720p", 1088, 832),
            size("720p", 832, 1088),
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1920),
            size("1080p", 1440, 1440),
            size("1080p", 1632, 1248),
            size("1080p", 1248, 1632),
        ],
        // The first is made up: the smallest tier has no published price.
        rates: &[second(50_000, &[P480]), second(94_600, &[P720]), second(147_600, &[P1080])],
        ..ROW
    },
    Listing {
        id: "alibaba:wan@2.7",
        page: "alibaba-wan2-7",
        parameters: &[
            &[
                optional(PROMPT, SOME_TEXT),
                optional(NEGATIVE, SOME_TEXT),
                TIERS,
                optional(DURATION, Kind::Integer(2, 15)),
                SEED,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                optional(REFERENCES, Kind::Images(usize::MAX)),
                optional(REFERENCE_VIDEOS, Kind::Clips(usize::MAX)),
                SETTINGS,
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[
            Rule::OneOf { of: &[&[FRAMES], &[WIDTH, HEIGHT]], unless: &[] },
            Rule::AnyOf(&[FRAMES, PROMPT]),
            Rule::Excludes(FRAMES, &[REFERENCES, REFERENCE_VIDEOS]),
            limit(Condition::Given(REFERENCES), DURATION, TO_TEN),
            limit(Condition::Given(REFERENCE_VIDEOS), DURATION, TO_TEN),
            RESOLUTION_OR_SIZE,
        ]],
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("720p", 960, 960),
            size("720p", 1088, 832),
            size("720p", 832, 1088),
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1920),
            size("1080p", 1440, 1440),
            size("1080p", 1632, 1248),
            size("1080p", 1248, 1632),
        ],
        // The seconds of a reference video are billed, too: it is as long as the result.
        rates: &[
            second(100_000, &[P720]),
            second(150_000, &[P1080]),
            second(200_000, &[P720, REFERRED]),
            second(300_000, &[P1080, REFERRED]),
        ],
        ..ROW
    },
    Listing {
        id: "alibaba:wan@3.0",
        page: "alibaba-wan3-0",
        parameters: &[WAN_3, SIDES, PLATFORM, ROUTING],
        rules: &[&[RESOLUTION_OR_SIZE]],
        rates: &WAN_3_RATES,
        ..ROW
    },
    Listing {
        id: "alibaba:wan@3.0-prime",
        page: "alibaba-wan3-0-prime",
        parameters: &[WAN_3, SIDES, PLATFORM, ROUTING],
        rules: &[&[RESOLUTION_OR_SIZE]],
        rates: &WAN_3_PRIME_RATES,
        ..ROW
    },
    Listing {
        id: "alibaba:happyhorse@1.1",
        page: "alibaba-happyhorse-1-1",
        parameters: &[
            &[
                optional(PROMPT, SOME_TEXT),
                TIERS,
                optional(DURATION, Kind::Integer(3, 15)),
                SEED,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
                optional(REFERENCES, Kind::Images(9)),
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        // From other sources than Runware.
        rates: &[second(140_000, &[P720]), second(180_000, &[P1080])],
        ..ROW
    },
];

const REFERRED: When = When::Given(REFERENCE_VIDEOS);
