//! Sends webhooks and uploads when they are due, and reports the responses.
//!
//! Plain HTTP only, which is what a local listener speaks.

use std::time::Duration;

use filmgate_simulator::Delivery;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::{Shared, now_ms};

/// How often due deliveries are checked.
const INTERVAL: Duration = Duration::from_millis(50);
/// How long a receiver may take, by Runware's documents.
const TIMEOUT: Duration = Duration::from_secs(5);

type WebhookClient = Client<HttpConnector, Full<Bytes>>;

pub(crate) async fn deliver(shared: Shared) {
    let client: WebhookClient = Client::builder(TokioExecutor::new()).build_http();
    let mut ticks = tokio::time::interval(INTERVAL);
    loop {
        ticks.tick().await;
        let due = shared.lock().due_webhooks(now_ms());
        for delivery in due {
            let (client, shared) = (client.clone(), shared.clone());
            tokio::spawn(async move {
                let id = delivery.id;
                let sent = tokio::time::timeout(TIMEOUT, send(&client, delivery)).await;
                shared.lock().report_delivery(now_ms(), id, sent.ok().flatten());
            });
        }
    }
}

async fn send(client: &WebhookClient, delivery: Delivery) -> Option<u16> {
    let request = Request::builder()
        .method(delivery.method)
        .uri(delivery.url)
        .header("content-type", delivery.content_type)
        .body(Full::from(delivery.body))
        .ok()?;
    Some(client.request(request).await.ok()?.status().as_u16())
}
