//! A job that the provider has: asking, hearing, cancelling.

use crate::json::Value;

use super::{Ask, CancelOutcome, End, Job, Phase};
use crate::error::{Error, ErrorCode};
use crate::money::Usd;
use crate::outcome::{Charge, Failure, Status, Video, VideoResult};
use crate::provider::{Polled, ProviderId, Seen};
use crate::schedule::back_off_ms;

/// Answers in a row that must not know a job, inside the provider's retention, before it is gone.
const MOST_MISSING: u32 = 3;
/// The same, where not knowing a job can also mean that it is not visible yet.
const MOST_EMPTY: u32 = 9;
/// Answers in a row in which nothing is under way before what is there is taken as all.
const MOST_STALLED: u32 = 5;
/// Cancels in a row without an answer before the job is asked for again.
const MOST_CANCELS: u32 = 3;
/// An answer that took so long was held back until there was news, or no longer.
const HELD_MS: u64 = 10_000;
/// Hints may come from anyone: no more often than this do they lead to a question.
const HINT_MS: u64 = 1_000;
/// Refusals of the key in a row before nobody asks any longer.
const MOST_REFUSED: u32 = 2;

impl Job {
    pub(super) fn polled(
        &mut self,
        now: u64,
        ask: Ask,
        polled: Polled,
        retry_after_ms: Option<u64>,
    ) {
        match polled {
            Polled::Seen(seen) => {
                (self.missing, self.troubles, self.hearsay) = (0, 0, false);
                self.see(now, *seen);
            }
            Polled::NotThere => self.not_there(now, ask),
            Polled::Refused(failure) => {
                self.troubles = self.troubles.saturating_add(1);
                if self.troubles >= MOST_REFUSED {
                    // The job goes on; with another key it can be resumed.
                    self.stop(Error {
                        failure,
                        charge: Charge::Unknown,
                    });
                } else {
                    self.wake_at =
                        Some(now.saturating_add(back_off_ms(self.troubles, retry_after_ms)));
                }
            }
            Polled::Trouble(_) => self.trouble(now, retry_after_ms),
        }
    }

    /// An answer that may have taken its time. One that has not, or says nothing of the job, shows that
    /// there is no such way to ask: RunPod documents none, its SDK alone uses it.
    pub(super) fn long_polled(&mut self, now: u64, polled: Polled, retry_after_ms: Option<u64>) {
        self.long_poll = false;
        match polled {
            Polled::Seen(seen) => {
                let (before, held_ms) = (self.status, now.saturating_sub(self.asked_at));
                self.polled(now, Ask::LongPoll, Polled::Seen(seen), None);
                self.long_poll = held_ms >= HELD_MS || self.status != before;
                if held_ms >= HELD_MS && self.phase == Phase::Running {
                    self.wake_at = Some(now);
                }
            }
            // The endpoint is missing, or the job: the plain question tells which.
            Polled::NotThere => self.wake_at = Some(now),
            other => self.polled(now, Ask::LongPoll, other, retry_after_ms),
        }
    }

    /// A question that failed says nothing of the job.
    pub(super) fn trouble(&mut self, now: u64, retry_after_ms: Option<u64>) {
        self.troubles = self.troubles.saturating_add(1);
        self.wake_at = Some(now.saturating_add(back_off_ms(self.troubles, retry_after_ms)));
    }

    fn see(&mut self, now: u64, mut seen: Seen) {
        let more = self.collect(std::mem::take(&mut seen.videos));
        if more {
            self.quiet_ms = 0;
        }
        self.progress = seen.progress.or(self.progress);
        self.wait_in_queue(now, &seen);
        let some = !self.videos.is_empty();
        let empty = seen.status == Some(Status::Completed) && !some;
        self.stalled = if seen.stalled || empty {
            self.stalled.saturating_add(1)
        } else {
            0
        };
        // Results come one by one, and those to come need not be named: nothing is given up that was
        // paid, as long as it may still be on its way.
        let patience = u64::from(self.typical_duration_ms).saturating_mul(4);
        let given_up = self.stalled >= MOST_STALLED && self.quiet_ms > patience;
        let all = self.videos.len() >= self.handle.n as usize || given_up;
        match seen.status {
            Some(Status::Completed | Status::Failed) if some => self.complete(now, seen),
            Some(Status::Completed) => self.no_video(now, seen),
            Some(Status::Failed) => self.failed(now, seen),
            Some(Status::Cancelled) => self.was_cancelled(now),
            _ if all && some => self.complete(now, seen),
            _ if all => self.failed(now, seen),
            status => {
                self.status = status.unwrap_or(self.status);
                self.update_with_eta(now);
                let wait = self.course(now).next_ms();
                if self.stalled > 0 {
                    self.quiet_ms = self.quiet_ms.saturating_add(wait);
                }
                self.wake_at = Some(now.saturating_add(wait));
                if more {
                    // What was seen once need not be told again.
                    self.save();
                }
            }
        }
    }

    /// The run begins when the queue is left, as far as that is told.
    fn wait_in_queue(&mut self, now: u64, seen: &Seen) {
        let since = now.saturating_sub(self.handle.accepted_at.unwrap_or(now));
        match (seen.status, seen.queue_time_ms) {
            (Some(Status::Queued), _) => self.queue_time_ms = since,
            (_, Some(told)) => self.queue_time_ms = told.min(since),
            _ => {}
        }
    }

    /// Videos accumulate from answer to answer; each is kept once, as it was told most fully.
    /// Returns whether there are more than before.
    fn collect(&mut self, videos: Vec<Video>) -> bool {
        let before = self.videos.len();
        for video in videos {
            match self.videos.iter_mut().find(|known| known.is_same(&video)) {
                Some(known) if known.url.is_none() && known.data.is_none() => *known = video,
                Some(_) => {}
                None => self.videos.push(video),
            }
        }
        self.videos.len() > before
    }

    fn complete(&mut self, now: u64, seen: Seen) {
        let ended_at = *self.handle.ended_at.get_or_insert(now);
        let expires_at = self.handle.provider.video_expiry(&self.handle, ended_at);
        let videos: Vec<Video> = self
            .videos
            .iter()
            .map(|video| Video {
                expires_at: video.expires_at.or(expires_at),
                ..video.clone()
            })
            .collect();
        // What each video cost, where each says so; else what the answer says of all.
        let each: Option<Vec<Usd>> = videos.iter().map(|video| video.cost).collect();
        let outcome = VideoResult {
            videos,
            failures: seen.failures,
            cost: each.map(Usd::sum).or(seen.cost),
            queue_time_ms: seen.queue_time_ms,
            ran_ms: seen.ran_ms,
            raw: seen.raw,
        };
        self.progress = Some(100);
        self.finish(now, Status::Completed, End::Completed(Box::new(outcome)));
    }

    /// Called completed, but without a video. It may come yet; the provider will have billed it.
    fn no_video(&mut self, now: u64, mut seen: Seen) {
        if self.stalled < MOST_MISSING {
            self.wake_at = Some(now.saturating_add(back_off_ms(self.stalled, None)));
            return;
        }
        let message = "The provider calls the job completed, but names no video.";
        let failure = Failure::new(ErrorCode::InvalidResponse, None, message);
        let failure = seen.failures.pop().unwrap_or(failure);
        self.fail(now, Status::Failed, failure, Charge::Charged);
    }

    fn failed(&mut self, now: u64, seen: Seen) {
        let message = "The provider gives no reason.";
        let unsaid = Failure::new(ErrorCode::GenerationFailed, None, message);
        let failure = seen.failures.into_iter().next().unwrap_or(unsaid);
        let charge = match self.handle.provider {
            // Not documented, for one that ran until the provider's time was up.
            _ if failure.code == ErrorCode::GenerationTimeout => Charge::Unknown,
            // "Failed generations are not charged."
            ProviderId::Runpod => Charge::None,
            // Not documented.
            ProviderId::Runware => Charge::Unknown,
        };
        self.fail(now, Status::Failed, failure, charge);
    }

    /// The provider does not know a job that it had accepted.
    fn not_there(&mut self, now: u64, ask: Ask) {
        self.missing = self.missing.saturating_add(1);
        let accepted_at = self.handle.accepted_at.unwrap_or(self.handle.created_at);
        let age = now.saturating_sub(accepted_at);
        let provider = self.handle.provider;
        let is_turn = ask == Ask::Poll && self.missing.is_multiple_of(MOST_MISSING);
        let details = is_turn.then(|| provider.details(&self.handle)).flatten();
        match (provider.keeps_result_ms(), details) {
            (Some(_), _) if self.hearsay && self.missing >= MOST_MISSING => self.drop_told_id(now),
            (Some(kept), _) if !self.hearsay && (age > kept || self.missing >= MOST_MISSING) => {
                self.expired(now);
            }
            (None, Some(request)) => self.send(now, Ask::Details, request),
            (None, None)
                if self.missing >= MOST_EMPTY && age > 4 * u64::from(self.typical_duration_ms) =>
            {
                self.expired(now);
            }
            _ => {
                let wait = back_off_ms(self.missing.min(4), None);
                self.wake_at = Some(now.saturating_add(wait));
            }
        }
    }

    /// Whether it failed, and was not billed, is known no longer: taken at its worst.
    fn expired(&mut self, now: u64) {
        let message = "The provider no longer knows the job: its result was kept for a time only.";
        let failure = Failure::new(ErrorCode::ResultExpired, None, message);
        self.fail(now, Status::Expired, failure, Charge::Charged);
    }

    // ---------------------------------------------------------------------------------- cancelling

    pub(super) fn cancel(&mut self, now: u64) {
        match self.phase {
            // Its end is told once it is stored, and the cancel with it.
            Phase::Ended if self.saving.is_some() => self.cancel_wanted = true,
            Phase::Ended => self.cancelled(CancelOutcome::AlreadyFinished, self.end_charge()),
            Phase::Running if self.handle.provider.cancel(&self.handle).is_none() => {
                self.cancelled(CancelOutcome::Unsupported, Charge::Unknown);
            }
            Phase::Running => {
                self.cancel_wanted = true;
                if self.is_idle() {
                    self.next_poll_at(now);
                }
            }
            // It cannot be stopped before it is known to be there.
            Phase::Waiting => self.cancelled_unsent(now),
            Phase::Storing | Phase::Submitting | Phase::Reconciling => self.cancel_wanted = true,
        }
    }

    pub(super) fn cancel_answered(&mut self, now: u64, polled: Polled) {
        match polled {
            Polled::Seen(seen) if seen.status == Some(Status::Cancelled) => self.was_cancelled(now),
            // Too late; but the answer to a cancel need not name the video that the job has made.
            Polled::Seen(seen) if seen.status.is_some_and(Status::is_end) => {
                self.cancel_late = true;
                self.wake_at = Some(now);
            }
            Polled::Seen(_) | Polled::NotThere | Polled::Refused(_) => self.cannot_cancel(now),
            Polled::Trouble(_) => self.cancel_lost(now),
        }
    }

    /// A cancel that came to nothing is repeated, but not in place of hearing of the job.
    pub(super) fn cancel_lost(&mut self, now: u64) {
        self.trouble(now, None);
        if self.troubles >= MOST_CANCELS {
            self.cannot_cancel(now);
        }
    }

    fn cannot_cancel(&mut self, now: u64) {
        self.troubles = 0;
        self.cancelled(CancelOutcome::Unsupported, Charge::Unknown);
        self.wake_at = Some(now);
    }

    fn was_cancelled(&mut self, now: u64) {
        // Not documented: what had begun may be billed, and it may have begun since it was last seen.
        let charge = Charge::Unknown;
        let failure = Failure::new(ErrorCode::Cancelled, None, "The job was cancelled.");
        self.fail(now, Status::Cancelled, failure, charge);
    }

    // ------------------------------------------------------------------------------------ webhooks

    /// A webhook is not signed: it is a reason to ask at once, and it can bring the id of a job
    /// whose submit was lost.
    pub(super) fn hint(&mut self, now: u64, body: &Value) {
        let Some(notice) = self.handle.provider.read_webhook(body) else {
            return;
        };
        match &self.handle.job_id {
            None if !self.handle.provider.settles() => self.told_job_id(now, &notice.job_id),
            known
                if matches!(self.phase, Phase::Reconciling | Phase::Running)
                    && notice.job_id == *known.as_ref().unwrap_or(&self.handle.id) =>
            {
                let soon = self.hinted_at.saturating_add(HINT_MS).max(now);
                if self.is_idle() && self.wake_at.is_none_or(|at| at > soon) {
                    self.hinted_at = soon;
                    self.next_poll_at(soon);
                }
            }
            _ => {}
        }
    }

    /// Whether nothing is on its way that will bring news soon.
    fn is_idle(&self) -> bool {
        self.flight.is_none_or(|flight| flight.ask == Ask::LongPoll)
    }

    /// Asks then; an answer that takes its time is not waited for.
    fn next_poll_at(&mut self, at: u64) {
        (self.flight, self.wake_at) = (None, Some(at));
    }
}
