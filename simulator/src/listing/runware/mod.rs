//! Runware's models, by their pages and schemas of autumn 2026, grouped by maker.
//!
//! Rules that contradict themselves are left out: Seedance's "480p only" with any provider setting,
//! and Kling's provider settings that are both required and forbidden.

mod alibaba;
mod bytedance;
mod google;
mod kling;
mod makers;
mod minimax;
mod openai;
mod pruna;

use super::parameter::{optional, required};
use super::rate::{When, video};
use super::rule::Rule;
use super::{Address, Kind, Listing, Parameter};

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

/// Parameters of every model.
const PLATFORM: &[Parameter] = &[
    optional("taskType", Kind::Words(&["videoInference"])),
    optional("taskUUID", Kind::Text(36, 36)),
    optional("model", ANY),
    optional("outputType", Kind::Words(&["URL"])),
    optional("outputFormat", Kind::Words(&["MP4", "WEBM", "MOV"])),
    optional("outputQuality", Kind::Integer(20, 99)),
    optional("deliveryMethod", Kind::Words(&["async"])),
    optional("numberResults", Kind::Integer(1, 4)),
    optional("ttl", Kind::Integer(60, i64::MAX)),
    optional("includeCost", Kind::Flag),
    optional("webhookURL", Kind::Address),
    optional("uploadEndpoint", Kind::Address),
    optional("safety", Kind::Object),
    optional("safety.checkContent", Kind::Flag),
    optional("safety.mode", Kind::Words(&["none", "fast", "full"])),
];
/// Introduced after the retired models; its contents are not documented.
const ROUTING: &[Parameter] = &[optional("routing", Kind::Object)];

const ANY: Kind = super::parameter::ANY_TEXT;
const SIDE: Kind = Kind::Integer(1, 16_384);
const SIDES: &[Parameter] = &[optional(WIDTH, SIDE), optional(HEIGHT, SIDE)];
const SEED: Parameter = optional("seed", Kind::Integer(0, i64::MAX));
const INPUTS: Parameter = optional("inputs", Kind::Object);
const REQUIRED_INPUTS: Parameter = required("inputs", Kind::Object);
const PROVIDER: Parameter = optional("providerSettings", Kind::Object);
const SETTINGS: Parameter = optional("settings", Kind::Object);

const PROMPT: &str = "positivePrompt";
const NEGATIVE: &str = "negativePrompt";
const WIDTH: &str = "width";
const HEIGHT: &str = "height";
const RESOLUTION: &str = "resolution";
const DURATION: &str = "duration";
const FRAMES: &str = "inputs.frameImages";
const REFERENCES: &str = "inputs.referenceImages";
const REFERENCE_VIDEOS: &str = "inputs.referenceVideos";
const VIDEO: &str = "inputs.video";
const AUDIO: &str = "inputs.audio";

/// The longest duration of a model whose page could not be read for it, in seconds: made up.
const MAX_MADE_UP: i64 = 60;

const RESOLUTION_OR_SIZE: Rule = Rule::Excludes(RESOLUTION, &[WIDTH, HEIGHT]);

const P360: When = When::Tier("360p");
const P480: When = When::Tier("480p");
const P540: When = When::Tier("540p");
const P720: When = When::Tier("720p");
const P768: When = When::Tier("768p");
const P1080: When = When::Tier("1080p");

pub(super) const LISTINGS: &[&[Listing]] = &[
    openai::LISTINGS,
    kling::LISTINGS,
    alibaba::LISTINGS,
    bytedance::LISTINGS,
    google::LISTINGS,
    minimax::LISTINGS,
    pruna::LISTINGS,
    makers::LISTINGS,
    ECHO,
];

const ECHO: &[Listing] = &[Listing {
    id: "sim:echo@1",
    page: "sim-echo",
    parameters: &[PLATFORM],
    rates: &[video(100_000, &[])],
    passthrough: true,
    ..ROW
}];
