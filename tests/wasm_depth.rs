//! JavaScript values of any depth: parsing has a limit, and a value that was parsed once is parsed
//! again completely, however deep the job's state contains it.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use filmgate::request::DEEPEST;
use filmgate::wasm::{advance, begin, check, describe, quote, read_webhook, resume};
use js_sys::{Array, Function, JSON, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// Many more levels than the module's stack can hold.
const ABYSS: usize = 200_000;

fn parse(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn get(object: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(object.clone(), |value, name| {
        Reflect::get(&value, &name.into()).unwrap_or(JsValue::UNDEFINED)
    })
}

fn nested(levels: usize) -> String {
    format!("{}7{}", "[".repeat(levels), "]".repeat(levels))
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

/// A raw request whose innermost value is this many levels below `input.a`.
fn request(levels: usize) -> JsValue {
    parse(&format!(
        r#"{{"model":"runpod:echo-video","input":{{"a":{}}}}}"#,
        nested(levels)
    ))
}

fn output(step: &JsValue, kind: &str) -> JsValue {
    let outputs: Array = get(step, "outputs").unchecked_into();
    outputs
        .iter()
        .find(|output| get(output, "type") == kind)
        .unwrap_or_default()
}

fn submitted(levels: usize) -> JsValue {
    let uuid = Function::new_no_args("return '11111111-1111-4111-8111-111111111111'");
    let keyed = parse(r#"{"keyed":["runpod"]}"#);
    let jobs = begin(
        &request(levels),
        &keyed,
        &JsValue::UNDEFINED,
        1_000.0,
        &uuid,
    );
    let state = get(&jobs.unchecked_into::<Array>().get(0), "state");
    advance(&state, 1_001.0, &parse(r#"{"type":"saved","revision":1}"#))
}

fn answered(step: &JsValue, body: &str) -> JsValue {
    let answer = parse(r#"{"type":"response","id":0,"status":200}"#);
    Reflect::set(&answer, &"text".into(), &body.into()).unwrap();
    advance(&get(step, "state"), 1_002.0, &answer)
}

#[wasm_bindgen_test]
fn the_deepest_input_leaves_as_it_came() {
    let deepest = DEEPEST as usize - 2;
    let sent = output(&submitted(deepest), "transmit");
    assert_eq!(text(&get(&sent, "body.input.a")), nested(deepest));
    let found = check(&request(deepest + 1), &JsValue::UNDEFINED);
    assert_eq!(get(&found, "ok"), JsValue::FALSE);
}

#[wasm_bindgen_test]
fn the_deepest_answer_is_kept_through_every_step() {
    let deepest = DEEPEST as usize - 2;
    let body = |levels| {
        format!(
            r#"{{"id":"job-1","status":"COMPLETED","output":{{"url":"https://a.example.com/v.mp4","a":{}}}}}"#,
            nested(levels)
        )
    };
    let ended = answered(&submitted(1), &body(deepest));
    let saved = parse(r#"{"type":"saved","revision":2}"#);
    let stored = advance(&get(&ended, "state"), 1_003.0, &saved);
    let record = get(&output(&stored, "save"), "record");
    let again = resume(&record, 3, &JsValue::UNDEFINED, 2_000.0);
    let told = describe(&get(&again, "state"));
    assert_eq!(text(&get(&told, "outcome.raw.output.a")), nested(deepest));
    // Deeper, the video is found all the same.
    let ended = answered(&submitted(1), &body(ABYSS));
    let told = describe(&get(&ended, "state"));
    assert!(get(&told, "outcome.videos.0.url").is_string());
}

#[wasm_bindgen_test]
fn no_depth_traps() {
    let abyss = parse(&nested(ABYSS));
    assert_eq!(
        get(&check(&abyss, &JsValue::UNDEFINED), "ok"),
        JsValue::FALSE
    );
    for value in [&request(ABYSS), &abyss] {
        assert_eq!(
            get(&check(value, &JsValue::UNDEFINED), "ok"),
            JsValue::FALSE
        );
        let quotes: Array = quote(value, &JsValue::UNDEFINED).unchecked_into();
        assert_eq!(get(&quotes.get(0), "available"), JsValue::FALSE);
        assert!(read_webhook("runpod", value).is_undefined());
        assert!(read_webhook("runware", value).is_undefined());
        for revision in [0, 1] {
            assert!(resume(value, revision, &JsValue::UNDEFINED, 0.0).is_undefined());
        }
        assert!(describe(value).is_undefined());
        assert!(advance(value, 0.0, &parse(r#"{"type":"timeout"}"#)).is_undefined());
    }
    let sent = submitted(1);
    let hint = parse(r#"{"type":"webhook"}"#);
    Reflect::set(&hint, &"body".into(), &abyss).unwrap();
    assert!(!advance(&get(&sent, "state"), 1_002.0, &hint).is_undefined());
    let ended = answered(&sent, &nested(ABYSS));
    let error = get(&describe(&get(&ended, "state")), "error.code");
    assert_eq!(error.as_string().unwrap(), "submission_unknown");
}
