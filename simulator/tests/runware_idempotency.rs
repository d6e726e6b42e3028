//! Runware: a taskUUID is an idempotency key, as long as its task runs.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{Desk, RUN_MS, UUID, task};
use filmgate_simulator::SubmitOutcome;
use serde_json::json;

fn outcomes(desk: &Desk) -> Vec<SubmitOutcome> {
    desk.ledger()
        .submissions
        .iter()
        .map(|submit| submit.outcome)
        .collect()
}

#[test]
fn a_second_submit_of_a_running_task_is_refused_and_not_billed() {
    let mut desk = Desk::new();
    desk.tasks(json!([task(json!({}))]));
    for wait in [0, RUN_MS / 2, RUN_MS / 2 - 1] {
        desk.wait(wait);
        let answer = desk.tasks(json!([task(json!({}))]));
        let error = &answer.body["errors"][0];
        assert_eq!(answer.status, 400);
        assert_eq!(
            (&error["code"], &error["taskUUID"]),
            (&json!("conflictTaskUUID"), &json!(UUID))
        );
    }
    desk.wait(1);
    desk.poll(UUID);
    assert_eq!(desk.ledger().charges.len(), 1);
    use SubmitOutcome::{Accepted, Conflict};
    assert_eq!(outcomes(&desk), [Accepted, Conflict, Conflict, Conflict]);
    assert!(
        desk.ledger()
            .submissions
            .iter()
            .all(|submit| submit.key.as_deref() == Some(UUID))
    );
}

#[test]
fn it_holds_while_the_task_cannot_be_seen() {
    let mut desk = Desk::new();
    desk.control("config", json!({ "visibilityDelayMs": 60_000 }));
    desk.tasks(json!([task(json!({}))]));
    assert_eq!(desk.poll(UUID).body, json!({ "data": [] }));
    assert_eq!(
        desk.tasks(json!([task(json!({}))])).body["errors"][0]["code"],
        "conflictTaskUUID"
    );
}

#[test]
fn it_holds_within_one_request() {
    let mut desk = Desk::new();
    let answer = desk.tasks(json!([task(json!({})), task(json!({}))]));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(answer.body["errors"][0]["code"], "conflictTaskUUID");
}

#[test]
fn after_the_end_the_same_task_is_a_second_paid_one() {
    let mut desk = Desk::new();
    desk.tasks(json!([task(json!({}))]));
    desk.wait(RUN_MS);
    let first = desk.poll(UUID).body["data"][0]["videoUUID"].clone();
    assert_eq!(desk.tasks(json!([task(json!({}))])).status, 200);
    assert_eq!(desk.poll(UUID).body["data"][0]["status"], "processing");
    desk.wait(RUN_MS);
    let second = desk.poll(UUID).body["data"][0]["videoUUID"].clone();
    assert_ne!(first, second);
    assert_eq!(desk.ledger().total_micro_usd, 8_000_000);
    assert_eq!(outcomes(&desk), [SubmitOutcome::Accepted; 2]);
}
