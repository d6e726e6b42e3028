//! Prompts, numbers, and values that JSON cannot hold.

use filmgate::catalog::MODELS;
use filmgate::request::{Policy, UNREADABLE, long_string_ref, parse};
use serde_json::{Value, json};

use crate::common::with;
use crate::issues::{PICTURE, assert_said, image};

#[test]
fn prompts() {
    let cut = json!({ UNREADABLE: "invalid_unicode" });
    assert_said(&[
        (image(json!({ "prompt": null })), " | !prompt required | !prompt required"),
        (image(json!({ "prompt": "" })), " | !prompt too_short | !prompt too_short"),
        (image(json!({ "prompt": "  \n" })), " | !prompt too_short | !prompt too_short"),
        (image(json!({ "prompt": "x" })), " |  | !prompt too_short"),
        (image(json!({ "prompt": "🦊" })), " |  | !prompt too_short"),
        (image(json!({ "prompt": "🦊🦊" })), " |  | "),
        (image(json!({ "prompt": "a".repeat(6000) })), " |  | "),
        (image(json!({ "prompt": "🦊".repeat(6000) })), " |  | "),
        (image(json!({ "prompt": "a".repeat(6001) })), " |  | !prompt too_long"),
        (image(json!({ "prompt": "🦊".repeat(6001) })), " |  | !prompt too_long"),
        (image(json!({ "prompt": long_string_ref(0, "a", 70_000) })), " |  | !prompt too_long"),
        (image(json!({ "prompt": 5 })), "!prompt invalid_type |  | "),
        (image(json!({ "prompt": ["a fox"] })), "!prompt invalid_type |  | "),
        (image(json!({ "prompt": cut })), "!prompt invalid_unicode |  | "),
    ]);
}

#[test]
fn numbers() {
    let nan = json!({ UNREADABLE: "not_finite" });
    let neither = " | !duration invalid_value | !duration invalid_value";
    assert_said(&[
        (image(json!({ "duration": null })), " | !duration required | !duration required"),
        (image(json!({ "duration": 8.0 })), " |  | "),
        (image(json!({ "duration": 16 })), " | !duration invalid_value | "),
        (image(json!({ "duration": 5 })), neither),
        (image(json!({ "duration": 0 })), neither),
        (image(json!({ "duration": -4 })), neither),
        (image(json!({ "duration": 9_007_199_254_740_993_u64 })), neither),
        (image(json!({ "duration": u64::MAX })), "!duration not_integer |  | "),
        (image(json!({ "duration": 1e300 })), "!duration not_integer |  | "),
        (image(json!({ "duration": 4.5 })), "!duration not_integer |  | "),
        (image(json!({ "duration": "8" })), "!duration invalid_type |  | "),
        (image(json!({ "duration": true })), "!duration invalid_type |  | "),
        (image(json!({ "duration": nan })), "!duration not_finite |  | "),
        (image(json!({ "n": nan })), "!n not_finite |  | "),
        (image(json!({ "n": 1 })), " |  | "),
        (image(json!({ "n": 4 })), " | !n too_large | "),
        (image(json!({ "n": 5 })), " | !n too_large | !n too_large"),
        (image(json!({ "n": 0 })), " | !n too_small | !n too_small"),
        (image(json!({ "output.quality": 50 })), " | ~output.quality ignored | "),
        (image(json!({ "output": 5 })), "!output invalid_type |  | "),
    ]);
}

#[test]
fn values_that_json_cannot_hold() {
    let marker = |kind: &str| json!({ UNREADABLE: kind });
    let deep = json!({ "runware": { "a": [1, { "b": marker("not_finite") }] } });
    assert_said(&[
        (
            image(
                json!({ "webhookUrl": marker("invalid_unicode"), "contentCheck": marker("function") }),
            ),
            "!contentCheck invalid_type, !webhookUrl invalid_unicode |  | ",
        ),
        (
            image(json!({ "providerOptions": deep })),
            "!providerOptions.runware.a.1.b not_finite |  | ",
        ),
        (
            json!({ "model": "runware:a:1@1", "input": { "x": marker("bigint") } }),
            "!input.x invalid_type | - | ",
        ),
        (
            image(json!({ "image": { "image": PICTURE, "frame": marker("not_finite") } })),
            "!image.frame not_finite |  | ",
        ),
        (image(json!({ "model": marker("symbol") })), "!model invalid_type |  | "),
        (
            image(json!({ "allowInlineImages": marker("not_finite") })),
            "!allowInlineImages not_finite |  | ",
        ),
    ]);
}

/// The providers' pages use -1 for a random seed, their default.
#[test]
fn a_seed_of_minus_one_is_random_and_is_left_out() {
    let body = |request: Value, listing| {
        let (request, issues) = parse(&request, Policy::default());
        assert_eq!(issues, []);
        let fit = request.encode_for("any", listing);
        (fit.issues, fit.prepared.map(|prepared| prepared.body))
    };
    for listing in MODELS.iter().flat_map(|model| model.listings.iter()) {
        let request =
            json!({ "prompt": "A fox", "image": PICTURE, "duration": 5, "resolution": "720p" });
        let without = body(request.clone(), listing);
        assert_eq!(body(with(request.clone(), json!({ "seed": -1 })), listing), without);
        assert_eq!(body(with(request, json!({ "seed": -1.0 })), listing), without);
    }
    let below = image(json!({ "model": "wan-2.6", "duration": 5, "seed": -2 }));
    let candidates = filmgate::untyped::validate(&below, Policy::default());
    let issues = candidates["listings"][0]["issues"].as_array().unwrap();
    let issue = issues.iter().find(|issue| issue["path"] == "seed").unwrap();
    assert_eq!((&issue["code"], issue.get("fix")), (&json!("too_small"), None));
}
