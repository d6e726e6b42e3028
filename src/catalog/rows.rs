//! The rows. Facts only: each comes from the provider's own page for the model, and where two
//! documents disagree, the comment says which one is followed.

use std::borrow::Cow::Borrowed as B;

use super::{
    Choice, ImageForm, Kind, Listing, Mode, Model, Param, Per, Rate, Rule, Scalar, Size, State,
    Status,
};
use crate::price::{Basis, Usd};
use crate::provider::ProviderId;
use crate::request::Field;

/// Words of a request, and the same on the wire where the two differ.
macro_rules! words {
    ($($word:literal $(as $wire:literal)?),*) => {
        &[$(Choice { word: B($word), wire: B(words!(@ $word $($wire)?)) }),*]
    };
    (@ $word:literal) => { $word };
    (@ $word:literal $wire:literal) => { $wire };
}

/// Every model that the catalogue knows.
pub static MODELS: &[Model] = &[SORA_2_PRO];

const SORA_2_PRO: Model = Model {
    id: B("sora-2-pro"),
    name: B("Sora 2 Pro"),
    creator: B("OpenAI"),
    listings: B(&[
        // https://docs.runpod.io/public-endpoints/models/sora-2-pro-i2v
        Listing {
            provider: ProviderId::Runpod,
            wire_id: B("sora-2-pro-i2v"),
            modes: B(&[Mode::ImageToVideo]),
            params: B(&[
                required(
                    Field::Prompt,
                    "input.prompt",
                    Kind::Text { min: 1, max: None },
                ),
                required(
                    Field::Image,
                    "input.image",
                    Kind::Image {
                        forms: B(&[ImageForm::Url]),
                        // RunPod's own AI SDK provider sends data URIs.
                        undocumented: B(&[ImageForm::DataUri]),
                        list: false,
                    },
                ),
                required(Field::Duration, "input.duration", one_of(&[4, 8, 12])),
                Param {
                    field: Field::Resolution,
                    wire: B("input.size"),
                    // The page enumerates nothing; these are the two of its price table.
                    kind: Kind::Choice {
                        allowed: B(words!["720p", "1080p"]),
                    },
                    required: false,
                    default: Some(Scalar::Text(B("720p"))),
                    explicit: true,
                },
                optional(
                    Field::N,
                    "",
                    Kind::Integer {
                        min: Some(1),
                        max: Some(1),
                        allowed: B(&[]),
                    },
                ),
                optional(
                    Field::Delivery,
                    "",
                    Kind::Choice {
                        allowed: B(words!["async", "sync"]),
                    },
                ),
                optional(Field::WebhookUrl, "webhook", Kind::Url),
            ]),
            rules: B(&[]),
            rates: B(&[
                per_video("720p", 4, 1_200_000),
                per_video("720p", 8, 2_400_000),
                per_video("720p", 12, 3_600_000),
                per_video("1080p", 4, 2_000_000),
                per_video("1080p", 8, 4_000_000),
                per_video("1080p", 12, 6_000_000),
            ]),
            basis: Basis::Exact,
            status: SORA_STATUS,
            usual_ms: 185_000,
            shortest_ms: SORA_SHORTEST_MS,
        },
        // https://runware.ai/docs/models/openai-sora-2-pro
        Listing {
            provider: ProviderId::Runware,
            wire_id: B("openai:3@2"),
            modes: B(&[Mode::TextToVideo, Mode::ImageToVideo, Mode::Remix]),
            params: B(&[
                required(
                    Field::Prompt,
                    "positivePrompt",
                    Kind::Text {
                        min: 2,
                        max: Some(6000),
                    },
                ),
                optional(
                    Field::Image,
                    "inputs.frameImages",
                    Kind::Image {
                        forms: B(&[
                            ImageForm::Url,
                            ImageForm::Uuid,
                            ImageForm::DataUri,
                            ImageForm::Base64,
                        ]),
                        undocumented: B(&[]),
                        list: true,
                    },
                ),
                // Optional on the page; required here, since it decides the price.
                required(Field::Duration, "duration", one_of(&[4, 8, 12, 16, 20])),
                optional(
                    Field::Size,
                    "width height",
                    Kind::Size {
                        allowed: B(SORA_SIZES),
                    },
                ),
                optional(Field::Remix, "inputs.videoId", Kind::Id),
                optional(
                    Field::N,
                    "numberResults",
                    Kind::Integer {
                        min: Some(1),
                        max: Some(4),
                        allowed: B(&[]),
                    },
                ),
                optional(
                    Field::OutputType,
                    "outputType",
                    Kind::Choice {
                        allowed: B(words!["url" as "URL"]),
                    },
                ),
                optional(
                    Field::OutputFormat,
                    "outputFormat",
                    Kind::Choice {
                        allowed: B(words!["mp4" as "MP4",
                            "webm" as "WEBM",
                            "mov" as "MOV"]),
                    },
                ),
                optional(
                    Field::OutputQuality,
                    "outputQuality",
                    Kind::Integer {
                        min: Some(20),
                        max: Some(99),
                        allowed: B(&[]),
                    },
                ),
                // The page's two settings say the same thing twice; the mode alone is sent.
                optional(
                    Field::Safety,
                    "safety.mode",
                    Kind::Choice {
                        allowed: B(words!["none", "fast", "full"]),
                    },
                ),
                optional(
                    Field::TtlSeconds,
                    "ttl",
                    Kind::Integer {
                        min: Some(60),
                        max: None,
                        allowed: B(&[]),
                    },
                ),
                optional(Field::UploadUrl, "uploadEndpoint", Kind::Url),
                optional(Field::WebhookUrl, "webhookURL", Kind::Url),
                Param {
                    field: Field::IncludeCost,
                    wire: B("includeCost"),
                    kind: Kind::Boolean,
                    required: false,
                    default: Some(Scalar::Boolean(true)),
                    explicit: true,
                },
                Param {
                    field: Field::Delivery,
                    wire: B("deliveryMethod"),
                    kind: Kind::Choice {
                        allowed: B(words!["async"]),
                    },
                    required: false,
                    default: Some(Scalar::Text(B("async"))),
                    explicit: true,
                },
                optional(Field::TaskUuid, "taskUUID", Kind::Uuid),
            ]),
            rules: B(&[
                Rule::OneOf {
                    fields: B(&[Field::Image, Field::Size, Field::Remix]),
                },
                Rule::Excludes {
                    field: Field::Remix,
                    fields: B(&[
                        Field::Image,
                        Field::Size,
                        Field::Resolution,
                        Field::AspectRatio,
                    ]),
                },
                Rule::Excludes {
                    field: Field::Image,
                    fields: B(&[Field::Size]),
                },
                Rule::Overrides {
                    field: Field::Image,
                    fields: B(&[Field::Resolution, Field::AspectRatio]),
                },
            ]),
            rates: B(&[per_second("720p", 300_000), per_second("1080p", 500_000)]),
            basis: Basis::Exact,
            status: SORA_STATUS,
            usual_ms: 185_000,
            shortest_ms: SORA_SHORTEST_MS,
        },
    ]),
};

/// The first four are the page's list; the last two stand in its example, billed as 1080p.
const SORA_SIZES: &[Size] = &[
    size(1280, 720, "720p", "16:9", true),
    size(720, 1280, "720p", "9:16", true),
    size(1920, 1080, "1080p", "16:9", true),
    size(1080, 1920, "1080p", "9:16", true),
    size(1792, 1024, "1080p", "", false),
    size(1024, 1792, "1080p", "", false),
];

/// OpenAI ended the Sora 2 API; Runware's page for Sora 2 names the same day.
const SORA_STATUS: Status = Status {
    state: State::Retired,
    evidence: B("2026-09-24"),
    sunset: Some(B("2026-09-24")),
};

/// Not documented. RunPod's example took 185 s; this is far below it.
const SORA_SHORTEST_MS: u32 = 20_000;

const fn required(field: Field, wire: &'static str, kind: Kind) -> Param {
    Param {
        field,
        wire: B(wire),
        kind,
        required: true,
        default: None,
        explicit: false,
    }
}

const fn optional(field: Field, wire: &'static str, kind: Kind) -> Param {
    Param {
        field,
        wire: B(wire),
        kind,
        required: false,
        default: None,
        explicit: false,
    }
}

const fn one_of(allowed: &'static [i64]) -> Kind {
    Kind::Integer {
        min: None,
        max: None,
        allowed: B(allowed),
    }
}

const fn size(
    width: u32,
    height: u32,
    resolution: &'static str,
    ratio: &'static str,
    documented: bool,
) -> Size {
    Size {
        width,
        height,
        resolution: B(resolution),
        ratio: B(ratio),
        documented,
    }
}

const fn per_second(resolution: &'static str, micros: i64) -> Rate {
    Rate {
        amount: Usd(micros),
        per: Per::Second,
        resolution: Some(B(resolution)),
        duration: None,
    }
}

const fn per_video(resolution: &'static str, duration: u32, micros: i64) -> Rate {
    Rate {
        amount: Usd(micros),
        per: Per::Video,
        resolution: Some(B(resolution)),
        duration: Some(duration),
    }
}
