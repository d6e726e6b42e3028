//! Runware's odd rows.

use serde_json::{Map, Value, json};

use super::{MAX_LATE_MS, Odd, Oddity, base64};
use crate::http::Response;
use filmgate_simulator_video::Video;

/// Codes that sound like refusals; servers that fail after the task was made send them.
const REFUSALS: [&str; 6] = [
    "maxRetriesExceeded",
    "invalidUpstreamResponse",
    "quotaServiceUnavailable",
    "valueStoreMissing",
    "unsupportedTokenState",
    "missingUpstreamToken",
];
/// Authentication codes of an answer to a poll.
const AUTH: [&str; 4] =
    ["authTimeout", "permissionDenied", "invalidApiKey", "authenticationFailed"];

/// What is known about a task when a poll is answered.
pub(crate) struct Task<'a> {
    pub(crate) id: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) accepted_ms: u64,
    /// When its last video ends.
    pub(crate) ends_ms: u64,
    pub(crate) at_ms: u64,
}

/// The answer to a submit that made the task.
pub(crate) fn answer(odd: &Odd, id: &str) -> Option<Response> {
    let oddity = Oddity::RunwareErrorAfter;
    odd.has(oddity).then(|| {
        let at = usize::try_from(odd.variant(oddity, 6)).unwrap_or(0);
        let code = REFUSALS.get(at).copied().unwrap_or_default();
        let status = if odd.variant(oddity, 10) < 5 { 500 } else { 503 };
        let error = json!({
            "code": code, "message": "The upstream refused.", "taskType": "videoInference",
            "taskUUID": id,
        });
        Response::json(status, &json!({ "errors": [error] }))
    })
}

/// The code of a resend while the task runs.
pub(crate) fn conflict(odd: &Odd) -> &'static str {
    match odd.variant(Oddity::DuplicateOnResend, 2) {
        _ if !odd.has(Oddity::DuplicateOnResend) => "conflictTaskUUID",
        0 => "duplicateTaskUUID",
        _ => "taskUUIDConflictError",
    }
}

/// The whole answer to a poll, where the task's own rows are not in it.
pub(crate) fn instead(odd: &Odd, task: &Task<'_>) -> Option<(Vec<Value>, Vec<Value>)> {
    use Oddity::*;
    let age_ms = task.at_ms.saturating_sub(task.accepted_ms);
    let now = |oddity, most_ms: u64| odd.lasts(oddity, task.accepted_ms, task.at_ms, most_ms);
    if now(EmptyAtFirst, MAX_LATE_MS) || odd.has(OnlyInDetails) {
        return Some((Vec::new(), Vec::new()));
    }
    if now(OtherTask, 30_000) {
        let other = "0badc0de-0000-4000-8000-000000000000";
        let row = json!({
            "taskType": "videoInference", "taskUUID": other, "videoUUID": other, "cost": 9,
            "status": "success", "videoURL": format!("{}/videos/evil.mp4", task.origin),
        });
        let error = json!({
            "code": "inferenceError", "message": "Another task failed.", "taskUUID": other,
            "taskType": "videoInference",
        });
        return Some(match odd.variant(OtherTask, 2) {
            0 => (vec![row], Vec::new()),
            _ => (Vec::new(), vec![error]),
        });
    }
    // One poll in a while: a client may stop at several in a row, since its key may be wrong.
    if now(AuthOnPoll, 60_000) && (odd.is_moment(AuthOnPoll) || (age_ms / 1_000) % 7 == 3) {
        let at = usize::try_from(odd.variant(AuthOnPoll, 4)).unwrap_or(0);
        let error = json!({
            "code": AUTH.get(at), "message": "The request is not authorized.",
            "taskType": "getResponse", "taskUUID": task.id,
        });
        return Some((Vec::new(), vec![error]));
    }
    None
}

/// A row of a result that is still running, and what comes beside it.
pub(crate) fn running(odd: &Odd, task: &Task<'_>, row: &mut Map<String, Value>) -> Option<Value> {
    use Oddity::*;
    if odd.has(IdWhileRunning) {
        row.remove("status");
        row.insert("videoUUID".to_owned(), task.id.into());
    }
    upper_case(odd, row);
    odd.has(RowAndError).then(|| {
        json!({
            "code": "inferenceError", "message": "The worker was lost; the task is rescheduled.",
            "taskType": "videoInference", "taskUUID": task.id,
        })
    })
}

/// A row of a finished video.
pub(crate) fn finished(
    odd: &Odd,
    task: &Task<'_>,
    ended_ms: u64,
    video: &Video,
    row: &mut Map<String, Value>,
) {
    use Oddity::*;
    let base64 = || base64(video);
    let data = || Value::from(format!("data:video/mp4;base64,{}", base64()));
    let url = row.get("videoURL").cloned().unwrap_or_default();
    let text = url.as_str().unwrap_or_default();
    let mut set = |name: &str, value: Value| row.insert(name.to_owned(), value);
    let is_lost =
        task.at_ms >= task.ends_ms && odd.lasts(AddressLost, task.ends_ms, task.at_ms, MAX_LATE_MS);
    if is_lost || odd.lasts(AddressLate, ended_ms, task.at_ms, MAX_LATE_MS) {
        match odd.variant(AddressLate, 3) {
            0 => set("videoURL", Value::Null),
            1 => set("videoURL", "".into()),
            _ => row.remove("videoURL"),
        };
    } else if odd.has(UrlData) {
        set("videoURL", data());
    } else if odd.has(UrlDataField) {
        set("videoDataURI", data());
        row.remove("videoURL");
    } else if odd.has(UrlBase64) {
        set("videoBase64Data", base64().into());
        row.remove("videoURL");
    } else if odd.has(UrlInList) {
        set("videoURL", json!([text]));
    } else if odd.has(UrlInObject) {
        set("videoURL", json!({ "url": text }));
    } else if odd.has(UrlLoud) {
        let loud = text.replacen("https:", "HTTPS:", 1).replacen("http:", "HTTP:", 1);
        set("videoURL", format!(" {loud} ").into());
    }
    if odd.has(ImageBeside) {
        let image = format!("{}/thumbs/first.jpg", task.origin);
        row.insert("imageURL".to_owned(), image.into());
    }
    if odd.has(RunwareCostText)
        && let Some(cost) = row.get("cost").map(Value::to_string)
    {
        row.insert("cost".to_owned(), cost.into());
    }
    upper_case(odd, row);
}

fn upper_case(odd: &Odd, row: &mut Map<String, Value>) {
    if let (true, Some(Value::String(status))) = (odd.has(Oddity::UpperCase), row.get_mut("status"))
    {
        *status = status.to_uppercase();
    }
}

/// The verdict on a generation that failed by an oddity: in `data` or in `errors`.
pub(crate) fn failed(odd: &Odd, id: &str) -> Result<Value, Value> {
    use Oddity::*;
    let error = |code: &str, message: Value, task_type: &str| {
        json!({
            "code": code, "status": "error", "message": message, "taskType": task_type,
            "taskUUID": id,
        })
    };
    let plain = |message: &str| Value::from(message);
    let with = |mut error: Value, fields: Value| {
        if let (Some(error), Value::Object(fields)) = (error.as_object_mut(), fields) {
            error.extend(fields);
        }
        error
    };
    if odd.has(TaskRateLimit) {
        let message = plain("The provider's rate limit was exceeded.");
        Err(error("providerRateLimitExceeded", message, "getResponse"))
    } else if odd.has(TaskTimeout) {
        let message = plain("The external provider did not respond.");
        Err(error("timeoutProvider", message, "getResponse"))
    } else if odd.has(FreeRefusal) {
        let words = "Veo filtered out 1 videos. You will not be charged for blocked videos.";
        let refused =
            error("invalidProviderContent", plain("The content is invalid."), "getResponse");
        Err(with(refused, json!({ "responseContent": words })))
    } else if odd.has(ReasonNested) {
        let message = json!({ "detail": "Input should be less than 5 MB" });
        Err(error("inferenceError", message, "videoInference"))
    } else if odd.has(ReasonInContent) {
        let message = plain("The provider responded with an error. Additional information below.");
        let fields = json!({
            "responseContent": "Video generation failed due to an internal error.",
            "responseStatusCode": "video_generation_failed",
        });
        Err(with(error("providerError", message, "videoInference"), fields))
    } else if odd.has(FailedForZero) {
        let row = error("inferenceError", plain("The generation failed."), "videoInference");
        Ok(with(row, json!({ "cost": 0 })))
    } else {
        Ok(error("timeoutProvider", plain("The provider timed out."), "videoInference"))
    }
}

/// Whether a generation that failed by an oddity is billed. Runware documents no rule, so half of them
/// are, unless the answer says otherwise.
pub(crate) fn bills_failure(odd: &Odd) -> bool {
    let is_free = odd.has(Oddity::FreeRefusal) || odd.has(Oddity::FailedForZero);
    !is_free && odd.variant(Oddity::TaskTimeout, 2) == 0
}
