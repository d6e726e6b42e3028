//! Parses raw JSON into a well-formed request, independent of any listing.

use crate::json::{Object, Value};

use super::sanitize::{self, extended};
use super::{CheckedUrl, Field, Policy, Request, Text, UNREADABLE, UrlError, alias, is_uuid, url};
use crate::field::{self, Shape};
use crate::issue::{Code, Fix, Issue};
use crate::near;
use crate::provider_id::ProviderId;

/// Parses a raw request. The issues are those that it has for every listing; an invalid field is left out
/// of the request.
pub fn parse(raw: &Value, policy: Policy<'_>) -> (Request, Vec<Issue>) {
    let mut parser = Parser::new(raw, policy.allow_private_hosts);
    match raw.as_object() {
        Some(map) => parser.fields("", map),
        None => parser.invalid_type("", "an object"),
    }
    parser.drop_rival_fixes();
    (parser.request, parser.issues)
}

/// Issues that are reported for one request.
const MAX_ISSUES: usize = 100;
/// Bytes of all values that the fixes of one request move. A long string that stays in JavaScript does not count.
const MAX_FIX_BYTES: usize = 131_072;
/// Characters of a field name that are reported.
const MAX_NAME_CHARS: usize = 40;

pub(super) struct Parser<'a> {
    raw: &'a Value,
    pub(super) allow_private_hosts: bool,
    pub(super) request: Request,
    pub(super) issues: Vec<Issue>,
    /// Bytes that fixes may still move. Each listing's quote repeats them.
    fix_bytes_left: usize,
}

impl<'a> Parser<'a> {
    fn new(raw: &'a Value, allow_private_hosts: bool) -> Self {
        Parser {
            raw,
            allow_private_hosts,
            request: Request::default(),
            issues: Vec::new(),
            fix_bytes_left: MAX_FIX_BYTES,
        }
    }

    fn fields(&mut self, prefix: &str, map: &Object) {
        for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            let path = format!("{prefix}{name}");
            // A dot in a name is not a level: `output.quality` means `{ output: { quality } }`.
            let plain = !name.contains('.');
            if let Some(field) = Field::at(&path).filter(|_| plain) {
                self.field(field, value);
            } else if prefix.is_empty() && field::OTHERS.contains(&name.as_str()) {
                self.other(name, value);
            } else {
                self.unknown(prefix, name, value);
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
                    let known = || ProviderId::ALL.iter().map(|provider| provider.as_str());
                    let message = "Unknown provider. Use `runpod` or `runware`.";
                    let issue = Issue::error(&*path, Code::UnrecognizedField, message);
                    let issue = issue.allowed(known().map(Value::from).collect());
                    let near = near::nearest(name, &mut known()).map(|(_, near)| near);
                    let near = near.filter(|near| options.get(*near).is_none_or(Value::is_null));
                    self.push(match near.filter(|_| !name.contains('.')) {
                        Some(near) => {
                            let to = format!("providerOptions.{near}");
                            issue.suggest_set(to, value.clone()).replacing(&path)
                        }
                        None => issue,
                    });
                }
            }
        }
    }

    fn unknown(&mut self, prefix: &str, name: &str, value: &Value) {
        if self.is_full() {
            return;
        }
        // The caller chose the name: a long one is truncated to keep the message short.
        let shown: String = name.chars().take(MAX_NAME_CHARS).collect();
        let is_cut = shown.len() < name.len();
        let path = format!("{prefix}{shown}{}", if is_cut { "…" } else { "" });
        let (near, reading) = match self.sides(name) {
            Some(size) => (Some("size"), Some(("size", size))),
            None if prefix.is_empty() => alias::read(name, value),
            None => match alias::read(&format!("{prefix}{name}"), value) {
                (None, _) => alias::read(name, value),
                read => read,
            },
        };
        let near = near.filter(|near| *near != path);
        let message = match near {
            Some(near) => format!("Unrecognized field `{path}`. Did you mean `{near}`?"),
            None => format!(
                "Unrecognized field `{path}`. Put fields of one provider into `providerOptions`."
            ),
        };
        let mut issue = Issue::error(&*path, Code::UnrecognizedField, message);
        issue.allowed = near.into_iter().map(Value::from).collect();
        // A name with a dot is no path.
        if !is_cut && !name.contains('.') {
            issue.fix = reading.and_then(|reading| self.move_to(path, reading));
        }
        self.push(issue);
    }

    /// The size of a `width` and a `height`, of which `name` is one. The other one may already be part of a `size`.
    fn sides(&self, name: &str) -> Option<Value> {
        let side = |name: &str| self.raw.get(name).cloned();
        let own =
            self.raw.get("size").and_then(Value::as_str).and_then(|size| size.split_once('x'));
        let (width, height) = match name {
            "width" => (side(name), side("height").or_else(|| Some(own?.1.into()))),
            "height" => (side("width").or_else(|| Some(own?.0.into())), side(name)),
            _ => return None,
        };
        let sides = Value::Array(vec![width?, height?]);
        alias::convert("size", &sides).map(|(_, size)| size)
    }

    /// Moves a value to where it belongs. If it is there already, the other one can go; if another one is there,
    /// only the caller knows which is meant.
    fn move_to(&mut self, from: String, (path, mut value): alias::Reading) -> Option<Fix> {
        let bytes = alias::drop_heads(&mut value);
        self.fix_bytes_left = self.fix_bytes_left.checked_sub(bytes)?;
        let mut levels = path.split('.');
        let there = levels.try_fold(self.raw, |level, name| level.get(name));
        match there.filter(|there| !there.is_null()) {
            _ if from == path => Some(Fix { path: from, value: Some(value), remove: None }),
            None => Some(Fix { path: path.to_owned(), value: Some(value), remove: Some(from) }),
            Some(there) => {
                let mut there = alias::convert(path, there);
                if let Some((_, there)) = &mut there {
                    alias::drop_heads(there);
                }
                let same = there == Some((path, value));
                same.then_some(Fix { path: from, value: None, remove: None })
            }
        }
    }

    /// Two names for one field with different values: only the caller knows which is meant.
    fn drop_rival_fixes(&mut self) {
        let fixes: Vec<Fix> = self.issues.iter().filter_map(|issue| issue.fix.clone()).collect();
        for issue in &mut self.issues {
            let is_rival = |fix: &Fix| {
                let of_same = |other: &&Fix| fix.value.is_some() && other.path == fix.path;
                fixes.iter().filter(of_same).any(|other| other.value != fix.value)
            };
            if issue.fix.as_ref().is_some_and(is_rival) {
                issue.fix = None;
            }
        }
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
            // On the providers' pages -1 is a random seed, which no seed is, too.
            let is_random = |parsed: &Value| field == Field::Seed && parsed.as_i64() == Some(-1);
            if let Some(parsed) = parsed.filter(|parsed| !is_random(parsed)) {
                self.request.set(field, parsed);
            }
        }
        let new = self.issues.get(before..).unwrap_or_default();
        if crate::issue::any_error(new) {
            self.request.broken.push(field);
        }
        if let [issue] = new
            && issue.path == path
            && issue.fix.is_none()
            && matches!(issue.code, Code::InvalidType | Code::InvalidFormat)
        {
            let reading =
                alias::convert(path, value).filter(|(to, new)| (*to, new) != (path, value));
            let fix = reading.and_then(|to| self.move_to(path.to_owned(), to));
            if let Some(issue) = self.issues.last_mut() {
                issue.fix = fix;
            }
        }
    }

    fn is_sendable(&mut self, path: &str, value: &Value) -> bool {
        let found = sanitize::unsendable(path, value, MAX_ISSUES);
        let is_sendable = found.is_empty();
        found.into_iter().for_each(|issue| self.push(Box::new(issue)));
        is_sendable
    }

    /// Records an issue, up to the maximum. The last one says that there are more.
    #[expect(clippy::boxed_local, reason = "an issue is built in a box")]
    pub(super) fn push(&mut self, issue: Box<Issue>) {
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(*issue);
        } else if !self.is_full() {
            let message = "Too many issues: the rest is not listed. Fix these first.";
            self.issues.push(*Issue::error("", Code::TooLong, message));
        }
    }

    fn is_full(&self) -> bool {
        self.issues.len() > MAX_ISSUES
    }

    pub(super) fn invalid_type(&mut self, path: &str, expected: &str) {
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
            return self.reject(path, "an integer");
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
        let pair = text.split_once(['x', '*', '×', 'X'].as_slice());
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
        self.push(Issue::error(path, Code::InvalidFormat, message));
        None
    }
}
