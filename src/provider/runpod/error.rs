//! RunPod's errors as failures. It documents no codes, so its words are classified.

use crate::json::Value;

use super::reason;
use crate::error::{ErrorCode, Failure};
use crate::provider::Response;
use crate::provider::charge_words::{says_charged, says_not_charged};
use crate::provider::words::code_from_words;

/// The failure of a job that ended without a video, or reports an error while it runs. `inner` is the part
/// of its output that reports the error.
pub(super) fn from_job(job: &Value, inner: Option<&Value>, is_timeout: bool) -> Failure {
    let field = |name: &str| job.get(name);
    let values = [field("error"), inner, field("output"), field("detail"), field("message")];
    let words = reason::find(&values);
    let provider_code = [field("error"), inner].into_iter().flatten().find_map(reason::code);
    let by_words = || words.as_deref().and_then(code_from_words);
    let by_code = || code_from_words(&provider_code.as_deref()?.replace(['_', '-'], " "));
    let code = match is_timeout {
        true => ErrorCode::GenerationTimeout,
        false => by_words().or_else(by_code).unwrap_or(ErrorCode::GenerationFailed),
    };
    let facts = facts(provider_code.as_deref(), &values);
    if words.is_none() && facts.is_empty() {
        return Failure::new(code, None, "RunPod gave no reason.");
    }
    let own = format!("RunPod reports that the job failed{facts}");
    fail(code, provider_code.as_deref(), own, words)
}

/// Whether the words of a job that failed say that nothing is billed.
pub(super) fn is_free(failure: &Failure) -> bool {
    failure.provider_message.as_ref().is_some_and(|words| says_not_charged(&words.0))
}

/// Whether they say that something was billed.
pub(super) fn is_billed(failure: &Failure) -> bool {
    failure.provider_message.as_ref().is_some_and(|words| says_charged(&words.0))
}

/// The failure of a response that is not a job.
pub(super) fn from_http(response: &Response) -> Failure {
    let json = response.body.json();
    let field = |name: &str| json?.get(name);
    // A list of errors, or a text.
    let whole = json.filter(|json| !json.is_object());
    let [error, errors, detail, message, title] =
        ["error", "errors", "detail", "message", "title"].map(field);
    let values = [error, errors, detail, message, title, whole];
    let words = reason::find(&values);
    let by_words = || {
        let code = words.as_deref().and_then(code_from_words)?;
        let is_sure =
            matches!(code, ErrorCode::InsufficientQuota | ErrorCode::ContentPolicyViolation);
        is_sure.then_some(code)
    };
    let code = match response.status {
        402 => ErrorCode::InsufficientQuota,
        404 => ErrorCode::ModelUnavailable,
        429 => ErrorCode::RateLimited,
        401 | 403 => by_words().unwrap_or(ErrorCode::Unauthorized),
        400..=499 => by_words().unwrap_or(ErrorCode::BadRequest),
        _ => ErrorCode::InvalidResponse,
    };
    let provider_code = json.filter(|json| json.is_object()).and_then(reason::code);
    let facts = facts(provider_code.as_deref(), &values);
    let own = format!("RunPod responded with HTTP {}{facts}", response.status);
    fail(code, provider_code.as_deref(), own, words)
}

/// What an error says in fields that cannot quote the request.
fn facts(code: Option<&str>, values: &[Option<&Value>]) -> String {
    let mut facts = String::new();
    if let Some(code) = code.and_then(reason::plain_code) {
        facts += &format!(" (`{code}`)");
    }
    if let Some(field) = values.iter().flatten().find_map(|value| reason::field(value)) {
        facts += &format!(" because of `{field}`");
    }
    facts
}

fn fail(
    code: ErrorCode,
    provider_code: Option<&str>,
    own: String,
    words: Option<String>,
) -> Failure {
    match words {
        Some(words) => {
            let own = own + "; its words are kept back, as they may quote the request.";
            Failure::new(code, provider_code, &own).quoting(&words)
        }
        None => Failure::new(code, provider_code, &(own + " and gave no reason.")),
    }
}
