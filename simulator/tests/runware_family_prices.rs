//! Runware: prices of makers with several models, by the pages' tables.

use crate::common::prices::{at, frames, priced, size};
use crate::common::{CLIP, IMAGE, SOUND};
use serde_json::json;

#[test]
fn sora() {
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
            (json!({ "inputs": frames(), "duration": 10, "CFGScale": 1 }), 900_000),
        ],
    );
    let sound = |sound: bool| json!({ "klingai": { "sound": sound } });
    priced(
        "klingai:kling-video@2.6-pro",
        &[
            (json!({ "providerSettings": sound(false) }), 350_000),
            (json!({ "providerSettings": sound(true), "duration": 10 }), 1_400_000),
            // The documents do not say whether there is audio: the higher price.
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
            (json!({ "width": 1632, "height": 1248, "duration": 5 }), 738_000),
            // The tier without a price.
            (at("480p", 10), 500_000),
        ],
    );
}

#[test]
fn wan_flash_bills_audio_and_reference_videos() {
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
            // The default is with audio.
            (json!({ "width": 1280, "height": 720, "duration": 6 }), 900_000),
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
            // Extends a video by seven seconds.
            (json!({ "inputs": { "video": CLIP } }), 1_050_000),
            (json!({ "inputs": { "video": CLIP }, "duration": 7 }), 1_050_000),
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
