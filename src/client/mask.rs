//! Removes API keys from what a provider sends back, in the spellings that have been seen or are easy to make: in another
//! case, percent-encoded, escaped, in hexadecimal, in Base64, or cut.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::json::Value;

const MASK: &str = "[key]";
/// A shorter key would hide ordinary words.
const MIN_LEN: usize = 8;
/// So many characters at the start or the end of a key are secret, too: an echo may be cut.
const PIECE_LEN: usize = 8;
/// A longer word is the data of a video. It holds no key, and takes long to search.
const MAX_WORD_LEN: usize = 8_192;
/// Encodings inside each other that are undone.
const MAX_LAYERS: u32 = 3;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&STANDARD, LENIENT), GeneralPurpose::new(&URL_SAFE, LENIENT)];

/// The start and the end of a key, in lower case.
#[derive(Default)]
pub(super) struct Mask {
    pieces: Vec<Vec<u8>>,
}

impl Mask {
    pub(super) fn new(key: Option<&str>) -> Self {
        let key = key.unwrap_or_default().trim().to_ascii_lowercase().into_bytes();
        if key.len() < MIN_LEN {
            return Mask::default();
        }
        let len = if key.len() >= 2 * PIECE_LEN { PIECE_LEN } else { key.len() };
        let (start, end) = (key.get(..len), key.get(key.len() - len..));
        Mask { pieces: start.into_iter().chain(end).map(<[u8]>::to_vec).collect() }
    }

    /// Masks every string of a response, and every name.
    pub(super) fn apply(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(masked) = self.masked(text) {
                    *text = masked;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.apply(item)),
            Value::Object(map) => {
                for (name, mut item) in std::mem::take(map) {
                    self.apply(&mut item);
                    map.insert(self.masked(&name).unwrap_or(name), item);
                }
            }
            _ => {}
        }
    }

    /// The text with each word masked that shows a key, or that follows the word `Bearer`; `None` if there is none.
    fn masked(&self, text: &str) -> Option<String> {
        let mut masked = String::new();
        let mut is_changed = false;
        let mut after_bearer = false;
        for piece in text.split_inclusive(is_separator) {
            let word = piece.trim_end_matches(is_separator);
            if word.is_empty() {
                masked.push_str(piece);
                continue;
            }
            let is_token = after_bearer && word.len() >= MIN_LEN;
            after_bearer = word.eq_ignore_ascii_case("bearer");
            if is_token || (word.len() <= MAX_WORD_LEN && self.shows(word.as_bytes(), MAX_LAYERS)) {
                is_changed = true;
                masked.push_str(MASK);
                masked.push_str(piece.get(word.len()..).unwrap_or_default());
            } else {
                masked.push_str(piece);
            }
        }
        is_changed.then_some(masked)
    }

    /// Whether the word shows a piece of the key, as it is or once an encoding is undone.
    fn shows(&self, word: &[u8], layers: u32) -> bool {
        if word.len() < MIN_LEN || self.pieces.is_empty() {
            return false;
        }
        let lower = word.to_ascii_lowercase();
        let has = |piece: &Vec<u8>| lower.windows(piece.len()).any(|part| part == piece);
        if self.pieces.iter().any(has) {
            return true;
        }
        layers > 0 && decoded(word).iter().any(|inner| self.shows(inner, layers - 1))
    }
}

/// What no spelling of a key has inside.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '"' | '\'' | '`' | ',' | '(' | ')' | '<' | '>' | '{' | '}' | '[' | ']')
}

/// The word without one layer of encoding, in each way that changes it.
fn decoded(word: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let unescaped = unescaped(word);
    if unescaped != word {
        found.push(unescaped);
    }
    let is_hex = u8::is_ascii_hexdigit;
    for run in word.split(|byte| !is_hex(byte)).filter(|run| run.len() >= 2 * MIN_LEN) {
        found.extend(run.get(run.len() % 2..).map(hex));
        found.extend(run.get(1 - run.len() % 2..).map(hex));
    }
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    for run in word.split(|byte| !is_base64(byte)).filter(|run| run.len() > MIN_LEN) {
        // Other characters may stand before it.
        for shift in 0..4 {
            let Some(rest) = run.get(shift..) else { continue };
            let whole = rest.get(..rest.len() - usize::from(rest.len() % 4 == 1)).unwrap_or(rest);
            found.extend(BASE64.iter().filter_map(|engine| engine.decode(whole).ok()));
        }
    }
    found
}

fn hex(digits: &[u8]) -> Vec<u8> {
    let byte = |pair: &[u8]| number(pair, 16).and_then(|value| u8::try_from(value).ok());
    digits.chunks_exact(2).filter_map(byte).collect()
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// Undoes `%41`, `\u0041`, `\x41`, `&#x41;`, `&#65;` and a backslash before any other character.
fn unescaped(word: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(word.len());
    let mut rest = word;
    while let [first, tail @ ..] = rest {
        let (byte, after) = match (first, tail) {
            (b'%', [a, b, after @ ..]) if is_hex(&[*a, *b]) => (number(&[*a, *b], 16), after),
            (b'\\', [b'u', b'0', b'0', a, b, after @ ..]) if is_hex(&[*a, *b]) => {
                (number(&[*a, *b], 16), after)
            }
            (b'\\', [b'x', a, b, after @ ..]) if is_hex(&[*a, *b]) => {
                (number(&[*a, *b], 16), after)
            }
            (b'\\', after) => (None, after),
            (b'&', [b'#', entity @ ..]) => match entity.iter().position(|byte| *byte == b';') {
                Some(end) if end <= 6 => {
                    let (digits, after) = entity.split_at(end);
                    let value = match digits {
                        [b'x' | b'X', hex @ ..] => number(hex, 16),
                        decimal => number(decimal, 10),
                    };
                    (value, after.get(1..).unwrap_or_default())
                }
                _ => (Some(u32::from(*first)), tail),
            },
            _ => (Some(u32::from(*first)), tail),
        };
        plain.extend(byte.and_then(|byte| u8::try_from(byte).ok()));
        rest = after;
    }
    plain
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}
