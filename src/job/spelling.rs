//! The spellings in which a provider may quote a text: in other letter case, percent-encoded, with JSON escapes,
//! as entities, in Base64 or hexadecimal. Each is decoded, and each letter remembers its place in the message.

use std::str::from_utf8;

/// Encodings within encodings that are decoded.
const MAX_ROUNDS: u32 = 3;

/// Shorter runs of Base64 contain no text that is redacted.
const MIN_BASE64_LEN: usize = 8;

/// A letter and its place: the characters of the message from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Letter {
    character: char,
    start: usize,
    end: usize,
}

/// The message as it is, and everything that it decodes to.
pub(super) fn spellings(message: &str) -> Vec<Vec<Letter>> {
    let mut found = decoded(letters(message));
    let mut inner = Vec::new();
    for letters in &found {
        inner.extend(encoded_texts(letters));
    }
    // Encoded twice at most.
    for at in 0..inner.len() {
        let twice = inner.get(at).map(|letters| encoded_texts(letters));
        inner.extend(twice.unwrap_or_default());
    }
    for text in inner {
        found.extend(decoded(text));
    }
    found
}

/// The text, and what it decodes to if it is percent-encoded or has JSON escapes.
pub(super) fn plain(text: &str) -> (Vec<Letter>, Option<Vec<Letter>>) {
    let raw = letters(text);
    let inner = percent_decoded(&json_unescaped(&raw));
    let changed = inner.len() != raw.len() || inner != raw;
    (raw, changed.then_some(inner))
}

/// Letters in one spelling, and where each stands in the text.
pub(super) type Folded = (Vec<char>, Vec<(usize, usize)>);

/// The letters in one case and with single spaces, and their places. The signs between words count as spaces: a
/// provider can quote a text without its commas, or as the name of a file.
pub(super) fn fold(letters: &[Letter]) -> Folded {
    let (mut folded, mut places) =
        (Vec::with_capacity(letters.len()), Vec::with_capacity(letters.len()));
    for letter in letters {
        let place = (letter.start, letter.end);
        match letter.character {
            c if c.is_whitespace() || c.is_ascii_punctuation() || is_invisible(c) => {
                if folded.last() != Some(&' ') {
                    folded.push(' ');
                    places.push(place);
                } else if let Some(last) = places.last_mut() {
                    last.1 = place.1;
                }
            }
            // In upper case it is SS.
            '\u{df}' => {
                folded.extend(['s', 's']);
                places.extend([place, place]);
            }
            c => {
                folded.push(lower(c));
                places.push(place);
            }
        }
    }
    (folded, places)
}

/// The letters without the spaces between them: a provider can run words together, spread their letters or wrap
/// them. `None` if there is no space, or fewer letters than `min`.
pub(super) fn joined((letters, places): &Folded, min: usize) -> Option<Folded> {
    let pairs = letters.iter().zip(places).filter(|(letter, _)| **letter != ' ');
    let (joined, places): (Vec<char>, Vec<_>) = pairs.unzip();
    (joined.len() >= min && joined.len() < letters.len()).then_some((joined, places))
}

/// Characters that are not visible: a soft hyphen, joiners and marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// One case for the scripts that have two. The tables of the standard library would add eight kilobytes to the
/// module; that some other letters become equal, too, does no harm.
fn lower(c: char) -> char {
    let code = u32::from(c);
    let folded = match code {
        0x41..=0x5a | 0xc0..=0xde | 0x391..=0x3ab | 0x410..=0x42f => code + 32,
        // Pairs that begin with an odd code, and with an even one.
        0x139..=0x148 | 0x179..=0x17e | 0x1cd..=0x1dc | 0x4c1..=0x4ce => (code + 1) & !1,
        0x100..=0x138 | 0x14a..=0x177 | 0x1de..=0x233 | 0x460..=0x52f | 0x1e00..=0x1eff => code | 1,
        0x178 => 0xff,
        0xb5 => 0x3bc,
        0x386 => 0x3ac,
        0x388..=0x38a => code + 37,
        0x38c => 0x3cc,
        0x38e | 0x38f => code + 63,
        // The sigma at the end of a word.
        0x3c2 => 0x3c3,
        0x400..=0x40f => code + 80,
        0x531..=0x556 => code + 48,
        // Full-width letters.
        0xff21..=0xff3a => code + 32,
        _ => code,
    };
    char::from_u32(folded).unwrap_or(c)
}

fn letters(text: &str) -> Vec<Letter> {
    let all = text.chars().enumerate();
    all.map(|(at, character)| Letter { character, start: at, end: at + 1 }).collect()
}

/// The letters, and what they decode to, step by step.
fn decoded(letters: Vec<Letter>) -> Vec<Vec<Letter>> {
    let mut found = vec![letters];
    for _ in 0..MAX_ROUNDS {
        let before = found.len();
        for decode in [json_unescaped, percent_decoded, entities_decoded] {
            let Some(last) = found.last() else { break };
            let next = decode(last);
            if next != *last {
                found.push(next);
            }
        }
        if found.len() == before {
            break;
        }
    }
    found
}

fn character(letters: &[Letter], at: usize) -> Option<char> {
    letters.get(at).map(|letter| letter.character)
}

/// The number of these hexadecimal digits.
fn hex(letters: &[Letter], at: usize, digits: usize) -> Option<u32> {
    let mut digits = letters.get(at..at + digits)?.iter();
    digits.try_fold(0, |number, digit| Some(number * 16 + digit.character.to_digit(16)?))
}

fn json_unescaped(letters: &[Letter]) -> Vec<Letter> {
    let mut found = Vec::with_capacity(letters.len());
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let escaped = character(letters, at + 1).filter(|_| letter.character == '\\');
        let (character, length) = match escaped {
            Some('x') => match hex(letters, at + 2, 2).and_then(char::from_u32) {
                Some(character) => (character, 4),
                None => (letter.character, 1),
            },
            Some('u') => match unicode_escape(letters, at) {
                Some(escape) => escape,
                None => (letter.character, 1),
            },
            Some('n' | 'r' | 't' | 'b' | 'f') => (' ', 2),
            Some(other @ ('"' | '\'' | '/' | '\\')) => (other, 2),
            _ => (letter.character, 1),
        };
        let end = letters.get(at + length - 1).map_or(letter.end, |last| last.end);
        found.push(Letter { character, start: letter.start, end });
        at += length;
    }
    found
}

/// The character of `\u` and four digits, or of a pair of these, and its length.
fn unicode_escape(letters: &[Letter], at: usize) -> Option<(char, usize)> {
    let first = hex(letters, at + 2, 4)?;
    if let Some(single) = char::from_u32(first) {
        return Some((single, 6));
    }
    let is_pair =
        character(letters, at + 6) == Some('\\') && character(letters, at + 7) == Some('u');
    let second =
        hex(letters, at + 8, 4).filter(|second| is_pair && (0xdc00..=0xdfff).contains(second))?;
    let code = 0x10000 + ((first.checked_sub(0xd800)? << 10) | (second - 0xdc00));
    Some((char::from_u32(code)?, 12))
}

/// The entities of HTML: `&#97;`, `&#x61;` and the names of its own signs.
fn entities_decoded(letters: &[Letter]) -> Vec<Letter> {
    let mut found = Vec::with_capacity(letters.len());
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let (character, length) = entity(letters, at).unwrap_or((letter.character, 1));
        let end = letters.get(at + length - 1).map_or(letter.end, |last| last.end);
        found.push(Letter { character, start: letter.start, end });
        at += length;
    }
    found
}

fn entity(letters: &[Letter], at: usize) -> Option<(char, usize)> {
    const NAMES: &[(&str, char)] =
        &[("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", ' ')];
    if character(letters, at) != Some('&') {
        return None;
    }
    let inner = letters.iter().skip(at + 1).take(9).map(|letter| letter.character);
    let name: String = inner.take_while(|c| *c != ';').collect();
    let length = name.chars().count() + 2;
    let is_closed = character(letters, at + length - 1) == Some(';');
    let number = || match name.strip_prefix('#')?.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => name.get(1..)?.parse().ok(),
    };
    let named = NAMES.iter().find(|(known, _)| *known == name).map(|(_, sign)| *sign);
    let decoded = named.or_else(|| char::from_u32(number()?))?;
    is_closed.then_some((decoded, length))
}

/// Percent-encoding, as in a URL or a form: there a plus is a space.
fn percent_decoded(letters: &[Letter]) -> Vec<Letter> {
    let mut found = Vec::with_capacity(letters.len());
    let mut bytes: Vec<(u8, usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let byte = hex(letters, at + 1, 2).filter(|_| letter.character == '%');
        if let (Some(byte), Some(last)) = (byte, letters.get(at + 2)) {
            bytes.push((byte as u8, letter.start, last.end));
            at += 3;
            continue;
        }
        push_text(&mut found, &bytes);
        bytes.clear();
        let character = if letter.character == '+' { ' ' } else { letter.character };
        found.push(Letter { character, ..*letter });
        at += 1;
    }
    push_text(&mut found, &bytes);
    found
}

/// Reads bytes with their places as UTF-8.
fn push_text(found: &mut Vec<Letter>, bytes: &[(u8, usize, usize)]) {
    let mut rest = bytes;
    while let Some((_, start, _)) = rest.first() {
        let read = (1..=4).find_map(|length| {
            let part: Vec<u8> = rest.get(..length)?.iter().map(|(byte, ..)| *byte).collect();
            Some((from_utf8(&part).ok()?.chars().next()?, length))
        });
        let (character, length) = read.unwrap_or((char::REPLACEMENT_CHARACTER, 1));
        let (part, after) = rest.split_at(length);
        let end = part.last().map_or(*start, |(.., end)| *end);
        found.push(Letter { character, start: *start, end });
        rest = after;
    }
}

/// The texts that the runs of Base64 and of hexadecimal digits contain.
fn encoded_texts(letters: &[Letter]) -> Vec<Vec<Letter>> {
    let mut found = digit_texts(letters, 6, base64_digit);
    found.extend(digit_texts(letters, 4, |c| c.to_digit(16)));
    found
}

/// The texts that the runs of digits with so many bits contain. A run may begin anywhere within the encoded
/// text, so each is read from its first four letters on.
fn digit_texts(letters: &[Letter], bits: u32, digit: fn(char) -> Option<u32>) -> Vec<Vec<Letter>> {
    let mut found = Vec::new();
    let digits: Vec<Option<u32>> = letters.iter().map(|letter| digit(letter.character)).collect();
    let mut start = 0;
    for run in digits.split(Option::is_none) {
        let places = letters.get(start..start + run.len()).unwrap_or_default();
        start += run.len() + 1;
        for skip in 0..4 {
            let run = run.get(skip..).unwrap_or_default();
            let places = places.get(skip..).unwrap_or_default();
            if run.len() < MIN_BASE64_LEN {
                break;
            }
            let mut text = Vec::new();
            push_text(&mut text, &bytes_of(run, places, bits));
            found.push(text);
        }
    }
    found
}

fn bytes_of(run: &[Option<u32>], places: &[Letter], width: u32) -> Vec<(u8, usize, usize)> {
    let mut bytes = Vec::with_capacity(run.len());
    let (mut bits, mut count, mut start) = (0u32, 0, 0);
    for (digit, place) in run.iter().zip(places) {
        if count == 0 {
            start = place.start;
        }
        bits = (bits << width) | digit.unwrap_or(0);
        count += width;
        if count >= 8 {
            count -= 8;
            bytes.push(((bits >> count) as u8, start, place.end));
            // The rest of this letter's bits belong to the next byte.
            start = place.start;
        }
    }
    bytes
}

/// The standard alphabet and the one for URLs.
fn base64_digit(c: char) -> Option<u32> {
    let code = u32::from(c);
    match c {
        'A'..='Z' => Some(code - 65),
        'a'..='z' => Some(code - 97 + 26),
        '0'..='9' => Some(code - 48 + 52),
        '+' | '-' => Some(62),
        '/' | '_' => Some(63),
        _ => None,
    }
}
