//! What was seen of a job from outside, against which its own words are held.

use filmgate::error::{Error, ErrorCode};
use filmgate::job::CancelResult;
use filmgate::outcome::VideoResult;
use serde_json::Value;

#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) requests: u32,
    /// Faults, as far as they can be overcome by patience.
    pub(crate) troubles: u32,
    /// What the caller was told at last.
    pub(crate) end: Option<Result<VideoResult, Error>>,
    pub(crate) ended_at: Option<u64>,
    /// Whether nothing of the job was ever stored, so that nobody knows of it.
    pub(crate) never_began: bool,
    /// Whether a living process has heard that the provider has the job, and under which id.
    pub(crate) told: bool,
    /// The provider's answer itself has told of it, and not a webhook.
    pub(crate) answered: bool,
    /// The same, of what is written.
    pub(crate) answered_in_record: bool,
    /// The same as `told`, of what is written.
    pub(crate) told_in_record: bool,
    /// Heard, but not yet given to the store.
    unwritten: bool,
    /// Whether the store has ever failed.
    pub(crate) store_error: bool,
    pub(crate) cancels_open: u32,
    pub(crate) cancellations: Vec<CancelResult>,
    /// Milliseconds by which clocks jumped and laptops slept.
    pub(crate) jumped_ms: u64,
}

impl Seen {
    pub(crate) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// The job hears that the provider has it. One that was given up as unknown goes on.
    pub(crate) fn tell(&mut self) {
        let unknown = |error: &Error| error.failure.code == ErrorCode::SubmissionUnknown;
        if self
            .end
            .as_ref()
            .is_some_and(|end| end.as_ref().is_err_and(unknown))
        {
            (self.end, self.ended_at) = (None, None);
        }
        self.unwritten |= !self.told && !self.has_ended();
        self.told = true;
    }

    /// What is known goes into a record: whether it was told, and whether the provider answered.
    pub(crate) fn write(&mut self) -> (bool, bool) {
        self.unwritten = false;
        (self.told, self.answered)
    }

    pub(crate) fn is_unwritten(&self) -> bool {
        self.unwritten
    }

    /// A process knows no more than the record of the one before. Nobody hears its cancels either.
    pub(crate) fn die(&mut self) {
        (self.told, self.unwritten) = (self.told_in_record, false);
        self.answered = self.answered_in_record;
        self.cancels_open = 0;
    }
}

/// Whether the answer to a submit says that the provider has a job, as both providers' pages show it.
pub(crate) fn is_acceptance(status: u16, text: &str) -> bool {
    let Ok(answer) = serde_json::from_str::<Value>(text) else {
        return false;
    };
    let pod = answer.get("id").is_some() && answer.get("status").is_some();
    let ware = answer.pointer("/data/0/taskUUID").is_some();
    status == 200 && (pod || ware)
}
