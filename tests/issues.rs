//! Problems of a request: all at once, each at its place with a stable code, and per provider.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use common::{runpod_request, runware_request, short, with};
use filmgate::plan::check;
use filmgate::request::{Policy, UNREADABLE, reference};
use serde_json::{Value, json};

const PICTURE: &str = "https://pictures.example.com/baker.jpeg";
const REMIX: &str = "video_69c581a1a7688190bf24a177278b6187";

/// What a request says, as `everyone's | RunPod's | Runware's`; errors with `!`, warnings with `~`.
/// That the model is retired is said in a test of its own.
fn said(request: &Value) -> String {
    let found = check(request, Policy::default());
    let list = |issues: &Value| {
        let issues = issues.as_array().unwrap().iter().map(short);
        let issues = issues.filter(|issue| issue != "warning model retired");
        let issues = issues.map(|issue| issue.replace("error ", "!").replace("warning ", "~"));
        issues.collect::<Vec<_>>().join(", ")
    };
    let of = |provider: &str| {
        let mut listings = found["listings"].as_array().unwrap().iter();
        let one = listings.find(|listing| listing["provider"] == provider);
        one.map_or("-".to_owned(), |listing| list(&listing["issues"]))
    };
    format!(
        "{} | {} | {}",
        list(&found["issues"]),
        of("runpod"),
        of("runware")
    )
}

/// Compares what each request says with the table, and shows all differences together.
fn assert_said(cases: &[(Value, &str)]) {
    let differences: Vec<String> = cases
        .iter()
        .map(|(request, expected)| (request, expected, said(request)))
        .filter(|(_, expected, found)| found != *expected)
        .map(|(request, expected, found)| {
            let request: String = request.to_string().chars().take(300).collect();
            format!("{request}\n  expected {expected}\n  found    {found}")
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A request with an image, which both providers take.
fn image(changes: Value) -> Value {
    with(runpod_request(), changes)
}

/// A request for Runware alone: RunPod says `NO_IMAGE` to it.
fn text(changes: Value) -> Value {
    with(runware_request(), changes)
}

/// What RunPod says to [`text`].
const POD: &str = "!size unsupported, !image missing";

#[test]
fn all_at_once() {
    let request = json!({
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
         !size conflict, !prompt too_short, !n too_large, !output.format not_allowed, \
         !output.quality too_small, !safety not_allowed, !ttlSeconds too_small",
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
fn prompts() {
    let cut = json!({ UNREADABLE: "lone_surrogate" });
    assert_said(&[
        (
            image(json!({ "prompt": null })),
            " | !prompt missing | !prompt missing",
        ),
        (
            image(json!({ "prompt": "" })),
            " | !prompt too_short | !prompt too_short",
        ),
        (
            image(json!({ "prompt": "  \n" })),
            " | !prompt too_short | !prompt too_short",
        ),
        (image(json!({ "prompt": "x" })), " |  | !prompt too_short"),
        (image(json!({ "prompt": "🦊" })), " |  | !prompt too_short"),
        (image(json!({ "prompt": "🦊🦊" })), " |  | "),
        (image(json!({ "prompt": "a".repeat(6000) })), " |  | "),
        (image(json!({ "prompt": "🦊".repeat(6000) })), " |  | "),
        (
            image(json!({ "prompt": "a".repeat(6001) })),
            " |  | !prompt too_long",
        ),
        (
            image(json!({ "prompt": "🦊".repeat(6001) })),
            " |  | !prompt too_long",
        ),
        (
            image(json!({ "prompt": reference(0, "a", 70_000) })),
            " |  | !prompt too_long",
        ),
        (image(json!({ "prompt": 5 })), "!prompt wrong_type |  | "),
        (
            image(json!({ "prompt": ["a fox"] })),
            "!prompt wrong_type |  | ",
        ),
        (
            image(json!({ "prompt": cut })),
            "!prompt lone_surrogate |  | ",
        ),
    ]);
}

#[test]
fn numbers() {
    let nan = json!({ UNREADABLE: "not_finite" });
    let neither = " | !duration not_allowed | !duration not_allowed";
    assert_said(&[
        (
            image(json!({ "duration": null })),
            " | !duration missing | !duration missing",
        ),
        (image(json!({ "duration": 8.0 })), " |  | "),
        (
            image(json!({ "duration": 16 })),
            " | !duration not_allowed | ",
        ),
        (image(json!({ "duration": 5 })), neither),
        (image(json!({ "duration": 0 })), neither),
        (image(json!({ "duration": -4 })), neither),
        (
            image(json!({ "duration": 9_007_199_254_740_993_u64 })),
            neither,
        ),
        (
            image(json!({ "duration": u64::MAX })),
            "!duration not_integer |  | ",
        ),
        (
            image(json!({ "duration": 1e300 })),
            "!duration not_integer |  | ",
        ),
        (
            image(json!({ "duration": 4.5 })),
            "!duration not_integer |  | ",
        ),
        (
            image(json!({ "duration": "8" })),
            "!duration wrong_type |  | ",
        ),
        (
            image(json!({ "duration": true })),
            "!duration wrong_type |  | ",
        ),
        (
            image(json!({ "duration": nan })),
            "!duration not_finite |  | ",
        ),
        (image(json!({ "n": nan })), "!n not_finite |  | "),
        (image(json!({ "n": 1 })), " |  | "),
        (image(json!({ "n": 4 })), " | !n too_large | "),
        (image(json!({ "n": 5 })), " | !n too_large | !n too_large"),
        (image(json!({ "n": 0 })), " | !n too_small | !n too_small"),
        (
            image(json!({ "output.quality": 50 })),
            " | ~output.quality ignored | ",
        ),
        (image(json!({ "output": 5 })), "!output wrong_type |  | "),
    ]);
}

#[test]
fn values_that_json_cannot_hold() {
    let marker = |kind: &str| json!({ UNREADABLE: kind });
    let deep = json!({ "runware": { "a": [1, { "b": marker("not_finite") }] } });
    assert_said(&[
        (
            image(json!({ "webhookUrl": marker("lone_surrogate"), "safety": marker("function") })),
            "!safety wrong_type, !webhookUrl lone_surrogate |  | ",
        ),
        (
            image(json!({ "providerOptions": deep })),
            "!providerOptions.runware.a.1.b not_finite |  | ",
        ),
        (
            json!({ "model": "runware:a:1@1", "input": { "x": marker("bigint") } }),
            "!input.x wrong_type | - | ",
        ),
        (
            image(json!({ "image": { "image": PICTURE, "frame": marker("not_finite") } })),
            "!image.frame not_finite |  | ",
        ),
        (
            image(json!({ "model": marker("symbol") })),
            "!model wrong_type |  | ",
        ),
        (
            image(json!({ "inlineImage": marker("not_finite") })),
            "!inlineImage wrong_type |  | ",
        ),
    ]);
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

#[test]
fn images() {
    let data = "data:image/png;base64,iVBORw0KGgo=";
    let list = |items: Value| image(json!({ "image": items }));
    let either = |found: &'static str| found;
    assert_said(&[
        (list(json!(null)), " | !image missing | !resolution missing"),
        (list(json!([PICTURE])), " |  | "),
        (list(json!([])), either("!image not_allowed |  | ")),
        (list(json!([PICTURE, PICTURE])), "!image not_allowed |  | "),
        (
            list(json!({ "image": PICTURE, "frame": "first" })),
            " |  | ",
        ),
        (list(json!({ "image": PICTURE, "frame": 0 })), " |  | "),
        (list(json!({ "image": PICTURE, "frame": null })), " |  | "),
        (
            list(json!({ "image": PICTURE, "frame": "last" })),
            "!image.frame not_allowed |  | ",
        ),
        (
            list(json!([{ "image": PICTURE, "frame": -1 }])),
            "!image.0.frame not_allowed |  | ",
        ),
        (
            list(json!({ "image": PICTURE, "frames": 0 })),
            "!image.frames unknown_field |  | ",
        ),
        (list(json!({ "frame": "first" })), "!image wrong_type |  | "),
        (list(json!("")), "!image malformed |  | "),
        (list(json!("baker.jpeg")), "!image malformed |  | "),
        (
            list(json!("data:text/html;base64,PGI+")),
            "!image malformed |  | ",
        ),
        (list(json!("data:image/png,abc")), "!image malformed |  | "),
        (
            list(json!("data:image/png;base64,")),
            "!image malformed |  | ",
        ),
        (list(json!("javascript:alert(1)")), "!image malformed |  | "),
        (list(json!("file:///etc/passwd")), "!image malformed |  | "),
        (
            list(json!("blob:https://a.example.com/1")),
            "!image malformed |  | ",
        ),
        (
            list(json!("https://user:pass@a.example.com/")),
            "!image malformed |  | ",
        ),
        (
            list(json!("http://10.0.0.1/a.png")),
            "!image private_host |  | ",
        ),
        (
            list(json!("http://a.example.com/a.png")),
            "~image insecure |  | ",
        ),
        (list(json!(data)), " | !image not_allowed | "),
        (
            image(json!({ "image": data, "inlineImage": true })),
            " |  | ",
        ),
        (image(json!({ "inlineImage": true })), " |  | "),
    ]);
}

#[test]
fn ten_megabytes() {
    let head = "data:image/png;base64,iVBORw0KGgo=";
    let inline =
        |length| image(json!({ "image": reference(0, head, length), "inlineImage": true }));
    let whole = format!("data:image/png;base64,{}", "A".repeat(10_000_000));
    assert_said(&[
        (inline(9_999_000), " |  | "),
        (inline(10_000_000), " | !image too_long | "),
        (
            image(json!({ "image": whole, "inlineImage": true })),
            " | !image too_long | ",
        ),
        // The line held takes twice as much.
        (
            with(inline(10_000_000), json!({ "delivery": "sync" })),
            " |  | !delivery not_allowed",
        ),
        (
            with(inline(20_000_000), json!({ "delivery": "sync" })),
            " | !image too_long | !delivery not_allowed",
        ),
        // Without an image, the prompt alone can be too long.
        (
            image(json!({ "prompt": reference(0, "a", 10_000_000) })),
            " | ! too_long | !prompt too_long",
        ),
    ]);
}

#[test]
fn sizes_and_what_they_exclude() {
    assert_said(&[
        (
            text(json!({ "size": null })),
            " | !image missing | !resolution missing",
        ),
        (
            text(json!({ "resolution": "720p" })),
            &format!("!resolution conflict | {POD} | "),
        ),
        (
            text(json!({ "aspectRatio": "16:9" })),
            "!aspectRatio conflict | ~aspectRatio ignored, !size unsupported, !image missing | ",
        ),
        (
            text(json!({ "size": "1792x1024" })),
            &format!(" | {POD} | ~size undocumented"),
        ),
        (
            text(json!({ "size": "1024x1792" })),
            &format!(" | {POD} | ~size undocumented"),
        ),
        (
            text(json!({ "size": "640x480" })),
            &format!(" | {POD} | !size not_allowed"),
        ),
        (
            text(json!({ "size": "1280" })),
            "!size malformed | !image missing | ",
        ),
        (
            text(json!({ "size": "1280x" })),
            "!size malformed | !image missing | ",
        ),
        (
            text(json!({ "size": "-1280x720" })),
            "!size malformed | !image missing | ",
        ),
        (
            text(json!({ "size": "999999x1" })),
            "!size malformed | !image missing | ",
        ),
        (
            text(json!({ "size": [1280, 720] })),
            "!size wrong_type | !image missing | ",
        ),
        (
            image(json!({ "size": "1280x720" })),
            " | !size unsupported | !size conflict",
        ),
        (
            image(json!({ "resolution": "1080p" })),
            " |  | ~resolution ignored",
        ),
        (
            image(json!({ "resolution": "1080p", "aspectRatio": "9:16" })),
            " | ~aspectRatio ignored | ~resolution ignored, ~aspectRatio ignored",
        ),
        (
            image(json!({ "resolution": "4k" })),
            " | !resolution not_allowed | ~resolution ignored",
        ),
        (
            text(json!({ "size": null, "aspectRatio": "16:9" })),
            " | ~aspectRatio ignored, !image missing | !resolution missing",
        ),
        (
            text(json!({ "size": null, "resolution": "480p" })),
            " | !image missing, !resolution not_allowed | !resolution not_allowed",
        ),
        (
            text(json!({ "size": null, "resolution": "720p", "aspectRatio": "4:3" })),
            " | ~aspectRatio ignored, !image missing | !aspectRatio not_allowed",
        ),
    ]);
}

#[test]
fn remixes_exclude_all_else() {
    let remix = |changes: Value| with(text(json!({ "size": null, "remix": REMIX })), changes);
    let pod = "!remix unsupported, !image missing";
    assert_said(&[
        (remix(json!({})), &format!(" | {pod} | ")),
        (
            remix(json!({ "size": "1280x720" })),
            " | !remix unsupported, !size unsupported, !image missing | !size conflict",
        ),
        (
            remix(json!({ "resolution": "720p" })),
            &format!(" | {pod} | !resolution conflict"),
        ),
        (
            remix(json!({ "aspectRatio": "16:9" })),
            " | ~aspectRatio ignored, !remix unsupported, !image missing | \
             !aspectRatio conflict",
        ),
        (
            remix(json!({ "image": PICTURE })),
            " | !remix unsupported | !image conflict",
        ),
        (
            remix(json!({ "remix": "" })),
            "!remix malformed | !image missing | ",
        ),
        (
            remix(json!({ "remix": " a" })),
            "!remix malformed | !image missing | ",
        ),
        (
            remix(json!({ "remix": "a".repeat(257) })),
            "!remix malformed | !image missing | ",
        ),
    ]);
}

#[test]
fn what_one_provider_alone_can_do() {
    assert_said(&[
        (image(json!({ "safety": "none" })), " | ~safety ignored | "),
        (
            image(json!({ "safety": "fast" })),
            " | !safety unsupported | ",
        ),
        (
            image(json!({ "output": { "format": "mp4" } })),
            " | ~output.format ignored | ",
        ),
        (
            image(json!({ "output": { "format": "webm" } })),
            " | !output.format unsupported | ",
        ),
        (
            image(json!({ "output": { "type": "url" } })),
            " | ~output.type ignored | ",
        ),
        (
            image(json!({ "ttlSeconds": 60 })),
            " | ~ttlSeconds ignored | ",
        ),
        (
            image(json!({ "ttlSeconds": 59 })),
            " | ~ttlSeconds ignored | !ttlSeconds too_small",
        ),
        (
            image(json!({ "uploadUrl": PICTURE })),
            " | !uploadUrl unsupported | ",
        ),
        (
            image(json!({ "includeCost": false })),
            " | ~includeCost ignored | ",
        ),
        (
            image(json!({ "delivery": "sync" })),
            " |  | !delivery not_allowed",
        ),
        (image(json!({ "delivery": "async" })), " |  | "),
        (
            image(json!({ "delivery": "later" })),
            " | !delivery not_allowed | !delivery not_allowed",
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
        (image(json!({ "model": 5 })), "!model wrong_type |  | "),
    ]);
}

#[test]
fn raw_models() {
    let raw = |more: Value| with(json!({ "model": "runpod:echo-video", "input": {} }), more);
    let ware = |more: Value| with(json!({ "model": "runware:sim:echo@1", "input": {} }), more);
    assert_said(&[
        (raw(json!({})), " |  | -"),
        (
            raw(json!({ "input": { "anything": [1, null, { "a": "b" }] } })),
            " |  | -",
        ),
        (raw(json!({ "input": null })), " | !input missing | -"),
        (
            raw(json!({ "input": "text" })),
            "!input wrong_type | !input missing | -",
        ),
        (
            raw(json!({ "delivery": "sync", "webhookUrl": PICTURE })),
            " |  | -",
        ),
        (
            raw(json!({ "prompt": "A fox" })),
            " | !prompt unsupported | -",
        ),
        (ware(json!({ "includeCost": false })), " | - | "),
        (ware(json!({ "taskUUID": common::UUID })), " | - | "),
        (
            ware(json!({ "input": { "taskUUID": "x" } })),
            " | - | !input.taskUUID reserved",
        ),
        (
            ware(json!({ "input": { "model": "x" } })),
            " | - | !input.model reserved",
        ),
        (
            image(json!({ "input": { "a": 1 } })),
            " | !input conflict | !input conflict",
        ),
    ]);
}

#[test]
fn provider_options() {
    let raw = |options: Value| image(json!({ "providerOptions": options }));
    assert_said(&[
        (raw(json!({ "runware": { "CFGScale": 7 } })), " |  | "),
        (
            raw(json!({ "runpod": { "policy": { "ttl": 60_000 } } })),
            " |  | ",
        ),
        (
            raw(json!({ "runpod": { "input": { "size": "4k" } } })),
            " |  | ",
        ),
        (
            raw(json!({ "runpod": { "webhook": PICTURE } })),
            " | !providerOptions.runpod.webhook reserved | ",
        ),
        (
            raw(json!({ "runpod": [] })),
            "!providerOptions.runpod wrong_type |  | ",
        ),
        (
            raw(json!({ "RunPod": {} })),
            "!providerOptions.RunPod unknown_field |  | ",
        ),
        (raw(json!("x")), "!providerOptions wrong_type |  | "),
    ]);
    for name in [
        "taskUUID",
        "taskType",
        "model",
        "deliveryMethod",
        "webhookURL",
    ] {
        let request = raw(json!({ "runware": { name: "x" } }));
        let expected = format!(" |  | !providerOptions.runware.{name} reserved");
        assert_said(&[(request, &expected)]);
    }
}

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
        "negativePrompt",
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
