//! RunPod: a job from submit to result, in the documented shapes.

use crate::common::{Harness, RUN_MS, SORA, input};
use filmgate_simulator::{Config, Output, Progress};
use serde_json::{Value, json};

#[test]
fn a_job_queues_runs_and_ends_with_video_and_cost() {
    let mut sim = Harness::new();
    let accepted = sim.post(&format!("{SORA}/run"), &json!({ "input": input() }));
    let id = accepted.body["id"].as_str().unwrap().to_owned();
    assert_eq!(accepted.body, json!({ "id": id, "status": "IN_QUEUE" }));
    assert!(id.ends_with("-u1") && !id.starts_with("sync-"));

    assert_eq!(sim.status(&id).body["status"], "IN_QUEUE");
    sim.wait(RUN_MS * 3 / 5);
    let running = sim.status(&id).body;
    assert_eq!(running["status"], "IN_PROGRESS");
    assert_eq!(running["output"], json!({ "progress": 50 }));
    assert_eq!(running["delayTime"], 2000);

    sim.wait(RUN_MS * 2 / 5);
    let ended = sim.status(&id);
    let url = ended.body["output"]["video_url"].as_str().unwrap();
    let worker = ended.body["workerId"].as_str().unwrap();
    assert!(url.starts_with("http://sim.test/videos/") && url.ends_with(".mp4"));
    assert_eq!(
        (ended.status, &ended.body),
        (
            200,
            &json!({
                "id": id,
                "status": "COMPLETED",
                "delayTime": 2000,
                "executionTime": 8000,
                "workerId": worker,
                "output": { "video_url": url, "cost": 1.2 },
            })
        )
    );
}

#[test]
fn every_price_of_the_table() {
    let table = [
        (Some("720p"), 4, 1_200_000),
        (Some("720p"), 8, 2_400_000),
        (Some("720p"), 12, 3_600_000),
        (Some("1080p"), 4, 2_000_000),
        (Some("1080p"), 8, 4_000_000),
        (Some("1080p"), 12, 6_000_000),
        (None, 4, 1_200_000),
    ];
    for (size, duration, micro_usd) in table {
        let mut sim = Harness::new();
        let mut input = input();
        input["duration"] = duration.into();
        match size {
            Some(size) => input["size"] = size.into(),
            None => drop(input.as_object_mut().unwrap().remove("size")),
        }
        let id = sim.run(input);
        sim.wait(RUN_MS);
        let cost = sim.status(&id).body["output"]["cost"].as_f64().unwrap();
        assert_eq!((cost * 1e6).round() as u64, micro_usd, "{size:?} {duration}");
        assert_eq!(sim.ledger().total_micro_usd, micro_usd, "{size:?} {duration}");
    }
}

#[test]
fn runsync_responds_when_the_job_ends() {
    let mut sim = Harness::new();
    let answer = sim.post(&format!("{SORA}/runsync"), &json!({ "input": input() }));
    assert_eq!((answer.status, answer.after_ms), (200, RUN_MS));
    assert_eq!(answer.body["status"], "COMPLETED");
    assert!(answer.body["id"].as_str().unwrap().starts_with("sync-"));
}

#[test]
fn runsync_responds_with_the_job_after_its_wait() {
    // The wait is clamped to 1 to 300 seconds.
    for (asked, waited, word) in [(1, 1000, "IN_QUEUE"), (5000, 5000, "IN_PROGRESS")] {
        let mut sim = Harness::new();
        let path = format!("{SORA}/runsync?wait={asked}");
        let answer = sim.post(&path, &json!({ "input": input() }));
        assert_eq!((answer.status, answer.after_ms), (200, waited));
        assert_eq!(answer.body["status"], word);
        let id = answer.body["id"].as_str().unwrap().to_owned();
        sim.wait(RUN_MS);
        assert_eq!(sim.status(&id).body["status"], "COMPLETED");
    }
    let mut sim = Harness::new();
    sim.control("config", json!({ "jobDurationMs": 1_000_000 }));
    let path = format!("{SORA}/runsync?wait=999999");
    assert_eq!(sim.post(&path, &json!({ "input": input() })).after_ms, 300_000);
    let path = format!("{SORA}/runsync");
    assert_eq!(sim.post(&path, &json!({ "input": input() })).after_ms, 90_000);
}

#[test]
fn status_sync_waits_and_can_be_disabled() {
    let mut sim = Harness::new();
    let id = sim.run(input());
    let path = format!("{SORA}/status-sync/{id}?wait=4000");
    let answer = sim.get(&path);
    assert_eq!((answer.after_ms, &answer.body["status"]), (4000, &"IN_PROGRESS".into()));
    let answer = sim.get(&format!("{SORA}/status-sync/{id}"));
    assert_eq!((answer.after_ms, &answer.body["status"]), (RUN_MS, &"COMPLETED".into()));
    sim.control("config", json!({ "statusSync": false }));
    assert_eq!(sim.get(&path).status, 404);
}

#[test]
fn a_rejected_input_matches_the_documented_example() {
    let mut sim = Harness::new();
    let mut wrong = input();
    wrong["duration"] = 5.into();
    let answer = sim.post(&format!("{SORA}/runsync"), &json!({ "input": wrong }));
    let id = answer.body["id"].as_str().unwrap();
    let error = "Invalid duration: must be 4, 8, or 12 seconds";
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, json!({ "id": id, "status": "FAILED", "error": error }));

    let id = sim.run(wrong);
    assert_eq!(sim.status(&id).body["status"], "IN_QUEUE");
    sim.wait(RUN_MS);
    let answer = sim.status(&id);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, json!({ "id": id, "status": "FAILED", "error": error }));
    assert_eq!(sim.ledger().total_micro_usd, 0);
}

#[test]
fn allowed_inputs() {
    let too_long = format!("data:image/png;base64,{}", "A".repeat(64));
    let cases: &[(&str, Value, Option<&str>)] = &[
        ("duration", json!(8.0), None),
        ("duration", json!(4.5), Some("Invalid duration: must be 4, 8, or 12 seconds")),
        ("duration", json!("4"), Some("Invalid duration: must be 4, 8, or 12 seconds")),
        ("duration", Value::Null, Some("Invalid duration: must be 4, 8, or 12 seconds")),
        ("size", json!("4K"), Some("Invalid size: must be 720p or 1080p")),
        ("size", json!("1280*720"), Some("Invalid size: must be 720p or 1080p")),
        ("size", Value::Null, None),
        ("prompt", Value::Null, Some("Missing required field: prompt")),
        ("prompt", json!("  "), Some("Missing required field: prompt")),
        ("image", Value::Null, Some("Missing required field: image")),
        ("image", json!("cat.png"), Some("Invalid image: must be a URL or a data URI")),
        ("image", json!(too_long), None),
        ("aspect_ratio", json!("16:9"), None),
    ];
    for (name, value, error) in cases {
        let mut sim = Harness::new();
        let mut input = input();
        input[*name] = value.clone();
        let answer = sim.post(&format!("{SORA}/runsync"), &json!({ "input": input }));
        assert_eq!(answer.body.get("error").and_then(Value::as_str), *error, "{name} {value}");
        assert_eq!(answer.status, if error.is_some() { 400 } else { 200 }, "{name} {value}");
    }
}

#[test]
fn an_invalid_envelope_creates_no_job() {
    let large = format!("{{\"input\":{{\"prompt\":\"{}\"}}}}", "a".repeat(10_000_000));
    let bodies = [
        "not json".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"input":"text"}"#.to_owned(),
        r#"{"input":{},"policy":{"ttl":-1}}"#.to_owned(),
        large,
    ];
    for body in &bodies {
        let mut sim = Harness::new();
        let answer = sim.send("POST", &format!("{SORA}/run"), body.as_bytes());
        assert_eq!(answer.status, 400);
        assert!(answer.body["error"].is_string() && answer.body.get("id").is_none());
    }
    // A body that is too large for one call is not too large for the other.
    let mut sim = Harness::new();
    let answer = sim.send("POST", &format!("{SORA}/runsync"), bodies[5].as_bytes());
    assert!(answer.body["id"].is_string());
}

#[test]
fn keys() {
    for (key, status, body) in [
        (None, 401, ""),
        (Some("bad-key"), 401, ""),
        (Some("broke-key"), 402, r#"{"error":"insufficient balance: please add credits"}"#),
    ] {
        let mut sim = Harness::new();
        sim.key = key;
        let answer = sim.post(&format!("{SORA}/run"), &json!({ "input": input() }));
        assert_eq!((answer.status, answer.text().as_str()), (status, body), "{key:?}");
    }
}

#[test]
fn unknown_paths_and_jobs() {
    let mut sim = Harness::new();
    let id = sim.run(input());
    for (method, path) in [
        ("POST", "/runpod/v2/no-such-endpoint/run".to_owned()),
        ("GET", format!("{SORA}/status/unknown")),
        ("GET", format!("/runpod/v2/sora-2-i2v/status/{id}")),
        ("POST", format!("{SORA}/cancel/unknown")),
        ("POST", format!("{SORA}/retry/unknown")),
        ("POST", format!("{SORA}/purge-queue")),
        ("GET", "/elsewhere".to_owned()),
    ] {
        assert_eq!(sim.send(method, &path, b"{}").status, 404, "{path}");
    }
    assert_eq!(sim.get(&format!("{SORA}/run")).status, 405);
}

#[test]
fn other_shapes_of_progress_and_output() {
    let url = |body: &Value| body.as_str().is_some_and(|url| url.ends_with(".mp4"));
    for (output, place) in [
        (Output::VideoUrl, "/output/video_url"),
        (Output::Result, "/output/result"),
        (Output::Url, "/output/url"),
        (Output::Bare, "/output"),
    ] {
        let mut sim = Harness::with(Config { output, ..Config::default() });
        let id = sim.run(input());
        sim.wait(RUN_MS);
        assert!(url(sim.status(&id).body.pointer(place).unwrap()), "{place}");
    }
    let mut sim = Harness::with(Config {
        output: Output::None,
        progress: Progress::Text,
        running_status: "RUNNING".to_owned(),
        ..Config::default()
    });
    let id = sim.run(input());
    sim.wait(RUN_MS / 5);
    let body = sim.status(&id).body;
    assert_eq!((&body["status"], &body["output"]), (&json!("RUNNING"), &json!("0%")));
    sim.wait(RUN_MS);
    assert_eq!(sim.status(&id).body.get("output"), None);
}

#[test]
fn an_endpoint_that_accepts_any_input() {
    let mut sim = Harness::new();
    let body = json!({ "input": { "anything": [1, 2, 3] } });
    let answer = sim.post("/runpod/v2/echo-video/runsync", &body);
    assert_eq!(answer.body["output"]["cost"], 0.1);
    let body = json!({ "input": { "prompt": "[fail] x" } });
    let answer = sim.post("/runpod/v2/echo-video/runsync", &body);
    assert_eq!(answer.body["status"], "FAILED");
}

#[test]
fn prompt_directives_choose_the_end() {
    let mut sim = Harness::new();
    let mut said = |words: &str| {
        let mut input = input();
        input["prompt"] = format!("A fox {words}").into();
        sim.post(&format!("{SORA}/runsync"), &json!({ "input": input }))
    };
    let failed = said("[fail]").body;
    let error: Value = serde_json::from_str(failed["error"].as_str().unwrap()).unwrap();
    assert_eq!(failed["status"], "FAILED");
    assert!(error["error_message"].is_string() && error["error_type"].is_string());
    for words in ["[nsfw]", "[moderated]", "[MODERATED]"] {
        let refused = said(words).body;
        assert_eq!(refused["error"], "The request was rejected by the content policy");
    }
    assert_eq!(said("[slow]").after_ms, 90_000);
    sim.wait(RUN_MS * 10);
    sim.get("/control/ledger");
    assert_eq!(sim.ledger().total_micro_usd, 1_200_000, "only the slow one is a video");
}
