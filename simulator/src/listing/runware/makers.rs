//! Makers with one model: ByteDance, Luma, MiniMax, Pruna, Runway, Vidu.

use super::super::parameter::{SOME_TEXT, duration, flag, optional, required, word};
use super::super::rate::{When, second, video};
use super::super::rule::{Condition, limit};
use super::super::size::size;
use super::super::{Frames, Kind, Limit, Listing, Parameter, Rule};
use super::{
    AUDIO, DURATION, FRAMES, HEIGHT, INPUTS, P360, P480, P540, P720, P768, P1080, PLATFORM, PROMPT,
    PROVIDER, RESOLUTION, RESOLUTION_OR_SIZE, ROUTING, ROW, SEED, SETTINGS, SIDE, SIDES, VIDEO,
    WIDTH,
};

const SEEDANCE_SOUND: &str = "providerSettings.bytedance.audio";
const DRAFT: &str = "settings.draft";
const HDR: &str = "settings.hdr";
const EXR: &str = "settings.exrExport";
const LOOP: &str = "settings.loop";
const POSITION: &str = "settings.sourcePosition";

const S5: When = When::Seconds(5);
const S6: When = When::Seconds(6);
const S10: When = When::Seconds(10);

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
                optional("providerSettings.minimax.promptOptimizer", Kind::Flag),
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
        // From other sources than Runware.
        rates: &[
            second(20_000, &[P720, When::Off(DRAFT)]),
            second(40_000, &[P1080, When::Off(DRAFT)]),
            second(5_000, &[P720, When::On(DRAFT)]),
            second(10_000, &[P1080, When::On(DRAFT)]),
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
];

const THRESHOLD: Parameter = word(
    "providerSettings.runway.contentModeration.publicFigureThreshold",
    &["auto", "low"],
    "auto",
);
