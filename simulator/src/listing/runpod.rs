//! RunPod's endpoints, as their pages documented them in August 2026.
//!
//! If a page prices some durations or sizes and does not list the allowed ones, those are allowed.

use super::parameter::{ANY_NUMBER, ANY_TEXT, SOME_TEXT, duration, flag, optional, required, word};
use super::rate::{When, block, second, video};
use super::size::size;
use super::{Address, Kind, Listing, Parameter, Rule, Size};

const ROW: Listing = Listing {
    id: "",
    page: "",
    parameters: &[],
    rules: &[],
    sizes: &[],
    rates: &[],
    address: Address::VideoUrl,
    passthrough: false,
};

const TEXT: &[Parameter] = &[required("prompt", SOME_TEXT)];
const TEXT_AND_IMAGE: &[Parameter] =
    &[required("prompt", SOME_TEXT), required("image", Kind::Image)];
const NEGATIVE: Parameter = optional("negative_prompt", ANY_TEXT);
/// -1 means a random seed.
const SEED: Parameter = optional("seed", Kind::Integer(-1, i64::MAX));
const SAFETY: Parameter = flag("enable_safety_checker", true);
const EXPANSION: Parameter = flag("enable_prompt_expansion", false);
const SHOTS: Parameter = word("shot_type", &["single", "multi"], "single");
const RATIO: &str = "aspect_ratio";

const P480: When = When::Tier("480p");
const P720: When = When::Tier("720p");
const P1080: When = When::Tier("1080p");
const S4: When = When::Seconds(4);
const S5: When = When::Seconds(5);
const S8: When = When::Seconds(8);
const S10: When = When::Seconds(10);
const S12: When = When::Seconds(12);
const S15: When = When::Seconds(15);

const LANDSCAPES: [Size; 2] = [size("720p", 1280, 720), size("1080p", 1920, 1080)];
const PORTRAITS: [Size; 2] = [size("720p", 720, 1280), size("1080p", 1080, 1920)];

pub(super) const LISTINGS: &[&[Listing]] = &[SORA, KLING, OTHERS, WAN, ECHO];

const SORA: &[Listing] = &[
    Listing {
        id: "sora-2-pro-i2v",
        parameters: &[
            TEXT_AND_IMAGE,
            &[
                word("size", &["720p", "1080p"], "720p"),
                required("duration", Kind::Integers(&[4, 8, 12])),
            ],
        ],
        rates: &[
            video(1_200_000, &[P720, S4]),
            video(2_400_000, &[P720, S8]),
            video(3_600_000, &[P720, S12]),
            video(2_000_000, &[P1080, S4]),
            video(4_000_000, &[P1080, S8]),
            video(6_000_000, &[P1080, S12]),
        ],
        ..ROW
    },
    Listing {
        id: "sora-2-i2v",
        parameters: &[TEXT_AND_IMAGE, &[required("duration", Kind::Integers(&[4, 8, 12]))]],
        rates: &[video(400_000, &[S4]), video(800_000, &[S8]), video(1_200_000, &[S12])],
        ..ROW
    },
];

const KLING: &[Listing] = &[
    Listing {
        id: "kling-v2-1-i2v-pro",
        parameters: &[
            TEXT_AND_IMAGE,
            &[
                NEGATIVE,
                optional("guidance_scale", ANY_NUMBER),
                duration(Kind::Integers(&[5, 10]), 5),
                SAFETY,
            ],
        ],
        // The page's own example was billed 0.36 for five seconds; the list price applies.
        rates: &[video(450_000, &[S5]), video(900_000, &[S10])],
        ..ROW
    },
    Listing {
        id: "kling-v2-6-std-motion-control",
        parameters: &[&[
            required("image", Kind::Image),
            required("video", Kind::Clip),
            required("character_orientation", Kind::Words(&["video", "image"])),
            optional("prompt", ANY_TEXT),
            NEGATIVE,
            flag("keep_original_sound", true),
        ]],
        rates: &[block(210_000, 3, &[])],
        ..ROW
    },
    Listing {
        id: "kling-video-o1-r2v",
        parameters: &[
            TEXT,
            &[
                required("images", Kind::Images(10)),
                optional("video", Kind::Clip),
                NEGATIVE,
                word(RATIO, &["16:9", "9:16", "1:1"], "16:9"),
                duration(Kind::Integer(3, 10), 5),
                SEED,
                EXPANSION,
                SAFETY,
            ],
        ],
        rates: &[second(112_000, &[])],
        ..ROW
    },
];

const VIDU: &[Parameter] = &[
    word("resolution", &["540p", "720p", "1080p"], "720p"),
    duration(Kind::Integer(1, 16), 5),
    word("movement_amplitude", &["auto", "small", "medium", "large"], "auto"),
    flag("generate_audio", true),
    flag("bgm", true),
    SEED,
];

const OTHERS: &[Listing] = &[
    Listing {
        id: "p-video",
        parameters: &[
            TEXT,
            &[
                optional("image", Kind::Image),
                optional("audio", Kind::Clip),
                duration(Kind::Integer(1, 10), 5),
                word("resolution", &["720p", "1080p"], "720p"),
                optional("fps", Kind::Integers(&[24, 48])),
                word(RATIO, &["16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "1:1"], "16:9"),
                SEED,
                flag("draft", false),
                flag("save_audio", true),
                flag("prompt_upsampling", true),
            ],
        ],
        rules: &[&[Rule::Overrides("image", RATIO), Rule::Overrides("audio", "duration")]],
        rates: &[
            second(20_000, &[P720, When::Off("draft")]),
            second(40_000, &[P1080, When::Off("draft")]),
            second(5_000, &[P720, When::On("draft")]),
            second(10_000, &[P1080, When::On("draft")]),
        ],
        // Not on the page: RunPod's article about the model's sibling shows it.
        address: Address::Result,
        ..ROW
    },
    Listing {
        id: "seedance-v1-5-pro-i2v",
        parameters: &[
            TEXT_AND_IMAGE,
            &[
                optional("last_image", Kind::Image),
                duration(Kind::Integer(4, 12), 5),
                word("resolution", &["480p", "720p"], "720p"),
                word(RATIO, &["21:9", "16:9", "9:16", "1:1", "4:3", "3:4"], "16:9"),
                flag("camera_fixed", false),
                flag("generate_audio", false),
                SEED,
            ],
        ],
        rates: &[second(24_000, &[P480]), second(52_000, &[P720])],
        ..ROW
    },
    Listing {
        id: "vidu-q3-i2v",
        parameters: &[TEXT_AND_IMAGE, VIDU],
        rates: &[second(150_000, &[])],
        ..ROW
    },
    Listing {
        id: "vidu-q3-t2v",
        parameters: &[
            TEXT,
            &[
                word("style", &["general", "anime"], "general"),
                word(RATIO, &["16:9", "9:16", "4:3", "3:4", "1:1"], "4:3"),
            ],
            VIDU,
        ],
        rates: &[second(150_000, &[])],
        ..ROW
    },
    // The next two endpoints have no page that could be read: they are known by programs that call them.
    Listing {
        id: "google-veo3-1-fast-i2v",
        parameters: &[
            TEXT_AND_IMAGE,
            &[
                optional(RATIO, SOME_TEXT),
                word("resolution", &["720p"], "720p"),
                optional("generate_audio", Kind::Flag),
                optional("duration", Kind::Integers(&[4, 6, 8])),
            ],
        ],
        rates: &[
            second(100_000, &[When::Off("generate_audio")]),
            second(150_000, &[When::On("generate_audio")]),
        ],
        ..ROW
    },
    Listing {
        id: "minimax-hailuo-2-3-fast",
        parameters: &[&[
            optional("prompt", ANY_TEXT),
            required("image", Kind::Image),
            optional("duration", Kind::Integers(&[6, 10])),
        ]],
        // Of RunPod's own test, which may mean the whole video.
        rates: &[second(190_000, &[])],
        ..ROW
    },
    Listing {
        id: "infinitetalk",
        parameters: &[
            TEXT_AND_IMAGE,
            &[
                required("audio", Kind::Clip),
                required("size", Kind::Words(&["480p", "720p"])),
                SAFETY,
            ],
        ],
        rates: &[video(250_000, &[P480]), video(500_000, &[P720])],
        ..ROW
    },
];

/// Parameters that WAN 2.1 and 2.2 share.
const OLDER_WAN: &[Parameter] = &[
    NEGATIVE,
    word("size", &["1280*720"], "1280*720"),
    optional("num_inference_steps", Kind::Integer(1, 50)),
    optional("guidance", Kind::Number(0.0, 10.0)),
    optional("flow_shift", Kind::Integer(i64::MIN, i64::MAX)),
    SEED,
    flag("enable_prompt_optimization", false),
    SAFETY,
];

const LORAS: Kind =
    Kind::Items(&[required("path", SOME_TEXT), required("scale", ANY_NUMBER)], usize::MAX);

const WAN: &[Listing] = &[
    Listing {
        id: "wan-2-1-i2v-720",
        parameters: &[TEXT_AND_IMAGE, OLDER_WAN, &[duration(Kind::Integers(&[5, 10, 15]), 5)]],
        sizes: &LANDSCAPES,
        rates: &[video(300_000, &[S5]), video(600_000, &[S10]), video(900_000, &[S15])],
        ..ROW
    },
    Listing {
        id: "wan-2-2-i2v-720",
        parameters: &[TEXT_AND_IMAGE, OLDER_WAN, &[duration(Kind::Integers(&[5, 8, 10, 15]), 5)]],
        sizes: &LANDSCAPES,
        rates: &[
            video(300_000, &[S5]),
            video(480_000, &[S8]),
            video(600_000, &[S10]),
            video(900_000, &[S15]),
        ],
        ..ROW
    },
    Listing {
        // The name says text-to-video, but the page requires an image.
        id: "wan-2-2-t2v-720-lora",
        parameters: &[
            TEXT_AND_IMAGE,
            &[
                optional("high_noise_loras", LORAS),
                optional("low_noise_loras", LORAS),
                duration(Kind::Integers(&[5, 8]), 5),
                SEED,
                SAFETY,
            ],
        ],
        rates: &[video(350_000, &[S5]), video(560_000, &[S8])],
        ..ROW
    },
    Listing {
        id: "wan-2-5",
        parameters: &[
            TEXT_AND_IMAGE,
            &[
                NEGATIVE,
                // The first is documented; the other tiers are priced, but their names are not shown.
                word("size", &["1280*720", "1920*1080", "832*480"], "1280*720"),
                duration(Kind::Integers(&[5, 10]), 5),
                SEED,
                EXPANSION,
                SAFETY,
            ],
        ],
        sizes: &[size("720p", 1280, 720), size("1080p", 1920, 1080), size("480p", 832, 480)],
        rates: &[
            video(250_000, &[P480, S5]),
            video(500_000, &[P480, S10]),
            video(500_000, &[P720, S5]),
            video(1_000_000, &[P720, S10]),
            video(750_000, &[P1080, S5]),
            video(1_500_000, &[P1080, S10]),
        ],
        // The page says `video_url`; RunPod's own tutorial for it reads `result`.
        address: Address::Result,
        ..ROW
    },
    Listing {
        id: "wan-2-6-i2v",
        parameters: &[
            TEXT_AND_IMAGE,
            &[
                optional("audio", Kind::Clip),
                NEGATIVE,
                word("size", &["1280*720", "1920*1080"], "1280*720"),
                duration(Kind::Integers(&[5, 10, 15]), 5),
                SHOTS,
                SEED,
                EXPANSION,
                SAFETY,
            ],
        ],
        sizes: &LANDSCAPES,
        rates: &[second(100_000, &[P720]), second(150_000, &[P1080])],
        ..ROW
    },
    Listing {
        id: "wan-2-6-t2v",
        parameters: &[
            TEXT,
            &[
                NEGATIVE,
                duration(Kind::Integers(&[5, 10, 15]), 5),
                word("size", &["1280*720", "1920*1080", "720*1280", "1080*1920"], "1280*720"),
                SHOTS,
                SEED,
                EXPANSION,
                optional("audio", Kind::Clip),
            ],
        ],
        sizes: &[LANDSCAPES[0], LANDSCAPES[1], PORTRAITS[0], PORTRAITS[1]],
        rates: &[
            video(500_000, &[P720, S5]),
            video(1_000_000, &[P720, S10]),
            video(1_500_000, &[P720, S15]),
            video(750_000, &[P1080, S5]),
            video(1_500_000, &[P1080, S10]),
            video(2_250_000, &[P1080, S15]),
        ],
        ..ROW
    },
];

const ECHO: &[Listing] =
    &[Listing { id: "echo-video", rates: &[video(100_000, &[])], passthrough: true, ..ROW }];
