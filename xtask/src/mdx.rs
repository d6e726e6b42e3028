//! The elements of one name in an MDX page: `<ParamField body="input.prompt" type="string" required>` and
//! their text.

use crate::document::Unreadable;

/// An element and its text.
pub(crate) struct Element<'a> {
    attributes: Vec<(&'a str, Option<&'a str>)>,
    /// The text up to its end, or to a nested element of the same name.
    pub(crate) words: &'a str,
}

impl<'a> Element<'a> {
    /// Whether the attribute is present, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| *known == name)
    }

    /// The attribute's value.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.attributes.iter().find(|(known, _)| *known == name)?;
        *value
    }
}

/// Every element of that name, nested ones included.
pub(crate) fn read<'a>(text: &'a str, name: &str) -> Result<Vec<Element<'a>>, Unreadable> {
    let (opening, closing) = (format!("<{name}"), format!("</{name}>"));
    let fault = |line: usize, what: &str| Unreadable(format!("line {line}: {opening}> {what}."));
    let mut found = Vec::new();
    // The lines of the open tags.
    let mut open = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once(&opening) {
        line += before.matches('\n').count();
        let ended = before.matches(&closing).count();
        open.truncate(open.len().saturating_sub(ended));
        let (attributes, after) =
            attributes(tag).ok_or_else(|| fault(line, "is not a complete tag"))?;
        let words = match after.strip_prefix('>') {
            Some(inside) => {
                open.push(line);
                let words = inside.split(&closing).next().unwrap_or_default();
                words.split(&opening).next().unwrap_or_default()
            }
            None => "",
        };
        line += tag.matches('\n').count() - after.matches('\n').count();
        found.push(Element { attributes, words });
        rest = after;
    }
    open.truncate(open.len().saturating_sub(rest.matches(&closing).count()));
    match open.last() {
        Some(line) => Err(fault(*line, "has no end")),
        None => Ok(found),
    }
}

type Attributes<'a> = Vec<(&'a str, Option<&'a str>)>;

/// The attributes of a tag after its name, and the rest: its `>` or `/>`.
fn attributes(tag: &str) -> Option<(Attributes<'_>, &str)> {
    let mut found = Vec::new();
    let mut rest = tag;
    loop {
        let after = rest.trim_start();
        if after.starts_with('>') || after.starts_with("/>") {
            return Some((found, after));
        }
        if after.len() == rest.len() {
            return None;
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let end = after.find(|c| !is_name(c)).filter(|end| *end > 0)?;
        let (name, after) = after.split_at(end);
        let (value, after) = match after.strip_prefix('=') {
            None => (None, after),
            Some(value) => {
                let (value, after) = quoted(value)?;
                (Some(value), after)
            }
        };
        found.push((name, value));
        rest = after;
    }
}

/// A value in quotes or braces, and the rest.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quotes = [('"', '"'), ('\'', '\''), ('{', '}')];
    let mut whole = quotes.iter().filter_map(|(left, right)| {
        let (value, after) = text.strip_prefix(*left)?.split_once(*right)?;
        let value = if *left == '{' { value.trim().trim_matches(['"', '\'']) } else { value };
        Some((value, after))
    });
    whole.next()
}
