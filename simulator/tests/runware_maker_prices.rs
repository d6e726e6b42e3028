//! Runware: prices of makers with few models, and prices the documents leave open.

use crate::common::prices::{at, frames, priced, size};
use crate::common::{CLIP, IMAGE, SOUND};
use serde_json::{Value, json};

#[test]
fn seedance() {
    let model = "bytedance:seedance@1.5-pro";
    for (tier, silent, sounding) in [
        ("480p", 60_000, 120_000),
        ("720p", 130_000, 260_000),
        // The tier without a price.
        ("1080p", 300_000, 600_000),
    ] {
        let at = |sound: bool| {
            json!({ "resolution": tier,
                "providerSettings": { "bytedance": { "audio": sound, "cameraFixed": true } } })
        };
        priced(model, &[(at(false), silent), (at(true), sounding)]);
    }
    let ends = json!([
        { "image": IMAGE, "frame": "first" },
        { "image": IMAGE, "frame": "last" },
    ]);
    priced(
        model,
        &[
            (json!({ "resolution": "480p" }), 120_000),
            (json!({ "resolution": "480p", "duration": 12 }), 288_000),
            (json!({ "resolution": "480p", "duration": "auto" }), 288_000),
            (json!({ "width": 1470, "height": 630 }), 260_000),
            (json!({ "resolution": "720p", "inputs": { "frameImages": ends } }), 260_000),
            (
                json!({ "resolution": "720p", "inputs": { "draftId": "d-1" },
                    "providerSettings": { "bytedance": { "draft": false, "audio": false } } }),
                130_000,
            ),
        ],
    );
}

#[test]
fn one_model_of_a_maker() {
    priced(
        "minimax:4@1",
        &[
            (size(1366, 768, 6), 280_000),
            (size(1366, 768, 10), 560_000),
            (size(1920, 1080, 6), 490_000),
            (
                json!({ "width": 1920, "height": 1080, "fps": 25,
                    "providerSettings": { "minimax": { "promptOptimizer": false } } }),
                490_000,
            ),
            (json!({ "inputs": frames(), "duration": 10 }), 560_000),
        ],
    );
    priced(
        "runway:1@2",
        &[
            (size(1280, 720, 5), 600_000),
            (size(832, 1104, 8), 960_000),
            (
                json!({ "width": 960, "height": 960, "duration": 10, "seed": 1,
                    "providerSettings":
                        { "runway": { "contentModeration": { "publicFigureThreshold": "low" } } } }),
                1_200_000,
            ),
        ],
    );
    priced(
        "vidu:4@1",
        &[
            (at("360p", 5), 227_500),
            (at("540p", 1), 45_500),
            (at("720p", 5), 487_500),
            (at("1080p", 16), 1_664_000),
            (size(1674, 1238, 5), 520_000),
            (
                json!({ "resolution": "720p", "duration": 5, "inputs": frames(), "providerSettings":
                    { "vidu": { "audio": true, "bgm": false, "movementAmplitude": "small" } } }),
                487_500,
            ),
        ],
    );
    priced(
        "prunaai:p-video@0",
        &[
            (at("720p", 5), 100_000),
            (at("1080p", 10), 400_000),
            (json!({ "resolution": "720p", "duration": 4, "settings": { "draft": true } }), 20_000),
            (
                json!({ "width": 1080, "height": 1080, "duration": 3, "fps": 48,
                    "settings": { "draft": true, "audio": false, "promptUpsampling": false } }),
                30_000,
            ),
            (
                json!({ "resolution": "720p", "settings": { "draft": false },
                    "inputs": { "audio": SOUND } }),
                100_000,
            ),
        ],
    );
}

#[test]
fn ray() {
    let hdr = |exr: bool| json!({ "hdr": true, "exrExport": exr });
    let with = |tier: &str, settings: Value| json!({ "resolution": tier, "duration": 5, "settings": settings });
    let extend = |tier: &str| json!({ "resolution": tier, "inputs": { "video": CLIP } });
    let reframe = |tier: &str| {
        json!({ "resolution": tier, "inputs": { "video": CLIP },
            "settings": { "sourcePosition": { "x": 1 } } })
    };
    priced(
        "luma:ray@3.2",
        &[
            (with("360p", json!({})), 60_000),
            (with("360p", json!({ "loop": true })), 60_000),
            (with("720p", hdr(false)), 600_000),
            (with("720p", hdr(true)), 900_000),
            (with("1080p", hdr(false)), 2_400_000),
            (with("1080p", hdr(true)), 3_600_000),
            (extend("540p"), 150_000),
            (extend("720p"), 300_000),
            (extend("1080p"), 1_200_000),
            (reframe("360p"), 150_000),
            (reframe("540p"), 300_000),
            (reframe("720p"), 600_000),
            (reframe("1080p"), 1_800_000),
            (json!({ "resolution": "720p", "duration": 10 }), 600_000),
            // A custom size is billed at the tier that contains it.
            (json!({ "width": 640, "height": 360, "duration": 5 }), 60_000),
            (json!({ "width": 700, "height": 900, "duration": 5 }), 300_000),
        ],
    );
}

#[test]
fn undocumented_values_cost_the_highest_price() {
    // Neither page gives the length or the size of these.
    priced("vidu:4@1", &[(json!({}), 1_664_000), (json!({ "inputs": frames() }), 1_664_000)]);
    priced("alibaba:wan@2.6", &[(json!({ "inputs": frames() }), 750_000)]);
    let small = json!({ "inputs": { "frameImages": ["https://a.test/fox-720p.png"] } });
    priced("alibaba:wan@2.6", &[(small, 500_000)]);
}
