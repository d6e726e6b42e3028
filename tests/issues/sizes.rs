//! Sizes, remixes, and what they exclude.

use serde_json::{Value, json};

use crate::common::with;
use crate::{PICTURE, POD, assert_said, image, text};

const REMIX: &str = "video_69c581a1a7688190bf24a177278b6187";

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
