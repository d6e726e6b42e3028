//! Models and listings as data: who sells what, with which parameters, at what price.
//!
//! A row says everything about a model at a provider; checking, pricing and encoding interpret it,
//! and there is no code for a single model. The same types hold a row as a constant (`rows.rs`) and
//! one that a caller brings at run time.

mod describe;
mod rows;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

use crate::plain::words;
use crate::price::{Basis, Usd};
use crate::provider::ProviderId;
use crate::request::Field;

pub use describe::{describe, usual_ms};
pub use rows::MODELS;

/// Text that is borrowed in a constant and owned in a caller's row.
pub type Str = Cow<'static, str>;
/// A list that is borrowed in a constant and owned in a caller's row.
pub type List<T> = Cow<'static, [T]>;

/// A model, whoever sells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Our id, such as `sora-2-pro`.
    pub id: Str,
    /// Display name.
    pub name: Str,
    /// Who made it.
    pub creator: Str,
    /// Who sells it.
    pub listings: List<Listing>,
}

/// One provider's offer of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// Who sells it.
    pub provider: ProviderId,
    /// The provider's own id: RunPod's endpoint, Runware's AIR id.
    pub wire_id: Str,
    /// What it can make videos from.
    pub modes: List<Mode>,
    /// The parameters that it takes.
    pub params: List<Param>,
    /// The rules between parameters.
    pub rules: List<Rule>,
    /// What it costs. Empty: not documented.
    pub rates: List<Rate>,
    /// What the rates are worth.
    pub basis: Basis,
    /// Whether it is still sold.
    pub status: Status,
    /// Milliseconds that a video usually takes. No document fixes it; it guides when to ask.
    pub usual_ms: u32,
    /// Milliseconds in which no video of this listing was ever finished. A submit is sent again
    /// under the same id within this time alone.
    pub shortest_ms: u32,
}

/// What a video is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A prompt alone.
    TextToVideo,
    /// A prompt and a first frame.
    ImageToVideo,
    /// A prompt and an earlier video.
    Remix,
}

words!(Mode {
    TextToVideo = "text-to-video",
    ImageToVideo = "image-to-video",
    Remix = "remix",
});

/// A parameter: its name in a request, its place on the wire, and what it may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Param {
    /// Its name in a request.
    pub field: Field,
    /// Its place in the body, with dots between levels.
    pub wire: Str,
    /// What it may be.
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether a request must have it.
    pub required: bool,
    /// What the provider takes where it is absent, in the request's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Scalar>,
    /// Whether the default is written into the body, since it costs money or changes the video.
    pub explicit: bool,
}

/// What a parameter may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Kind {
    /// Text; limits in Unicode scalar values.
    Text {
        /// Fewest characters.
        min: u32,
        /// Most characters.
        max: Option<u32>,
    },
    /// A whole number.
    Integer {
        /// The smallest.
        min: Option<i64>,
        /// The largest.
        max: Option<i64>,
        /// The only ones, where they are listed.
        allowed: List<i64>,
    },
    /// One of several words.
    Choice {
        /// The words.
        allowed: List<Choice>,
    },
    /// Yes or no.
    Boolean,
    /// One first frame.
    Image {
        /// The forms that the provider documents.
        forms: List<ImageForm>,
        /// Forms that its own tools send, without a word in the documents; the caller must ask.
        undocumented: List<ImageForm>,
        /// Whether the wire wants a list.
        list: bool,
    },
    /// Width and height.
    Size {
        /// The sizes.
        allowed: List<Size>,
    },
    /// An address of the caller's.
    Url,
    /// A UUID of version 4.
    Uuid,
    /// An id of the provider's.
    Id,
}

/// A word of a request and the same on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The request's word.
    pub word: Str,
    /// The provider's.
    pub wire: Str,
}

/// How an image can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageForm {
    /// An address.
    Url,
    /// The provider's id of an uploaded picture.
    Uuid,
    /// `data:image/…;base64,…`
    DataUri,
    /// Base64 alone.
    Base64,
}

words!(ImageForm {
    Url = "url",
    Uuid = "uuid",
    DataUri = "data-uri",
    Base64 = "base64",
});

/// A picture size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// The price tier, such as `720p`.
    pub resolution: Str,
    /// Such as `16:9`; empty for a size that no ratio names.
    pub ratio: Str,
    /// Whether the provider's list has it.
    pub documented: bool,
}

/// A rule between parameters. `Size` stands for every way to say a size where it is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "camelCase")]
pub enum Rule {
    /// At least one of these.
    OneOf {
        /// The fields.
        fields: List<Field>,
    },
    /// Where the first is given, none of the others may be.
    Excludes {
        /// The field that excludes.
        field: Field,
        /// The excluded ones.
        fields: List<Field>,
    },
    /// Where the first is given, the others cannot be sent: a warning, and they are left out.
    Overrides {
        /// The field that goes first.
        field: Field,
        /// The ones left out.
        fields: List<Field>,
    },
}

/// A price, and what it holds for. An absent condition holds for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    /// In micro-dollars.
    #[serde(rename = "microUsd")]
    pub amount: Usd,
    /// What is counted.
    pub per: Per,
    /// Holds for this resolution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Str>,
    /// Holds for this many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
}

/// What a rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// Each second of each video.
    Second,
    /// Each video.
    Video,
}

words!(Per {
    Second = "second",
    Video = "video",
});

/// Whether a listing is still sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The state.
    pub state: State,
    /// Day of the evidence, as `2026-08-20`.
    pub evidence: Str,
    /// Day of the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sunset: Option<Str>,
}

/// State of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Sold.
    Live,
    /// Switched off, by the provider or upstream. Requests draw a warning; the server decides.
    Retired,
    /// Nobody knows.
    Unverified,
}

words!(State {
    Live = "live",
    Retired = "retired",
    Unverified = "unverified",
});

/// A default value, in the request's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A word.
    Text(Str),
}

impl Scalar {
    /// As JSON.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Scalar::Boolean(yes) => (*yes).into(),
            Scalar::Integer(number) => (*number).into(),
            Scalar::Text(word) => word.as_ref().into(),
        }
    }
}

impl Listing {
    /// The parameter of that name.
    pub fn param(&self, field: Field) -> Option<&Param> {
        self.params.iter().find(|param| param.field == field)
    }

    /// The sizes it makes; empty where the wire knows resolutions alone.
    pub fn sizes(&self) -> &[Size] {
        match self.param(Field::Size) {
            Some(Param {
                kind: Kind::Size { allowed },
                ..
            }) => allowed,
            _ => &[],
        }
    }
}

/// The model of that id.
pub fn model(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.id == id)
}
