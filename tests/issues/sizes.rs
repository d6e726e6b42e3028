//! Sizes, remixes, and their exclusions.

use std::collections::BTreeMap;
use std::sync::Mutex;

use filmgate::issue::Code;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{proptest_config, with};
use crate::issues::{PICTURE, POD, assert_said, image, text};
use crate::listings_vs_simulator::{agreement::requests, fit};

const REMIX: &str = "video_69c581a1a7688190bf24a177278b6187";

#[test]
fn sizes_and_what_they_exclude() {
    assert_said(&[
        (text(json!({ "size": null })), " | !image required | !resolution required"),
        (text(json!({ "resolution": "720p" })), &format!(" | {POD} | ")),
        (text(json!({ "resolution": "1080p" })), &format!(" | {POD} | !resolution conflict")),
        (
            text(json!({ "aspectRatio": "16:9" })),
            " | ~aspectRatio ignored, !size unsupported, !image required | ",
        ),
        (
            text(json!({ "aspectRatio": "9:16" })),
            " | ~aspectRatio ignored, !size unsupported, !image required | !aspectRatio conflict",
        ),
        (text(json!({ "size": "1792x1024" })), &format!(" | {POD} | ~size undocumented")),
        (text(json!({ "size": "1024x1792" })), &format!(" | {POD} | ~size undocumented")),
        (text(json!({ "size": "640x480" })), &format!(" | {POD} | !size invalid_value")),
        (text(json!({ "size": "1280" })), "!size invalid_format | !image required | "),
        (text(json!({ "size": "1280x" })), "!size invalid_format | !image required | "),
        (text(json!({ "size": "-1280x720" })), "!size invalid_format | !image required | "),
        (text(json!({ "size": "999999x1" })), "!size invalid_format | !image required | "),
        (text(json!({ "size": [1280, 720] })), "!size invalid_type | !image required | "),
        (image(json!({ "size": "1280x720" })), " | !size unsupported | ~size undocumented"),
        (image(json!({ "resolution": "1080p" })), " |  | ~size undocumented"),
        (
            image(json!({ "resolution": "1080p", "aspectRatio": "9:16" })),
            " | ~aspectRatio ignored | ~size undocumented",
        ),
        (
            image(json!({ "resolution": "4k" })),
            " | !resolution invalid_value | !resolution invalid_value, ~size undocumented",
        ),
        (
            text(json!({ "size": null, "aspectRatio": "16:9" })),
            " | ~aspectRatio ignored, !image required | !resolution required",
        ),
        (
            text(json!({ "size": null, "resolution": "480p" })),
            " | !image required, !resolution invalid_value | !resolution invalid_value",
        ),
        (
            text(json!({ "size": null, "resolution": "720p", "aspectRatio": "4:3" })),
            " | ~aspectRatio ignored, !image required | !aspectRatio invalid_value",
        ),
    ]);
}

#[test]
fn remixes_exclude_other_inputs() {
    let remix = |changes: Value| with(text(json!({ "size": null, "remixId": REMIX })), changes);
    let pod = "!remixId unsupported, !image required";
    assert_said(&[
        (remix(json!({})), &format!(" | {pod} | ")),
        (
            remix(json!({ "size": "1280x720" })),
            " | !remixId unsupported, !size unsupported, !image required | !size conflict",
        ),
        (remix(json!({ "resolution": "720p" })), &format!(" | {pod} | !resolution conflict")),
        (
            remix(json!({ "aspectRatio": "16:9" })),
            " | ~aspectRatio ignored, !remixId unsupported, !image required | \
             !aspectRatio conflict",
        ),
        (remix(json!({ "image": PICTURE })), " | !remixId unsupported | !image conflict"),
        (remix(json!({ "remixId": "" })), "!remixId invalid_format | !image required | "),
        (remix(json!({ "remixId": " a" })), "!remixId invalid_format | !image required | "),
        (
            remix(json!({ "remixId": "a".repeat(257) })),
            "!remixId invalid_format | !image required | ",
        ),
    ]);
}

#[test]
fn an_aspect_ratio_without_an_image_is_never_dropped() {
    let seen = Mutex::new(BTreeMap::new());
    proptest!(proptest_config(2_000), |((listing, request) in requests())| {
        let request = with(request, json!({ "aspectRatio": "9:16" }));
        let fit = fit(&listing.provider_model_id, &request);
        let decides = |field: &str| !request[field].is_null();
        let has_shape = ["image", "video", "remixId"].into_iter().any(decides);
        let is_dropped = |issue: &filmgate::issue::Issue| {
            issue.path == "aspectRatio" && issue.code == Code::Ignored
        };
        let dropped = fit.issues.iter().any(is_dropped);
        if fit.prepared.is_some() {
            *seen.lock().unwrap().entry((has_shape, dropped)).or_insert(0) += 1;
            prop_assert!(has_shape || !dropped, "{}: {request}", listing.provider_model_id);
        }
    });
    let seen = seen.into_inner().unwrap();
    for case in [(true, true), (true, false), (false, false)] {
        assert!(seen.get(&case).is_some_and(|count| *count > 8), "{case:?}: {seen:?}");
    }
}

#[test]
fn an_aspect_ratio_that_no_parameter_takes_is_an_error() {
    let request = |changes| {
        let request = json!({ "prompt": "A fox", "duration": 5, "resolution": "1080p", "aspectRatio": "9:16" });
        fit("bytedance:2@1", &with(with(request, json!({ "model": "seedance-1.0-pro" })), changes))
    };
    let found = request(json!({}));
    let [issue] = &found.issues[..] else { panic!("{:#?}", found.issues) };
    assert_eq!((issue.code, issue.path.as_str()), (Code::Unsupported, "aspectRatio"));
    assert!(issue.message.contains("choose a model that has it"), "{}", issue.message);
    // The image decides it.
    let found = request(json!({ "image": PICTURE }));
    assert!(
        found.prepared.is_some() && found.issues[0].code == Code::Ignored,
        "{:#?}",
        found.issues
    );
}
