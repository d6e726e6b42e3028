//! A job's life as a fuzzer writes it: how it starts, and the steps that follow. A missing or invalid
//! part has its usual value.
//!
//! ```json
//! { "provider": "runware", "n": 3, "steps": [
//!     { "saved": true }, { "answer": { "status": 200, "body": {} } }, { "wake": true } ] }
//! ```

use filmgate::catalog;
use filmgate::codec::Codec;
use filmgate::job::{Handle, Job, Limits};
use filmgate::plan::{PlanOptions, start};
use filmgate::provider::{Body, ProviderId, Response};
use filmgate::request::Policy;
use filmgate::untyped::plan;
use serde_json::{Value, json};
use std::time::Duration;

use crate::response::KEY;

/// The time at which every script begins.
pub(crate) const T0: u64 = 1_790_000_000_000;
/// The prompt of every script; the dictionaries contain it, so that a provider may quote it.
pub(crate) const PROMPT: &str = "Marmalade skies above the quarry";
/// Longer waits would only repeat.
const MAX_WAIT_MS: u64 = 600_000;

/// One step. Several inputs may be in one step.
pub(crate) struct ScriptStep<'a>(&'a Value);

impl<'a> ScriptStep<'a> {
    pub(crate) fn of(script: &'a Value) -> impl Iterator<Item = ScriptStep<'a>> {
        let steps = script.get("steps").and_then(Value::as_array);
        steps.into_iter().flatten().map(ScriptStep)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    pub(crate) fn id(&self) -> Option<u32> {
        self.number("id")?.try_into().ok()
    }

    /// The response: JSON in `body`, or plain `text`.
    pub(crate) fn response(&self) -> Option<Response> {
        let answer = self.get("answer")?;
        let body = match (answer.get("body"), answer.get("text")) {
            (Some(json), _) => Body::Json(json.clone()),
            (None, Some(text)) => Body::parse(text.as_str().unwrap_or_default()),
            (None, None) => Body::Empty,
        };
        let number = |name: &str| answer.get(name).and_then(Value::as_u64);
        Some(Response {
            status: number("status")
                .and_then(|status| status.try_into().ok())
                .unwrap_or(200),
            retry_after_ms: number("retryAfter"),
            body,
        })
    }
}

pub(crate) fn limits(script: &Value) -> Limits {
    let number = |name: &str| script.get(name).and_then(Value::as_u64);
    Limits {
        request_timeout: Duration::from_millis(number("requestMs").unwrap_or(30_000).max(1)),
        timeout: Duration::from_millis(number("waitMs").unwrap_or(120_000).min(MAX_WAIT_MS)),
        long_poll: script.get("longPoll") != Some(&Value::Bool(false)),
    }
}

/// A new job from a request.
pub(crate) fn new_job(script: &Value) -> Option<Job> {
    let provider = script
        .get("provider")
        .and_then(Value::as_str)
        .and_then(ProviderId::named);
    let provider = provider.unwrap_or(ProviderId::Runpod);
    let mut request = json!({ "model": "sora-2-pro", "prompt": PROMPT, "duration": 8 });
    let fields = match provider {
        ProviderId::Runpod => json!({
            "image": "https://pictures.example.com/baker.jpeg",
            "deliveryMethod": script.get("delivery"),
        }),
        ProviderId::Runware => json!({ "size": "1280x720", "n": script.get("n") }),
        _ => unreachable!("there is no other"),
    };
    request.as_object_mut()?.extend(fields.as_object()?.clone());
    let options = PlanOptions {
        providers: Some(vec![provider]),
        available_providers: vec![provider],
        ..PlanOptions::default()
    };
    let fit = plan(&request, &options, Policy::default()).ok()?.pop()?;
    start(T0, fit, KEY, limits(script)).ok()
}

/// A job from any record or handle.
pub(crate) fn resumed_job(script: &Value) -> Option<Job> {
    if let Some(handle) = script.get("handle") {
        let handle = Handle::read(handle)?;
        let typical_duration_ms = catalog::typical_duration_ms(&handle);
        return Job::adopt(T0, handle, typical_duration_ms, limits(script)).ok();
    }
    let (revision, record) = stored(script)?;
    Job::resume(T0, record, revision, limits(script)).ok()
}

/// The stored record of the script.
pub(crate) fn stored(script: &Value) -> Option<(u32, Value)> {
    let revision = script.get("revision").and_then(Value::as_u64).unwrap_or(1);
    let revision = revision.try_into().unwrap_or(u32::MAX);
    Some((revision, script.get("record")?.clone()))
}
