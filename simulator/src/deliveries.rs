//! Webhooks and uploads that the simulator sends by itself.

use serde::{Deserialize, Serialize};

use crate::listing::Provider;
use filmgate_simulator_video::Video;

/// One webhook or upload. The driver sends it and reports the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The id to report the response under.
    pub id: u64,
    /// `POST` for a webhook, `PUT` for an upload.
    pub method: &'static str,
    /// The destination.
    pub url: String,
    /// The body's media type.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
    /// 1 for the first attempt.
    pub attempt: u32,
}

/// The body of a delivery. Videos are encoded when they are sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Content {
    Webhook(String),
    Upload(Video),
}

/// The time until the attempt after this one, or none after the last. RunPod makes two more, ten seconds
/// apart; Runware's delays double from 250 ms to 8 s.
fn retry_delay_ms(provider: Provider, attempt: u32) -> Option<u64> {
    match provider {
        Provider::Runpod => (attempt < 3).then_some(10_000),
        Provider::Runware => (attempt < 7).then(|| 125 << attempt),
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct PendingDelivery {
    id: u64,
    provider: Provider,
    url: String,
    content: Content,
    due_ms: u64,
    attempt: u32,
    /// In flight: not due again until its response is reported.
    sent: bool,
}

/// Deliveries that the receiver has not accepted yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Deliveries {
    pending: Vec<PendingDelivery>,
    last_id: u64,
}

impl Deliveries {
    pub(crate) fn push(&mut self, provider: Provider, url: &str, content: Content, due_ms: u64) {
        self.last_id += 1;
        let (id, url) = (self.last_id, url.to_owned());
        self.pending.push(PendingDelivery {
            id,
            provider,
            url,
            content,
            due_ms,
            attempt: 1,
            sent: false,
        });
    }

    pub(crate) fn next_due_ms(&self) -> Option<u64> {
        let waiting = self.pending.iter().filter(|delivery| !delivery.sent);
        waiting.map(|delivery| delivery.due_ms).min()
    }

    pub(crate) fn due(&mut self, now_ms: u64) -> Vec<Delivery> {
        let due =
            self.pending.iter_mut().filter(|delivery| !delivery.sent && delivery.due_ms <= now_ms);
        due.map(|delivery| {
            delivery.sent = true;
            let (method, content_type, body) = match &delivery.content {
                Content::Webhook(json) => ("POST", "application/json", json.clone().into_bytes()),
                Content::Upload(video) => ("PUT", video.format.media_type(), video.encode()),
            };
            let (id, url, attempt) = (delivery.id, delivery.url.clone(), delivery.attempt);
            Delivery { id, method, url, content_type, body, attempt }
        })
        .collect()
    }

    /// Records the response to a delivery: its status, or none if there was no response.
    pub(crate) fn report(&mut self, now_ms: u64, id: u64, status: Option<u16>) {
        let Some(delivery) = self.pending.iter_mut().find(|delivery| delivery.id == id) else {
            return;
        };
        let accepted = match delivery.provider {
            Provider::Runpod => status == Some(200),
            Provider::Runware => status.is_some_and(|status| (200..300).contains(&status)),
        };
        match retry_delay_ms(delivery.provider, delivery.attempt) {
            Some(delay_ms) if !accepted => {
                delivery.attempt += 1;
                delivery.due_ms = now_ms.saturating_add(delay_ms);
                delivery.sent = false;
            }
            _ => self.pending.retain(|delivery| delivery.id != id),
        }
    }
}
