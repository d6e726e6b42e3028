//! Jobs from the submit to the video.

use filmgate::client::{MemoryStore, ResumeOptions, Store, SubmitOptions};
use filmgate::error::{Charge, ErrorCode};
use filmgate::job::CancelOutcome;
use filmgate::money::Usd;
use filmgate::outcome::Status;
use filmgate::provider::ProviderId;
use serde_json::json;
use std::sync::Arc;

use crate::support::{
    Folder, KEY, PROMPT, PROVIDERS, Simulator, UUID, fault, is_video, only, request,
};

/// A store that several clients share, as processes share a folder.
pub(crate) fn shared() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::new())
}

#[tokio::test]
async fn a_video_from_each_provider_is_submitted_tracked_and_downloaded() {
    for provider in PROVIDERS {
        let (sim, folder) = (Simulator::start(), Folder::new());
        let client = sim.client();
        let job = client.submit(&request(), &only(provider)).await.unwrap();
        assert_eq!(job.handle().provider, provider);
        let mut updates = job.updates();
        let mut statuses = Vec::new();
        while let Some(update) = updates.next().await {
            statuses.push(update.status);
        }
        assert_eq!(statuses.last(), Some(&Status::Completed));
        let result = job.result().await.unwrap();
        let ledger = sim.ledger();
        assert_eq!(Some(result.cost.unwrap().0), ledger["totalMicroUsd"].as_i64());
        let path = folder.join("video.mp4");
        let done = client.download(&result.videos[0], &path).await.unwrap();
        let bytes = std::fs::read(path).unwrap();
        assert!(is_video(&bytes));
        assert_eq!(done.bytes, bytes.len() as u64);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no part is left");
        assert_eq!((sim.submissions(), sim.charges()), (1, 1));
    }
}

#[tokio::test]
async fn validate_and_quote_are_offline() {
    let client = filmgate::client::Client::builder().build().unwrap();
    assert!(client.validate(&request()).ok);
    assert!(!client.validate(&request().duration(7_000)).ok);
    let quotes = client.quote(&request());
    assert!(quotes[0].price.as_ref().unwrap().total.is_some());
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let client = filmgate::client::Client::builder().build().unwrap();
    let error = client.submit(&request(), &SubmitOptions::default()).await.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::MissingApiKey, Charge::None));
}

#[tokio::test]
async fn the_spending_limit_is_checked_before_anything_is_sent() {
    let sim = Simulator::start();
    let options = SubmitOptions { max_cost: Some(Usd(1)), ..SubmitOptions::default() };
    let error = sim.client().submit(&request(), &options).await.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::BudgetExceeded, Charge::None));
    assert_eq!(sim.submissions(), 0);
}

#[tokio::test]
async fn problems_of_a_request_come_with_their_providers() {
    let sim = Simulator::start();
    let error = sim.client().submit(&request().duration(7_000), &SubmitOptions::default()).await;
    let error = error.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidRequest);
    assert!(error.issues().iter().any(|(_, issue)| issue.path == "duration"));
    assert_eq!(sim.submissions(), 0);
}

#[tokio::test]
async fn a_certain_rejection_passes_the_request_to_the_next_provider() {
    let sim = Simulator::start();
    for (first, second) in [(PROVIDERS[0], PROVIDERS[1]), (PROVIDERS[1], PROVIDERS[0])] {
        let refused = json!({ "provider": first, "operation": "submit", "times": 9, "fault": { "kind": "empty401" } });
        sim.faults(json!([refused]));
        let store = shared();
        let client = sim.builder().store(store.clone()).build().unwrap();
        let options =
            SubmitOptions { providers: Some(vec![first, second]), ..SubmitOptions::default() };
        let job = client.submit(&request(), &options).await.unwrap();
        assert_eq!(job.handle().provider, second);
        job.result().await.unwrap();
        assert_eq!(store.list().await.unwrap().len(), 1, "the rejected job has made way");
    }
    assert_eq!((sim.accepted(), sim.charges()), (2, 2));
}

#[tokio::test]
async fn a_rejection_by_all_is_the_last_ones_error() {
    let sim = Simulator::start();
    sim.faults(fault("submit", 9, json!({ "kind": "empty401" })));
    let store = shared();
    let client = sim.builder().store(store.clone()).build().unwrap();
    let error = client.submit(&request(), &SubmitOptions::default()).await.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::Unauthorized, Charge::None));
    assert!(error.handle().is_some());
    assert_eq!(sim.accepted(), 0);
    assert_eq!(store.list().await.unwrap().len(), 1, "the last one stays");
}

#[tokio::test]
async fn the_same_id_is_submitted_once() {
    for provider in PROVIDERS {
        let sim = Simulator::start();
        let store = shared();
        let client = || sim.builder().store(store.clone()).build().unwrap();
        let options = SubmitOptions { id: Some(UUID.to_owned()), ..only(provider) };
        let one = client();
        let request = request();
        let (first, second) =
            tokio::join!(one.submit(&request, &options), one.submit(&request, &options));
        let other = client().submit(&request, &options).await.unwrap();
        for job in [first.unwrap(), second.unwrap(), other] {
            assert_eq!(job.result().await.unwrap().videos.len(), 1);
        }
        assert_eq!((sim.submissions(), sim.charges()), (1, 1));
    }
}

#[tokio::test]
async fn an_id_that_never_reached_a_provider_is_submitted_again() {
    let sim = Simulator::start();
    let store = shared();
    sim.faults(fault("submit", 5, json!({ "kind": "rateLimit", "retryAfter": 0 })));
    let client = sim.builder().store(store).build().unwrap();
    let options = SubmitOptions { id: Some(UUID.to_owned()), ..only(ProviderId::Runpod) };
    let error = client.submit(&request(), &options).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::RateLimited);
    assert!(error.is_retryable());
    let job = client.submit(&request(), &options).await.unwrap();
    job.result().await.unwrap();
    assert_eq!((sim.accepted(), sim.charges()), (1, 1));
}

#[tokio::test]
async fn an_id_that_is_not_a_uuid_is_refused() {
    let sim = Simulator::start();
    for id in ["", "../x", "0F0E0D0C-0B0A-4908-8706-050403020100"] {
        let options = SubmitOptions { id: Some(id.to_owned()), ..SubmitOptions::default() };
        let error = sim.client().submit(&request(), &options).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidRequest);
    }
    assert_eq!(sim.submissions(), 0);
}

#[tokio::test]
async fn a_job_is_resumed_by_its_handle_alone() {
    for provider in PROVIDERS {
        let sim = Simulator::start();
        let job = sim.client().submit(&request(), &only(provider)).await.unwrap();
        let text = serde_json::to_string(&job.handle()).unwrap();
        for secret in [KEY, PROMPT, "http"] {
            assert!(!text.contains(secret), "{text}");
        }
        drop(job);
        let handle = serde_json::from_str(&text).unwrap();
        let resumed = sim.client().resume(&handle, &ResumeOptions::default());
        assert_eq!(resumed.result().await.unwrap().videos.len(), 1);
        assert_eq!(sim.submissions(), 1);
    }
}

#[tokio::test]
async fn a_status_is_one_poll() {
    for provider in PROVIDERS {
        let sim = Simulator::with_duration(600_000);
        let store = shared();
        let client = sim.builder().store(store.clone()).build().unwrap();
        let job = client.submit(&request(), &only(provider)).await.unwrap();
        let handle = job.handle();
        drop(job);
        let other = sim.builder().store(store.clone()).build().unwrap();
        let status = other.status(&handle).await.unwrap();
        assert!(!status.status.is_end(), "{status:?}");
        assert!(status.next_poll_at.is_some() && status.result.is_none());
        sim.post("advance", &json!({ "ms": 700_000 }));
        let status = other.status(&handle).await.unwrap();
        assert_eq!(status.status, Status::Completed);
        assert_eq!(status.result.unwrap().unwrap().videos.len(), 1);
        assert!(other.jobs(true).await.unwrap().is_empty());
        assert_eq!(other.jobs(false).await.unwrap()[0].status, Status::Completed);
    }
}

#[tokio::test]
async fn a_status_that_cannot_be_checked_says_so() {
    let sim = Simulator::with_duration(600_000);
    let store = shared();
    let client = sim.builder().store(store.clone()).build().unwrap();
    let handle = client.submit(&request(), &only(ProviderId::Runware)).await.unwrap().handle();
    sim.faults(fault("poll", 1, json!({ "kind": "error", "status": 503 })));
    let other = sim.builder().store(store).build().unwrap();
    let error = other.status(&handle).await.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::InvalidResponse, Charge::Unknown));
    assert!(other.status(&handle).await.is_ok());
}

#[tokio::test]
async fn a_cancel_stops_the_job_if_the_provider_can() {
    let sim = Simulator::with_duration(600_000);
    let client = sim.client();
    let job = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap();
    assert_eq!(job.cancel().await.unwrap().result, CancelOutcome::Cancelled);
    assert_eq!(job.result().await.unwrap_err().code(), ErrorCode::Cancelled);
    assert_eq!(job.cancel().await.unwrap().result, CancelOutcome::AlreadyFinished);
    let job = client.submit(&request(), &only(ProviderId::Runware)).await.unwrap();
    assert_eq!(client.cancel(&job.handle()).await.unwrap().result, CancelOutcome::Unsupported);
}

#[tokio::test]
async fn a_job_that_is_no_longer_tracked_can_be_cancelled() {
    let sim = Simulator::with_duration(600_000);
    sim.faults(fault("poll", 2, json!({ "kind": "empty401" })));
    let job = sim.client().submit(&request(), &only(ProviderId::Runpod)).await.unwrap();
    assert_eq!(job.result().await.unwrap_err().code(), ErrorCode::Unauthorized);
    assert_eq!(job.cancel().await.unwrap().result, CancelOutcome::Cancelled);
}

#[tokio::test]
async fn an_unknown_handle_is_not_found() {
    let sim = Simulator::start();
    let job = sim.client().submit(&request(), &only(ProviderId::Runpod)).await.unwrap();
    let mut handle = serde_json::to_value(job.handle()).unwrap();
    handle["providerModelId"] = json!("../../other");
    let handle = serde_json::from_value(handle).unwrap();
    let resumed = sim.client().resume(&handle, &ResumeOptions::default());
    assert_eq!(resumed.result().await.unwrap_err().code(), ErrorCode::JobNotFound);
}

#[tokio::test]
async fn a_deleted_job_is_gone() {
    let sim = Simulator::start();
    let client = sim.client();
    let job = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap();
    job.result().await.unwrap();
    client.delete_job(&job.handle()).await.unwrap();
    assert!(client.jobs(false).await.unwrap().is_empty());
}
