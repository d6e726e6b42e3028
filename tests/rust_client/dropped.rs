//! Futures and jobs that are dropped.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use filmgate::client::{ResumeOptions, Store};
use filmgate::error::{Charge, ErrorCode};
use filmgate::outcome::Status;
use filmgate::provider::ProviderId;
use serde_json::json;

use crate::jobs::shared;
use crate::support::{Simulator, fault, only, request, wait_until};

#[tokio::test]
async fn a_submit_that_was_sent_is_recorded_though_its_future_is_dropped() {
    let sim = Simulator::with_duration(600_000);
    sim.faults(fault("submit", 1, json!({ "kind": "latency", "ms": 700 })));
    let store = shared();
    let client = sim.builder().store(store.clone()).build().unwrap();
    let (request, options) = (request(), only(ProviderId::Runpod));
    {
        let mut submit = pin!(client.submit(&request, &options));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(submit.as_mut().poll(&mut context), Poll::Pending));
        wait_until(|| sim.submissions() > 0).await;
    }
    let stored = || async { store.list().await.unwrap()[0].record["handle"].clone() };
    while stored().await.get("acceptedAt").is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    sim.post("advance", &json!({ "ms": 700_000 }));
    let handle = serde_json::from_value(stored().await).unwrap();
    let job = client.resume(&handle, &ResumeOptions::default());
    assert_eq!(job.result().await.unwrap().videos.len(), 1);
    assert_eq!((sim.submissions(), sim.charges()), (1, 1));
}

#[tokio::test]
async fn nothing_is_sent_after_the_future_is_dropped() {
    let sim = Simulator::start();
    let store = shared();
    let id = crate::support::UUID.to_owned();
    let client = sim.builder().store(store.clone()).build().unwrap();
    let options =
        filmgate::client::SubmitOptions { id: Some(id.clone()), ..only(ProviderId::Runpod) };
    let lease = store.lease(&id).await.unwrap();
    {
        let request = request();
        let mut submit = pin!(client.submit(&request, &options));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(submit.as_mut().poll(&mut context), Poll::Pending));
    }
    drop(lease);
    // The lease is free again once the task has left.
    drop(store.lease(&id).await.unwrap());
    tokio::task::yield_now().await;
    assert_eq!(sim.submissions(), 0);
    let pending = client.jobs(true).await.unwrap();
    assert!(pending.is_empty(), "{pending:?}");
}

#[tokio::test]
async fn a_job_that_is_dropped_is_not_tracked_but_continues() {
    let sim = Simulator::with_duration(600_000);
    let store = shared();
    let client = sim.builder().store(store.clone()).build().unwrap();
    let job = client.submit(&request(), &only(ProviderId::Runware)).await.unwrap();
    let handle = job.handle();
    let clone = job.clone();
    drop(job);
    assert_eq!(client.status(&handle).await.unwrap().status, clone.status().status);
    drop(clone);
    // Its lease is free.
    drop(store.lease(&handle.id).await.unwrap());
    let pending = client.jobs(true).await.unwrap();
    assert_ne!(pending[0].status, Status::Cancelled);
}

/// A provider that answers each submit with HTTP 429 and a long `Retry-After`.
fn busy() -> Simulator {
    let sim = Simulator::start();
    sim.faults(fault("submit", 9, json!({ "kind": "rateLimit", "retryAfter": 60 })));
    sim
}

#[tokio::test]
async fn a_submit_that_is_dropped_between_two_that_were_rate_limited_is_never_sent() {
    let sim = busy();
    let store = shared();
    let client = sim.builder().store(store.clone()).build().unwrap();
    let id = crate::support::UUID.to_owned();
    let options =
        filmgate::client::SubmitOptions { id: Some(id.clone()), ..only(ProviderId::Runpod) };
    let request = request();
    tokio::select! {
        submitted = client.submit(&request, &options) => panic!("{submitted:?}"),
        // Its second write is that of the pause.
        () = async {
            loop {
                if store.get(&id).await.unwrap().is_some_and(|entry| entry.revision == 2) {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        } => {}
    }
    // The lease is free once the task has left.
    drop(store.lease(&id).await.unwrap());
    assert!(client.jobs(true).await.unwrap().is_empty());
    let stored = store.get(&id).await.unwrap().unwrap();
    let handle = serde_json::from_value(stored.record["handle"].clone()).unwrap();
    let error = client.resume(&handle, &ResumeOptions::default()).result().await.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::RateLimited, Charge::None));

    assert_eq!((sim.submissions(), sim.accepted()), (1, 0));
}
