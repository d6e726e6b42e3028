//! RunPod: an input that the endpoint's page does not allow fails the job with a reason and costs nothing.

use crate::common::{CLIP, Harness, IMAGE, RUN_MS, SOUND};
use serde_json::{Value, json};

/// The example with one field changed, and the resulting error.
fn refused(endpoint: &str, example: &Value, cases: &[(&str, Value, &str)]) {
    for (name, value, error) in cases {
        let mut sim = Harness::new();
        let mut input = example.clone();
        input[*name] = value.clone();
        let answer = sim.runsync(endpoint, &input);
        assert_eq!(answer.status, 400, "{endpoint} {name} {value}");
        assert_eq!(answer.body["error"], *error, "{endpoint} {name} {value}");
        sim.wait(RUN_MS);
        sim.get("/control/ledger");
        assert_eq!(sim.ledger().total_micro_usd, 0);
    }
    let answer = Harness::new().runsync(endpoint, example);
    assert_eq!(answer.status, 200, "{endpoint}: {}", answer.text());
}

#[test]
fn kling() {
    refused(
        "kling-v2-1-i2v-pro",
        &json!({ "prompt": "A fox", "image": IMAGE }),
        &[
            ("duration", json!(7), "Invalid duration: must be 5 or 10 seconds"),
            ("guidance_scale", json!("0.5"), "Invalid guidance_scale: must be a number"),
            ("negative_prompt", json!(1), "Invalid negative_prompt: must be text"),
            (
                "enable_safety_checker",
                json!("false"),
                "Invalid enable_safety_checker: must be true or false",
            ),
        ],
    );
    refused(
        "kling-v2-6-std-motion-control",
        &json!({ "image": IMAGE, "video": CLIP, "character_orientation": "image" }),
        &[
            ("image", json!(null), "Missing required field: image"),
            ("video", json!(null), "Missing required field: video"),
            ("video", json!("fox.mp4"), "Invalid video: must be a URL"),
            ("video", json!("data:video/mp4;base64,AAAA"), "Invalid video: must be a URL"),
            (
                "character_orientation",
                json!(null),
                "Invalid character_orientation: must be video or image",
            ),
            (
                "character_orientation",
                json!("left"),
                "Invalid character_orientation: must be video or image",
            ),
        ],
    );
    let images = "Invalid images: must be 1 to 10 URLs or data URIs";
    refused(
        "kling-video-o1-r2v",
        &json!({ "prompt": "A fox", "images": [IMAGE] }),
        &[
            ("images", json!(null), "Missing required field: images"),
            ("images", json!([]), images),
            ("images", json!(vec![IMAGE; 11]), images),
            ("images", json!(["fox.png"]), images),
            ("images", json!(IMAGE), images),
            ("duration", json!(2), "Invalid duration: must be 3 to 10 seconds"),
            ("duration", json!(11), "Invalid duration: must be 3 to 10 seconds"),
            ("duration", json!(3.5), "Invalid duration: must be 3 to 10 seconds"),
            ("aspect_ratio", json!("4:3"), "Invalid aspect_ratio: must be 16:9, 9:16, or 1:1"),
            ("seed", json!(-2), "Invalid seed: must be a whole number from -1"),
            ("seed", json!(1.5), "Invalid seed: must be a whole number from -1"),
        ],
    );
}

#[test]
fn pruna_seedance_and_vidu() {
    refused(
        "p-video",
        &json!({ "prompt": "A fox" }),
        &[
            ("prompt", json!(" "), "Missing required field: prompt"),
            ("duration", json!(0), "Invalid duration: must be 1 to 10 seconds"),
            ("duration", json!(11), "Invalid duration: must be 1 to 10 seconds"),
            ("resolution", json!("480p"), "Invalid resolution: must be 720p or 1080p"),
            ("fps", json!(30), "Invalid fps: must be 24 or 48"),
            ("draft", json!(1), "Invalid draft: must be true or false"),
            ("image", json!("fox"), "Invalid image: must be a URL or a data URI"),
            (
                "aspect_ratio",
                json!("21:9"),
                "Invalid aspect_ratio: must be 16:9, 9:16, 4:3, 3:4, 3:2, 2:3, or 1:1",
            ),
        ],
    );
    refused(
        "seedance-v1-5-pro-i2v",
        &json!({ "prompt": "A fox", "image": IMAGE }),
        &[
            ("duration", json!(3), "Invalid duration: must be 4 to 12 seconds"),
            ("duration", json!(13), "Invalid duration: must be 4 to 12 seconds"),
            ("resolution", json!("1080p"), "Invalid resolution: must be 480p or 720p"),
            ("last_image", json!(5), "Invalid last_image: must be a URL or a data URI"),
            (
                "aspect_ratio",
                json!("2:3"),
                "Invalid aspect_ratio: must be 21:9, 16:9, 9:16, 1:1, 4:3, or 3:4",
            ),
        ],
    );
    let resolutions = "Invalid resolution: must be 540p, 720p, or 1080p";
    refused(
        "vidu-q3-i2v",
        &json!({ "prompt": "A fox", "image": IMAGE }),
        &[
            ("image", json!(null), "Missing required field: image"),
            ("duration", json!(17), "Invalid duration: must be 1 to 16 seconds"),
            ("resolution", json!("360p"), resolutions),
            (
                "movement_amplitude",
                json!("huge"),
                "Invalid movement_amplitude: must be auto, small, medium, or large",
            ),
            ("bgm", json!("no"), "Invalid bgm: must be true or false"),
        ],
    );
    refused(
        "vidu-q3-t2v",
        &json!({ "prompt": "A fox" }),
        &[
            ("style", json!("noir"), "Invalid style: must be general or anime"),
            ("resolution", json!("4K"), resolutions),
        ],
    );
}

#[test]
fn wan_and_infinitetalk() {
    let example = json!({ "prompt": "A fox", "image": IMAGE });
    for (endpoint, durations) in
        [("wan-2-1-i2v-720", "5, 10, or 15"), ("wan-2-2-i2v-720", "5, 8, 10, or 15")]
    {
        let duration = format!("Invalid duration: must be {durations} seconds");
        refused(
            endpoint,
            &example,
            &[
                ("image", json!(null), "Missing required field: image"),
                ("duration", json!(6), &duration),
                ("size", json!("1920*1080"), "Invalid size: must be 1280*720"),
                ("size", json!("720p"), "Invalid size: must be 1280*720"),
                ("num_inference_steps", json!(51), "Invalid num_inference_steps: must be 1 to 50"),
                ("guidance", json!(10.5), "Invalid guidance: must be 0 to 10"),
                ("guidance", json!(-0.5), "Invalid guidance: must be 0 to 10"),
                ("flow_shift", json!(0.5), "Invalid flow_shift: must be a whole number"),
            ],
        );
    }
    let loras = "Invalid high_noise_loras: must be a list of objects with path and scale";
    refused(
        "wan-2-2-t2v-720-lora",
        &example,
        &[
            ("image", json!(null), "Missing required field: image"),
            ("duration", json!(10), "Invalid duration: must be 5 or 8 seconds"),
            ("high_noise_loras", json!([{ "path": "https://a.test/a" }]), loras),
            ("high_noise_loras", json!(["https://a.test/a"]), loras),
        ],
    );
    refused(
        "wan-2-5",
        &example,
        &[
            ("size", json!("1280x720"), "Invalid size: must be 1280*720, 1920*1080, or 832*480"),
            ("duration", json!(15), "Invalid duration: must be 5 or 10 seconds"),
        ],
    );
    refused(
        "wan-2-6-i2v",
        &example,
        &[
            ("size", json!("720*1280"), "Invalid size: must be 1280*720 or 1920*1080"),
            ("duration", json!(8), "Invalid duration: must be 5, 10, or 15 seconds"),
            ("shot_type", json!("many"), "Invalid shot_type: must be single or multi"),
            ("audio", json!("fox.mp3"), "Invalid audio: must be a URL"),
        ],
    );
    refused(
        "wan-2-6-t2v",
        &json!({ "prompt": "A fox" }),
        &[(
            "size",
            json!("832*480"),
            "Invalid size: must be 1280*720, 1920*1080, 720*1280, or 1080*1920",
        )],
    );
    refused(
        "infinitetalk",
        &json!({ "prompt": "A fox", "image": IMAGE, "audio": SOUND, "size": "720p" }),
        &[
            ("prompt", json!(null), "Missing required field: prompt"),
            ("audio", json!(null), "Missing required field: audio"),
            ("size", json!(null), "Invalid size: must be 480p or 720p"),
            ("size", json!("1080p"), "Invalid size: must be 480p or 720p"),
        ],
    );
}

#[test]
fn uncertain_endpoints_do_not_exist() {
    for endpoint in ["p-video-edit", "kling-v3", "wan-2-6"] {
        assert_eq!(Harness::new().runsync(endpoint, &json!({ "prompt": "A fox" })).status, 404);
    }
}
