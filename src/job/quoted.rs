//! A provider may quote the request in its errors; none of that goes on.

use crate::json::Value;

use super::Job;
use crate::codec::{Codec, DecodeResult};
use crate::json::text::MAX_INLINE_LEN;
use crate::outcome::Failure;
use crate::provider::{Polled, Seen, Submitted};

/// So many letters in a row that are in the request, too, are a quotation of it: it may be cut, or
/// escaped in between.
const PIECE: usize = 12;

/// Shorter texts of a request are the provider's own words, such as a size.
const SHORTEST: usize = 6;

/// The texts of a request. They are kept as long as its driver lives, and never stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts(Vec<String>);

/// In place of words that cannot be compared with the request, which is known to nobody here.
const KEPT_BACK: &str = "The provider's words are kept back: they may quote the request.";

impl Job {
    /// The body is needed no longer; what it says is known as long as the driver lives.
    pub(super) fn drop_body(&mut self) {
        if let Some(body) = self.body.take() {
            self.texts = Texts::of(&body);
        }
    }

    pub(super) fn submitted_kept_back(&self, submitted: Submitted) -> Submitted {
        match submitted {
            Submitted::Accepted(seen) => Submitted::Accepted(Box::new(self.seen_kept_back(*seen))),
            Submitted::Rejected(failure) => Submitted::Rejected(self.kept_back(failure)),
            Submitted::Busy(failure) => Submitted::Busy(self.kept_back(failure)),
            Submitted::Unknown(failure) => Submitted::Unknown(self.kept_back(failure)),
        }
    }

    pub(super) fn polled_kept_back(&self, polled: Polled) -> Polled {
        match polled {
            Polled::Seen(seen) => Polled::Seen(Box::new(self.seen_kept_back(*seen))),
            Polled::Refused(failure) => Polled::Refused(self.kept_back(failure)),
            Polled::Trouble(failure) => Polled::Trouble(self.kept_back(failure)),
            Polled::NotThere => Polled::NotThere,
        }
    }

    fn seen_kept_back(&self, seen: Seen) -> Seen {
        let failures = seen.failures.into_iter();
        Seen {
            failures: failures.map(|failure| self.kept_back(failure)).collect(),
            ..seen
        }
    }

    /// The failure without what it quotes.
    fn kept_back(&self, failure: Failure) -> Failure {
        let of_body = self.body.as_ref().map(Texts::of);
        let texts = of_body.as_ref().unwrap_or(&self.texts);
        if texts.0.is_empty() {
            return Failure {
                message: KEPT_BACK.to_owned(),
                provider_code: failure.provider_code.filter(|code| is_word(code)),
                ..failure
            };
        }
        Failure {
            message: texts.without_quotations(&failure.message),
            provider_code: failure
                .provider_code
                .map(|code| texts.without_quotations(&code)),
            ..failure
        }
    }
}

impl Codec for Texts {
    fn write(&self) -> Value {
        self.0.write()
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        self.0.decode_into(value)?;
        self.0.retain(|text| is_telling(text));
        Ok(())
    }

    fn default_value() -> Self {
        Texts::default()
    }
}

impl Texts {
    pub(super) fn of(body: &Value) -> Self {
        let mut texts = Texts::default();
        texts.collect(body);
        texts
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::String(text) if is_telling(text) => {
                self.0
                    .push(text.chars().take(MAX_INLINE_LEN as usize).collect());
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(map) => map.values().for_each(|item| self.collect(item)),
            _ => {}
        }
    }

    /// The message with a mark in place of each quotation. Any text may be long, and there may be many,
    /// so each is looked at once.
    fn without_quotations(&self, message: &str) -> String {
        let mut told: Vec<(&str, usize)> = pieces(message).zip(0..).collect();
        told.sort_unstable();
        let mut quoted = vec![false; message.chars().count()];
        let mut mark = |at: usize, length: usize| {
            quoted
                .iter_mut()
                .skip(at)
                .take(length)
                .for_each(|one| *one = true);
        };
        for text in &self.0 {
            let length = text.chars().count();
            if length < PIECE {
                for (letters, (start, _)) in message.char_indices().enumerate() {
                    let rest = message.get(start..).unwrap_or_default();
                    if rest.starts_with(text.as_str()) {
                        mark(letters, length);
                    }
                }
                continue;
            }
            for piece in pieces(text) {
                let first = told.partition_point(|(known, _)| *known < piece);
                let same = told.iter().skip(first);
                same.take_while(|(known, _)| *known == piece)
                    .for_each(|(_, at)| mark(*at, PIECE));
            }
        }
        let mut kept = String::with_capacity(message.len());
        let mut before = false;
        for (letter, quoted) in message.chars().zip(quoted) {
            match (quoted, before) {
                (false, _) => kept.push(letter),
                (true, false) => kept.push_str("[…]"),
                (true, true) => {}
            }
            before = quoted;
        }
        kept
    }
}

/// As the providers' codes are.
fn is_word(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    code.chars().all(plain)
}

fn is_telling(text: &str) -> bool {
    text.len() >= SHORTEST
}

/// Each [`PIECE`] letters of the text that stand in a row.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let starts = || text.char_indices().map(|(at, _)| at);
    let ends = starts().chain([text.len()]).skip(PIECE);
    starts()
        .zip(ends)
        .filter_map(|(start, end)| text.get(start..end))
}
