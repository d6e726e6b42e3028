//! Stores that fail, stand still or are written by another one at a certain write, after the submit was sent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use filmgate::client::{
    Client, Lease, MemoryStore, ResumeOptions, Store, StoreEntry, StoreError, SubmitOptions,
};
use filmgate::error::{Charge, ErrorCode};
use filmgate::provider::ProviderId;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::jobs::shared;
use crate::support::{Simulator, UUID, fault, only, request, wait_until};

/// What happens at a write.
#[derive(Clone, Copy)]
enum Put {
    Works,
    Fails,
    /// Another writer is first.
    Loses,
    /// Another writer is first, whose record knows of no acceptance.
    LosesUnaccepted,
    /// It waits until the test lets it go on.
    Waits,
}

struct Faulty {
    inner: Arc<MemoryStore>,
    /// By the number of the write, from 1.
    put: fn(usize) -> Put,
    records: Mutex<Vec<Value>>,
    leases: AtomicUsize,
    gate: Semaphore,
}

impl Faulty {
    fn new(put: fn(usize) -> Put) -> Arc<Self> {
        Arc::new(Faulty {
            inner: shared(),
            put,
            records: Mutex::default(),
            leases: AtomicUsize::new(0),
            gate: Semaphore::new(0),
        })
    }

    fn puts(&self) -> usize {
        self.records.lock().unwrap().len()
    }
}

#[async_trait]
impl Store for Faulty {
    async fn get(&self, key: &str) -> Result<Option<StoreEntry>, StoreError> {
        self.inner.get(key).await
    }

    async fn list(&self) -> Result<Vec<StoreEntry>, StoreError> {
        self.inner.list().await
    }

    async fn put(&self, key: &str, record: &Value, revision: u32) -> Result<bool, StoreError> {
        let number = {
            let mut records = self.records.lock().unwrap();
            records.push(record.clone());
            records.len()
        };
        match (self.put)(number) {
            Put::Works => {}
            Put::Fails => return Err("disk full".into()),
            Put::Loses => {
                let mut other = record.clone();
                other["by"] = json!("another");
                self.inner.put(key, &other, revision).await?;
            }
            Put::LosesUnaccepted => {
                let mut other = record.clone();
                let handle = other["handle"].as_object_mut().unwrap();
                for name in ["jobId", "acceptedAt"] {
                    handle.remove(name);
                }
                self.inner.put(key, &other, revision).await?;
            }
            Put::Waits => self.gate.acquire().await.unwrap().forget(),
        }
        self.inner.put(key, record, revision).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.inner.delete(key).await
    }

    async fn lease(&self, key: &str) -> Result<Lease, StoreError> {
        self.leases.fetch_add(1, Ordering::SeqCst);
        self.inner.lease(key).await
    }
}

/// Its first submit is answered with HTTP 429, after which the job is saved and submitted again.
fn busy() -> Simulator {
    let sim = Simulator::start();
    sim.faults(fault("submit", 1, json!({ "kind": "rateLimit", "retryAfter": 0 })));
    sim
}

fn client(sim: &Simulator, store: &Arc<Faulty>) -> Client {
    sim.builder().store(store.clone()).build().unwrap()
}

#[tokio::test]
async fn a_job_that_cannot_be_stored_after_a_429_leaves_nothing_to_submit_later() {
    let sim = busy();
    let store = Faulty::new(|number| if number <= 2 { Put::Works } else { Put::Fails });
    let error = client(&sim, &store).submit(&request(), &only(ProviderId::Runpod)).await;
    let error = error.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::StoreError, Charge::None));
    assert!(error.is_retryable());
    assert_eq!((sim.submissions(), sim.accepted()), (1, 0));
    assert!(store.list().await.unwrap().is_empty());

    // The same of a process that continues the job.
    let record = store.records.lock().unwrap()[1].clone();
    let handle: filmgate::handle::Handle =
        serde_json::from_value(record["handle"].clone()).unwrap();
    let store = Faulty::new(|_| Put::Fails);
    assert!(store.inner.put(&handle.id, &record, 0).await.unwrap());
    let resumed = client(&sim, &store).resume(&handle, &ResumeOptions::default());
    let error = resumed.result().await.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::StoreError, Charge::None));
    assert_eq!((sim.submissions(), sim.accepted()), (1, 0));
    assert!(store.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn who_lost_the_lease_does_not_submit_though_an_earlier_write_failed() {
    let sim = busy();
    let store = Faulty::new(|number| match number {
        2 => Put::Fails,
        4 => Put::Loses,
        _ => Put::Works,
    });
    let error = client(&sim, &store).submit(&request(), &only(ProviderId::Runpod)).await;
    let error = error.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::StoreError, Charge::None));
    assert_eq!((sim.submissions(), sim.accepted()), (1, 0));
    let entries = store.list().await.unwrap();
    assert_eq!(entries[0].record["by"], json!("another"));
}

#[tokio::test]
async fn an_acceptance_is_stored_over_a_record_that_has_none() {
    let sim = Simulator::with_duration(600_000);
    let store = Faulty::new(|number| if number == 2 { Put::LosesUnaccepted } else { Put::Works });
    let job = client(&sim, &store).submit(&request(), &only(ProviderId::Runpod)).await.unwrap();
    let entries = store.list().await.unwrap();
    let stored = entries[0].record.pointer("/handle/jobId").and_then(Value::as_str);
    assert!(stored.is_some());
    assert_eq!(stored, job.handle().job_id.as_deref());
}

#[tokio::test]
async fn nothing_is_sent_again_after_the_future_is_dropped() {
    let sim = busy();
    let store = Faulty::new(|number| if number == 3 { Put::Waits } else { Put::Works });
    let client = client(&sim, &store);
    let options = SubmitOptions { id: Some(UUID.to_owned()), ..only(ProviderId::Runpod) };
    let request = request();
    tokio::select! {
        submitted = client.submit(&request, &options) => panic!("{submitted:?}"),
        () = wait_until(|| store.puts() == 3) => {}
    }
    store.gate.add_permits(1);
    // The lease is free once the task has left.
    drop(store.lease(UUID).await.unwrap());
    assert_eq!((sim.submissions(), sim.accepted()), (1, 0));
}

#[tokio::test]
async fn a_job_that_is_deleted_while_a_resume_waits_is_not_found() {
    let sim = Simulator::with_duration(600_000);
    let store = Faulty::new(|_| Put::Works);
    let first = client(&sim, &store);
    let handle = first.submit(&request(), &only(ProviderId::Runpod)).await.unwrap().handle();
    let lease = store.lease(&handle.id).await.unwrap();
    let leases = store.leases.load(Ordering::SeqCst);
    let resumed = client(&sim, &store).resume(&handle, &ResumeOptions::default());
    wait_until(|| store.leases.load(Ordering::SeqCst) > leases).await;
    store.delete(&handle.id).await.unwrap();
    sim.post("advance", &json!({ "ms": 700_000 }));
    drop(lease);
    let error = resumed.result().await.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::JobNotFound, Charge::Unknown));
    assert!(error.handle().is_some());
    assert!(store.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_search_by_id_ends_with_its_timeout() {
    let sim = Simulator::start();
    sim.faults(fault("submit", 5, json!({ "kind": "rateLimit", "retryAfter": 0 })));
    let store = Faulty::new(|_| Put::Works);
    let client = client(&sim, &store);
    let options = SubmitOptions { id: Some(UUID.to_owned()), ..only(ProviderId::Runpod) };
    assert!(client.submit(&request(), &options).await.unwrap_err().is_retryable());
    let submissions = sim.submissions();
    // Another process submits with the same id.
    let _lease = store.lease(UUID).await.unwrap();
    let options = SubmitOptions { timeout: std::time::Duration::from_millis(200), ..options };
    let error = client.submit(&request(), &options).await.unwrap_err();
    assert_eq!((error.code(), error.charge()), (ErrorCode::Timeout, Charge::Unknown));
    assert_eq!(sim.submissions(), submissions);
}
