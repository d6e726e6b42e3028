//! The observed history of a job, against which its own reports are checked.

use filmgate::error::{Error, ErrorCode};
use filmgate::job::CancelResult;
use filmgate::outcome::VideoResult;
use serde_json::Value;

#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    pub(crate) requests: u32,
    /// The weight of the faults so far, as far as retrying can overcome them.
    pub(crate) fault_weight: u32,
    /// The last result that the caller received.
    pub(crate) end: Option<Result<VideoResult, Error>>,
    pub(crate) ended_at: Option<u64>,
    /// Whether nothing of the job was ever stored, so that it cannot be resumed.
    pub(crate) never_began: bool,
    /// Whether a living process knows that the provider has the job, and its id.
    pub(crate) acknowledged: bool,
    /// Whether the provider's response confirmed it, and not just a webhook.
    pub(crate) confirmed: bool,
    /// Whether a job that ended as unknown continues; its timeout may have passed long ago.
    pub(crate) reopened: bool,
    /// Whether the record contains the confirmation.
    pub(crate) confirmed_in_record: bool,
    /// Whether the record contains the acknowledgement.
    pub(crate) acknowledged_in_record: bool,
    /// Known, but not yet passed to the store.
    unwritten: bool,
    /// Whether the store has ever failed.
    pub(crate) store_error: bool,
    pub(crate) cancels_open: u32,
    pub(crate) cancellations: Vec<CancelResult>,
    /// Milliseconds by which clocks jumped and the machine slept.
    pub(crate) jumped_ms: u64,
    /// How long the driver held its requests, and a store that did not respond its end.
    pub(crate) delayed_ms: u64,
    /// The longest time limit of its requests.
    pub(crate) longest_limit_ms: u64,
}

impl History {
    pub(crate) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// The job learns that the provider has it. One that ended as unknown continues.
    pub(crate) fn acknowledge(&mut self) {
        let unknown = |error: &Error| error.failure.code == ErrorCode::SubmissionUnknown;
        if self.end.as_ref().is_some_and(|end| end.as_ref().is_err_and(unknown)) {
            (self.end, self.ended_at) = (None, None);
            self.reopened = true;
            // Nobody waits for it any more: it has the time that its store had, and one more request.
            self.delayed_ms += 2 * self.longest_limit_ms;
        }
        self.unwritten |= !self.acknowledged && !self.has_ended();
        self.acknowledged = true;
    }

    /// A record is saved: whether it contains the acknowledgement, and the confirmation.
    pub(crate) fn on_save(&mut self) -> (bool, bool) {
        self.unwritten = false;
        (self.acknowledged, self.confirmed)
    }

    pub(crate) fn is_unwritten(&self) -> bool {
        self.unwritten
    }

    /// A new process knows only the record of the one before, and its cancels are lost.
    pub(crate) fn on_crash(&mut self) {
        (self.acknowledged, self.unwritten) = (self.acknowledged_in_record, false);
        self.confirmed = self.confirmed_in_record;
        self.cancels_open = 0;
    }
}

/// Whether the response to a submit means acceptance, by both providers' pages and
/// the forms of the field mode.
pub(crate) fn is_acceptance(status: u16, text: &str) -> bool {
    let Ok(answer) = serde_json::from_str::<Value>(text) else {
        return false;
    };
    let inner = answer.as_str().and_then(|text| serde_json::from_str(text).ok());
    let answer = inner.unwrap_or(answer);
    let places = ["/id", "/data/id", "/result/id", "/0/id", "/data/0/taskUUID"];
    status == 200 && places.iter().any(|place| answer.pointer(place).is_some())
}
