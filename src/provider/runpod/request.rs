//! Addresses and envelope.

use serde_json::{Map, Value};

use crate::job::Handle;
use crate::provider::Request;

/// `/runsync` holds the line this long at most by default ("Operation reference").
const SYNC_WAIT_MS: u64 = 90_000;

pub(in crate::provider) const RESERVED: &[(&str, &str)] = &[("webhook", ": use `webhookUrl`")];

/// 10 MB for `/run`, 20 MB for `/runsync` ("Payload limits"). Read as 1000² bytes, the lower one.
pub(in crate::provider) const fn body_limit(sync: bool) -> u64 {
    if sync { 20_000_000 } else { 10_000_000 }
}

pub(in crate::provider) fn raw_body(input: Map<String, Value>) -> Value {
    let mut body = Map::new();
    body.insert("input".to_owned(), Value::Object(input));
    Value::Object(body)
}

pub(in crate::provider) fn submit(handle: &Handle, body: &Value, sync: bool) -> Request {
    let operation = if sync { "runsync" } else { "run" };
    Request {
        path: format!("/{}/{operation}", handle.wire_id),
        body: Some(body.clone()),
        extra_ms: if sync { SYNC_WAIT_MS } else { 0 },
    }
}

pub(in crate::provider) fn poll(handle: &Handle) -> Option<Request> {
    let job_id = handle.job_id.as_deref()?;
    Some(Request {
        path: format!("/{}/status/{job_id}", handle.wire_id),
        body: None,
        extra_ms: 0,
    })
}

pub(in crate::provider) fn cancel(handle: &Handle) -> Option<Request> {
    let job_id = handle.job_id.as_deref()?;
    Some(Request {
        path: format!("/{}/cancel/{job_id}", handle.wire_id),
        body: Some(Value::Object(Map::new())),
        extra_ms: 0,
    })
}
