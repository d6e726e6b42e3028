//! OpenAI's models, retired in September 2026.

use super::super::parameter::{SOME_TEXT, optional, required};
use super::super::rate::second;
use super::super::size::size;
use super::super::{Frames, Kind, Listing, Parameter, Rule};
use super::{FRAMES, HEIGHT, INPUTS, P720, P1080, PLATFORM, PROMPT, ROW, SIDES, WIDTH};

const REMIX: &str = "inputs.videoId";

const SORA: &[Parameter] = &[
    optional("duration", Kind::Integers(&[4, 8, 12, 16, 20])),
    INPUTS,
    optional(FRAMES, Kind::Frames(Frames::First)),
    optional(REMIX, Kind::Text(1, usize::MAX)),
];

const RULES: &[Rule] = &[
    Rule::Excludes(REMIX, &[WIDTH, HEIGHT]),
    Rule::Excludes(REMIX, &[FRAMES]),
    Rule::AnyOf(&[WIDTH, HEIGHT, FRAMES, REMIX]),
];

pub(super) const LISTINGS: &[Listing] = &[
    Listing {
        id: "openai:3@2",
        page: "openai-sora-2-pro",
        parameters: &[&[required(PROMPT, Kind::Text(2, 6000))], SIDES, SORA, PLATFORM],
        rules: &[RULES],
        // The last two are not in the table of sizes, but the page's own example uses one, at $4.
        sizes: &[
            size("720p", 1280, 720),
            size("720p", 720, 1280),
            size("1080p", 1920, 1080),
            size("1080p", 1080, 1920),
            size("1080p", 1792, 1024),
            size("1080p", 1024, 1792),
        ],
        rates: &[second(300_000, &[P720]), second(500_000, &[P1080])],
        ..ROW
    },
    Listing {
        id: "openai:3@1",
        page: "openai-sora-2",
        parameters: &[&[required(PROMPT, SOME_TEXT)], SIDES, SORA, PLATFORM],
        rules: &[RULES],
        sizes: &[size("720p", 1280, 720), size("720p", 720, 1280)],
        rates: &[second(100_000, &[P720])],
        ..ROW
    },
];
