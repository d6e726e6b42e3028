//! Fault rules that are refused: what is misspelt, or can never fire.

use crate::common::{Harness, SORA, input};
use serde_json::{Value, json};

fn refused(path: &str, body: &Value, part: &str) {
    let mut sim = Harness::new();
    sim.control("faults", json!([{ "fault": { "kind": "empty401" } }]));
    let answer = sim.post(&format!("/control/{path}"), body);
    assert_eq!(answer.status, 400, "{path} {body}");
    let error = answer.body["error"].as_str().unwrap();
    assert!(error.contains(part), "{body}: {error}");
    let submit = json!({ "input": input() });
    let mut status = || sim.post(&format!("{SORA}/run"), &submit).status;
    assert_eq!([status(), status()], [401, 200], "{body}: the earlier rules stay, and no other");
}

fn refused_rule(rule: &Value, part: &str) {
    refused("fault", rule, part);
    refused("faults", &json!([{ "fault": { "kind": "html" } }, rule]), part);
    refused("faults", &json!({ "rules": [rule] }), part);
}

#[test]
fn a_misspelt_key_is_named() {
    refused("faults", &json!({ "rule": [] }), "unknown field `rule`");
    refused("faults", &json!({ "rules": [{ "often": 2 }] }), "unknown field `often`");
    refused("faults", &json!({ "random": { "rate": 2 } }), "unknown field `rate`");
}

#[test]
fn a_fault_without_parameters_has_no_fields() {
    for kind in [
        "legacyError",
        "truncated",
        "truncatedStream",
        "empty401",
        "duplicate",
        "ignoreDryRun",
        "corsBlocked",
    ] {
        refused_rule(
            &json!({ "fault": { "kind": kind, "status": 403 } }),
            "unknown field `status`",
        );
    }
}

#[test]
fn a_rule_that_can_never_fire_is_refused() {
    for (rule, part) in [
        (json!({ "times": 0, "fault": { "kind": "html" } }), "`times`"),
        (
            json!({ "provider": "runpod", "operation": "details", "fault": { "kind": "html" } }),
            "`details`",
        ),
        (
            json!({ "provider": "runware", "operation": "cancel", "fault": { "kind": "html" } }),
            "`cancel`",
        ),
        (json!({ "provider": "runpod", "fault": { "kind": "duplicate" } }), "Runware"),
        (json!({ "provider": "runpod", "fault": { "kind": "legacyError" } }), "Runware"),
        (json!({ "provider": "runpod", "fault": { "kind": "ignoreDryRun" } }), "Runware"),
        (json!({ "operation": "poll", "fault": { "kind": "ignoreDryRun" } }), "`submit`"),
        (json!({ "operation": "cancel", "fault": { "kind": "legacyError" } }), "Runware"),
        (
            json!({ "provider": "runware", "fault": { "kind": "odd", "oddity": "idOnly" } }),
            "RunPod",
        ),
        (
            json!({ "provider": "runpod", "fault": { "kind": "odd", "oddity": "upperCase" } }),
            "Runware",
        ),
    ] {
        refused_rule(&rule, part);
    }
    for per_mille in [1001, u64::MAX] {
        let random = json!({ "random": { "perMille": per_mille, "seed": 1 } });
        refused("faults", &random, "`perMille`");
    }
}

#[test]
fn a_status_is_one_that_a_response_with_a_body_can_have() {
    for kind in ["error", "html", "text"] {
        for status in [0, 99, 199, 204, 205, 304, 600] {
            refused_rule(&json!({ "fault": { "kind": kind, "status": status } }), "`status`");
        }
    }
    refused_rule(&json!({ "fault": { "kind": "error", "status": 200 } }), "`status`");
}

#[test]
fn a_rule_that_can_fire_is_accepted() {
    let mut sim = Harness::new();
    for rule in [
        json!({ "provider": "runpod", "operation": "webhook", "fault": { "kind": "duplicate" } }),
        json!({ "provider": "runware", "operation": "details", "fault": { "kind": "legacyError" } }),
        json!({ "provider": "runpod", "operation": "cancel", "fault": { "kind": "empty401" } }),
        json!({ "operation": "submit", "fault": { "kind": "ignoreDryRun" } }),
        json!({ "provider": "runpod", "fault": { "kind": "odd", "oddity": "idOnly" } }),
        json!({ "fault": { "kind": "html", "status": 200 } }),
    ] {
        sim.control("fault", rule);
    }
    sim.control("faults", json!({ "rules": [], "random": { "perMille": 1000, "seed": 1 } }));
}
