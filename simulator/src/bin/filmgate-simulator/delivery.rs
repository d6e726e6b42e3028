//! Webhooks and uploads: sent when they are due, their answers reported.
//!
//! Plain HTTP only, which is what a listener on this machine speaks.

use std::time::Duration;

use filmgate_simulator::Delivery;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::{Shared, now_ms};

/// How often the outbox is looked into.
const EVERY: Duration = Duration::from_millis(50);
/// How long a listener may take, as Runware's documents have it.
const PATIENCE: Duration = Duration::from_secs(5);

type Post = Client<HttpConnector, Full<Bytes>>;

pub(crate) async fn deliver(shared: Shared) {
    let post: Post = Client::builder(TokioExecutor::new()).build_http();
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        let due = shared.lock().due_webhooks(now_ms());
        for delivery in due {
            let (post, shared) = (post.clone(), shared.clone());
            tokio::spawn(async move {
                let id = delivery.id;
                let sent = tokio::time::timeout(PATIENCE, send(&post, delivery)).await;
                shared
                    .lock()
                    .webhook_answered(now_ms(), id, sent.ok().flatten());
            });
        }
    }
}

async fn send(post: &Post, delivery: Delivery) -> Option<u16> {
    let request = Request::builder()
        .method(delivery.method)
        .uri(delivery.url)
        .header("content-type", delivery.content_type)
        .body(Full::from(delivery.body))
        .ok()?;
    Some(post.request(request).await.ok()?.status().as_u16())
}
