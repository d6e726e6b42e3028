//! Generation parameters, and the example as a whole.

use filmgate::issue::Code;
use filmgate::provider::ProviderId::Runware;
use serde_json::{Value, json};

use crate::common::wire;
use crate::seed_runware::{errors, issue, sent, warnings};

const REQUEST: &str = include_str!("../fixtures/core/runware_request.json");

/// The page's list, and the two sizes of its example.
const SIZES: &[(&str, u32, u32)] = &[
    ("1280x720", 1280, 720),
    ("720x1280", 720, 1280),
    ("1920x1080", 1920, 1080),
    ("1080x1920", 1080, 1920),
    ("1792x1024", 1792, 1024),
    ("1024x1792", 1024, 1792),
];

#[test]
fn request_example() {
    let mut example: Value = serde_json::from_str(REQUEST).unwrap();
    let request = json!({
        "model": "sora-2-pro",
        "prompt": example["positivePrompt"],
        "size": "1792x1024",
        "duration": 8,
        "taskUUID": example["taskUUID"],
    });
    // Sent explicitly though the page has defaults: the delivery method, and that the cost is included.
    example["deliveryMethod"] = json!("async");
    example["includeCost"] = json!(true);
    assert_eq!(wire(Runware, &request), json!([example]));
}

#[test]
fn request_model() {
    assert_eq!(sent(json!({}))["model"], "openai:3@2");
    let raw = json!({ "providerOptions": { "runware": { "model": "a:1@1" } } });
    assert_eq!(errors(raw), ["providerOptions.runware.model reserved"]);
}

#[test]
fn request_positive_prompt() {
    for count in [2, 6000] {
        for letter in ["a", "é", "🦊"] {
            let prompt = letter.repeat(count);
            assert_eq!(sent(json!({ "prompt": prompt }))["positivePrompt"], *prompt);
        }
    }
    for (prompt, code) in [
        (String::new(), "too_short"),
        ("🦊".to_owned(), "too_short"),
        ("a".repeat(6001), "too_long"),
        ("🦊".repeat(6001), "too_long"),
    ] {
        assert_eq!(errors(json!({ "prompt": prompt })), [format!("prompt {code}")]);
    }
    let found = issue(json!({ "prompt": "a" }), Code::TooShort);
    assert_eq!((found.min, found.max), (Some(2), Some(6000)));
    assert_eq!(errors(json!({ "prompt": null })), ["prompt required"]);
}

#[test]
fn request_width() {
    for (size, width, _) in SIZES {
        assert_eq!(sent(json!({ "size": size }))["width"], *width);
    }
    assert_eq!(
        errors(json!({ "size": "1280" })),
        ["size invalid_format"],
        "paired with the height"
    );
}

#[test]
fn request_height() {
    for (size, _, height) in SIZES {
        assert_eq!(sent(json!({ "size": size }))["height"], *height);
    }
    assert_eq!(errors(json!({ "size": "x720" })), ["size invalid_format"], "paired with the width");
}

#[test]
fn request_dimension_combinations() {
    for (at, (size, ..)) in SIZES.iter().enumerate() {
        let expected: &[&str] = if at < 4 { &[] } else { &["size undocumented"] };
        assert_eq!(warnings(json!({ "size": size })), expected, "{size}");
    }
    for size in ["1280x1080", "720x720", "1920x1079", "4096x4096", "0x0"] {
        assert_eq!(errors(json!({ "size": size })), ["size invalid_value"], "{size}");
    }
    let tiers = [
        ("720p", "16:9", 1280, 720),
        ("720p", "9:16", 720, 1280),
        ("1080p", "16:9", 1920, 1080),
        ("1080p", "9:16", 1080, 1920),
    ];
    for (resolution, ratio, width, height) in tiers {
        let changes = json!({ "size": null, "resolution": resolution, "aspectRatio": ratio });
        let task = sent(changes);
        assert_eq!((&task["width"], &task["height"]), (&json!(width), &json!(height)));
    }
    let wide = sent(json!({ "size": null, "resolution": "1080p" }));
    assert_eq!((&wide["width"], &wide["height"]), (&json!(1920), &json!(1080)));
    let square = json!({ "size": null, "resolution": "720p", "aspectRatio": "1:1" });
    assert_eq!(errors(square), ["aspectRatio invalid_value"]);
}

#[test]
fn request_duration() {
    for seconds in [4, 8, 12, 16, 20] {
        assert_eq!(sent(json!({ "duration": seconds }))["duration"], seconds);
        let float = format!("{seconds}.0").parse::<f64>().unwrap();
        assert_eq!(sent(json!({ "duration": float }))["duration"].to_string(), seconds.to_string());
    }
    for seconds in [0, 3, 5, 10, 24] {
        assert_eq!(errors(json!({ "duration": seconds })), ["duration invalid_value"], "{seconds}");
    }
    // Optional on the page; required here, since it decides the price.
    assert_eq!(errors(json!({ "duration": null })), ["duration required"]);
    let allowed = issue(json!({ "duration": 5 }), Code::InvalidValue).allowed;
    assert_eq!(allowed, [json!(4), json!(8), json!(12), json!(16), json!(20)]);
}
