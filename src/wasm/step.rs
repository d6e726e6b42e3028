//! One step of a job: state in, state and outputs out. The module keeps nothing between two calls,
//! so that a trap in it loses nothing.

use crate::json::Value;
use js_sys::{Array, Date, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::value::Outside;
use crate::error::Error;
use crate::job::{Handle, Input, Job, Output, TransportError};
use crate::plain::{Plain, object};
use crate::provider::{Body, Response};

#[wasm_bindgen]
extern "C" {
    /// The module carries no parser of its own: JavaScript has one, and the text stays there.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsString) -> Result<JsValue, JsValue>;
}

/// The state after a step, and what the driver is to do: `{ state, outputs }`.
pub(super) fn finish(mut job: Job, outside: &Outside) -> JsValue {
    let outputs = Array::new();
    loop {
        let output = job.poll_output();
        let last = matches!(output, Output::Timeout(_) | Output::Done(_));
        outputs.push(&write_output(&job, &output, outside));
        if last {
            break;
        }
    }
    let step = Object::new();
    put(&step, "state", &outside.write(&job.state()));
    put(&step, "outputs", &outputs);
    step.into()
}

/// Takes an input. `None` where the state is none of ours.
pub(super) fn advance(state: &JsValue, now: u64, input: &JsValue) -> Option<JsValue> {
    let outside = Outside::default();
    let mut job = Job::read(&outside.read_own(state))?;
    let text = |name: &str| get(input, name).as_string();
    let number = |name: &str| get(input, name).as_f64().unwrap_or(0.0);
    match text("type").as_deref() {
        Some("job_id") => job.adopt_job_id(now, &text("jobId")?),
        Some(kind) => {
            let id = number("id") as u32;
            let input = match kind {
                "saved" => Input::Saved(number("revision") as u32),
                "save_failed" => Input::SaveFailed(number("revision") as u32),
                "response" => Input::Response {
                    id,
                    response: read(input, now, &outside),
                },
                "failed" => Input::TransportFailed {
                    id,
                    kind: match text("kind").as_deref() {
                        Some("unsent") => TransportError::Unsent,
                        Some("timeout") => TransportError::Timeout,
                        _ => TransportError::Network,
                    },
                },
                "held" => Input::Held { id },
                "left" => Input::Left { id },
                "cancel" => Input::Cancel,
                "webhook" => Input::Webhook(outside.read(&get(input, "body"))),
                _ => Input::Timeout,
            };
            job.handle_input(now, input);
        }
        None => return None,
    }
    Some(finish(job, &outside))
}

fn read(input: &JsValue, now: u64, outside: &Outside) -> Response {
    let text = get(input, "text");
    let body = match text.dyn_ref::<JsString>() {
        Some(text) if text.trim().length() > 0 => parse(text, outside),
        _ => Body::Empty,
    };
    Response {
        status: get(input, "status").as_f64().unwrap_or(0.0) as u16,
        retry_after_ms: get(input, "retryAfter")
            .as_string()
            .and_then(|text| retry_after(&text, now)),
        body,
    }
}

/// A text under `error` that is JSON itself is parsed too: RunPod's workers send it so.
fn parse(text: &JsString, outside: &Outside) -> Body {
    let Ok(parsed) = parse_json(text) else {
        return Body::Text;
    };
    let error = get(&parsed, "error");
    if let Some(error) = error.dyn_ref::<JsString>()
        && error.trim_start().starts_with("{", 0)
        && let Ok(inner) = parse_json(error)
        && let Some(object) = parsed.dyn_ref::<Object>()
    {
        put(object, "error", &inner);
    }
    Body::Json(outside.read(&parsed))
}

/// Seconds, or an HTTP date.
fn retry_after(text: &str, now: u64) -> Option<u64> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(seconds.saturating_mul(1000));
    }
    let at = Date::parse(text);
    at.is_finite().then(|| (at as u64).saturating_sub(now))
}

fn write_output(job: &Job, output: &Output, outside: &Outside) -> JsValue {
    let output = match output {
        Output::Save { revision, record } => object! {
            "type" => "save".into(),
            "revision": *revision,
            "record": *record,
        },
        Output::Transmit {
            id,
            limit_ms,
            request,
        } => object! {
            "type" => "transmit".into(),
            "id": *id,
            "limitMs": *limit_ms,
            "path": request.path,
            "body": request.body,
            "atOnce": request.at_once,
            "shared": request.shared,
        },
        Output::Update(update) => object! { "type" => "update".into(), "update": *update },
        Output::Cancelled(cancellation) => {
            object! { "type" => "cancelled".into(), "cancellation": *cancellation }
        }
        Output::Timeout(at) => {
            // JavaScript has no number for the end of all times, which stands for "never".
            let at = (*at).min(1 << 52);
            object! { "type" => "timeout".into(), "at": at }
        }
        Output::Done(done) => {
            let (outcome, error) = match done.as_ref() {
                Ok(outcome) => (outcome.to_json(&job.handle), Value::Null),
                Err(error) => (Value::Null, error_json(error, &job.handle)),
            };
            object! { "type" => "done".into(), "outcome" => outcome, "error" => error }
        }
    };
    outside.write(&output)
}

pub(super) fn error_json(error: &Error, handle: &Handle) -> Value {
    object! {
        "code": error.failure.code,
        "message": error.failure.message,
        "providerCode": error.failure.provider_code,
        "provider": handle.provider,
        "charge": error.charge,
        "retryable": error.is_retryable(),
        "handle": *handle,
    }
}

pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Sets a field of a plain object of our own making, which never refuses.
pub(super) fn put(object: &Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}
