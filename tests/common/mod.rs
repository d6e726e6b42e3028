//! Shared by the tests: valid requests, scripted responses, and a driver in simulated time.

mod driver;
mod replies;

use filmgate::catalog::BUILT_IN;
use filmgate::job::{Job, Limits};
use filmgate::plan::{PlanOptions, start};
use filmgate::provider::ProviderId;
use filmgate::request::{Candidate, Policy, PreparedRequest, listings, parse};
use filmgate::untyped::plan;
use proptest::test_runner::Config as ProptestConfig;
use serde_json::{Map, Value, json};
use std::time::Duration;

pub(crate) use driver::{JobDriver, StoreReply, operation_of, script};
pub(crate) use replies::*;

/// The time at which a test begins.
pub(crate) const T0: u64 = 1_790_000_000_000;
/// The task of Runware's own example.
pub(crate) const UUID: &str = "982c01aa-813a-4434-aa42-3e512808fd94";
/// An hour for the job, half a minute for a request.
pub(crate) const LIMITS: Limits = Limits {
    request_timeout: Duration::from_millis(30_000),
    timeout: Duration::from_millis(3_600_000),
    long_poll: false,
};

/// Settings of a property test: no files are written beside the tests.
pub(crate) fn proptest_config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// A valid request for RunPod.
pub(crate) fn runpod_request() -> Value {
    json!({
        "model": "sora-2-pro",
        "prompt": "She opens her hands over the fire",
        "image": "https://pictures.example.com/baker.jpeg",
        "duration": 4,
    })
}

/// A valid request for Runware.
pub(crate) fn runware_request() -> Value {
    json!({
        "model": "sora-2-pro",
        "prompt": "A skiff among mangrove roots",
        "size": "1280x720",
        "duration": 8,
    })
}

/// A valid request for the provider.
pub(crate) fn request_for(provider: ProviderId) -> Value {
    match provider {
        ProviderId::Runpod => runpod_request(),
        ProviderId::Runware => runware_request(),
        _ => unreachable!("there is no other"),
    }
}

/// The request with some fields changed; null removes one.
pub(crate) fn with(mut request: Value, changes: Value) -> Value {
    for (path, value) in changes.as_object().unwrap() {
        set(&mut request, path, (!value.is_null()).then(|| value.clone()));
    }
    request
}

/// Sets a value at a path with dots, or removes it.
pub(crate) fn set(request: &mut Value, path: &str, value: Option<Value>) {
    let Some((first, rest)) = path.split_once('.') else {
        match (request, value) {
            (Value::Array(items), Some(value)) => items[path.parse::<usize>().unwrap()] = value,
            (request, Some(value)) => {
                if !request.is_object() {
                    *request = Value::Object(Map::new());
                }
                request.as_object_mut().unwrap().insert(path.to_owned(), value);
            }
            (Value::Object(map), None) => {
                map.remove(path);
            }
            _ => {}
        }
        return;
    };
    let below = match request {
        Value::Array(items) => &mut items[first.parse::<usize>().unwrap()],
        request => {
            if !request.is_object() {
                *request = Value::Object(Map::new());
            }
            request.as_object_mut().unwrap().entry(first).or_insert(Value::Null)
        }
    };
    set(below, rest, value);
}

/// The result of encoding a request for one provider's listing, with the general issues.
pub(crate) fn fit(provider: ProviderId, request: &Value) -> Candidate {
    let (parsed, issues) = parse(request, Policy::default());
    let (model, listing) = listings(&parsed, &BUILT_IN)
        .unwrap()
        .into_iter()
        .filter(|(_, listing)| listing.provider == provider)
        // A request without a model is for all models.
        .max_by_key(|(model, _)| model == "sora-2-pro")
        .unwrap();
    let mut fit = parsed.encode_for(&model, &listing);
    fit.issues.splice(0..0, issues);
    fit
}

/// The request as encoded for a provider.
pub(crate) fn order(provider: ProviderId, request: &Value) -> PreparedRequest {
    let fit = fit(provider, request);
    assert!(fit.prepared.is_some(), "refused: {:#?}", fit.issues);
    fit.prepared.unwrap()
}

/// The whole body that a provider would receive.
pub(crate) fn wire(provider: ProviderId, request: &Value) -> Value {
    let job = job(provider, request);
    let order = order(provider, request);
    provider.submit(&job.handle, &order.body, order.sync).body.unwrap()
}

/// A new job at a provider.
pub(crate) fn job(provider: ProviderId, request: &Value) -> Job {
    job_with(provider, request, LIMITS)
}

/// A new job with other limits.
pub(crate) fn job_with(provider: ProviderId, request: &Value, limits: Limits) -> Job {
    let options = PlanOptions {
        providers: Some(vec![provider]),
        available_providers: ProviderId::ALL.to_vec(),
        ..PlanOptions::default()
    };
    let fit = plan(request, &options, Policy::default()).unwrap().remove(0);
    start(T0, fit, UUID, limits).unwrap()
}

/// `severity path code` of each issue, to compare with a table.
pub(crate) fn told(fit: &Candidate) -> Vec<String> {
    fit.issues.iter().map(|issue| short(&issue.to_json(None))).collect()
}

/// The same of an issue in JSON.
pub(crate) fn short(issue: &Value) -> String {
    let word = |name: &str| issue[name].as_str().unwrap().to_owned();
    format!("{} {} {}", word("severity"), word("path"), word("code"))
}
