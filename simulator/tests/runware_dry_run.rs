//! Runware's dry run, its storage of media, and RunPod's keyless health: what costs nothing.

use crate::common::{Harness, RUN_MS, Response, UUID, answer, task};
use serde_json::{Value, json};

const DRY_RUN: &[(&str, &str)] = &[("X-Runware-Dry-Run", "1")];

fn dry_run(sim: &mut Harness, fields: Value) -> Response {
    let body = json!([task(fields)]).to_string();
    answer(sim.reply_with("POST", "/runware/v1", DRY_RUN, body.as_bytes()))
}

#[test]
fn a_dry_run_answers_the_price_and_creates_nothing() {
    let mut sim = Harness::new();
    let priced = dry_run(&mut sim, json!({ "numberResults": 2 }));
    assert_eq!(priced.status, 200);
    let rows = priced.body["data"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "a row for each result");
    assert!(rows[0]["cost"].as_f64().unwrap() > 0.0);
    sim.wait(RUN_MS);
    assert_eq!(sim.poll(UUID).body, json!({ "data": [] }));
    assert_eq!((sim.ledger().submissions.len(), sim.ledger().charges.len()), (0, 0));
}

#[test]
fn a_dry_run_that_is_not_valid_is_no_submission_either() {
    let mut sim = Harness::new();
    let refused = dry_run(&mut sim, json!({ "duration": 7 }));
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["errors"][0]["parameter"], "duration");
    sim.control("faults", json!([{ "fault": { "kind": "resetBefore" } }]));
    let body = json!([task(json!({}))]).to_string();
    sim.reply_with("POST", "/runware/v1", DRY_RUN, body.as_bytes());
    assert_eq!(sim.ledger().submissions, []);
}

#[test]
fn a_dry_run_whose_header_is_ignored_is_a_paid_job() {
    let mut sim = Harness::new();
    sim.control("faults", json!([{ "fault": { "kind": "ignoreDryRun" } }]));
    let accepted = dry_run(&mut sim, json!({}));
    let row = json!({ "taskType": "videoInference", "taskUUID": UUID });
    assert_eq!(accepted.body, json!({ "data": [row] }));
    sim.wait(RUN_MS);
    sim.poll(UUID);
    assert_eq!(sim.ledger().charges.len(), 1);
}

#[test]
fn media_is_stored_for_its_url() {
    let mut sim = Harness::new();
    let media = "data:image/png;base64,iVBORw0KGgo=";
    let upload = json!({
        "taskType": "mediaStorage", "taskUUID": UUID, "operation": "upload", "media": media,
    });
    let stored = sim.tasks(json!([upload]));
    let row = &stored.body["data"][0];
    assert_eq!((&row["taskType"], &row["taskUUID"]), (&json!("mediaStorage"), &json!(UUID)));
    assert!(row["mediaURL"].as_str().unwrap().starts_with("https://im.runware.ai/"));
    let empty =
        sim.tasks(json!([{ "taskType": "mediaStorage", "taskUUID": UUID, "operation": "upload" }]));
    assert_eq!(empty.body["errors"][0]["parameter"], "media");
    assert_eq!(sim.ledger().submissions, []);
}

#[test]
fn without_a_key_the_health_of_an_endpoint_shows_whether_it_exists() {
    let mut sim = Harness::new();
    sim.key = None;
    assert_eq!(sim.get("/runpod/v2/wan-2-6-t2v/health").status, 401);
    assert_eq!(sim.get("/runpod/v2/no-such-endpoint/health").status, 404);
    assert_eq!(sim.get("/runpod/v2/no-such-endpoint/status/x").status, 401);
}
