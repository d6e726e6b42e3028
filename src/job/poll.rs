//! Polling of a job that the provider has accepted, and its end.

use super::{End, Job, MAX_RESULTS, Phase, RequestKind};
use crate::codec::codec;
use crate::error::{ErrorCode, MAX_MESSAGE_LEN, truncate};
use crate::json::Value;
use crate::money::Usd;
use crate::outcome::{Charge, Failure, Status, Video, VideoResult};
use crate::provider::{JobSnapshot, PollResult, ProviderId};
use crate::schedule::{PollContext, backoff_ms};

/// Consecutive "not found" responses before the job may be gone.
const MAX_NOT_FOUND: u32 = 3;
/// The same for a provider that also responds so before a job is visible.
const MAX_EMPTY_RESPONSES: u32 = 9;
/// How long an accepted job that was never seen is polled at least: half an hour, as where the time is documented.
const MIN_UNSEEN_MS: u64 = 1_800_000;
/// How long an id from a webhook or the caller may be unknown to the provider: a job may be accepted before
/// it can be polled, for two minutes and more on a cold RunPod endpoint.
const MAX_UNVERIFIED_MS: u64 = 150_000;
/// Doublings of the pause between two polls that do not find the job: up to 32 s.
const MAX_NOT_FOUND_DOUBLINGS: u32 = 5;
/// How much later than planned an input may come, and the time until then still counts as passed for the provider,
/// too. What is beyond it is a clock that jumps, or a computer that slept.
const MAX_LATE_MS: u64 = 60_000;
/// How long a completed job without a video is polled before its details are requested.
const MAX_WITHOUT_VIDEO_MS: u64 = 180_000;
/// Consecutive responses without pending videos before the job completes with the videos it has.
const MAX_STALLS: u32 = 5;
/// How long a provider must report the same error of a running job before the job ends.
const MAX_FAILING_MS: u64 = 60_000;
/// A response after this time shows that the provider supports long polling.
const MIN_LONG_POLL_MS: u64 = 10_000;
/// Consecutive failed polls before the caller is told.
const MIN_REPORTED_ERRORS: u32 = 2;

/// What polls have shown about a job.
#[derive(Debug, Clone, Default)]
pub(super) struct Polling {
    pub(super) typical_duration_ms: u32,
    /// Consecutive responses that did not know the job.
    pub(super) consecutive_not_found: u32,
    /// Consecutive responses without progress: no pending videos, although some are missing; a completed job
    /// without a video; or the same error of a running job.
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
    /// When the provider last reported the job as queued or running.
    pub(super) last_seen_at: Option<u64>,
    /// Milliseconds since the job was accepted or last seen so. A clock jump adds a minute at most. Part of the
    /// state, but not of the record: time passes for the provider while nothing runs here.
    pub(super) unseen_ms: u64,
    /// The error that the provider last reported of the running job.
    reported_failure: Option<Failure>,
    /// The response that called the job completed, but has no video: it may be gone at the next poll.
    without_video: Option<Value>,
    /// What stands in the way, as the last update says.
    pub(super) obstacle: Option<Failure>,
    /// The details of a completed job without a video were requested.
    pub(super) details_requested: bool,
}

codec!(packed Polling {
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
    last_seen_at = "lastSeenAt",
    reported_failure = "reportedFailure",
    without_video = "raw",
    obstacle = "obstacle",
    details_requested = "detailsRequested",
} and unseen_ms;);

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
        let before = self.ready();
        for video in videos {
            match self.videos.iter_mut().find(|known| known.is_same(&video)) {
                Some(known) if !known.has_content() => *known = video,
                Some(known) => {
                    known.id = known.id.take().or(video.id);
                    known.cost = known.cost.or(video.cost);
                }
                None => self.videos.push(video),
            }
        }
        self.ready() > before
    }

    /// The number of videos that can be downloaded.
    pub(super) fn ready(&self) -> usize {
        self.videos.iter().filter(|video| video.has_content()).count()
    }

    /// Counts a response without progress, or starts anew after one with progress or another error.
    fn count_stall(&mut self, is_stall: bool, reported: Option<Failure>) {
        if reported != self.reported_failure {
            (self.consecutive_stalls, self.idle_ms) = (0, 0);
            self.reported_failure = reported;
        }
        self.consecutive_stalls = match is_stall {
            true => self.consecutive_stalls.saturating_add(1),
            false => 0,
        };
    }

    /// What a job that is opened again has not shown yet.
    pub(super) fn restart(&mut self) {
        (self.consecutive_not_found, self.consecutive_stalls, self.idle_ms) = (0, 0, 0);
        (self.reported_failure, self.details_requested) = (None, false);
        self.without_video = None;
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
                self.requests.on_success();
                self.submission.job_id_unverified = false;
                self.on_snapshot(now, *seen);
            }
            PollResult::NotFound => {
                self.requests.on_success();
                self.on_not_found(now, kind)
            }
            PollResult::Unauthorized(failure) => {
                self.on_unauthorized(now, failure, retry_after_ms);
            }
            PollResult::Transient(failure) => self.on_failed_poll(now, failure, retry_after_ms),
        }
    }

    /// Polls again later. The job continues, so the caller is told only after several failed polls.
    pub(super) fn on_failed_poll(
        &mut self,
        now: u64,
        failure: Failure,
        retry_after_ms: Option<u64>,
    ) {
        self.requests.consecutive_unauthorized = 0;
        self.requests.back_off(now, retry_after_ms);
        if self.requests.consecutive_errors >= MIN_REPORTED_ERRORS {
            self.report_obstacle(Some(failure));
        }
    }

    /// Emits an update if what stands in the way has changed.
    pub(super) fn report_obstacle(&mut self, failure: Option<Failure>) {
        let obstacle = failure.map(Failure::without_provider_message);
        if self.polling.obstacle != obstacle {
            self.polling.obstacle = obstacle;
            self.emit_update();
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
                let was_stalled = self.polling.consecutive_stalls > 0;
                self.on_job_poll(now, RequestKind::LongPoll, PollResult::Found(seen), None);
                if was_stalled && self.polling.consecutive_stalls > 0 {
                    self.polling.idle_ms = self.polling.idle_ms.saturating_add(held_ms);
                }
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
        let mut videos = std::mem::take(&mut seen.videos);
        // A provider that returns the request beside the result returns its URLs, too.
        videos.retain(|video| !self.request_contains(video));
        let more = self.polling.add_videos(videos);
        if more {
            self.polling.idle_ms = 0;
        }
        self.polling.progress = seen.progress.or(self.polling.progress);
        let accepted_at = self.handle.accepted_at.unwrap_or(now);
        self.polling.set_queue_time(now, accepted_at, &seen);
        let is_end = seen.status.is_some_and(Status::is_end);
        if !is_end {
            (self.polling.last_seen_at, self.polling.unseen_ms) = (Some(now), 0);
        }
        let (ready, n) = (self.polling.ready(), self.handle.n as usize);
        let some = ready > 0;
        let are_known = ready.saturating_add(seen.failures.len()) >= n;
        let incomplete = seen.status == Some(Status::Completed) && !(some && are_known);
        // Nothing of the job is pending, and yet the provider does not say that it has ended.
        let failing = !is_end && are_known;
        let reported = seen.failures.first().filter(|_| failing);
        let reported = reported.cloned().map(Failure::without_provider_message);
        let is_failing = reported.is_some();
        self.polling.count_stall(seen.stalled || incomplete || is_failing, reported);
        let (stalls, idle_ms) = (self.polling.consecutive_stalls, self.polling.idle_ms);
        // Results arrive one by one, and pending ones may be absent from a response: a paid video is
        // waited for as long as it may still arrive.
        let max_idle_ms = u64::from(self.polling.typical_duration_ms).saturating_mul(4);
        let given_up = match is_failing {
            true => stalls >= MAX_STALLS && idle_ms >= MAX_FAILING_MS,
            false => stalls >= MAX_STALLS && idle_ms > max_idle_ms,
        };
        let all = ready >= n || given_up;
        match seen.status {
            Some(Status::Completed) if incomplete => self.on_completed_without_video(now, seen),
            Some(Status::Completed | Status::Failed) if some => self.complete(now, seen),
            Some(Status::Failed) => self.on_failed(now, seen),
            Some(Status::Cancelled) => self.fail_cancelled(now, seen.charge, seen.raw),
            _ if all && some => self.complete(now, seen),
            _ if all && is_failing => self.fail_stuck(now, seen),
            _ if all => self.on_failed(now, seen),
            status => {
                self.status = status.unwrap_or(self.status);
                let reported = seen.failures.into_iter().next();
                self.polling.obstacle = reported.map(Failure::without_provider_message);
                self.emit_update_with_eta(now);
                self.poll_later(now);
                if more {
                    // The provider may not return these videos again.
                    self.save();
                }
            }
        }
    }

    /// Schedules the next poll of a running job, or the cancel request that waited for this one.
    fn poll_later(&mut self, now: u64) {
        let wait = self.poll_context(now).next_ms();
        if self.polling.consecutive_stalls > 0 {
            self.polling.idle_ms = self.polling.idle_ms.saturating_add(wait);
        }
        let wait = if self.cancel_wanted && !self.cancel_late { 0 } else { wait };
        self.requests.wake_at = Some(now.saturating_add(wait));
    }

    fn complete(&mut self, now: u64, mut seen: JobSnapshot) {
        seen.failures.truncate(MAX_RESULTS);
        let ended_at = *self.handle.ended_at.get_or_insert(now);
        let provider = self.handle.provider;
        let mut videos = self.polling.videos.clone();
        videos.retain(Video::has_content);
        videos.truncate(MAX_RESULTS);
        for video in &mut videos {
            let expiry = || provider.video_expiry(&self.handle, ended_at, video);
            video.expires_at = video.expires_at.or_else(expiry);
        }
        // The sum of the videos' costs if each has one. The cost of a response is that of the videos in it: of all
        // that a request for one result made.
        let each: Option<Vec<Usd>> = videos.iter().map(|video| video.cost).collect();
        let whole = seen.cost.filter(|_| videos.len() == 1 || self.handle.n == 1);
        let outcome = VideoResult {
            videos,
            failures: seen.failures,
            cost: each.map(Usd::sum).or(whole).and_then(Usd::exact),
            queue_time_ms: seen.queue_time_ms,
            execution_time_ms: seen.execution_time_ms,
            raw: seen.raw,
        };
        self.polling.progress = Some(100);
        self.finish(now, Status::Completed, End::Completed(Box::new(outcome)));
    }

    /// Completed, but a video is missing. It may still arrive, and the provider has probably billed it: the
    /// job is polled for minutes, then its details are requested, if the provider has them.
    fn on_completed_without_video(&mut self, now: u64, mut seen: JobSnapshot) {
        let is_new = self.polling.without_video.is_none();
        if is_new {
            // What was waited for before was another video of the batch.
            self.polling.idle_ms = 0;
        }
        if self.polling.idle_ms < MAX_WITHOUT_VIDEO_MS {
            let doublings = self.polling.consecutive_stalls.min(MAX_NOT_FOUND_DOUBLINGS);
            let wait = backoff_ms(doublings, None);
            self.polling.idle_ms = self.polling.idle_ms.saturating_add(wait);
            self.requests.wake_at = Some(now.saturating_add(wait));
            if is_new {
                self.polling.without_video = Some(seen.raw);
                self.save();
            }
            return;
        }
        if !self.polling.details_requested {
            self.polling.details_requested = true;
            if let Some(request) = self.handle.provider.details(&self.handle) {
                return self.send(now, RequestKind::Details, request);
            }
        }
        if self.polling.ready() > 0 {
            return self.complete(now, seen);
        }
        let failure = seen.failures.pop().unwrap_or_else(without_video);
        let charge = seen.charge.unwrap_or(Charge::Charged);
        self.fail_with_raw(now, Status::Failed, failure, charge, seen.raw);
    }

    fn on_failed(&mut self, now: u64, seen: JobSnapshot) {
        let failure = first_failure(seen.failures);
        let charge = seen.charge.unwrap_or(match self.handle.provider {
            // Not documented for a job that reached the provider's time limit.
            _ if failure.code == ErrorCode::GenerationTimeout => Charge::Unknown,
            // "Failed generations are not charged."
            ProviderId::Runpod => Charge::None,
            // Not documented.
            ProviderId::Runware => Charge::Unknown,
        });
        self.fail_with_raw(now, Status::Failed, failure, charge, seen.raw);
    }

    /// The provider reports an error again and again, but no end.
    fn fail_stuck(&mut self, now: u64, seen: JobSnapshot) {
        let name = self.handle.provider.name();
        let cancel = match self.handle.provider.cancel(&self.handle) {
            Some(_) => ": `resume(handle)` continues it, and its `cancel()` stops it",
            None => ", and it cannot be cancelled",
        };
        let failure = first_failure(seen.failures);
        let message = format!(
            "{name} reports an error but no end of the job. It may still be running and be billed{cancel}. The \
             error: {}",
            failure.message
        );
        let failure = Failure { message: truncate(&message, MAX_MESSAGE_LEN), ..failure };
        self.fail_with_raw(now, Status::Failed, failure, Charge::Unknown, seen.raw);
    }

    fn accepted_at(&self) -> u64 {
        self.handle.accepted_at.unwrap_or(self.handle.created_at)
    }

    /// When the job was accepted, or last seen queued or running.
    pub(super) fn seen_at(&self) -> u64 {
        self.polling.last_seen_at.unwrap_or(0).max(self.accepted_at())
    }

    /// Counts the time since the last input.
    pub(super) fn count_unseen(&mut self, now: u64) {
        let passed = now.saturating_sub(self.last_input_at);
        let planned = match self.next_timeout() {
            u64::MAX => 0,
            at => at.saturating_sub(self.last_input_at),
        };
        let counted = passed.min(planned.saturating_add(MAX_LATE_MS));
        self.polling.unseen_ms = self.polling.unseen_ms.saturating_add(counted);
    }

    /// The provider does not know a job that it accepted.
    fn on_not_found(&mut self, now: u64, kind: RequestKind) {
        self.polling.consecutive_not_found = self.polling.consecutive_not_found.saturating_add(1);
        let (count, provider) = (self.polling.consecutive_not_found, self.handle.provider);
        let age = self.polling.unseen_ms;
        let uses_details = kind == RequestKind::Poll && count.is_multiple_of(MAX_NOT_FOUND);
        let details = uses_details.then(|| provider.details(&self.handle)).flatten();
        // The result is retained from the end of the job on, and the job cannot have ended before it was last seen.
        let is_gone = match provider.result_retention_ms(self.submission.sync) {
            Some(retention_ms) => count >= MAX_NOT_FOUND && age > retention_ms,
            None => {
                let usual_ms = 4 * u64::from(self.polling.typical_duration_ms);
                // A job that was never seen may not be visible yet.
                let min_ms = if self.seen_at() > self.accepted_at() { 0 } else { MIN_UNSEEN_MS };
                count >= MAX_EMPTY_RESPONSES && age > usual_ms.max(min_ms)
            }
        };
        let unverified = self.submission.job_id_unverified;
        if unverified && count >= MAX_NOT_FOUND && age > MAX_UNVERIFIED_MS {
            return self.discard_webhook_job_id(now);
        }
        if let Some(request) = details {
            return self.send(now, RequestKind::Details, request);
        }
        if is_gone && !unverified {
            return self.fail_expired(now);
        }
        let wait = backoff_ms(count.min(MAX_NOT_FOUND_DOUBLINGS), None);
        self.requests.wake_at = Some(now.saturating_add(wait));
        if count >= MAX_NOT_FOUND {
            let name = provider.name();
            let message = format!(
                "{name} does not know the job, which can last for minutes after the submit. filmgate keeps polling."
            );
            self.report_obstacle(Some(Failure::new(ErrorCode::JobNotFound, None, &message)));
        }
    }

    /// Whether the job was billed is not known any more.
    fn fail_expired(&mut self, now: u64) {
        if let Some(raw) = self.polling.without_video.take() {
            return self.fail_with_raw(now, Status::Failed, without_video(), Charge::Charged, raw);
        }
        let message = "The provider no longer has the result: its retention time is over. It may have been billed. Submit \
             a new job.";
        let failure = Failure::new(ErrorCode::ResultExpired, None, message);
        self.fail(now, Status::Expired, failure, Charge::Unknown);
    }
}

fn without_video() -> Failure {
    let message = "The provider reports the job as completed but returned no video. Check its console; \
         `raw` has its response.";
    Failure::new(ErrorCode::InvalidResponse, None, message)
}

fn first_failure(failures: Vec<Failure>) -> Failure {
    failures.into_iter().next().unwrap_or_else(|| {
        Failure::new(ErrorCode::GenerationFailed, None, "The provider gave no reason.")
    })
}
