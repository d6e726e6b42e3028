//! The simulator for JavaScript: free functions over numbered simulators. `pkg/src/testing/` calls them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::{Reply, Request, Simulator};

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
        simulator
            .map(what)
            .ok_or_else(|| JsError::new("this simulator is closed"))
    })
}

/// JavaScript's numbers hold every millisecond and every seed exactly up to 2^53.
fn whole(number: f64) -> u64 {
    number as u64
}

/// Makes a simulator, its settings given as JSON, and gives its number.
#[wasm_bindgen]
pub fn open(config: &str, seed: f64, origin: &str) -> Result<u32, JsError> {
    let config = serde_json::from_str(config)?;
    let simulator = Simulator::new(config, whole(seed), origin);
    SIMULATORS.with_borrow_mut(|simulators| {
        simulators.last += 1;
        simulators.all.insert(simulators.last, simulator);
        Ok(simulators.last)
    })
}

/// Forgets a simulator.
#[wasm_bindgen]
pub fn close(number: u32) {
    SIMULATORS.with_borrow_mut(|simulators| simulators.all.remove(&number));
}

/// Answers a request: `[afterMs, status, [[name, value], …], body]`, or `[afterMs]` for a reset.
#[wasm_bindgen]
pub fn handle(
    number: u32,
    now_ms: f64,
    method: String,
    path: String,
    query: String,
    headers: Array,
    body: Vec<u8>,
) -> Result<Array, JsError> {
    let headers = headers.iter().filter_map(|pair| {
        let pair = Array::from(&pair);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    });
    let request = Request {
        method,
        path,
        query,
        headers: headers.collect(),
        body,
    };
    match with(number, |simulator| {
        simulator.handle(whole(now_ms), &request)
    })? {
        Reply::Reset { after_ms } => Ok(Array::of1(&number_of(after_ms))),
        Reply::Respond {
            after_ms,
            status,
            headers,
            body,
        } => {
            let pair = |(name, value): &(&'static str, String)| -> JsValue {
                Array::of2(&JsValue::from(*name), &JsValue::from(value)).into()
            };
            Ok(Array::of4(
                &number_of(after_ms),
                &JsValue::from(status),
                &headers.iter().map(pair).collect::<Array>(),
                &Uint8Array::from(body.as_slice()),
            ))
        }
    }
}

/// What is to be sent now: `[[id, method, url, contentType, body], …]`.
#[wasm_bindgen]
pub fn due(number: u32, now_ms: f64) -> Result<Array, JsError> {
    let due = with(number, |simulator| simulator.due_webhooks(whole(now_ms)))?;
    let row = |delivery: crate::Delivery| -> JsValue {
        Array::of5(
            &number_of(delivery.id),
            &JsValue::from(delivery.method),
            &JsValue::from(delivery.url),
            &JsValue::from(delivery.content_type),
            &Uint8Array::from(delivery.body.as_slice()),
        )
        .into()
    };
    Ok(due.into_iter().map(row).collect())
}

/// When there can be something to send next, where that is known.
#[wasm_bindgen(js_name = nextDelivery)]
pub fn next_delivery(number: u32) -> Result<Option<f64>, JsError> {
    let next = with(number, |simulator| simulator.next_delivery_ms())?;
    Ok(next.map(|at_ms| at_ms as f64))
}

/// Reports what a delivery was answered with: a status, or nothing.
#[wasm_bindgen]
pub fn answered(number: u32, now_ms: f64, id: f64, status: Option<u16>) -> Result<(), JsError> {
    with(number, |simulator| {
        simulator.webhook_answered(whole(now_ms), whole(id), status)
    })
}

/// The whole state as text.
#[wasm_bindgen]
pub fn snapshot(number: u32) -> Result<String, JsError> {
    with(number, |simulator| simulator.snapshot())
}

/// Takes over the state of a snapshot; false, and nothing changed, where the text is not one.
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

/// A number that JavaScript counts with. Waits and identifiers stay far below 2^53.
fn number_of(number: u64) -> JsValue {
    JsValue::from(number as f64)
}
