//! Faults: what the client sees of each, and what is billed.

use crate::common::{Harness, RUN_MS, SORA, UUID, answer, input, task};
use filmgate_simulator::{Reply, SubmitOutcome};
use serde_json::{Value, json};

fn strike(sim: &mut Harness, fault: Value) {
    sim.control("faults", json!([{ "operation": "submit", "fault": fault }]));
}

/// One submit at each provider under a fault: both replies, and the total billed in the end.
fn submit_under(fault: &Value) -> ([Reply; 2], u64) {
    let mut sim = Harness::new();
    strike(&mut sim, fault.clone());
    let body = json!({ "input": input() }).to_string();
    let runpod = sim.reply("POST", &format!("{SORA}/run"), body.as_bytes());
    strike(&mut sim, fault.clone());
    let body = json!([task(json!({}))]).to_string();
    let runware = sim.reply("POST", "/runware/v1", body.as_bytes());
    sim.wait(RUN_MS);
    sim.get("/control/ledger");
    let lost = sim.ledger().submissions.iter().filter(|each| each.outcome == SubmitOutcome::Lost);
    let (lost, billed) = (lost.count(), sim.ledger().total_micro_usd);
    assert_eq!(lost, if billed == 0 { 2 } else { 0 }, "{fault}");
    ([runpod, runware], billed)
}

#[test]
fn a_rule_is_added_to_existing_rules() {
    let mut sim = Harness::new();
    strike(&mut sim, json!({ "kind": "empty401" }));
    sim.control("fault", json!({ "fault": { "kind": "html", "status": 503 } }));
    let body = json!({ "input": input() });
    let mut submit = || sim.post(&format!("{SORA}/run"), &body).status;
    assert_eq!([submit(), submit(), submit()], [401, 503, 200]);
    let refused = answer(sim.reply("POST", "/control/fault", br#"{"fault":{}}"#));
    assert_eq!(refused.status, 400);
}

const BOTH: u64 = 1_200_000 + 4_000_000;

#[test]
fn resets() {
    for (fault, billed) in [
        (json!({ "kind": "resetBefore", "ms": 70 }), 0),
        (json!({ "kind": "resetAfter", "ms": 70 }), BOTH),
    ] {
        let (replies, total) = submit_under(&fault);
        assert_eq!(replies, [Reply::Reset { after_ms: 70 }, Reply::Reset { after_ms: 70 }]);
        assert_eq!(total, billed, "{fault}");
    }
}

#[test]
fn faults_replace_the_response() {
    for (fault, status, content_type, billed) in [
        (json!({ "kind": "rateLimit" }), 429, Some("application/json"), 0),
        (json!({ "kind": "error" }), 500, Some("application/json"), 0),
        (
            json!({ "kind": "error", "status": 503, "after": true }),
            503,
            Some("application/json"),
            BOTH,
        ),
        (json!({ "kind": "html" }), 502, Some("text/html; charset=utf-8"), 0),
        (
            json!({ "kind": "html", "status": 200, "after": true }),
            200,
            Some("text/html; charset=utf-8"),
            BOTH,
        ),
        (json!({ "kind": "text", "after": true }), 502, Some("text/plain; charset=utf-8"), BOTH),
        (json!({ "kind": "empty401" }), 401, None, 0),
        (json!({ "kind": "legacyError" }), 500, Some("application/json"), 0),
    ] {
        let (replies, total) = submit_under(&fault);
        assert_eq!(total, billed, "{fault}");
        for reply in replies {
            let answer = answer(reply);
            assert_eq!(answer.status, status, "{fault}");
            assert_eq!(answer.header("content-type"), content_type, "{fault}");
            assert_eq!(answer.bytes.is_empty(), content_type.is_none(), "{fault}");
        }
    }
}

#[test]
fn errors_have_the_providers_shapes() {
    let ([runpod, runware], _) = submit_under(&json!({ "kind": "error" }));
    assert!(answer(runpod).body["error"].is_string());
    let error = answer(runware).body["errors"][0].clone();
    assert_eq!(
        (&error["code"], &error["taskUUID"]),
        (&json!("internalServerError"), &json!("N/A"))
    );
    let ([_, runware], _) = submit_under(&json!({ "kind": "legacyError" }));
    let body = answer(runware).body;
    assert_eq!((&body["error"], &body["errorId"]), (&json!(true), &json!(19)));
}

#[test]
fn retry_after() {
    for (value, header) in [
        (Value::Null, None),
        (json!(5), Some("5")),
        (json!(86_400), Some("86400")),
        (json!("soon"), Some("soon")),
        // A day after the test's clock.
        (json!({ "dateInSeconds": 86_400 }), Some("Wed, 15 Nov 2023 22:13:20 GMT")),
    ] {
        let fault = json!({ "kind": "rateLimit", "retryAfter": value });
        let ([reply, _], _) = submit_under(&fault);
        assert_eq!(answer(reply).header("retry-after"), header, "{fault}");
    }
}

#[test]
fn faults_damage_the_response() {
    let (replies, total) = submit_under(&json!({ "kind": "truncated" }));
    assert_eq!(total, BOTH);
    for reply in replies {
        let answer = answer(reply);
        assert_eq!((answer.status, &answer.body), (200, &Value::Null), "half of it is not JSON");
        assert_eq!(answer.header("content-length").unwrap(), answer.bytes.len().to_string());
    }
    let (replies, total) = submit_under(&json!({ "kind": "truncatedStream" }));
    assert_eq!(total, BOTH);
    for reply in replies {
        let answer = answer(reply);
        let promised: usize = answer.header("content-length").unwrap().parse().unwrap();
        assert_eq!(promised / 2, answer.bytes.len());
    }
    let (replies, total) = submit_under(&json!({ "kind": "latency", "ms": 4321 }));
    assert_eq!(total, BOTH);
    assert!(replies.into_iter().all(|reply| answer(reply).after_ms == 4321));
}

#[test]
fn duplicate_repeats_every_row() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({}))]));
    sim.wait(RUN_MS);
    let once = sim.poll(UUID).body["data"][0].clone();
    sim.control("faults", json!([{ "operation": "poll", "fault": { "kind": "duplicate" } }]));
    assert_eq!(sim.poll(UUID).body, json!({ "data": [once, once] }));
}

#[test]
fn cors_is_allowed_unless_disabled() {
    const HEADER: &str = "access-control-allow-origin";
    let mut sim = Harness::new();
    assert_eq!(sim.status("x").header(HEADER), Some("*"));
    let asked = [("Access-Control-Request-Headers", "authorization, content-type")];
    let preflight = answer(sim.reply_with("OPTIONS", &format!("{SORA}/run"), &asked, b""));
    assert_eq!((preflight.status, preflight.header(HEADER)), (204, Some("*")));
    assert_eq!(preflight.header("access-control-allow-headers"), Some(asked[0].1));

    sim.control("faults", json!([{ "fault": { "kind": "corsBlocked" } }]));
    let id = sim.run(input());
    assert!(!id.is_empty());
    assert_eq!(sim.ledger().submissions.len(), 1, "unreadable, and accepted all the same");
    sim.control("config", json!({ "cors": false }));
    assert_eq!(sim.status("x").header(HEADER), None);
    assert_eq!(sim.send("OPTIONS", SORA, b"").header(HEADER), None);
}

#[test]
fn rules_apply_in_order_until_used_up() {
    let mut sim = Harness::new();
    let error = |status: u16| json!({ "kind": "error", "status": status });
    sim.control(
        "faults",
        json!([
            { "provider": "runware", "fault": error(599) },
            { "provider": "runpod", "operation": "poll", "skip": 1, "times": 2, "fault": error(501) },
            { "operation": "poll", "fault": error(502) },
            { "operation": "cancel", "fault": error(503) },
        ]),
    );
    let statuses: Vec<_> = (0..5).map(|_| sim.status("unknown").status).collect();
    assert_eq!(statuses, [404, 501, 501, 502, 404]);
    assert_eq!(sim.post(&format!("{SORA}/cancel/unknown"), &json!({})).status, 503);
    assert_eq!(sim.poll(UUID).status, 599);
    assert_eq!(sim.poll(UUID).status, 200);
}

#[test]
fn every_operation_can_have_a_fault() {
    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({}))]));
    sim.wait(RUN_MS);
    let video = sim.poll(UUID).body["data"][0]["videoURL"].as_str().unwrap().to_owned();
    for (operation, method, path, body) in [
        ("submit", "POST", format!("{SORA}/runsync"), json!({})),
        ("poll", "GET", format!("{SORA}/status-sync/x"), json!({})),
        ("cancel", "POST", format!("{SORA}/cancel/x"), json!({})),
        ("details", "POST", "/runware/v1".to_owned(), json!([{ "taskType": "getTaskDetails" }])),
        ("download", "GET", video, json!({})),
    ] {
        let fault = json!({ "kind": "resetBefore" });
        sim.control("faults", json!([{ "operation": operation, "fault": fault }]));
        let reply = sim.reply(method, &path, body.to_string().as_bytes());
        assert_eq!(reply, Reply::Reset { after_ms: 0 }, "{operation}");
    }
}

#[test]
fn random_faults_repeat_for_the_same_seed() {
    let replies = |seed: u64| {
        let mut sim = Harness::new();
        sim.control("faults", json!({ "random": { "perMille": 300, "seed": seed } }));
        let polls = (0..200).map(|_| sim.reply("GET", &format!("{SORA}/status/x"), b""));
        polls.collect::<Vec<_>>()
    };
    let harmed = |replies: &[Reply]| {
        let plain =
            |reply: &&Reply| matches!(reply, Reply::Respond { status: 404, after_ms: 0, .. });
        replies.len() - replies.iter().filter(plain).count()
    };
    assert_eq!(replies(1), replies(1));
    assert_ne!(replies(1), replies(2));
    // Three in ten, without the truncated ones, which keep their status.
    assert!((25..=75).contains(&harmed(&replies(1))), "{}", harmed(&replies(1)));
}
