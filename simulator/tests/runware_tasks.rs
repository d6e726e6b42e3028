//! Runware: a task from submit to result, in the documented shapes.

use crate::common::{Harness, OTHER_UUID, RUN_MS, UUID, task};
use filmgate_simulator::{Config, RowStatus};
use serde_json::{Value, json};

#[test]
fn the_documents_own_example() {
    let mut sim = Harness::new();
    let accepted = sim.tasks(json!([task(json!({ "includeCost": true }))]));
    let acknowledgement = json!({ "taskType": "videoInference", "taskUUID": UUID });
    assert_eq!((accepted.status, accepted.body), (200, json!({ "data": [acknowledgement] })));

    let mut queued = acknowledgement.clone();
    queued["status"] = "processing".into();
    assert_eq!(sim.poll(UUID).body, json!({ "data": [queued] }));
    sim.wait(RUN_MS * 3 / 5);
    queued["progress"] = 50.into();
    assert_eq!(sim.poll(UUID).body, json!({ "data": [queued] }));

    sim.wait(RUN_MS * 2 / 5);
    let row = sim.poll(UUID).body["data"][0].clone();
    let video = row["videoUUID"].as_str().unwrap();
    let remix = row["outputs"]["videoId"].as_str().unwrap();
    assert!(remix.starts_with("video_"));
    assert!(row["seed"].is_u64());
    assert_eq!(
        row,
        json!({
            "taskType": "videoInference",
            "taskUUID": UUID,
            "status": "success",
            "videoUUID": video,
            "videoURL": format!("http://sim.test/videos/{video}.mp4"),
            "seed": row["seed"],
            "cost": 4,
            "outputs": { "videoId": remix },
        })
    );
    assert_eq!(sim.ledger().total_micro_usd, 4_000_000);
}

#[test]
fn every_price() {
    for (width, height, rate) in [
        (1280, 720, 300_000),
        (720, 1280, 300_000),
        (1920, 1080, 500_000),
        (1080, 1920, 500_000),
        (1792, 1024, 500_000),
        (1024, 1792, 500_000),
    ] {
        for seconds in [4, 8, 12, 16, 20] {
            let mut sim = Harness::new();
            let size = json!({ "width": width, "height": height, "duration": seconds });
            sim.tasks(json!([task(size)]));
            sim.wait(RUN_MS);
            sim.poll(UUID);
            assert_eq!(sim.ledger().total_micro_usd, rate * seconds, "{width}x{height} {seconds}");
        }
    }
    // A missing duration costs the maximum.
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({ "duration": null }))]));
    sim.wait(RUN_MS);
    sim.poll(UUID);
    assert_eq!(sim.ledger().total_micro_usd, 10_000_000);
}

#[test]
fn cost_is_included_only_on_request() {
    for (asked, told) in [(json!(null), false), (json!(false), false), (json!(true), true)] {
        let mut sim = Harness::new();
        sim.tasks(json!([task(json!({ "includeCost": asked }))]));
        sim.wait(RUN_MS);
        let row = sim.poll(UUID).body["data"][0].clone();
        assert_eq!(row.get("cost").is_some(), told, "{asked}");
    }
}

#[test]
fn several_results_finish_one_by_one_and_are_billed_each() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({ "numberResults": 4, "includeCost": true }))]));
    let statuses = |sim: &mut Harness| {
        let body = sim.poll(UUID).body;
        let rows = body["data"].as_array().unwrap().iter();
        rows.map(|row| row["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    sim.wait(RUN_MS / 5 + RUN_MS * 4 / 5 / 4);
    assert_eq!(statuses(&mut sim), ["success", "processing", "processing", "processing"]);
    assert_eq!(sim.ledger().total_micro_usd, 4_000_000);
    sim.wait(RUN_MS);
    assert_eq!(statuses(&mut sim), ["success"; 4]);
    assert_eq!(sim.ledger().total_micro_usd, 16_000_000);

    let body = sim.poll(UUID).body;
    for name in ["videoUUID", "videoURL", "seed"] {
        let values: std::collections::HashSet<_> =
            body["data"].as_array().unwrap().iter().map(|row| row[name].to_string()).collect();
        assert_eq!(values.len(), 4, "{name}");
    }
}

#[test]
fn a_partly_failed_batch_is_partly_billed() {
    let mut sim = Harness::new();
    let prompt = "A heron [partial]";
    sim.tasks(json!([task(json!({ "numberResults": 2, "positivePrompt": prompt }))]));
    sim.wait(RUN_MS);
    let answer = sim.poll(UUID);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["data"].as_array().unwrap().len(), 1);
    let error = &answer.body["errors"][0];
    assert_eq!((&error["code"], &error["taskUUID"]), (&json!("inferenceError"), &json!(UUID)));
    assert_eq!(sim.ledger().total_micro_usd, 4_000_000);
}

#[test]
fn failures_appear_only_in_errors_and_are_not_billed() {
    for (words, code) in [
        ("[fail]", "inferenceError"),
        ("[nsfw]", "nsfwContentDetected"),
        ("[moderated]", "providerContentPolicyViolation"),
    ] {
        let mut sim = Harness::new();
        sim.tasks(json!([task(json!({ "positivePrompt": words }))]));
        sim.wait(RUN_MS);
        let answer = sim.poll(UUID);
        assert_eq!((answer.status, &answer.body["data"]), (200, &json!([])));
        assert_eq!(answer.body["errors"][0]["code"], code);
        assert_eq!(answer.body["errors"][0]["status"], "error");
        assert_eq!(sim.ledger().total_micro_usd, 0);
    }
}

#[test]
fn unknown_and_invisible_tasks_look_alike() {
    let mut sim = Harness::with(Config { visibility_delay_ms: 3000, ..Config::default() });
    let nothing = json!({ "data": [] });
    sim.tasks(json!([task(json!({}))]));
    assert_eq!(sim.poll(UUID).body, nothing);
    assert_eq!(sim.poll(OTHER_UUID).body, nothing);
    sim.wait(2999);
    assert_eq!(sim.poll(UUID).body, nothing);
    sim.wait(1);
    assert_eq!(sim.poll(UUID).body["data"][0]["status"], "processing");
}

#[test]
fn one_request_polls_several_tasks() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({})), task(json!({ "taskUUID": OTHER_UUID }))]));
    sim.wait(RUN_MS);
    let ask = |uuid| json!({ "taskType": "getResponse", "taskUUID": uuid });
    let answer = sim.tasks(json!([ask(UUID), ask(OTHER_UUID)]));
    let rows = answer.body["data"].as_array().unwrap().iter();
    let uuids: Vec<_> = rows.map(|row| row["taskUUID"].as_str().unwrap()).collect();
    assert_eq!(uuids, [UUID, OTHER_UUID]);
}

#[test]
fn older_and_missing_statuses() {
    for (row_status, running, ended) in [
        (RowStatus::Current, json!("processing"), json!("success")),
        (RowStatus::Legacy, json!("pending"), json!("success")),
        (RowStatus::Absent, json!("processing"), Value::Null),
    ] {
        let mut sim = Harness::with(Config { row_status, ..Config::default() });
        sim.tasks(json!([task(json!({}))]));
        assert_eq!(sim.poll(UUID).body["data"][0]["status"], running);
        sim.wait(RUN_MS);
        assert_eq!(sim.poll(UUID).body["data"][0]["status"], ended);
    }
}

#[test]
fn pending_rows_can_be_disabled() {
    let mut sim = Harness::with(Config { pending_rows: false, ..Config::default() });
    sim.tasks(json!([task(json!({ "numberResults": 2 }))]));
    let rows = |sim: &mut Harness| sim.poll(UUID).body["data"].as_array().unwrap().len();
    assert_eq!(rows(&mut sim), 2, "before the first result");
    sim.wait(RUN_MS * 3 / 5);
    assert_eq!(rows(&mut sim), 1);
    sim.wait(RUN_MS * 2 / 5);
    assert_eq!(rows(&mut sim), 2);
}

#[test]
fn a_finished_task_expires() {
    let config =
        Config { runware_retention_ms: 1000, details_retention_ms: 5000, ..Config::default() };
    let mut sim = Harness::with(config);
    let details = json!([{ "taskType": "getTaskDetails", "taskUUID": UUID }]);
    sim.tasks(json!([task(json!({}))]));
    sim.wait(RUN_MS + 999);
    assert_eq!(sim.poll(UUID).body["data"][0]["status"], "success");
    sim.wait(1);
    assert_eq!(sim.poll(UUID).body, json!({ "data": [] }));
    let response = sim.tasks(details.clone()).body["data"][0]["response"].clone();
    assert!(response["data"][0]["seed"].is_u64());
    sim.wait(4000);
    assert_eq!(sim.tasks(details).status, 404);
}

#[test]
fn details_contain_the_request_and_the_last_response() {
    let mut sim = Harness::new();
    let ask = json!([{ "taskType": "getTaskDetails", "taskUUID": UUID }]);
    let unknown = sim.tasks(ask.clone());
    assert_eq!((unknown.status, &unknown.body["errors"][0]["taskUUID"]), (404, &json!(UUID)));

    let task = task(json!({}));
    let accepted = sim.tasks(json!([task])).body;
    let row = sim.tasks(ask.clone()).body["data"][0].clone();
    assert_eq!((&row["request"], &row["response"]), (&json!([task]), &accepted));

    sim.wait(RUN_MS);
    let row = sim.tasks(ask).body["data"][0].clone();
    assert_eq!(row["taskType"], "getTaskDetails");
    assert_eq!(row["request"], json!([task]));
    assert_eq!(row["response"], sim.poll(UUID).body);
}

#[test]
fn details_of_a_failure_contain_its_error() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({ "positivePrompt": "[fail]" }))]));
    sim.wait(RUN_MS);
    let row = sim.tasks(json!([{ "taskType": "getTaskDetails", "taskUUID": UUID }]));
    let response = &row.body["data"][0]["response"];
    assert_eq!(
        (response.get("data"), &response["errors"][0]["code"]),
        (None, &json!("inferenceError"))
    );
}

#[test]
fn an_inline_image_is_not_stored() {
    let mut sim = Harness::new();
    let picture = format!("data:image/png;base64,{}", "A".repeat(70_000));
    let inputs = json!({ "frameImages": [picture] });
    let changes = json!({ "width": null, "height": null, "inputs": inputs });
    assert_eq!(sim.tasks(json!([task(changes)])).status, 200);
    assert!(sim.simulator.snapshot().len() < 10_000);
}

#[test]
fn safety_is_reported_if_it_was_checked() {
    for (safety, checked) in [
        (json!(null), false),
        (json!({ "mode": "none" }), false),
        (json!({ "mode": "fast" }), true),
        (json!({ "mode": "full" }), true),
        (json!({ "checkContent": true }), true),
    ] {
        let mut sim = Harness::new();
        sim.tasks(json!([task(json!({ "safety": safety }))]));
        sim.wait(RUN_MS);
        let flag = sim.poll(UUID).body["data"][0].get("NSFWContent").cloned();
        assert_eq!(flag, checked.then_some(json!(false)), "{safety}");
    }
}

#[test]
fn a_model_that_accepts_any_input() {
    let mut sim = Harness::new();
    let task = json!({
        "taskType": "videoInference", "taskUUID": UUID, "model": "sim:echo@1",
        "whatever": { "deep": [1] }, "numberResults": 2, "includeCost": true,
    });
    assert_eq!(sim.tasks(json!([task])).status, 200);
    sim.wait(RUN_MS);
    assert_eq!(sim.poll(UUID).body["data"][1]["cost"], 0.1);
    assert_eq!(sim.ledger().total_micro_usd, 200_000);
}
