//! Paths and bodies.

use crate::json::{Object, Value};

use crate::handle::Handle;
use crate::provider::Request;

/// How long `/runsync` holds the connection by default ("Operation reference"), and `/status-sync` at most.
const SYNC_WAIT_MS: u64 = 90_000;

/// 10 MB for `/run`, 20 MB for `/runsync` ("Payload limits"). The documents do not define MB; 1000² bytes is the lower reading.
pub(in crate::provider) const fn body_limit(sync: bool) -> u64 {
    if sync { 20_000_000 } else { 10_000_000 }
}

pub(in crate::provider) fn raw_body(input: Object) -> Value {
    let mut body = Object::new();
    body.insert("input".to_owned(), Value::Object(input));
    Value::Object(body)
}

pub(in crate::provider) fn submit(handle: &Handle, body: &Value, sync: bool) -> Request {
    let operation = if sync { "runsync" } else { "run" };
    Request {
        path: format!("/{}/{operation}", handle.provider_model_id),
        body: Some(body.clone()),
        extra_timeout_ms: if sync { SYNC_WAIT_MS } else { 0 },
        send_now_or_fail: false,
        batchable: false,
    }
}

pub(in crate::provider) fn poll(handle: &Handle) -> Option<Request> {
    let job_id = handle.job_id.as_deref()?;
    Some(Request {
        path: format!("/{}/status/{job_id}", handle.provider_model_id),
        body: None,
        extra_timeout_ms: 0,
        send_now_or_fail: false,
        batchable: false,
    })
}

/// Not documented; RunPod's JavaScript SDK uses it and waits for at most 90 seconds.
pub(in crate::provider) fn long_poll(handle: &Handle) -> Option<Request> {
    let job_id = handle.job_id.as_deref()?;
    Some(Request {
        path: format!("/{}/status-sync/{job_id}?wait={SYNC_WAIT_MS}", handle.provider_model_id),
        body: None,
        extra_timeout_ms: SYNC_WAIT_MS,
        send_now_or_fail: false,
        batchable: false,
    })
}

pub(in crate::provider) fn cancel(handle: &Handle) -> Option<Request> {
    let job_id = handle.job_id.as_deref()?;
    Some(Request {
        path: format!("/{}/cancel/{job_id}", handle.provider_model_id),
        body: Some(Value::Object(Object::new())),
        extra_timeout_ms: 0,
        send_now_or_fail: false,
        batchable: false,
    })
}
