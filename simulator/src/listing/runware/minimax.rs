//! MiniMax's models. H3 is known by its schema, and by programs that call it: so are its prices.

use super::super::parameter::{SOME_TEXT, duration, optional, required};
use super::super::rate::{When, second, video};
use super::super::rule::{Condition, limit};
use super::super::size::size;
use super::super::{Frames, Kind, Limit, Listing, Parameter};
use super::{
    DURATION, FRAMES, INPUTS, MAX_MADE_UP, P480, P768, P1080, PLATFORM, PROMPT, PROVIDER,
    REFERENCE_VIDEOS, REFERENCES, REQUIRED_INPUTS, RESOLUTION, RESOLUTION_OR_SIZE, ROUTING, ROW,
    SEED, SETTINGS, SIDES,
};

const OPTIMIZER: Parameter = optional("providerSettings.minimax.promptOptimizer", Kind::Flag);

/// What every H3 has.
const H3: &[Parameter] = &[
    required(PROMPT, SOME_TEXT),
    SEED,
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    optional(REFERENCES, Kind::Images(usize::MAX)),
    optional(REFERENCE_VIDEOS, Kind::Clips(usize::MAX)),
    SETTINGS,
];
/// The limits of the duration are made up.
const H3_MAX: &[Parameter] = &[
    optional(RESOLUTION, Kind::Words(&["480p", "768p"])),
    optional(DURATION, Kind::Integer(1, MAX_MADE_UP)),
];

const P1440: When = When::Tier("1440p");
const S6: When = When::Seconds(6);
const S10: When = When::Seconds(10);

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "minimax:4@1",
        page: "minimax-hailuo-2-3",
        parameters: &[
            &[optional(PROMPT, Kind::Text(2, 2000))],
            SIDES,
            &[
                duration(Kind::Integers(&[6, 10]), 6),
                optional("fps", Kind::Integers(&[25])),
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
                PROVIDER,
                OPTIMIZER,
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[limit(Condition::Size(1920, 1080), DURATION, Limit::Integers(&[6]))]],
        sizes: &[size("768p", 1366, 768), size("1080p", 1920, 1080)],
        rates: &[
            video(280_000, &[P768, S6]),
            video(560_000, &[P768, S10]),
            video(490_000, &[P1080, S6]),
        ],
        ..ROW
    },
    Listing {
        id: "minimax:4@2",
        page: "minimax-hailuo-2-3-fast",
        parameters: &[
            &[
                optional(PROMPT, SOME_TEXT),
                optional(DURATION, Kind::Integer(1, MAX_MADE_UP)),
                optional("fps", Kind::Integers(&[25])),
                REQUIRED_INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
                PROVIDER,
                OPTIMIZER,
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        // Made up, as are the limits of the duration.
        rates: &[second(30_000, &[])],
        ..ROW
    },
    // The prices of reference media are not known: the same.
    Listing {
        id: "minimax:h3@0",
        page: "minimax-h3",
        parameters: &[
            H3,
            &[
                optional(RESOLUTION, Kind::Words(&["768p", "1440p"])),
                optional(DURATION, Kind::Integer(5, 15)),
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        rates: &[second(80_000, &[P768]), second(130_000, &[P1440])],
        ..ROW
    },
    Listing {
        id: "minimax:h3@max",
        page: "minimax-h3-max",
        parameters: &[H3, H3_MAX, SIDES, PLATFORM, ROUTING],
        rules: &[&[RESOLUTION_OR_SIZE]],
        rates: &[second(50_000, &[P480]), second(80_000, &[P768])],
        ..ROW
    },
    Listing {
        id: "minimax:h3@max-turbo",
        page: "minimax-h3-max-turbo",
        parameters: &[H3, H3_MAX, SIDES, PLATFORM, ROUTING],
        rules: &[&[RESOLUTION_OR_SIZE]],
        rates: &[second(25_000, &[P480]), second(40_000, &[P768])],
        ..ROW
    },
];
