//! Runware: prices of the models of 2026, by the pages' tables or, if no page could be read, by other sources.

use crate::common::prices::{at, frames, priced, size};
use crate::common::{CLIP, IMAGE};
use serde_json::{Value, json};

/// The fields, and others.
fn and(fields: &Value, more: &Value) -> Value {
    let mut fields = fields.clone();
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fields
}

#[test]
fn kling_3() {
    let sound = |sound: bool| json!({ "providerSettings": { "klingai": { "sound": sound } } });
    let standard = size(1280, 720, 5);
    priced(
        "klingai:kling-video@3-standard",
        &[
            (and(&standard, &sound(false)), 420_000),
            (and(&standard, &sound(true)), 630_000),
            (and(&json!({ "inputs": frames(), "duration": 15 }), &sound(true)), 1_890_000),
        ],
    );
    for (model, sides, prices) in [
        ("klingai:kling-video@o3-standard", size(960, 960, 5), [420_000, 560_000, 630_000]),
        ("klingai:kling-video@o3-pro", size(1440, 1440, 5), [560_000, 700_000, 840_000]),
    ] {
        let referred = json!({ "inputs": { "referenceVideos": [CLIP] } });
        let edited = json!({ "inputs": { "video": CLIP, "referenceImages": [IMAGE] } });
        priced(
            model,
            &[
                (and(&sides, &sound(false)), prices[0]),
                (and(&sides, &sound(true)), prices[1]),
                (and(&and(&sides, &referred), &sound(true)), prices[2]),
                (and(&edited, &sound(false)), prices[2]),
            ],
        );
    }
}

#[test]
fn wan_2_7_bills_the_reference_video_too() {
    let referred = json!({ "inputs": { "referenceVideos": [CLIP] } });
    priced(
        "alibaba:wan@2.7",
        &[
            (size(1280, 720, 15), 1_500_000),
            (size(1248, 1632, 2), 300_000),
            (and(&at("1080p", 5), &json!({ "inputs": frames() })), 750_000),
            (and(&size(1280, 720, 5), &referred), 1_000_000),
        ],
    );
}

#[test]
fn veo_lite() {
    let sound =
        |sound: bool| json!({ "providerSettings": { "google": { "generateAudio": sound } } });
    priced(
        "google:veo@3.1-lite",
        &[
            (and(&size(1280, 720, 8), &sound(true)), 400_000),
            (and(&size(1080, 1920, 4), &sound(true)), 320_000),
            (and(&size(1280, 720, 6), &sound(false)), 180_000),
            (and(&and(&at("1080p", 8), &json!({ "inputs": frames() })), &sound(false)), 400_000),
        ],
    );
}

#[test]
fn pruna() {
    let draft = |draft: bool| json!({ "settings": { "draft": draft } });
    priced(
        "prunaai:p-video@2",
        &[
            (and(&at("720p", 20), &draft(false)), 500_000),
            (and(&at("720p", 1), &draft(true)), 15_000),
            (and(&at("1080p", 5), &draft(false)), 250_000),
            (and(&at("1080p", 5), &draft(true)), 150_000),
        ],
    );
    let moving = json!({ "image": IMAGE, "video": CLIP });
    priced(
        "prunaai:p-video@animate",
        &[
            (json!({ "resolution": "720p", "inputs": moving.clone() }), 150_000),
            (json!({ "resolution": "1080p", "inputs": moving }), 300_000),
        ],
    );
    let edited = json!({ "inputs": { "video": CLIP } });
    priced(
        "prunaai:p-video@edit",
        &[(and(&edited, &draft(false)), 225_000), (and(&edited, &draft(true)), 125_000)],
    );
}

/// Prices that depend on the tier alone.
#[test]
fn a_price_for_each_tier() {
    for (model, tiers) in [
        ("bytedance:2@1", &[("1080p", 96_800)][..]),
        ("bytedance:2@2", &[("480p", 6_200), ("720p", 14_000), ("1080p", 31_400)]),
        ("bytedance:seedance@2.5", &[("480p", 102_000), ("720p", 230_000), ("1080p", 614_000)]),
        ("bytedance:seedance@2.0", &[("480p", 70_000), ("720p", 160_000), ("1080p", 400_000)]),
        ("bytedance:seedance@2.0-fast", &[("480p", 60_000), ("720p", 130_000)]),
        ("bytedance:seedance@2.0-mini", &[("480p", 36_000), ("720p", 81_000)]),
        ("alibaba:wan@3.0", &[("480p", 50_000), ("720p", 100_000), ("1080p", 200_000)]),
        ("alibaba:wan@3.0-prime", &[("480p", 68_000), ("720p", 140_000), ("1080p", 280_000)]),
        ("alibaba:happyhorse@1.1", &[("720p", 140_000), ("1080p", 180_000)]),
        (
            "google:gemini@omni-flash-1.1",
            &[("360p", 36_000), ("720p", 100_000), ("1080p", 160_000), ("4K", 320_000)],
        ),
        ("minimax:h3@0", &[("768p", 80_000), ("1440p", 130_000)]),
        ("minimax:h3@max", &[("480p", 50_000), ("768p", 80_000)]),
        ("minimax:h3@max-turbo", &[("480p", 25_000), ("768p", 40_000)]),
    ] {
        for (tier, a_second) in tiers {
            let framed = and(&at(tier, 5), &json!({ "inputs": frames() }));
            priced(model, &[(at(tier, 8), a_second * 8), (framed, a_second * 5)]);
        }
    }
    let referred = json!({ "inputs": { "referenceVideos": [CLIP] } });
    priced("bytedance:seedance@2.0", &[(and(&at("720p", 5), &referred), 1_095_000)]);
    priced("bytedance:seedance@2.0-fast", &[(and(&at("720p", 5), &referred), 835_000)]);
    for (model, prices) in [
        ("lightricks:ltx@2.5-fast", [450_000, 650_000]),
        ("lightricks:ltx@2.5-pro", [600_000, 850_000]),
    ] {
        priced(model, &[(size(1280, 720, 5), prices[0]), (size(1920, 1080, 5), prices[1])]);
    }
}

/// Models whose price could not be read make videos all the same.
#[test]
fn made_up_prices() {
    for model in [
        "klingai:kling-video@3.0-turbo",
        "xai:grok-imagine@video-1.5",
        "xai:grok-imagine@video-1.5-lite",
        "bfl:flux@3-video",
        "pixverse:1@8",
    ] {
        let price = crate::common::prices::price(
            model,
            &and(&at("720p", 5), &json!({ "positivePrompt": "A fox" })),
        );
        assert!(price > 0, "{model}");
    }
    priced("minimax:4@2", &[(json!({ "inputs": frames(), "duration": 5 }), 150_000)]);
    let moving = json!({ "referenceImages": [IMAGE], "referenceVideos": [CLIP] });
    priced("klingai:kling-video@2.6-standard", &[(json!({ "inputs": moving }), 350_000)]);
}
