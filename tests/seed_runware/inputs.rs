//! Inputs.

use filmgate::issue::Code;
use serde_json::json;

use crate::seed_runware::{errors, issue, sent, warnings};

const PICTURE: &str = "https://pictures.example.com/baker.jpeg";
const PICTURE_UUID: &str = "aac49721-1964-481a-ae78-8a4e29b91402";

#[test]
fn request_frame_images() {
    let task = sent(json!({ "size": null, "image": PICTURE_UUID }));
    // The page's shorthand.
    assert_eq!(task["inputs"], json!({ "frameImages": [PICTURE_UUID] }));
    assert_eq!((task.get("width"), task.get("height")), (None, None));
    let two = json!({ "size": null, "image": [PICTURE, PICTURE] });
    assert_eq!(errors(two), ["image invalid_value"]);
    assert_eq!(errors(json!({ "size": null, "image": [] })), ["image invalid_value"]);
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
    assert_eq!(errors(json!({ "size": null, "image": {} })), ["image invalid_type"]);
}

#[test]
fn request_frame_images_frame() {
    for frame in [json!("first"), json!(0)] {
        let task = sent(json!({ "size": null, "image": { "image": PICTURE, "frame": frame } }));
        assert_eq!(task["inputs"]["frameImages"][0]["frame"], frame);
        let task = sent(json!({ "size": null, "image": [{ "image": PICTURE, "frame": frame }] }));
        assert_eq!(task["inputs"]["frameImages"][0]["frame"], frame);
    }
    for frame in [json!("last"), json!(1), json!(-1), json!("0"), json!({}), json!(true)] {
        let image = json!({ "image": PICTURE, "frame": frame });
        let changes = json!({ "size": null, "image": image });
        assert_eq!(errors(changes.clone()), ["image.frame invalid_value"], "{frame}");
        let found = issue(changes, Code::InvalidValue);
        assert_eq!(found.allowed, [json!("first"), json!(0)]);
    }
}

#[test]
fn request_video_id() {
    let id = "video_69c581a1a7688190bf24a177278b6187000b0b6342cde7b3";
    let task = sent(json!({ "size": null, "remixId": id }));
    assert_eq!(task["inputs"], json!({ "videoId": id }));
    assert_eq!((task.get("width"), task.get("height")), (None, None));
    // "When `inputs.videoId` is provided, width/height and frameImages cannot be used."
    assert_eq!(errors(json!({ "remixId": id })), ["size conflict"]);
    let resolution = json!({ "remixId": id, "size": null, "resolution": "720p" });
    assert_eq!(errors(resolution), ["resolution conflict"]);
    let image = json!({ "remixId": id, "size": null, "image": PICTURE });
    assert_eq!(errors(image), ["image conflict"]);
}

#[test]
fn request_frame_images_or_size() {
    assert_eq!(errors(json!({ "size": null })), ["resolution required"]);
    // "Either … or" is at least one of them.
    let both = json!({ "image": PICTURE });
    assert_eq!(errors(both.clone()), [] as [&str; 0]);
    assert_eq!(warnings(both.clone()), ["size undocumented"]);
    let task = sent(both);
    assert_eq!((&task["width"], &task["height"]), (&json!(1280), &json!(720)));
    assert_eq!(task["inputs"]["frameImages"], json!([PICTURE]));
    let tier =
        json!({ "size": null, "image": PICTURE, "resolution": "1080p", "aspectRatio": "9:16" });
    assert_eq!(warnings(tier.clone()), ["size undocumented"]);
    assert_eq!((&sent(tier.clone())["width"], &sent(tier)["height"]), (&json!(1080), &json!(1920)));
}
