//! Parses raw JSON into a well-formed request, independent of any listing.

use crate::json::{Object, Value};

use super::sanitize::{self, extended};
use super::{CheckedUrl, Field, Policy, Request, Text, UNREADABLE, UrlError, is_uuid, url};
use crate::field::{self, Shape};
use crate::issue::{Code, Issue};
use crate::provider_id::ProviderId;

/// Parses a raw request. The issues are those that it has for every listing; an invalid field is left out
/// of the request.
pub fn parse(raw: &Value, policy: Policy<'_>) -> (Request, Vec<Issue>) {
    let mut parser = Parser {
        allow_private_hosts: policy.allow_private_hosts,
        request: Request::default(),
        issues: Vec::new(),
    };
    match raw.as_object() {
        Some(map) => parser.fields("", map),
        None => parser.invalid_type("", "an object"),
    }
    parser.conflicts();
    (parser.request, parser.issues)
}

/// Issues that are reported for one request.
const MAX_ISSUES: usize = 100;
/// Characters of a field name that are reported.
const MAX_NAME_CHARS: usize = 40;

pub(super) struct Parser {
    pub(super) allow_private_hosts: bool,
    pub(super) request: Request,
    pub(super) issues: Vec<Issue>,
}

impl Parser {
    fn fields(&mut self, prefix: &str, map: &Object) {
        for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            let path = format!("{prefix}{name}");
            // A dot in a name is not a level: `output.quality` means `{ output: { quality } }`.
            let plain = !name.contains('.');
            let field = Field::ALL.iter().find(|field| field.path() == path);
            if let Some(field) = field.filter(|_| plain) {
                self.field(*field, value);
            } else if prefix.is_empty() && field::OTHERS.contains(&name.as_str()) {
                self.other(name, value);
            } else {
                self.unknown(prefix, name);
            }
        }
    }

    /// The fields that are not parameters of a listing.
    fn other(&mut self, name: &str, value: &Value) {
        match (name, value) {
            (_, Value::Object(map)) if map.contains_key(UNREADABLE) => {
                self.is_sendable(name, value);
            }
            ("output", Value::Object(map)) => self.fields("output.", map),
            ("model", Value::String(model)) => self.request.model = Some(model.clone()),
            ("allowInlineImages", Value::Bool(inline)) => self.request.inline_image = *inline,
            ("input", Value::Object(input)) => {
                self.is_sendable("input", value);
                self.request.input = Some(input.clone());
            }
            ("providerOptions", Value::Object(options)) => self.provider_options(options),
            ("model", _) => self.invalid_type(name, "a string"),
            ("allowInlineImages", _) => self.invalid_type(name, "true or false"),
            _ => self.invalid_type(name, "an object"),
        }
    }

    fn provider_options(&mut self, options: &Object) {
        for (name, value) in options {
            let path = extended("providerOptions", name);
            let provider = ProviderId::named(name);
            match (provider, value) {
                (Some(provider), Value::Object(fields)) => {
                    self.is_sendable(&path, value);
                    self.request.raw.push((provider, fields.clone()));
                }
                (Some(_), Value::Null) => {}
                (Some(_), _) => self.invalid_type(&path, "an object"),
                (None, _) => {
                    let known = ProviderId::ALL.iter().map(|provider| provider.as_str().into());
                    let message = "Unknown provider. Use `runpod` or `runware`.";
                    self.push(Issue::error(path, Code::UnrecognizedField, message).allowed(known));
                }
            }
        }
    }

    pub(super) fn unknown(&mut self, prefix: &str, name: &str) {
        if self.is_full() {
            return;
        }
        // The caller chose the name: a long one is truncated to keep the message short.
        let shown: String = name.chars().take(MAX_NAME_CHARS).collect();
        let is_cut = shown.len() < name.len();
        let path = format!("{prefix}{shown}{}", if is_cut { "…" } else { "" });
        let near = field::nearest(name).filter(|near| *near != path);
        let message = match near {
            Some(near) => format!("Unrecognized field `{path}`. Did you mean `{near}`?"),
            None => format!(
                "Unrecognized field `{path}`. Put fields of one provider into `providerOptions`."
            ),
        };
        let issue = Issue::error(&*path, Code::UnrecognizedField, message);
        let issue = issue.allowed(near.map(Value::from));
        self.push(if is_cut { issue } else { issue.suggest_remove(path) });
    }

    fn field(&mut self, field: Field, value: &Value) {
        let path = field.path();
        let before = self.issues.len();
        if self.is_sendable(path, value) {
            let parsed = match field.shape() {
                Shape::Text => self.text(path, value),
                Shape::Word => self.short(path, value),
                Shape::Integer => self.integer(path, value),
                Shape::Boolean => match value {
                    Value::Bool(_) => Some(value.clone()),
                    _ => self.reject(path, "true or false"),
                },
                Shape::Size => self.size(path, value),
                Shape::Url => self.url(path, value),
                Shape::Uuid => self.uuid(path, value),
                Shape::Number => match value.as_f64() {
                    Some(_) => Some(value.clone()),
                    None => self.reject(path, "a number"),
                },
                Shape::Image => self.image(field, path, value),
                Shape::Images => self.list(field, value, "image"),
                Shape::File => self.file(field, path, value),
                Shape::Files => self.list(field, value, "url"),
            };
            if let Some(parsed) = parsed {
                self.request.values.push((field, parsed));
            }
        }
        let new = self.issues.get(before..).unwrap_or_default();
        if crate::issue::any_error(new) {
            self.request.broken.push(field);
        }
    }

    fn is_sendable(&mut self, path: &str, value: &Value) -> bool {
        let found = sanitize::unsendable(path, value, MAX_ISSUES);
        let is_sendable = found.is_empty();
        found.into_iter().for_each(|issue| self.push(issue));
        is_sendable
    }

    /// Records an issue, up to the maximum. The last one says that there are more.
    pub(super) fn push(&mut self, issue: Issue) {
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(issue);
        } else if !self.is_full() {
            let message = "Too many issues: the rest is not listed. Fix these first.";
            self.issues.push(Issue::error("", Code::TooLong, message));
        }
    }

    fn is_full(&self) -> bool {
        self.issues.len() > MAX_ISSUES
    }

    fn invalid_type(&mut self, path: &str, expected: &str) {
        let message = if path.is_empty() {
            format!("The request must be {expected}.")
        } else {
            format!("`{path}` must be {expected}.")
        };
        self.push(Issue::error(path, Code::InvalidType, message));
    }

    pub(super) fn reject<T>(&mut self, path: &str, expected: &str) -> Option<T> {
        self.invalid_type(path, expected);
        None
    }

    fn text(&mut self, path: &str, value: &Value) -> Option<Value> {
        if Text::read(value).is_some() {
            Some(value.clone())
        } else {
            self.reject(path, "a string")
        }
    }

    fn short(&mut self, path: &str, value: &Value) -> Option<Value> {
        let Some(text) = value.as_str() else {
            return self.reject(path, "a string");
        };
        if text.is_empty() || text.len() > 256 || text.trim() != text {
            let message =
                format!("`{path}` must be 1 to 256 bytes without leading or trailing whitespace.");
            let issue = Issue::error(path, Code::InvalidFormat, message);
            self.push(if text.is_empty() { issue.suggest_remove(path) } else { issue });
            return None;
        }
        Some(value.clone())
    }

    /// An integer; 8.0 is read as 8.
    fn integer(&mut self, path: &str, value: &Value) -> Option<Value> {
        if let Some(integer) = value.as_i64() {
            return Some(integer.into());
        }
        let Some(number) = value.as_f64() else {
            let issue =
                Issue::error(path, Code::InvalidType, format!("`{path}` must be an integer."));
            let written = value.as_str().and_then(|text| text.trim().parse::<i64>().ok());
            self.push(match written {
                Some(number) => issue.suggest_set(path, number),
                None => issue,
            });
            return None;
        };
        // Beyond 2^53 a double is not an exact integer.
        if number.trunc() == number && number.abs() < 9_007_199_254_740_992.0 {
            return Some((number as i64).into());
        }
        let message = format!("`{path}` must be an integer.");
        self.push(Issue::error(path, Code::NotInteger, message));
        None
    }

    fn size(&mut self, path: &str, value: &Value) -> Option<Value> {
        let side = |text: &str| {
            let digits = !text.is_empty() && text.len() < 6;
            (digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
        };
        let Some(text) = value.as_str() else {
            return self.reject(path, "a string such as `1280x720`");
        };
        let pair = text.split_once(['x', '*', '×', 'X']);
        if let Some((Some(width), Some(height))) = pair.map(|(w, h)| (side(w), side(h))) {
            self.request.size = Some((width, height));
            return Some(format!("{width}x{height}").into());
        }
        let message = "Give width and height, as in `1280x720`.";
        self.push(Issue::error(path, Code::InvalidFormat, message));
        None
    }

    fn url(&mut self, path: &str, value: &Value) -> Option<Value> {
        let Some(text) = value.as_str() else {
            return self.reject(path, "a URL");
        };
        match url::check(text, self.allow_private_hosts) {
            Ok(url) => {
                self.warn_insecure(path, url, text);
                Some(value.clone())
            }
            Err(error) => {
                self.url_error(path, error);
                None
            }
        }
    }

    pub(super) fn warn_insecure(&mut self, path: &str, url: CheckedUrl, text: &str) {
        if !url.is_secure {
            let message = "This URL is not encrypted, so others can read or change its content. Use `https://`.";
            let https = text.get("http".len()..).map(|rest| format!("https{rest}"));
            let issue = Issue::warning(path, Code::InsecureUrl, message);
            self.push(match https {
                Some(https) => issue.suggest_set(path, https),
                None => issue,
            });
        }
    }

    pub(super) fn url_error(&mut self, path: &str, error: UrlError) {
        let (code, message) = match error {
            UrlError::Scheme => (Code::InvalidFormat, "The URL must begin with `https://`."),
            UrlError::Form => (
                Code::InvalidFormat,
                "Ambiguous URL. Use `https://host/path` with an ASCII host and percent-encoded \
                 spaces.",
            ),
            UrlError::Credentials => (
                Code::InvalidFormat,
                "The URL contains a user name or password. Use a signed URL instead.",
            ),
            UrlError::Private => {
                (Code::PrivateHost, "The provider cannot reach a private host. Use a public URL.")
            }
        };
        self.push(Issue::error(path, code, message));
    }

    fn uuid(&mut self, path: &str, value: &Value) -> Option<Value> {
        let Some(text) = value.as_str() else {
            return self.reject(path, "a UUID");
        };
        if is_uuid(text, Some(4)) {
            return Some(text.to_ascii_lowercase().into());
        }
        let message = "Not a version 4 UUID. Use `crypto.randomUUID()` to create one.";
        self.push(Issue::error(path, Code::InvalidFormat, message).suggest_remove(path));
        None
    }

    fn conflicts(&mut self) {
        for field in [Field::Resolution, Field::AspectRatio] {
            if self.request.has(Field::Size) && self.request.has(field) {
                let path = field.path();
                let message = format!("`size` already determines `{path}`. Remove `{path}`.");
                self.push(Issue::error(path, Code::Conflict, message).suggest_remove(path));
            }
        }
    }
}
