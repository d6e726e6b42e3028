//! Runware's models, as their pages and schemas had them in autumn 2026, one file a maker or several.
//!
//! Rules that contradict themselves are left out: Seedance's "480p only" with any provider setting,
//! and Kling's provider settings that are both required and forbidden.

mod alibaba;
mod google;
mod kling;
mod makers;
mod openai;

use super::parameter::{may, must};
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

/// What every model takes.
const PLATFORM: &[Parameter] = &[
    may("taskType", Kind::Words(&["videoInference"])),
    may("taskUUID", Kind::Text(36, 36)),
    may("model", ANY),
    may("outputType", Kind::Words(&["URL"])),
    may("outputFormat", Kind::Words(&["MP4", "WEBM", "MOV"])),
    may("outputQuality", Kind::Whole(20, 99)),
    may("deliveryMethod", Kind::Words(&["async"])),
    may("numberResults", Kind::Whole(1, 4)),
    may("ttl", Kind::Whole(60, i64::MAX)),
    may("includeCost", Kind::Flag),
    may("webhookURL", Kind::Address),
    may("uploadEndpoint", Kind::Address),
    may("safety", Kind::Object),
    may("safety.checkContent", Kind::Flag),
    may("safety.mode", Kind::Words(&["none", "fast", "full"])),
];
/// What came after the retired models: its contents are not documented.
const ROUTING: &[Parameter] = &[may("routing", Kind::Object)];

const ANY: Kind = super::parameter::ANY_TEXT;
const SIDE: Kind = Kind::Whole(1, 16_384);
const SIDES: &[Parameter] = &[may(WIDTH, SIDE), may(HEIGHT, SIDE)];
const SEED: Parameter = may("seed", Kind::Whole(0, i64::MAX));
const INPUTS: Parameter = may("inputs", Kind::Object);
const MUST_INPUTS: Parameter = must("inputs", Kind::Object);
const PROVIDER: Parameter = may("providerSettings", Kind::Object);
const SETTINGS: Parameter = may("settings", Kind::Object);

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
    google::LISTINGS,
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
