//! Runware: a taskUUID is an idempotency key while its task runs.

use crate::common::{Harness, RUN_MS, UUID, task};
use filmgate_simulator::SubmitOutcome;
use serde_json::json;

fn outcomes(sim: &Harness) -> Vec<SubmitOutcome> {
    sim.ledger().submissions.iter().map(|submit| submit.outcome).collect()
}

#[test]
fn a_second_submit_of_a_running_task_is_rejected_and_not_billed() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({}))]));
    for wait in [0, RUN_MS / 2, RUN_MS / 2 - 1] {
        sim.wait(wait);
        let answer = sim.tasks(json!([task(json!({}))]));
        let error = &answer.body["errors"][0];
        assert_eq!(answer.status, 400);
        assert_eq!(
            (&error["code"], &error["taskUUID"]),
            (&json!("conflictTaskUUID"), &json!(UUID))
        );
    }
    sim.wait(1);
    sim.poll(UUID);
    assert_eq!(sim.ledger().charges.len(), 1);
    use SubmitOutcome::{Accepted, Conflict};
    assert_eq!(outcomes(&sim), [Accepted, Conflict, Conflict, Conflict]);
    assert!(sim.ledger().submissions.iter().all(|submit| submit.key.as_deref() == Some(UUID)));
}

#[test]
fn it_holds_while_the_task_is_invisible() {
    let mut sim = Harness::new();
    sim.control("config", json!({ "visibilityDelayMs": 60_000 }));
    sim.tasks(json!([task(json!({}))]));
    assert_eq!(sim.poll(UUID).body, json!({ "data": [] }));
    assert_eq!(sim.tasks(json!([task(json!({}))])).body["errors"][0]["code"], "conflictTaskUUID");
}

#[test]
fn it_holds_within_one_request() {
    let mut sim = Harness::new();
    let answer = sim.tasks(json!([task(json!({})), task(json!({}))]));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(answer.body["errors"][0]["code"], "conflictTaskUUID");
}

#[test]
fn after_its_end_the_same_task_is_billed_again() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({}))]));
    sim.wait(RUN_MS);
    let first = sim.poll(UUID).body["data"][0]["videoUUID"].clone();
    assert_eq!(sim.tasks(json!([task(json!({}))])).status, 200);
    assert_eq!(sim.poll(UUID).body["data"][0]["status"], "processing");
    sim.wait(RUN_MS);
    let second = sim.poll(UUID).body["data"][0]["videoUUID"].clone();
    assert_ne!(first, second);
    assert_eq!(sim.ledger().total_micro_usd, 8_000_000);
    assert_eq!(outcomes(&sim), [SubmitOutcome::Accepted; 2]);
}
