//! A submit whose response is lost is never sent blindly again.

use filmgate::client::Store;
use filmgate::client::{ResumeOptions, StoreEntry};
use filmgate::error::{Charge, ErrorCode};
use filmgate::provider::ProviderId;
use serde_json::json;

use crate::jobs::shared;
use crate::support::{KEY, PROMPT, Simulator, fault, only, request};

#[tokio::test]
async fn runpod_cannot_be_asked_so_the_outcome_is_unknown() {
    for lost in [json!({ "kind": "resetAfter" }), json!({ "kind": "html", "after": true })] {
        let sim = Simulator::start();
        sim.faults(fault("submit", 1, lost));
        let error = sim.client().submit(&request(), &only(ProviderId::Runpod)).await.unwrap_err();
        assert_eq!((sim.submissions(), sim.accepted()), (1, 1));
        assert_eq!((error.code(), error.charge()), (ErrorCode::SubmissionUnknown, Charge::Unknown));
        assert!(!error.is_retryable());
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(KEY) && !shown.contains(PROMPT), "{shown}");
    }
}

#[tokio::test]
async fn a_runpod_job_of_unknown_outcome_is_found_by_its_id() {
    let sim = Simulator::start();
    sim.faults(fault("submit", 1, json!({ "kind": "resetAfter" })));
    let client = sim.client();
    let error = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap_err();
    let handle = error.handle().unwrap();
    let job_id = sim.ledger()["submissions"][0]["id"].as_str().map(str::to_owned);
    let job = client.resume(handle, &ResumeOptions { job_id, ..ResumeOptions::default() });
    assert_eq!(job.result().await.unwrap().videos.len(), 1);
    assert_eq!((sim.submissions(), sim.charges()), (1, 1));
}

#[tokio::test]
async fn runware_is_asked_and_has_the_job() {
    let sim = Simulator::start();
    sim.faults(fault("submit", 1, json!({ "kind": "resetAfter" })));
    let job = sim.client().submit(&request(), &only(ProviderId::Runware)).await.unwrap();
    job.result().await.unwrap();
    assert_eq!((sim.submissions(), sim.charges()), (1, 1));
}

#[tokio::test]
async fn the_record_is_stored_before_the_submit_leaves() {
    let store = shared();
    let (stored, seen) = (store.clone(), std::sync::Arc::new(std::sync::Mutex::new(Vec::new())));
    let found = seen.clone();
    let server = crate::server::Server::start(move |_| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let records: Vec<StoreEntry> = runtime.block_on(stored.list()).unwrap();
        found.lock().unwrap().extend(records.into_iter().map(|entry| entry.record));
        crate::server::json(401, "{}")
    });
    let builder = filmgate::client::Client::builder().store(store);
    let builder = builder.provider(ProviderId::Runpod, crate::support::settings(&server.origin));
    let error = builder.build().unwrap().submit(&request(), &Default::default()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Unauthorized);
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0]["handle"]["id"], json!(error.handle().unwrap().id));
    assert!(seen[0].to_string().contains(PROMPT) && !seen[0].to_string().contains(KEY));
}
