//! Field mode: odd forms of the answers, and a ledger that stays the truth.

use crate::common::{Harness, RUN_MS, SORA, UUID, input, task};
use filmgate_simulator::{Config, FieldMode, Oddity, Provider};
use serde_json::{Value, json};

fn odd(oddities: &[Oddity]) -> Harness {
    let field_mode = Some(FieldMode::Only(oddities.to_vec()));
    Harness::with(Config { field_mode, ..Config::default() })
}

fn billed(sim: &mut Harness) -> u64 {
    sim.get("/control/ledger");
    sim.ledger().total_micro_usd
}

fn id_in(text: &str) -> &str {
    let at = text.find("-u1").unwrap();
    &text[at - 36..at + 3]
}

/// Submits, lets the run and everything that is late end, and polls.
fn ended(sim: &mut Harness, endpoint: &str) -> Value {
    let accepted = sim.post(&format!("{endpoint}/run"), &json!({ "input": input() }));
    let id = id_in(&accepted.text()).to_owned();
    sim.wait(RUN_MS + 900_000);
    sim.get(&format!("{endpoint}/status/{id}")).body
}

fn task_ended(sim: &mut Harness) -> Value {
    sim.post("/runware/v1", &json!([task(json!({}))]));
    sim.wait(RUN_MS + 900_000);
    sim.post("/runware/v1", &json!([{ "taskType": "getResponse", "taskUUID": UUID }])).body
}

#[test]
fn every_answer_to_a_runpod_submit_but_an_error_contains_the_id() {
    for oddity in Oddity::ALL.iter().filter(|oddity| oddity.is_about_submit()) {
        if oddity.provider() == Provider::Runware {
            continue;
        }
        let mut sim = odd(&[*oddity]);
        let answer = sim.post(&format!("{SORA}/run"), &json!({ "input": input() }));
        let is_error = *oddity == Oddity::RunpodErrorAfter;
        assert_eq!(answer.status >= 500, is_error, "{oddity:?}");
        assert_eq!(answer.text().contains("-u1"), !is_error, "{oddity:?}");
        sim.wait(RUN_MS);
        assert_eq!(billed(&mut sim), 1_200_000, "{oddity:?}: the job was made");
    }
}

#[test]
fn a_job_is_not_found_at_first_and_found_later() {
    let mut sim = odd(&[Oddity::NotFoundAtFirst]);
    let accepted = sim.post(&format!("{SORA}/run"), &json!({ "input": input() }));
    let status = format!("{SORA}/status/{}", id_in(&accepted.text()));
    assert_eq!(sim.get(&status).status, 404);
    sim.wait(900_000);
    assert_eq!(sim.get(&status).body["status"], "COMPLETED");
}

#[test]
fn a_public_endpoint_does_not_bill_a_failure_and_an_own_one_does() {
    let own = SORA.replace("sora-2-pro-i2v", "echo-video");
    for oddity in Oddity::ALL.iter().filter(|each| each.is_failure()) {
        if oddity.provider() == Provider::Runware {
            continue;
        }
        let mut sim = odd(&[*oddity]);
        let body = ended(&mut sim, SORA).to_string();
        assert!(body.contains("gave up in step 3"), "{oddity:?}: {body}");
        sim.wait(10_000_000);
        assert_eq!(billed(&mut sim), 0, "{oddity:?}");
        let mut sim = odd(&[*oddity]);
        ended(&mut sim, &own);
        sim.wait(10_000_000);
        assert_eq!(billed(&mut sim), 100_000, "{oddity:?}");
    }
}

#[test]
fn a_failure_that_is_said_to_be_free_is_not_billed() {
    for (oddity, words) in
        [(Oddity::FreeRefusal, "You will not be charged"), (Oddity::FailedForZero, "\"cost\":0")]
    {
        let mut sim = odd(&[oddity]);
        let body = task_ended(&mut sim).to_string();
        assert!(body.contains(words), "{body}");
        assert_eq!(billed(&mut sim), 0);
    }
}

#[test]
fn a_server_error_with_a_code_like_a_refusal_follows_a_task_that_is_billed() {
    let mut sim = odd(&[Oddity::RunwareErrorAfter]);
    let answer = sim.post("/runware/v1", &json!([task(json!({}))]));
    assert!(answer.status >= 500);
    assert_eq!(answer.body["errors"][0]["taskUUID"], UUID);
    sim.wait(RUN_MS);
    assert_eq!(billed(&mut sim), 4_000_000);
}

#[test]
fn a_result_can_be_in_the_details_alone() {
    let mut sim = odd(&[Oddity::OnlyInDetails]);
    assert_eq!(task_ended(&mut sim), json!({ "data": [] }));
    let details = json!([{ "taskType": "getTaskDetails", "taskUUID": UUID }]);
    let body = sim.post("/runware/v1", &details).body;
    assert_eq!(body["data"][0]["response"]["data"][0]["status"], "success");
}

#[test]
fn an_error_quotes_the_key_or_the_prompt_in_the_chosen_spelling() {
    let spelled = [
        (Oddity::RunwareEchoKey, "Bearer some-key"),
        (Oddity::RunwareEchoUpper, "A RED FOX"),
        (Oddity::RunwareEchoPercent, "A%20red%20fox"),
        (Oddity::RunwareEchoBase64, "QSByZWQgZm94"),
    ];
    for (oddity, text) in spelled {
        let mut sim = odd(&[oddity, Oddity::TaskTimeout]);
        sim.post("/runware/v1", &json!([task(json!({ "positivePrompt": "A red fox" }))]));
        sim.wait(RUN_MS);
        let poll = json!([{ "taskType": "getResponse", "taskUUID": UUID }]);
        let body = sim.post("/runware/v1", &poll).text();
        assert!(body.contains(text), "{oddity:?}: {body}");
    }
}

#[test]
fn a_single_response_can_have_a_form() {
    let mut sim = Harness::new();
    let accepted = sim.post(&format!("{SORA}/run"), &json!({ "input": input() }));
    let status = format!("{SORA}/status/{}", id_in(&accepted.text()));
    let fault = json!({ "kind": "odd", "oddity": "otherJob" });
    sim.control("fault", json!({ "operation": "poll", "fault": fault }));
    assert_ne!(sim.get(&status).body["id"], accepted.body["id"]);
    assert_eq!(sim.get(&status).body["id"], accepted.body["id"]);
}

#[test]
fn the_same_seed_gives_the_same_forms() {
    let forms = |seed| {
        let field_mode = Some(FieldMode::Seed(seed));
        let mut sim = Harness::with(Config { field_mode, ..Config::default() });
        let mut all = Vec::new();
        for _ in 0..40 {
            sim.post(&format!("{SORA}/run"), &json!({ "input": input() }));
            sim.get("/control/ledger");
            let id = sim.ledger().submissions.last().unwrap().id.clone().unwrap();
            all.push(sim.simulator.oddities(&id).to_vec());
        }
        all
    };
    assert_eq!(forms(1), forms(1));
    assert_ne!(forms(1), forms(2));
    assert!(forms(1).iter().any(|odd| odd.len() < 2) && forms(1).iter().any(|odd| odd.len() > 2));
}
