//! Runware's errors as failures. What it says may stand on the error itself, in an object below
//! `message`, `error` or `detail`, or in `responseContent`, which is what the provider behind it said.

use crate::json::Value;

use super::charge::charge;
use super::code::{Class, Code};
use crate::error::{ErrorCode, Failure};
use crate::json::text::{Text, join};
use crate::outcome::Charge;
use crate::provider::words::{code_from_words, says};
use crate::provider::{Response, contains};

/// Where words and further fields stand, in the order in which they are shown.
const WORDS: &[&str] = &[
    "message",
    "errorMessage",
    "detail",
    "details",
    "msg",
    "description",
    "reason",
    "failureReason",
    "error",
    "errors",
    "title",
    "responseContent",
];

/// Maximum objects and texts of one error that are read.
const MAX_PARTS: usize = 12;
/// Maximum depth of an error.
const MAX_DEPTH: u32 = 4;
/// Longer names and values are free text.
const MAX_NAME_LEN: usize = 60;
const MAX_VALUE_LEN: usize = 24;
/// Maximum parameters, and allowed values, that are shown.
const MAX_SHOWN: usize = 12;

/// One error of a response.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// The error, and the objects inside it that say more.
    levels: Vec<&'a Value>,
    words: Vec<&'a str>,
    /// The task that the error is about; without one, it is about the whole request.
    pub(super) task: Option<&'a str>,
    code: Option<String>,
    pub(super) class: Class,
}

/// Whose an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The task has failed.
    Task,
    /// Either: the task has failed if the error stays.
    Unclear,
    /// The request that polls.
    Poll,
}

/// What a response says about a submit, from the least to the most certain rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// The task exists.
    Exists,
    /// The task may exist.
    Unknown,
    /// The request was not processed: too many requests.
    Busy,
    /// There is no task.
    Rejected,
}

impl Verdict {
    /// The verdict of the HTTP status alone. Runware documents 400, 401, 402, 403 and 404 as rejections of
    /// the request.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            429 => Verdict::Busy,
            400..=404 => Verdict::Rejected,
            _ => Verdict::Unknown,
        }
    }
}

impl<'a> Entry<'a> {
    pub(super) fn new(json: &'a Value, task: Option<&'a str>) -> Self {
        let (mut levels, mut words) = (Vec::new(), Vec::new());
        collect(json, 0, &mut levels, &mut words);
        let mut entry = Entry { levels, words, task, code: None, class: Class::Unrecognized };
        entry.code = entry.field("code").or_else(|| entry.field("errorCode")).and_then(name_of);
        entry.class = match entry.normalized().class() {
            // `conflictingParameters` is about the parameters, not about a task that exists.
            Class::Conflict if entry.parameters().any(|name| name != "taskUUID") => {
                Class::Validation
            }
            // What a task says may be about the key of the provider behind Runware.
            Class::Unrecognized if task.is_none() && entry.is_about_key() => Class::Auth,
            class => class,
        };
        entry
    }

    /// Whether the words reject the key, as in the legacy envelope, whose number says nothing.
    fn is_about_key(&self) -> bool {
        says(&self.text(), "invalid api key|api key is invalid|missing api key|invalid api token")
    }

    pub(super) fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    fn field(&self, name: &str) -> Option<&'a Value> {
        self.levels.iter().find_map(|level| level.get(name).filter(|value| !value.is_null()))
    }

    fn normalized(&self) -> Code {
        Code::new(self.code.as_deref().unwrap_or_default())
    }

    /// The code of the provider behind Runware, where Runware's own says nothing.
    fn specific_code(&self) -> Option<&'a str> {
        let specific = self.field("responseStatusCode")?.as_str().filter(|code| is_name(code))?;
        self.normalized().is_generic().then_some(specific)
    }

    fn parameters(&self) -> impl Iterator<Item = &'a str> {
        let (one, many) = match self.field("parameter").or_else(|| self.field("parameters")) {
            Some(Value::Array(names)) => (None, names.as_slice()),
            one => (one, &[] as &[Value]),
        };
        one.into_iter().chain(many).filter_map(Value::as_str)
    }

    /// Whose the error is, in a response with this HTTP status to a poll.
    ///
    /// An error that names the task is the task's, whatever its class and its `taskType`. The poll's are
    /// those about the key, about the poll's own fields, and with a status that refuses any request or
    /// says that the server failed, unless only a generation can have the code. Runware reports a failed
    /// generation with 200 or 400, so with another status an unknown code is the poll's. A rate limit can
    /// be either's.
    pub(super) fn subject(&self, status: u16) -> Subject {
        let code = self.normalized();
        let is_of_poll = self.task.is_none()
            || matches!(self.class, Class::Auth | Class::Conflict)
            || self.is_task_not_found()
            || code.is_of_poll()
            || self.parameters().any(|name| matches!(name, "taskUUID" | "taskType"));
        if is_of_poll {
            return Subject::Poll;
        }
        if code.is_of_generation() {
            return Subject::Task;
        }
        match status {
            401 | 429 | 500.. => Subject::Poll,
            402.. if self.class == Class::Unrecognized => Subject::Poll,
            _ if self.class == Class::RateLimit => Subject::Unclear,
            _ => Subject::Task,
        }
    }

    /// Whether the error says to a poll that the task is not there.
    pub(super) fn is_task_not_found(&self) -> bool {
        let code = self.normalized();
        self.class == Class::NotFound && (code.is_of_task() || code.is_of_nothing())
    }

    /// What the error says about a submit.
    pub(super) fn verdict(&self, status: u16) -> Verdict {
        let code = self.normalized();
        match self.class {
            Class::Conflict => Verdict::Exists,
            // A failing server may have created the task, whatever its code says.
            _ if status >= 500 => Verdict::Unknown,
            // A rate limit of the provider behind Runware may come after the task was created.
            Class::RateLimit if status == 429 || !code.is_of_provider() => Verdict::Busy,
            // It was created, and is over.
            Class::NotFound if code.is_of_task() => Verdict::Unknown,
            Class::Safety | Class::Auth | Class::Quota | Class::NotFound | Class::Validation => {
                Verdict::Rejected
            }
            // A disabled model is rejected before a task is created.
            Class::RateLimit | Class::Provider if status == 400 => Verdict::Rejected,
            Class::RateLimit | Class::Provider | Class::Timeout | Class::Server => Verdict::Unknown,
            Class::Unrecognized => Verdict::of_status(status),
        }
    }

    /// What the error says about money.
    pub(super) fn charge(&self) -> Option<Charge> {
        charge(self.field("cost"), &self.text())
    }

    /// The failure of a task.
    pub(super) fn failure(&self, status: u16) -> Failure {
        self.failure_as(self.error_code(), status)
    }

    /// The failure of a request. Its HTTP status says what an unknown code does not.
    pub(super) fn request_failure(&self, status: u16) -> Failure {
        let code = match self.class {
            Class::Unrecognized => match (status, self.error_code()) {
                (
                    403,
                    code @ (ErrorCode::InsufficientQuota | ErrorCode::ContentPolicyViolation),
                ) => code,
                (400 | 405..=428 | 430..=499, code) if code != ErrorCode::GenerationFailed => code,
                (400..=499, _) => code_of_status(status),
                (_, code) => code,
            },
            _ => self.error_code(),
        };
        self.failure_as(code, status)
    }

    fn error_code(&self) -> ErrorCode {
        use ErrorCode::{ContentPolicyViolation, GenerationTimeout};
        let code = self.normalized();
        // An unknown model can also be reported as an invalid parameter `model`.
        let is_model = || self.class == Class::Validation && self.parameters().eq(["model"]);
        if code.is_of_model() || is_model() {
            return ErrorCode::ModelUnavailable;
        }
        let specific = || match Code::new(self.specific_code()?).class() {
            class @ (Class::Safety | Class::RateLimit | Class::Timeout) => Some(class.code()),
            _ => None,
        };
        let by_words = || code_from_words(&self.text());
        let said = match self.class {
            Class::Unrecognized => specific().or_else(by_words),
            Class::Provider | Class::Server if code.is_generic() => specific().or_else(|| {
                by_words().filter(|code| matches!(code, ContentPolicyViolation | GenerationTimeout))
            }),
            _ => None,
        };
        said.unwrap_or(self.class.code())
    }

    fn text(&self) -> String {
        join(&self.words, " ")
    }

    /// filmgate's own sentence has the code, the HTTP status, the parameters and their limits, and no word
    /// of the provider.
    fn failure_as(&self, error_code: ErrorCode, status: u16) -> Failure {
        let code = self.specific_code().or(self.code.as_deref());
        let http = (status >= 400).then(|| format!("HTTP {status}"));
        let shown = code.filter(|code| is_name(code)).map(str::to_owned);
        let facts: Vec<String> = shown.into_iter().chain(http).collect();
        let mut parameters = Vec::new();
        for name in self.parameters() {
            if is_name(name) && parameters.len() < MAX_SHOWN {
                parameters.push(quoted(name));
            }
        }
        let limits = self.limits();
        let mut own = match parameters.is_empty() {
            true => "Runware reports an error".to_owned(),
            false => format!("Runware rejects {}", join(&parameters, ", ")),
        };
        if !facts.is_empty() {
            own = format!("{own} ({})", join(&facts, ", "));
        }
        own.push_str(match (limits.is_empty(), self.has_words()) {
            (false, _) => ": ",
            (true, true) => "; its words are kept back, as they may quote the request",
            (true, false) if facts.is_empty() && parameters.is_empty() => {
                return Failure::new(error_code, code, "Runware gave no reason.");
            }
            (true, false) => " and gave no reason",
        });
        own.push_str(&limits);
        own.push('.');
        let failure = Failure::new(error_code, code, &own);
        match self.has_words() {
            true => failure.quoting(&self.text()),
            false => failure,
        }
    }

    /// The values that Runware would take.
    fn limits(&self) -> String {
        let number = |name: &str| self.field(name).and_then(number_of);
        let mut limits = Vec::new();
        if let Some(Value::Array(values)) = self.field("allowedValues") {
            let mut shown = Vec::new();
            for value in values {
                match value_of(value) {
                    Some(value) if shown.len() < MAX_SHOWN => shown.push(value),
                    _ => {}
                }
            }
            if !shown.is_empty() {
                let more = if shown.len() < values.len() { ", …" } else { "" };
                limits.push(format!("one of {}{more}", join(&shown, ", ")));
            }
        }
        match (number("min"), number("max")) {
            (Some(min), Some(max)) => limits.push(format!("between {min} and {max}")),
            (Some(min), None) => limits.push(format!("at least {min}")),
            (None, Some(max)) => limits.push(format!("at most {max}")),
            (None, None) => {}
        }
        limits.extend(number("multiplier").map(|step| format!("a multiple of {step}")));
        join(&limits, ", ")
    }
}

/// Collects the texts of an error, each once, and the objects inside it.
fn collect<'a>(json: &'a Value, depth: u32, levels: &mut Vec<&'a Value>, words: &mut Vec<&'a str>) {
    if levels.len() + words.len() >= MAX_PARTS || depth > MAX_DEPTH {
        return;
    }
    if let Some(text) = Text::read(json) {
        let text = text.head.trim();
        if !text.is_empty() && !words.contains(&text) {
            words.push(text);
        }
        return;
    }
    match json {
        Value::Array(items) => {
            items.iter().for_each(|item| collect(item, depth + 1, levels, words))
        }
        Value::Object(map) => {
            levels.push(json);
            let inner = WORDS.iter().filter_map(|name| map.get(*name));
            inner.for_each(|inner| collect(inner, depth + 1, levels, words));
        }
        _ => {}
    }
}

/// The failure of a response without a readable error.
pub(super) fn from_http(response: &Response) -> Failure {
    let status = response.status;
    let message = format!("Runware responded with HTTP {status} and gave no reason.");
    Failure::new(code_of_status(status), None, &message)
}

fn code_of_status(status: u16) -> ErrorCode {
    match status {
        401 | 403 => ErrorCode::Unauthorized,
        402 => ErrorCode::InsufficientQuota,
        404 => ErrorCode::ModelUnavailable,
        429 => ErrorCode::RateLimited,
        400..=499 => ErrorCode::BadRequest,
        _ => ErrorCode::InvalidResponse,
    }
}

/// A code as text, also from a number.
fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether the text is a name, as those of parameters and codes are, and not free text.
fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '[' | ']');
    text.len() <= MAX_NAME_LEN
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(fits)
}

fn quoted(name: &str) -> String {
    ["`", name, "`"].concat()
}

/// A number, also as text.
fn number_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let is_number = text.len() <= MAX_VALUE_LEN
        && text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    is_number.then_some(text)
}

/// A number or a short word, as `720p`, `16:9` or `1280x720`.
fn value_of(value: &Value) -> Option<String> {
    let fits =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '*' | '/');
    match value {
        Value::String(text) if !contains(text, "//") => {
            Some(text.clone()).filter(|text| text.len() <= MAX_VALUE_LEN && text.chars().all(fits))
        }
        Value::Bool(flag) => Some(flag.to_string()),
        _ => number_of(value),
    }
    .filter(|text| !text.is_empty())
}
