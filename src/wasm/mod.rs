//! The boundary to JavaScript: exported functions, the conversion of values, and the transport over `fetch`.
//! May import any room.
//! Must never keep anything of a job between two calls: its state is passed in and returned, so that it survives a trap.
//!
//! Exports take values as bytes and return plain objects. Only `send` is asynchronous. `pkg/src/core/core.ts` calls them.

mod catalogs;
mod step;
mod transport;
mod value;

use js_sys::{Array, Float64Array, Function};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_str;
use web_sys::AbortSignal;

use self::step::{error_json, finish, outcome_json, warnings_json};
use self::transport::Outgoing;
use self::value::{read, take, to_js};
use crate::catalog::{self, Catalog};
use crate::codec::{Codec, entry, object};
use crate::job::{Handle, Job, Limits};
use crate::json::Value;
use crate::plan::{self, PlanError, PlanOptions, ProviderIssue};
use crate::provider::ProviderId;
use crate::request::{self, Policy};
use crate::untyped;

/// The catalog: the built-in one, or the one of the settings.
#[wasm_bindgen]
pub fn models(settings: &[u8]) -> JsValue {
    to_js(&catalog(&read(settings)).to_json())
}

/// Whether the instance has the caller's catalog of this number.
#[wasm_bindgen(js_name = hasCatalog)]
pub fn has_catalog(number: u32) -> bool {
    catalogs::has(number)
}

/// Reads a caller's catalog, a list of models or a catalog document: `catalog` of the settings names it by its number.
/// Returns its problems: errors if it is refused, warnings about entries that are left out.
#[wasm_bindgen(js_name = addCatalog)]
pub fn add_catalog(number: u32, models: &[u8]) -> JsValue {
    let issues = catalogs::add(number, &read(models));
    to_js(&issues.iter().map(|issue| issue.to_json(None)).collect())
}

/// Validates and prices a request at every listing: `[issues, listings, quotes]`, as `untyped::assess` has them. The
/// question is `{ request, allowPrivateHosts, catalog }`; `catalog`, optional, is the number of the caller's.
#[wasm_bindgen]
pub fn assess(question: &[u8]) -> JsValue {
    let question = &mut read(question);
    let request = take(question, "request");
    to_js(&untyped::assess(&request, policy(question, &catalog(question))))
}

/// Prices a request without a model at every listing, in short: `[texts, rows]`, with seven numbers for each listing, as
/// `plan::Comparison` has them. The question is that of `assess`.
#[wasm_bindgen]
pub fn compare(question: &[u8]) -> Array {
    let question = &mut read(question);
    let request = take(question, "request");
    let (texts, rows) = untyped::compare(&request, policy(question, &catalog(question)));
    Array::of2(&to_js(&texts.into()), &Float64Array::from(rows.as_slice()))
}

/// Provider, model and the provider's id of every listing, one after the other: a comparison counts them.
#[wasm_bindgen(js_name = listingRefs)]
pub fn listing_refs(catalog_number: Option<u32>) -> JsValue {
    to_js(&untyped::listing_refs(&catalog_numbered(catalog_number)))
}

/// Plans the jobs to try, in order, each as `step::finish` has it; or `{ error }` if nothing can be submitted.
#[wasm_bindgen]
pub fn plan(request: &[u8], options: &[u8], settings: &[u8], now: f64, uuid: &Function) -> JsValue {
    let (raw, options, settings) = (read(request), read(options), read(settings));
    let fits = match PlanOptions::read(&options) {
        Ok(options) => plan::plan_value(&raw, &options, policy(&settings, &catalog(&settings))),
        Err(issue) => Err(PlanError::from_options(*issue)),
    };
    let fits = match fits {
        Ok(fits) => fits,
        Err(error) => return to_js(&object! { "error" => plan_error_json(&error) }),
    };
    let jobs = Array::new();
    for fit in fits {
        let id = uuid.call0(&JsValue::NULL).ok().and_then(|id| id.as_string()).unwrap_or_default();
        if let Ok(mut job) = plan::start(now as u64, fit, &id, limits(&settings)) {
            set_run_time_history(&mut job, &settings);
            jobs.set(jobs.length(), finish(job, None));
        }
    }
    jobs.into()
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

/// Advances a job by one input: as `step::finish` has it, or `undefined` if the state is not valid.
#[wasm_bindgen]
pub fn advance(state: &[u8], now: f64, input: &[u8]) -> JsValue {
    step::advance(state, now as u64, read(input)).unwrap_or_default()
}

/// The record of a job in this state, or `undefined` if it is not valid.
#[wasm_bindgen]
pub fn record(state: &[u8]) -> JsValue {
    Job::from_state(state).map_or(JsValue::UNDEFINED, |job| to_js(&job.record()))
}

/// Resumes a stored record, or, at revision 0, a handle: as `step::finish` has it, or `undefined` if it is not valid. A
/// handle is untrusted, so that its contents are never sent. `request` of the settings, optional, is the request that
/// the job was submitted with: errors can then show the provider's words without quotations of it.
#[wasm_bindgen]
pub fn resume(record: &[u8], revision: u32, settings: &[u8], now: f64) -> JsValue {
    let (record, settings) = (read(record), read(settings));
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
        finish(job, None)
    })
}

/// The public view of a job in this state, or of a stored record: `{ handle, status, outcome?, error?, warnings }`, or
/// `undefined` if it is not valid.
#[wasm_bindgen]
pub fn describe(job: &[u8], is_state: bool) -> JsValue {
    let job = if is_state { Job::from_state(job) } else { Job::read(&read(job)) };
    let Some(job) = job else {
        return JsValue::UNDEFINED;
    };
    let (outcome, error) = match job.end_with_words() {
        Some(Ok(outcome)) => (outcome_json(&outcome, &job), Value::Null),
        Some(Err(error)) => (Value::Null, error_json(&error, &job.handle)),
        None => (Value::Null, Value::Null),
    };
    to_js(&object! {
        "handle": job.handle,
        "status": job.status(),
        "outcome" => outcome,
        "error" => error,
        "warnings" => warnings_json(&job),
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
pub fn read_webhook_body(provider: &str, body: &[u8]) -> JsValue {
    let provider = ProviderId::named(provider);
    let body = read(body);
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
    let issue = |(provider, issue): &ProviderIssue| issue.to_json(provider.map(ProviderId::as_str));
    object! {
        "code": error.code,
        "message": error.message,
        "issues" => error.issues.iter().map(issue).collect(),
    }
}

fn policy<'a>(settings: &Value, catalog: &'a Catalog) -> Policy<'a> {
    Policy { allow_private_hosts: is_true(settings, "allowPrivateHosts"), catalog }
}

/// The caller's catalog that the settings name, or the built-in one.
fn catalog(settings: &Value) -> Rc<Catalog> {
    // A number that is out of range names no catalog.
    let number = entry(settings, "catalog").as_u64();
    catalog_numbered(number.map(|number| u32::try_from(number).unwrap_or(u32::MAX)))
}

fn catalog_numbered(number: Option<u32>) -> Rc<Catalog> {
    match number {
        None => Rc::default(),
        // Another catalog would have other prices.
        Some(number) => catalogs::find(number).unwrap_or_else(|| throw_str("no such catalog")),
    }
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
