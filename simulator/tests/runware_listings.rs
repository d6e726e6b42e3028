//! Runware: which models exist, and what their responses contain.

use crate::common::{Harness, IMAGE, OTHER_UUID, RUN_MS, TALL_PNG, UUID, has_aspect, task_for};
use serde_json::json;

#[test]
fn every_result_is_billed() {
    let mut sim = Harness::new();
    let fields = json!({ "positivePrompt": "A fox", "resolution": "720p", "duration": 5,
        "numberResults": 3, "includeCost": true, "routing": { "any": "thing" } });
    assert_eq!(sim.tasks(json!([task_for("runware:201@1", fields)])).status, 200);
    sim.wait(RUN_MS);
    let body = sim.poll(UUID).body;
    assert_eq!(body["data"].as_array().unwrap().len(), 3);
    assert_eq!(body["data"][0]["cost"], 0.473);
    assert_eq!(sim.ledger().total_micro_usd, 3 * 473_000);
}

#[test]
fn only_models_that_remix_return_a_remix_id() {
    let mut sim = Harness::new();
    let size = json!({ "positivePrompt": "A fox", "width": 1280, "height": 720, "duration": 8 });
    let mut other = task_for("google:3@3", size.clone());
    other["taskUUID"] = json!(OTHER_UUID);
    sim.tasks(json!([task_for("openai:3@1", size), other]));
    sim.wait(RUN_MS);
    assert!(sim.poll(UUID).body["data"][0]["outputs"]["videoId"].is_string());
    assert!(sim.poll(OTHER_UUID).body["data"][0].get("outputs").is_none());
}

#[test]
fn uncertain_models_do_not_exist() {
    for model in ["runware:200@6", "runware:200@2", "vidu:4@2", "lightricks:ltx@2.3-fast"] {
        let answer =
            Harness::new().tasks(json!([task_for(model, json!({ "positivePrompt": "A fox" }))]));
        assert_eq!(answer.body["errors"][0]["code"], "invalidModel", "{model}");
    }
}

#[test]
fn a_video_has_the_requested_size_or_one_of_its_tier() {
    let tall = json!({ "frameImages": [TALL_PNG] });
    let wide = json!({ "frameImages": [IMAGE] });
    for (model, fields, across, down) in [
        ("bytedance:seedance@1.5-pro", json!({ "width": 992, "height": 432 }), 62, 27),
        ("vidu:4@1", json!({ "width": 480, "height": 480 }), 1, 1),
        ("vidu:4@1", json!({ "resolution": "360p" }), 20, 11),
        ("vidu:4@1", json!({ "resolution": "360p", "inputs": tall }), 11, 20),
        ("alibaba:wan@2.6", json!({ "inputs": tall }), 9, 16),
        ("klingai:kling@o1", json!({ "inputs": wide }), 16, 9),
        ("luma:ray@3.2", json!({ "resolution": "540p", "inputs": tall }), 9, 16),
        ("luma:ray@3.2", json!({ "width": 900, "height": 600 }), 3, 2),
    ] {
        let mut sim = Harness::new();
        let mut task = task_for(model, fields.clone());
        task["positivePrompt"] = json!("A fox");
        sim.tasks(json!([task]));
        sim.wait(RUN_MS);
        let url = sim.poll(UUID).body["data"][0]["videoURL"].clone();
        let bytes = sim.get(url.as_str().unwrap()).bytes;
        assert!(has_aspect(bytes, across, down), "{model} {fields}");
    }
}
