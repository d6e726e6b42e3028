//! Raw JSON becomes a well-formed request, whoever will take it.

use crate::json::{Object, Value};

use super::readable::{self, extended};
use super::{Address, Field, Policy, Request, Text, UNREADABLE, UrlError, is_uuid, url};
use crate::field::{self, Shape};
use crate::issue::{Code, Issue};
use crate::provider_id::ProviderId;

/// Reads a raw request. The issues are those that it has whoever takes it; a field with an issue is
/// left out of the request.
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

/// Problems that are told of one request.
const MOST_ISSUES: usize = 100;
/// Letters of a field's name that are told.
const LONGEST_NAME: usize = 40;

pub(super) struct Parser {
    pub(super) allow_private_hosts: bool,
    pub(super) request: Request,
    pub(super) issues: Vec<Issue>,
}

impl Parser {
    fn fields(&mut self, prefix: &str, map: &Object) {
        for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            let path = format!("{prefix}{name}");
            // A dot inside a name makes no level: `output.quality` is the `quality` of an `output`.
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

    /// The fields that are no parameter of a listing.
    fn other(&mut self, name: &str, value: &Value) {
        match (name, value) {
            (_, Value::Object(map)) if map.contains_key(UNREADABLE) => {
                self.readable(name, value);
            }
            ("output", Value::Object(map)) => self.fields("output.", map),
            ("model", Value::String(model)) => self.request.model = Some(model.clone()),
            ("allowInlineImages", Value::Bool(inline)) => self.request.inline_image = *inline,
            ("input", Value::Object(input)) => {
                self.readable("input", value);
                self.request.input = Some(input.clone());
            }
            ("providerOptions", Value::Object(options)) => self.provider_options(options),
            ("model", _) => self.invalid_type(name, "text"),
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
                    self.readable(&path, value);
                    self.request.raw.push((provider, fields.clone()));
                }
                (Some(_), Value::Null) => {}
                (Some(_), _) => self.invalid_type(&path, "an object"),
                (None, _) => {
                    let known = ProviderId::ALL
                        .iter()
                        .map(|provider| provider.as_str().into());
                    let message = "No provider of this name: use `runpod` or `runware`.";
                    self.tell(Issue::error(path, Code::UnrecognizedField, message).allowed(known));
                }
            }
        }
    }

    pub(super) fn unknown(&mut self, prefix: &str, name: &str) {
        if self.is_full() {
            return;
        }
        // The name is the caller's own text: a long one is cut, so that a message stays one.
        let shown: String = name.chars().take(LONGEST_NAME).collect();
        let is_cut = shown.len() < name.len();
        let path = format!("{prefix}{shown}{}", if is_cut { "…" } else { "" });
        let near = field::nearest(name).filter(|near| *near != path);
        let message = match near {
            Some(near) => format!("There is no field `{path}`. Did you mean `{near}`?"),
            None => format!(
                "There is no field `{path}`. Fields of one provider go into `providerOptions`."
            ),
        };
        let issue = Issue::error(&*path, Code::UnrecognizedField, message);
        let issue = issue.allowed(near.map(Value::from));
        self.tell(if is_cut { issue } else { issue.remove(path) });
    }

    fn field(&mut self, field: Field, value: &Value) {
        let path = field.path();
        let before = self.issues.len();
        if self.readable(path, value) {
            let kept = match field.shape() {
                Shape::Text => self.text(path, value),
                Shape::Word => self.short(path, value),
                Shape::Integer => self.integer(path, value),
                Shape::Boolean => match value {
                    Value::Bool(_) => Some(value.clone()),
                    _ => self.want(path, "true or false"),
                },
                Shape::Size => self.size(path, value),
                Shape::Url => self.url(path, value),
                Shape::Uuid => self.uuid(path, value),
                Shape::Number => match value.as_f64() {
                    Some(_) => Some(value.clone()),
                    None => self.want(path, "a number"),
                },
                Shape::Image => self.image(field, path, value),
                Shape::Images => self.list(field, value, "image"),
                Shape::File => self.file(field, path, value),
                Shape::Files => self.list(field, value, "address"),
            };
            if let Some(kept) = kept {
                self.request.values.push((field, kept));
            }
        }
        let new = self.issues.get(before..).unwrap_or_default();
        if crate::issue::any_error(new) {
            self.request.broken.push(field);
        }
    }

    fn readable(&mut self, path: &str, value: &Value) -> bool {
        let found = readable::faults(path, value, MOST_ISSUES);
        let readable = found.is_empty();
        found.into_iter().for_each(|issue| self.tell(issue));
        readable
    }

    /// Takes a problem down. Fields without end have problems without end: the last one says so.
    pub(super) fn tell(&mut self, issue: Issue) {
        if self.issues.len() < MOST_ISSUES {
            self.issues.push(issue);
        } else if !self.is_full() {
            let message = "There are more problems than these.";
            self.issues.push(Issue::error("", Code::TooLong, message));
        }
    }

    fn is_full(&self) -> bool {
        self.issues.len() > MOST_ISSUES
    }

    fn invalid_type(&mut self, path: &str, wanted: &str) {
        let message = if path.is_empty() {
            format!("A request is {wanted}.")
        } else {
            format!("`{path}` must be {wanted}.")
        };
        self.tell(Issue::error(path, Code::InvalidType, message));
    }

    pub(super) fn want<T>(&mut self, path: &str, wanted: &str) -> Option<T> {
        self.invalid_type(path, wanted);
        None
    }

    fn text(&mut self, path: &str, value: &Value) -> Option<Value> {
        if Text::read(value).is_some() {
            Some(value.clone())
        } else {
            self.want(path, "text")
        }
    }

    fn short(&mut self, path: &str, value: &Value) -> Option<Value> {
        let Some(text) = value.as_str() else {
            return self.want(path, "text");
        };
        if text.is_empty() || text.len() > 256 || text.trim() != text {
            let message = format!("`{path}` must be 1 to 256 characters without blanks around.");
            let issue = Issue::error(path, Code::InvalidFormat, message);
            self.tell(if text.is_empty() {
                issue.remove(path)
            } else {
                issue
            });
            return None;
        }
        Some(value.clone())
    }

    /// A whole number; 8.0 is 8.
    fn integer(&mut self, path: &str, value: &Value) -> Option<Value> {
        if let Some(integer) = value.as_i64() {
            return Some(integer.into());
        }
        let Some(number) = value.as_f64() else {
            let issue = Issue::error(
                path,
                Code::InvalidType,
                format!("`{path}` must be a whole number."),
            );
            let written = value
                .as_str()
                .and_then(|text| text.trim().parse::<i64>().ok());
            self.tell(match written {
                Some(number) => issue.set(path, number),
                None => issue,
            });
            return None;
        };
        // Beyond 2^53 a JSON number no longer tells its neighbours apart.
        if number.trunc() == number && number.abs() < 9_007_199_254_740_992.0 {
            return Some((number as i64).into());
        }
        let message = format!("`{path}` must be a whole number.");
        self.tell(Issue::error(path, Code::NotInteger, message));
        None
    }

    fn size(&mut self, path: &str, value: &Value) -> Option<Value> {
        let side = |text: &str| {
            let digits = !text.is_empty() && text.len() < 6;
            (digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
        };
        let Some(text) = value.as_str() else {
            return self.want(path, "text such as `1280x720`");
        };
        let pair = text.split_once(['x', '*', '×', 'X']);
        if let Some((Some(width), Some(height))) = pair.map(|(w, h)| (side(w), side(h))) {
            self.request.size = Some((width, height));
            return Some(format!("{width}x{height}").into());
        }
        let message = "Width and height go together, as in `1280x720`.";
        self.tell(Issue::error(path, Code::InvalidFormat, message));
        None
    }

    fn url(&mut self, path: &str, value: &Value) -> Option<Value> {
        let Some(text) = value.as_str() else {
            return self.want(path, "an address");
        };
        match url::check(text, self.allow_private_hosts) {
            Ok(address) => {
                self.warn_insecure(path, address, text);
                Some(value.clone())
            }
            Err(fault) => {
                self.url_fault(path, fault);
                None
            }
        }
    }

    pub(super) fn warn_insecure(&mut self, path: &str, address: Address, text: &str) {
        if !address.secure {
            let message = "This address has no TLS: anyone on the way can read or change it.";
            let https = text.get("http".len()..).map(|rest| format!("https{rest}"));
            let issue = Issue::warning(path, Code::InsecureUrl, message);
            self.tell(match https {
                Some(https) => issue.set(path, https),
                None => issue,
            });
        }
    }

    pub(super) fn url_fault(&mut self, path: &str, fault: UrlError) {
        let (code, message) = match fault {
            UrlError::Scheme => (
                Code::InvalidFormat,
                "The address must begin with `https://`.",
            ),
            UrlError::Form => (
                Code::InvalidFormat,
                "This is no address that everyone reads alike: write it as \
                 `https://host/path`, the host in ASCII, blanks as %20.",
            ),
            UrlError::Credentials => (
                Code::InvalidFormat,
                "The address carries a user name or password; give a signed address instead.",
            ),
            UrlError::Private => (
                Code::PrivateHost,
                "The provider cannot reach a private host: give a public address.",
            ),
        };
        self.tell(Issue::error(path, code, message));
    }

    fn uuid(&mut self, path: &str, value: &Value) -> Option<Value> {
        let Some(text) = value.as_str() else {
            return self.want(path, "a UUID");
        };
        if is_uuid(text, Some(4)) {
            return Some(text.to_ascii_lowercase().into());
        }
        let message = "This must be a UUID of version 4, such as `crypto.randomUUID()` makes.";
        self.tell(Issue::error(path, Code::InvalidFormat, message).remove(path));
        None
    }

    fn conflicts(&mut self) {
        for field in [Field::Resolution, Field::AspectRatio] {
            if self.request.has(Field::Size) && self.request.has(field) {
                let path = field.path();
                let message = format!("`size` says it all: leave `{path}` out.");
                self.tell(Issue::error(path, Code::Conflict, message).remove(path));
            }
        }
    }
}
