//! Runware: a task from its submit to its end, in the documents' own shapes.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{Desk, OTHER_UUID, RUN_MS, UUID, task};
use filmgate_simulator::{Config, RowStatus};
use serde_json::{Value, json};

#[test]
fn the_documents_own_example() {
    let mut desk = Desk::new();
    let accepted = desk.tasks(json!([task(json!({ "includeCost": true }))]));
    let acknowledgement = json!({ "taskType": "videoInference", "taskUUID": UUID });
    assert_eq!(
        (accepted.status, accepted.body),
        (200, json!({ "data": [acknowledgement] }))
    );

    let mut queued = acknowledgement.clone();
    queued["status"] = "processing".into();
    assert_eq!(desk.poll(UUID).body, json!({ "data": [queued] }));
    desk.wait(RUN_MS * 3 / 5);
    queued["progress"] = 50.into();
    assert_eq!(desk.poll(UUID).body, json!({ "data": [queued] }));

    desk.wait(RUN_MS * 2 / 5);
    let row = desk.poll(UUID).body["data"][0].clone();
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
    assert_eq!(desk.ledger().total_micro_usd, 4_000_000);
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
            let mut desk = Desk::new();
            let size = json!({ "width": width, "height": height, "duration": seconds });
            desk.tasks(json!([task(size)]));
            desk.wait(RUN_MS);
            desk.poll(UUID);
            assert_eq!(
                desk.ledger().total_micro_usd,
                rate * seconds,
                "{width}x{height} {seconds}"
            );
        }
    }
    // A missing duration costs the most that it can.
    let mut desk = Desk::new();
    desk.tasks(json!([task(json!({ "duration": null }))]));
    desk.wait(RUN_MS);
    desk.poll(UUID);
    assert_eq!(desk.ledger().total_micro_usd, 10_000_000);
}

#[test]
fn cost_is_told_only_when_asked_for() {
    for (asked, told) in [
        (json!(null), false),
        (json!(false), false),
        (json!(true), true),
    ] {
        let mut desk = Desk::new();
        desk.tasks(json!([task(json!({ "includeCost": asked }))]));
        desk.wait(RUN_MS);
        let row = desk.poll(UUID).body["data"][0].clone();
        assert_eq!(row.get("cost").is_some(), told, "{asked}");
    }
}

#[test]
fn several_results_come_one_after_another_and_cost_each() {
    let mut desk = Desk::new();
    desk.tasks(json!([task(
        json!({ "numberResults": 4, "includeCost": true })
    )]));
    let statuses = |desk: &mut Desk| {
        let body = desk.poll(UUID).body;
        let rows = body["data"].as_array().unwrap().iter();
        rows.map(|row| row["status"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    desk.wait(RUN_MS / 5 + RUN_MS * 4 / 5 / 4);
    assert_eq!(
        statuses(&mut desk),
        ["success", "processing", "processing", "processing"]
    );
    assert_eq!(desk.ledger().total_micro_usd, 4_000_000);
    desk.wait(RUN_MS);
    assert_eq!(statuses(&mut desk), ["success"; 4]);
    assert_eq!(desk.ledger().total_micro_usd, 16_000_000);

    let body = desk.poll(UUID).body;
    for name in ["videoUUID", "videoURL", "seed"] {
        let values: std::collections::HashSet<_> = body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row[name].to_string())
            .collect();
        assert_eq!(values.len(), 4, "{name}");
    }
}

#[test]
fn a_batch_that_fails_in_part_is_paid_in_part() {
    let mut desk = Desk::new();
    let prompt = "A heron [partial]";
    desk.tasks(json!([task(
        json!({ "numberResults": 2, "positivePrompt": prompt })
    )]));
    desk.wait(RUN_MS);
    let answer = desk.poll(UUID);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["data"].as_array().unwrap().len(), 1);
    let error = &answer.body["errors"][0];
    assert_eq!(
        (&error["code"], &error["taskUUID"]),
        (&json!("inferenceError"), &json!(UUID))
    );
    assert_eq!(desk.ledger().total_micro_usd, 4_000_000);
}

#[test]
fn failures_stand_in_errors_alone_and_cost_nothing() {
    for (words, code) in [
        ("[fail]", "inferenceError"),
        ("[nsfw]", "nsfwContentDetected"),
        ("[moderated]", "providerContentPolicyViolation"),
    ] {
        let mut desk = Desk::new();
        desk.tasks(json!([task(json!({ "positivePrompt": words }))]));
        desk.wait(RUN_MS);
        let answer = desk.poll(UUID);
        assert_eq!((answer.status, &answer.body["data"]), (200, &json!([])));
        assert_eq!(answer.body["errors"][0]["code"], code);
        assert_eq!(answer.body["errors"][0]["status"], "error");
        assert_eq!(desk.ledger().total_micro_usd, 0);
    }
}

#[test]
fn the_unknown_and_the_not_yet_visible_look_alike() {
    let mut desk = Desk::with(Config {
        visibility_delay_ms: 3000,
        ..Config::default()
    });
    let nothing = json!({ "data": [] });
    desk.tasks(json!([task(json!({}))]));
    assert_eq!(desk.poll(UUID).body, nothing);
    assert_eq!(desk.poll(OTHER_UUID).body, nothing);
    desk.wait(2999);
    assert_eq!(desk.poll(UUID).body, nothing);
    desk.wait(1);
    assert_eq!(desk.poll(UUID).body["data"][0]["status"], "processing");
}

#[test]
fn one_request_asks_for_several_tasks() {
    let mut desk = Desk::new();
    desk.tasks(json!([
        task(json!({})),
        task(json!({ "taskUUID": OTHER_UUID }))
    ]));
    desk.wait(RUN_MS);
    let ask = |uuid| json!({ "taskType": "getResponse", "taskUUID": uuid });
    let answer = desk.tasks(json!([ask(UUID), ask(OTHER_UUID)]));
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
        let mut desk = Desk::with(Config {
            row_status,
            ..Config::default()
        });
        desk.tasks(json!([task(json!({}))]));
        assert_eq!(desk.poll(UUID).body["data"][0]["status"], running);
        desk.wait(RUN_MS);
        assert_eq!(desk.poll(UUID).body["data"][0]["status"], ended);
    }
}

#[test]
fn rows_of_results_to_come_can_be_left_out() {
    let mut desk = Desk::with(Config {
        pending_rows: false,
        ..Config::default()
    });
    desk.tasks(json!([task(json!({ "numberResults": 2 }))]));
    let rows = |desk: &mut Desk| desk.poll(UUID).body["data"].as_array().unwrap().len();
    assert_eq!(rows(&mut desk), 2, "before the first of them is there");
    desk.wait(RUN_MS * 3 / 5);
    assert_eq!(rows(&mut desk), 1);
    desk.wait(RUN_MS * 2 / 5);
    assert_eq!(rows(&mut desk), 2);
}

#[test]
fn a_finished_task_is_forgotten_in_the_end() {
    let config = Config {
        runware_retention_ms: 1000,
        details_retention_ms: 5000,
        ..Config::default()
    };
    let mut desk = Desk::with(config);
    let details = json!([{ "taskType": "getTaskDetails", "taskUUID": UUID }]);
    desk.tasks(json!([task(json!({}))]));
    desk.wait(RUN_MS + 999);
    assert_eq!(desk.poll(UUID).body["data"][0]["status"], "success");
    desk.wait(1);
    assert_eq!(desk.poll(UUID).body, json!({ "data": [] }));
    let response = desk.tasks(details.clone()).body["data"][0]["response"].clone();
    assert!(response["data"][0]["seed"].is_u64());
    desk.wait(4000);
    assert_eq!(desk.tasks(details).status, 404);
}

#[test]
fn details_hold_the_request_and_the_last_response() {
    let mut desk = Desk::new();
    let ask = json!([{ "taskType": "getTaskDetails", "taskUUID": UUID }]);
    let unknown = desk.tasks(ask.clone());
    assert_eq!(
        (unknown.status, &unknown.body["errors"][0]["taskUUID"]),
        (404, &json!(UUID))
    );

    let task = task(json!({}));
    let accepted = desk.tasks(json!([task])).body;
    let row = desk.tasks(ask.clone()).body["data"][0].clone();
    assert_eq!(
        (&row["request"], &row["response"]),
        (&json!([task]), &accepted)
    );

    desk.wait(RUN_MS);
    let row = desk.tasks(ask).body["data"][0].clone();
    assert_eq!(row["taskType"], "getTaskDetails");
    assert_eq!(row["request"], json!([task]));
    assert_eq!(row["response"], desk.poll(UUID).body);
}

#[test]
fn details_of_a_failure_hold_its_error() {
    let mut desk = Desk::new();
    desk.tasks(json!([task(json!({ "positivePrompt": "[fail]" }))]));
    desk.wait(RUN_MS);
    let row = desk.tasks(json!([{ "taskType": "getTaskDetails", "taskUUID": UUID }]));
    let response = &row.body["data"][0]["response"];
    assert_eq!(
        (response.get("data"), &response["errors"][0]["code"]),
        (None, &json!("inferenceError"))
    );
}

#[test]
fn a_picture_in_the_request_is_not_kept() {
    let mut desk = Desk::new();
    let picture = format!("data:image/png;base64,{}", "A".repeat(70_000));
    let inputs = json!({ "frameImages": [picture] });
    let changes = json!({ "width": null, "height": null, "inputs": inputs });
    assert_eq!(desk.tasks(json!([task(changes)])).status, 200);
    assert!(desk.simulator.snapshot().len() < 10_000);
}

#[test]
fn safety_is_reported_where_it_was_checked() {
    for (safety, checked) in [
        (json!(null), false),
        (json!({ "mode": "none" }), false),
        (json!({ "mode": "fast" }), true),
        (json!({ "mode": "full" }), true),
        (json!({ "checkContent": true }), true),
    ] {
        let mut desk = Desk::new();
        desk.tasks(json!([task(json!({ "safety": safety }))]));
        desk.wait(RUN_MS);
        let flag = desk.poll(UUID).body["data"][0].get("NSFWContent").cloned();
        assert_eq!(flag, checked.then_some(json!(false)), "{safety}");
    }
}

#[test]
fn a_model_that_takes_anything() {
    let mut desk = Desk::new();
    let task = json!({
        "taskType": "videoInference", "taskUUID": UUID, "model": "sim:echo@1",
        "whatever": { "deep": [1] }, "numberResults": 2, "includeCost": true,
    });
    assert_eq!(desk.tasks(json!([task])).status, 200);
    desk.wait(RUN_MS);
    assert_eq!(desk.poll(UUID).body["data"][1]["cost"], 0.1);
    assert_eq!(desk.ledger().total_micro_usd, 200_000);
}
