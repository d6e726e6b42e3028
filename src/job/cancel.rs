//! Cancelling a job.

use super::{CancelOutcome, Job, Phase, RequestKind};
use crate::error::{Charge, ErrorCode, Failure};
use crate::json::Value;
use crate::outcome::Status;
use crate::provider::{PollResult, Request};

/// Consecutive failed cancel requests before polling continues, and the pause between two.
const MAX_CANCEL_ATTEMPTS: u32 = 3;
const CANCEL_PAUSE_MS: u64 = 1_000;
/// How long the requests of one cancel may take together.
const MAX_CANCEL_MS: u64 = 10_000;

impl Job {
    pub(super) fn cancel(&mut self, now: u64) {
        match self.phase {
            // The result is reported after its save, and the cancel result with it.
            Phase::Ended if self.persistence.saving.is_some() => self.cancel_wanted = true,
            Phase::Ended => {
                self.emit_cancel_result(CancelOutcome::AlreadyFinished, self.end_charge())
            }
            Phase::Running | Phase::Reconciling
                if self.handle.provider.cancel(&self.handle).is_none() =>
            {
                // A lost submit is not sent again after a cancel.
                self.drop_body();
                self.emit_cancel_result(CancelOutcome::Unsupported, Charge::Unknown);
            }
            Phase::Running => {
                self.cancel_wanted = true;
                // A poll in flight is abandoned: a cancel that waits for it may come too late.
                let kind = self.requests.in_flight.map(|in_flight| in_flight.kind);
                if matches!(kind, None | Some(RequestKind::Poll | RequestKind::LongPoll)) {
                    self.poll_at(now);
                }
            }
            // A job can be cancelled only after it is known to exist.
            Phase::Backoff => self.fail_cancelled_unsent(now),
            Phase::Persisting | Phase::Submitting | Phase::Reconciling | Phase::Rechecking => {
                self.cancel_wanted = true
            }
        }
    }

    /// Nothing is sent later: the caller may have submitted again.
    pub(super) fn abandon(&mut self, now: u64) {
        match self.phase {
            Phase::Backoff => self.fail_rate_limited(now),
            Phase::Persisting | Phase::Submitting => self.cancel_wanted = true,
            Phase::Running | Phase::Reconciling | Phase::Rechecking | Phase::Ended => {}
        }
    }

    /// Sends a cancel request. Its time limit is what is left of the time for this cancel.
    pub(super) fn send_cancel(&mut self, now: u64, request: Request) {
        let until = *self.cancel_until.get_or_insert(now.saturating_add(MAX_CANCEL_MS));
        let limit_ms = until.saturating_sub(now).clamp(1, self.requests.timeout_ms.max(1));
        self.send_within(now, RequestKind::Cancel, request, limit_ms);
    }

    pub(super) fn on_cancel_response(&mut self, now: u64, polled: PollResult) {
        match polled {
            PollResult::Found(seen) if seen.status == Some(Status::Cancelled) => {
                self.fail_cancelled(now, seen.charge, seen.raw)
            }
            // The job has already ended, but a response to a cancel may not contain its video.
            PollResult::Found(seen) if seen.status.is_some_and(Status::is_end) => {
                self.cancel_late = true;
                self.requests.wake_at = Some(now);
            }
            PollResult::Found(_) | PollResult::NotFound | PollResult::Unauthorized(_) => {
                self.cancel_unsupported(now)
            }
            PollResult::Transient(_) => self.on_cancel_failed(now),
        }
    }

    /// Repeats a failed cancel a few times, then polls again.
    pub(super) fn on_cancel_failed(&mut self, now: u64) {
        self.requests.consecutive_errors = self.requests.consecutive_errors.saturating_add(1);
        let retry_at = now.saturating_add(CANCEL_PAUSE_MS);
        let is_over = self.cancel_until.is_none_or(|until| retry_at >= until);
        if is_over || self.requests.consecutive_errors >= MAX_CANCEL_ATTEMPTS {
            return self.cancel_unsupported(now);
        }
        self.requests.wake_at = Some(retry_at);
    }

    fn cancel_unsupported(&mut self, now: u64) {
        self.requests.on_success();
        self.emit_cancel_result(CancelOutcome::Unsupported, Charge::Unknown);
        self.requests.wake_at = Some(now);
    }

    pub(super) fn fail_cancelled(&mut self, now: u64, charge: Option<Charge>, raw: Value) {
        // Not documented: a job that has started may be billed, and it may have started since the last poll.
        let charge = charge.unwrap_or(Charge::Unknown);
        let failure = Failure::new(ErrorCode::Cancelled, None, "The job was cancelled.");
        self.fail_with_raw(now, Status::Cancelled, failure, charge, raw);
    }
}
