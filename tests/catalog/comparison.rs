//! What a price depends on beside its amount, and why some prices are unknown.

use filmgate::request::Policy;
use filmgate::untyped::quote;
use serde_json::{Value, json};

const IMAGE: &str = "https://example.com/fox.png";
const VIDEO: &str = "https://example.com/fox.mp4";

/// The quote of a listing, by its id at the provider.
fn of(provider_model_id: &str, request: &Value) -> Value {
    let quotes = quote(request, Policy::default());
    let quotes = quotes.as_array().unwrap();
    let own = quotes.iter().find(|quote| quote["providerModelId"] == provider_model_id);
    let own = own.unwrap_or_else(|| panic!("no listing {provider_model_id}: {request}"));
    assert_eq!(own["available"], true, "{provider_model_id}: {own:#}");
    own.clone()
}

fn micros(dollars: &Value) -> Option<i64> {
    dollars.as_f64().map(|dollars| filmgate::money::Usd::from_f64(dollars).unwrap().0)
}

/// A quote's basis, its total, and both ends in micro-dollars.
fn price(quote: &Value) -> (&str, Option<i64>, Option<i64>) {
    let ends = (micros(&quote["minUsd"]), micros(&quote["maxUsd"]));
    (quote["basis"].as_str().unwrap(), ends.0, ends.1)
}

/// The page prices 5 s, and bills an example of 8 s slightly above that price per second.
#[test]
fn a_price_that_the_page_contradicts_is_an_estimate() {
    let request =
        json!({ "model": "gen-4.5", "prompt": "A fox", "duration": 8, "resolution": "720p" });
    let quote = of("runway:1@2", &request);
    assert_eq!(price(&quote), ("estimate", Some(965_000), Some(965_000)));
}

#[test]
fn a_reference_video_of_unknown_length_has_no_exact_price() {
    let of = |model: &str, provider_model_id: &str, more: Value| {
        let mut request = json!({
            "model": model, "prompt": "A fox", "duration": 5, "size": "1280x720", "referenceVideos": [VIDEO],
        });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        of(provider_model_id, &request)
    };
    for (model, id) in [("wan-2.6-flash", "alibaba:wan@2.6-flash"), ("wan-2.7", "alibaba:wan@2.7")]
    {
        let quote = of(model, id, json!({}));
        assert_eq!(price(&quote), ("unknown", None, None), "{id}: {quote:#}");
        assert!(quote["reason"].as_str().unwrap().contains("reference video"), "{quote:#}");
        // The image decides the shape.
        let plain = json!({ "size": Value::Null, "resolution": "720p", "image": IMAGE, "referenceVideos": Value::Null });
        assert_eq!(of(model, id, plain)["basis"], "exact", "{id}");
    }
    // Its page states a rate, and says nothing of a reference.
    let warnings = of("wan-2.6", "alibaba:wan@2.6", json!({}))["warnings"].to_string();
    assert!(warnings.contains("seconds of a reference video"), "{warnings}");
}

#[test]
fn kling_o1_is_compared_by_its_references() {
    let request = |more: Value| {
        let mut request = json!({ "model": "kling-o1", "prompt": "A fox", "duration": 5 });
        let more = more.as_object().unwrap().clone();
        request.as_object_mut().unwrap().extend(more);
        request
    };
    let video = request(json!({ "referenceImages": [IMAGE], "referenceVideos": [VIDEO] }));
    assert_eq!(price(&of("kling-video-o1-r2v", &video)), ("exact", Some(560_000), Some(560_000)));
    let standard = of("klingai:kling@o1-standard", &video);
    assert_eq!(price(&standard), ("exact", Some(630_000), Some(630_000)));
    let pro = of("klingai:kling@o1", &video);
    assert_eq!(price(&pro), ("exact", Some(840_000), Some(840_000)));

    // The page does not say whether images alone are billed as references.
    let images = request(json!({ "referenceImages": [IMAGE] }));
    let standard = of("klingai:kling@o1-standard", &images);
    assert_eq!(price(&standard), ("range", Some(420_000), Some(630_000)));
    let pro = of("klingai:kling@o1", &images);
    assert_eq!(price(&pro), ("range", Some(560_000), Some(840_000)));

    let image = request(json!({ "image": IMAGE }));
    let pro = of("klingai:kling@o1", &image);
    assert_eq!(price(&pro), ("exact", Some(560_000), Some(560_000)));
}

#[test]
fn motion_control_is_billed_in_blocks_of_three_seconds() {
    for (seconds, micros) in [(1, 210_000), (3, 210_000), (4, 420_000), (6, 420_000), (9, 630_000)]
    {
        let request = json!({
            "model": "kling-2.6-standard", "image": IMAGE, "referenceVideos": [VIDEO],
            "characterOrientation": "video", "duration": seconds,
        });
        let quote = of("kling-v2-6-std-motion-control", &request);
        assert_eq!(price(&quote), ("estimate", Some(micros), Some(micros)));
    }
}

#[test]
fn a_missing_price_has_a_reason() {
    let cases = [
        (
            "p-video",
            "prunaai:p-video@0",
            json!({ "audio": "https://example.com/a.mp3", "resolution": "720p" }),
            "as long as its `audio`",
        ),
        (
            "veo-3.1",
            "google:3@2",
            json!({ "resolution": "1080p", "duration": 8 }),
            "could not be read",
        ),
        (
            "veo-3.1-fast",
            "google:3@3",
            json!({ "resolution": "4k", "duration": 6 }),
            "prices only for 1080p",
        ),
        (
            "kling-3.0-pro",
            "klingai:kling-video@3-pro",
            json!({ "referenceVideos": [VIDEO], "resolution": "1080p" }),
            "with a reference video",
        ),
        (
            "wan-2.7",
            "alibaba:wan@2.7",
            json!({ "referenceVideos": [VIDEO], "resolution": "720p" }),
            "billed too",
        ),
        (
            "kling-3.0-turbo",
            "klingai:kling-video@3.0-turbo",
            json!({ "resolution": "720p" }),
            "could be read",
        ),
        (
            "kling-2.6-pro",
            "klingai:kling-video@2.6-pro",
            json!({ "resolution": "1080p" }),
            "could not be read",
        ),
        (
            "kling-2.1-pro",
            "klingai:5@2",
            json!({ "image": IMAGE, "resolution": "1080p" }),
            "is unknown",
        ),
        ("wan-2.5", "runware:201@1", json!({ "resolution": "480p" }), "not publish a price"),
        (
            "seedance-1.5-pro",
            "bytedance:seedance@1.5-pro",
            json!({ "resolution": "1080p" }),
            "not publish a price for 1080p",
        ),
        ("kling-o1", "klingai:kling@o1", json!({ "video": VIDEO }), "no price for editing"),
        (
            "p-video",
            "p-video",
            json!({ "audio": "https://example.com/a.mp3" }),
            "as long as its `audio`",
        ),
        ("ray-3.2", "luma:ray@3.2", json!({ "resolution": "1080p" }), "could be read"),
        (
            "ray-3.2",
            "luma:ray@3.2",
            json!({ "video": VIDEO, "resolution": "720p" }),
            "edit, extend or reframe",
        ),
    ];
    for (model, provider_model_id, more, reason) in cases {
        let mut request = json!({ "model": model, "prompt": "A fox", "duration": 5 });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let quote = of(provider_model_id, &request);
        assert_eq!(price(&quote), ("unknown", None, None), "{provider_model_id}: {quote:#}");
        let why = quote["reason"].as_str().unwrap();
        assert!(why.contains(reason), "{provider_model_id}: {why}");
    }
}
