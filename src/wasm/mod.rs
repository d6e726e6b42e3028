//! The boundary to JavaScript: exported functions, the conversion of values, and the transport over `fetch`.
//! May import any room.
//! Must never keep anything between two calls: a job's state is passed in and returned, so that it survives a trap.
//!
//! Exports take and return plain objects. Only `send` is asynchronous. `pkg/src/core/core.ts` calls them.

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

/// The catalog, with the custom models of the settings.
#[wasm_bindgen]
pub fn models(settings: JsValue) -> JsValue {
    to_js(&catalog(&from_js(settings)).to_json())
}

/// The problems of the custom models: `models` of the settings.
#[wasm_bindgen(js_name = validateModels)]
pub fn validate_models(settings: JsValue) -> JsValue {
    let found = custom_catalog(&from_js(settings)).and_then(Result::err).unwrap_or_default();
    to_js(&found.iter().map(|issue| issue.to_json(None)).collect())
}

/// Validates a request for every listing.
#[wasm_bindgen]
pub fn validate(request: JsValue, settings: JsValue) -> JsValue {
    let settings = from_js(settings);
    to_js(&untyped::validate(&from_js(request), policy(&settings, &catalog(&settings))))
}

/// Prices a request at every listing.
#[wasm_bindgen]
pub fn quote(request: JsValue, settings: JsValue) -> JsValue {
    let settings = from_js(settings);
    to_js(&untyped::quote(&from_js(request), policy(&settings, &catalog(&settings))))
}

/// Plans the jobs to try, in order, each as `{ state, outputs }`; or `{ error }` if nothing can be submitted.
#[wasm_bindgen]
pub fn plan(
    request: JsValue,
    options: JsValue,
    settings: JsValue,
    now: f64,
    uuid: &Function,
) -> JsValue {
    let (raw, options, settings) = (from_js(request), from_js(options), from_js(settings));
    let fits = match PlanOptions::read(&options) {
        Ok(options) => plan::plan_value(&raw, &options, policy(&settings, &catalog(&settings))),
        Err(issue) => Err(PlanError::from_options(*issue)),
    };
    let fits = match fits {
        Ok(fits) => fits,
        Err(error) => return to_js(&object! { "error" => plan_error_json(&error) }),
    };
    let mut jobs = Vec::new();
    for fit in fits {
        let id = uuid.call0(&JsValue::NULL).ok().and_then(|id| id.as_string()).unwrap_or_default();
        if let Ok(mut job) = plan::start(now as u64, fit, &id, limits(&settings)) {
            set_run_time_history(&mut job, &settings);
            jobs.push(finish(job));
        }
    }
    to_js(&Value::Array(jobs))
}

/// Passes on the run times of earlier jobs of the same listing: `runTimeHistoryMs` of the settings, by
/// `provider:providerModelId`.
fn set_run_time_history(job: &mut Job, settings: &Value) {
    let listing = format!("{}:{}", job.handle.provider, job.handle.provider_model_id);
    if let Some(times) = entry(entry(settings, "runTimeHistoryMs"), &listing).as_array() {
        let times = times.iter().filter_map(|ms| Some(ms.as_f64()? as u32));
        job.set_run_time_history(&times.collect::<Vec<u32>>());
    }
}

/// Advances a job by one input: `{ state, outputs }`, or `undefined` if the state is not valid.
#[wasm_bindgen]
pub fn advance(state: JsValue, now: f64, input: JsValue) -> JsValue {
    let (state, input) = (from_js(state), from_js(input));
    step::advance(&state, now as u64, &input).map_or(JsValue::UNDEFINED, |step| to_js(&step))
}

/// Resumes a stored record, or, at revision 0, a handle: `{ state, outputs }`, or `undefined` if it is not valid. A
/// handle is untrusted, so that its contents are never sent. `request` of the settings, optional, is the request that
/// the job was submitted with: errors can then show the provider's words without quotations of it.
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
        set_run_time_history(&mut job, &settings);
        if let Some(request) = settings.get("request") {
            job.set_request(request);
        }
        to_js(&finish(job))
    })
}

/// The public view of a stored record: `{ handle, status, outcome?, error? }`.
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

/// Sends `{ url, headers, body }` with the given `fetch`: `{ status, retryAfter, text }`. A rejection passes
/// through unchanged.
///
/// # Errors
///
/// What `fetch` or reading its response throws; a `TypeError` if the URL is not valid.
#[wasm_bindgen]
pub async fn send(
    request: Outgoing,
    fetch: Function,
    signal: AbortSignal,
) -> Result<JsValue, JsValue> {
    transport::send(&request, &fetch, &signal).await
}

/// Parses the body of a webhook: `{ provider, jobId, status }`, or `undefined` if it is not one.
#[wasm_bindgen(js_name = readWebhookBody)]
pub fn read_webhook_body(provider: &str, body: JsValue) -> JsValue {
    let provider = ProviderId::named(provider);
    let body = from_js(body);
    match provider.and_then(|provider| Some((provider, provider.read_webhook(&body)?))) {
        Some((provider, event)) => to_js(&object! {
            "provider": provider,
            "jobId": event.job_id,
            "status": event.status,
        }),
        None => JsValue::UNDEFINED,
    }
}

/// Combines the parts of a prompt as RunPod recommends.
#[wasm_bindgen(js_name = composePrompt)]
pub fn compose_prompt(action: &str, ambient_sound: &str, character_dialogue: &str) -> String {
    request::compose_prompt(action, ambient_sound, character_dialogue)
}

/// Whether the host of a parsed URL may be public. The gateway applies the same rule.
#[wasm_bindgen(js_name = isPublicHost)]
pub fn is_public_host(host: &str) -> bool {
    request::is_public_host(host)
}

/// The documented base URL of a provider.
#[wasm_bindgen(js_name = baseURL)]
pub fn base_url(provider: &str) -> Option<String> {
    Some(ProviderId::named(provider)?.base_url().to_owned())
}

fn plan_error_json(error: &PlanError) -> Value {
    object! {
        "code": error.code,
        "message": error.message,
        "issues" => plan::provider_issues_json(&error.issues),
    }
}

fn policy<'a>(settings: &Value, catalog: &'a Catalog) -> Policy<'a> {
    Policy { allow_private_hosts: is_true(settings, "allowPrivateHosts"), catalog }
}

/// The built-in catalog with the custom models, or their problems; `None` if there are no custom models.
fn custom_catalog(settings: &Value) -> Option<Result<Catalog, Vec<Issue>>> {
    settings.get("models").map(Catalog::read)
}

/// The catalog, with the custom models if they are valid.
fn catalog(settings: &Value) -> Catalog {
    custom_catalog(settings).and_then(Result::ok).unwrap_or_default()
}

/// The limits of a job. `pkg/src/core/core.ts` keeps them below 2^53 ms.
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
