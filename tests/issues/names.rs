//! Field names.

use filmgate::request::Policy;
use filmgate::untyped::validate;
use serde_json::json;

use crate::common::short;
use crate::issues::{PICTURE, assert_said, image};

#[test]
fn misspelled_fields_suggest_the_nearest_name() {
    let cases = [
        ("promt", "prompt"),
        ("Prompt", "prompt"),
        ("positivePrompt", "prompt"),
        ("seconds", "duration"),
        ("durations", "duration"),
        ("image_url", "image"),
        ("imageURL", "image"),
        ("frameImages", "image"),
        ("resolutoin", "resolution"),
        ("aspect_ratio", "aspectRatio"),
        ("width", "size"),
        ("numberResults", "n"),
        ("videoId", "remixId"),
        ("outputFormat", "output.format"),
        ("quality", "output.quality"),
        ("checkContent", "contentCheck"),
        ("ttl", "ttlSeconds"),
        ("uploadEndpoint", "uploadUrl"),
        ("webhookURL", "webhookUrl"),
        ("webhook", "webhookUrl"),
        ("delivery_method", "deliveryMethod"),
        ("taskUuid", "taskUUID"),
        ("includecost", "includeCost"),
        ("provideroptions", "providerOptions"),
    ];
    for (wrong, right) in cases {
        let found = validate(&image(json!({ wrong: 1 })), Policy::default());
        let issue = &found["issues"][0];
        assert_eq!(short(issue), format!("error {wrong} unrecognized_field"));
        assert_eq!(issue["allowed"], json!([right]), "{wrong}");
        assert!(issue["message"].as_str().unwrap().contains(&format!("`{right}`")), "{wrong}");
    }
    for strange in ["cinematography", "x".repeat(300).as_str(), "🦊", "seedling-of-the-tree", ""]
    {
        let found = validate(&image(json!({ strange: 1 })), Policy::default());
        let issue = &found["issues"][0];
        assert_eq!(issue["code"], "unrecognized_field", "{strange}");
        assert_eq!(issue.get("allowed"), None, "{strange}");
        assert!(issue["message"].as_str().unwrap().len() < 200);
    }
}

#[test]
fn a_name_with_a_dot_is_not_a_nested_field() {
    assert_said(&[(
        json!({ "prompt": "A fox", "image": PICTURE, "duration": 4, "output.quality": 50 }),
        "!output.quality unrecognized_field |  | ",
    )]);
}
