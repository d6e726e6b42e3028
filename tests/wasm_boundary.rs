//! The boundary to JavaScript, in Node and in Chromium: bytes as arguments, and what serde-wasm-bindgen makes of results.
//! What makes the bytes is tested in `tests/client/pack.test.mjs`.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use filmgate::codec::pack::Pack;
use filmgate::wasm::{
    advance, assess, compare, compose_prompt, describe, listing_refs, plan, read_webhook_body,
    record, resume,
};
use js_sys::{Array, Function, JSON, Reflect, Uint8Array};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn parse(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn packed(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.pack(&mut bytes);
    bytes
}

fn argument(json: &str) -> Vec<u8> {
    packed(&serde_json::from_str(json).unwrap())
}

/// A result, as an argument.
fn again(result: &JsValue) -> Vec<u8> {
    argument(&text(result))
}

fn state(step: &JsValue) -> Vec<u8> {
    get(step, "0").unchecked_into::<Uint8Array>().to_vec()
}

fn question(request: &Value) -> Vec<u8> {
    packed(&json!({ "request": request, "allowPrivateHosts": false, "catalog": null }))
}

fn get(object: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(object.clone(), |value, name| {
        Reflect::get(&value, &name.into()).unwrap_or(JsValue::UNDEFINED)
    })
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

fn request() -> Value {
    json!({ "model": "sora-2-pro", "prompt": "A lighthouse", "duration": 8, "resolution": "720p" })
}

fn baker() -> Value {
    let image = "https://example.com/a.png";
    json!({ "model": "sora-2-pro", "prompt": "A baker", "image": image, "duration": 4 })
}

const SAVED: &str = r#"{"type":"saved","revision":1}"#;

/// The body that leaves for a raw request with this input, as JSON.
fn sent(input: &str) -> String {
    let input: Value = serde_json::from_str(input).unwrap();
    let started = first_job(&json!({ "model": "runpod:echo-video", "input": input }));
    let sent = advance(&state(&started), 1_001.0, &argument(SAVED));
    text(&get(&output(&sent, "transmit"), "body.input.a"))
}

#[wasm_bindgen_test]
fn numbers_cross_as_they_are() {
    let numbers = "[0,-5,8,0.1,1e21,-1e-7,9007199254740991,9007199254740992,1e308,5e-324]";
    assert_eq!(sent(&format!(r#"{{"a":{numbers}}}"#)), text(&parse(numbers)));
    assert_eq!(text(&get(&assess(&question(&request())), "0")), "[]");
}

#[wasm_bindgen_test]
fn texts_nulls_and_empty_ones_cross_as_they_are() {
    let value = r#"{"":null,"a":[],"b":{},"c":"\u0001\"\\ \u2028 😀 \ud7ff\ufffd","d":[null,true,false,""]}"#;
    assert_eq!(sent(&format!(r#"{{"a":{value}}}"#)), text(&parse(value)));
}

#[wasm_bindgen_test]
fn what_is_no_request_is_a_problem_and_no_trap() {
    for bytes in [
        question(&Value::Null),
        question(&json!(3)),
        question(&json!([])),
        question(&json!({ "\u{0}unreadable": "not_data" })),
        argument("\"text\""),
        Vec::new(),
        vec![7; 9],
    ] {
        let listings: Array = get(&assess(&bytes), "1").unchecked_into();
        assert!(listings.length() > 0);
        assert!(listings.iter().all(|listing| get(&listing, "3") == JsValue::FALSE));
        for is_state in [true, false] {
            assert!(describe(&bytes, is_state).is_undefined());
        }
    }
}

#[wasm_bindgen_test]
fn amounts_cross_exactly() {
    let found = assess(&question(&request()));
    let at = get(&found, "2.0.0").as_f64().unwrap();
    assert_eq!(get(&found, &format!("1.{at}.0")).as_string().unwrap(), "runware");
    assert_eq!(get(&found, "2.0.3").as_f64(), Some(2.4));
    assert!(get(&found, "2.1.1").is_undefined(), "the other listing has no price");
}

#[wasm_bindgen_test]
fn a_comparison_has_seven_numbers_for_each_listing() {
    let refs: Array = listing_refs(None).unchecked_into();
    let request = json!({ "prompt": "A lighthouse", "duration": 5, "resolution": "720p" });
    let comparison = compare(&question(&request));
    let rows: js_sys::Float64Array = comparison.get(1).unchecked_into();
    assert_eq!(rows.length() / 7, refs.length() / 3);
    assert!(rows.get_index(3) > 0.0, "the upper end of the cheapest");
}

fn first_job(request: &Value) -> JsValue {
    let options = argument(r#"{"provider":"runpod","availableProviders":["runpod","runware"]}"#);
    let uuid = Function::new_no_args("return '11111111-1111-4111-8111-111111111111'");
    let jobs: Array =
        plan(&packed(request), &options, &argument("null"), 1_000.0, &uuid).unchecked_into();
    jobs.get(0)
}

fn output(step: &JsValue, kind: &str) -> JsValue {
    let outputs: Array = get(step, "1.0").unchecked_into();
    outputs.iter().find(|output| get(output, "type") == kind).unwrap_or_default()
}

#[wasm_bindgen_test]
fn a_job_goes_on_from_what_was_stored() {
    let started = first_job(&baker());
    assert!(output(&started, "transmit").is_undefined(), "nothing leaves before it is stored");
    let sent = advance(&state(&started), 1_001.0, &argument(SAVED));
    assert_eq!(get(&output(&sent, "transmit"), "path").as_string().unwrap(), "/sora-2-pro-i2v/run");
    let answer = argument(
        r#"{"type":"response","id":0,"status":200,"bodyType":"json","body":{"id":"job-1","status":"IN_QUEUE"}}"#,
    );
    let accepted = advance(&state(&sent), 1_002.0, &answer);
    let record = get(&output(&accepted, "save"), "record");
    assert_eq!(get(&record, "handle.jobId").as_string().unwrap(), "job-1");
    assert!(get(&record, "submission.body").is_undefined(), "the body goes on acceptance");
    let resumed = resume(&again(&record), 2, &argument("null"), 2_000.0);
    assert_eq!(get(&describe(&state(&resumed), true), "status").as_string().unwrap(), "queued");
    assert!(resume(&argument(r#"{"handle":{}}"#), 0, &argument("null"), 0.0).is_undefined());
    assert!(advance(&[0; 9], 0.0, &argument(r#"{"type":"timeout"}"#)).is_undefined());
}

#[wasm_bindgen_test]
fn a_step_returns_the_handle_and_the_warnings_only_if_they_are_new() {
    let started = first_job(&baker());
    assert_eq!(get(&started, "1.1.0").as_string().unwrap(), "submitting");
    assert!(get(&started, "1.2.jobId").is_undefined());
    assert!(Array::is_array(&get(&started, "1.3")));
    let sent = advance(&state(&started), 1_001.0, &argument(SAVED));
    assert_eq!(get(&sent, "1.2.submittedAt").as_f64(), Some(1_001.0));
    assert!(get(&sent, "1.3").is_undefined());
    let waiting = advance(&state(&sent), 1_002.0, &argument(r#"{"type":"timeout"}"#));
    assert!(get(&waiting, "1.2").is_undefined());
    assert_eq!(get(&record(&state(&waiting)), "handle.submittedAt").as_f64(), Some(1_001.0));
}

#[wasm_bindgen_test]
fn small_things_cross() {
    assert_eq!(
        compose_prompt("She opens", "", "Hello"),
        "Action: She opens Character Dialogue: Hello"
    );
    let notice = read_webhook_body("runpod", &argument(r#"{"id":"job-1","status":"COMPLETED"}"#));
    assert_eq!(get(&notice, "jobId").as_string().unwrap(), "job-1");
    assert!(read_webhook_body("elsewhere", &argument("null")).is_undefined());
}
