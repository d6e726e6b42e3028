//! The only place that knows JavaScript: exports, conversion, and the transport over fetch.
//!
//! Exports are free functions over plain objects; nothing is kept between two calls. A job's state
//! goes in and comes out, so that the façade can go on with it on a fresh instance. `send` is the one
//! that is asynchronous.

mod step;
mod transport;
mod value;

use js_sys::Function;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use self::step::{error_json, finish};
use self::transport::Outgoing;
use self::value::{from_js, to_js};
use crate::catalog::{self, Catalog};
use crate::codec::{Codec, entry, object};
use crate::issue::Issue;
use crate::job::{Handle, Job, Limits};
use crate::json::Value;
use crate::plan::{self, PlanError, PlanOptions};
use crate::provider::ProviderId;
use crate::request::{self, Policy};
use crate::untyped;

/// The catalog, as a form needs it.
#[wasm_bindgen]
pub fn models(settings: JsValue) -> JsValue {
    to_js(&catalog(&from_js(settings)).to_json())
}

/// What is wrong with the rows of `models` of the settings.
#[wasm_bindgen]
pub fn audit(settings: JsValue) -> JsValue {
    let found = rows(&from_js(settings))
        .and_then(Result::err)
        .unwrap_or_default();
    to_js(&found.iter().map(|issue| issue.to_json(None)).collect())
}

/// Every problem of a request.
#[wasm_bindgen]
pub fn validate(request: JsValue, settings: JsValue) -> JsValue {
    let settings = from_js(settings);
    to_js(&untyped::validate(
        &from_js(request),
        policy(&settings, &catalog(&settings)),
    ))
}

/// What each listing asks.
#[wasm_bindgen]
pub fn quote(request: JsValue, settings: JsValue) -> JsValue {
    let settings = from_js(settings);
    to_js(&untyped::quote(
        &from_js(request),
        policy(&settings, &catalog(&settings)),
    ))
}

/// The jobs to try, first one first, each as `{ state, outputs }`; or `{ refusal }`.
#[wasm_bindgen]
pub fn begin(
    request: JsValue,
    options: JsValue,
    settings: JsValue,
    now: f64,
    uuid: &Function,
) -> JsValue {
    let (raw, options, settings) = (from_js(request), from_js(options), from_js(settings));
    let fits = match PlanOptions::read(&options) {
        Ok(wishes) => plan::plan_value(&raw, &wishes, policy(&settings, &catalog(&settings))),
        Err(issue) => Err(PlanError::from_options(*issue)),
    };
    let fits = match fits {
        Ok(fits) => fits,
        Err(refusal) => return to_js(&object! { "refusal" => refusal_json(&refusal) }),
    };
    let mut jobs = Vec::new();
    for fit in fits {
        let id = uuid
            .call0(&JsValue::NULL)
            .ok()
            .and_then(|id| id.as_string())
            .unwrap_or_default();
        if let Ok(mut job) = plan::start(now as u64, fit, &id, limits(&settings)) {
            learn(&mut job, &settings);
            jobs.push(finish(job));
        }
    }
    to_js(&Value::Array(jobs))
}

/// How long earlier jobs of the handle's listing took: `runTimeHistoryMs` of the settings, by
/// `provider:wire-id`.
fn learn(job: &mut Job, settings: &Value) {
    let listing = format!("{}:{}", job.handle.provider, job.handle.provider_model_id);
    // There are none before the first job of a listing has ended.
    if let Some(times) = entry(entry(settings, "runTimeHistoryMs"), &listing).as_array() {
        let times = times.iter().filter_map(|ms| Some(ms.as_f64()? as u32));
        job.set_run_time_history(&times.collect::<Vec<u32>>());
    }
}

/// Takes an input: `{ state, outputs }`, or `undefined` where the state is none of ours.
#[wasm_bindgen]
pub fn advance(state: JsValue, now: f64, input: JsValue) -> JsValue {
    let (state, input) = (from_js(state), from_js(input));
    step::advance(&state, now as u64, &input).map_or(JsValue::UNDEFINED, |step| to_js(&step))
}

/// Goes on with a stored record, or, at revision 0, with a handle alone: `{ state, outputs }`, or
/// `undefined` where it is neither. A handle may come from anyone, so that nothing in it is sent.
#[wasm_bindgen]
pub fn resume(record: JsValue, revision: u32, settings: JsValue, now: f64) -> JsValue {
    let (record, settings) = (from_js(record), from_js(settings));
    let (now, limits) = (now as u64, limits(&settings));
    let job = if revision > 0 {
        Job::resume(now, record, revision, limits).ok()
    } else {
        Handle::read(&record).and_then(|handle| {
            let typical_duration_ms = catalog::typical_duration_ms(&handle);
            Job::adopt(now, handle, typical_duration_ms, limits).ok()
        })
    };
    job.map_or(JsValue::UNDEFINED, |mut job| {
        learn(&mut job, &settings);
        to_js(&finish(job))
    })
}

/// A stored record as its owner may see it: `{ handle, status, outcome?, error? }`.
#[wasm_bindgen]
pub fn describe(record: JsValue) -> JsValue {
    let Some(job) = Job::read(&from_js(record)) else {
        return JsValue::UNDEFINED;
    };
    let (outcome, error) = match job.end() {
        Some(Ok(outcome)) => (outcome.to_json(&job.handle), Value::Null),
        Some(Err(error)) => (Value::Null, error_json(error, &job.handle)),
        None => (Value::Null, Value::Null),
    };
    to_js(&object! {
        "handle": job.handle,
        "status": job.status(),
        "outcome" => outcome,
        "error" => error,
    })
}

/// Sends `{ url, headers, body }` by the given `fetch`: `{ status, retryAfter, text }`. A rejection passes
/// through unchanged.
///
/// # Errors
///
/// What `fetch` or the reading of its response has thrown; a `TypeError` if the address is none.
#[wasm_bindgen]
pub async fn send(
    request: Outgoing,
    fetch: Function,
    signal: AbortSignal,
) -> Result<JsValue, JsValue> {
    transport::send(&request, &fetch, &signal).await
}

/// Reads a webhook's body: `{ jobId, status }`, or `undefined` where it is none.
#[wasm_bindgen(js_name = readWebhookBody)]
pub fn read_webhook_body(provider: &str, body: JsValue) -> JsValue {
    let provider = ProviderId::named(provider);
    let body = from_js(body);
    match provider.and_then(|provider| Some((provider, provider.read_webhook(&body)?))) {
        Some((provider, notice)) => to_js(&object! {
            "provider": provider,
            "jobId": notice.job_id,
            "status": notice.status,
        }),
        None => JsValue::UNDEFINED,
    }
}

/// Puts the parts of a prompt together as RunPod advises.
#[wasm_bindgen(js_name = composePrompt)]
pub fn compose_prompt(action: &str, ambient_sound: &str, character_dialogue: &str) -> String {
    request::compose_prompt(action, ambient_sound, character_dialogue)
}

/// Whether the public internet can reach a host: the one rule, for requests and for the gateway.
#[wasm_bindgen(js_name = isPublicHost)]
pub fn is_public_host(host: &str) -> bool {
    request::is_public_host(host)
}

/// The base address that a provider's documents give.
#[wasm_bindgen(js_name = baseURL)]
pub fn base_url(provider: &str) -> Option<String> {
    Some(ProviderId::named(provider)?.base_url().to_owned())
}

fn refusal_json(refusal: &PlanError) -> Value {
    object! {
        "code": refusal.code,
        "message": refusal.message,
        "issues" => plan::provider_issues_json(&refusal.issues),
    }
}

fn policy<'a>(settings: &Value, catalog: &'a Catalog) -> Policy<'a> {
    Policy {
        allow_private_hosts: is_true(settings, "allowPrivateHosts"),
        catalog,
    }
}

/// The caller's rows, or what is wrong with them; `None` where there are none.
fn rows(settings: &Value) -> Option<Result<Catalog, Vec<Issue>>> {
    settings.get("models").map(Catalog::read)
}

/// Our rows, and the caller's where they are sound.
fn catalog(settings: &Value) -> Catalog {
    rows(settings).and_then(Result::ok).unwrap_or_default()
}

/// The limits of a job; `pkg/src/core/core.ts` keeps the times below 2^53, where JavaScript still counts in
/// milliseconds.
fn limits(settings: &Value) -> Limits {
    let ms = |name: &str| Some(Duration::from_millis(entry(settings, name).as_f64()? as u64));
    let default = Limits::default();
    Limits {
        request_timeout: ms("requestTimeoutMs").unwrap_or(default.request_timeout),
        timeout: ms("timeoutMs").unwrap_or(default.timeout),
        long_poll: is_true(settings, "longPoll"),
    }
}

fn is_true(settings: &Value, name: &str) -> bool {
    entry(settings, name).as_bool() == Some(true)
}
