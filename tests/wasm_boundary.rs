//! The boundary to JavaScript, in Node and in Chromium: what serde-wasm-bindgen makes of plain values, and
//! back. What is not plain is found before the call: `tests/client/values.test.mjs`.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use filmgate::wasm::{
    advance, assess, compare, compose_prompt, describe, listing_refs, plan, read_webhook_body,
    record, resume,
};
use js_sys::{Array, Function, JSON, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn parse(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn get(object: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(object.clone(), |value, name| {
        Reflect::get(&value, &name.into()).unwrap_or(JsValue::UNDEFINED)
    })
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

const REQUEST: &str =
    r#"{"model":"sora-2-pro","prompt":"A lighthouse","duration":8,"resolution":"720p"}"#;

/// The body that leaves for a raw request with this input.
fn sent(input: &JsValue) -> JsValue {
    let request = parse(r#"{"model":"runpod:echo-video"}"#);
    Reflect::set(&request, &"input".into(), input).unwrap();
    let started = first_job(&request, "runpod");
    let saved = parse(r#"{"type":"saved","revision":1}"#);
    let sent = advance(get(&started, "0"), 1_001.0, saved);
    get(&output(&sent, "transmit"), "body.input")
}

#[wasm_bindgen_test]
fn numbers_cross_as_they_are() {
    let numbers = "[0,-5,8,0.1,1e21,-1e-7,9007199254740991,9007199254740992,1e308,5e-324]";
    let input = parse(&format!(r#"{{"a":{numbers}}}"#));
    assert_eq!(text(&get(&sent(&input), "a")), text(&parse(numbers)));
    // What is whole is an integer to the core, and zero has no sign there.
    assert_eq!(text(&get(&sent(&parse(r#"{"a":[-0,8.0]}"#)), "a")), "[0,8]");
    let found = assess(parse(REQUEST), false, None);
    assert_eq!(text(&get(&found, "0")), "[]");
}

#[wasm_bindgen_test]
fn texts_nulls_and_empty_ones_cross_as_they_are() {
    let value = r#"{"":null,"a":[],"b":{},"c":"\u0001\"\\ \u2028 😀 \ud7ff\ufffd","d":[null,true,false,""]}"#;
    assert_eq!(text(&get(&sent(&parse(&format!(r#"{{"a":{value}}}"#))), "a")), text(&parse(value)));
}

#[wasm_bindgen_test]
fn what_is_no_request_is_a_problem_and_no_trap() {
    for value in [
        JsValue::UNDEFINED,
        JsValue::NULL,
        3.into(),
        "text".into(),
        Array::new().into(),
        Function::new_no_args("").into(),
        js_sys::Symbol::iterator().into(),
        js_sys::Map::new().into(),
    ] {
        let listings: Array = get(&assess(value.clone(), false, None), "1").unchecked_into();
        assert!(listings.length() > 0);
        assert!(listings.iter().all(|listing| get(&listing, "3") == JsValue::FALSE));
        assert!(describe(value).is_undefined());
    }
}

#[wasm_bindgen_test]
fn amounts_cross_exactly() {
    let found = assess(parse(REQUEST), false, None);
    let at = get(&found, "2.0.0").as_f64().unwrap();
    assert_eq!(get(&found, &format!("1.{at}.0")).as_string().unwrap(), "runware");
    assert_eq!(get(&found, "2.0.3").as_f64(), Some(2.4));
    assert!(get(&found, "2.1.1").is_undefined(), "the other listing has no price");
}

#[wasm_bindgen_test]
fn a_comparison_has_seven_numbers_for_each_listing() {
    let refs: Array = listing_refs(None).unchecked_into();
    let request = parse(r#"{"prompt":"A lighthouse","duration":5,"resolution":"720p"}"#);
    let comparison = compare(request, false, None);
    let rows: js_sys::Float64Array = comparison.get(1).unchecked_into();
    assert_eq!(rows.length() / 7, refs.length() / 3);
    assert!(rows.get_index(3) > 0.0, "the upper end of the cheapest");
}

fn first_job(request: &JsValue, provider: &str) -> JsValue {
    let options =
        parse(&format!(r#"{{"provider":"{provider}","availableProviders":["runpod","runware"]}}"#));
    let uuid = Function::new_no_args("return '11111111-1111-4111-8111-111111111111'");
    let jobs: Array =
        plan(request.clone(), options, JsValue::UNDEFINED, 1_000.0, &uuid).unchecked_into();
    jobs.get(0)
}

fn output(step: &JsValue, kind: &str) -> JsValue {
    let outputs: Array = get(step, "1.0").unchecked_into();
    outputs.iter().find(|output| get(output, "type") == kind).unwrap_or_default()
}

#[wasm_bindgen_test]
fn a_job_goes_on_from_what_was_stored() {
    let request = parse(
        r#"{"model":"sora-2-pro","prompt":"A baker","image":"https://example.com/a.png","duration":4}"#,
    );
    let started = first_job(&request, "runpod");
    assert!(output(&started, "transmit").is_undefined(), "nothing leaves before it is stored");
    let sent = advance(get(&started, "0"), 1_001.0, parse(r#"{"type":"saved","revision":1}"#));
    assert_eq!(get(&output(&sent, "transmit"), "path").as_string().unwrap(), "/sora-2-pro-i2v/run");
    let answer = parse(
        r#"{"type":"response","id":0,"status":200,"bodyType":"json","body":{"id":"job-1","status":"IN_QUEUE"}}"#,
    );
    let accepted = advance(get(&sent, "0"), 1_002.0, answer);
    let record = get(&output(&accepted, "save"), "record");
    assert_eq!(get(&record, "handle.jobId").as_string().unwrap(), "job-1");
    assert!(get(&record, "submission.body").is_undefined(), "the body goes on acceptance");
    let resumed = resume(record, 2, JsValue::UNDEFINED, 2_000.0);
    assert_eq!(get(&describe(get(&resumed, "0")), "status").as_string().unwrap(), "queued");
    assert!(resume(parse(r#"{"handle":{}}"#), 0, JsValue::UNDEFINED, 0.0).is_undefined());
    let other = js_sys::Uint8Array::new_with_length(9);
    assert!(advance(other.into(), 0.0, parse(r#"{"type":"timeout"}"#)).is_undefined());
}

#[wasm_bindgen_test]
fn a_step_returns_the_handle_and_the_warnings_only_if_they_are_new() {
    let request = parse(
        r#"{"model":"sora-2-pro","prompt":"A baker","image":"https://example.com/a.png","duration":4}"#,
    );
    let started = first_job(&request, "runpod");
    assert_eq!(get(&started, "1.1.0").as_string().unwrap(), "submitting");
    assert!(get(&started, "1.2.jobId").is_undefined());
    assert!(Array::is_array(&get(&started, "1.3")));
    let sent = advance(get(&started, "0"), 1_001.0, parse(r#"{"type":"saved","revision":1}"#));
    assert_eq!(get(&sent, "1.2.submittedAt").as_f64(), Some(1_001.0));
    assert!(get(&sent, "1.3").is_undefined());
    let waiting = advance(get(&sent, "0"), 1_002.0, parse(r#"{"type":"timeout"}"#));
    assert!(get(&waiting, "1.2").is_undefined());
    assert_eq!(get(&record(get(&waiting, "0")), "handle.submittedAt").as_f64(), Some(1_001.0));
}

#[wasm_bindgen_test]
fn small_things_cross() {
    assert_eq!(
        compose_prompt("She opens", "", "Hello"),
        "Action: She opens Character Dialogue: Hello"
    );
    let notice = read_webhook_body("runpod", parse(r#"{"id":"job-1","status":"COMPLETED"}"#));
    assert_eq!(get(&notice, "jobId").as_string().unwrap(), "job-1");
    assert!(read_webhook_body("elsewhere", JsValue::NULL).is_undefined());
}
