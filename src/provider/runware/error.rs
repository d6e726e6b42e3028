//! Runware's errors as failures. Its codes "are being standardized", so they are classified by
//! substrings, in a fixed order, and also returned unchanged.

use crate::json::Value;

use crate::error::{ErrorCode, Failure};
use crate::provider::{Response, contains};

/// One error of a response.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    json: &'a Value,
    pub(super) class: Class,
}

/// The class of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Safety,
    Auth,
    Quota,
    RateLimit,
    Timeout,
    NotFound,
    Conflict,
    Validation,
    Provider,
    Server,
    Unrecognized,
}

impl Class {
    pub(super) fn code(self) -> ErrorCode {
        match self {
            Class::Safety => ErrorCode::ContentPolicyViolation,
            Class::Auth => ErrorCode::Unauthorized,
            Class::Quota => ErrorCode::InsufficientQuota,
            Class::RateLimit => ErrorCode::RateLimited,
            Class::Timeout => ErrorCode::GenerationTimeout,
            Class::NotFound => ErrorCode::ModelUnavailable,
            Class::Conflict | Class::Validation => ErrorCode::BadRequest,
            Class::Provider | Class::Server | Class::Unrecognized => ErrorCode::GenerationFailed,
        }
    }
}

impl<'a> Entry<'a> {
    pub(super) fn new(json: &'a Value) -> Self {
        let code = json.get("code").and_then(Value::as_str).unwrap_or_default();
        Entry { json, class: classify(code) }
    }

    /// Whether the error is about the task; an error without a task is about the whole request.
    pub(super) fn is_about(&self, task_uuid: &str) -> bool {
        self.task().is_none_or(|task| task.eq_ignore_ascii_case(task_uuid))
    }

    /// The task that the error names.
    pub(super) fn task(&self) -> Option<&'a str> {
        let task = self.json.get("taskUUID").and_then(Value::as_str);
        task.filter(|task| !matches!(*task, "" | "N/A"))
    }

    /// Whether the error names a task, so that it is not about the whole request.
    pub(super) fn names_task(&self) -> bool {
        self.task().is_some()
    }

    /// Whether the error is about the poll rather than about the video.
    pub(super) fn is_about_poll(&self) -> bool {
        let text = |name: &str| self.json.get(name).and_then(Value::as_str);
        let task = text("taskType");
        let found = || !contains_any(&lower(text("code").unwrap_or_default()), &["model"]);
        matches!(task, Some("getResponse" | "getTaskDetails"))
            || self.class == Class::NotFound && found()
    }

    pub(super) fn failure(&self) -> Failure {
        let named = |name: &str| self.json.get(name).and_then(Value::as_str);
        let code = named("code").or_else(|| named("errorCode"));
        let by_code = |code| contains_any(&lower(code), &["modelunavailable", "modeldisabled"]);
        // An unknown model can also be reported as an invalid parameter `model`.
        let by_parameter = self.class == Class::Validation && named("parameter") == Some("model");
        let error_code = if code.is_some_and(by_code) || by_parameter {
            ErrorCode::ModelUnavailable
        } else {
            self.class.code()
        };
        let message = named("message").or_else(|| named("errorMessage"));
        let message = message.or(self.json.as_str()).filter(|message| !message.trim().is_empty());
        let Some(words) = message else {
            return Failure::new(error_code, code, "Runware gave no reason.");
        };
        let own =
            "Runware reports an error; its words are kept back, as they may quote the request.";
        Failure::new(error_code, code, own).quoting(words)
    }
}

/// The errors of a response in any of the known formats: `errors[]`, `error` as object, list or
/// string, and the legacy `{"error":true,"errorId":…,"errorMessage":…}`.
pub(super) fn entries(json: &Value) -> Vec<Entry<'_>> {
    let list = |name: &str| json.get(name).and_then(Value::as_array);
    if let Some(items) = list("errors").or_else(|| list("error")).filter(|items| !items.is_empty())
    {
        return items.iter().map(Entry::new).collect();
    }
    match json.get("error") {
        Some(error @ (Value::Object(_) | Value::String(_))) => vec![Entry::new(error)],
        Some(Value::Bool(true)) => vec![Entry::new(json)],
        _ => Vec::new(),
    }
}

/// The failure of a response without a readable error.
pub(super) fn from_http(response: &Response) -> Failure {
    let code = match response.status {
        401 | 403 => ErrorCode::Unauthorized,
        402 => ErrorCode::InsufficientQuota,
        404 => ErrorCode::ModelUnavailable,
        429 => ErrorCode::RateLimited,
        400..=499 => ErrorCode::BadRequest,
        _ => ErrorCode::InvalidResponse,
    };
    let message = format!("Runware responded with HTTP {} and gave no reason.", response.status);
    Failure::new(code, None, &message)
}

fn lower(code: &str) -> String {
    code.to_ascii_lowercase()
}

fn contains_any(code: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| contains(code, part))
}

/// The order matters: `invalidApiKey` is about the key, `providerContentPolicyViolation` about the
/// content.
fn classify(code: &str) -> Class {
    const ORDER: &[(Class, &[&str])] = &[
        (
            Class::Safety,
            &[
                "contentpolicy",
                "contentdetected",
                "promptblocked",
                "imageblocked",
                "moderationfailed",
                "invalidprovidercontent",
            ],
        ),
        (
            Class::Auth,
            &["unauthorized", "forbidden", "apikey", "token", "credentials", "suspended"],
        ),
        (Class::Quota, &["credits", "quota", "balance", "paymentrequired"]),
        (Class::RateLimit, &["ratelimit"]),
        (Class::Timeout, &["timeout"]),
        (Class::NotFound, &["notfound", "expired", "unknownmodel"]),
        (Class::Conflict, &["conflicttaskuuid"]),
        (
            Class::Validation,
            &["incompatibleparameters", "unknownparameter", "missing", "unsupported"],
        ),
    ];
    let code = lower(code);
    let account = ["account", "organization", "workspace"];
    if account.iter().any(|who| code.starts_with(who)) && code.ends_with("disabled") {
        return Class::Auth;
    }
    for (class, parts) in ORDER {
        if contains_any(&code, parts) {
            return *class;
        }
    }
    if ["invalid", "value", "max"].iter().any(|start| code.starts_with(start)) {
        return Class::Validation;
    }
    let provider = ["provider", "inferenceerror", "modelunavailable", "modeldisabled"];
    if provider.iter().any(|start| code.starts_with(start)) || code == "noavailableserver" {
        return Class::Provider;
    }
    if contains_any(&code, &["server", "service", "internal", "gateway"]) {
        return Class::Server;
    }
    Class::Unrecognized
}
