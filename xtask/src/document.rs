//! A provider's document of a listing, in one shape for all of their documents.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use filmgate::catalog::{Mode, State};
use filmgate::money::Usd;
use filmgate::provider::ProviderId;
use serde_json::{Number, Value};

use crate::{configs, page, pricing, schema, types};

/// The most parameters or prices of a document, and endpoints of a list: several times those of any real one.
pub(crate) const MAX_ENTRIES: usize = 1000;

/// What one file says.
#[derive(Debug)]
pub struct Contents {
    /// A document for each of its listings.
    pub documents: Vec<Document>,
    /// All of the provider's models, if the file is a list of them.
    pub list: Option<List>,
}

/// The ids of every model that a provider sells.
#[derive(Debug)]
pub struct List {
    /// The provider.
    pub provider: ProviderId,
    /// The provider's ids of its models.
    pub ids: BTreeSet<String>,
}

/// The kind of a document, the one that says most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Runware's `schema.json`: every parameter with every limit, the prices, the status.
    Schema,
    /// RunPod's page: every parameter of the input, some limits in words, the prices.
    Page,
    /// RunPod's public configs: the status, some prices, and sometimes the input's schema.
    Configs,
    /// Runware's pricing answer: the prices, the status.
    Pricing,
    /// The types of Runware's SDK: the top-level parameters, without limits, defaults and prices.
    Types,
}

/// A parsed document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its kind.
    pub source: Source,
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
    /// The parameters of a request; empty if the document has none.
    pub facts: Vec<Fact>,
    /// The allowed pairs of width and height; empty if none are listed.
    pub sizes: Vec<(u64, u64)>,
    /// The prices.
    pub prices: Vec<Price>,
    /// Prices in a unit that is not known here, as text.
    pub unclear: Vec<String>,
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

impl Unreadable {
    /// A value of the wrong type.
    pub(crate) fn not_a(place: &str, kind: &str) -> Self {
        Unreadable(format!("`{place}` is not {kind}."))
    }
}

impl Contents {
    /// Parses a file by what it has: JSON is a schema, a pricing answer or the public configs, Python the SDK's types, and
    /// anything else a page. The file's name is the slug of a pricing answer without an id.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Unreadable> {
        let contents = Contents::parse(name, bytes)?;
        for document in &contents.documents {
            for (what, count) in
                [("parameters", document.facts.len()), ("prices", document.prices.len())]
            {
                if count > MAX_ENTRIES {
                    let listing = document.listing();
                    return Err(Unreadable(format!(
                        "{listing}: more than {MAX_ENTRIES} {what}, which no real document has."
                    )));
                }
            }
        }
        Ok(contents)
    }

    fn parse(name: &str, bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Unreadable(format!("byte {}: not UTF-8.", error.valid_up_to())))?;
        let text = text.trim_start_matches('\u{feff}');
        let start = text.trim_start();
        if !start.starts_with('{') {
            let is_page = start.starts_with(['#', '-', '<']) || !text.contains("(TypedDict");
            return if is_page { page::read(text).map(Contents::of) } else { types::read(text) };
        }
        let root: Value = serde_json::from_str(text).map_err(|error| {
            Unreadable(format!("line {}, column {}: not JSON.", error.line(), error.column()))
        })?;
        if root.get("pricingRates").is_some() {
            return pricing::read(name, &root).map(Contents::of);
        }
        if let Some(list) = root.pointer("/data/allAiApiPublicConfigs") {
            return configs::read(list);
        }
        schema::read(&root).map(Contents::of)
    }

    fn of(document: Document) -> Self {
        Contents { documents: vec![document], list: None }
    }
}

impl Document {
    /// A document that says nothing yet.
    pub(crate) fn new(source: Source, provider: ProviderId, provider_model_id: &str) -> Self {
        Document {
            source,
            provider,
            provider_model_id: provider_model_id.to_owned(),
            title: String::new(),
            modes: Vec::new(),
            status: None,
            facts: Vec::new(),
            sizes: Vec::new(),
            prices: Vec::new(),
            unclear: Vec::new(),
        }
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
