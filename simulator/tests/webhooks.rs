//! Webhooks and uploads: what is sent, when, and how often again.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{Desk, RUN_MS, SORA, UUID, input, task};
use filmgate_simulator::{Delivery, WebhookBody};
use serde_json::{Value, json};

const HOOK: &str = "http://listener.test/hook?secret=1";

fn due(desk: &mut Desk) -> Vec<Delivery> {
    desk.simulator.due_webhooks(desk.now_ms)
}

fn body(delivery: &Delivery) -> Value {
    serde_json::from_slice(&delivery.body).unwrap()
}

fn run(desk: &mut Desk, input: Value) -> String {
    let body = json!({ "input": input, "webhook": HOOK });
    desk.post(&format!("{SORA}/run"), &body).body["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn runpod_sends_what_status_shows() {
    let mut desk = Desk::new();
    let id = run(&mut desk, input());
    desk.wait(RUN_MS - 1);
    assert_eq!(due(&mut desk), []);
    desk.wait(1);
    let sent = due(&mut desk);
    assert_eq!(
        (sent.len(), sent[0].method, sent[0].url.as_str()),
        (1, "POST", HOOK)
    );
    assert_eq!(body(&sent[0]), desk.status(&id).body);
    assert_eq!(due(&mut desk), [], "each comes once");
}

#[test]
fn every_end_of_a_job_is_told() {
    let mut desk = Desk::new();
    let mut failing = input();
    failing["prompt"] = "[fail]".into();
    run(&mut desk, failing);
    let cancelled = run(&mut desk, input());
    desk.post(&format!("{SORA}/cancel/{cancelled}"), &json!({}));
    desk.wait(RUN_MS);
    let sent: Vec<_> = due(&mut desk)
        .iter()
        .map(|each| body(each)["status"].clone())
        .collect();
    assert_eq!(sent, ["CANCELLED", "FAILED"]);
}

#[test]
fn runpod_wants_200_and_tries_twice_more() {
    for (answers, tries) in [
        (vec![Some(200)], 1),
        (vec![Some(204), None, Some(500)], 3),
        (vec![None, Some(200)], 2),
    ] {
        let mut desk = Desk::new();
        run(&mut desk, input());
        desk.wait(RUN_MS);
        let mut seen = 0;
        for status in answers.iter().copied().chain([None, None]) {
            let sent = due(&mut desk);
            let Some(delivery) = sent.first() else { break };
            seen += 1;
            assert_eq!(delivery.attempt, seen);
            desk.simulator
                .webhook_answered(desk.now_ms, delivery.id, status);
            desk.wait(9_999);
            assert_eq!(due(&mut desk), [], "not before ten seconds");
            desk.wait(1);
        }
        assert_eq!(seen, tries, "{answers:?}");
    }
}

#[test]
fn runware_tells_each_result_by_itself() {
    for (shape, pointer) in [(WebhookBody::Envelope, "/data/0"), (WebhookBody::Flat, "")] {
        let mut desk = Desk::new();
        desk.control("config", json!({ "webhook": shape }));
        desk.tasks(json!([task(
            json!({ "numberResults": 2, "webhookURL": HOOK })
        )]));
        desk.wait(RUN_MS * 3 / 5);
        let first = due(&mut desk);
        desk.wait(RUN_MS);
        let second = due(&mut desk);
        let rows = desk.poll(UUID).body["data"].clone();
        for (sent, row) in [(first, &rows[0]), (second, &rows[1])] {
            assert_eq!(sent.len(), 1);
            assert_eq!(body(&sent[0]).pointer(pointer), Some(row));
            // Any success will do, unlike at RunPod.
            desk.simulator
                .webhook_answered(desk.now_ms, sent[0].id, Some(204));
        }
        desk.wait(60_000);
        assert_eq!(due(&mut desk), []);
    }
    let mut desk = Desk::new();
    desk.tasks(json!([task(
        json!({ "positivePrompt": "[fail]", "webhookURL": HOOK })
    )]));
    desk.wait(RUN_MS);
    assert_eq!(
        body(&due(&mut desk)[0])["errors"][0]["code"],
        "inferenceError"
    );
}

#[test]
fn an_upload_is_the_film_itself() {
    let mut desk = Desk::new();
    desk.tasks(json!([task(
        json!({ "uploadEndpoint": "http://store.test/put" })
    )]));
    desk.wait(RUN_MS);
    let sent = due(&mut desk);
    assert_eq!(
        (sent.len(), sent[0].method, sent[0].content_type),
        (1, "PUT", "video/mp4")
    );
    let url = desk.poll(UUID).body["data"][0]["videoURL"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(sent[0].body, desk.get(&url).bytes);
}

#[test]
fn faults_of_webhooks() {
    for (fault, now, later) in [
        (json!({ "kind": "latency", "ms": 500 }), 0, 1),
        (json!({ "kind": "duplicate" }), 2, 0),
        (json!({ "kind": "resetBefore" }), 0, 0),
    ] {
        let mut desk = Desk::new();
        desk.control(
            "faults",
            json!([{ "operation": "webhook", "fault": fault }]),
        );
        run(&mut desk, input());
        desk.wait(RUN_MS);
        assert_eq!(due(&mut desk).len(), now, "{fault}");
        desk.wait(500);
        assert_eq!(due(&mut desk).len(), later, "{fault}");
    }
}

#[test]
fn an_address_that_cannot_be_called_is_not_called() {
    let mut desk = Desk::new();
    desk.post(
        &format!("{SORA}/run"),
        &json!({ "input": input(), "webhook": "nowhere" }),
    );
    desk.wait(RUN_MS);
    assert_eq!(due(&mut desk), []);
}
