//! Errors that quote the key or the prompt.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Odd, Oddity};
use crate::http::{Request, Response};

/// The fields in which an error says why.
const WORDS: [&str; 8] = [
    "error",
    "message",
    "error_message",
    "errorMessage",
    "detail",
    "msg",
    "title",
    "responseContent",
];

/// What the errors of a job quote, in its spelling.
pub(crate) fn quotation(odd: &Odd, request: &Request) -> Option<String> {
    use Oddity::*;
    let quoted = odd.all().iter().find_map(|oddity| match oddity {
        RunpodEchoKey | RunwareEchoKey => request.key().map(|key| format!("Bearer {key}")),
        RunpodEchoUpper | RunwareEchoUpper => Some(odd.prompt.to_uppercase()),
        RunpodEchoPercent | RunwareEchoPercent => Some(percent_encoded(&odd.prompt)),
        RunpodEchoBase64 | RunwareEchoBase64 => Some(STANDARD.encode(&odd.prompt)),
        _ => None,
    });
    quoted.filter(|text| !text.is_empty())
}

/// The response with the quotation after every reason.
pub(crate) fn quote(mut response: Response, quotation: &str) -> Response {
    let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) else {
        return response;
    };
    add(&mut body, quotation, false);
    response.body = body.to_string().into_bytes();
    response.length = response.body.len();
    response
}

fn add(value: &mut Value, quotation: &str, is_reason: bool) {
    match value {
        Value::String(text) if is_reason && !text.is_empty() => {
            text.push_str(" in ");
            text.push_str(quotation);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| add(item, quotation, is_reason)),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                add(field, quotation, WORDS.contains(&name.as_str()));
            }
        }
        _ => {}
    }
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
