//! What both providers share: clock, settings, randomness, ledger, videos, deliveries and scheduled events.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::deliveries::{Content, Deliveries};
use crate::fault::{Fault, Faults, Operation};
use crate::field::{Odd, Oddity};
use crate::ledger::Ledger;
use crate::listing::Provider;
use crate::rng::Rng;
use crate::video_store::{StoredVideo, VideoStore};
use filmgate_simulator_video::Video;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct State {
    /// The simulator's clock: the caller's, moved forward by `POST /control/advance`.
    pub(crate) now_ms: u64,
    /// The simulator's own origin: video URLs are absolute.
    pub(crate) origin: String,
    pub(crate) config: Config,
    pub(crate) rng: Rng,
    pub(crate) ledger: Ledger,
    pub(crate) video_store: VideoStore,
    pub(crate) deliveries: Deliveries,
    pub(crate) faults: Faults,
    /// How many jobs got their oddities.
    odd_jobs: u64,
    /// The oddity of this response alone.
    #[serde(skip)]
    pub(crate) moment: Option<Oddity>,
    /// The job whose error this response contains.
    #[serde(skip)]
    pub(crate) quoted: Option<Odd>,
    events: BinaryHeap<Reverse<ScheduledEvent>>,
    order: u64,
}

/// A scheduled event. A job's `run` distinguishes it from earlier jobs with the same id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Event {
    RunpodEnd { id: String, run: u32 },
    RunpodForget { id: String, run: u32 },
    RunwareResult { id: String, run: u32, index: usize },
    RunwareForget { id: String, run: u32 },
}

impl Event {
    fn is_end(&self) -> bool {
        matches!(self, Self::RunpodEnd { .. } | Self::RunwareResult { .. })
    }
}

/// An event and its time. Events at the same time run in the order they were scheduled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct ScheduledEvent {
    at_ms: u64,
    order: u64,
    event: Event,
}

impl State {
    pub(crate) fn new(config: Config, seed: u64, origin: &str) -> Self {
        Self {
            now_ms: 0,
            origin: origin.trim_end_matches('/').to_owned(),
            config,
            rng: Rng::new(seed),
            ledger: Ledger::default(),
            video_store: VideoStore::default(),
            deliveries: Deliveries::default(),
            faults: Faults::default(),
            odd_jobs: 0,
            moment: None,
            quoted: None,
            events: BinaryHeap::new(),
            order: 0,
        }
    }

    pub(crate) fn schedule(&mut self, at_ms: u64, event: Event) {
        self.order += 1;
        self.events.push(Reverse(ScheduledEvent { at_ms, order: self.order, event }));
    }

    pub(crate) fn next_event_ms(&self) -> Option<u64> {
        self.events.peek().map(|Reverse(due)| due.at_ms)
    }

    /// The time at which the next run ends.
    pub(crate) fn next_end_ms(&self) -> Option<u64> {
        let ends = self.events.iter().filter(|Reverse(due)| due.event.is_end());
        ends.map(|Reverse(due)| due.at_ms).min()
    }

    /// Removes the next event that is due by `until_ms` and moves the clock to it.
    pub(crate) fn next_event(&mut self, until_ms: u64) -> Option<Event> {
        if self.events.peek().is_none_or(|Reverse(due)| due.at_ms > until_ms) {
            return None;
        }
        let Reverse(due) = self.events.pop()?;
        self.now_ms = self.now_ms.max(due.at_ms);
        Some(due.event)
    }

    /// The oddities of a new job.
    pub(crate) fn new_odd(&mut self, provider: Provider, prompt: impl FnOnce() -> String) -> Odd {
        self.odd_jobs += 1;
        Odd::new(self.config.field_mode.as_ref(), self.odd_jobs, provider, prompt)
    }

    pub(crate) fn video_url(&self, id: &str, video: &Video) -> String {
        format!("{}/videos/{id}.{}", self.origin, video.format.extension())
    }

    pub(crate) fn store_video(&mut self, provider: Provider, id: &str, video: &Video, ttl_ms: u64) {
        let until_ms = self.now_ms.saturating_add(ttl_ms);
        self.video_store.put(id, StoredVideo { video: video.clone(), provider, until_ms });
    }

    /// Queues a webhook or an upload, unless a fault delays, duplicates or drops it.
    pub(crate) fn send(&mut self, provider: Provider, url: &str, content: Content) {
        match self.faults.take(provider, Operation::Webhook) {
            None => self.deliveries.push(provider, url, content, self.now_ms),
            Some(Fault::Latency { ms }) => {
                self.deliveries.push(provider, url, content, self.now_ms.saturating_add(ms));
            }
            Some(Fault::Duplicate {}) => {
                self.deliveries.push(provider, url, content.clone(), self.now_ms);
                self.deliveries.push(provider, url, content, self.now_ms);
            }
            Some(_) => {}
        }
    }
}
