//! RunPod: how jobs end, what is billed then, and for how long they are known.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{Desk, RUN_MS, SORA, input};
use serde_json::json;

const MINUTE: u64 = 60_000;

#[test]
fn a_job_is_known_for_thirty_minutes_after_its_end() {
    let mut desk = Desk::new();
    let id = desk.run(input());
    desk.wait(RUN_MS + 30 * MINUTE - 1);
    assert_eq!(desk.status(&id).body["status"], "COMPLETED");
    desk.wait(1);
    assert_eq!(desk.status(&id).status, 404);
}

#[test]
fn a_job_that_came_by_runsync_is_known_for_one() {
    let mut desk = Desk::new();
    let answer = desk.post(&format!("{SORA}/runsync"), &json!({ "input": input() }));
    let id = answer.body["id"].as_str().unwrap().to_owned();
    desk.wait(RUN_MS + MINUTE - 1);
    assert_eq!(desk.status(&id).body["status"], "COMPLETED");
    desk.wait(1);
    assert_eq!(desk.status(&id).status, 404);
}

#[test]
fn a_ttl_hides_the_job_but_not_its_bill() {
    let mut desk = Desk::new();
    let body = json!({ "input": input(), "policy": { "ttl": 5000 } });
    let id = desk.post(&format!("{SORA}/run"), &body).body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.wait(4999);
    assert_eq!(desk.status(&id).body["status"], "IN_PROGRESS");
    desk.wait(1);
    assert_eq!(desk.status(&id).status, 404);
    desk.wait(RUN_MS);
    assert_eq!(desk.status(&id).status, 404);
    assert_eq!(desk.ledger().total_micro_usd, 1_200_000);
}

#[test]
fn a_run_cut_off_by_its_time_limit_is_billed() {
    let mut desk = Desk::new();
    let body = json!({ "input": input(), "policy": { "executionTimeout": 5000 } });
    let id = desk.post(&format!("{SORA}/run"), &body).body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.wait(RUN_MS / 5 + 5000);
    let body = desk.status(&id).body;
    assert_eq!(
        (&body["status"], &body["executionTime"]),
        (&json!("TIMED_OUT"), &json!(5000))
    );
    assert_eq!(desk.ledger().total_micro_usd, 1_200_000);
}

#[test]
fn cancelling_is_free_in_the_queue_and_dear_afterwards() {
    for (wait, word, micro_usd) in [
        (0, "CANCELLED", 0),
        (RUN_MS / 2, "CANCELLED", 1_200_000),
        (RUN_MS, "COMPLETED", 1_200_000),
    ] {
        let mut desk = Desk::new();
        let id = desk.run(input());
        desk.wait(wait);
        let answer = desk.post(&format!("{SORA}/cancel/{id}"), &json!({}));
        assert_eq!(answer.body, json!({ "id": id, "status": word }));
        desk.wait(RUN_MS);
        assert_eq!(desk.status(&id).body["status"], word);
        assert_eq!(desk.ledger().total_micro_usd, micro_usd, "after {wait} ms");
        desk.wait(30 * MINUTE);
        assert_eq!(desk.status(&id).status, 404);
    }
}

#[test]
fn only_what_failed_can_be_retried() {
    let mut desk = Desk::new();
    let good = desk.run(input());
    let mut failing = input();
    failing["prompt"] = "[fail]".into();
    let bad = desk.run(failing);
    desk.wait(RUN_MS);
    assert_eq!(
        desk.post(&format!("{SORA}/retry/{good}"), &json!({}))
            .status,
        400
    );

    let answer = desk.post(&format!("{SORA}/retry/{bad}"), &json!({}));
    assert_eq!(answer.body, json!({ "id": bad, "status": "IN_QUEUE" }));
    let again = desk.status(&bad).body;
    assert_eq!(
        again,
        json!({ "id": bad, "status": "IN_QUEUE" }),
        "the output is erased"
    );
    desk.wait(RUN_MS);
    assert_eq!(desk.status(&bad).body["status"], "FAILED");
    // The first end must not forget the job while the second still counts.
    desk.wait(25 * MINUTE);
    assert_eq!(desk.status(&bad).body["status"], "FAILED");
}

#[test]
fn a_repeated_submit_is_a_second_paid_job() {
    let mut desk = Desk::new();
    let (first, second) = (desk.run(input()), desk.run(input()));
    assert_ne!(first, second);
    desk.wait(RUN_MS);
    desk.status(&first);
    let ledger = desk.ledger();
    assert_eq!(
        (ledger.charges.len(), ledger.total_micro_usd),
        (2, 2_400_000)
    );
    let fetched: Vec<_> = ledger
        .submissions
        .iter()
        .map(|submit| submit.fetched)
        .collect();
    assert_eq!(fetched, [true, false]);
}

#[test]
fn health_counts_jobs() {
    let mut desk = Desk::new();
    desk.run(input());
    desk.wait(RUN_MS);
    let mut failing = input();
    failing["duration"] = 3.into();
    let failing = desk.run(failing);
    desk.wait(RUN_MS / 2);
    desk.post(&format!("{SORA}/retry/{failing}"), &json!({}));
    desk.run(input());
    desk.wait(RUN_MS / 5);
    desk.run(input());
    let health = desk.get(&format!("{SORA}/health")).body;
    assert_eq!(
        health["jobs"],
        json!({ "completed": 1, "failed": 1, "inProgress": 1, "inQueue": 1, "retried": 1 })
    );
    assert!(health["workers"]["ready"].is_u64());
}
