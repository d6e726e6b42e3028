//! RunPod's errors as failures. It documents no codes: `error` is a string, an object with
//! `error_type` and `error_message`, or anything else.

use crate::json::Value;

use crate::error::{ErrorCode, Failure};
use crate::provider::Response;
use crate::provider::words::code_from_words;

/// The failure of a job that ended without a video.
pub(super) fn from_job(status: &str, json: &Value) -> Failure {
    let error = json.get("error").unwrap_or(&Value::Null);
    let words = text(error);
    let code = match status {
        "TIMED_OUT" => ErrorCode::GenerationTimeout,
        _ => words.and_then(code_from_words).unwrap_or(ErrorCode::GenerationFailed),
    };
    let provider_code = error.get("error_type").and_then(Value::as_str);
    match words {
        Some(words) => {
            let own = "RunPod reports that the job failed; its words are kept back, as they may quote the request.";
            Failure::new(code, provider_code, own).quoting(words)
        }
        None => Failure::new(code, provider_code, "RunPod gave no reason."),
    }
}

/// The failure of a response that is not a job.
pub(super) fn from_http(response: &Response) -> Failure {
    let json = response.body.json();
    let named = |name: &str| json.and_then(|json| json.get(name)).and_then(text);
    let message = named("error").or_else(|| named("message")).or_else(|| named("title"));
    let code = match response.status {
        401 | 403 => ErrorCode::Unauthorized,
        402 => ErrorCode::InsufficientQuota,
        404 => ErrorCode::ModelUnavailable,
        429 => ErrorCode::RateLimited,
        400..=499 => message.and_then(code_from_words).unwrap_or(ErrorCode::BadRequest),
        _ => ErrorCode::InvalidResponse,
    };
    let status = response.status;
    match message {
        Some(words) => {
            let own = format!(
                "RunPod responded with HTTP {status}; its words are kept back, as they may quote the request."
            );
            Failure::new(code, None, &own).quoting(words)
        }
        None => Failure::new(
            code,
            None,
            &format!("RunPod responded with HTTP {status} and gave no reason."),
        ),
    }
}

fn text(error: &Value) -> Option<&str> {
    let inner = ["error_message", "message", "detail"].into_iter().find_map(|name| error.get(name));
    inner.unwrap_or(error).as_str().filter(|text| !text.trim().is_empty())
}
