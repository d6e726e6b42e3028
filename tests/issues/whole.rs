//! A request as a whole.

use filmgate::request::Policy;
use filmgate::untyped::check;
use serde_json::json;

use crate::common::{runpod_request, short};
use crate::{POD, assert_said, image, text};

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
        "safety": "medium",
        "webhookUrl": "http://localhost/hook",
        "ttlSeconds": 5,
        "promt": "typo",
        "providerOptions": { "fal": {} },
    });
    assert_said(&[(
        request,
        "!duration not_integer, !image malformed, !output.colour unknown_field, \
         !promt unknown_field, !providerOptions.fal unknown_field, !size malformed, \
         !webhookUrl private_host | \
         !output.format unsupported, ~output.quality ignored, !safety unsupported, \
         ~ttlSeconds ignored, !n too_large | \
         !size conflict, !prompt too_short, !safety not_allowed, !n too_large, \
         !output.format not_allowed, !output.quality too_small, !ttlSeconds too_small",
    )]);
}

#[test]
fn sound_requests_say_nothing() {
    assert_said(&[
        (image(json!({})), " |  | "),
        (image(json!({ "model": null })), " |  | "),
        (
            image(json!({ "webhookUrl": null, "output": {}, "providerOptions": {} })),
            " |  | ",
        ),
        (
            image(json!({ "providerOptions": { "runpod": null } })),
            " |  | ",
        ),
        (
            text(json!({ "size": "1920X1080" })),
            &format!(" | {POD} | "),
        ),
    ]);
}

#[test]
fn retired_models_draw_a_warning_and_no_refusal() {
    let found = check(&runpod_request(), Policy::default());
    assert_eq!(found["ok"], true);
    for listing in found["listings"].as_array().unwrap() {
        assert_eq!(listing["ok"], true);
        assert_eq!(short(&listing["issues"][0]), "warning model retired");
        assert!(
            listing["issues"][0]["message"]
                .as_str()
                .unwrap()
                .contains("2026-09-24")
        );
    }
}

#[test]
fn requests_that_are_no_object() {
    for request in [
        json!(null),
        json!([]),
        json!("a fox"),
        json!(5),
        json!(true),
    ] {
        let found = check(&request, Policy::default());
        assert_eq!(short(&found["issues"][0]), "error  wrong_type", "{request}");
        assert_eq!(found["ok"], false);
    }
}
