//! Webhooks and uploads: content, time and retries.

use crate::common::{Harness, RUN_MS, SORA, UUID, input, task};
use filmgate_simulator::{Delivery, WebhookBody};
use serde_json::{Value, json};

const HOOK: &str = "http://listener.test/hook?secret=1";

fn due(sim: &mut Harness) -> Vec<Delivery> {
    sim.simulator.due_webhooks(sim.now_ms)
}

fn body(delivery: &Delivery) -> Value {
    serde_json::from_slice(&delivery.body).unwrap()
}

fn run(sim: &mut Harness, input: Value) -> String {
    let body = json!({ "input": input, "webhook": HOOK });
    sim.post(&format!("{SORA}/run"), &body).body["id"].as_str().unwrap().to_owned()
}

#[test]
fn runpod_sends_what_status_shows() {
    let mut sim = Harness::new();
    let id = run(&mut sim, input());
    sim.wait(RUN_MS - 1);
    assert_eq!(due(&mut sim), []);
    sim.wait(1);
    let sent = due(&mut sim);
    assert_eq!((sent.len(), sent[0].method, sent[0].url.as_str()), (1, "POST", HOOK));
    assert_eq!(body(&sent[0]), sim.status(&id).body);
    assert_eq!(due(&mut sim), [], "each is returned once");
}

#[test]
fn every_end_sends_a_webhook() {
    let mut sim = Harness::new();
    let mut failing = input();
    failing["prompt"] = "[fail]".into();
    run(&mut sim, failing);
    let cancelled = run(&mut sim, input());
    sim.post(&format!("{SORA}/cancel/{cancelled}"), &json!({}));
    sim.wait(RUN_MS);
    let sent: Vec<_> = due(&mut sim).iter().map(|each| body(each)["status"].clone()).collect();
    assert_eq!(sent, ["CANCELLED", "FAILED"]);
}

#[test]
fn runpod_retries_twice_unless_200() {
    for (answers, tries) in
        [(vec![Some(200)], 1), (vec![Some(204), None, Some(500)], 3), (vec![None, Some(200)], 2)]
    {
        let mut sim = Harness::new();
        run(&mut sim, input());
        sim.wait(RUN_MS);
        let mut seen = 0;
        for status in answers.iter().copied().chain([None, None]) {
            let sent = due(&mut sim);
            let Some(delivery) = sent.first() else { break };
            seen += 1;
            assert_eq!(delivery.attempt, seen);
            sim.simulator.report_delivery(sim.now_ms, delivery.id, status);
            sim.wait(9_999);
            assert_eq!(due(&mut sim), [], "not before ten seconds");
            sim.wait(1);
        }
        assert_eq!(seen, tries, "{answers:?}");
    }
}

#[test]
fn runware_retries_from_250_ms_doubling_to_8_s() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({ "webhookURL": HOOK }))]));
    sim.wait(RUN_MS);
    for delay_ms in [250, 500, 1_000, 2_000, 4_000, 8_000] {
        let sent = due(&mut sim);
        sim.simulator.report_delivery(sim.now_ms, sent[0].id, Some(500));
        sim.wait(delay_ms - 1);
        assert_eq!(due(&mut sim), [], "not before {delay_ms} ms");
        sim.wait(1);
    }
    let last = due(&mut sim);
    assert_eq!(last[0].attempt, 7);
    sim.simulator.report_delivery(sim.now_ms, last[0].id, None);
    sim.wait(60_000);
    assert_eq!(due(&mut sim), []);
}

#[test]
fn runware_sends_one_webhook_per_result() {
    for (shape, pointer) in [(WebhookBody::Envelope, "/data/0"), (WebhookBody::Flat, "")] {
        let mut sim = Harness::new();
        sim.control("config", json!({ "webhook": shape }));
        sim.tasks(json!([task(json!({ "numberResults": 2, "webhookURL": HOOK }))]));
        sim.wait(RUN_MS * 3 / 5);
        let first = due(&mut sim);
        sim.wait(RUN_MS);
        let second = due(&mut sim);
        let rows = sim.poll(UUID).body["data"].clone();
        for (sent, row) in [(first, &rows[0]), (second, &rows[1])] {
            assert_eq!(sent.len(), 1);
            assert_eq!(body(&sent[0]).pointer(pointer), Some(row));
            // Any 2xx status is a success, unlike at RunPod.
            sim.simulator.report_delivery(sim.now_ms, sent[0].id, Some(204));
        }
        sim.wait(60_000);
        assert_eq!(due(&mut sim), []);
    }
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({ "positivePrompt": "[fail]", "webhookURL": HOOK }))]));
    sim.wait(RUN_MS);
    assert_eq!(body(&due(&mut sim)[0])["errors"][0]["code"], "inferenceError");
}

#[test]
fn an_upload_contains_the_video() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({ "uploadEndpoint": "http://store.test/put" }))]));
    sim.wait(RUN_MS);
    let sent = due(&mut sim);
    assert_eq!((sent.len(), sent[0].method, sent[0].content_type), (1, "PUT", "video/mp4"));
    let url = sim.poll(UUID).body["data"][0]["videoURL"].as_str().unwrap().to_owned();
    assert_eq!(sent[0].body, sim.get(&url).bytes);
}

#[test]
fn faults_of_webhooks() {
    for (fault, now, later) in [
        (json!({ "kind": "latency", "ms": 500 }), 0, 1),
        (json!({ "kind": "duplicate" }), 2, 0),
        (json!({ "kind": "resetBefore" }), 0, 0),
    ] {
        let mut sim = Harness::new();
        sim.control("faults", json!([{ "operation": "webhook", "fault": fault }]));
        run(&mut sim, input());
        sim.wait(RUN_MS);
        assert_eq!(due(&mut sim).len(), now, "{fault}");
        sim.wait(500);
        assert_eq!(due(&mut sim).len(), later, "{fault}");
    }
}

#[test]
fn an_invalid_url_is_not_called() {
    let mut sim = Harness::new();
    sim.post(&format!("{SORA}/run"), &json!({ "input": input(), "webhook": "nowhere" }));
    sim.wait(RUN_MS);
    assert_eq!(due(&mut sim), []);
}
