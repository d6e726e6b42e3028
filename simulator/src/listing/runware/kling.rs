//! Kling AI's models.

use super::super::parameter::{SOME_TEXT, duration, optional, required};
use super::super::rate::{Rate, When, second};
use super::super::rule::{Condition, limit, needs};
use super::super::size::size;
use super::super::{Frames, Kind, Limit, Listing, Parameter, Rule};
use super::{
    DURATION, FRAMES, HEIGHT, INPUTS, NEGATIVE, P720, P1080, PLATFORM, PROMPT, PROVIDER,
    REFERENCE_VIDEOS, REFERENCES, REQUIRED_INPUTS, RESOLUTION, RESOLUTION_OR_SIZE, ROUTING, ROW,
    SIDES, VIDEO, WIDTH,
};

const SOUND: &str = "providerSettings.klingai.sound";
const KEPT_SOUND: Parameter = optional("providerSettings.klingai.keepOriginalSound", Kind::Flag);
const ORIENTATION: Parameter =
    optional("providerSettings.klingai.characterOrientation", Kind::Words(&["image", "video"]));
const GUIDANCE: Parameter = optional("CFGScale", Kind::Number(0.0, 1.0));

const O1: &[Parameter] = &[
    required(PROMPT, Kind::Text(2, 2500)),
    duration(Kind::Integer(3, 10), 5),
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    optional(REFERENCES, Kind::Images(7)),
    optional(REFERENCE_VIDEOS, Kind::Clips(1)),
    optional(VIDEO, Kind::Clip),
    PROVIDER,
    KEPT_SOUND,
    optional("providerSettings.klingai.fast", Kind::Flag),
];

const O1_RULES: &[Rule] = &[
    // The page does not say which of these an edit or a reference video alone requires.
    Rule::OneOf {
        of: &[&[FRAMES], &[REFERENCES], &[WIDTH, HEIGHT]],
        unless: &[VIDEO, REFERENCE_VIDEOS],
    },
    limit(
        Condition::Without(&[FRAMES, REFERENCES, REFERENCE_VIDEOS, VIDEO]),
        DURATION,
        Limit::Integers(&[5, 10]),
    ),
    limit(Condition::Given(FRAMES), DURATION, Limit::Integers(&[5, 10])),
    limit(Condition::Given(VIDEO), REFERENCES, Limit::Items(4)),
    Rule::Length(VIDEO, 5),
];

/// Images alone cost as much as text; a reference or source video costs half as much again.
const fn o1_rates(text: u64, video: u64) -> [Rate; 3] {
    [
        second(text, &[]),
        second(video, &[When::Given(REFERENCE_VIDEOS)]),
        second(video, &[When::Given(VIDEO)]),
    ]
}

const O1_PRO_RATES: [Rate; 3] = o1_rates(112_000, 168_000);
const O1_STANDARD_RATES: [Rate; 3] = o1_rates(84_000, 126_000);

/// What both versions of Kling 3.0 have.
const KLING_3: &[Parameter] = &[
    optional(PROMPT, SOME_TEXT),
    optional(NEGATIVE, SOME_TEXT),
    optional(DURATION, Kind::Integer(3, 15)),
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    optional("inputs.elements", Kind::Items(&[], 3)),
    optional(REFERENCES, Kind::Images(1)),
    optional(REFERENCE_VIDEOS, Kind::Clips(1)),
    PROVIDER,
    optional(SOUND, Kind::Flag),
    optional("providerSettings.klingai.multiPrompt", SHOTS),
    KEPT_SOUND,
    ORIENTATION,
];

const KLING_3_RULES: &[Rule] = &[
    // Motion control follows a video; the page does not say what else it requires.
    Rule::OneOf { of: &[&[FRAMES], &[WIDTH, HEIGHT]], unless: &[REFERENCE_VIDEOS] },
    needs("inputs.elements", FRAMES),
    Rule::Length(REFERENCE_VIDEOS, 5),
];

/// What both versions of Kling 3.0 Omni have. The name of the sound is that of Kling 3.0.
const OMNI: &[Parameter] = &[
    optional(PROMPT, SOME_TEXT),
    optional(DURATION, Kind::Integer(3, 15)),
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::FirstAndLast)),
    optional(VIDEO, Kind::Clip),
    optional(REFERENCES, Kind::Images(usize::MAX)),
    optional(REFERENCE_VIDEOS, Kind::Clips(usize::MAX)),
    PROVIDER,
    optional(SOUND, Kind::Flag),
];

const OMNI_RULES: &[Rule] = &[
    Rule::OneOf { of: &[&[FRAMES], &[VIDEO], &[WIDTH, HEIGHT]], unless: &[] },
    Rule::Excludes(VIDEO, &[DURATION, REFERENCE_VIDEOS]),
    limit(Condition::Given(VIDEO), REFERENCES, Limit::Items(4)),
    RESOLUTION_OR_SIZE,
    Rule::Length(VIDEO, 5),
];

/// A video as an input costs the same with and without sound.
const fn omni_rates(silent: u64, sounding: u64, video: u64) -> [Rate; 4] {
    [
        second(silent, &[When::Off(SOUND)]),
        second(sounding, &[When::On(SOUND)]),
        second(video, &[When::Given(REFERENCE_VIDEOS)]),
        second(video, &[When::Given(VIDEO)]),
    ]
}

const OMNI_PRO_RATES: [Rate; 4] = omni_rates(112_000, 140_000, 168_000);
const OMNI_STANDARD_RATES: [Rate; 4] = omni_rates(84_000, 112_000, 126_000);

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "klingai:5@2",
        page: "klingai-2-1-pro",
        parameters: &[
            &[required(PROMPT, SOME_TEXT), optional(NEGATIVE, SOME_TEXT)],
            SIDES,
            &[
                optional(DURATION, Kind::Integers(&[5, 10])),
                GUIDANCE,
                REQUIRED_INPUTS,
                required(FRAMES, Kind::Frames(Frames::FirstAndLast)),
            ],
            PLATFORM,
        ],
        sizes: &[size("1080p", 1920, 1080), size("1080p", 1080, 1080), size("1080p", 1080, 1920)],
        // Made up, since no price is published: the price of the same model elsewhere.
        rates: &[second(90_000, &[])],
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@2.6-pro",
        page: "klingai-video-2-6-pro",
        parameters: &[
            &[optional(PROMPT, Kind::Text(2, 2500)), optional(NEGATIVE, Kind::Text(2, 2500))],
            SIDES,
            &[
                duration(Kind::Integers(&[5, 10]), 5),
                GUIDANCE,
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
                optional(REFERENCE_VIDEOS, Kind::Clips(1)),
                optional("inputs.referenceVoices", Kind::Clips(usize::MAX)),
                PROVIDER,
                optional(SOUND, Kind::Flag),
                KEPT_SOUND,
                ORIENTATION,
            ],
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[Rule::Length(REFERENCE_VIDEOS, 5)]],
        sizes: &[size("1080p", 1920, 1080), size("1080p", 1080, 1080), size("1080p", 1080, 1920)],
        // The price without audio comes from other sources; the one with audio is made up.
        rates: &[second(70_000, &[When::Off(SOUND)]), second(140_000, &[When::On(SOUND)])],
        ..ROW
    },
    Listing {
        id: "klingai:kling@o1",
        page: "klingai-video-o1-pro",
        parameters: &[O1, SIDES, PLATFORM, ROUTING],
        rules: &[O1_RULES],
        sizes: &[size("1080p", 1920, 1080), size("1080p", 1440, 1440), size("1080p", 1080, 1920)],
        rates: &O1_PRO_RATES,
        ..ROW
    },
    Listing {
        id: "klingai:kling@o1-standard",
        page: "klingai-video-o1-standard",
        parameters: &[O1, SIDES, PLATFORM, ROUTING],
        rules: &[O1_RULES],
        sizes: &[size("720p", 1280, 720), size("720p", 720, 1280), size("960p", 960, 960)],
        rates: &O1_STANDARD_RATES,
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@3-pro",
        page: "klingai-video-3-0-pro",
        parameters: &[KLING_3, SIDES, PLATFORM, ROUTING],
        rules: &[KLING_3_RULES],
        sizes: &[size("1080p", 1920, 1080), size("1080p", 1440, 1440), size("1080p", 1080, 1920)],
        rates: &[second(112_000, &[When::Off(SOUND)]), second(168_000, &[When::On(SOUND)])],
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@3-standard",
        page: "klingai-video-3-0-standard",
        parameters: &[KLING_3, SIDES, PLATFORM, ROUTING],
        rules: &[KLING_3_RULES],
        sizes: &[size("720p", 1280, 720), size("720p", 960, 960), size("720p", 720, 1280)],
        rates: &[second(84_000, &[When::Off(SOUND)]), second(126_000, &[When::On(SOUND)])],
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@3.0-turbo",
        page: "klingai-video-3-0-turbo",
        parameters: &[
            &[
                required(PROMPT, Kind::Text(3, 3072)),
                optional(NEGATIVE, SOME_TEXT),
                optional(RESOLUTION, Kind::Words(&["720p", "1080p"])),
                optional(DURATION, Kind::Integer(3, 15)),
                INPUTS,
                optional(FRAMES, Kind::Frames(Frames::First)),
            ],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[&[RESOLUTION_OR_SIZE]],
        // Made up: no price could be read.
        rates: &[second(50_000, &[P720]), second(80_000, &[P1080])],
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@o3-pro",
        page: "klingai-video-3-0-omni-pro",
        parameters: &[
            OMNI,
            &[optional(RESOLUTION, Kind::Words(&["1080p"]))],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[OMNI_RULES],
        sizes: &[size("1080p", 1920, 1080), size("1080p", 1440, 1440), size("1080p", 1080, 1920)],
        rates: &OMNI_PRO_RATES,
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@o3-standard",
        page: "klingai-video-3-0-omni-standard",
        parameters: &[
            OMNI,
            &[optional(RESOLUTION, Kind::Words(&["720p"]))],
            SIDES,
            PLATFORM,
            ROUTING,
        ],
        rules: &[OMNI_RULES],
        sizes: &[size("720p", 1280, 720), size("720p", 960, 960), size("720p", 720, 1280)],
        rates: &OMNI_STANDARD_RATES,
        ..ROW
    },
    Listing {
        id: "klingai:kling-video@2.6-standard",
        page: "klingai-video-2-6-standard",
        parameters: &[
            &[
                optional(PROMPT, SOME_TEXT),
                // Its only use is motion control, which follows a video.
                REQUIRED_INPUTS,
                optional(REFERENCES, Kind::Images(usize::MAX)),
                required(REFERENCE_VIDEOS, Kind::Clips(1)),
                PROVIDER,
                KEPT_SOUND,
                ORIENTATION,
            ],
            PLATFORM,
            ROUTING,
        ],
        // Made up: the price of the same model elsewhere.
        rates: &[second(70_000, &[])],
        ..ROW
    },
];

const SHOTS: Kind =
    Kind::Items(&[required("prompt", SOME_TEXT), required("duration", Kind::Integer(1, 15))], 6);
