//! Prices of the same video at both providers, to the micro-dollar, by the providers' own pages; and
//! why some prices are unknown.

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

/// Each cell: model, listing, seconds, resolution, other fields, basis, micro-dollars per second.
#[test]
fn each_price_of_the_pages_is_reproduced() {
    let text = json!({});
    let image = json!({ "image": IMAGE });
    let draft = json!({ "draft": true });
    let sound = json!({ "generateAudio": true });
    let cells: &[(&str, &str, i64, &str, &Value, &str, i64)] = &[
        ("wan-2.6", "wan-2-6-i2v", 5, "720p", &image, "exact", 100_000),
        ("wan-2.6", "wan-2-6-i2v", 10, "1080p", &image, "exact", 150_000),
        ("wan-2.6", "wan-2-6-t2v", 5, "720p", &text, "exact", 100_000),
        ("wan-2.6", "wan-2-6-t2v", 15, "1080p", &text, "exact", 150_000),
        ("wan-2.6", "alibaba:wan@2.6", 5, "720p", &text, "exact", 100_000),
        ("wan-2.6", "alibaba:wan@2.6", 10, "1080p", &image, "exact", 150_000),
        ("wan-2.5", "wan-2-5", 5, "480p", &image, "exact", 50_000),
        ("wan-2.5", "wan-2-5", 10, "720p", &image, "exact", 100_000),
        ("wan-2.5", "wan-2-5", 5, "1080p", &image, "exact", 150_000),
        ("wan-2.5", "runware:201@1", 5, "720p", &image, "exact", 94_600),
        ("wan-2.5", "runware:201@1", 10, "1080p", &text, "exact", 147_600),
        ("vidu-q3", "vidu-q3-i2v", 16, "540p", &image, "exact", 150_000),
        ("vidu-q3", "vidu-q3-t2v", 1, "720p", &text, "exact", 150_000),
        ("vidu-q3", "vidu-q3-i2v", 5, "1080p", &image, "exact", 150_000),
        ("vidu-q3", "vidu:4@1", 16, "540p", &image, "estimate", 45_500),
        ("vidu-q3", "vidu:4@1", 5, "720p", &text, "estimate", 97_500),
        ("vidu-q3", "vidu:4@1", 5, "1080p", &text, "estimate", 104_000),
        ("seedance-1.5-pro", "seedance-v1-5-pro-i2v", 5, "480p", &image, "exact", 24_000),
        ("seedance-1.5-pro", "seedance-v1-5-pro-i2v", 5, "720p", &image, "exact", 52_000),
        ("seedance-1.5-pro", "bytedance:seedance@1.5-pro", 5, "480p", &text, "estimate", 12_000),
        ("seedance-1.5-pro", "bytedance:seedance@1.5-pro", 5, "480p", &sound, "estimate", 24_000),
        ("seedance-1.5-pro", "bytedance:seedance@1.5-pro", 5, "720p", &text, "estimate", 26_000),
        ("seedance-1.5-pro", "bytedance:seedance@1.5-pro", 5, "720p", &sound, "estimate", 52_000),
        ("p-video", "p-video", 5, "720p", &text, "exact", 20_000),
        ("p-video", "p-video", 5, "1080p", &image, "exact", 40_000),
        ("p-video", "p-video", 5, "720p", &draft, "exact", 5_000),
        ("p-video", "p-video", 5, "1080p", &draft, "exact", 10_000),
        ("sora-2", "sora-2-i2v", 4, "", &image, "exact", 100_000),
        ("sora-2", "openai:3@1", 20, "720p", &text, "exact", 100_000),
        ("sora-2-pro", "sora-2-pro-i2v", 4, "720p", &image, "exact", 300_000),
        ("sora-2-pro", "sora-2-pro-i2v", 12, "1080p", &image, "exact", 500_000),
        ("sora-2-pro", "openai:3@2", 8, "720p", &text, "exact", 300_000),
        ("sora-2-pro", "openai:3@2", 8, "1080p", &text, "exact", 500_000),
        ("kling-2.1-pro", "kling-v2-1-i2v-pro", 10, "", &image, "estimate", 90_000),
        ("wan-2.2", "wan-2-2-i2v-720", 8, "", &image, "exact", 60_000),
        ("wan-2.1", "wan-2-1-i2v-720", 15, "", &image, "exact", 60_000),
        ("wan-2.2-lora", "wan-2-2-t2v-720-lora", 8, "", &image, "exact", 70_000),
        ("wan-2.6-flash", "alibaba:wan@2.6-flash", 2, "720p", &image, "exact", 25_000),
        ("veo-3.1-fast", "google:3@3", 8, "1080p", &text, "exact", 100_000),
        ("veo-3.1-fast", "google:3@3", 8, "1080p", &sound, "exact", 150_000),
        ("veo-3.1-fast", "google:3@3", 8, "4k", &text, "exact", 300_000),
        ("veo-3.1-fast", "google:3@3", 8, "4k", &sound, "exact", 350_000),
        ("gen-4.5", "runway:1@2", 5, "720p", &text, "exact", 120_000),
        ("gen-4.5", "runway:1@2", 8, "720p", &text, "estimate", 120_000),
    ];
    for (model, provider_model_id, seconds, resolution, more, basis, a_second) in cells {
        let mut request = json!({ "model": model, "prompt": "A fox", "duration": seconds });
        let fields = request.as_object_mut().unwrap();
        if !resolution.is_empty() {
            fields.insert("resolution".into(), (*resolution).into());
        }
        fields.extend(more.as_object().unwrap().clone());
        let quote = of(provider_model_id, &request);
        let total = Some(a_second * seconds);
        assert_eq!(price(&quote), (*basis, total, total), "{request} {quote:#}");
    }
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
fn prices_per_video_are_reported_as_such() {
    let hailuo = |resolution: &str, seconds: i64| {
        let request = json!({
            "model": "hailuo-2.3", "prompt": "A fox", "duration": seconds, "resolution": resolution,
        });
        price(&of("minimax:4@1", &request)).1
    };
    assert_eq!(hailuo("768p", 6), Some(280_000));
    assert_eq!(hailuo("768p", 10), Some(560_000));
    assert_eq!(hailuo("1080p", 6), Some(490_000));

    let ray = |more: Value| {
        let mut request = json!({ "model": "ray-3.2", "prompt": "A fox", "duration": 5 });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        price(&of("luma:ray@3.2", &request)).1
    };
    assert_eq!(ray(json!({ "resolution": "360p" })), Some(60_000));
    assert_eq!(ray(json!({ "resolution": "720p", "hdr": true })), Some(600_000));
    assert_eq!(ray(json!({ "resolution": "720p", "hdr": true, "exr": true })), Some(900_000));
    assert_eq!(ray(json!({ "resolution": "1080p", "hdr": true })), Some(2_400_000));
    assert_eq!(ray(json!({ "resolution": "1080p", "hdr": true, "exr": true })), Some(3_600_000));

    let talk = json!({
        "model": "infinitetalk", "prompt": "Hello", "image": IMAGE,
        "audio": "https://example.com/hello.mp3", "resolution": "720p",
    });
    let talk = of("infinitetalk", &talk);
    assert_eq!(price(&talk), ("estimate", Some(500_000), Some(500_000)));
}

#[test]
fn a_missing_price_has_a_reason() {
    let cases = [
        ("p-video", "prunaai:p-video@0", json!({ "resolution": "720p" }), "could not be read"),
        (
            "veo-3.1",
            "google:3@2",
            json!({ "resolution": "1080p", "duration": 8 }),
            "could not be read",
        ),
        (
            "veo-3.1-fast",
            "google:3@3",
            json!({ "resolution": "720p", "duration": 8 }),
            "prices only for 1080p",
        ),
        (
            "kling-3.0-pro",
            "klingai:kling-video@3-pro",
            json!({ "resolution": "1080p" }),
            "could not be read",
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
        ("ray-3.2", "luma:ray@3.2", json!({ "resolution": "1080p" }), "could not be read"),
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
