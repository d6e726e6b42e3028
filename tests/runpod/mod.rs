//! RunPod's responses as they really come, beyond the documents: one file per subject.
mod expiry;
mod ids;
mod money;
mod output;
mod reasons;
mod words;

use crate::common::*;
use filmgate::provider::ProviderId::Runpod;
use filmgate::provider::Request;
use serde_json::{Value, json};

/// A request for an endpoint of the user.
fn own_request() -> Value {
    json!({ "model": "runpod:my-endpoint", "input": { "prompt": "A fox" } })
}

/// A job that gets these replies in order; the last one repeats.
fn drive(request: Value, replies: Vec<Reply>) -> JobDriver<impl FnMut(u64, &Request) -> Reply> {
    JobDriver::new(job(Runpod, &request), script(replies))
}

fn ended_at(request: Value, body: Value) -> JobDriver<impl FnMut(u64, &Request) -> Reply> {
    let body = with(json!({ "id": RUNPOD_ID }), body);
    drive(request, vec![runpod_status("IN_QUEUE"), ok(body)]).run()
}

/// A job of the catalog that ends with this body.
fn ended(body: Value) -> JobDriver<impl FnMut(u64, &Request) -> Reply> {
    ended_at(runpod_request(), body)
}

/// A job of the user's own endpoint that ends with this body.
fn own_ended(body: Value) -> JobDriver<impl FnMut(u64, &Request) -> Reply> {
    ended_at(own_request(), body)
}
