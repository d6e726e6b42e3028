//! A request as a whole.

use filmgate::request::Policy;
use filmgate::untyped::validate;
use serde_json::json;

use crate::common::{runpod_request, short};
use crate::issues::{POD, assert_said, image, text};

#[test]
fn all_at_once() {
    let request = json!({
        "model": "sora-2-pro",
        "prompt": "x",
        "image": "javascript:alert(1)",
        "duration": 4.5,
        "size": "12",
        "n": 9,
        "output": { "quality": 5, "format": "avi", "colour": 1 },
        "contentCheck": "medium",
        "webhookUrl": "http://localhost/hook",
        "ttlSeconds": 5,
        "promt": "typo",
        "providerOptions": { "fal": {} },
    });
    assert_said(&[(
        request,
        "!duration not_integer, !image invalid_format, !output.colour unrecognized_field, \
         !promt unrecognized_field, !providerOptions.fal unrecognized_field, !size invalid_format, \
         !webhookUrl private_host | \
         !contentCheck unsupported, !output.format unsupported, ~output.quality ignored, \
         ~ttlSeconds ignored, !n too_large | \
         !prompt too_short, !contentCheck invalid_value, !n too_large, \
         !output.format invalid_value, !output.quality too_small, !ttlSeconds too_small, \
         ~size undocumented",
    )]);
}

#[test]
fn valid_requests_have_no_issues() {
    assert_said(&[
        (image(json!({})), " |  | "),
        (image(json!({ "model": null })), " |  | "),
        (image(json!({ "webhookUrl": null, "output": {}, "providerOptions": {} })), " |  | "),
        (image(json!({ "providerOptions": { "runpod": null } })), " |  | "),
        (text(json!({ "size": "1920X1080" })), &format!(" | {POD} | ")),
    ]);
}

#[test]
fn retired_models_cause_a_warning() {
    let found = validate(&runpod_request(), Policy::default());
    assert_eq!(found["ok"], true);
    for listing in found["listings"].as_array().unwrap() {
        assert_eq!(listing["ok"], true);
        assert_eq!(short(&listing["issues"][0]), "warning model deprecated_model");
        assert!(listing["issues"][0]["message"].as_str().unwrap().contains("2026-09-24"));
    }
}

#[test]
fn requests_that_are_not_objects() {
    for request in [json!(null), json!([]), json!("a fox"), json!(5), json!(true)] {
        let found = validate(&request, Policy::default());
        assert_eq!(short(&found["issues"][0]), "error  invalid_type", "{request}");
        assert_eq!(found["ok"], false);
    }
}
