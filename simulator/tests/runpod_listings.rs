//! RunPod: every listing makes a video from the minimal and the maximal input of its page, at the
//! price of the page's table.

use crate::common::{CLIP, Harness, IMAGE, RUN_MS, SOUND, TALL_PNG, has_aspect};
use serde_json::{Value, json};

/// The minimal input of an endpoint.
fn least(endpoint: &str) -> Value {
    match endpoint {
        "p-video" | "vidu-q3-t2v" | "wan-2-6-t2v" => json!({ "prompt": "A fox" }),
        "kling-video-o1-r2v" => json!({ "prompt": "A fox", "images": [IMAGE] }),
        "kling-v2-6-std-motion-control" => {
            json!({ "image": IMAGE, "video": CLIP, "character_orientation": "video" })
        }
        "infinitetalk" => {
            json!({ "prompt": "A fox", "image": IMAGE, "audio": SOUND, "size": "480p" })
        }
        "sora-2-i2v" | "sora-2-pro-i2v" => {
            json!({ "prompt": "A fox", "image": IMAGE, "duration": 4 })
        }
        _ => json!({ "prompt": "A fox", "image": IMAGE }),
    }
}

fn with(endpoint: &str, changes: &Value) -> Value {
    let mut input = least(endpoint);
    let changes = changes.as_object().unwrap().clone();
    input.as_object_mut().unwrap().extend(changes);
    input
}

/// Each change of the minimal input, and its price.
fn prices() -> Vec<(&'static str, Value, u64)> {
    let mut rows = vec![
        ("sora-2-i2v", json!({}), 400_000),
        ("sora-2-i2v", json!({ "duration": 8 }), 800_000),
        ("sora-2-i2v", json!({ "duration": 12 }), 1_200_000),
        ("sora-2-pro-i2v", json!({}), 1_200_000),
        ("sora-2-pro-i2v", json!({ "size": "1080p", "duration": 12 }), 6_000_000),
        ("kling-v2-1-i2v-pro", json!({}), 450_000),
        ("kling-v2-1-i2v-pro", json!({ "duration": 10 }), 900_000),
        // Five seconds: two blocks of three.
        ("kling-v2-6-std-motion-control", json!({}), 420_000),
        ("kling-video-o1-r2v", json!({}), 560_000),
        ("kling-video-o1-r2v", json!({ "duration": 3 }), 336_000),
        ("kling-video-o1-r2v", json!({ "duration": 10, "video": CLIP }), 1_120_000),
        ("p-video", json!({}), 100_000),
        ("p-video", json!({ "resolution": "1080p", "duration": 10 }), 400_000),
        ("p-video", json!({ "draft": true, "duration": 1 }), 5_000),
        ("p-video", json!({ "draft": true, "resolution": "1080p", "duration": 3 }), 30_000),
        // Five seconds, whatever was requested: the audio decides the length.
        ("p-video", json!({ "audio": SOUND, "duration": 9 }), 100_000),
        ("google-veo3-1-fast-i2v", json!({ "duration": 4, "generate_audio": false }), 400_000),
        ("google-veo3-1-fast-i2v", json!({ "duration": 8, "generate_audio": true }), 1_200_000),
        ("minimax-hailuo-2-3-fast", json!({ "duration": 6 }), 1_140_000),
        ("seedance-v1-5-pro-i2v", json!({}), 260_000),
        ("seedance-v1-5-pro-i2v", json!({ "resolution": "480p", "duration": 4 }), 96_000),
        ("seedance-v1-5-pro-i2v", json!({ "generate_audio": true, "duration": 12 }), 624_000),
        ("vidu-q3-i2v", json!({}), 750_000),
        ("vidu-q3-i2v", json!({ "resolution": "1080p", "duration": 16 }), 2_400_000),
        ("vidu-q3-t2v", json!({ "duration": 1 }), 150_000),
        ("wan-2-2-t2v-720-lora", json!({}), 350_000),
        ("wan-2-2-t2v-720-lora", json!({ "duration": 8 }), 560_000),
        ("infinitetalk", json!({}), 250_000),
        ("infinitetalk", json!({ "size": "720p" }), 500_000),
        ("wan-2-2-i2v-720", json!({ "duration": 8 }), 480_000),
    ];
    for (duration, older, small, large) in [
        (5, 300_000, 500_000, 750_000),
        (10, 600_000, 1_000_000, 1_500_000),
        (15, 900_000, 1_500_000, 2_250_000),
    ] {
        for endpoint in ["wan-2-1-i2v-720", "wan-2-2-i2v-720"] {
            rows.push((endpoint, json!({ "duration": duration }), older));
        }
        for endpoint in ["wan-2-6-i2v", "wan-2-6-t2v"] {
            let at = |size: &str| json!({ "size": size, "duration": duration });
            rows.push((endpoint, at("1280*720"), small));
            rows.push((endpoint, at("1920*1080"), large));
        }
    }
    for (duration, tiny, small, large) in
        [(5, 250_000, 500_000, 750_000), (10, 500_000, 1_000_000, 1_500_000)]
    {
        let at = |size: &str| json!({ "size": size, "duration": duration });
        rows.push(("wan-2-5", at("832*480"), tiny));
        rows.push(("wan-2-5", at("1280*720"), small));
        rows.push(("wan-2-5", at("1920*1080"), large));
    }
    rows
}

#[test]
fn every_price() {
    for (endpoint, changes, micro_usd) in prices() {
        let mut sim = Harness::new();
        let answer = sim.runsync(endpoint, &with(endpoint, &changes));
        assert_eq!(answer.body["status"], "COMPLETED", "{endpoint} {changes}");
        let cost = answer.body["output"]["cost"].as_f64().unwrap();
        assert_eq!((cost * 1e6).round() as u64, micro_usd, "{endpoint} {changes}");
        sim.wait(RUN_MS);
        sim.get("/control/ledger");
        let charges = &sim.ledger().charges;
        assert_eq!((charges.len(), charges[0].micro_usd), (1, micro_usd), "{endpoint} {changes}");
    }
}

#[test]
fn omitted_fields_use_the_documented_defaults() {
    for (endpoint, default) in [
        ("sora-2-pro-i2v", json!({ "size": "720p" })),
        ("kling-video-o1-r2v", json!({ "duration": 5 })),
        ("p-video", json!({ "resolution": "720p", "duration": 5, "draft": false })),
        ("seedance-v1-5-pro-i2v", json!({ "resolution": "720p", "duration": 5 })),
        ("wan-2-5", json!({ "size": "1280*720", "duration": 5 })),
        ("wan-2-6-t2v", json!({ "size": "1280*720", "duration": 5 })),
        ("vidu-q3-i2v", json!({ "duration": null })),
    ] {
        let cost =
            |input: &Value| Harness::new().runsync(endpoint, input).body["output"]["cost"].clone();
        let implied = cost(&least(endpoint));
        assert!(implied.is_number(), "{endpoint}");
        assert_eq!(implied, cost(&with(endpoint, &default)), "{endpoint}");
    }
}

#[test]
fn every_documented_parameter_is_accepted() {
    for (endpoint, input) in [
        (
            "kling-v2-1-i2v-pro",
            json!({ "negative_prompt": "rain", "guidance_scale": 0.5, "enable_safety_checker": false }),
        ),
        (
            "kling-v2-6-std-motion-control",
            json!({ "prompt": "", "negative_prompt": "rain", "keep_original_sound": false,
                "character_orientation": "image" }),
        ),
        (
            "kling-video-o1-r2v",
            json!({ "images": vec![IMAGE; 10], "video": CLIP, "negative_prompt": "rain",
                "aspect_ratio": "1:1", "seed": -1, "enable_prompt_expansion": true,
                "enable_safety_checker": true }),
        ),
        (
            "p-video",
            json!({ "image": IMAGE, "fps": 48, "aspect_ratio": "2:3", "seed": 7,
                "save_audio": false, "prompt_upsampling": false }),
        ),
        (
            "seedance-v1-5-pro-i2v",
            json!({ "last_image": IMAGE, "aspect_ratio": "21:9", "camera_fixed": true, "seed": 0 }),
        ),
        (
            "vidu-q3-i2v",
            json!({ "movement_amplitude": "large", "generate_audio": false, "bgm": false, "seed": 1 }),
        ),
        (
            "vidu-q3-t2v",
            json!({ "style": "anime", "aspect_ratio": "3:4", "movement_amplitude": "small" }),
        ),
        (
            "wan-2-1-i2v-720",
            json!({ "num_inference_steps": 50, "guidance": 0, "flow_shift": -3, "size": "1280*720",
                "enable_prompt_optimization": true }),
        ),
        (
            "wan-2-2-t2v-720-lora",
            json!({ "high_noise_loras": [{ "path": "https://a.test/a", "scale": 0.8 }],
                "low_noise_loras": [{ "path": "https://a.test/b", "scale": 1, "name": "b" }] }),
        ),
        ("wan-2-6-i2v", json!({ "audio": SOUND, "shot_type": "multi" })),
        ("wan-2-6-t2v", json!({ "audio": SOUND, "size": "1080*1920" })),
        ("infinitetalk", json!({ "enable_safety_checker": false })),
    ] {
        let answer = Harness::new().runsync(endpoint, &with(endpoint, &input));
        assert_eq!(answer.body["status"], "COMPLETED", "{endpoint} {}", answer.text());
    }
}

#[test]
fn undocumented_fields_are_ignored() {
    // Names of other endpoints' fields.
    let extra = json!({ "size": "4K", "draft": "yes", "shot_type": 5, "unheard_of": true });
    let endpoint = "seedance-v1-5-pro-i2v";
    let answer = Harness::new().runsync(endpoint, &with(endpoint, &extra));
    assert_eq!(answer.body["output"]["cost"], 0.26);
}

#[test]
fn two_endpoints_respond_with_result() {
    for (endpoint, _, _) in prices() {
        let mut sim = Harness::new();
        let output = sim.runsync(endpoint, &least(endpoint)).body["output"].clone();
        let (place, other) = match endpoint {
            "wan-2-5" | "p-video" => ("result", "video_url"),
            _ => ("video_url", "result"),
        };
        let url = output[place].as_str().unwrap();
        sim.wait(RUN_MS);
        assert_eq!(sim.get(url).status, 200, "{endpoint}");
        assert!(output.get(other).is_none(), "{endpoint}");
    }
}

#[test]
fn a_video_has_the_requested_aspect() {
    for (endpoint, changes, across, down) in [
        ("seedance-v1-5-pro-i2v", json!({ "aspect_ratio": "21:9" }), 21, 9),
        ("vidu-q3-t2v", json!({}), 4, 3),
        ("p-video", json!({ "aspect_ratio": "2:3" }), 2, 3),
        ("p-video", json!({ "aspect_ratio": "2:3", "image": TALL_PNG }), 9, 16),
        ("wan-2-6-t2v", json!({ "size": "720*1280" }), 9, 16),
        ("wan-2-5", json!({ "size": "832*480" }), 26, 15),
        ("kling-v2-1-i2v-pro", json!({ "image": TALL_PNG }), 9, 16),
        ("kling-v2-1-i2v-pro", json!({}), 16, 9),
    ] {
        let mut sim = Harness::new();
        let output = sim.runsync(endpoint, &with(endpoint, &changes)).body["output"].clone();
        let url = output.get("result").unwrap_or(&output["video_url"]).clone();
        sim.wait(RUN_MS);
        let bytes = sim.get(url.as_str().unwrap()).bytes;
        assert!(has_aspect(bytes, across, down), "{endpoint} {changes}");
    }
}
