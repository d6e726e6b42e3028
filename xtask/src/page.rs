//! Parses RunPod's page of a model: `<ParamField>` elements, a section on cost with tables, and the
//! endpoint's id in its URLs.

use std::collections::BTreeSet;
use std::mem::take;

use filmgate::provider::ProviderId;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::document::{Document, Fact, Price, Source, Unreadable};
use crate::mdx::{self, Element};
use crate::{prices, text_limits};

/// The largest accepted page, in bytes: ten times a real one.
const MAX_BYTES: usize = 1 << 16;

const ENDPOINT: &str = "https://api.runpod.ai/v2/";

pub(crate) fn read(text: &str) -> Result<Document, Unreadable> {
    if text.len() > MAX_BYTES {
        return Err(Unreadable("larger than any real page.".to_owned()));
    }
    let words = without_code(text);
    let elements = mdx::read(&words, "ParamField")?;
    let facts: Vec<Fact> = elements.iter().filter_map(fact).collect();
    if facts.is_empty() {
        return Err(Unreadable("neither JSON nor a page with `<ParamField>` tags.".to_owned()));
    }
    Ok(Document {
        title: title(text).to_owned(),
        facts,
        prices: costs(&words),
        ..Document::new(Source::Page, ProviderId::Runpod, &endpoint(text)?)
    })
}

/// The page with its code samples removed, line by line.
fn without_code(text: &str) -> String {
    let mut inside = false;
    let mut words = String::with_capacity(text.len());
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        if !fence && !inside {
            words.push_str(line);
        }
        inside ^= fence;
        words.push('\n');
    }
    words
}

/// The one endpoint in the page's URLs.
fn endpoint(text: &str) -> Result<String, Unreadable> {
    let is_id = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let ids = text.split(ENDPOINT).skip(1);
    let ids = ids.map(|rest| rest.split(|c| !is_id(c)).next().unwrap_or(""));
    let ids: BTreeSet<&str> = ids.filter(|id| !id.is_empty()).collect();
    match ids.iter().collect::<Vec<_>>().as_slice() {
        [id] => Ok((**id).to_owned()),
        [] => Err(Unreadable(format!("a page without a URL like {ENDPOINT}<id>/run."))),
        several => Err(Unreadable(format!(
            "a page of {} endpoints, where one is expected.",
            several.len()
        ))),
    }
}

/// The title in the front matter, or the first heading.
fn title(text: &str) -> &str {
    let mut lines = text.lines().take(20);
    let line =
        lines.find_map(|line| line.strip_prefix("title:").or_else(|| line.strip_prefix("# ")));
    line.unwrap_or_default().trim().trim_matches('"')
}

/// A parameter of the body: the element's attributes, and the limits in its text.
fn fact(element: &Element<'_>) -> Option<Fact> {
    let word = element.value("type").unwrap_or_default();
    let kind = if word == "float" { "number" } else { word };
    let mut fact = Fact {
        path: element.value("body")?.to_owned(),
        types: (!kind.is_empty()).then(|| kind.to_owned()).into_iter().collect(),
        required: element.has("required") && element.value("required") != Some("false"),
        default: element.value("default").map(|word| text_limits::value(word, kind)),
        ..Fact::default()
    };
    text_limits::limits(element.words, kind, &mut fact);
    Some(fact)
}

/// The prices in the sections whose headings mention cost or pricing.
fn costs(words: &str) -> Vec<Price> {
    let mut inside = None;
    let mut section = String::new();
    for line in words.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'#').count();
        if depth > 0 {
            let heading = line.to_lowercase();
            let opens = ["cost", "pricing"].iter().any(|word| heading.contains(word));
            if inside.is_none_or(|outer| depth <= outer) {
                inside = opens.then_some(depth);
            }
        } else if inside.is_some() {
            section.push_str(line);
            section.push('\n');
        }
    }
    amounts(&section)
}

/// The prices in a section's tables and paragraphs.
fn amounts(section: &str) -> Vec<Price> {
    let mut found = Vec::new();
    let (mut rows, mut row, mut text) = (Vec::new(), Vec::new(), String::new());
    for event in Parser::new_ext(section, Options::ENABLE_TABLES) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::TableCell) => row.push(take(&mut text)),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => rows.push(take(&mut row)),
            Event::End(TagEnd::Table) => found.extend(prices::in_table(&take(&mut rows))),
            Event::End(TagEnd::Paragraph | TagEnd::Item) | Event::Start(Tag::List(_)) => {
                found.extend(prices::in_text(&take(&mut text), ""));
            }
            _ => {}
        }
    }
    found
}
