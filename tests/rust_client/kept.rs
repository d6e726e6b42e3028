//! What is known of a job that a provider has accepted is kept, and is not said to be less than it is.

use filmgate::client::{Client, ResumeOptions, Store, SubmitOptions};
use filmgate::error::{Charge, ErrorCode};
use filmgate::outcome::Status;
use filmgate::provider::ProviderId;
use serde_json::json;

use crate::child::open;
use crate::jobs::shared;
use crate::server::{Server, json as reply};
use crate::support::{Folder, PROMPT, PROVIDERS, Simulator, only, request, settings};

const BLOCKED: &str = "Your prompt was blocked by our content policy.";

#[tokio::test]
async fn without_the_key_of_its_provider_it_is_unknown_what_a_job_costs() {
    let sim = Simulator::with_duration(600_000);
    let store = shared();
    let client = sim.builder().store(store.clone()).build().unwrap();
    let handle = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap().handle();
    let runware = settings(&sim.base_url(ProviderId::Runware));
    let other = Client::builder().provider(ProviderId::Runware, runware).store(store);
    let other = other.build().unwrap();
    let resumed = other.resume(&handle, &ResumeOptions::default()).result().await.map(drop);
    for error in [resumed.unwrap_err(), other.status(&handle).await.unwrap_err()] {
        assert_eq!((error.code(), error.charge()), (ErrorCode::MissingApiKey, Charge::Unknown));
        assert_eq!(error.handle(), Some(&handle));
        assert!(!error.is_retryable() && !error.message().contains("Nothing was sent"));
    }
}

/// A job that RunPod accepts, and that then fails at no cost: later, or in the same response.
#[tokio::test]
async fn an_accepted_job_that_fails_keeps_its_record_and_is_not_tried_elsewhere() {
    for at_once in [false, true] {
        let failed = json!({ "id": "job-1", "status": "FAILED", "error": BLOCKED }).to_string();
        let runpod = Server::start(move |request| {
            if request.is_submit() && !at_once {
                return reply(200, &json!({ "id": "job-1", "status": "IN_QUEUE" }).to_string());
            }
            reply(200, &failed)
        });
        let runware = Server::start(|_| reply(401, "{}"));
        let store = shared();
        let builder = Client::builder().store(store.clone());
        let builder = builder.provider(ProviderId::Runpod, settings(&runpod.origin));
        let builder = builder.provider(ProviderId::Runware, settings(&runware.origin));
        let client = builder.build().unwrap();
        let options =
            SubmitOptions { providers: Some(PROVIDERS.to_vec()), ..SubmitOptions::default() };
        let job = client.submit(&request(), &options).await.unwrap();
        let error = job.result().await.unwrap_err();
        assert_eq!(
            (error.code(), error.charge()),
            (ErrorCode::ContentPolicyViolation, Charge::None)
        );
        let jobs = client.jobs(false).await.unwrap();
        assert_eq!((jobs.len(), jobs[0].status), (1, Status::Failed), "{at_once}");
        assert!(runware.seen().is_empty(), "{at_once}");
    }
}

/// A link to itself cannot be read, as no file can at the limit of open files.
#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_read_is_an_error() {
    let folder = Folder::new();
    let store = open("folder", folder.path());
    store.put("a", &json!({}), 0).await.unwrap();
    let path = folder.join("jobs").join("job-b.json");
    std::os::unix::fs::symlink(&path, &path).unwrap();
    assert!(store.list().await.is_err());
}

#[tokio::test]
async fn a_database_that_cannot_be_read_is_an_error() {
    let folder = Folder::new();
    let store = open("sqlite", folder.path());
    for number in 0..50 {
        let record = json!({ "text": "a".repeat(1_000) });
        store.put(&format!("job-{number}"), &record, 0).await.unwrap();
    }
    drop(store);
    let path = folder.join("jobs.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    // The first page has the schema.
    bytes[4_096..].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    assert!(open("sqlite", folder.path()).list().await.is_err());
}

#[tokio::test]
async fn what_a_killed_process_was_writing_is_removed() {
    let folder = Folder::new();
    let store = open("folder", folder.path());
    store.put("a", &json!({}), 0).await.unwrap();
    let left = folder.join("jobs").join("job-b.tmp");
    std::fs::write(&left, PROMPT).unwrap();
    let again = open("folder", folder.path());
    assert!(!left.exists());
    assert_eq!(again.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_debug_text_shows_the_prompt_or_a_url_of_a_video() {
    for provider in PROVIDERS {
        let sim = Simulator::start();
        let store = shared();
        let client = sim.builder().store(store.clone()).build().unwrap();
        let job = client.submit(&request(), &only(provider)).await.unwrap();
        let stored = store.list().await.unwrap();
        let result = job.result().await.unwrap();
        let options = ResumeOptions { request: Some(request()), ..ResumeOptions::default() };
        let shown = format!("{job:?} {:?} {result:?} {stored:?} {options:?}", job.status());
        assert!(!shown.contains(PROMPT) && !shown.contains("http"), "{shown}");
    }
}
