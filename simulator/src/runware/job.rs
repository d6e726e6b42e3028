//! A Runware task: the end of each of its results is fixed when it is accepted.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::Odd;
use crate::ledger::SubmissionIndex;
use crate::listing::{self, Provider};
use crate::prompt_directives::PromptDirectives;
use crate::rng::Rng;
use filmgate_simulator_video::Video;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    /// Counts the uses of this taskUUID.
    pub(super) run: u32,
    pub(super) model: String,
    /// The model's page in the documents.
    pub(super) page: String,
    /// The whole request that contained it, for `getTaskDetails`.
    pub(super) request: Value,
    pub(super) visible_ms: u64,
    pub(super) started_ms: u64,
    /// At least one, in the order in which they finish.
    pub(super) results: Vec<PlannedResult>,
    pub(super) cost: u64,
    pub(super) include_cost: bool,
    pub(super) is_checked: bool,
    pub(super) webhook: Option<String>,
    pub(super) upload: Option<String>,
    pub(super) ttl_ms: Option<u64>,
    pub(super) submit: SubmissionIndex,
    pub(super) accepted_ms: u64,
    pub(super) odd: Odd,
}

/// One planned result.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PlannedResult {
    pub(super) ends_ms: u64,
    pub(super) ending: Ending,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Ending {
    Completed { video_id: String, remix_id: String, seed: u64, video: Video },
    Failed(Failure),
}

/// Why a generation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    Inference,
    Unsafe,
    Moderated,
    /// In the form of an [`Oddity`](crate::Oddity).
    Odd,
}

impl Job {
    pub(super) fn ends_ms(&self) -> u64 {
        self.results.last().map_or(self.started_ms, |result| result.ends_ms)
    }

    pub(super) fn is_running(&self, at_ms: u64) -> bool {
        at_ms < self.ends_ms()
    }

    /// Whether a poll finds it, within this time after its end.
    pub(super) fn is_known(&self, at_ms: u64, retention_ms: u64) -> bool {
        self.visible_ms <= at_ms && at_ms < self.ends_ms().saturating_add(retention_ms)
    }

    /// Whether its model can remix a video.
    pub(super) fn can_be_remixed(&self) -> bool {
        listing::find(Provider::Runware, &self.model).is_some_and(|listing| {
            listing.passthrough || listing.parameter("inputs.videoId").is_some()
        })
    }

    /// A result's progress, from 0 to 99.
    pub(super) fn percent(&self, result: &PlannedResult, at_ms: u64) -> u64 {
        let whole = result.ends_ms.saturating_sub(self.started_ms).max(1);
        (at_ms.saturating_sub(self.started_ms).saturating_mul(100) / whole).min(99)
    }
}

/// Plans each result and its time: they finish one after another, evenly spaced.
pub(super) fn plan(
    rng: &mut Rng,
    videos: Vec<Video>,
    directives: PromptDirectives,
    fails_oddly: bool,
    started_ms: u64,
    working_ms: u64,
) -> Vec<PlannedResult> {
    let count = videos.len();
    let mut results = Vec::with_capacity(count);
    for (number, video) in (1..).zip(videos) {
        let is_last = number == count;
        let share = u64::try_from(number).unwrap_or(1);
        let whole = u64::try_from(count).unwrap_or(1).max(1);
        let ending = if directives.moderated {
            Ending::Failed(Failure::Moderated)
        } else if directives.nsfw {
            Ending::Failed(Failure::Unsafe)
        } else if directives.fail || (directives.partial && is_last) {
            Ending::Failed(Failure::Inference)
        } else if fails_oddly && is_last {
            Ending::Failed(Failure::Odd)
        } else {
            let video_id = rng.uuid().to_string();
            Ending::Completed { video_id, remix_id: rng.video_id(), seed: rng.seed(), video }
        };
        let ends_ms = started_ms.saturating_add(working_ms.saturating_mul(share) / whole);
        results.push(PlannedResult { ends_ms, ending });
    }
    results
}
