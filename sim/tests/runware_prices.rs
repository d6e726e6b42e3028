//! Runware: every listing makes a film of the least that its page asks for, and of the most, at the
//! price of the page's table.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{CLIP, Desk, IMAGE, RUN_MS, SOUND, UUID, task_for};
use serde_json::{Value, json};

/// The price of a task, once its film is made.
fn price(model: &str, fields: &Value) -> u64 {
    let mut desk = Desk::new();
    let answer = desk.tasks(json!([task_for(model, fields.clone())]));
    assert_eq!(answer.status, 200, "{model} {}", answer.text());
    desk.wait(RUN_MS);
    let row = desk.poll(UUID).body["data"][0].clone();
    assert_eq!(row["status"], "success", "{model} {fields}");
    assert_eq!(desk.get(row["videoURL"].as_str().unwrap()).status, 200);
    assert_eq!(desk.ledger().bills.len(), 1, "{model} {fields}");
    desk.ledger().total_micro_usd
}

/// Fields beside a prompt, and the price.
fn priced(model: &str, rows: &[(Value, u64)]) {
    for (fields, micro_usd) in rows {
        let mut fields = fields.clone();
        fields["positivePrompt"] = json!("A fox");
        assert_eq!(price(model, &fields), *micro_usd, "{model} {fields}");
    }
}

fn frames() -> Value {
    json!({ "frameImages": [IMAGE] })
}

#[test]
fn sora() {
    let size = |width: u32, height: u32, duration: u32| json!({ "width": width, "height": height, "duration": duration });
    priced(
        "openai:3@1",
        &[
            (size(1280, 720, 4), 400_000),
            (size(720, 1280, 20), 2_000_000),
            (json!({ "inputs": frames(), "duration": 8 }), 800_000),
        ],
    );
    priced(
        "openai:3@2",
        &[
            (size(1280, 720, 4), 1_200_000),
            (size(1080, 1920, 12), 6_000_000),
            (size(1792, 1024, 8), 4_000_000),
        ],
    );
}

#[test]
fn kling() {
    priced(
        "klingai:5@2",
        &[
            (json!({ "inputs": frames(), "duration": 5 }), 450_000),
            (
                json!({ "inputs": frames(), "duration": 10, "CFGScale": 1 }),
                900_000,
            ),
        ],
    );
    let sound = |sound: bool| json!({ "klingai": { "sound": sound } });
    priced(
        "klingai:kling-video@2.6-pro",
        &[
            (json!({ "providerSettings": sound(false) }), 350_000),
            (
                json!({ "providerSettings": sound(true), "duration": 10 }),
                1_400_000,
            ),
            // Nobody says whether there is sound: the dearer.
            (json!({ "width": 1080, "height": 1080 }), 700_000),
            (
                json!({
                    "inputs": { "referenceVideos": [CLIP] },
                    "providerSettings": { "klingai": { "sound": false,
                        "keepOriginalSound": true, "characterOrientation": "video" } },
                }),
                350_000,
            ),
        ],
    );
    priced(
        "klingai:kling-video@3-pro",
        &[
            (
                json!({ "width": 1440, "height": 1440, "duration": 3,
                    "providerSettings": sound(false) }),
                336_000,
            ),
            (
                json!({ "inputs": frames(), "duration": 15, "providerSettings": sound(true) }),
                2_520_000,
            ),
            (
                json!({ "inputs": { "referenceImages": [IMAGE], "referenceVideos": [CLIP] },
                    "providerSettings": sound(false) }),
                560_000,
            ),
        ],
    );
}

#[test]
fn kling_o1_costs_more_with_a_video_to_follow_or_to_change() {
    for (model, sides, text, video) in [
        ("klingai:kling@o1", (1920, 1080), 560_000, 840_000),
        ("klingai:kling@o1-standard", (1280, 720), 420_000, 630_000),
    ] {
        let (width, height) = sides;
        priced(
            model,
            &[
                (json!({ "width": width, "height": height }), text),
                (json!({ "inputs": frames(), "duration": 10 }), text * 2),
                (json!({ "inputs": { "referenceImages": [IMAGE] } }), text),
                (
                    json!({ "inputs": { "referenceImages": [IMAGE], "referenceVideos": [CLIP] } }),
                    video,
                ),
                (
                    json!({ "width": width, "height": height,
                        "inputs": { "referenceVideos": [CLIP] } }),
                    video,
                ),
                (json!({ "inputs": { "video": CLIP } }), video),
                (
                    json!({ "inputs": { "video": CLIP, "referenceImages": [IMAGE] },
                        "providerSettings": { "klingai": { "keepOriginalSound": false } } }),
                    video,
                ),
            ],
        );
    }
    let seven = json!({ "duration": 7, "inputs": { "referenceImages": [IMAGE] } });
    priced("klingai:kling@o1", &[(seven, 784_000)]);
}

#[test]
fn wan() {
    let at = |tier: &str, duration: u32| json!({ "resolution": tier, "duration": duration });
    priced(
        "alibaba:wan@2.6",
        &[
            (at("720p", 5), 500_000),
            (at("720p", 10), 1_000_000),
            (at("720p", 15), 1_500_000),
            (at("1080p", 5), 750_000),
            (at("1080p", 10), 1_500_000),
            (at("1080p", 15), 2_250_000),
            (json!({ "width": 832, "height": 1088 }), 500_000),
            (json!({ "resolution": "720p", "inputs": frames() }), 500_000),
            (
                json!({ "resolution": "720p", "inputs": { "referenceVideos": [CLIP, CLIP, CLIP] } }),
                500_000,
            ),
            (
                json!({ "resolution": "1080p", "seed": 7, "inputs": { "audio": SOUND },
                    "providerSettings": { "alibaba": { "promptExtend": true, "shotType": "multi" } } }),
                750_000,
            ),
        ],
    );
    priced(
        "runware:201@1",
        &[
            (at("720p", 5), 473_000),
            (at("1080p", 5), 738_000),
            (at("1080p", 10), 1_476_000),
            (
                json!({ "width": 1632, "height": 1248, "duration": 5 }),
                738_000,
            ),
            // The tier without a price.
            (at("480p", 10), 500_000),
        ],
    );
}

#[test]
fn wan_flash_counts_sound_and_videos_to_refer_to() {
    for (tier, sound, referred, micro_usd) in [
        ("720p", false, false, 100_000),
        ("720p", true, false, 200_000),
        ("1080p", false, false, 150_000),
        ("1080p", true, false, 300_000),
        ("720p", false, true, 200_000),
        ("720p", true, true, 400_000),
        ("1080p", false, true, 300_000),
        ("1080p", true, true, 600_000),
    ] {
        let inputs = match referred {
            true => json!({ "referenceVideos": [CLIP] }),
            false => frames(),
        };
        let fields = json!({
            "resolution": tier, "duration": 4, "inputs": inputs,
            "providerSettings": { "alibaba": { "audio": sound } },
        });
        priced("alibaba:wan@2.6-flash", &[(fields, micro_usd)]);
    }
}

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
            (
                json!({ "resolution": "720p", "inputs": { "frameImages": ends } }),
                260_000,
            ),
            (
                json!({ "resolution": "720p", "inputs": { "draftId": "d-1" },
                    "providerSettings": { "bytedance": { "draft": false, "audio": false } } }),
                130_000,
            ),
        ],
    );
}

#[test]
fn veo() {
    let sound = |sound: bool| json!({ "google": { "generateAudio": sound } });
    let text = |width: u32, height: u32, duration: u32, has_sound: bool| {
        json!({ "width": width, "height": height, "duration": duration,
            "providerSettings": sound(has_sound) })
    };
    priced(
        "google:3@3",
        &[
            (text(1920, 1080, 8, false), 800_000),
            (text(1920, 1080, 8, true), 1_200_000),
            (text(720, 1280, 4, true), 600_000),
            (text(3840, 2160, 8, false), 2_400_000),
            (text(2160, 3840, 8, true), 2_800_000),
            (text(3840, 2160, 4, true), 1_400_000),
            // Sound is what a request without a word of it gets.
            (
                json!({ "width": 1280, "height": 720, "duration": 6 }),
                900_000,
            ),
            (
                json!({ "resolution": "4K", "duration": 8, "inputs": frames(),
                    "providerSettings": { "google": { "resizeMode": "pad" } } }),
                2_800_000,
            ),
            (
                json!({ "width": 1280, "height": 720, "duration": 8, "seed": 7,
                    "inputs": { "referenceImages": [IMAGE, IMAGE, IMAGE] } }),
                1_200_000,
            ),
            // Seven seconds more of a video.
            (json!({ "inputs": { "video": CLIP } }), 1_050_000),
            (
                json!({ "inputs": { "video": CLIP }, "duration": 7 }),
                1_050_000,
            ),
        ],
    );
    priced(
        "google:3@2",
        &[
            (text(1920, 1080, 8, true), 3_200_000),
            (text(1280, 720, 4, true), 1_600_000),
            (text(1280, 720, 4, false), 800_000),
            (text(3840, 2160, 8, true), 4_800_000),
        ],
    );
}

#[test]
fn one_model_of_a_maker() {
    let size = |width: u32, height: u32, duration: u32| json!({ "width": width, "height": height, "duration": duration });
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
    let at = |tier: &str, duration: u32| json!({ "resolution": tier, "duration": duration });
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
            (
                json!({ "resolution": "720p", "duration": 4, "settings": { "draft": true } }),
                20_000,
            ),
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
            // A size of one's own, billed at the tier that holds it.
            (
                json!({ "width": 640, "height": 360, "duration": 5 }),
                60_000,
            ),
            (
                json!({ "width": 700, "height": 900, "duration": 5 }),
                300_000,
            ),
        ],
    );
}

#[test]
fn what_nobody_says_is_the_dearest() {
    // Neither page says how long or how large these are.
    priced(
        "vidu:4@1",
        &[
            (json!({}), 1_664_000),
            (json!({ "inputs": frames() }), 1_664_000),
        ],
    );
    priced(
        "alibaba:wan@2.6",
        &[(json!({ "inputs": frames() }), 750_000)],
    );
    let small = json!({ "inputs": { "frameImages": ["https://a.test/fox-720p.png"] } });
    priced("alibaba:wan@2.6", &[(small, 500_000)]);
}
