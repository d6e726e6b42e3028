//! A provider that quotes the prompt in another spelling: other letter case, percent-encoded, with JSON escapes, in
//! Base64. No twelve letters in a row of it survive.

use crate::common::*;
use filmgate::provider::ProviderId::{Runpod, Runware};
use proptest::prelude::*;
use serde_json::json;
use std::fmt::Write;

/// Characters in a row that count as a quotation.
const NGRAM: usize = 12;

/// A spelling, and how a reader gets the text back.
struct Spelling {
    name: &'static str,
    encode: fn(&str) -> String,
    decode: fn(&str) -> String,
}

const SPELLINGS: &[Spelling] = &[
    Spelling { name: "as it is", encode: str::to_owned, decode: str::to_owned },
    Spelling { name: "upper case", encode: |text| text.to_uppercase(), decode: str::to_owned },
    Spelling { name: "lower case", encode: |text| text.to_lowercase(), decode: str::to_owned },
    Spelling { name: "percent", encode: |text| percent(text, "%20", true), decode: from_percent },
    Spelling {
        name: "percent, lower",
        encode: |text| percent(text, "%20", false),
        decode: from_percent,
    },
    Spelling { name: "form", encode: |text| percent(text, "+", true), decode: from_percent },
    Spelling {
        name: "percent twice",
        encode: |text| percent(&percent(text, "%20", true), "%20", true),
        decode: |text| from_percent(&from_percent(text)),
    },
    Spelling { name: "JSON", encode: |text| json!(text).to_string(), decode: str::to_owned },
    Spelling { name: "JSON, ASCII", encode: json_ascii, decode: from_json_ascii },
    Spelling { name: "entities", encode: entities, decode: str::to_owned },
    Spelling { name: "bytes", encode: escaped_bytes, decode: str::to_owned },
    Spelling { name: "hexadecimal", encode: hexadecimal, decode: str::to_owned },
    Spelling {
        name: "Base64 twice",
        encode: |text| base64(base64(text.as_bytes(), STANDARD).as_bytes(), STANDARD),
        decode: |text| from_base64(&from_base64(text, 0), 0),
    },
    Spelling {
        name: "Base64",
        encode: |text| base64(text.as_bytes(), STANDARD),
        decode: |text| from_base64(text, 0),
    },
    Spelling {
        name: "Base64 for URLs",
        encode: |text| base64(text.as_bytes(), URL_SAFE),
        decode: |text| from_base64(text, 0),
    },
    Spelling {
        name: "Base64 after one byte",
        encode: |text| base64(format!("x{text}").as_bytes(), STANDARD),
        decode: |text| from_base64(text, 0),
    },
    Spelling {
        name: "Base64 after two bytes",
        encode: |text| base64(format!("xy{text}").as_bytes(), STANDARD),
        decode: |text| from_base64(text, 0),
    },
    Spelling {
        name: "Base64, cut",
        encode: |text| base64(format!("xyz{text}").as_bytes(), STANDARD)[1..].to_owned(),
        decode: |text| from_base64(text, 3),
    },
    Spelling {
        name: "Base64 of JSON",
        encode: |text| base64(json!({ "prompt": text }).to_string().as_bytes(), STANDARD),
        decode: |text| from_base64(text, 0),
    },
    Spelling {
        name: "Base64 in a URL",
        encode: |text| percent(&base64(text.as_bytes(), STANDARD), "%20", true),
        decode: |text| from_base64(&from_percent(text), 0),
    },
];

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn percent(text: &str, space: &str, upper: bool) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => encoded.push_str(space),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                encoded.push(char::from(byte))
            }
            _ if upper => write!(encoded, "%{byte:02X}").unwrap(),
            _ => write!(encoded, "%{byte:02x}").unwrap(),
        }
    }
    encoded
}

fn from_percent(text: &str) -> String {
    let (bytes, mut decoded, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn json_ascii(text: &str) -> String {
    let escaped = text.encode_utf16().map(|unit| match unit {
        0x20..=0x7e if !matches!(unit, 0x22 | 0x5c) => char::from(unit as u8).to_string(),
        _ => format!("\\u{unit:04x}"),
    });
    escaped.collect()
}

fn from_json_ascii(text: &str) -> String {
    serde_json::from_str(&format!("\"{text}\"")).unwrap_or_else(|_| text.to_owned())
}

/// Each letter as an entity of HTML.
fn entities(text: &str) -> String {
    text.chars().map(|letter| format!("&#x{:x};", u32::from(letter))).collect()
}

/// Each ASCII letter as `\x61`.
fn escaped_bytes(text: &str) -> String {
    let escaped = text.chars().map(|letter| match letter.is_ascii() {
        true => format!("\\x{:02x}", u32::from(letter)),
        false => letter.to_string(),
    });
    escaped.collect()
}

fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut encoded = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            (0..3).fold(0u32, |bits, at| bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
        for at in 0..4 {
            let digit = (bits >> (18 - 6 * at)) & 63;
            let used = at <= chunk.len();
            encoded.push(if used { char::from(alphabet[digit as usize]) } else { '=' });
        }
    }
    encoded
}

/// All runs of Base64 in the text, decoded from a letter on.
fn from_base64(text: &str, skip: usize) -> String {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let mut decoded = Vec::new();
    for run in text.as_bytes().split(|c| digit(*c).is_none()) {
        let (mut bits, mut count) = (0u32, 0);
        for c in run.iter().skip(skip) {
            bits = bits << 6 | u32::from(digit(*c).unwrap());
            count += 6;
            if count >= 8 {
                count -= 8;
                decoded.push((bits >> count) as u8);
            }
        }
        decoded.push(b' ');
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The message that a caller sees if the provider quotes the text.
fn shown(prompt: &str, quotation: &str) -> String {
    let request = with(runpod_request(), json!({ "prompt": prompt }));
    let error = json!({ "error": format!("Invalid prompt: {quotation} (end)") });
    let driver = JobDriver::new(job(Runpod, &request), script(vec![http(400, &error)])).run();
    driver.error().failure.message.clone()
}

fn one_case(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_uppercase().to_lowercase()
}

/// The first twelve letters in a row of the prompt that the text contains.
fn quoted(prompt: &str, text: &str) -> Option<String> {
    let letters: Vec<char> = one_case(prompt).chars().collect();
    let text = one_case(text);
    let mut pieces = letters.windows(NGRAM).map(|piece| piece.iter().collect::<String>());
    pieces.find(|piece| text.contains(piece))
}

#[track_caller]
fn assert_redacted(prompt: &str) {
    for Spelling { name, encode, decode } in SPELLINGS {
        let message = shown(prompt, &encode(prompt));
        for text in [message.clone(), decode(&message)] {
            assert_eq!(quoted(prompt, &text), None, "{name}: {message}");
        }
        assert!(message.contains("[…]"), "{name}: {message}");
        assert!(message.starts_with("Invalid prompt: "), "{name}: {message}");
    }
}

#[test]
fn a_prompt_is_redacted_in_every_spelling() {
    for prompt in [
        "A heron named Aurelia whispers the vault code 4711 to a lantern",
        "She says \"softly\":\n100% of C++ / tea & cake?",
        "Ein weißer Fuchs läuft über die Straße nach Český Krumlov",
        "Η Αυρηλία ψιθυρίζει στον φάρο της Ύδρας",
        "Лиса Аврелия шепчет фонарю: ещё рано",
        "一只名叫奥蕾莉亚的苍鹭对着灯笼低声细语",
        "🦊🌲 a fox in the 🌨️ snow 🦊🌲",
        "exactly12char",
    ] {
        assert_redacted(prompt);
    }
}

#[test]
fn part_of_a_prompt_is_redacted_in_every_spelling() {
    let prompt = "A heron named Aurelia whispers the vault code 4711 to a lantern";
    for Spelling { name, encode, decode } in SPELLINGS {
        for part in [&prompt[..30], &prompt[20..50], &prompt[33..]] {
            let message = shown(prompt, &encode(part));
            for text in [message.clone(), decode(&message)] {
                assert_eq!(quoted(part, &text), None, "{name}: {message}");
            }
        }
    }
}

#[test]
fn a_prompt_without_its_signs_is_redacted() {
    let prompt = "A heron, named Aurelia; whispers the vault-code 4711 (to a lantern)";
    for quotation in [
        "a-heron-named-aurelia-whispers-the-vault-code-4711-to-a-lantern",
        "A_heron_named_Aurelia_whispers_the_vault_code_4711_to_a_lantern",
        "A heron named Aurelia whispers the vault code 4711 to a lantern",
    ] {
        let message = shown(prompt, quotation);
        assert_eq!(message, "Invalid prompt: […] (end)".to_owned(), "{quotation}");
    }
}

#[test]
fn a_code_that_is_the_prompt_is_redacted_in_the_own_sentence() {
    let prompt = "heron-whispers-the-vault-code";
    let request = with(runpod_request(), json!({ "prompt": prompt }));
    let replies = vec![http(400, &json!({ "code": prompt }))];
    let driver = JobDriver::new(job(Runpod, &request), script(replies)).run();
    let failure = &driver.error().failure;
    assert!(!format!("{failure:?}").contains("whispers"), "{failure:?}");
}

#[test]
fn other_words_stay_as_they_are() {
    let prompt = "A heron named Aurelia whispers";
    for words in [
        "image 100% broken, see https://docs.other.org/a%20b?c=d+e",
        "{\"code\":\"badInput\",\"detail\":\"caf\\u00e9\"}",
        "id aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ= is unknown",
        "FIELD required: duration",
    ] {
        assert_eq!(shown(prompt, words), format!("Invalid prompt: {words} (end)"));
    }
}

#[test]
fn a_text_that_decodes_to_little_redacts_nothing() {
    for prompt in ["%20%20%20", "\\n\\n\\n", "%41%42"] {
        let shown = shown(prompt, "a b c A B AB");
        assert_eq!(shown, "Invalid prompt: a b c A B AB (end)", "{prompt:?}");
    }
}

#[test]
fn a_text_that_is_run_together_spread_or_wrapped_is_redacted() {
    let prompt = "A heron named Aurelia whispers the vault code 4711";
    let spread = |gap: &str| prompt.chars().map(|c| format!("{c}{gap}")).collect::<String>();
    let wrapped = prompt.as_bytes().chunks(9).map(String::from_utf8_lossy);
    let quotations = [
        prompt.replace(' ', ""),
        prompt.replace(' ', "\u{200b}"),
        spread(" "),
        spread("-"),
        spread("\u{200b}"),
        spread("\u{ad}"),
        wrapped.collect::<Vec<_>>().join("\n"),
    ];
    for quotation in quotations {
        let message = shown(prompt, quotation.trim());
        assert!(message.starts_with("Invalid prompt: […]"), "{quotation:?}: {message}");
        let letters: String =
            message.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
        assert_eq!(letters, "Invalidpromptend", "{quotation:?}: {message}");
    }
}

#[test]
fn a_message_has_no_control_characters() {
    let message = shown("A heron", "\u{1b}[2J\u{9b}evil\u{7}\u{7f}\r\nnext\tline\0");
    assert_eq!(message, "Invalid prompt: [2Jevil\nnext\tline (end)");
}

#[test]
fn words_of_the_provider_are_no_quotation_of_a_short_text_run_together() {
    assert_eq!(shown("a cat", "no vacation yet"), "Invalid prompt: no vacation yet (end)");
}

#[test]
fn a_url_of_the_request_is_redacted_decoded_and_encoded() {
    let image = "https://bucket.example.com/private/a%20heron%20named%20aurelia.png";
    let request = with(runpod_request(), json!({ "image": image }));
    for quotation in
        [image.to_owned(), from_percent(image), percent(image, "%20", true), image.to_uppercase()]
    {
        let error = json!({ "error": format!("no picture at {quotation}") });
        let driver = JobDriver::new(job(Runpod, &request), script(vec![http(400, &error)])).run();
        assert_eq!(driver.error().failure.message, "no picture at […]");
    }
}

#[test]
fn failures_beside_a_video_are_redacted_in_every_spelling() {
    let prompt = "A heron named Aurelia whispers the vault code 4711";
    for Spelling { name, encode, .. } in SPELLINGS {
        let request = with(runware_request(), json!({ "n": 2, "prompt": prompt }));
        let words = format!("Invalid prompt: {}", encode(prompt));
        let error = json!({ "status": "error", "error": { "code": "x", "message": words } });
        let replies = vec![ack(), rows(&[video_row(1), error])];
        let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
        let message = &driver.result().failures[0].message;
        assert!(message.contains("[…]"), "{name}: {message}");
    }
}

proptest! {
    #![proptest_config(proptest_config(64))]

    #[test]
    fn no_twelve_letters_of_a_prompt_survive(
        prompt in "[a-zA-Z0-9 ,.:;!?'\"%+/=&\\\\äöüßéèñçøåÄÖÜÉαβγδεζηθΑΒΓΔабвгдежзАБВГ中文字符🦊-]{12,60}"
    ) {
        prop_assume!(one_case(&prompt).chars().count() > NGRAM);
        assert_redacted(&format!("q{prompt}q"));
    }
}
