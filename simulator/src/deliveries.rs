//! What the simulator sends by itself: webhooks and uploads.

use serde::{Deserialize, Serialize};

use crate::listing::Provider;
use crate::video::Film;

/// One thing to send. Whoever drives the simulator sends it and reports the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What the report names it by.
    pub id: u64,
    /// `POST` for a webhook, `PUT` for an upload.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// What the body is.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
    /// 1 for the first try.
    pub attempt: u32,
}

/// What a letter holds. Films are made when they leave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Content {
    Webhook(String),
    Upload(Film),
}

/// Tries in all, and the time between them. Runware's are not documented: the same.
const TRIES: u32 = 3;
const PAUSE_MS: u64 = 10_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Letter {
    id: u64,
    provider: Provider,
    url: String,
    content: Content,
    due_ms: u64,
    attempt: u32,
    /// On its way: not due again before its answer.
    sent: bool,
}

/// Letters that were not yet taken by whom they are for.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outbox {
    letters: Vec<Letter>,
    last_id: u64,
}

impl Outbox {
    pub(crate) fn put(&mut self, provider: Provider, url: &str, content: Content, due_ms: u64) {
        self.last_id += 1;
        let (id, url) = (self.last_id, url.to_owned());
        self.letters.push(Letter {
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
        let waiting = self.letters.iter().filter(|letter| !letter.sent);
        waiting.map(|letter| letter.due_ms).min()
    }

    pub(crate) fn due(&mut self, now_ms: u64) -> Vec<Delivery> {
        let due = self
            .letters
            .iter_mut()
            .filter(|letter| !letter.sent && letter.due_ms <= now_ms);
        due.map(|letter| {
            letter.sent = true;
            let (method, content_type, body) = match &letter.content {
                Content::Webhook(json) => ("POST", "application/json", json.clone().into_bytes()),
                Content::Upload(film) => ("PUT", film.format.media_type(), film.encode()),
            };
            let (id, url, attempt) = (letter.id, letter.url.clone(), letter.attempt);
            Delivery {
                id,
                method,
                url,
                content_type,
                body,
                attempt,
            }
        })
        .collect()
    }

    /// Takes the answer to a delivery: its status, or nothing where none came.
    pub(crate) fn answered(&mut self, now_ms: u64, id: u64, status: Option<u16>) {
        let Some(letter) = self.letters.iter_mut().find(|letter| letter.id == id) else {
            return;
        };
        let taken = match letter.provider {
            Provider::Runpod => status == Some(200),
            Provider::Runware => status.is_some_and(|status| (200..300).contains(&status)),
        };
        if taken || letter.attempt >= TRIES {
            self.letters.retain(|letter| letter.id != id);
        } else {
            letter.attempt += 1;
            letter.due_ms = now_ms.saturating_add(PAUSE_MS);
            letter.sent = false;
        }
    }
}
