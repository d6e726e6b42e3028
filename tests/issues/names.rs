//! Names of fields.

use filmgate::request::Policy;
use filmgate::untyped::check;
use serde_json::json;

use crate::common::short;
use crate::{PICTURE, assert_said, image};

#[test]
fn misspelt_fields_offer_the_nearest_name() {
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
        ("videoId", "remix"),
        ("outputFormat", "output.format"),
        ("quality", "output.quality"),
        ("checkContent", "safety"),
        ("ttl", "ttlSeconds"),
        ("uploadEndpoint", "uploadUrl"),
        ("webhookURL", "webhookUrl"),
        ("webhook", "webhookUrl"),
        ("deliveryMethod", "delivery"),
        ("taskUuid", "taskUUID"),
        ("includecost", "includeCost"),
        ("provideroptions", "providerOptions"),
    ];
    for (wrong, right) in cases {
        let found = check(&image(json!({ wrong: 1 })), Policy::default());
        let issue = &found["issues"][0];
        assert_eq!(short(issue), format!("error {wrong} unknown_field"));
        assert_eq!(issue["allowed"], json!([right]), "{wrong}");
        assert!(
            issue["message"]
                .as_str()
                .unwrap()
                .contains(&format!("`{right}`")),
            "{wrong}"
        );
    }
    for strange in [
        "cinematography",
        "x".repeat(300).as_str(),
        "🦊",
        "seedling-of-the-tree",
        "",
    ] {
        let found = check(&image(json!({ strange: 1 })), Policy::default());
        let issue = &found["issues"][0];
        assert_eq!(issue["code"], "unknown_field", "{strange}");
        assert_eq!(issue.get("allowed"), None, "{strange}");
        assert!(issue["message"].as_str().unwrap().len() < 200);
    }
}

#[test]
fn a_name_with_a_dot_is_no_nested_field() {
    assert_said(&[(
        json!({ "prompt": "A fox", "image": PICTURE, "duration": 4, "output.quality": 50 }),
        "!output.quality unknown_field |  | ",
    )]);
}
