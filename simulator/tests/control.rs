//! The control calls: ledger, settings, clock, and snapshots.

use crate::common::{Harness, RUN_MS, SORA, UUID, input, task};
use filmgate_simulator::{Config, Ledger, Simulator};
use serde_json::json;

#[test]
fn the_ledger_contains_no_keys_or_prompts() {
    let mut sim = Harness::new();
    let id = sim.run(input());
    sim.tasks(json!([task(json!({ "duration": 5 }))]));
    sim.wait(RUN_MS);
    sim.status(&id);
    let answer = sim.get("/control/ledger");
    let (at_ms, ended_ms) = (sim.now_ms - RUN_MS, sim.now_ms);
    assert_eq!(
        answer.body,
        json!({
            "submissions": [
                {
                    "provider": "runpod", "atMs": at_ms, "model": "sora-2-pro-i2v", "id": id,
                    "key": null, "outcome": "accepted", "fetched": true,
                    "billedMicroUsd": 1_200_000,
                },
                {
                    "provider": "runware", "atMs": at_ms, "model": "openai:3@2", "id": UUID,
                    "key": UUID, "outcome": "rejected", "fetched": false, "billedMicroUsd": 0,
                },
            ],
            "charges": [{
                "provider": "runpod", "id": id, "model": "sora-2-pro-i2v",
                "microUsd": 1_200_000, "atMs": ended_ms,
            }],
            "totalMicroUsd": 1_200_000,
        })
    );
    let text = answer.text();
    assert!(!text.contains("some-key") && !text.contains("mangrove") && !text.contains("baker"));
}

#[test]
fn no_key_is_stored() {
    let mut sim = Harness::new();
    sim.run(input());
    sim.tasks(json!([task(json!({}))]));
    assert!(!sim.simulator.snapshot().contains("some-key"));
}

#[test]
fn the_clock_advances() {
    let mut sim = Harness::new();
    let id = sim.run(input());
    let moved = sim.control("advance", json!({ "ms": RUN_MS }));
    assert_eq!(moved.body, json!({ "nowMs": sim.now_ms + RUN_MS }));
    assert_eq!(sim.status(&id).body["status"], "COMPLETED");
    let bill = sim.ledger().charges[0].clone();
    assert_eq!(bill.at_ms, sim.now_ms + RUN_MS);
    sim.control("advance", json!({ "ms": 30 * 60_000 }));
    assert_eq!(sim.status(&id).status, 404);
}

#[test]
fn time_never_goes_back() {
    let mut sim = Harness::new();
    let id = sim.run(input());
    sim.wait(RUN_MS);
    assert_eq!(sim.status(&id).body["status"], "COMPLETED");
    sim.now_ms -= RUN_MS;
    assert_eq!(sim.status(&id).body["status"], "COMPLETED");
}

#[test]
fn settings_change_one_by_one() {
    let mut sim = Harness::new();
    let before = sim.get("/control/config").body;
    let after = sim.control("config", json!({ "queueShare": 0.5 })).body;
    assert_eq!((&before["queueShare"], &after["queueShare"]), (&json!(0.2), &json!(0.5)));
    assert_eq!(before["jobDurationMs"], after["jobDurationMs"]);
    let id = sim.run(input());
    sim.wait(RUN_MS / 2 - 1);
    assert_eq!(sim.status(&id).body["status"], "IN_QUEUE");
    sim.wait(1);
    assert_eq!(sim.status(&id).body["status"], "IN_PROGRESS");
}

#[test]
fn an_invalid_control_body_changes_nothing() {
    let mut sim = Harness::new();
    let before = sim.get("/control/config").body;
    for (path, body) in [
        ("config", json!({ "runms": 5 })),
        ("config", json!({ "jobDurationMs": "5" })),
        ("config", json!([])),
        ("config", json!({ "queueShare": 5 })),
        ("config", json!({ "queueShare": -0.1 })),
        ("config", json!({ "runningStatus": "COMPLETED" })),
        ("faults", json!([{ "fault": { "kind": "unheard" } }])),
        ("faults", json!([{ "fault": { "kind": "latency" }, "often": 2 }])),
        ("advance", json!({})),
    ] {
        let answer = sim.post(&format!("/control/{path}"), &body);
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(answer.body["error"].is_string());
    }
    assert_eq!(sim.get("/control/config").body, before);
    assert_eq!(sim.post("/control/unheard", &json!({})).status, 404);
}

#[test]
fn a_refused_setting_is_named() {
    let mut sim = Harness::new();
    for (body, parts) in [
        (json!({ "jobDurationMs": "5" }), ["`jobDurationMs`", "invalid type"]),
        (json!({ "queueShare": 5 }), ["`queueShare`", "0 to 1"]),
        (json!({ "runningStatus": "COMPLETED" }), ["`runningStatus`", "`RUNNING`"]),
        (json!({ "fieldMode": ["idOnly", "unheard"] }), ["`fieldMode`", "`unheard`"]),
        (json!({ "fieldMode": "idOnly" }), ["`fieldMode`", "a list of forms"]),
    ] {
        let answer = sim.post("/control/config", &body);
        let error = answer.body["error"].as_str().unwrap();
        assert!(parts.iter().all(|part| error.contains(part)), "{body}: {error}");
    }
}

#[test]
fn a_reset_sets_the_clock_back() {
    let mut sim = Harness::new();
    sim.control("advance", json!({ "ms": 3_600_000 }));
    sim.control("reset", json!({}));
    sim.run(input());
    assert_eq!(sim.ledger().submissions[0].at_ms, sim.now_ms);
}

#[test]
fn a_reset_clears_the_state() {
    let mut sim = Harness::new();
    let id = sim.run(input());
    sim.control("config", json!({ "jobDurationMs": 1 }));
    sim.control("faults", json!([{ "fault": { "kind": "html" } }]));
    sim.control("reset", json!({}));
    assert_eq!(sim.ledger(), &Ledger::default());
    assert_eq!(sim.get("/control/config").body["jobDurationMs"], RUN_MS);
    assert_eq!(sim.status(&id).status, 404);
    sim.wait(RUN_MS);
    sim.get("/control/ledger");
    assert_eq!(sim.ledger(), &Ledger::default(), "a forgotten job is not billed");
}

#[test]
fn a_restored_snapshot_continues() {
    let mut sim = Harness::new();
    let id = sim.run(input());
    sim.tasks(json!([task(json!({ "webhookURL": "http://listener.test/" }))]));
    sim.control("faults", json!([{ "operation": "cancel", "fault": { "kind": "html" } }]));
    let text = sim.simulator.snapshot();

    let mut twin = Harness::new();
    twin.simulator = Simulator::restore(&text).unwrap();
    assert_eq!(twin.simulator.snapshot(), text);
    for each in [&mut sim, &mut twin] {
        each.wait(RUN_MS);
    }
    assert_eq!(twin.status(&id).body, sim.status(&id).body);
    assert_eq!(twin.poll(UUID).body, sim.poll(UUID).body);
    assert_eq!(twin.run(input()), sim.run(input()), "chance goes on as well");
    assert_eq!(twin.ledger(), sim.ledger());
    let now_ms = twin.now_ms;
    assert_eq!(twin.simulator.due_webhooks(now_ms), sim.simulator.due_webhooks(now_ms));
    assert_eq!(twin.post(&format!("{SORA}/cancel/{id}"), &json!({})).status, 502);

    for text in ["", "{}", "null", "[1]"] {
        assert!(Simulator::restore(text).is_none());
    }
}

#[test]
fn the_same_seed_gives_the_same_ids() {
    let id = |seed| {
        let mut sim = Harness::new();
        sim.simulator = Simulator::new(Config::default(), seed, crate::common::ORIGIN);
        sim.run(input())
    };
    assert_eq!(id(3), id(3));
    assert_ne!(id(3), id(4));
}
