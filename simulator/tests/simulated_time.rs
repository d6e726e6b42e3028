//! What a driver in simulated time asks for: when something happens next, and a fault of its choice.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{Desk, RUN_MS, SORA, UUID, input, task};
use filmgate_simulator::{Fault, Reply, Request, SubmitOutcome};
use serde_json::json;

#[test]
fn the_next_event_is_foretold() {
    let mut desk = Desk::new();
    assert_eq!(desk.simulator.next_event_ms(), None);
    let hooked = json!({ "input": input(), "webhook": "http://listener.test/hook" });
    desk.post(&format!("{SORA}/run"), &hooked);
    let end = desk.now_ms + RUN_MS;
    assert_eq!(desk.simulator.next_event_ms(), Some(end));

    desk.now_ms = end;
    let sent = desk.simulator.due_webhooks(end);
    desk.simulator.webhook_answered(end, sent[0].id, None);
    let again = desk.simulator.next_event_ms();
    assert_eq!(again, Some(end + 10_000), "the second try");
}

#[test]
fn what_is_forgotten_is_no_delivery() {
    let mut desk = Desk::new();
    assert_eq!(desk.simulator.next_delivery_ms(), None);
    let hooked = json!({ "input": input(), "webhook": "http://listener.test/hook" });
    desk.post(&format!("{SORA}/run"), &hooked);
    desk.control("advance", json!({ "ms": 1_000 }));
    let end = desk.now_ms + RUN_MS - 1_000;
    assert_eq!(desk.simulator.next_delivery_ms(), Some(end));

    let sent = desk.simulator.due_webhooks(end);
    desk.simulator.webhook_answered(end, sent[0].id, Some(500));
    let again = desk.simulator.next_delivery_ms();
    assert_eq!(again, Some(end + 10_000), "the second try");
    let sent = desk.simulator.due_webhooks(end + 10_000);
    desk.simulator
        .webhook_answered(end + 10_000, sent[0].id, Some(200));
    assert_eq!(desk.simulator.next_delivery_ms(), None);
    assert!(
        desk.simulator.next_event_ms().is_some(),
        "the job will be forgotten"
    );
}

#[test]
fn the_next_event_is_told_in_the_callers_time() {
    let mut desk = Desk::new();
    desk.control("advance", json!({ "ms": 5_000 }));
    desk.tasks(json!([task(json!({}))]));
    let end = desk.now_ms + RUN_MS;
    assert_eq!(desk.simulator.next_event_ms(), Some(end));
    desk.simulator.due_webhooks(end);
    assert_eq!(desk.ledger().charges.len(), 1);
}

#[test]
fn a_fault_of_the_callers_choice() {
    for (fault, outcome) in [
        (Fault::ResetBefore { ms: 70 }, SubmitOutcome::Lost),
        (Fault::ResetAfter { ms: 70 }, SubmitOutcome::Accepted),
    ] {
        let mut desk = Desk::new();
        let request = Request {
            method: "POST".to_owned(),
            path: "/runware/v1".to_owned(),
            headers: vec![("authorization".to_owned(), "Bearer some-key".to_owned())],
            body: json!([task(json!({}))]).to_string().into_bytes(),
            ..Request::default()
        };
        let reply = desk.simulator.handle_struck(desk.now_ms, &request, fault);
        assert_eq!(reply, Reply::Reset { after_ms: 70 });
        assert_eq!(desk.ledger().submissions[0].outcome, outcome);
        assert_eq!(desk.poll(UUID).status, 200, "the next one is not struck");
    }
}
