//! Saves and results: a result is reported only after its record is stored.

use super::{CancelOutcome, CancelResult, End, Job, Output, Phase, Update};
use crate::codec::codec;
use crate::error::{Error, ErrorCode, Unlogged};
use crate::json::Value;
use crate::outcome::{Charge, Failure, Status, VideoResult};
use crate::schedule::PollContext;

/// The state of the stored record.
#[derive(Debug, Clone, Default)]
pub(super) struct Persistence {
    /// The revision in the store.
    pub(super) revision: u32,
    /// The revision of the save that is running.
    pub(super) saving: Option<u32>,
    /// When that save started.
    pub(super) saving_since: u64,
    /// The job has changed since that save started.
    pub(super) dirty: bool,
    /// A save has failed; the record is saved again before the next poll.
    pub(super) store_out_of_date: bool,
}

codec!(packed Persistence {
    revision = "revision",
    saving = "saving",
    saving_since = "savingSince",
    dirty = "dirty",
    store_out_of_date = "storeOutOfDate",
});

impl Persistence {
    /// The state after a resume from a record of this revision.
    pub(super) fn at(revision: u32) -> Self {
        Persistence { revision, ..Persistence::default() }
    }
}

impl Job {
    /// Until when a store may take to store a result: one after the deadline is stored before it is
    /// reported, too.
    pub(super) fn store_deadline(&self) -> u64 {
        let limit = self.persistence.saving_since.saturating_add(self.requests.timeout_ms);
        self.deadline.max(limit)
    }

    /// Saves the record. One save runs at a time, since each one increments the revision.
    pub(super) fn save(&mut self) {
        if self.persistence.saving.is_some() {
            self.persistence.dirty = true;
            return;
        }
        self.persistence.store_out_of_date = false;
        let revision = self.persistence.revision.saturating_add(1);
        let record = self.record();
        (self.persistence.saving, self.persistence.saving_since) =
            (Some(revision), self.last_input_at);
        self.outputs.push(Output::Save { revision, record });
    }

    pub(super) fn on_saved(&mut self, now: u64, revision: u32) {
        if self.persistence.saving == Some(revision) {
            (self.persistence.saving, self.persistence.revision) = (None, revision);
            self.after_save(now);
        } else if self.persistence.saving.is_none()
            && revision == self.persistence.revision.saturating_add(1)
        {
            // The save was abandoned, but the next one needs its revision.
            self.persistence.revision = revision;
        }
    }

    pub(super) fn on_save_failed(&mut self, now: u64, revision: u32) {
        if self.persistence.saving != Some(revision) {
            return;
        }
        self.persistence.saving = None;
        if self.phase == Phase::Persisting {
            self.fail_not_stored();
        } else {
            self.persistence.store_out_of_date = true;
            self.after_save(now);
        }
    }

    pub(super) fn fail_not_stored(&mut self) {
        let message =
            "The job could not be stored, so nothing was sent. Check the store and submit again.";
        let error = Error::new(ErrorCode::StoreError, Charge::None, message);
        (self.status, self.phase, self.persistence.saving) = (Status::Failed, Phase::Ended, None);
        self.end = Some(End::Error(error));
        self.emit_done();
    }

    pub(super) fn after_save(&mut self, now: u64) {
        if std::mem::take(&mut self.persistence.dirty) {
            self.save();
        } else if self.phase == Phase::Persisting {
            self.submit_after_save(now);
        } else if self.phase == Phase::Ended {
            self.emit_done();
        }
    }

    /// Sets the result and saves it. `emit_done` reports it after the save.
    pub(super) fn finish(&mut self, now: u64, status: Status, mut end: End) {
        self.handle.ended_at.get_or_insert(now);
        (self.status, self.phase) = (status, Phase::Ended);
        (self.requests.in_flight, self.requests.wake_at) = (None, None);
        self.drop_body();
        self.polling.obstacle = None;
        (self.provider_message, self.unstored_raw) = (None, None);
        if let End::Error(error) = &mut end {
            self.provider_message = error.failure.provider_message.take().map(|words| words.0);
            // The response of a failed job may quote the request. One that calls the job completed may be
            // all that is left of a paid video.
            if error.failure.code != ErrorCode::InvalidResponse {
                self.unstored_raw = error.raw.take().map(|raw| raw.0);
            }
        }
        self.end = Some(end);
        self.emit_update();
        self.save();
    }

    pub(super) fn fail(&mut self, now: u64, status: Status, failure: Failure, charge: Charge) {
        self.finish(now, status, End::Error(Error { failure, charge, raw: None }));
    }

    /// Ends a job by a response, which is kept if it may be paid: it may contain a video that was not found
    /// in it.
    pub(super) fn fail_with_raw(
        &mut self,
        now: u64,
        status: Status,
        failure: Failure,
        charge: Charge,
        raw: Value,
    ) {
        let is_kept = charge != Charge::None && !raw.is_null();
        let raw = is_kept.then_some(Unlogged(raw));
        self.finish(now, status, End::Error(Error { failure, charge, raw }));
    }

    /// Stops waiting. The job itself continues and can be resumed from its record.
    pub(super) fn stop_waiting(&mut self, error: Error) {
        self.requests.wake_at = None;
        if self.cancel_wanted {
            // Whether it can be cancelled is not known in time.
            self.emit_cancel_result(CancelOutcome::Unsupported, Charge::Unknown);
        }
        // Authorization may fail just when the deadline passes: only the first error is reported.
        if !matches!(self.outputs.last(), Some(Output::Done(_))) {
            self.outputs.push(Output::Done(Box::new(Err(error))));
        }
    }

    /// Reports the result, and the result of a cancel. Called after the save: a process that stops
    /// before it could still reach a different result.
    pub(super) fn emit_done(&mut self) {
        let Some(done) = self.end_with_words() else {
            return;
        };
        if self.cancel_wanted {
            let result = match self.status {
                Status::Cancelled => CancelOutcome::Cancelled,
                _ => CancelOutcome::AlreadyFinished,
            };
            self.emit_cancel_result(result, self.end_charge());
        }
        self.outputs.push(Output::Done(Box::new(done)));
    }

    /// The job's result, once it has ended, with the provider's words as far as they are known.
    pub(crate) fn end_with_words(&self) -> Option<Result<VideoResult, Error>> {
        Some(match self.end.clone()? {
            End::Completed(outcome) => Ok(*outcome),
            End::Error(mut error) => {
                error.failure.provider_message = self.provider_message.clone().map(Unlogged);
                error.raw = error.raw.or_else(|| self.unstored_raw.clone().map(Unlogged));
                Err(error)
            }
        })
    }

    /// Whether the job was charged. Called after the job has ended.
    pub(super) fn end_charge(&self) -> Charge {
        match &self.end {
            Some(End::Error(error)) => error.charge,
            _ => Charge::Charged,
        }
    }

    pub(super) fn emit_cancel_result(&mut self, result: CancelOutcome, charge: Charge) {
        (self.cancel_wanted, self.cancel_until) = (false, None);
        self.outputs.push(Output::Cancelled(CancelResult { result, charge }));
    }

    pub(super) fn poll_context(&self, now: u64) -> PollContext<'_> {
        let since = self.handle.accepted_at.unwrap_or(now);
        let accepted_ms = now.saturating_sub(since);
        self.polling.context(accepted_ms, self.handle.n)
    }

    pub(super) fn emit_update(&mut self) {
        self.outputs.push(Output::Update(Update {
            status: self.status,
            progress: self.polling.progress,
            eta_ms: None,
            completed_count: u32::try_from(self.polling.videos.len()).unwrap_or(u32::MAX),
            failure: self.polling.obstacle.clone(),
        }));
    }

    pub(super) fn emit_update_with_eta(&mut self, now: u64) {
        let eta_ms = Some(self.poll_context(now).remaining_ms());
        self.emit_update();
        if let Some(Output::Update(update)) = self.outputs.last_mut() {
            update.eta_ms = eta_ms;
        }
    }
}
