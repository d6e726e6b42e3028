//! What a provider's document says of a listing, in one shape for both providers.

use std::collections::BTreeMap;
use std::fmt;

use filmgate::catalog::{Mode, State};
use filmgate::price::Usd;
use filmgate::provider::ProviderId;
use serde_json::{Number, Value};

use crate::{page, schema};

/// A document, as far as it was understood.
#[derive(Debug)]
pub struct Document {
    /// Whose it is.
    pub provider: ProviderId,
    /// The provider's own id.
    pub provider_model_id: String,
    /// The model's name.
    pub title: String,
    /// What it makes videos from; empty where the document does not say.
    pub modes: Vec<Mode>,
    /// The provider's word, and what it means; nothing where the document says none.
    pub status: Option<(String, State)>,
    /// What a request may have.
    pub facts: Vec<Fact>,
    /// The sizes that width and height may have together; empty where none are listed.
    pub sizes: Vec<(u64, u64)>,
    /// The amounts that it names.
    pub prices: Vec<Price>,
    /// Whether it names every limit, as a schema does: prose leaves some unsaid.
    pub complete: bool,
}

/// What is said of one place in a request's body.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Fact {
    /// The place, with dots between levels.
    pub place: String,
    /// JSON's names of its types; empty where none is said.
    pub types: Vec<String>,
    /// Whether a request must have it.
    pub required: bool,
    /// What it is where it is absent.
    pub default: Option<Value>,
    /// The only values, where they are listed.
    pub values: Vec<Value>,
    /// Its limits, by JSON Schema's words for them.
    pub limits: BTreeMap<&'static str, Number>,
}

/// An amount, and what it holds for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Price {
    /// How much.
    pub amount: Usd,
    /// What is counted.
    pub per: Counted,
    /// Under which conditions.
    pub when: Conditions,
}

/// What an amount counts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// A second.
    Second,
    /// A whole video.
    #[default]
    Video,
}

/// What an amount holds for; what is not said stays open.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// Seconds of a video.
    pub seconds: Option<i64>,
    /// Such as `720p`.
    pub resolution: Option<String>,
    /// With sound, or without.
    pub sound: Option<bool>,
    /// A draft, or the whole.
    pub draft: Option<bool>,
}

/// Why a file is no document of the two forms, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.0))
    }
}

impl Document {
    /// Reads a file: JSON is one of Runware's schemas, anything else one of RunPod's pages.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Unreadable(format!("byte {}: not UTF-8.", error.valid_up_to())))?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') {
            schema::read(text)
        } else {
            page::read(text)
        }
    }

    /// The listing, as differences and `accepted.txt` name it.
    pub fn listing(&self) -> String {
        format!("{}:{}", self.provider.as_str(), self.provider_model_id)
    }
}

/// A text of a document's, fit to be printed: one line without control characters, and no long one.
pub fn one_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut line: String = text.chars().map(plain).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}
