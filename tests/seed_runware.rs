//! Every row of the request in Runware's page for Sora 2 Pro, each by its name.
//! The rows of the response are in `seed_runware_response.rs`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use common::{UUID, fit, runware_request, told, wire, with};
use filmgate::issue::{Code, Issue};
use filmgate::provider::ProviderId::Runware;
use serde_json::{Value, json};

const REQUEST: &str = include_str!("fixtures/core/runware_request.json");
const PICTURE: &str = "https://pictures.example.com/baker.jpeg";
const PICTURE_UUID: &str = "aac49721-1964-481a-ae78-8a4e29b91402";

/// The task that leaves for our own request with these changes.
fn sent(changes: Value) -> Value {
    let body = wire(Runware, &with(runware_request(), changes));
    assert_eq!(
        body.as_array().unwrap().len(),
        1,
        "the body is always a list of tasks"
    );
    body[0].clone()
}

/// The errors that these changes bring, as `path code`.
fn errors(changes: Value) -> Vec<String> {
    let told = told(&fit(Runware, &with(runware_request(), changes)));
    told.iter()
        .filter_map(|each| Some(each.strip_prefix("error ")?.to_owned()))
        .collect()
}

fn warnings(changes: Value) -> Vec<String> {
    let told = told(&fit(Runware, &with(runware_request(), changes)));
    let warnings = told.iter().filter_map(|each| each.strip_prefix("warning "));
    warnings
        .filter(|each| *each != "model retired")
        .map(str::to_owned)
        .collect()
}

fn issue(changes: Value, code: Code) -> Issue {
    let fit = fit(Runware, &with(runware_request(), changes));
    fit.issues
        .into_iter()
        .find(|issue| issue.code == code)
        .unwrap()
}

/// A word of the request and of the wire for each value of a choice.
fn assert_choice(field: &str, place: &[&str], words: &[(&str, &str)]) {
    for (word, wire) in words {
        let task = sent(json!({ field: word }));
        let there = place.iter().fold(&task, |value, name| &value[*name]);
        assert_eq!(there, wire, "{field}: {word}");
    }
    assert_eq!(
        errors(json!({ field: "other" })),
        [format!("{field} not_allowed")]
    );
    let allowed: Vec<Value> = words.iter().map(|(word, _)| json!(word)).collect();
    assert_eq!(
        issue(json!({ field: "other" }), Code::NotAllowed).allowed,
        allowed
    );
}

/// Both ends of a whole number, and what lies beyond them.
fn assert_range(field: &str, place: &str, min: i64, max: Option<i64>) {
    for fits in [Some(min), max].into_iter().flatten() {
        assert_eq!(sent(json!({ field: fits }))[place], fits);
        assert_eq!(
            sent(json!({ field: fits }))[place].to_string(),
            fits.to_string()
        );
    }
    assert_eq!(
        errors(json!({ field: min - 1 })),
        [format!("{field} too_small")]
    );
    let low = issue(json!({ field: min - 1 }), Code::TooSmall);
    assert_eq!((low.min, low.max), (Some(min), max));
    assert_eq!(low.fix.unwrap().value, Some(json!(min)));
    if let Some(max) = max {
        assert_eq!(
            errors(json!({ field: max + 1 })),
            [format!("{field} too_large")]
        );
        let high = issue(json!({ field: max + 1 }), Code::TooLarge);
        assert_eq!((high.min, high.max), (Some(min), Some(max)));
        assert_eq!(high.fix.unwrap().value, Some(json!(max)));
    }
    assert_eq!(
        errors(json!({ field: 61.5 })),
        [format!("{field} not_integer")]
    );
}

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
    // What the page leaves to defaults and we say: how the result comes, and that its cost is told.
    example["deliveryMethod"] = json!("async");
    example["includeCost"] = json!(true);
    assert_eq!(wire(Runware, &request), json!([example]));
}

// ------------------------------------------------------------------------------------ API options

#[test]
fn request_task_type() {
    assert_eq!(sent(json!({}))["taskType"], "videoInference");
    let raw = json!({ "providerOptions": { "runware": { "taskType": "imageInference" } } });
    assert_eq!(errors(raw), ["providerOptions.runware.taskType reserved"]);
}

#[test]
fn request_task_uuid() {
    assert_eq!(sent(json!({}))["taskUUID"], UUID, "the driver's fresh one");
    let own = "0b0b0b0b-0000-4000-8000-00000000000a";
    assert_eq!(sent(json!({ "taskUUID": own }))["taskUUID"], own);
    assert_eq!(
        sent(json!({ "taskUUID": own.to_uppercase() }))["taskUUID"],
        own
    );
    let wrong = [
        "0b0b0b0b-0000-1000-8000-00000000000a", // version 1
        "0b0b0b0b-0000-4000-c000-00000000000a", // another variant
        "0b0b0b0b00004000800000000000000a",
        "{0b0b0b0b-0000-4000-8000-00000000000a}",
        "",
    ];
    for wrong in wrong {
        assert_eq!(
            errors(json!({ "taskUUID": wrong })),
            ["taskUUID malformed"],
            "{wrong}"
        );
    }
    assert_eq!(errors(json!({ "taskUUID": 4 })), ["taskUUID wrong_type"]);
}

#[test]
fn request_output_type() {
    assert_choice("output.type", &["outputType"], &[("url", "URL")]);
    assert_eq!(
        sent(json!({})).get("outputType"),
        None,
        "the default is the only value"
    );
}

#[test]
fn request_output_format() {
    let words = [("mp4", "MP4"), ("webm", "WEBM"), ("mov", "MOV")];
    assert_choice("output.format", &["outputFormat"], &words);
    assert_eq!(
        sent(json!({})).get("outputFormat"),
        None,
        "the default is MP4"
    );
}

#[test]
fn request_output_quality() {
    assert_range("output.quality", "outputQuality", 20, Some(99));
    assert_eq!(
        sent(json!({})).get("outputQuality"),
        None,
        "the default is 95"
    );
}

#[test]
fn request_webhook_url() {
    let hook = "https://hooks.example.com/done?secret=1";
    assert_eq!(sent(json!({ "webhookUrl": hook }))["webhookURL"], hook);
    assert_eq!(
        errors(json!({ "webhookUrl": "no address" })),
        ["webhookUrl malformed"]
    );
}

#[test]
fn request_delivery_method() {
    assert_choice("delivery", &["deliveryMethod"], &[("async", "async")]);
    assert_eq!(
        sent(json!({}))["deliveryMethod"],
        "async",
        "said, though the default"
    );
}

#[test]
fn request_upload_endpoint() {
    // The three addresses of the page.
    let addresses = [
        "https://your-bucket.s3.amazonaws.com/generated/content.mp4?X-Amz-Signature=abc123&X-Amz-Expires=3600",
        "https://storage.googleapis.com/your-bucket/content.jpg?X-Goog-Signature=xyz789",
        "https://storage.example.com/uploads/generated-image.jpg",
    ];
    for address in addresses {
        assert_eq!(
            sent(json!({ "uploadUrl": address }))["uploadEndpoint"],
            address
        );
    }
    assert_eq!(
        errors(json!({ "uploadUrl": "ftp://a.example.com/b" })),
        ["uploadUrl malformed"]
    );
}

#[test]
fn request_safety() {
    assert_eq!(sent(json!({})).get("safety"), None);
    assert_eq!(
        sent(json!({ "safety": "full" }))["safety"],
        json!({ "mode": "full" })
    );
}

#[test]
fn request_safety_check_content() {
    // The page's two settings say the same twice: ours is the mode. The other is reached raw.
    let raw = json!({ "providerOptions": { "runware": { "safety": { "checkContent": true } } } });
    assert_eq!(sent(raw)["safety"], json!({ "checkContent": true }));
    let found = issue(json!({ "checkContent": true }), Code::UnknownField);
    assert_eq!(found.allowed, [json!("safety")]);
}

#[test]
fn request_safety_mode() {
    let words = [("none", "none"), ("fast", "fast"), ("full", "full")];
    assert_choice("safety", &["safety", "mode"], &words);
}

#[test]
fn request_ttl() {
    assert_range("ttlSeconds", "ttl", 60, None);
    assert_eq!(sent(json!({ "ttlSeconds": 604_800 }))["ttl"], 604_800);
}

#[test]
fn request_include_cost() {
    assert_eq!(
        sent(json!({}))["includeCost"],
        true,
        "said, since the page's default is false"
    );
    assert_eq!(sent(json!({ "includeCost": false }))["includeCost"], false);
    assert_eq!(sent(json!({ "includeCost": true }))["includeCost"], true);
    assert_eq!(
        errors(json!({ "includeCost": 1 })),
        ["includeCost wrong_type"]
    );
}

#[test]
fn request_number_results() {
    assert_range("n", "numberResults", 1, Some(4));
    assert_eq!(
        sent(json!({})).get("numberResults"),
        None,
        "the default is 1"
    );
    for n in 1..=4 {
        let request = with(runware_request(), json!({ "n": n }));
        assert_eq!(common::job(Runware, &request).handle.n, n);
    }
}

// ----------------------------------------------------------------------------------------- inputs

#[test]
fn request_frame_images() {
    let task = sent(json!({ "size": null, "image": PICTURE_UUID }));
    // The page's shorthand.
    assert_eq!(task["inputs"], json!({ "frameImages": [PICTURE_UUID] }));
    assert_eq!((task.get("width"), task.get("height")), (None, None));
    let two = json!({ "size": null, "image": [PICTURE, PICTURE] });
    assert_eq!(errors(two), ["image not_allowed"]);
    assert_eq!(
        errors(json!({ "size": null, "image": [] })),
        ["image not_allowed"]
    );
}

#[test]
fn request_frame_images_image() {
    let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
    let data = format!("data:image/jpeg;base64,{base64}");
    for image in [PICTURE_UUID, PICTURE, base64, &data] {
        let task = sent(json!({ "size": null, "image": image }));
        assert_eq!(task["inputs"]["frameImages"], json!([image]));
        let task = sent(json!({ "size": null, "image": { "image": image, "frame": "first" } }));
        let paired = json!([{ "image": image, "frame": "first" }]);
        assert_eq!(task["inputs"]["frameImages"], paired);
    }
    assert_eq!(
        errors(json!({ "size": null, "image": {} })),
        ["image wrong_type"]
    );
}

#[test]
fn request_frame_images_frame() {
    for frame in [json!("first"), json!(0)] {
        let task = sent(json!({ "size": null, "image": { "image": PICTURE, "frame": frame } }));
        assert_eq!(task["inputs"]["frameImages"][0]["frame"], frame);
        let task = sent(json!({ "size": null, "image": [{ "image": PICTURE, "frame": frame }] }));
        assert_eq!(task["inputs"]["frameImages"][0]["frame"], frame);
    }
    for frame in [
        json!("last"),
        json!(1),
        json!(-1),
        json!("0"),
        json!({}),
        json!(true),
    ] {
        let image = json!({ "image": PICTURE, "frame": frame });
        let changes = json!({ "size": null, "image": image });
        assert_eq!(
            errors(changes.clone()),
            ["image.frame not_allowed"],
            "{frame}"
        );
        let found = issue(changes, Code::NotAllowed);
        assert_eq!(found.allowed, [json!("first"), json!(0)]);
    }
}

#[test]
fn request_video_id() {
    let id = "video_69c581a1a7688190bf24a177278b6187000b0b6342cde7b3";
    let task = sent(json!({ "size": null, "remix": id }));
    assert_eq!(task["inputs"], json!({ "videoId": id }));
    assert_eq!((task.get("width"), task.get("height")), (None, None));
    // "When `inputs.videoId` is provided, width/height and frameImages cannot be used."
    assert_eq!(errors(json!({ "remix": id })), ["size conflict"]);
    let resolution = json!({ "remix": id, "size": null, "resolution": "720p" });
    assert_eq!(errors(resolution), ["resolution conflict"]);
    let image = json!({ "remix": id, "size": null, "image": PICTURE });
    assert_eq!(errors(image), ["image conflict"]);
}

// ----------------------------------------------------------------------------- generation settings

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
        assert_eq!(
            errors(json!({ "prompt": prompt })),
            [format!("prompt {code}")]
        );
    }
    let found = issue(json!({ "prompt": "a" }), Code::TooShort);
    assert_eq!((found.min, found.max), (Some(2), Some(6000)));
    assert_eq!(errors(json!({ "prompt": null })), ["prompt missing"]);
}

#[test]
fn request_width() {
    for (size, width, _) in SIZES {
        assert_eq!(sent(json!({ "size": size }))["width"], *width);
    }
    assert_eq!(
        errors(json!({ "size": "1280" })),
        ["size malformed"],
        "paired with the height"
    );
}

#[test]
fn request_height() {
    for (size, _, height) in SIZES {
        assert_eq!(sent(json!({ "size": size }))["height"], *height);
    }
    assert_eq!(
        errors(json!({ "size": "x720" })),
        ["size malformed"],
        "paired with the width"
    );
}

/// The page's list, and the two that its example brings.
const SIZES: &[(&str, u32, u32)] = &[
    ("1280x720", 1280, 720),
    ("720x1280", 720, 1280),
    ("1920x1080", 1920, 1080),
    ("1080x1920", 1080, 1920),
    ("1792x1024", 1792, 1024),
    ("1024x1792", 1024, 1792),
];

#[test]
fn request_dimension_combinations() {
    for (at, (size, ..)) in SIZES.iter().enumerate() {
        let expected: &[&str] = if at < 4 { &[] } else { &["size undocumented"] };
        assert_eq!(warnings(json!({ "size": size })), expected, "{size}");
    }
    for size in ["1280x1080", "720x720", "1920x1079", "4096x4096", "0x0"] {
        assert_eq!(
            errors(json!({ "size": size })),
            ["size not_allowed"],
            "{size}"
        );
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
        assert_eq!(
            (&task["width"], &task["height"]),
            (&json!(width), &json!(height))
        );
    }
    let wide = sent(json!({ "size": null, "resolution": "1080p" }));
    assert_eq!(
        (&wide["width"], &wide["height"]),
        (&json!(1920), &json!(1080))
    );
    let square = json!({ "size": null, "resolution": "720p", "aspectRatio": "1:1" });
    assert_eq!(errors(square), ["aspectRatio not_allowed"]);
}

#[test]
fn request_frame_images_or_size() {
    assert_eq!(errors(json!({ "size": null })), ["resolution missing"]);
    let both = json!({ "image": PICTURE });
    assert_eq!(errors(both), ["size conflict"]);
    let image = json!({ "size": null, "image": PICTURE, "resolution": "1080p" });
    assert_eq!(errors(image.clone()), [] as [&str; 0]);
    assert_eq!(warnings(image.clone()), ["resolution ignored"]);
    assert_eq!(sent(image).get("width"), None);
}

#[test]
fn request_duration() {
    for seconds in [4, 8, 12, 16, 20] {
        assert_eq!(sent(json!({ "duration": seconds }))["duration"], seconds);
        let float = format!("{seconds}.0").parse::<f64>().unwrap();
        assert_eq!(
            sent(json!({ "duration": float }))["duration"].to_string(),
            seconds.to_string()
        );
    }
    for seconds in [0, 3, 5, 10, 24] {
        assert_eq!(
            errors(json!({ "duration": seconds })),
            ["duration not_allowed"],
            "{seconds}"
        );
    }
    // Optional on the page; asked for by us, since it decides the price.
    assert_eq!(errors(json!({ "duration": null })), ["duration missing"]);
    let allowed = issue(json!({ "duration": 5 }), Code::NotAllowed).allowed;
    assert_eq!(
        allowed,
        [json!(4), json!(8), json!(12), json!(16), json!(20)]
    );
}
