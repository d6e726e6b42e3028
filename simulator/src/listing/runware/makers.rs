//! Makers that sell one model: ByteDance, Luma, MiniMax, Pruna, Runway, Vidu.

use super::super::parameter::{SOME_TEXT, duration, flag, may, must, word};
use super::super::rate::{When, second, video};
use super::super::rule::{When as If, limit};
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
            &[must(PROMPT, Kind::Text(2, 3000))],
            SIDES,
            &[
                may(RESOLUTION, Kind::Words(&["480p", "720p", "1080p"])),
                duration(Kind::WholeOrAuto(4, 12), 5),
                SEED,
                INPUTS,
                may(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                may("inputs.draftId", SOME_TEXT),
                PROVIDER,
                may(SEEDANCE_SOUND, Kind::Flag),
                may("providerSettings.bytedance.cameraFixed", Kind::Flag),
                may("providerSettings.bytedance.draft", Kind::Flag),
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[
            Rule::AnyOf(&[WIDTH, HEIGHT, RESOLUTION, FRAMES]),
            RESOLUTION_OR_SIZE,
        ]],
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
        // About these for five seconds, says the page; the last two are made up, as it has none.
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
            &[must(PROMPT, SOME_TEXT)],
            SIDES,
            &[
                may(RESOLUTION, Kind::Words(&["360p", "540p", "720p", "1080p"])),
                may(DURATION, Kind::Wholes(&[5, 10])),
                INPUTS,
                may(FRAMES, Kind::Frames(Frames::Keys)),
                may(VIDEO, Kind::Clip),
                SETTINGS,
                flag(LOOP, false),
                flag(HDR, false),
                flag(EXR, false),
                may("settings.edit", Kind::Object),
                may(POSITION, Kind::Object),
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[
            limit(If::On(LOOP), DURATION, Limit::Wholes(&[5])),
            limit(If::On(LOOP), HDR, Limit::Flag(false)),
            limit(If::On(LOOP), FRAMES, Limit::FirstFrame),
            limit(If::On(EXR), HDR, Limit::Flag(true)),
            Rule::Limit {
                when: If::On(HDR),
                path: RESOLUTION,
                to: Limit::Words(&["720p", "1080p"]),
                needed: true,
            },
            Rule::Limit {
                when: If::On(HDR),
                path: DURATION,
                to: Limit::Wholes(&[5]),
                needed: true,
            },
            Rule::Length(VIDEO, 5),
        ]],
        // How the page's ways to use a video are told apart is not documented: a place for it is
        // taken for reframing, which is charged by the second, anything else for extending. Films
        // of 540p and more, and of ten seconds, cost what extending does, doubled: made up.
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
            &[may(PROMPT, Kind::Text(2, 2000))],
            SIDES,
            &[
                duration(Kind::Wholes(&[6, 10]), 6),
                may("fps", Kind::Wholes(&[25])),
                INPUTS,
                may(FRAMES, Kind::Frames(Frames::First)),
                PROVIDER,
                may("providerSettings.minimax.promptOptimizer", Kind::Flag),
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[limit(If::Size(1920, 1080), DURATION, Limit::Wholes(&[6]))]],
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
            &[must(PROMPT, SOME_TEXT)],
            SIDES,
            &[
                may(RESOLUTION, Kind::Words(&["720p", "1080p"])),
                may(DURATION, Kind::Whole(1, 10)),
                may("fps", Kind::Wholes(&[24, 48])),
                SEED,
                INPUTS,
                may(FRAMES, Kind::Frames(Frames::First)),
                may(AUDIO, Kind::Clip),
                SETTINGS,
                may(DRAFT, Kind::Flag),
                may("settings.audio", Kind::Flag),
                may("settings.promptUpsampling", Kind::Flag),
                may("settings.safetyFilter", Kind::Flag),
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
        // From others than Runware.
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
                may(PROMPT, SOME_TEXT),
                must(WIDTH, SIDE),
                must(HEIGHT, SIDE),
                may(DURATION, Kind::Wholes(&[5, 8, 10])),
                SEED,
                INPUTS,
                may(FRAMES, Kind::Frames(Frames::First)),
                PROVIDER,
                may("providerSettings.runway.contentModeration", Kind::Object),
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
        // The page prices five seconds; its example of eight was billed 0.965, which is no more exact.
        rates: &[second(120_000, &[])],
        ..ROW
    },
    Listing {
        id: "vidu:4@1",
        page: "vidu-q3",
        parameters: &[
            &[must(PROMPT, SOME_TEXT)],
            SIDES,
            &[
                may(RESOLUTION, Kind::Words(&["360p", "540p", "720p", "1080p"])),
                may(DURATION, Kind::Whole(1, 16)),
                SEED,
                INPUTS,
                may(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                PROVIDER,
                may("providerSettings.vidu.audio", Kind::Flag),
                may("providerSettings.vidu.bgm", Kind::Flag),
                may(
                    "providerSettings.vidu.movementAmplitude",
                    Kind::Words(&["auto", "small", "medium", "large"]),
                ),
                may("providerSettings.vidu.style", SOME_TEXT),
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
        // "From" these, says the page.
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
