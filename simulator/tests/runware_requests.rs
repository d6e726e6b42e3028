//! Runware: valid requests, and how others are rejected.

use crate::common::{Harness, OTHER_UUID, RUN_MS, UUID, task};
use serde_json::{Value, json};

const PNG_1280: &str = "iVBORw0KGgoAAAANSUhEUgAABQAAAALQCAIAAABAH0oB";
const PNG_1920: &str = "iVBORw0KGgoAAAANSUhEUgAAB4AAAAQ4CAIAAABnsVYU";
const PNG_TALL: &str = "iVBORw0KGgoAAAANSUhEUgAAAtAAAAUACAIAAABAH0oB";

/// Changes to the example, and the code and parameter of each resulting problem.
fn refused(changes: Value, problems: &[(&str, Value)]) {
    let mut sim = Harness::new();
    let answer = sim.tasks(json!([task(changes.clone())]));
    let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
    let found: Vec<_> = errors
        .iter()
        .map(|error| (error["code"].as_str().unwrap(), error["parameter"].clone()))
        .collect();
    assert_eq!(found, problems, "{changes}");
    assert_eq!(answer.status, if problems.is_empty() { 200 } else { 400 }, "{changes}");
    for error in errors {
        assert_eq!(error["taskType"], "videoInference");
        assert_eq!(error["taskUUID"], UUID);
        assert!(error["message"].is_string());
    }
    sim.wait(RUN_MS);
    sim.poll(UUID);
    assert_eq!(sim.ledger().total_micro_usd > 0, problems.is_empty(), "{changes}");
}

fn taken(changes: Value) {
    refused(changes, &[]);
}

fn one(changes: Value, code: &str, parameter: &str) {
    refused(changes, &[(code, json!(parameter))]);
}

#[test]
fn prompts() {
    for length in [2, 6000] {
        taken(json!({ "positivePrompt": "é".repeat(length) }));
    }
    for length in [0, 1, 6001] {
        let prompt = "é".repeat(length);
        one(json!({ "positivePrompt": prompt }), "invalidPositivePrompt", "positivePrompt");
    }
    one(json!({ "positivePrompt": 5 }), "invalidPositivePrompt", "positivePrompt");
    one(json!({ "positivePrompt": null }), "missingPositivePrompt", "positivePrompt");
}

#[test]
fn platform_parameters() {
    for good in [
        json!({ "outputType": "URL", "deliveryMethod": "async", "includeCost": false }),
        json!({ "outputFormat": "WEBM", "outputQuality": 20, "numberResults": 1 }),
        json!({ "outputFormat": "MOV", "outputQuality": 99, "numberResults": 4, "ttl": 60 }),
        json!({ "webhookURL": "https://a.test/h", "uploadEndpoint": "https://a.test/put" }),
        json!({ "safety": { "checkContent": true, "mode": "full" }, "duration": 8.0 }),
    ] {
        taken(good);
    }
    for (name, value, code) in [
        ("outputType", json!("base64Data"), "invalidOutputType"),
        ("outputType", json!(["URL"]), "invalidOutputType"),
        ("deliveryMethod", json!("sync"), "invalidDeliveryMethod"),
        ("outputFormat", json!("AVI"), "invalidOutputFormat"),
        ("outputFormat", json!("mp4"), "invalidOutputFormat"),
        ("outputQuality", json!(19), "invalidOutputQuality"),
        ("outputQuality", json!(100), "invalidOutputQuality"),
        ("outputQuality", json!("95"), "invalidOutputQuality"),
        ("numberResults", json!(0), "invalidNumberResults"),
        ("numberResults", json!(5), "invalidNumberResults"),
        ("ttl", json!(59), "invalidTtl"),
        ("webhookURL", json!("ftp://a.test"), "invalidWebhookURL"),
        ("uploadEndpoint", json!("nowhere"), "invalidUploadEndpoint"),
        ("includeCost", json!("yes"), "invalidIncludeCost"),
        ("safety", json!("fast"), "invalidSafety"),
        ("duration", json!(5), "unsupportedDuration"),
        ("duration", json!("8"), "unsupportedDuration"),
        ("seed", json!(7), "unknownParameter"),
        ("inputs", json!([]), "invalidInputs"),
    ] {
        one(json!({ name: value }), code, name);
    }
    one(json!({ "safety": { "mode": "slow" } }), "invalidMode", "safety.mode");
    one(json!({ "safety": { "checkContent": 1 } }), "invalidCheckContent", "safety.checkContent");
    one(json!({ "safety": { "x": 1 } }), "unknownParameter", "safety.x");
}

#[test]
fn an_error_lists_allowed_values_and_links_the_documentation() {
    let mut sim = Harness::new();
    let answer = sim.tasks(json!([task(json!({ "duration": 5, "outputQuality": 5 }))]));
    assert_eq!(
        answer.body["errors"][0],
        json!({
            "code": "unsupportedDuration",
            "message": "Invalid value for 'duration' parameter.",
            "parameter": "duration",
            "type": "float",
            "allowedValues": [4, 8, 12, 16, 20],
            "taskType": "videoInference",
            "taskUUID": UUID,
            "documentation":
                "https://runware.ai/docs/models/openai-sora-2-pro#request-duration",
        })
    );
    let quality = &answer.body["errors"][1];
    assert_eq!((&quality["min"], &quality["max"]), (&json!(20), &json!(99)));
}

#[test]
fn a_size_or_an_image_or_a_video() {
    let picture = json!({ "frameImages": ["https://a.test/fox.png"] });
    one(json!({ "width": null }), "missingWidth", "width");
    one(json!({ "height": null }), "missingHeight", "height");
    refused(
        json!({ "width": null, "height": null }),
        &[(
            "missingDimensions",
            json!(["width", "height", "inputs.frameImages", "inputs.videoId"]),
        )],
    );
    refused(json!({ "width": 1000 }), &[("unsupportedDimensions", json!(["width", "height"]))]);
    // "Either … or" is at least one of them.
    refused(json!({ "inputs": picture }), &[]);
    refused(
        json!({ "inputs": { "videoId": "video_1" } }),
        &[("incompatibleParameters", json!(["inputs.videoId", "width", "height"]))],
    );
    refused(
        json!({
            "width": null, "height": null,
            "inputs": { "videoId": "video_1", "frameImages": ["https://a.test/fox.png"] },
        }),
        &[
            ("incompatibleParameters", json!(["inputs.videoId", "inputs.frameImages"])),
            ("invalidVideoId", json!("inputs.videoId")),
        ],
    );
}

#[test]
fn frame_images() {
    let with = |inputs: Value| json!({ "width": null, "height": null, "inputs": inputs });
    for image in [
        json!("aac49721-1964-481a-ae78-8a4e29b91402"),
        json!("https://a.test/fox.png"),
        json!(format!("data:image/png;base64,{PNG_1280}")),
        json!(PNG_1280),
        json!({ "image": "https://a.test/fox.png" }),
        json!({ "image": "https://a.test/fox.png", "frame": "first" }),
        json!({ "image": "https://a.test/fox.png", "frame": 0 }),
    ] {
        taken(with(json!({ "frameImages": [image] })));
    }
    let wrong = |images: Value| {
        one(with(json!({ "frameImages": images })), "invalidFrameImages", "inputs.frameImages")
    };
    wrong(json!([]));
    wrong(json!("https://a.test/fox.png"));
    wrong(json!(["https://a.test/1.png", "https://a.test/2.png"]));
    wrong(json!(["not a picture"]));
    wrong(json!([{ "frame": "first" }]));
    for frame in [json!("last"), json!(1), json!("0")] {
        one(
            with(json!({ "frameImages": [{ "image": "https://a.test/f.png", "frame": frame }] })),
            "unsupportedFrame",
            "inputs.frameImages.frame",
        );
    }
    let unknown = json!({ "frameImages": ["https://a.test/f.png"], "audio": "x" });
    one(with(unknown), "unknownParameter", "inputs.audio");
}

#[test]
fn an_images_size_decides_the_price() {
    for (image, micro_usd) in [
        (PNG_1280, 2_400_000),
        (PNG_TALL, 2_400_000),
        (PNG_1920, 4_000_000),
        ("https://a.test/fox.png", 4_000_000),
        ("https://a.test/fox-720p.png", 2_400_000),
        ("aac49721-1964-481a-ae78-8a4e29b91402", 4_000_000),
    ] {
        let mut sim = Harness::new();
        let inputs = json!({ "frameImages": [image] });
        sim.tasks(json!([task(json!({ "width": null, "height": null, "inputs": inputs }))]));
        sim.wait(RUN_MS);
        sim.poll(UUID);
        assert_eq!(sim.ledger().total_micro_usd, micro_usd, "{image}");
    }
}

#[test]
fn a_remix_needs_a_finished_video() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({ "width": 720, "height": 1280 }))]));
    sim.wait(RUN_MS);
    let video = sim.poll(UUID).body["data"][0]["outputs"]["videoId"].clone();
    let remix = |video: &Value| {
        json!([task(json!({
            "taskUUID": OTHER_UUID, "width": null, "height": null, "inputs": { "videoId": video },
        }))])
    };
    let answer = sim.tasks(remix(&json!("video_unknown")));
    assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (400, &json!("invalidVideoId")));
    assert_eq!(sim.tasks(remix(&video)).status, 200);
    sim.wait(RUN_MS);
    sim.poll(OTHER_UUID);
    // At the price of the source video: 720p in both cases.
    assert_eq!(sim.ledger().total_micro_usd, 4_800_000);
}

#[test]
fn models_and_task_types() {
    one(json!({ "model": "openai:9@9" }), "invalidModel", "model");
    one(json!({ "model": null }), "missingModel", "model");
    let mut sim = Harness::new();
    for (task, code) in [
        (json!({ "taskType": "imageInference", "taskUUID": UUID }), "invalidTaskType"),
        (json!({ "taskUUID": UUID }), "invalidTaskType"),
        (json!({ "taskType": "getResponse" }), "missingTaskUUID"),
        (json!({ "taskType": "getResponse", "taskUUID": "7" }), "invalidTaskUUID"),
        // A UUID of another version.
        (
            json!({ "taskType": "getResponse", "taskUUID": "982c01aa-813a-1434-aa42-3e512808fd94" }),
            "invalidTaskUUID",
        ),
        (json!(5), "invalidTask"),
    ] {
        let answer = sim.tasks(json!([task]));
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["code"]),
            (400, &json!(code)),
            "{task}"
        );
    }
}

#[test]
fn a_request_is_a_json_array() {
    let mut sim = Harness::new();
    let single = task(json!({})).to_string();
    for (body, code) in [
        (single.as_bytes(), "invalidRequestBody"),
        (b"[]", "invalidRequestBody"),
        (b"not json", "invalidJSON"),
        (b"", "invalidJSON"),
    ] {
        let answer = sim.send("POST", "/runware/v1", body);
        assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (400, &json!(code)));
        assert_eq!(answer.body["errors"][0]["taskUUID"], "N/A");
    }
    assert_eq!(sim.get("/runware/v1").status, 405);
}

#[test]
fn one_rejected_task_does_not_stop_the_others() {
    let mut sim = Harness::new();
    let wrong = task(json!({ "taskUUID": OTHER_UUID, "duration": 5 }));
    let answer = sim.tasks(json!([wrong, task(json!({}))]));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["data"][0]["taskUUID"], UUID);
    assert_eq!(answer.body["errors"][0]["taskUUID"], OTHER_UUID);
}

#[test]
fn keys() {
    let invalid = json!({ "errors": [{
        "code": "invalidApiKey", "message": "Invalid API key.",
        "parameter": "apiKey", "taskType": "authentication",
    }] });
    for key in [None, Some("bad-key")] {
        let mut sim = Harness::new();
        sim.key = key;
        let answer = sim.tasks(json!([task(json!({}))]));
        assert_eq!((answer.status, &answer.body), (401, &invalid));
    }
    let mut sim = Harness::new();
    sim.key = Some("broke-key");
    let answer = sim.tasks(json!([task(json!({}))]));
    assert_eq!(
        (answer.status, &answer.body["errors"][0]["code"]),
        (402, &json!("insufficientCredits"))
    );
    assert_eq!(sim.poll(UUID).status, 200, "polling is free");
}
