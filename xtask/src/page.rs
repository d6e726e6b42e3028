//! RunPod's page of a model: `<ParamField>` tags, a section on cost with tables, and the endpoint's id
//! in its addresses.

use std::collections::BTreeSet;

use filmgate::provider::ProviderId;
use markdown::mdast::{AttributeContent, AttributeValue, MdxJsxFlowElement, Node};
use markdown::{Constructs, ParseOptions};

use crate::document::{Document, Fact, Price, Unreadable};
use crate::{prices, prose};

/// Bytes of a page, with much room: what is nested deeply takes long to read.
const LARGEST: usize = 1 << 16;

const ENDPOINT: &str = "https://api.runpod.ai/v2/";

pub(crate) fn read(text: &str) -> Result<Document, Unreadable> {
    if text.len() > LARGEST {
        return Err(Unreadable("larger than any page of theirs.".to_owned()));
    }
    let options = ParseOptions {
        constructs: Constructs {
            frontmatter: true,
            gfm_table: true,
            // A brace in the prose is a brace.
            mdx_expression_flow: false,
            mdx_expression_text: false,
            mdx_esm: false,
            ..Constructs::mdx()
        },
        ..ParseOptions::mdx()
    };
    let tree = markdown::to_mdast(text, &options).map_err(|message| {
        let place = message.place.as_deref().map(ToString::to_string);
        let place = place.unwrap_or_default();
        Unreadable(format!("{place}: no page of tags: {}.", message.reason))
    })?;
    let mut facts = Vec::new();
    collect(&tree, &mut facts);
    if facts.is_empty() {
        return Err(Unreadable(
            "neither JSON nor a page with `<ParamField>` tags.".to_owned(),
        ));
    }
    Ok(Document {
        provider: ProviderId::Runpod,
        wire_id: endpoint(text)?,
        title: title(text).to_owned(),
        modes: Vec::new(),
        status: None,
        facts,
        sizes: Vec::new(),
        prices: costs(&tree),
        complete: false,
    })
}

/// The one endpoint that the page's addresses name.
fn endpoint(text: &str) -> Result<String, Unreadable> {
    let is_id = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let ids = text.split(ENDPOINT).skip(1);
    let ids = ids.map(|rest| rest.split(|letter| !is_id(letter)).next().unwrap_or(""));
    let ids: BTreeSet<&str> = ids.filter(|id| !id.is_empty()).collect();
    match ids.iter().collect::<Vec<_>>().as_slice() {
        [id] => Ok((**id).to_owned()),
        [] => Err(Unreadable(format!(
            "a page without an address like {ENDPOINT}<id>/run."
        ))),
        several => Err(Unreadable(format!(
            "a page of {} endpoints, where one is expected.",
            several.len()
        ))),
    }
}

/// The title in the front matter, or the first heading.
fn title(text: &str) -> &str {
    let mut lines = text.lines().take(20);
    let line = lines.find_map(|line| {
        line.strip_prefix("title:")
            .or_else(|| line.strip_prefix("# "))
    });
    line.unwrap_or_default().trim().trim_matches('"')
}

fn collect(node: &Node, facts: &mut Vec<Fact>) {
    if let Node::MdxJsxFlowElement(tag) = node
        && tag.name.as_deref() == Some("ParamField")
    {
        facts.extend(fact(tag, node));
    }
    for child in node.children().into_iter().flatten() {
        collect(child, facts);
    }
}

/// A parameter of the body: its tag's attributes, and what the prose lists.
fn fact(tag: &MdxJsxFlowElement, node: &Node) -> Option<Fact> {
    let named = |wanted: &str| {
        tag.attributes.iter().find_map(|attribute| match attribute {
            AttributeContent::Property(property) if property.name == wanted => {
                Some(property.value.as_ref())
            }
            _ => None,
        })
    };
    let text = |wanted: &str| match named(wanted)?? {
        AttributeValue::Literal(text) => Some(text.as_str()),
        AttributeValue::Expression(code) => Some(code.value.trim_matches(['"', '\''])),
    };
    let word = text("type").unwrap_or_default();
    let kind = if word == "float" { "number" } else { word };
    let mut fact = Fact {
        place: text("body")?.to_owned(),
        types: (!kind.is_empty())
            .then(|| kind.to_owned())
            .into_iter()
            .collect(),
        required: named("required").is_some() && text("required") != Some("false"),
        default: text("default").map(|word| prose::value(word, kind)),
        ..Fact::default()
    };
    let tagged = |child: &&Node| !matches!(child, Node::MdxJsxFlowElement(_));
    let children = node.children().into_iter().flatten().filter(tagged);
    let said: Vec<String> = children.map(written).collect();
    prose::limits(&said.join("\n"), kind, &mut fact);
    Some(fact)
}

/// The text of a node, with backticks around what is code.
fn written(node: &Node) -> String {
    match node {
        Node::Text(text) => text.value.clone(),
        Node::InlineCode(code) => format!("`{}`", code.value),
        _ => {
            let children = node.children().into_iter().flatten();
            children.map(written).collect()
        }
    }
}

/// The amounts in the sections whose headings speak of cost or pricing.
fn costs(tree: &Node) -> Vec<Price> {
    let mut found = Vec::new();
    let mut inside = None;
    for node in tree.children().into_iter().flatten() {
        match node {
            Node::Heading(heading) => {
                let text = written(node).to_lowercase();
                let opens = ["cost", "pricing"].iter().any(|word| text.contains(word));
                if opens {
                    inside = inside.or(Some(heading.depth));
                } else if inside.is_some_and(|depth| heading.depth <= depth) {
                    inside = None;
                }
            }
            _ if inside.is_none() => {}
            Node::Table(table) => {
                let rows: Vec<Vec<String>> = table.children.iter().map(cells).collect();
                found.extend(prices::of_table(&rows));
            }
            _ => found.extend(prices::of_text(&written(node), "")),
        }
    }
    found
}

fn cells(row: &Node) -> Vec<String> {
    row.children().into_iter().flatten().map(written).collect()
}
