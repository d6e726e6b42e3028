//! The boundary to JavaScript, in Node and in Chromium: values are read completely or reported as an
//! issue, and long texts never enter the module's memory.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use filmgate::wasm::{
    advance, begin, check, compose_prompt, describe, quote, read_webhook, resume,
};
use js_sys::{Array, BigInt, Date, Function, JSON, JsString, Object, Reflect};
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

fn with(json: &str, name: &str, value: &JsValue) -> JsValue {
    let object = parse(json);
    Reflect::set(&object, &name.into(), value).unwrap();
    object
}

/// `code at path` of each general issue.
fn issues(request: &JsValue) -> Vec<String> {
    let found = check(request, &JsValue::UNDEFINED);
    let issues: Array = get(&found, "issues").unchecked_into();
    let text = |issue: &JsValue, name| get(issue, name).as_string().unwrap();
    issues
        .iter()
        .map(|issue| format!("{} at {}", text(&issue, "code"), text(&issue, "path")))
        .collect()
}

const REQUEST: &str =
    r#"{"model":"sora-2-pro","prompt":"A lighthouse","duration":8,"resolution":"720p"}"#;

#[wasm_bindgen_test]
fn numbers_that_are_none_are_named() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(
            issues(&with(REQUEST, "duration", &number.into())),
            ["not_finite at duration"]
        );
    }
    assert_eq!(
        issues(&with(REQUEST, "duration", &4.5.into())),
        ["not_integer at duration"]
    );
    assert!(issues(&with(REQUEST, "duration", &8.0.into())).is_empty());
}

#[wasm_bindgen_test]
fn half_a_pair_is_named_and_a_whole_one_is_not() {
    let half = JsString::from_char_code(&[0x41, 0xd83d]);
    assert_eq!(
        issues(&with(REQUEST, "prompt", &half)),
        ["invalid_unicode at prompt"]
    );
    let whole = JsString::from_char_code(&[0xd83d, 0xde00, 0xfffd]);
    assert!(issues(&with(REQUEST, "prompt", &whole)).is_empty());
}

#[wasm_bindgen_test]
fn what_is_no_data_is_a_problem_and_no_trap() {
    let throws = Function::new_no_args("return { get prompt() { throw new Error('no') } }");
    let cyclic = Function::new_no_args("const a = {}; a.a = a; return a");
    let proxy =
        Function::new_no_args("return new Proxy({}, { ownKeys() { throw new Error('no') } })");
    let values: [JsValue; 6] = [
        Date::new_0().into(),
        BigInt::from(8).into(),
        Function::new_no_args("").into(),
        throws.call0(&JsValue::NULL).unwrap(),
        cyclic.call0(&JsValue::NULL).unwrap(),
        proxy.call0(&JsValue::NULL).unwrap(),
    ];
    for value in &values {
        let found = issues(&with(REQUEST, "duration", value));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found
                .iter()
                .all(|issue| issue.ends_with("duration") || issue.contains("duration."))
        );
        let inside = issues(&with(REQUEST, "output", value));
        assert!(
            inside.iter().all(|issue| !issue.contains("\u{0}")),
            "{inside:?}"
        );
        // The same as a whole request.
        assert_eq!(
            get(&check(value, &JsValue::UNDEFINED), "ok"),
            JsValue::FALSE
        );
    }
    for value in [
        JsValue::UNDEFINED,
        JsValue::NULL,
        3.into(),
        "text".into(),
        Array::new().into(),
    ] {
        assert_eq!(
            get(&check(&value, &JsValue::UNDEFINED), "ok"),
            JsValue::FALSE
        );
    }
}

#[wasm_bindgen_test]
fn a_name_of_ours_cannot_be_smuggled_in() {
    let forged = Object::new();
    Reflect::set(&forged, &"\u{0}outside".into(), &0.into()).unwrap();
    let options = with("{}", "seed", &forged);
    let request = with(REQUEST, "providerOptions", &with("{}", "runware", &options));
    assert_eq!(
        issues(&request),
        ["invalid_type at providerOptions.runware.seed"]
    );
}

#[wasm_bindgen_test]
fn amounts_cross_exactly() {
    let quotes: Array = quote(&parse(REQUEST), &JsValue::UNDEFINED).unchecked_into();
    assert_eq!(
        get(&quotes.get(0), "provider").as_string().unwrap(),
        "runware"
    );
    assert_eq!(get(&quotes.get(0), "totalUsd").as_f64(), Some(2.4));
    assert_eq!(get(&quotes.get(1), "available"), JsValue::FALSE);
}

fn first_job(request: &JsValue, provider: &str) -> JsValue {
    let options = parse(&format!(
        r#"{{"provider":"{provider}","keyed":["runpod","runware"]}}"#
    ));
    let uuid = Function::new_no_args("return '11111111-1111-4111-8111-111111111111'");
    let jobs: Array =
        begin(request, &options, &JsValue::UNDEFINED, 1_000.0, &uuid).unchecked_into();
    jobs.get(0)
}

fn output(step: &JsValue, kind: &str) -> JsValue {
    let outputs: Array = get(step, "outputs").unchecked_into();
    outputs
        .iter()
        .find(|output| get(output, "type") == kind)
        .unwrap_or_default()
}

#[wasm_bindgen_test]
fn a_long_text_stays_outside_and_arrives_whole() {
    let image: JsString =
        JsString::from("data:image/png;base64,").concat(&"iVBO".repeat(1_300_000).into());
    let request = with(REQUEST, "image", &image);
    Reflect::delete_property(request.unchecked_ref::<Object>(), &"resolution".into()).unwrap();
    let pages = || core::arch::wasm32::memory_size::<0>();
    first_job(&request, "runware");
    let before = pages();
    let started = first_job(&request, "runware");
    let stored = get(
        &output(&started, "save"),
        "record.body.inputs.frameImages.0",
    );
    assert_eq!(
        stored,
        JsValue::from(&image),
        "the record holds the text itself"
    );
    let sent = advance(
        &get(&started, "state"),
        1_001.0,
        &parse(r#"{"type":"saved","revision":1}"#),
    );
    let sent = get(&output(&sent, "transmit"), "body.0.inputs.frameImages.0");
    assert_eq!(sent, JsValue::from(&image), "the wire too");
    // Five million characters passed; the memory has not grown by one 64 kB page per call.
    assert!(pages() - before <= 8, "{before} to {}", pages());
}

#[wasm_bindgen_test]
fn a_job_goes_on_from_what_was_stored() {
    let request = parse(
        r#"{"model":"sora-2-pro","prompt":"A baker","image":"https://example.com/a.png","duration":4}"#,
    );
    let started = first_job(&request, "runpod");
    assert!(
        output(&started, "transmit").is_undefined(),
        "nothing leaves before it is stored"
    );
    let sent = advance(
        &get(&started, "state"),
        1_001.0,
        &parse(r#"{"type":"saved","revision":1}"#),
    );
    assert_eq!(
        get(&output(&sent, "transmit"), "path").as_string().unwrap(),
        "/sora-2-pro-i2v/run"
    );
    let answer = parse(
        r#"{"type":"response","id":0,"status":200,"text":"{\"id\":\"job-1\",\"status\":\"IN_QUEUE\"}"}"#,
    );
    let accepted = advance(&get(&sent, "state"), 1_002.0, &answer);
    let record = get(&output(&accepted, "save"), "record");
    assert_eq!(get(&record, "handle.jobId").as_string().unwrap(), "job-1");
    assert!(
        get(&record, "body").is_undefined(),
        "the body goes on acceptance"
    );
    let resumed = resume(&record, 2, &JsValue::UNDEFINED, 2_000.0);
    assert_eq!(
        get(&describe(&get(&resumed, "state")), "status")
            .as_string()
            .unwrap(),
        "queued"
    );
    assert!(resume(&parse(r#"{"handle":{}}"#), 0, &JsValue::UNDEFINED, 0.0).is_undefined());
}

#[wasm_bindgen_test]
fn an_error_that_is_json_in_a_text_is_read() {
    let request = parse(
        r#"{"model":"sora-2-pro","prompt":"A baker","image":"https://example.com/a.png","duration":4}"#,
    );
    let started = first_job(&request, "runpod");
    let sent = advance(
        &get(&started, "state"),
        1_001.0,
        &parse(r#"{"type":"saved","revision":1}"#),
    );
    let error =
        r#"{\\\"error_type\\\":\\\"<class 'X'>\\\",\\\"error_message\\\":\\\"out of memory\\\"}"#;
    let text = format!(r#"{{\"id\":\"job-1\",\"status\":\"FAILED\",\"error\":\"{error}\"}}"#);
    let answer = parse(&format!(
        r#"{{"type":"response","id":0,"status":200,"text":"{text}"}}"#
    ));
    let ended = advance(&get(&sent, "state"), 1_002.0, &answer);
    let told = describe(&get(&ended, "state"));
    assert_eq!(
        get(&told, "error.message").as_string().unwrap(),
        "out of memory"
    );
}

#[wasm_bindgen_test]
fn small_things_cross() {
    assert_eq!(
        compose_prompt("She opens", "", "Hello"),
        "Action: She opens Character Dialogue: Hello"
    );
    let notice = read_webhook("runpod", &parse(r#"{"id":"job-1","status":"COMPLETED"}"#));
    assert_eq!(get(&notice, "jobId").as_string().unwrap(), "job-1");
    assert!(read_webhook("elsewhere", &JsValue::NULL).is_undefined());
}
