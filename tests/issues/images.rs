//! Images: their forms, their number, their bytes.

use filmgate::request::long_string_ref;
use serde_json::{Value, json};

use crate::common::with;
use crate::issues::{PICTURE, assert_said, image};

#[test]
fn images() {
    let data = "data:image/png;base64,iVBORw0KGgo=";
    let list = |items: Value| image(json!({ "image": items }));
    let either = |found: &'static str| found;
    assert_said(&[
        (list(json!(null)), " | !image required | !resolution required"),
        (list(json!([PICTURE])), " |  | "),
        (list(json!([])), either("!image invalid_value |  | ")),
        (list(json!([PICTURE, PICTURE])), "!image invalid_value |  | "),
        (list(json!({ "image": PICTURE, "frame": "first" })), " |  | "),
        (list(json!({ "image": PICTURE, "frame": 0 })), " |  | "),
        (list(json!({ "image": PICTURE, "frame": null })), " |  | "),
        (list(json!({ "image": PICTURE, "frame": "last" })), "!image.frame invalid_value |  | "),
        (list(json!([{ "image": PICTURE, "frame": -1 }])), "!image.0.frame invalid_value |  | "),
        (list(json!({ "image": PICTURE, "frames": 0 })), "!image.frames unrecognized_field |  | "),
        (list(json!({ "frame": "first" })), "!image invalid_type |  | "),
        (list(json!("")), "!image invalid_format |  | "),
        (list(json!("baker.jpeg")), "!image invalid_format |  | "),
        (list(json!("data:text/html;base64,PGI+")), "!image invalid_format |  | "),
        (list(json!("data:image/png,abc")), "!image invalid_format |  | "),
        (list(json!("data:image/png;base64,")), "!image invalid_format |  | "),
        (list(json!("javascript:alert(1)")), "!image invalid_format |  | "),
        (list(json!("file:///etc/passwd")), "!image invalid_format |  | "),
        (list(json!("blob:https://a.example.com/1")), "!image invalid_format |  | "),
        (list(json!("https://user:pass@a.example.com/")), "!image invalid_format |  | "),
        (list(json!("http://10.0.0.1/a.png")), "!image private_host |  | "),
        (list(json!("http://a.example.com/a.png")), "~image insecure_url |  | "),
        (list(json!(data)), " | !image url_required | "),
        (image(json!({ "image": data, "allowInlineImages": true })), " |  | "),
        (
            image(
                json!({ "image": "DATA:image/PNG;BASE64,iVBORw0KGgo=", "allowInlineImages": true }),
            ),
            " |  | ",
        ),
        (image(json!({ "allowInlineImages": true })), " |  | "),
    ]);
}

#[test]
fn the_message_says_what_to_give_in_place_of_inline_media() {
    let message = |field: &str, value: Value| {
        let request = json!({ "model": "wan-2.6", "prompt": "A fox", "duration": 5, field: value });
        let found = filmgate::untyped::validate(&request, filmgate::request::Policy::default());
        let issues = found["issues"].as_array().unwrap();
        assert_eq!(issues.len(), 1, "{found:#}");
        issues[0]["message"].as_str().unwrap().to_owned()
    };
    for inline in ["data:audio/mpeg;base64,SUQzBAAAAAAA", "DATA:video/mp4;base64,AAAA", "data:,x"] {
        for (field, value) in [
            ("audio", json!(inline)),
            ("video", json!(inline)),
            ("referenceVideos", json!([inline])),
        ] {
            let said = message(field, value);
            assert_eq!(
                said, "Inline bytes are not supported here. Use a URL or a UUID.",
                "{field}"
            );
        }
    }
    let octets = |bytes: &str| {
        message("image", json!(format!("data:application/octet-stream;BASE64,{bytes}")))
    };
    assert!(octets("AAAAAAAA").contains("not an image of a known type"));
    // They are one, and the header does not say so.
    assert!(octets("iVBORw0KGgo=").contains("It begins with `data:image/png;base64,`"));
}

#[test]
fn ten_megabytes() {
    let head = "data:image/png;base64,iVBORw0KGgo=";
    let inline = |length| {
        image(json!({ "image": long_string_ref(0, head, length), "allowInlineImages": true }))
    };
    let whole = format!("data:image/png;base64,{}", "A".repeat(10_000_000));
    assert_said(&[
        (inline(9_999_000), " |  | "),
        (inline(10_000_000), " | !image too_long | "),
        (image(json!({ "image": whole, "allowInlineImages": true })), " | !image too_long | "),
        // A synchronous request may be twice as large.
        (
            with(inline(10_000_000), json!({ "deliveryMethod": "sync" })),
            " |  | !deliveryMethod invalid_value",
        ),
        (
            with(inline(20_000_000), json!({ "deliveryMethod": "sync" })),
            " | !image too_long | !deliveryMethod invalid_value",
        ),
        // Without an image, the prompt alone can be too long.
        (
            image(json!({ "prompt": long_string_ref(0, "a", 10_000_000) })),
            " | ! too_long | !prompt too_long",
        ),
    ]);
}
