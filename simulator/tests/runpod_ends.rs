//! RunPod: how jobs end, what is billed, and how long they are found.

use crate::common::{Harness, RUN_MS, SORA, input};
use serde_json::json;

const MINUTE: u64 = 60_000;

#[test]
fn a_job_is_found_for_thirty_minutes_after_its_end() {
    let mut sim = Harness::new();
    let id = sim.run(input());
    sim.wait(RUN_MS + 30 * MINUTE - 1);
    assert_eq!(sim.status(&id).body["status"], "COMPLETED");
    sim.wait(1);
    assert_eq!(sim.status(&id).status, 404);
}

#[test]
fn a_runsync_job_is_found_for_one_minute() {
    let mut sim = Harness::new();
    let answer = sim.post(&format!("{SORA}/runsync"), &json!({ "input": input() }));
    let id = answer.body["id"].as_str().unwrap().to_owned();
    sim.wait(RUN_MS + MINUTE - 1);
    assert_eq!(sim.status(&id).body["status"], "COMPLETED");
    sim.wait(1);
    assert_eq!(sim.status(&id).status, 404);
}

#[test]
fn a_ttl_hides_the_job_but_not_its_bill() {
    let mut sim = Harness::new();
    let body = json!({ "input": input(), "policy": { "ttl": 5000 } });
    let id = sim.post(&format!("{SORA}/run"), &body).body["id"].as_str().unwrap().to_owned();
    sim.wait(4999);
    assert_eq!(sim.status(&id).body["status"], "IN_PROGRESS");
    sim.wait(1);
    assert_eq!(sim.status(&id).status, 404);
    sim.wait(RUN_MS);
    assert_eq!(sim.status(&id).status, 404);
    assert_eq!(sim.ledger().total_micro_usd, 1_200_000);
}

#[test]
fn a_run_that_exceeds_its_timeout_is_billed() {
    let mut sim = Harness::new();
    let body = json!({ "input": input(), "policy": { "executionTimeout": 5000 } });
    let id = sim.post(&format!("{SORA}/run"), &body).body["id"].as_str().unwrap().to_owned();
    sim.wait(RUN_MS / 5 + 5000);
    let body = sim.status(&id).body;
    assert_eq!((&body["status"], &body["executionTime"]), (&json!("TIMED_OUT"), &json!(5000)));
    assert_eq!(sim.ledger().total_micro_usd, 1_200_000);
}

#[test]
fn cancelling_is_free_only_in_the_queue() {
    for (wait, word, micro_usd) in [
        (0, "CANCELLED", 0),
        (RUN_MS / 2, "CANCELLED", 1_200_000),
        (RUN_MS, "COMPLETED", 1_200_000),
    ] {
        let mut sim = Harness::new();
        let id = sim.run(input());
        sim.wait(wait);
        let answer = sim.post(&format!("{SORA}/cancel/{id}"), &json!({}));
        assert_eq!(answer.body, json!({ "id": id, "status": word }));
        sim.wait(RUN_MS);
        assert_eq!(sim.status(&id).body["status"], word);
        assert_eq!(sim.ledger().total_micro_usd, micro_usd, "after {wait} ms");
        sim.wait(30 * MINUTE);
        assert_eq!(sim.status(&id).status, 404);
    }
}

#[test]
fn only_failed_jobs_can_be_retried() {
    let mut sim = Harness::new();
    let good = sim.run(input());
    let mut failing = input();
    failing["prompt"] = "[fail]".into();
    let bad = sim.run(failing);
    sim.wait(RUN_MS);
    assert_eq!(sim.post(&format!("{SORA}/retry/{good}"), &json!({})).status, 400);

    let answer = sim.post(&format!("{SORA}/retry/{bad}"), &json!({}));
    assert_eq!(answer.body, json!({ "id": bad, "status": "IN_QUEUE" }));
    let again = sim.status(&bad).body;
    assert_eq!(again, json!({ "id": bad, "status": "IN_QUEUE" }), "the output is erased");
    sim.wait(RUN_MS);
    assert_eq!(sim.status(&bad).body["status"], "FAILED");
    // The first end must not remove the job while the second run still counts.
    sim.wait(25 * MINUTE);
    assert_eq!(sim.status(&bad).body["status"], "FAILED");
}

#[test]
fn a_repeated_submit_is_a_second_paid_job() {
    let mut sim = Harness::new();
    let (first, second) = (sim.run(input()), sim.run(input()));
    assert_ne!(first, second);
    sim.wait(RUN_MS);
    sim.status(&first);
    let ledger = sim.ledger();
    assert_eq!((ledger.charges.len(), ledger.total_micro_usd), (2, 2_400_000));
    let fetched: Vec<_> = ledger.submissions.iter().map(|submit| submit.fetched).collect();
    assert_eq!(fetched, [true, false]);
}

#[test]
fn health_counts_jobs() {
    let mut sim = Harness::new();
    sim.run(input());
    sim.wait(RUN_MS);
    let mut failing = input();
    failing["duration"] = 3.into();
    let failing = sim.run(failing);
    sim.wait(RUN_MS / 2);
    sim.post(&format!("{SORA}/retry/{failing}"), &json!({}));
    sim.run(input());
    sim.wait(RUN_MS / 5);
    sim.run(input());
    let health = sim.get(&format!("{SORA}/health")).body;
    assert_eq!(
        health["jobs"],
        json!({ "completed": 1, "failed": 1, "inProgress": 1, "inQueue": 1, "retried": 1 })
    );
    assert!(health["workers"]["ready"].is_u64());
}
