//! An ended job that may have been billed is polled once more when it is resumed, before its stored error is
//! reported again: the provider may have found the video since, or may have been wrong.

use super::{End, Job, Phase, RequestKind};
use crate::outcome::{Charge, Status};
use crate::provider::{JobSnapshot, PollResult};

impl Job {
    /// Whether the stored end may be wrong at the caller's cost, and the provider can be polled.
    pub(super) fn may_still_exist(&self) -> bool {
        matches!(&self.end, Some(End::Error(error)) if error.charge != Charge::None)
            && self.handle.provider.poll(&self.handle).is_some()
    }

    /// Handles the response to the poll, or to the request for the details that follows it.
    pub(super) fn on_recheck(&mut self, now: u64, kind: RequestKind, polled: PollResult) {
        match polled {
            PollResult::Found(seen) if self.is_news(&seen) => self.reopen(now, kind, *seen),
            PollResult::NotFound | PollResult::Found(_) if kind == RequestKind::Poll => {
                match self.handle.provider.details(&self.handle) {
                    Some(request) => self.send(now, RequestKind::Details, request),
                    None => self.end_recheck(),
                }
            }
            _ => self.end_recheck(),
        }
    }

    /// Whether a response shows more than the stored error: the job goes on, or has a video, be it one whose
    /// URL is not there yet, or its end was not known.
    fn is_news(&self, seen: &JobSnapshot) -> bool {
        let is_end = seen.status.is_some_and(Status::is_end);
        let was_unknown = matches!(self.status, Status::Expired | Status::SubmissionUnknown);
        let has_video = |seen: &JobSnapshot| {
            seen.videos.iter().any(|video| video.has_content() && !self.request_contains(video))
        };
        // Details without a status show only that the job existed.
        let goes_on = !is_end && (seen.status.is_some() || was_unknown);
        let is_made = seen.status == Some(Status::Completed);
        goes_on || is_made || has_video(seen) || is_end && was_unknown
    }

    fn reopen(&mut self, now: u64, kind: RequestKind, seen: JobSnapshot) {
        self.discard_end();
        self.polling.restart();
        self.accept(now, seen.clone());
        self.on_job_poll(now, kind, PollResult::Found(Box::new(seen)), None);
    }

    /// Reports the stored error again, unchanged.
    pub(super) fn end_recheck(&mut self) {
        self.phase = Phase::Ended;
        (self.requests.in_flight, self.requests.wake_at) = (None, None);
        self.emit_done();
    }
}
