//! Pruna AI's models.

use super::super::parameter::{SOME_TEXT, optional, required};
use super::super::rate::{When, second};
use super::super::size::size;
use super::super::{Frames, Kind, Listing, Rule};
use super::{
    AUDIO, DURATION, FRAMES, INPUTS, P720, P1080, PLATFORM, PROMPT, REFERENCES, REQUIRED_INPUTS,
    RESOLUTION, RESOLUTION_OR_SIZE, ROUTING, ROW, SEED, SETTINGS, SIDES, VIDEO,
};

const DRAFT: &str = "settings.draft";

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "prunaai:p-video@0",
        page: "prunaai-p-video",
        parameters: &[
            &[required(PROMPT, SOME_TEXT)],
            SIDES,
            &[
                optional(RESOLUTION, Kind::Words(&["720p", "1080p"])),
                optional(DURATION, Kind::Integer(1, 10)),
                optional("fps", Kind::Integers(&[24, 48])),
                SEED,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
                optional(AUDIO, Kind::Clip),
                SETTINGS,
                optional(DRAFT, Kind::Flag),
                optional("settings.audio", Kind::Flag),
                optional("settings.promptUpsampling", Kind::Flag),
                optional("settings.safetyFilter", Kind::Flag),
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE, Rule::Length(AUDIO, 5)]],
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("720p", 960, 720),
            size("720p", 720, 960),
            size("720p", 1080, 720),
            size("720p", 720, 1080),
            size("720p", 720, 720),
            size("1080p", 1440, 1080),
            size("1080p", 1080, 1440),
            size("1080p", 1620, 1080),
            size("1080p", 1080, 1620),
            size("1080p", 1080, 1080),
        ],
        rates: &[
            second(20_000, &[P720, When::Off(DRAFT)]),
            second(40_000, &[P1080, When::Off(DRAFT)]),
            second(5_000, &[P720, When::On(DRAFT)]),
            second(10_000, &[P1080, When::On(DRAFT)]),
        ],
        ..ROW
    },
    Listing {
        id: "prunaai:p-video@2",
        page: "prunaai-p-video-2",
        parameters: &[
            &[
                required(PROMPT, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["720p", "1080p"])),
                // The page has no minimum.
                optional(DURATION, Kind::Integer(1, 20)),
                optional("fps", Kind::Integers(&[24, 48])),
                SEED,
                INPUTS,
                // Named as by its predecessor.
                optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                optional(AUDIO, Kind::Clip),
                SETTINGS,
                optional(DRAFT, Kind::Flag),
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE, Rule::Length(AUDIO, 5)]],
        rates: &[
            second(25_000, &[P720, When::Off(DRAFT)]),
            second(50_000, &[P1080, When::Off(DRAFT)]),
            second(15_000, &[P720, When::On(DRAFT)]),
            second(30_000, &[P1080, When::On(DRAFT)]),
        ],
        ..ROW
    },
    Listing {
        id: "prunaai:p-video@animate",
        page: "prunaai-p-video-animate",
        parameters: &[
            &[
                optional(PROMPT, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["720p", "1080p"])),
                optional("fps", Kind::Integers(&[24, 48])),
                SEED,
                REQUIRED_INPUTS,
                // The schema requires inputs. Their names, and that both are required, are made up.
                required("inputs.image", Kind::Image),
                required(VIDEO, Kind::Clip),
                SETTINGS,
            ],
            PLATFORM,
            ROUTING,
        ],
        rates: &[second(30_000, &[P720]), second(60_000, &[P1080])],
        ..ROW
    },
    Listing {
        id: "prunaai:p-video@edit",
        page: "prunaai-p-video-edit",
        parameters: &[
            &[
                required(PROMPT, SOME_TEXT),
                SEED,
                REQUIRED_INPUTS,
                required(VIDEO, Kind::Clip),
                optional(REFERENCES, Kind::Images(4)),
                SETTINGS,
                optional(DRAFT, Kind::Flag),
            ],
            PLATFORM,
            ROUTING,
        ],
        // From other sources than Runware.
        rates: &[second(45_000, &[When::Off(DRAFT)]), second(25_000, &[When::On(DRAFT)])],
        ..ROW
    },
];
