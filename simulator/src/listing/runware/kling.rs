//! Kling AI's models.

use super::super::parameter::{SOME_TEXT, duration, may, must};
use super::super::rate::{Rate, When, second};
use super::super::rule::{When as If, limit, needs};
use super::super::size::size;
use super::super::{Frames, Kind, Limit, Listing, Parameter, Rule};
use super::{
    DURATION, FRAMES, HEIGHT, INPUTS, MUST_INPUTS, NEGATIVE, PLATFORM, PROMPT, PROVIDER,
    REFERENCE_VIDEOS, REFERENCES, ROUTING, ROW, SIDES, VIDEO, WIDTH,
};

const SOUND: &str = "providerSettings.klingai.sound";
const KEPT_SOUND: Parameter = may("providerSettings.klingai.keepOriginalSound", Kind::Flag);
const ORIENTATION: Parameter = may(
    "providerSettings.klingai.characterOrientation",
    Kind::Words(&["image", "video"]),
);
const GUIDANCE: Parameter = may("CFGScale", Kind::Number(0.0, 1.0));

const O1: &[Parameter] = &[
    must(PROMPT, Kind::Text(2, 2500)),
    duration(Kind::Whole(3, 10), 5),
    INPUTS,
    may(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    may(REFERENCES, Kind::Images(7)),
    may(REFERENCE_VIDEOS, Kind::Clips(1)),
    may(VIDEO, Kind::Clip),
    PROVIDER,
    KEPT_SOUND,
    may("providerSettings.klingai.fast", Kind::Flag),
];

const O1_RULES: &[Rule] = &[
    // The page does not say what an edit or a reference video alone would need of these.
    Rule::OneOf {
        of: &[&[FRAMES], &[REFERENCES], &[WIDTH, HEIGHT]],
        unless: &[VIDEO, REFERENCE_VIDEOS],
    },
    limit(
        If::Without(&[FRAMES, REFERENCES, REFERENCE_VIDEOS, VIDEO]),
        DURATION,
        Limit::Wholes(&[5, 10]),
    ),
    limit(If::Given(FRAMES), DURATION, Limit::Wholes(&[5, 10])),
    limit(If::Given(VIDEO), REFERENCES, Limit::Items(4)),
    Rule::Length(VIDEO, 5),
];

/// Pictures alone cost as little as text; a video to follow or to change costs half as much again.
const fn o1_rates(text: u64, video: u64) -> [Rate; 3] {
    [
        second(text, &[]),
        second(video, &[When::Given(REFERENCE_VIDEOS)]),
        second(video, &[When::Given(VIDEO)]),
    ]
}

const O1_PRO_RATES: [Rate; 3] = o1_rates(112_000, 168_000);
const O1_STANDARD_RATES: [Rate; 3] = o1_rates(84_000, 126_000);

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "klingai:5@2",
        page: "klingai-2-1-pro",
        parameters: &[
            &[must(PROMPT, SOME_TEXT), may(NEGATIVE, SOME_TEXT)],
            SIDES,
            &[
                may(DURATION, Kind::Wholes(&[5, 10])),
                GUIDANCE,
                MUST_INPUTS,
                must(FRAMES, Kind::Frames(Frames::FirstAndLast)),
            ],
            PLATFORM,
        ],
        sizes: &[
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1080),
            size("1080p", 1080, 1920),
        ],
        // Made up, as no price was published: what the same model costs elsewhere.
        rates: &[second(90_000, &[])],
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@2.6-pro",
        page: "klingai-video-2-6-pro",
        parameters: &[
            &[
                may(PROMPT, Kind::Text(2, 2500)),
                may(NEGATIVE, Kind::Text(2, 2500)),
            ],
            SIDES,
            &[
                duration(Kind::Wholes(&[5, 10]), 5),
                GUIDANCE,
                INPUTS,
                may(FRAMES, Kind::Frames(Frames::First)),
                may(REFERENCE_VIDEOS, Kind::Clips(1)),
                may("inputs.referenceVoices", Kind::Clips(usize::MAX)),
                PROVIDER,
                may(SOUND, Kind::Flag),
                KEPT_SOUND,
                ORIENTATION,
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[Rule::Length(REFERENCE_VIDEOS, 5)]],
        sizes: &[
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1080),
            size("1080p", 1080, 1920),
        ],
        // The silent price is from others than Runware; the one with sound is made up.
        rates: &[
            second(70_000, &[When::Off(SOUND)]),
            second(140_000, &[When::On(SOUND)]),
        ],
        ..ROW
    },
    Listing {
        id: "klingai:kling@o1",
        page: "klingai-video-o1-pro",
        parameters: &[O1, SIDES, PLATFORM, ROUTING],
        rules: &[O1_RULES],
        sizes: &[
            size("1080p", 1920, 1080),
            size("1080p", 1440, 1440),
            size("1080p", 1080, 1920),
        ],
        rates: &O1_PRO_RATES,
        ..ROW
    },
    Listing {
        id: "klingai:kling@o1-standard",
        page: "klingai-video-o1-standard",
        parameters: &[O1, SIDES, PLATFORM, ROUTING],
        rules: &[O1_RULES],
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("960p", 960, 960),
        ],
        rates: &O1_STANDARD_RATES,
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@3-pro",
        page: "klingai-video-3-0-pro",
        parameters: &[
            &[may(PROMPT, SOME_TEXT), may(NEGATIVE, SOME_TEXT)],
            SIDES,
            &[
                may(DURATION, Kind::Whole(3, 15)),
                INPUTS,
                may(FRAMES, Kind::Frames(Frames::FirstAndLast)),
                may("inputs.elements", Kind::Items(&[], 3)),
                may(REFERENCES, Kind::Images(1)),
                may(REFERENCE_VIDEOS, Kind::Clips(1)),
                PROVIDER,
                may(SOUND, Kind::Flag),
                may("providerSettings.klingai.multiPrompt", SHOTS),
                KEPT_SOUND,
                ORIENTATION,
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[
            // Motion control follows a video, and the page does not say what else it would need.
            Rule::OneOf {
                of: &[&[FRAMES], &[WIDTH, HEIGHT]],
                unless: &[REFERENCE_VIDEOS],
            },
            needs("inputs.elements", FRAMES),
            Rule::Length(REFERENCE_VIDEOS, 5),
        ]],
        sizes: &[
            size("1080p", 1920, 1080),
            size("1080p", 1440, 1440),
            size("1080p", 1080, 1920),
        ],
        // From others than Runware.
        rates: &[
            second(112_000, &[When::Off(SOUND)]),
            second(168_000, &[When::On(SOUND)]),
        ],
        ..ROW
    },
];

const SHOTS: Kind = Kind::Items(
    &[
        must("prompt", SOME_TEXT),
        must("duration", Kind::Whole(1, 15)),
    ],
    6,
);
