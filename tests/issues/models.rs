//! Models, raw ones too, and options of one provider.

use serde_json::{Value, json};

use filmgate::plan::PlanOptions;
use filmgate::request::Policy;
use filmgate::untyped::validate;

use crate::common::{self, with};
use crate::issues::{PICTURE, assert_said, image};

#[test]
fn options_of_one_provider() {
    assert_said(&[
        (image(json!({ "contentCheck": "none" })), " | ~contentCheck ignored | "),
        (image(json!({ "contentCheck": "fast" })), " | !contentCheck unsupported | "),
        (image(json!({ "output": { "format": "mp4" } })), " | ~output.format ignored | "),
        (image(json!({ "output": { "format": "webm" } })), " | !output.format unsupported | "),
        (image(json!({ "output": { "type": "url" } })), " | ~output.type ignored | "),
        (image(json!({ "ttlSeconds": 60 })), " | ~ttlSeconds ignored | "),
        (image(json!({ "ttlSeconds": 59 })), " | ~ttlSeconds ignored | !ttlSeconds too_small"),
        (image(json!({ "uploadUrl": PICTURE })), " | !uploadUrl unsupported | "),
        (image(json!({ "includeCost": false })), " | ~includeCost ignored | "),
        (image(json!({ "deliveryMethod": "sync" })), " |  | !deliveryMethod invalid_value"),
        (image(json!({ "deliveryMethod": "async" })), " |  | "),
        (
            image(json!({ "deliveryMethod": "later" })),
            " | !deliveryMethod invalid_value | !deliveryMethod invalid_value",
        ),
        (image(json!({ "webhookUrl": PICTURE })), " |  | "),
    ]);
}

#[test]
fn models() {
    let of = |model: &str| image(json!({ "model": model }));
    assert_said(&[
        (of("sora-9"), "!model unknown_model | - | -"),
        (of(""), "!model unknown_model | - | -"),
        (of("runpod:"), "!model unknown_model | - | -"),
        (of("runpod:../../v1"), "!model unknown_model | - | -"),
        (of("runpod:a/../b"), "!model unknown_model | - | -"),
        (of("runpod:a?b"), "!model unknown_model | - | -"),
        (of("fal:sora"), "!model unknown_model | - | -"),
        (image(json!({ "model": 5 })), "!model invalid_type |  | "),
    ]);
}

fn issue_of_model(model: &str) -> Value {
    validate(&image(json!({ "model": model })), Policy::default())["issues"][0].clone()
}

#[test]
fn another_spelling_of_a_model_is_fixed() {
    for (model, meant) in [
        ("wan2.6", "wan-2.6"),
        ("Wan-2.6", "wan-2.6"),
        ("Wan 2.6", "wan-2.6"),
        ("wan_2_6", "wan-2.6"),
        ("alibaba/wan-2.6", "wan-2.6"),
        ("wan-2-6-t2v", "wan-2.6"),
        ("alibaba:wan@2.6", "wan-2.6"),
        ("openai:3@2", "sora-2-pro"),
        ("google/veo-3.1-fast", "veo-3.1-fast"),
        ("Sora 2 Pro", "sora-2-pro"),
        ("sora2pro", "sora-2-pro"),
        ("RunPod:my-endpoint", "runpod:my-endpoint"),
        ("runwear:a:1@1", "runware:a:1@1"),
    ] {
        let issue = issue_of_model(model);
        assert_eq!(issue["fix"], json!({ "path": "model", "value": meant }), "{model}");
        assert_eq!(issue["allowed"], json!([meant]), "{model}");
    }
}

#[test]
fn an_unknown_model_names_the_nearest_ones() {
    for (model, near) in [
        ("veo3", json!(["veo-3.1", "veo-3.1-lite", "veo-3.1-fast"])),
        ("veo-3.1-fast-generate-preview", json!(["veo-3.1-fast", "veo-3.1"])),
        ("wan-2.8", json!(["wan-3.0", "wan-2.7", "wan-2.6", "wan-2.5", "wan-2.2"])),
        (
            "seedance-3.0",
            json!([
                "seedance-2.5",
                "seedance-2.0",
                "seedance-1.5-pro",
                "seedance-1.0-pro",
                "seedance-2.0-mini"
            ]),
        ),
        (
            "kling",
            json!([
                "kling-o1",
                "kling-3.0-pro",
                "kling-2.6-pro",
                "kling-2.1-pro",
                "kling-3.0-omni"
            ]),
        ),
    ] {
        let issue = issue_of_model(model);
        assert_eq!(issue["allowed"], near, "{model}");
        assert_eq!(issue.get("fix"), None, "{model}");
        assert!(issue["message"].as_str().unwrap().contains(near[0].as_str().unwrap()));
    }
    assert_eq!(issue_of_model("dall-e")["allowed"].as_array().unwrap().len(), 50);
}

#[test]
fn a_misspelled_provider_is_fixed() {
    let fix = |provider: Value| {
        let issue = PlanOptions::read(&json!({ "provider": provider })).unwrap_err();
        issue.fix.map(|fix| fix.value.unwrap())
    };
    assert_eq!(fix(json!("runwear")), Some(json!("runware")));
    assert_eq!(fix(json!("RunPod")), Some(json!("runpod")));
    assert_eq!(fix(json!(["RunPod", "runware"])), Some(json!(["runpod", "runware"])));
    assert_eq!(fix(json!("fal")), None);
    assert_eq!(fix(json!([])), None);
    assert_eq!(fix(json!(5)), None);
    let options = image(json!({ "providerOptions": { "RunPod": { "policy": 1 } } }));
    let found = validate(&options, Policy::default());
    let moved = json!({ "path": "providerOptions.runpod", "value": { "policy": 1 }, "remove": "providerOptions.RunPod" });
    assert_eq!(found["issues"][0]["fix"], moved);
}

#[test]
fn raw_models() {
    let raw = |more: Value| {
        with(json!({ "model": "runpod:echo-video", "input": { "prompt": "A fox" } }), more)
    };
    let ware = |more: Value| with(json!({ "model": "runware:sim:echo@1", "input": {} }), more);
    assert_said(&[
        (raw(json!({})), " |  | -"),
        (raw(json!({ "input": { "anything": [1, null, { "a": "b" }] } })), " |  | -"),
        (raw(json!({ "input": null })), " | !input required | -"),
        // RunPod's SDK takes an empty input as a missing one, and the worker is billed.
        (raw(json!({ "input": {} })), " | !input required | -"),
        (
            raw(json!({ "input": {}, "providerOptions": { "runpod": { "input": { "a": 1 } } } })),
            " |  | -",
        ),
        (raw(json!({ "input": "text" })), "!input invalid_type | !input required | -"),
        (raw(json!({ "deliveryMethod": "sync", "webhookUrl": PICTURE })), " |  | -"),
        (raw(json!({ "prompt": "A fox" })), " | !prompt unsupported | -"),
        (ware(json!({ "includeCost": false })), " | - | "),
        (ware(json!({ "taskUUID": common::UUID })), " | - | "),
        (ware(json!({ "input": { "taskUUID": "x" } })), " | - | !input.taskUUID reserved"),
        (ware(json!({ "input": { "model": "x" } })), " | - | !input.model reserved"),
        (image(json!({ "input": { "a": 1 } })), " | !input conflict | !input conflict"),
    ]);
}

#[test]
fn provider_options() {
    let raw = |options: Value| image(json!({ "providerOptions": options }));
    assert_said(&[
        (raw(json!({ "runware": { "CFGScale": 7 } })), " |  | "),
        (raw(json!({ "runpod": { "policy": { "ttl": 60_000 } } })), " |  | "),
        (raw(json!({ "runpod": { "input": { "size": "4k" } } })), " |  | "),
        (
            raw(json!({ "runpod": { "webhook": PICTURE } })),
            " | !providerOptions.runpod.webhook reserved | ",
        ),
        (raw(json!({ "runpod": [] })), "!providerOptions.runpod invalid_type |  | "),
        (raw(json!({ "RunPod": {} })), "!providerOptions.RunPod unrecognized_field |  | "),
        (raw(json!("x")), "!providerOptions invalid_type |  | "),
    ]);
    for name in ["taskUUID", "taskType", "model", "deliveryMethod", "webhookURL"] {
        let request = raw(json!({ "runware": { name: "x" } }));
        let expected = format!(" |  | !providerOptions.runware.{name} reserved");
        assert_said(&[(request, &expected)]);
    }
}
