//! Calls for drivers in simulated time: the next event, and a fault of the caller's choice.

use crate::common::{Harness, RUN_MS, SORA, UUID, input, task};
use filmgate_simulator::{Fault, Reply, Request, SubmitOutcome};
use serde_json::json;

#[test]
fn the_next_event_is_predicted() {
    let mut sim = Harness::new();
    assert_eq!(sim.simulator.next_event_ms(), None);
    let hooked = json!({ "input": input(), "webhook": "http://listener.test/hook" });
    sim.post(&format!("{SORA}/run"), &hooked);
    let end = sim.now_ms + RUN_MS;
    assert_eq!(sim.simulator.next_event_ms(), Some(end));

    sim.now_ms = end;
    let sent = sim.simulator.due_webhooks(end);
    sim.simulator.report_delivery(end, sent[0].id, None);
    let again = sim.simulator.next_event_ms();
    assert_eq!(again, Some(end + 10_000), "the second attempt");
}

#[test]
fn an_expiry_is_not_a_delivery() {
    let mut sim = Harness::new();
    assert_eq!(sim.simulator.next_delivery_ms(), None);
    let hooked = json!({ "input": input(), "webhook": "http://listener.test/hook" });
    sim.post(&format!("{SORA}/run"), &hooked);
    sim.control("advance", json!({ "ms": 1_000 }));
    let end = sim.now_ms + RUN_MS - 1_000;
    assert_eq!(sim.simulator.next_delivery_ms(), Some(end));

    let sent = sim.simulator.due_webhooks(end);
    sim.simulator.report_delivery(end, sent[0].id, Some(500));
    let again = sim.simulator.next_delivery_ms();
    assert_eq!(again, Some(end + 10_000), "the second attempt");
    let sent = sim.simulator.due_webhooks(end + 10_000);
    sim.simulator.report_delivery(end + 10_000, sent[0].id, Some(200));
    assert_eq!(sim.simulator.next_delivery_ms(), None);
    assert!(sim.simulator.next_event_ms().is_some(), "the job will be forgotten");
}

#[test]
fn the_next_event_is_in_the_callers_time() {
    let mut sim = Harness::new();
    sim.control("advance", json!({ "ms": 5_000 }));
    sim.tasks(json!([task(json!({}))]));
    let end = sim.now_ms + RUN_MS;
    assert_eq!(sim.simulator.next_event_ms(), Some(end));
    sim.simulator.due_webhooks(end);
    assert_eq!(sim.ledger().charges.len(), 1);
}

#[test]
fn a_fault_of_the_callers_choice() {
    for (fault, outcome) in [
        (Fault::ResetBefore { ms: 70 }, SubmitOutcome::Lost),
        (Fault::ResetAfter { ms: 70 }, SubmitOutcome::Accepted),
    ] {
        let mut sim = Harness::new();
        let request = Request {
            method: "POST".to_owned(),
            path: "/runware/v1".to_owned(),
            headers: vec![("authorization".to_owned(), "Bearer some-key".to_owned())],
            body: json!([task(json!({}))]).to_string().into_bytes(),
            ..Request::default()
        };
        let reply = sim.simulator.handle_with_fault(sim.now_ms, &request, fault);
        assert_eq!(reply, Reply::Reset { after_ms: 70 });
        assert_eq!(sim.ledger().submissions[0].outcome, outcome);
        assert_eq!(sim.poll(UUID).status, 200, "the next request has no fault");
    }
}
