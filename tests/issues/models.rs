//! Models, raw ones too, and options of one provider.

use serde_json::{Value, json};

use crate::common::{self, with};
use crate::{PICTURE, assert_said, image};

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
