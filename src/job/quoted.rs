//! A provider may quote the request in its errors; none of that goes on.

use serde_json::Value;

use super::Job;
use crate::outcome::Failure;
use crate::plain::Plain;
use crate::request::LONG;

/// So many letters in a row that are in the request, too, are a quotation of it: it may be cut, or
/// escaped in between.
const PIECE: usize = 12;

/// Shorter texts of a request are the provider's own words, such as a size.
const SHORTEST: usize = 6;

/// The texts of a request. They are kept as long as its driver lives, and never stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts(Vec<String>);

impl Job {
    /// The failure without what it quotes.
    pub(super) fn kept_back(&self, failure: Failure) -> Failure {
        let message = match &self.body {
            Some(body) => Texts::of(body).without_quotations(&failure.message),
            None => self.texts.without_quotations(&failure.message),
        };
        Failure { message, ..failure }
    }
}

impl Plain for Texts {
    fn write(&self) -> Value {
        self.0.write()
    }

    fn read(value: &Value) -> Option<Self> {
        Plain::read(value).map(Texts)
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
            Value::String(text) if text.len() >= SHORTEST => {
                self.0.push(text.chars().take(LONG as usize).collect());
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(map) => map.values().for_each(|item| self.collect(item)),
            _ => {}
        }
    }

    fn without_quotations(&self, message: &str) -> String {
        let letters: Vec<char> = message.chars().collect();
        let mut quoted = vec![false; letters.len()];
        let short = self.0.iter().map(|text| text.chars().count());
        let short = short.filter(|count| *count < PIECE);
        for length in short.chain([PIECE]) {
            for (at, piece) in letters.windows(length).enumerate() {
                let piece: String = piece.iter().collect();
                if self.has(&piece) {
                    quoted
                        .iter_mut()
                        .skip(at)
                        .take(length)
                        .for_each(|one| *one = true);
                }
            }
        }
        let mut kept = String::with_capacity(message.len());
        let mut before = false;
        for (letter, quoted) in letters.into_iter().zip(quoted) {
            match (quoted, before) {
                (false, _) => kept.push(letter),
                (true, false) => kept.push_str("[…]"),
                (true, true) => {}
            }
            before = quoted;
        }
        kept
    }

    /// Whether a text is this piece, or, for one of full length, has it.
    fn has(&self, piece: &str) -> bool {
        let full = piece.chars().count() == PIECE;
        self.0
            .iter()
            .any(|text| text == piece || full && text.contains(piece))
    }
}
