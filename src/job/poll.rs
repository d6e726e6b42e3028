//! Polling, cancelling and webhooks of a job that the provider has accepted.

use crate::json::Value;

use super::{CancelOutcome, End, Job, MAX_RESULTS, Phase, RequestKind};
use crate::codec::codec;
use crate::error::{Error, ErrorCode};
use crate::money::Usd;
use crate::outcome::{Charge, Failure, Status, Video, VideoResult};
use crate::provider::{JobSnapshot, PollResult, ProviderId};
use crate::schedule::{PollContext, backoff_ms};

/// Consecutive "not found" responses, within the provider's retention, before the job is gone.
const MAX_NOT_FOUND: u32 = 3;
/// The same for a provider that also responds so before a job is visible.
const MAX_EMPTY_RESPONSES: u32 = 9;
/// Consecutive responses without pending videos before the job completes with the videos it has.
const MAX_STALLS: u32 = 5;
/// Consecutive failed cancel requests before polling continues.
const MAX_CANCEL_ATTEMPTS: u32 = 3;
/// A response after this time shows that the provider supports long polling.
const MIN_LONG_POLL_MS: u64 = 10_000;
/// Minimum time between two polls that webhooks cause: webhooks are not signed.
const MIN_WEBHOOK_INTERVAL_MS: u64 = 1_000;
/// Consecutive authorization failures before polling stops.
const MAX_UNAUTHORIZED: u32 = 2;

/// What polls have shown about a job.
#[derive(Debug, Clone, Default)]
pub(super) struct Polling {
    pub(super) typical_duration_ms: u32,
    /// Consecutive responses that did not know the job.
    pub(super) consecutive_not_found: u32,
    /// Consecutive responses without pending videos, although some are missing.
    pub(super) consecutive_stalls: u32,
    /// Milliseconds waited between such responses. It counts waits, so that a clock jump does not add to it.
    pub(super) idle_ms: u64,
    /// Milliseconds in the queue, as far as the provider reports it.
    pub(super) queue_time_ms: u64,
    pub(super) progress: Option<u8>,
    pub(super) videos: Vec<Video>,
    /// Milliseconds that earlier jobs of the listing took.
    pub(super) run_time_history_ms: Vec<u32>,
    /// Whether to use long polling. Cleared once the provider proves not to support it.
    pub(super) long_poll: bool,
    /// When a webhook last caused a poll.
    pub(super) last_webhook_at: u64,
}

codec!(Polling {
    typical_duration_ms = "typicalDurationMs",
    consecutive_not_found = "consecutiveNotFound",
    consecutive_stalls = "consecutiveStalls",
    idle_ms = "idleMs",
    queue_time_ms = "queueTimeMs",
    progress = "progress",
    videos = "videos",
    run_time_history_ms = "runTimeHistoryMs",
    long_poll = "longPoll",
    last_webhook_at = "lastWebhookAt",
});

impl Polling {
    pub(super) fn new(typical_duration_ms: u32, long_poll: bool) -> Self {
        Polling { typical_duration_ms, long_poll, ..Polling::default() }
    }

    /// What the schedule needs of a job with `n` videos that was accepted `accepted_ms` ago.
    pub(super) fn context(&self, accepted_ms: u64, n: u32) -> PollContext<'_> {
        PollContext {
            accepted_ms,
            queue_time_ms: self.queue_time_ms,
            typical_duration_ms: self.typical_duration_ms.saturating_mul(n.max(1)),
            run_time_history_ms: &self.run_time_history_ms,
            progress: self.progress,
        }
    }

    /// The run starts when the job leaves the queue, as far as the provider reports it.
    fn set_queue_time(&mut self, now: u64, accepted_at: u64, seen: &JobSnapshot) {
        let since = now.saturating_sub(accepted_at);
        match (seen.status, seen.queue_time_ms) {
            (Some(Status::Queued), _) => self.queue_time_ms = since,
            (_, Some(reported)) => self.queue_time_ms = reported.min(since),
            _ => {}
        }
    }

    /// Adds the videos of a response, each once; one with a URL or data replaces one without.
    /// Returns whether a video was added.
    fn add_videos(&mut self, videos: Vec<Video>) -> bool {
        let before = self.videos.len();
        for video in videos {
            match self.videos.iter_mut().find(|known| known.is_same(&video)) {
                Some(known) if !known.has_content() => *known = video,
                Some(_) => {}
                None => self.videos.push(video),
            }
        }
        self.videos.len() > before
    }
}

impl Job {
    pub(super) fn on_job_poll(
        &mut self,
        now: u64,
        kind: RequestKind,
        polled: PollResult,
        retry_after_ms: Option<u64>,
    ) {
        match polled {
            PollResult::Found(seen) => {
                self.polling.consecutive_not_found = 0;
                self.requests.consecutive_errors = 0;
                self.submission.job_id_unverified = false;
                self.on_snapshot(now, *seen);
            }
            PollResult::NotFound => self.on_not_found(now, kind),
            PollResult::Unauthorized(failure) => {
                self.requests.consecutive_errors =
                    self.requests.consecutive_errors.saturating_add(1);
                if self.requests.consecutive_errors >= MAX_UNAUTHORIZED {
                    // The job continues; the caller can resume it with another key.
                    self.stop_waiting(Error { failure, charge: Charge::Unknown, raw: None });
                } else {
                    self.requests.wake_at = Some(now.saturating_add(backoff_ms(
                        self.requests.consecutive_errors,
                        retry_after_ms,
                    )));
                }
            }
            PollResult::Transient(_) => self.requests.back_off(now, retry_after_ms),
        }
    }

    /// Handles the response to a long poll. One that comes early without a change, or does not know
    /// the job, shows that the endpoint is not supported: only RunPod's SDK uses it, the documents do not.
    pub(super) fn on_long_poll(
        &mut self,
        now: u64,
        polled: PollResult,
        retry_after_ms: Option<u64>,
    ) {
        self.polling.long_poll = false;
        match polled {
            PollResult::Found(seen) => {
                let (before, held_ms) =
                    (self.status, now.saturating_sub(self.requests.last_request_at));
                self.on_job_poll(now, RequestKind::LongPoll, PollResult::Found(seen), None);
                self.polling.long_poll = held_ms >= MIN_LONG_POLL_MS || self.status != before;
                if held_ms >= MIN_LONG_POLL_MS && self.phase == Phase::Running {
                    self.requests.wake_at = Some(now);
                }
            }
            // Either the endpoint or the job is missing: a plain poll shows which.
            PollResult::NotFound => self.requests.wake_at = Some(now),
            other => self.on_job_poll(now, RequestKind::LongPoll, other, retry_after_ms),
        }
    }

    fn on_snapshot(&mut self, now: u64, mut seen: JobSnapshot) {
        let more = self.polling.add_videos(std::mem::take(&mut seen.videos));
        if more {
            self.polling.idle_ms = 0;
        }
        self.polling.progress = seen.progress.or(self.polling.progress);
        let accepted_at = self.handle.accepted_at.unwrap_or(now);
        self.polling.set_queue_time(now, accepted_at, &seen);
        let some = !self.polling.videos.is_empty();
        let empty = seen.status == Some(Status::Completed) && !some;
        self.polling.consecutive_stalls = if seen.stalled || empty {
            self.polling.consecutive_stalls.saturating_add(1)
        } else {
            0
        };
        // Results arrive one by one, and pending ones may be absent from a response: a paid video is
        // waited for as long as it may still arrive.
        let max_idle_ms = u64::from(self.polling.typical_duration_ms).saturating_mul(4);
        let given_up =
            self.polling.consecutive_stalls >= MAX_STALLS && self.polling.idle_ms > max_idle_ms;
        let all = self.polling.videos.len() >= self.handle.n as usize || given_up;
        match seen.status {
            Some(Status::Completed | Status::Failed) if some => self.complete(now, seen),
            Some(Status::Completed) => self.on_completed_without_video(now, seen),
            Some(Status::Failed) => self.on_failed(now, seen),
            Some(Status::Cancelled) => self.fail_cancelled(now),
            _ if all && some => self.complete(now, seen),
            _ if all => self.on_failed(now, seen),
            status => {
                self.status = status.unwrap_or(self.status);
                self.emit_update_with_eta(now);
                let wait = self.poll_context(now).next_ms();
                if self.polling.consecutive_stalls > 0 {
                    self.polling.idle_ms = self.polling.idle_ms.saturating_add(wait);
                }
                self.requests.wake_at = Some(now.saturating_add(wait));
                if more {
                    // The provider may not return these videos again.
                    self.save();
                }
            }
        }
    }

    fn complete(&mut self, now: u64, mut seen: JobSnapshot) {
        seen.failures.truncate(MAX_RESULTS);
        let ended_at = *self.handle.ended_at.get_or_insert(now);
        let provider = self.handle.provider;
        let expiry = |video: &Video| provider.video_expiry(&self.handle, ended_at, video);
        let videos: Vec<Video> = self
            .polling
            .videos
            .iter()
            .take(MAX_RESULTS)
            .map(|video| Video {
                expires_at: video.expires_at.or_else(|| expiry(video)),
                ..video.clone()
            })
            .collect();
        // The sum of the videos' costs if each has one, else the cost of the response.
        let each: Option<Vec<Usd>> = videos.iter().map(|video| video.cost).collect();
        let outcome = VideoResult {
            videos,
            failures: seen.failures,
            cost: each.map(Usd::sum).or(seen.cost).and_then(Usd::exact),
            queue_time_ms: seen.queue_time_ms,
            execution_time_ms: seen.execution_time_ms,
            raw: seen.raw,
        };
        self.polling.progress = Some(100);
        self.finish(now, Status::Completed, End::Completed(Box::new(outcome)));
    }

    /// Completed without a video. It may still arrive, and the provider has probably billed it.
    fn on_completed_without_video(&mut self, now: u64, mut seen: JobSnapshot) {
        if self.polling.consecutive_stalls < MAX_NOT_FOUND {
            self.requests.wake_at =
                Some(now.saturating_add(backoff_ms(self.polling.consecutive_stalls, None)));
            return;
        }
        let message = "The provider reports the job as completed but returned no video.";
        let failure = Failure::new(ErrorCode::InvalidResponse, None, message);
        let failure = seen.failures.pop().unwrap_or(failure);
        self.fail(now, Status::Failed, failure, Charge::Charged);
    }

    fn on_failed(&mut self, now: u64, seen: JobSnapshot) {
        let message = "The provider gave no reason.";
        let unknown = Failure::new(ErrorCode::GenerationFailed, None, message);
        let failure = seen.failures.into_iter().next().unwrap_or(unknown);
        let charge = seen.charge.unwrap_or(match self.handle.provider {
            // Not documented for a job that reached the provider's time limit.
            _ if failure.code == ErrorCode::GenerationTimeout => Charge::Unknown,
            // "Failed generations are not charged."
            ProviderId::Runpod => Charge::None,
            // Not documented.
            ProviderId::Runware => Charge::Unknown,
        });
        self.fail(now, Status::Failed, failure, charge);
    }

    /// The provider does not know a job that it accepted.
    fn on_not_found(&mut self, now: u64, kind: RequestKind) {
        self.polling.consecutive_not_found = self.polling.consecutive_not_found.saturating_add(1);
        let accepted_at = self.handle.accepted_at.unwrap_or(self.handle.created_at);
        let age = now.saturating_sub(accepted_at);
        let provider = self.handle.provider;
        let uses_details = kind == RequestKind::Poll
            && self.polling.consecutive_not_found.is_multiple_of(MAX_NOT_FOUND);
        let details = uses_details.then(|| provider.details(&self.handle)).flatten();
        match (provider.result_retention_ms(), details) {
            (Some(_), _)
                if self.submission.job_id_unverified
                    && self.polling.consecutive_not_found >= MAX_NOT_FOUND =>
            {
                self.discard_webhook_job_id(now)
            }
            (Some(retention_ms), _)
                if !self.submission.job_id_unverified
                    && (age > retention_ms
                        || self.polling.consecutive_not_found >= MAX_NOT_FOUND) =>
            {
                self.fail_expired(now);
            }
            (None, Some(request)) => self.send(now, RequestKind::Details, request),
            (None, None)
                if self.polling.consecutive_not_found >= MAX_EMPTY_RESPONSES
                    && age > 4 * u64::from(self.polling.typical_duration_ms) =>
            {
                self.fail_expired(now);
            }
            _ => {
                let wait = backoff_ms(self.polling.consecutive_not_found.min(4), None);
                self.requests.wake_at = Some(now.saturating_add(wait));
            }
        }
    }

    /// Whether the job was billed is no longer known, so it is assumed.
    fn fail_expired(&mut self, now: u64) {
        let message =
            "The provider no longer has the result: its retention time is over. Submit a new job.";
        let failure = Failure::new(ErrorCode::ResultExpired, None, message);
        self.fail(now, Status::Expired, failure, Charge::Charged);
    }

    // ---------------------------------------------------------------------------------- cancelling

    pub(super) fn cancel(&mut self, now: u64) {
        match self.phase {
            // The result is reported after its save, and the cancel result with it.
            Phase::Ended if self.persistence.saving.is_some() => self.cancel_wanted = true,
            Phase::Ended => {
                self.emit_cancel_result(CancelOutcome::AlreadyFinished, self.end_charge())
            }
            Phase::Running if self.handle.provider.cancel(&self.handle).is_none() => {
                self.emit_cancel_result(CancelOutcome::Unsupported, Charge::Unknown);
            }
            Phase::Running => {
                self.cancel_wanted = true;
                if self.is_idle() {
                    self.poll_at(now);
                }
            }
            // A job can be cancelled only after it is known to exist.
            Phase::Backoff => self.fail_cancelled_unsent(now),
            Phase::Persisting | Phase::Submitting | Phase::Reconciling => self.cancel_wanted = true,
        }
    }

    pub(super) fn on_cancel_response(&mut self, now: u64, polled: PollResult) {
        match polled {
            PollResult::Found(seen) if seen.status == Some(Status::Cancelled) => {
                self.fail_cancelled(now)
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
        self.requests.back_off(now, None);
        if self.requests.consecutive_errors >= MAX_CANCEL_ATTEMPTS {
            self.cancel_unsupported(now);
        }
    }

    fn cancel_unsupported(&mut self, now: u64) {
        self.requests.consecutive_errors = 0;
        self.emit_cancel_result(CancelOutcome::Unsupported, Charge::Unknown);
        self.requests.wake_at = Some(now);
    }

    fn fail_cancelled(&mut self, now: u64) {
        // Not documented: a job that has started may be billed, and it may have started since the last poll.
        let charge = Charge::Unknown;
        let failure = Failure::new(ErrorCode::Cancelled, None, "The job was cancelled.");
        self.fail(now, Status::Cancelled, failure, charge);
    }

    // ------------------------------------------------------------------------------------ webhooks

    /// A webhook is not signed: it causes a poll, and it can supply the id of a job
    /// whose submit got no response.
    pub(super) fn on_webhook(&mut self, now: u64, body: &Value) {
        let Some(event) = self.handle.provider.read_webhook(body) else {
            return;
        };
        match &self.handle.job_id {
            None if !self.handle.provider.supports_idempotency() => {
                self.on_webhook_job_id(now, &event.job_id)
            }
            known
                if matches!(self.phase, Phase::Reconciling | Phase::Running)
                    && event.job_id == *known.as_ref().unwrap_or(&self.handle.id) =>
            {
                let poll_at =
                    self.polling.last_webhook_at.saturating_add(MIN_WEBHOOK_INTERVAL_MS).max(now);
                if self.is_idle() && self.requests.wake_at.is_none_or(|at| at > poll_at) {
                    self.polling.last_webhook_at = poll_at;
                    self.poll_at(poll_at);
                }
            }
            _ => {}
        }
    }

    /// Whether no request is in flight, apart from a long poll.
    fn is_idle(&self) -> bool {
        self.requests.in_flight.is_none_or(|in_flight| in_flight.kind == RequestKind::LongPoll)
    }

    /// Polls at that time and abandons a long poll that is in flight.
    fn poll_at(&mut self, at: u64) {
        (self.requests.in_flight, self.requests.wake_at) = (None, Some(at));
    }
}
