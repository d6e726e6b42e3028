//! Webhooks. They are not signed, so they are never trusted.

use super::{Job, Phase, RequestKind};
use crate::json::Value;

/// Minimum time between two polls that webhooks cause.
const MIN_WEBHOOK_INTERVAL_MS: u64 = 1_000;

impl Job {
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
            // A rejected key is tried again after a pause only: two rejections in a row stop the job.
            known
                if matches!(self.phase, Phase::Reconciling | Phase::Running)
                    && self.requests.consecutive_unauthorized == 0
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

    /// Polls, or cancels, at that time and abandons a poll that is in flight.
    pub(super) fn poll_at(&mut self, at: u64) {
        // The rest of the pause is counted as waited, and is not waited.
        let rest = self.requests.wake_at.map_or(0, |planned| planned.saturating_sub(at));
        self.polling.idle_ms = self.polling.idle_ms.saturating_sub(rest);
        (self.requests.in_flight, self.requests.wake_at) = (None, Some(at));
    }
}
