//! Control: the ledger, the settings, the clock, and a state that can be put away.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{Desk, RUN_MS, SORA, UUID, input, task};
use filmgate_simulator::{Config, Ledger, Simulator};
use serde_json::json;

#[test]
fn the_ledger_tells_all_but_keys_and_prompts() {
    let mut desk = Desk::new();
    let id = desk.run(input());
    desk.tasks(json!([task(json!({ "duration": 5 }))]));
    desk.wait(RUN_MS);
    desk.status(&id);
    let answer = desk.get("/control/ledger");
    let (at_ms, ended_ms) = (desk.now_ms - RUN_MS, desk.now_ms);
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
fn no_key_is_ever_kept() {
    let mut desk = Desk::new();
    desk.run(input());
    desk.tasks(json!([task(json!({}))]));
    assert!(!desk.simulator.snapshot().contains("some-key"));
}

#[test]
fn the_clock_can_be_moved() {
    let mut desk = Desk::new();
    let id = desk.run(input());
    let moved = desk.control("advance", json!({ "ms": RUN_MS }));
    assert_eq!(moved.body, json!({ "nowMs": desk.now_ms + RUN_MS }));
    assert_eq!(desk.status(&id).body["status"], "COMPLETED");
    let bill = desk.ledger().charges[0].clone();
    assert_eq!(bill.at_ms, desk.now_ms + RUN_MS);
    desk.control("advance", json!({ "ms": 30 * 60_000 }));
    assert_eq!(desk.status(&id).status, 404);
}

#[test]
fn time_never_goes_back() {
    let mut desk = Desk::new();
    let id = desk.run(input());
    desk.wait(RUN_MS);
    assert_eq!(desk.status(&id).body["status"], "COMPLETED");
    desk.now_ms -= RUN_MS;
    assert_eq!(desk.status(&id).body["status"], "COMPLETED");
}

#[test]
fn settings_are_changed_one_by_one() {
    let mut desk = Desk::new();
    let before = desk.get("/control/config").body;
    let after = desk.control("config", json!({ "queueShare": 0.5 })).body;
    assert_eq!(
        (&before["queueShare"], &after["queueShare"]),
        (&json!(0.2), &json!(0.5))
    );
    assert_eq!(before["jobDurationMs"], after["jobDurationMs"]);
    let id = desk.run(input());
    desk.wait(RUN_MS / 2 - 1);
    assert_eq!(desk.status(&id).body["status"], "IN_QUEUE");
    desk.wait(1);
    assert_eq!(desk.status(&id).body["status"], "IN_PROGRESS");
}

#[test]
fn what_control_cannot_read_changes_nothing() {
    let mut desk = Desk::new();
    let before = desk.get("/control/config").body;
    for (path, body) in [
        ("config", json!({ "runms": 5 })),
        ("config", json!({ "jobDurationMs": "5" })),
        ("config", json!([])),
        ("faults", json!([{ "fault": { "kind": "unheard" } }])),
        (
            "faults",
            json!([{ "fault": { "kind": "latency" }, "often": 2 }]),
        ),
        ("advance", json!({})),
    ] {
        let answer = desk.post(&format!("/control/{path}"), &body);
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(answer.body["error"].is_string());
    }
    assert_eq!(desk.get("/control/config").body, before);
    assert_eq!(desk.post("/control/unheard", &json!({})).status, 404);
}

#[test]
fn a_reset_forgets_everything() {
    let mut desk = Desk::new();
    let id = desk.run(input());
    desk.control("config", json!({ "jobDurationMs": 1 }));
    desk.control("faults", json!([{ "fault": { "kind": "html" } }]));
    desk.control("reset", json!({}));
    assert_eq!(desk.ledger(), &Ledger::default());
    assert_eq!(desk.get("/control/config").body["jobDurationMs"], RUN_MS);
    assert_eq!(desk.status(&id).status, 404);
    desk.wait(RUN_MS);
    desk.get("/control/ledger");
    assert_eq!(
        desk.ledger(),
        &Ledger::default(),
        "a forgotten job is not billed"
    );
}

#[test]
fn a_state_put_away_goes_on_where_it_was() {
    let mut desk = Desk::new();
    let id = desk.run(input());
    desk.tasks(json!([task(
        json!({ "webhookURL": "http://listener.test/" })
    )]));
    desk.control(
        "faults",
        json!([{ "operation": "cancel", "fault": { "kind": "html" } }]),
    );
    let text = desk.simulator.snapshot();

    let mut twin = Desk::new();
    twin.simulator = Simulator::restore(&text).unwrap();
    assert_eq!(twin.simulator.snapshot(), text);
    for each in [&mut desk, &mut twin] {
        each.wait(RUN_MS);
    }
    assert_eq!(twin.status(&id).body, desk.status(&id).body);
    assert_eq!(twin.poll(UUID).body, desk.poll(UUID).body);
    assert_eq!(
        twin.run(input()),
        desk.run(input()),
        "chance goes on as well"
    );
    assert_eq!(twin.ledger(), desk.ledger());
    let now_ms = twin.now_ms;
    assert_eq!(
        twin.simulator.due_webhooks(now_ms),
        desk.simulator.due_webhooks(now_ms)
    );
    assert_eq!(
        twin.post(&format!("{SORA}/cancel/{id}"), &json!({})).status,
        502
    );

    for text in ["", "{}", "null", "[1]"] {
        assert!(Simulator::restore(text).is_none());
    }
}

#[test]
fn the_same_seed_gives_the_same_ids() {
    let id = |seed| {
        let mut desk = Desk::new();
        desk.simulator = Simulator::new(Config::default(), seed, common::ORIGIN);
        desk.run(input())
    };
    assert_eq!(id(3), id(3));
    assert_ne!(id(3), id(4));
}
