//! What both providers share: clock, settings, chance, ledger, films, post, and what is to happen.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::deliveries::{Content, Outbox};
use crate::fault::{Fault, Faults, Operation};
use crate::ledger::Ledger;
use crate::listing::Provider;
use crate::rng::Dice;
use crate::video::{Film, Shelf, Stored};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct World {
    /// The simulator's clock: the caller's, moved forward by `POST /control/advance`.
    pub(crate) now_ms: u64,
    /// Where the simulator is reached: videos have absolute addresses.
    pub(crate) origin: String,
    pub(crate) config: Config,
    pub(crate) dice: Dice,
    pub(crate) ledger: Ledger,
    pub(crate) shelf: Shelf,
    pub(crate) outbox: Outbox,
    pub(crate) faults: Faults,
    events: BinaryHeap<Reverse<Due>>,
    order: u64,
}

/// Something that happens by itself. A job's `run` tells it from what the same id did earlier.
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

/// An event and its time. Events of one time happen in the order they were planned in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Due {
    at_ms: u64,
    order: u64,
    event: Event,
}

impl World {
    pub(crate) fn new(config: Config, seed: u64, origin: &str) -> Self {
        Self {
            now_ms: 0,
            origin: origin.trim_end_matches('/').to_owned(),
            config,
            dice: Dice::new(seed),
            ledger: Ledger::default(),
            shelf: Shelf::default(),
            outbox: Outbox::default(),
            faults: Faults::default(),
            events: BinaryHeap::new(),
            order: 0,
        }
    }

    pub(crate) fn plan(&mut self, at_ms: u64, event: Event) {
        self.order += 1;
        self.events.push(Reverse(Due {
            at_ms,
            order: self.order,
            event,
        }));
    }

    pub(crate) fn next_event_ms(&self) -> Option<u64> {
        self.events.peek().map(|Reverse(due)| due.at_ms)
    }

    /// When the next run ends.
    pub(crate) fn next_end_ms(&self) -> Option<u64> {
        let ends = self.events.iter().filter(|Reverse(due)| due.event.is_end());
        ends.map(|Reverse(due)| due.at_ms).min()
    }

    /// Takes the next event that is due by `until_ms`, and moves the clock to it.
    pub(crate) fn next_event(&mut self, until_ms: u64) -> Option<Event> {
        if self
            .events
            .peek()
            .is_none_or(|Reverse(due)| due.at_ms > until_ms)
        {
            return None;
        }
        let Reverse(due) = self.events.pop()?;
        self.now_ms = self.now_ms.max(due.at_ms);
        Some(due.event)
    }

    pub(crate) fn video_url(&self, id: &str, film: &Film) -> String {
        format!("{}/videos/{id}.{}", self.origin, film.format.extension())
    }

    pub(crate) fn store_film(&mut self, provider: Provider, id: &str, film: &Film, life_ms: u64) {
        let until_ms = self.now_ms.saturating_add(life_ms);
        self.shelf.put(
            id,
            Stored {
                film: film.clone(),
                provider,
                until_ms,
            },
        );
    }

    /// Puts a webhook or an upload into the post, unless a fault delays, doubles or loses it.
    pub(crate) fn send(&mut self, provider: Provider, url: &str, content: Content) {
        match self.faults.strike(provider, Operation::Webhook) {
            None => self.outbox.put(provider, url, content, self.now_ms),
            Some(Fault::Latency { ms }) => {
                self.outbox
                    .put(provider, url, content, self.now_ms.saturating_add(ms));
            }
            Some(Fault::Duplicate) => {
                self.outbox.put(provider, url, content.clone(), self.now_ms);
                self.outbox.put(provider, url, content, self.now_ms);
            }
            Some(_) => {}
        }
    }
}
