//! Webhooks: verified, never trusted, and good for a poll and a missing id.

use filmgate::client::{SubmitOptions, Webhook};
use filmgate::error::ErrorCode;
use filmgate::provider::ProviderId;
use serde_json::json;

use crate::jobs::shared;
use crate::server::{Server, json as reply};
use crate::support::{PROVIDERS, Simulator, UUID, fault, only, request, wait_until};

const SECRET: &str = "a-long-random-secret";

fn with_webhook(provider: ProviderId, url: String) -> SubmitOptions {
    let webhook = Webhook { url, secret: SECRET.to_owned() };
    SubmitOptions { webhook: Some(webhook), ..only(provider) }
}

#[tokio::test]
async fn a_webhook_of_each_provider_is_verified_and_ends_the_job() {
    for provider in PROVIDERS {
        let sim = Simulator::start();
        let receiver = Server::start(|_| reply(200, "{}"));
        let client = sim.builder().allow_private_hosts(true).store(shared()).build().unwrap();
        let options = with_webhook(provider, format!("{}/hook?a=b", receiver.origin));
        let job = client.submit(&request(), &options).await.unwrap();
        wait_until(|| !receiver.seen().is_empty()).await;
        let hook = receiver.seen()[0].clone();
        assert!(hook.path.starts_with("/hook?a=b&filmgate="), "{}", hook.path);
        assert!(!hook.path.contains(SECRET));
        let event = client.verify_webhook(&hook.path, hook.body.as_bytes(), SECRET).unwrap();
        assert_eq!((event.provider, &event.id), (provider, &job.handle().id));
        let handled = client.handle_webhook(&event).await.unwrap();
        assert_eq!(handled.result().await.unwrap().videos.len(), 1);

        let forged = hook.path.replace(&event.id, UUID);
        for (path, secret) in
            [(&forged, SECRET), (&hook.path, "another"), (&"/hook".to_owned(), SECRET)]
        {
            let error = client.verify_webhook(path, hook.body.as_bytes(), secret).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Unauthorized);
        }
        let error = client.verify_webhook(&hook.path, b"{}", SECRET).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidResponse);
    }
}

/// The same secret, provider and id as in the npm package's tests.
#[tokio::test]
async fn the_token_is_that_of_the_npm_package() {
    let client = filmgate::client::Client::builder().build().unwrap();
    // printf runpod:0f0e0d0c-0b0a-4908-8706-050403020100 | openssl dgst -sha256 -hmac a-long-random-secret
    let token = "ef72f5f0ce5191a133acc3604ed74922aa330e87b7c1b6959474cd2532ad9f5c";
    let path = format!("/hook?filmgate=runpod.{UUID}.{token}");
    let body = json!({ "id": "job-1", "status": "COMPLETED" }).to_string();
    let event = client.verify_webhook(&path, body.as_bytes(), SECRET).unwrap();
    assert_eq!((event.provider, event.job_id.as_str()), (ProviderId::Runpod, "job-1"));
    // One odd character or number does not hide the id.
    let odd: [&[u8]; 3] = [
        br#"{"id":"job-1","status":"COMPLETED","x":"\ud83d"}"#,
        br#"{"id":"job-1","status":"COMPLETED","x":1e400}"#,
        b"{\"id\":\"job-1\",\"status\":\"COMPLETED\",\"x\":\"\xff\"}",
    ];
    for body in odd {
        assert_eq!(client.verify_webhook(&path, body, SECRET).unwrap().job_id, "job-1");
    }
    assert!(!format!("{event:?}").contains("COMPLETED"), "its body may quote the prompt");
}

#[tokio::test]
async fn a_webhook_brings_the_id_of_a_job_whose_submit_was_lost() {
    let sim = Simulator::start();
    sim.faults(fault("submit", 1, json!({ "kind": "resetAfter" })));
    let receiver = Server::start(|_| reply(200, "{}"));
    let client = sim.builder().allow_private_hosts(true).store(shared()).build().unwrap();
    let options = with_webhook(ProviderId::Runpod, format!("{}/hook", receiver.origin));
    let submitted = client.submit(&request(), &options).await;
    assert_eq!(submitted.unwrap_err().code(), ErrorCode::SubmissionUnknown);
    wait_until(|| !receiver.seen().is_empty()).await;
    let hook = receiver.seen()[0].clone();
    let event = client.verify_webhook(&hook.path, hook.body.as_bytes(), SECRET).unwrap();
    let job = client.handle_webhook(&event).await.unwrap();
    assert_eq!(job.result().await.unwrap().videos.len(), 1);
    assert_eq!((sim.submissions(), sim.charges()), (1, 1));
}

#[tokio::test]
async fn a_webhook_of_an_unknown_job_is_not_found() {
    let sim = Simulator::start();
    let receiver = Server::start(|_| reply(200, "{}"));
    let client = sim.builder().allow_private_hosts(true).build().unwrap();
    let options = with_webhook(ProviderId::Runware, format!("{}/hook", receiver.origin));
    drop(client.submit(&request(), &options).await.unwrap());
    wait_until(|| !receiver.seen().is_empty()).await;
    let hook = receiver.seen()[0].clone();
    let event = client.verify_webhook(&hook.path, hook.body.as_bytes(), SECRET).unwrap();
    let error = sim.client().handle_webhook(&event).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::JobNotFound);
}
