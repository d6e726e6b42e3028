//! A provider's document of a listing, in one shape for both providers.

use std::collections::BTreeMap;
use std::fmt;

use filmgate::catalog::{Mode, State};
use filmgate::money::Usd;
use filmgate::provider::ProviderId;
use serde_json::{Number, Value};

use crate::{page, schema};

/// A parsed document.
#[derive(Debug)]
pub struct Document {
    /// The provider.
    pub provider: ProviderId,
    /// The provider's model id.
    pub provider_model_id: String,
    /// The model's name.
    pub title: String,
    /// The inputs that it makes videos from; empty if the document does not say.
    pub modes: Vec<Mode>,
    /// The provider's word for the status and its meaning; none if the document has none.
    pub status: Option<(String, State)>,
    /// The parameters of a request.
    pub facts: Vec<Fact>,
    /// The allowed pairs of width and height; empty if none are listed.
    pub sizes: Vec<(u64, u64)>,
    /// The prices.
    pub prices: Vec<Price>,
    /// Whether it lists every limit, as a schema does: prose leaves some out.
    pub complete: bool,
}

/// The facts about one path of a request's body.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Fact {
    /// The path, with dots between levels.
    pub path: String,
    /// JSON's names of its types; empty if none are documented.
    pub types: Vec<String>,
    /// Whether it is required.
    pub required: bool,
    /// Its default.
    pub default: Option<Value>,
    /// The allowed values, if they are listed.
    pub values: Vec<Value>,
    /// Its limits, by their names in JSON Schema.
    pub limits: BTreeMap<&'static str, Number>,
}

/// A price and its conditions.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Price {
    /// The amount.
    pub amount: Usd,
    /// The unit.
    pub per: Counted,
    /// The conditions.
    pub when: Conditions,
}

/// The unit of a price.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// A second.
    Second,
    /// A whole video.
    #[default]
    Video,
}

/// The conditions of a price; undocumented ones stay open.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// Seconds of video.
    pub seconds: Option<i64>,
    /// Such as `720p`.
    pub resolution: Option<String>,
    /// With or without audio.
    pub sound: Option<bool>,
    /// A draft or a full video.
    pub draft: Option<bool>,
}

/// Why a file is not a document, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.0))
    }
}

impl Document {
    /// Parses a file: JSON is one of Runware's schemas, anything else one of RunPod's pages.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Unreadable(format!("byte {}: not UTF-8.", error.valid_up_to())))?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') { schema::read(text) } else { page::read(text) }
    }

    /// The listing's name in differences and in `allowlist.txt`.
    pub fn listing(&self) -> String {
        format!("{}:{}", self.provider.as_str(), self.provider_model_id)
    }
}

/// A text from a document, made printable: one short line without control characters.
pub fn one_line(text: &str) -> String {
    const MAX_CHARS: usize = 300;
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text.chars().map(plain).take(MAX_CHARS).collect();
    if text.chars().nth(MAX_CHARS).is_some() {
        line.push('…');
    }
    line
}
