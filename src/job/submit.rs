//! The submit and its three outcomes: accepted, rejected, unknown.

use crate::codec::codec;
use crate::json::Value;

use super::{CancelOutcome, Job, Output, Phase, RequestKind};
use crate::error::{ErrorCode, MAX_MESSAGE_LEN, truncate};
use crate::outcome::{Charge, Failure, Status};
use crate::provider::{JobSnapshot, PollResult, SubmitResult};
use crate::schedule::backoff_ms;

/// Maximum sends of one submit: the first one and those after HTTP 429 or a lost response.
const MAX_SENDS: u32 = 5;

/// Polls that do not find the job, or fail, before the outcome of its submit is unknown. They take about two
/// minutes: a task may not be visible at once.
const MAX_RECONCILE_POLLS: u32 = 7;

/// After this time without an outcome the first failed poll is reported, too.
const MAX_SILENT_RECONCILE_MS: u64 = 5_000;

/// The submit of a job, until the provider has accepted it.
#[derive(Debug, Clone, Default)]
pub(super) struct Submission {
    /// The request body, until the provider has accepted it.
    pub(super) body: Option<Value>,
    pub(super) sync: bool,
    pub(super) min_duration_ms: u32,
    /// When the first submit without a known response was sent.
    pub(super) first_sent: Option<u64>,
    /// Submits sent.
    pub(super) sends: u32,
    /// The job's id from a webhook, while the submit is in flight.
    pub(super) webhook_job_id: Option<String>,
    /// The job's id is from a webhook or the caller, and the provider has not confirmed it yet.
    pub(super) job_id_unverified: bool,
}

codec!(packed Submission {
    body = "body",
    sync = "sync",
    min_duration_ms = "minDurationMs",
    first_sent = "firstSent",
    sends = "sends",
    webhook_job_id = "webhookJobId",
    job_id_unverified = "jobIdUnverified",
});

impl Submission {
    pub(super) fn new(body: Value, sync: bool, min_duration_ms: u32) -> Self {
        Submission { body: Some(body), sync, min_duration_ms, ..Submission::default() }
    }

    /// Before the listing's minimum duration has passed, a first submit is still running and the
    /// provider rejects a second one without a charge.
    fn may_resend(&self, now: u64) -> bool {
        let sent = self.first_sent.unwrap_or(0);
        self.body.is_some()
            && self.sends < MAX_SENDS
            && now >= sent
            && now - sent < u64::from(self.min_duration_ms)
    }

    /// Milliseconds until a second submit is no longer safe, after the first one was sent.
    fn resend_window_ms(&self, now: u64) -> Option<u64> {
        let end = self.first_sent?.saturating_add(u64::from(self.min_duration_ms));
        Some(end.saturating_sub(now).max(1))
    }
}

impl Job {
    /// Stores the record before the submit is sent.
    pub(super) fn store_submit(&mut self, now: u64) {
        self.phase = Phase::Persisting;
        self.submission.first_sent = Some(now);
        self.save();
    }

    /// Sends the submit, now that the record is stored.
    pub(super) fn submit_after_save(&mut self, now: u64) {
        if self.cancel_wanted {
            return self.fail_cancelled_unsent(now);
        }
        self.phase = Phase::Submitting;
        self.submission.first_sent = None;
        self.emit_update();
        self.submit(now);
    }

    /// Ends a cancelled job that the provider has not accepted.
    pub(super) fn fail_cancelled_unsent(&mut self, now: u64) {
        self.cancel_wanted = true;
        let failure = Failure::new(
            ErrorCode::Cancelled,
            None,
            "The job was cancelled before the provider accepted it.",
        );
        self.fail(now, Status::Cancelled, failure, Charge::None);
    }

    /// The deadline passed, or the caller left, between two attempts that were rate limited.
    pub(super) fn fail_rate_limited(&mut self, now: u64) {
        let message = "Rate limited until the wait was over. The request was not accepted and nothing was charged. Submit \
             it again later.";
        let failure = Failure::new(ErrorCode::RateLimited, None, message);
        self.fail(now, Status::Failed, failure, Charge::None);
    }

    pub(super) fn submit(&mut self, now: u64) {
        let Some(body) = &self.submission.body else {
            return self.reconcile(now);
        };
        let mut request = self.handle.provider.submit(&self.handle, body, self.submission.sync);
        // A resubmit is safe now, but may not be when the driver has capacity.
        let window_ms = self.submission.resend_window_ms(now);
        request.send_now_or_fail = window_ms.is_some();
        self.submission.sends = self.submission.sends.saturating_add(1);
        self.handle.submitted_at = Some(now);
        self.submission.first_sent.get_or_insert(now);
        match window_ms {
            // A resubmit that is delayed on its way is aborted before it could arrive too late.
            Some(window_ms) => {
                let limit_ms = window_ms.min(self.requests.timeout_ms);
                self.send_within(now, RequestKind::Submit, request, limit_ms);
            }
            None => self.send(now, RequestKind::Submit, request),
        }
    }

    pub(super) fn on_submit_result(
        &mut self,
        now: u64,
        submitted: SubmitResult,
        retry_after_ms: Option<u64>,
    ) {
        let first = self.phase == Phase::Submitting;
        match submitted {
            SubmitResult::Accepted(seen) => {
                self.accept(now, (*seen).clone());
                self.on_job_poll(now, RequestKind::Submit, PollResult::Found(seen), None);
            }
            // A webhook has proven that the provider has the job: this response does not change that.
            SubmitResult::Rejected(failure) | SubmitResult::Busy(failure)
                if self.submission.webhook_job_id.is_some() =>
            {
                self.on_submit_lost(now, failure)
            }
            SubmitResult::Rejected(failure) if first => {
                self.fail(now, Status::Failed, failure, Charge::None);
            }
            SubmitResult::Busy(_) if first && self.cancel_wanted => self.fail_cancelled_unsent(now),
            SubmitResult::Busy(_) if first && self.submission.sends < MAX_SENDS => {
                // HTTP 429 means that the request was not processed: a resubmit duplicates nothing.
                (self.phase, self.submission.first_sent) = (Phase::Backoff, None);
                self.save();
                let wait = backoff_ms(self.submission.sends, retry_after_ms);
                self.requests.wake_at = Some(now.saturating_add(wait));
            }
            SubmitResult::Busy(failure) if first => {
                self.fail(now, Status::Failed, failure, Charge::None);
            }
            // A rejected resubmit says nothing about the first submit.
            SubmitResult::Rejected(failure) | SubmitResult::Busy(failure) => {
                self.reconcile_later(now, &failure, retry_after_ms)
            }
            SubmitResult::Unknown(failure) => self.on_submit_lost(now, failure),
        }
    }

    pub(super) fn on_submit_lost(&mut self, now: u64, failure: Failure) {
        if self.handle.provider.supports_idempotency() || self.submission.webhook_job_id.is_some() {
            self.reconcile(now);
        } else {
            self.submission_unknown(now, &failure);
        }
    }

    /// A submit that was not sent says nothing about an earlier one that was.
    pub(super) fn on_unsent(&mut self, now: u64, failure: Failure) {
        match self.phase {
            _ if self.submission.webhook_job_id.is_some() => self.reconcile(now),
            Phase::Submitting if self.cancel_wanted => self.fail_cancelled_unsent(now),
            Phase::Submitting => self.fail(now, Status::Failed, failure, Charge::None),
            _ => self.reconcile_later(now, &failure, None),
        }
    }

    /// Polls for the outcome of a submit. It is unknown at once if the provider cannot find a submit.
    pub(super) fn reconcile(&mut self, now: u64) {
        if let Some(job_id) = self.submission.webhook_job_id.take() {
            return self.set_unverified_job_id(now, job_id);
        }
        if !self.handle.provider.supports_idempotency() {
            return self.submission_unknown(now, &lost());
        }
        if self.phase != Phase::Reconciling {
            (self.phase, self.status, self.polling.consecutive_not_found) =
                (Phase::Reconciling, Status::Reconciling, 0);
            self.emit_update();
        }
        if self.cancel_wanted {
            // Here a provider that can reconcile cannot cancel.
            self.cancel(now);
        }
        self.requests.wake_at = Some(now.saturating_add(1_000));
    }

    /// Handles a poll for the outcome of a submit. "Not found" does not prove that there is no task: it
    /// may not be visible yet.
    pub(super) fn on_reconcile_poll(
        &mut self,
        now: u64,
        kind: RequestKind,
        polled: PollResult,
        retry_after_ms: Option<u64>,
    ) {
        match polled {
            PollResult::Found(seen) => {
                self.accept(now, (*seen).clone());
                self.on_job_poll(now, kind, PollResult::Found(seen), None);
            }
            PollResult::NotFound => {
                self.report_obstacle(None);
                let details = self.handle.provider.details(&self.handle);
                match details.filter(|_| kind == RequestKind::Poll) {
                    Some(request) => self.send(now, RequestKind::Details, request),
                    None if now < self.deadline && self.submission.may_resend(now) => {
                        self.submit(now)
                    }
                    None => self.reconcile_later(now, &lost(), None),
                }
            }
            PollResult::Unauthorized(failure) => self.on_unauthorized(now, failure, retry_after_ms),
            PollResult::Transient(failure) => {
                self.on_failed_reconcile(now, failure, retry_after_ms)
            }
        }
    }

    /// A provider that cannot be reached says nothing about the job, and polling cannot go on forever.
    fn on_failed_reconcile(&mut self, now: u64, failure: Failure, retry_after_ms: Option<u64>) {
        if self.requests.consecutive_errors.saturating_add(1) >= MAX_RECONCILE_POLLS {
            return self.submission_unknown(now, &failure);
        }
        let sent = self.submission.first_sent.unwrap_or(now);
        if now.saturating_sub(sent) >= MAX_SILENT_RECONCILE_MS {
            self.report_obstacle(Some(failure.clone()));
        }
        self.on_failed_poll(now, failure, retry_after_ms);
    }

    fn reconcile_later(&mut self, now: u64, failure: &Failure, retry_after_ms: Option<u64>) {
        self.polling.consecutive_not_found = self.polling.consecutive_not_found.saturating_add(1);
        self.requests.on_success();
        if self.polling.consecutive_not_found >= MAX_RECONCILE_POLLS {
            return self.submission_unknown(now, failure);
        }
        let wait = backoff_ms(self.polling.consecutive_not_found, retry_after_ms);
        self.requests.wake_at = Some(now.saturating_add(wait));
    }

    /// What filmgate does not know comes first: the provider's words alone may read like a rejection.
    fn submission_unknown(&mut self, now: u64, why: &Failure) {
        let name = self.handle.provider.name();
        let message = format!(
            "It is unknown whether {name} accepted the job, so it is not sent again. Check {name}'s console, \
             and resume with the job's id if it is there. The reason: {}",
            why.message
        );
        let failure = Failure {
            code: ErrorCode::SubmissionUnknown,
            message: truncate(&message, MAX_MESSAGE_LEN),
            ..why.clone()
        };
        self.fail(now, Status::SubmissionUnknown, failure, Charge::Unknown);
    }

    /// Records that the provider has the job. The body is no longer needed.
    pub(super) fn accept(&mut self, now: u64, seen: JobSnapshot) {
        if seen.job_id.is_some() {
            self.handle.job_id = seen.job_id;
        }
        self.handle.accepted_at.get_or_insert(now);
        self.polling.unseen_ms = 0;
        self.drop_body();
        (self.phase, self.status) = (Phase::Running, Status::Queued);
        (self.polling.consecutive_not_found, self.polling.obstacle) = (0, None);
        self.requests.on_success();
        self.save();
        if self.cancel_wanted && self.handle.provider.cancel(&self.handle).is_none() {
            self.emit_cancel_result(CancelOutcome::Unsupported, Charge::Unknown);
        }
    }

    /// Sets the provider's id of a job whose submit had an unknown outcome, for example from a webhook or
    /// the provider's console. Polling continues with it. Does nothing if the id is invalid or the job
    /// already has one.
    pub fn adopt_job_id(&mut self, now: u64, job_id: &str) {
        let lost = matches!(self.status, Status::SubmissionUnknown | Status::Reconciling);
        if lost && self.accepts_job_id(job_id) {
            self.set_unverified_job_id(now, job_id.to_owned());
        }
    }

    pub(super) fn accepts_job_id(&self, job_id: &str) -> bool {
        let mut handle = self.handle.clone();
        self.handle.job_id.is_none() && {
            handle.job_id = Some(job_id.to_owned());
            handle.is_valid()
        }
    }

    /// Discards the result of a job that was found after it had ended as unknown.
    pub(super) fn discard_end(&mut self) {
        (self.end, self.handle.ended_at) = (None, None);
        self.outputs.retain(|output| !matches!(output, Output::Done(_)));
    }

    pub(super) fn set_unverified_job_id(&mut self, now: u64, job_id: String) {
        self.discard_end();
        let seen = JobSnapshot { job_id: Some(job_id), ..Default::default() };
        // Set before the save, since a resumed job needs it too.
        self.submission.job_id_unverified = true;
        self.accept(now, seen);
        self.requests.wake_at = Some(now);
    }

    /// The provider does not know the id that a webhook or the caller supplied.
    pub(super) fn discard_webhook_job_id(&mut self, now: u64) {
        (self.handle.job_id, self.handle.accepted_at) = (None, None);
        self.submission.job_id_unverified = false;
        let message = "The provider does not know the job's id that was supplied.";
        let failure = Failure::new(ErrorCode::SubmissionUnknown, None, message);
        self.submission_unknown(now, &failure);
    }

    /// Handles a job id from a webhook. While a submit is in flight, its response takes precedence if it
    /// has an id, too. After one that was answered with HTTP 429, the id shows that it was accepted all the
    /// same. If no submit was sent, the id belongs to another job.
    pub(super) fn on_webhook_job_id(&mut self, now: u64, job_id: &str) {
        match self.phase {
            Phase::Persisting | Phase::Backoff
                if self.submission.sends > 0 && self.accepts_job_id(job_id) =>
            {
                self.set_unverified_job_id(now, job_id.to_owned())
            }
            Phase::Persisting | Phase::Backoff => {}
            Phase::Submitting if self.accepts_job_id(job_id) => {
                self.submission.webhook_job_id = Some(job_id.to_owned());
                self.save();
            }
            Phase::Submitting => {}
            Phase::Reconciling | Phase::Running | Phase::Ended | Phase::Rechecking => {
                self.adopt_job_id(now, job_id)
            }
        }
    }
}

fn lost() -> Failure {
    let message = "The response to the submit was lost.";
    Failure::new(ErrorCode::SubmissionUnknown, None, message)
}
