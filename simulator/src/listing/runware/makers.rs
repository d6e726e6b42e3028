//! Makers with one or two models: Black Forest Labs, Lightricks, Luma, PixVerse, Runway, Vidu, xAI.

use super::super::parameter::{SOME_TEXT, flag, optional, required, word};
use super::super::rate::{Rate, When, second, video};
use super::super::rule::{Condition, limit};
use super::super::size::{Size, size};
use super::super::{Frames, Kind, Limit, Listing, Parameter, Rule};
use super::{
    DURATION, FRAMES, HEIGHT, INPUTS, MAX_MADE_UP, NEGATIVE, P360, P480, P540, P720, P1080,
    PLATFORM, PROMPT, PROVIDER, REFERENCES, RESOLUTION, RESOLUTION_OR_SIZE, ROUTING, ROW, SEED,
    SETTINGS, SIDE, SIDES, VIDEO, WIDTH,
};

const HDR: &str = "settings.hdr";
const EXR: &str = "settings.exrExport";
const LOOP: &str = "settings.loop";
const POSITION: &str = "settings.sourcePosition";

const S5: When = When::Seconds(5);
const S10: When = When::Seconds(10);

/// What LTX-2.5 has. The limits of the duration are made up.
const LTX: &[Parameter] = &[
    required(PROMPT, SOME_TEXT),
    optional(DURATION, Kind::IntegerOrAuto(1, MAX_MADE_UP)),
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    SETTINGS,
];
/// No list could be read: those that the prices name.
const LTX_SIZES: &[Size] = &[size("720p", 1280, 720), size("1080p", 1920, 1080)];

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "bfl:flux@3-video",
        page: "bfl-flux-3-video",
        parameters: &[
            &[
                optional(PROMPT, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["720p", "1080p"])),
                // The limits are made up.
                optional(DURATION, Kind::IntegerOrAuto(1, MAX_MADE_UP)),
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
                SETTINGS,
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        // Made up.
        rates: &[second(80_000, &[P720]), second(120_000, &[P1080])],
        ..ROW
    },
    // The prices of LTX-2.5 come from other sources than Runware.
    Listing {
        id: "lightricks:ltx@2.5-fast",
        page: "lightricks-ltx-2-5-fast",
        parameters: &[
            LTX,
            &[optional("fps", Kind::Integers(&[24, 25, 48, 50]))],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        sizes: LTX_SIZES,
        rates: &[second(90_000, &[P720]), second(130_000, &[P1080])],
        ..ROW
    },
    Listing {
        id: "lightricks:ltx@2.5-pro",
        page: "lightricks-ltx-2-5-pro",
        parameters: &[
            LTX,
            &[optional("fps", Kind::Integers(&[24, 25, 50]))],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        sizes: LTX_SIZES,
        rates: &[second(120_000, &[P720]), second(170_000, &[P1080])],
        ..ROW
    },
    Listing {
        id: "luma:ray@3.2",
        page: "luma-ray3-2",
        parameters: &[
            &[required(PROMPT, SOME_TEXT)],
            SIDES,
            &[
                optional(RESOLUTION, Kind::Words(&["360p", "540p", "720p", "1080p"])),
                optional(DURATION, Kind::Integers(&[5, 10])),
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::Keys)),
                optional(VIDEO, Kind::Clip),
                SETTINGS,
                flag(LOOP, false),
                flag(HDR, false),
                flag(EXR, false),
                optional("settings.edit", Kind::Object),
                optional(POSITION, Kind::Object),
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[
            limit(Condition::On(LOOP), DURATION, Limit::Integers(&[5])),
            limit(Condition::On(LOOP), HDR, Limit::Flag(false)),
            limit(Condition::On(LOOP), FRAMES, Limit::FirstFrame),
            limit(Condition::On(EXR), HDR, Limit::Flag(true)),
            Rule::Limit {
                when: Condition::On(HDR),
                path: RESOLUTION,
                to: Limit::Words(&["720p", "1080p"]),
                needed: true,
            },
            Rule::Limit {
                when: Condition::On(HDR),
                path: DURATION,
                to: Limit::Integers(&[5]),
                needed: true,
            },
            Rule::Length(VIDEO, 5),
        ]],
        // The documents do not say how the ways to use a video are distinguished: a source position means
        // reframing, which is billed per second; anything else means extending. Videos of 540p and more,
        // and of ten seconds, cost twice what extending does: made up.
        rates: &[
            video(60_000, &[P360, S5]),
            video(120_000, &[P360, S10]),
            video(150_000, &[P540, S5]),
            video(300_000, &[P540, S10]),
            video(300_000, &[P720, S5]),
            video(600_000, &[P720, S10]),
            video(1_200_000, &[P1080, S5]),
            video(2_400_000, &[P1080, S10]),
            video(600_000, &[P720, When::On(HDR)]),
            video(900_000, &[P720, When::On(EXR)]),
            video(2_400_000, &[P1080, When::On(HDR)]),
            video(3_600_000, &[P1080, When::On(EXR)]),
            second(30_000, &[P360, When::Given(POSITION)]),
            second(60_000, &[P540, When::Given(POSITION)]),
            second(120_000, &[P720, When::Given(POSITION)]),
            second(360_000, &[P1080, When::Given(POSITION)]),
        ],
        ..ROW
    },
    Listing {
        id: "pixverse:1@8",
        page: "pixverse-v6",
        parameters: &[
            &[
                required(PROMPT, SOME_TEXT),
                optional(NEGATIVE, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["360p", "540p", "720p", "1080p"])),
                // The limits are made up.
                optional(DURATION, Kind::Integer(1, MAX_MADE_UP)),
                SEED,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                SETTINGS,
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        // Made up.
        rates: &[
            second(40_000, &[P360]),
            second(60_000, &[P540]),
            second(80_000, &[P720]),
            second(120_000, &[P1080]),
        ],
        ..ROW
    },
    Listing {
        id: "runway:1@2",
        page: "runway-gen-4-5",
        parameters: &[
            &[
                optional(PROMPT, SOME_TEXT),
                required(WIDTH, SIDE),
                required(HEIGHT, SIDE),
                optional(DURATION, Kind::Integers(&[5, 8, 10])),
                SEED,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
                PROVIDER,
                optional("providerSettings.runway.contentModeration", Kind::Object),
                THRESHOLD,
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[Rule::AnyOf(&[FRAMES, PROMPT])]],
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("720p", 1104, 832),
            size("720p", 832, 1104),
            size("720p", 960, 960),
        ],
        // The page prices five seconds; its example of eight was billed 0.965, which is not more precise.
        rates: &[second(120_000, &[])],
        ..ROW
    },
    Listing {
        id: "vidu:4@1",
        page: "vidu-q3",
        parameters: &[
            &[required(PROMPT, SOME_TEXT)],
            SIDES,
            &[
                optional(RESOLUTION, Kind::Words(&["360p", "540p", "720p", "1080p"])),
                optional(DURATION, Kind::Integer(1, 16)),
                SEED,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                PROVIDER,
                optional("providerSettings.vidu.audio", Kind::Flag),
                optional("providerSettings.vidu.bgm", Kind::Flag),
                optional(
                    "providerSettings.vidu.movementAmplitude",
                    Kind::Words(&["auto", "small", "medium", "large"]),
                ),
                optional("providerSettings.vidu.style", SOME_TEXT),
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        sizes: &[
            size("360p", 640, 352),
            size("360p", 544, 400),
            size("360p", 480, 480),
            size("360p", 400, 544),
            size("360p", 352, 640),
            size("540p", 960, 528),
            size("540p", 816, 608),
            size("540p", 720, 720),
            size("540p", 608, 816),
            size("540p", 528, 960),
            size("720p", 1280, 720),
            size("720p", 1104, 816),
            size("720p", 960, 960),
            size("720p", 816, 1104),
            size("720p", 720, 1280),
            size("1080p", 1920, 1080),
            size("1080p", 1674, 1238),
            size("1080p", 1440, 1440),
            size("1080p", 1238, 1674),
            size("1080p", 1080, 1920),
        ],
        // The page says "from" these prices.
        rates: &[
            second(45_500, &[P360]),
            second(45_500, &[P540]),
            second(97_500, &[P720]),
            second(104_000, &[P1080]),
        ],
        ..ROW
    },
    Listing {
        id: "xai:grok-imagine@video-1.5",
        page: "xai-grok-imagine-video-1-5",
        parameters: &[
            &[
                required(PROMPT, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["480p", "720p", "1080p"])),
                optional(DURATION, Kind::Integer(1, 15)),
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                optional(REFERENCES, Kind::Images(7)),
                optional("speech", Kind::Object),
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        rates: GROK_RATES,
        ..ROW
    },
    Listing {
        id: "xai:grok-imagine@video-1.5-lite",
        page: "xai-grok-imagine-video-1-5-lite",
        parameters: &[
            &[
                required(PROMPT, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["480p", "720p", "1080p"])),
                // The limits are made up.
                optional(DURATION, Kind::Integer(1, MAX_MADE_UP)),
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        rates: GROK_RATES,
        ..ROW
    },
];

/// Made up: no price of Runware could be read.
const GROK_RATES: &[Rate] =
    &[second(80_000, &[P480]), second(140_000, &[P720]), second(250_000, &[P1080])];

const THRESHOLD: Parameter = word(
    "providerSettings.runway.contentModeration.publicFigureThreshold",
    &["auto", "low"],
    "auto",
);
