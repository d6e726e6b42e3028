//! The simulator for JavaScript: free functions over numbered simulators. `pkg/src/testing/` calls them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{Config, Delivery, Reply, Request, Simulator};

#[derive(Default)]
struct Simulators {
    last: u32,
    all: BTreeMap<u32, Simulator>,
}

thread_local! {
    static SIMULATORS: RefCell<Simulators> = RefCell::default();
}

fn with<T>(number: u32, what: impl FnOnce(&mut Simulator) -> T) -> Result<T, JsError> {
    SIMULATORS.with_borrow_mut(|simulators| {
        let simulator = simulators.all.get_mut(&number);
        simulator.map(what).ok_or_else(|| JsError::new("this simulator is closed"))
    })
}

/// JavaScript's numbers hold every millisecond and every seed exactly up to 2^53.
fn whole(number: f64) -> u64 {
    number as u64
}

/// Creates a simulator from settings in JSON and returns its number.
#[wasm_bindgen]
pub fn open(config: &str, seed: f64, origin: &str) -> Result<u32, JsError> {
    let config = crate::control::merged(&Config::default(), config.as_bytes())
        .map_err(|error| JsError::new(&error))?;
    let simulator = Simulator::new(config, whole(seed), origin);
    SIMULATORS.with_borrow_mut(|simulators| {
        simulators.last += 1;
        simulators.all.insert(simulators.last, simulator);
        Ok(simulators.last)
    })
}

/// Drops a simulator.
#[wasm_bindgen]
pub fn close(number: u32) {
    SIMULATORS.with_borrow_mut(|simulators| simulators.all.remove(&number));
}

/// The reply to a request, as `{ afterMs, status, headers, body }`; a reset has no status.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsReply {
    after_ms: u64,
    status: Option<u16>,
    headers: Vec<(&'static str, String)>,
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
}

impl From<Reply> for JsReply {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Reset { after_ms } => {
                Self { after_ms, status: None, headers: Vec::new(), body: Vec::new() }
            }
            Reply::Respond { after_ms, status, headers, body } => {
                Self { after_ms, status: Some(status), headers, body }
            }
        }
    }
}

/// Handles a request, whose headers are a list of `[name, value]`.
#[wasm_bindgen]
pub fn handle(
    number: u32,
    now_ms: f64,
    method: String,
    path: String,
    query: String,
    headers: JsValue,
    body: Vec<u8>,
) -> Result<JsValue, JsError> {
    let request =
        Request { method, path, query, headers: serde_wasm_bindgen::from_value(headers)?, body };
    let reply = with(number, |simulator| simulator.handle(whole(now_ms), &request))?;
    Ok(serde_wasm_bindgen::to_value(&JsReply::from(reply))?)
}

/// One webhook or upload, as `{ id, method, url, type, body }`.
#[derive(Serialize)]
struct JsDelivery {
    id: u64,
    method: &'static str,
    url: String,
    r#type: &'static str,
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
}

impl From<Delivery> for JsDelivery {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            method: delivery.method,
            url: delivery.url,
            r#type: delivery.content_type,
            body: delivery.body,
        }
    }
}

/// The deliveries that are due, as a list.
#[wasm_bindgen]
pub fn due(number: u32, now_ms: f64) -> Result<JsValue, JsError> {
    let due = with(number, |simulator| simulator.due_webhooks(whole(now_ms)))?;
    let deliveries: Vec<JsDelivery> = due.into_iter().map(JsDelivery::from).collect();
    Ok(serde_wasm_bindgen::to_value(&deliveries)?)
}

/// The time of the next possible delivery, if it is known.
#[wasm_bindgen(js_name = nextDelivery)]
pub fn next_delivery(number: u32) -> Result<Option<f64>, JsError> {
    let next = with(number, |simulator| simulator.next_delivery_ms())?;
    Ok(next.map(|at_ms| at_ms as f64))
}

/// Reports the response to a delivery: a status, or none.
#[wasm_bindgen]
pub fn answered(number: u32, now_ms: f64, id: f64, status: Option<u16>) -> Result<(), JsError> {
    with(number, |simulator| simulator.report_delivery(whole(now_ms), whole(id), status))
}

/// The whole state as text.
#[wasm_bindgen]
pub fn snapshot(number: u32) -> Result<String, JsError> {
    with(number, |simulator| simulator.snapshot())
}

/// Restores a snapshot; returns false and changes nothing if the text is not a snapshot.
#[wasm_bindgen]
pub fn restore(number: u32, text: &str) -> Result<bool, JsError> {
    with(number, |simulator| match Simulator::restore(text) {
        Some(restored) => {
            *simulator = restored;
            true
        }
        None => false,
    })
}
