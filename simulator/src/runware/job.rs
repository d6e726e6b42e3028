//! A Runware task: when each of its results is there is fixed when it is accepted.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ledger::SubmitIndex;
use crate::listing::{self, Provider};
use crate::prompt_directives::Wishes;
use crate::rng::Dice;
use crate::video::Film;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    /// Which use of this taskUUID it is.
    pub(super) run: u32,
    pub(super) model: String,
    /// The model's page in the documents.
    pub(super) page: String,
    /// The whole request it came in, for `getTaskDetails`.
    pub(super) request: Value,
    pub(super) visible_ms: u64,
    pub(super) started_ms: u64,
    /// At least one, in the order they are finished in.
    pub(super) results: Vec<Planned>,
    pub(super) cost: u64,
    pub(super) include_cost: bool,
    pub(super) is_checked: bool,
    pub(super) webhook: Option<String>,
    pub(super) upload: Option<String>,
    pub(super) life_ms: Option<u64>,
    pub(super) submit: SubmitIndex,
}

/// One result to come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Planned {
    pub(super) ends_ms: u64,
    pub(super) ending: Ending,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Ending {
    Film {
        video: String,
        remix: String,
        seed: u64,
        film: Film,
    },
    Failed(Failure),
}

/// Why a generation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    Inference,
    Unsafe,
    Moderated,
}

impl Job {
    pub(super) fn ends_ms(&self) -> u64 {
        self.results
            .last()
            .map_or(self.started_ms, |result| result.ends_ms)
    }

    pub(super) fn is_running(&self, at_ms: u64) -> bool {
        at_ms < self.ends_ms()
    }

    /// Whether a question about it finds it, within this time after its end.
    pub(super) fn is_known(&self, at_ms: u64, retention_ms: u64) -> bool {
        self.visible_ms <= at_ms && at_ms < self.ends_ms().saturating_add(retention_ms)
    }

    /// Whether its model makes another film of a film, or shows all that any does.
    pub(super) fn can_be_remixed(&self) -> bool {
        listing::find(Provider::Runware, &self.model).is_some_and(|listing| {
            listing.passthrough || listing.parameter("inputs.videoId").is_some()
        })
    }

    /// How far a result is, from 0 to 99.
    pub(super) fn percent(&self, result: &Planned, at_ms: u64) -> u64 {
        let whole = result.ends_ms.saturating_sub(self.started_ms).max(1);
        (at_ms.saturating_sub(self.started_ms).saturating_mul(100) / whole).min(99)
    }
}

/// When each result is there, and what it is: they come one after another, evenly.
pub(super) fn plan(
    dice: &mut Dice,
    films: Vec<Film>,
    wishes: Wishes,
    started_ms: u64,
    working_ms: u64,
) -> Vec<Planned> {
    let count = films.len();
    let mut results = Vec::with_capacity(count);
    for (number, film) in (1..).zip(films) {
        let is_last = number == count;
        let share = u64::try_from(number).unwrap_or(1);
        let whole = u64::try_from(count).unwrap_or(1).max(1);
        let ending = if wishes.moderated {
            Ending::Failed(Failure::Moderated)
        } else if wishes.nsfw {
            Ending::Failed(Failure::Unsafe)
        } else if wishes.fail || (wishes.partial && is_last) {
            Ending::Failed(Failure::Inference)
        } else {
            let video = dice.uuid().to_string();
            Ending::Film {
                video,
                remix: dice.video_id(),
                seed: dice.seed(),
                film,
            }
        };
        let ends_ms = started_ms.saturating_add(working_ms.saturating_mul(share) / whole);
        results.push(Planned { ends_ms, ending });
    }
    results
}
