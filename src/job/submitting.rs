//! The submit and its three ends.

use super::{Ask, CancelOutcome, Job, Output, Phase};
use crate::error::ErrorCode;
use crate::outcome::{Charge, Failure, Status};
use crate::provider::{Polled, Seen, Submitted};
use crate::schedule::back_off_ms;

/// Sends of one submit: the first, and again after HTTP 429 or a lost answer.
const MOST_SENDS: u32 = 5;

/// Times that a provider must not know the job before its submit is given up as unknown: about a
/// minute, since a task may take a while to become visible.
const MOST_ASKS: u32 = 7;

impl Job {
    /// Writes down that a submit may have left, before it does.
    pub(super) fn store_submit(&mut self, now: u64) {
        self.phase = Phase::Storing;
        self.first_sent = Some(now);
        self.save();
    }

    /// The record is stored: the submit may leave.
    pub(super) fn begin(&mut self, now: u64) {
        if self.cancel_wanted {
            return self.cancelled_unsent(now);
        }
        self.phase = Phase::Submitting;
        self.first_sent = None;
        self.update();
        self.submit(now);
    }

    /// Nothing was sent, or what was sent was turned away.
    pub(super) fn cancelled_unsent(&mut self, now: u64) {
        self.cancel_wanted = true;
        let failure = Failure::new(ErrorCode::Cancelled, None, "Cancelled before it was taken.");
        self.fail(now, Status::Cancelled, failure, Charge::None);
    }

    /// The caller's time ran out while a provider that was too busy was waited for.
    pub(super) fn turned_away(&mut self, now: u64) {
        let message = "The provider was too busy for as long as there was time. It took nothing.";
        let failure = Failure::new(ErrorCode::RateLimited, None, message);
        self.fail(now, Status::Failed, failure, Charge::None);
    }

    pub(super) fn submit(&mut self, now: u64) {
        let Some(body) = &self.body else {
            return self.settle(now);
        };
        let mut request = self.handle.provider.submit(&self.handle, body, self.sync);
        // It was found safe now, not whenever the driver gets to it.
        request.at_once = self.first_sent.is_some();
        self.sends = self.sends.saturating_add(1);
        self.handle.submitted_at = Some(now);
        self.first_sent.get_or_insert(now);
        self.send(now, Ask::Submit, request);
    }

    pub(super) fn submitted(
        &mut self,
        now: u64,
        submitted: Submitted,
        retry_after_ms: Option<u64>,
    ) {
        let first = self.phase == Phase::Submitting;
        match submitted {
            Submitted::Accepted(seen) => {
                self.accept(now, (*seen).clone());
                self.polled(now, Ask::Submit, Polled::Seen(seen), None);
            }
            Submitted::Rejected(failure) if first => {
                self.fail(now, Status::Failed, failure, Charge::None);
            }
            Submitted::Busy(_) if first && self.cancel_wanted => self.cancelled_unsent(now),
            Submitted::Busy(_) if first && self.sends < MOST_SENDS => {
                // Turned away unread (HTTP 429), so that going again repeats nothing, and that an id
                // that someone told is another job's.
                (self.phase, self.first_sent, self.told_id) = (Phase::Waiting, None, None);
                self.save();
                let wait = back_off_ms(self.sends, retry_after_ms);
                self.wake_at = Some(now.saturating_add(wait));
            }
            Submitted::Busy(failure) if first => {
                self.fail(now, Status::Failed, failure, Charge::None);
            }
            // The refusal of a second send says nothing of the first.
            Submitted::Rejected(_) | Submitted::Busy(_) => self.ask_later(now, retry_after_ms),
            Submitted::Unknown(failure) => self.submit_lost(now, failure),
        }
    }

    pub(super) fn submit_lost(&mut self, now: u64, failure: Failure) {
        if self.handle.provider.settles() || self.told_id.is_some() {
            self.settle(now);
        } else {
            self.submission_unknown(now, &failure.message);
        }
    }

    /// A submit that never left says nothing of an earlier one that did.
    pub(super) fn unsent(&mut self, now: u64, failure: Failure) {
        match self.phase {
            Phase::Submitting if self.cancel_wanted => self.cancelled_unsent(now),
            Phase::Submitting => self.fail(now, Status::Failed, failure, Charge::None),
            _ => self.ask_later(now, None),
        }
    }

    /// Asks what became of a submit. Without a way to ask, it is unknown at once.
    pub(super) fn settle(&mut self, now: u64) {
        if let Some(job_id) = self.told_id.take() {
            return self.take_job_id(now, job_id);
        }
        if !self.handle.provider.settles() {
            return self.submission_unknown(now, "The answer to the submit was lost.");
        }
        if self.phase != Phase::Reconciling {
            (self.phase, self.status, self.missing) = (Phase::Reconciling, Status::Reconciling, 0);
            self.update();
        }
        self.wake_at = Some(now.saturating_add(1_000));
    }

    /// What the questions brought. Not knowing the task is no proof that it was never there: it may
    /// not be visible yet.
    pub(super) fn settled(
        &mut self,
        now: u64,
        ask: Ask,
        polled: Polled,
        retry_after_ms: Option<u64>,
    ) {
        match polled {
            Polled::Seen(seen) => {
                self.accept(now, (*seen).clone());
                self.polled(now, ask, Polled::Seen(seen), None);
            }
            Polled::NotThere if ask == Ask::Poll => {
                match self.handle.provider.details(&self.handle) {
                    Some(request) => self.send(now, Ask::Details, request),
                    None => self.ask_later(now, None),
                }
            }
            Polled::NotThere if self.may_send_again(now) => self.submit(now),
            Polled::NotThere => self.ask_later(now, None),
            Polled::Refused(_) | Polled::Trouble(_) => self.trouble(now, retry_after_ms),
        }
    }

    /// Within the time in which no video of the listing was ever finished, the first submit would
    /// still be running, and the second would be refused without a charge.
    fn may_send_again(&self, now: u64) -> bool {
        let sent = self.first_sent.unwrap_or(0);
        self.body.is_some()
            && !self.cancel_wanted
            && self.sends < MOST_SENDS
            && now >= sent
            && now - sent < u64::from(self.min_duration_ms)
    }

    fn ask_later(&mut self, now: u64, retry_after_ms: Option<u64>) {
        self.missing = self.missing.saturating_add(1);
        self.troubles = 0;
        if self.missing >= MOST_ASKS {
            return self.submission_unknown(now, "The answer to the submit was lost.");
        }
        let wait = back_off_ms(self.missing, retry_after_ms);
        self.wake_at = Some(now.saturating_add(wait));
    }

    fn submission_unknown(&mut self, now: u64, why: &str) {
        let name = self.handle.provider.name();
        let why = why.trim_end_matches(['.', ' ']);
        let message = format!(
            "{why}. Whether {name} took the job cannot be found out, so it is not sent again: look \
             into {name}'s console, and resume with the job's id if it is there."
        );
        let failure = Failure::new(ErrorCode::SubmissionUnknown, None, &message);
        self.fail(now, Status::SubmissionUnknown, failure, Charge::Unknown);
    }

    /// The provider has the job: its id is kept, and the body is no longer needed.
    pub(super) fn accept(&mut self, now: u64, seen: Seen) {
        if seen.job_id.is_some() {
            self.handle.job_id = seen.job_id;
        }
        self.handle.accepted_at.get_or_insert(now);
        self.drop_body();
        (self.phase, self.status) = (Phase::Running, Status::Queued);
        (self.missing, self.troubles) = (0, 0);
        self.save();
        if self.cancel_wanted && self.handle.provider.cancel(&self.handle).is_none() {
            self.cancelled(CancelOutcome::Unsupported, Charge::Unknown);
        }
    }

    /// Takes the provider's id for a job whose submit ended as unknown, as a webhook or the
    /// provider's console tells it.
    pub fn adopt_job_id(&mut self, now: u64, job_id: &str) {
        let lost = matches!(self.status, Status::SubmissionUnknown | Status::Reconciling);
        if lost && self.can_take(job_id) {
            self.take_job_id(now, job_id.to_owned());
        }
    }

    pub(super) fn can_take(&self, job_id: &str) -> bool {
        let mut handle = self.handle.clone();
        self.handle.job_id.is_none() && {
            handle.job_id = Some(job_id.to_owned());
            handle.is_sound()
        }
    }

    /// A job that was given up is found after all.
    pub(super) fn take_back_the_end(&mut self) {
        (self.end, self.handle.ended_at) = (None, None);
        self.outputs
            .retain(|output| !matches!(output, Output::Done(_)));
    }

    pub(super) fn take_job_id(&mut self, now: u64, job_id: String) {
        self.take_back_the_end();
        let seen = Seen {
            job_id: Some(job_id),
            ..Default::default()
        };
        // Before it is stored: whoever goes on from the record must know it, too.
        self.hearsay = true;
        self.accept(now, seen);
        self.wake_at = Some(now);
    }

    /// The provider does not know the id that someone told.
    pub(super) fn drop_told_id(&mut self, now: u64) {
        (self.handle.job_id, self.handle.accepted_at) = (None, None);
        self.hearsay = false;
        self.submission_unknown(now, "The job's id that was told is not known there.");
    }

    /// A webhook tells the id of a job. Where the answer to the submit may still tell it, that goes
    /// first; the id is kept for the case that it does not come. Where nothing is out, it is not ours.
    pub(super) fn told_job_id(&mut self, now: u64, job_id: &str) {
        match self.phase {
            Phase::Storing | Phase::Waiting => {}
            Phase::Submitting if self.can_take(job_id) => {
                self.told_id = Some(job_id.to_owned());
                self.save();
            }
            Phase::Submitting => {}
            Phase::Reconciling | Phase::Running | Phase::Ended => self.adopt_job_id(now, job_id),
        }
    }
}
