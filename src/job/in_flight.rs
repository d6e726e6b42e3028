//! Requests and their responses. One request is in flight at a time.

use super::{Job, Output, Phase, TransportError};
use crate::codec::{codec, string_enum};
use crate::error::{Error, ErrorCode};
use crate::outcome::{Charge, Failure, Status};
use crate::provider::{PollResult, Request, Response, SubmitResult};
use crate::schedule::backoff_ms;

/// After this time without a request, a job is polled once more before the wait times out.
const MAX_SILENCE_MS: u64 = 60_000;

/// Consecutive authorization failures before polling stops.
const MAX_UNAUTHORIZED: u32 = 2;

/// The requests of a job: when the next one is due, and the one in flight.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests {
    pub(super) in_flight: Option<InFlight>,
    /// The id of the next request.
    pub(super) next_id: u32,
    /// When the last request was sent.
    pub(super) last_request_at: u64,
    /// When the next request is due.
    pub(super) wake_at: Option<u64>,
    /// Time limit of one request, in milliseconds.
    pub(super) timeout_ms: u64,
    /// Consecutive failed requests.
    pub(super) consecutive_errors: u32,
    /// Consecutive authorization failures.
    pub(super) consecutive_unauthorized: u32,
}

codec!(packed Requests {
    in_flight = "inFlight",
    next_id = "nextId",
    last_request_at = "lastRequestAt",
    wake_at = "wakeAt",
    timeout_ms = "timeoutMs",
    consecutive_errors = "consecutiveErrors",
    consecutive_unauthorized = "consecutiveUnauthorized",
});

/// The request in flight.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFlight {
    pub(super) id: u32,
    pub(super) kind: RequestKind,
    pub(super) limit_ms: u64,
    /// When the request times out; `None` while the driver holds it.
    pub(super) deadline: Option<u64>,
}

codec!(packed InFlight {
    id = "id",
    kind = "kind",
    limit_ms = "limitMs",
    deadline = "deadline",
});

/// The kind of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestKind {
    Submit,
    Poll,
    /// A poll that the provider may hold open until there is a change.
    LongPoll,
    Details,
    Cancel,
}

string_enum!(RequestKind {
    Submit = "submit",
    Poll = "poll",
    LongPoll = "long_poll",
    Details = "details",
    Cancel = "cancel",
});

impl Requests {
    pub(super) fn new(timeout_ms: u64) -> Self {
        Requests { timeout_ms, ..Requests::default() }
    }

    /// The kind of the request with this id, which is then no longer in flight; `None` if it was not.
    pub(super) fn take_in_flight(&mut self, id: u32) -> Option<RequestKind> {
        let in_flight = self.in_flight.filter(|in_flight| in_flight.id == id)?;
        self.in_flight = None;
        Some(in_flight.kind)
    }

    /// Starts or stops the time limit of a request. It starts when the request is sent.
    pub(super) fn set_deadline(&mut self, id: u32, left: Option<u64>) {
        if let Some(in_flight) = self.in_flight.as_mut().filter(|in_flight| in_flight.id == id) {
            in_flight.deadline = left.map(|now| now.saturating_add(in_flight.limit_ms));
        }
    }

    /// Counts a failure and sets when to try again.
    pub(super) fn back_off(&mut self, now: u64, retry_after_ms: Option<u64>) {
        self.consecutive_errors = self.consecutive_errors.saturating_add(1);
        let wait = backoff_ms(self.consecutive_errors, retry_after_ms);
        self.wake_at = Some(now.saturating_add(wait));
    }

    /// Forgets earlier failures: the provider has responded.
    pub(super) fn on_success(&mut self) {
        (self.consecutive_errors, self.consecutive_unauthorized) = (0, 0);
    }
}

impl Job {
    pub(super) fn send(&mut self, now: u64, kind: RequestKind, request: Request) {
        let mut limit_ms = self.requests.timeout_ms.saturating_add(request.extra_timeout_ms);
        let asked_at = self.requests.last_request_at;
        if asked_at >= self.deadline {
            // The requests after the deadline share one time limit.
            limit_ms =
                asked_at.saturating_add(limit_ms).saturating_sub(now).clamp(1, limit_ms.max(1));
        }
        self.send_within(now, kind, request, limit_ms);
    }

    pub(super) fn send_within(
        &mut self,
        now: u64,
        kind: RequestKind,
        request: Request,
        limit_ms: u64,
    ) {
        let id = self.requests.next_id;
        self.requests.next_id = self.requests.next_id.wrapping_add(1);
        self.requests.in_flight =
            Some(InFlight { id, kind, limit_ms, deadline: Some(now.saturating_add(limit_ms)) });
        (self.requests.last_request_at, self.requests.wake_at) = (now, None);
        self.outputs.push(Output::Transmit { id, limit_ms, request });
    }

    pub(super) fn on_time(&mut self, now: u64) {
        let late = now >= self.deadline;
        match self.phase {
            Phase::Persisting if late => return self.fail_not_stored(),
            // A store that does not respond must not delay the result.
            Phase::Ended
                if now >= self.store_deadline() && self.persistence.saving.take().is_some() =>
            {
                return self.emit_done();
            }
            Phase::Persisting | Phase::Ended => return,
            Phase::Submitting
            | Phase::Backoff
            | Phase::Reconciling
            | Phase::Running
            | Phase::Rechecking => {}
        }
        if let Some(in_flight) = self.requests.in_flight
            && in_flight.deadline.is_some_and(|deadline| now >= deadline)
        {
            self.requests.in_flight = None;
            self.on_transport_error(now, in_flight.kind, TransportError::Timeout);
        }
        if matches!(self.phase, Phase::Persisting | Phase::Ended) {
            return;
        }
        // The response to a submit may be the only way to find the job, so it is waited for.
        if late && !self.is_awaited() {
            match self.phase {
                Phase::Backoff => return self.fail_rate_limited(now),
                Phase::Rechecking => return self.end_recheck(),
                _ => {}
            }
            // After a long pause the job is polled once more before the wait times out.
            let asked_at = self.requests.last_request_at;
            if self.requests.in_flight.is_some()
                || asked_at >= self.deadline
                || now.saturating_sub(asked_at) < MAX_SILENCE_MS
            {
                let message = if self.handle.accepted_at.is_some() {
                    "Timed out. The job continues: resume it with its handle."
                } else {
                    "Timed out. No answer says that the provider has the job: resume it with its handle, which checks that."
                };
                return self.stop_waiting(Error::new(ErrorCode::Timeout, Charge::Unknown, message));
            }
            self.requests.wake_at = Some(now);
        }
        if self.requests.in_flight.is_none() && self.requests.wake_at.is_some_and(|at| now >= at) {
            self.requests.wake_at = None;
            self.on_wake(now);
        }
    }

    /// Whether the request in flight is waited for beyond the deadline: a submit, or a poll that was
    /// sent after the deadline.
    pub(super) fn is_awaited(&self) -> bool {
        self.requests.in_flight.is_some_and(|in_flight| {
            in_flight.kind == RequestKind::Submit || self.requests.last_request_at >= self.deadline
        })
    }

    /// If the clock was set back, moves the stored times back by the same amount.
    pub(super) fn rebase_clock(&mut self, now: u64) {
        let back = self.last_input_at.saturating_sub(now);
        self.last_input_at = now;
        let times = [
            self.requests.wake_at.as_mut(),
            self.requests.in_flight.as_mut().and_then(|in_flight| in_flight.deadline.as_mut()),
            self.submission.first_sent.as_mut(),
            Some(&mut self.deadline),
            Some(&mut self.persistence.saving_since),
            Some(&mut self.requests.last_request_at),
            Some(&mut self.polling.last_webhook_at),
            self.polling.last_seen_at.as_mut(),
            self.cancel_until.as_mut(),
        ];
        for time in times.into_iter().flatten() {
            *time = time.saturating_sub(back);
        }
    }

    pub(super) fn on_wake(&mut self, now: u64) {
        match self.phase {
            Phase::Backoff => self.store_submit(now),
            Phase::Reconciling | Phase::Running | Phase::Rechecking => self.poll_or_cancel(now),
            Phase::Persisting | Phase::Submitting | Phase::Ended => {}
        }
    }

    /// Sends a poll, or the cancel request that is due.
    pub(super) fn poll_or_cancel(&mut self, now: u64) {
        if self.persistence.store_out_of_date {
            self.save();
        }
        let provider = self.handle.provider;
        if self.cancel_wanted
            && !self.cancel_late
            && self.phase == Phase::Running
            && let Some(request) = provider.cancel(&self.handle)
        {
            return self.send_cancel(now, request);
        }
        let without_errors = self.phase == Phase::Running && self.requests.consecutive_errors == 0;
        if without_errors
            && self.polling.long_poll
            && now < self.deadline
            && let Some(request) = provider.long_poll(&self.handle)
        {
            self.send(now, RequestKind::LongPoll, request);
        } else if let Some(mut request) = provider.poll(&self.handle) {
            // After an error the poll is sent alone, so that one bad task does not fail the batch again.
            request.batchable &= without_errors;
            self.send(now, RequestKind::Poll, request);
        }
    }

    pub(super) fn on_response(&mut self, now: u64, kind: RequestKind, response: &Response) {
        let provider = self.handle.provider;
        match kind {
            RequestKind::Submit => {
                let submitted = provider.read_submit(&self.handle, response);
                let submitted = self.redact_submit(submitted);
                self.on_submit_result(now, submitted, response.retry_after_ms);
            }
            RequestKind::Poll
            | RequestKind::LongPoll
            | RequestKind::Details
            | RequestKind::Cancel => {
                let polled = match kind {
                    RequestKind::Details => provider.read_details(&self.handle, response),
                    _ => provider.read_poll(&self.handle, response),
                };
                let polled = self.redact_poll(polled);
                self.on_poll_result(now, kind, polled, response.retry_after_ms);
            }
        }
    }

    fn on_poll_result(
        &mut self,
        now: u64,
        kind: RequestKind,
        polled: PollResult,
        retry_after_ms: Option<u64>,
    ) {
        match kind {
            RequestKind::Cancel => self.on_cancel_response(now, polled),
            RequestKind::LongPoll => self.on_long_poll(now, polled, retry_after_ms),
            _ if self.phase == Phase::Rechecking => self.on_recheck(now, kind, polled),
            _ if self.phase == Phase::Reconciling => {
                self.on_reconcile_poll(now, kind, polled, retry_after_ms)
            }
            _ => self.on_job_poll(now, kind, polled, retry_after_ms),
        }
    }

    /// A response to a request that is no longer in flight. It matters only for a submit whose outcome
    /// was unknown: it contains the job's id, and after a synchronous submit also the result.
    pub(super) fn on_late_response(&mut self, now: u64, response: &Response) {
        let lost = matches!(self.status, Status::SubmissionUnknown | Status::Reconciling);
        let submitted = self.handle.provider.read_submit(&self.handle, response);
        if lost
            && let SubmitResult::Accepted(seen) = &submitted
            && seen.job_id.as_ref().is_some_and(|id| self.accepts_job_id(id))
        {
            self.discard_end();
            let submitted = self.redact_submit(submitted);
            self.on_submit_result(now, submitted, None);
        }
    }

    pub(super) fn on_transport_error(
        &mut self,
        now: u64,
        kind: RequestKind,
        error: TransportError,
    ) {
        let failure = Failure::new(
            ErrorCode::ConnectionError,
            None,
            &transport_message(error, self.handle.provider.name()),
        );
        match kind {
            RequestKind::Submit if error == TransportError::Unsent => self.on_unsent(now, failure),
            RequestKind::Submit => self.on_submit_lost(now, failure),
            RequestKind::Cancel => self.on_cancel_failed(now),
            RequestKind::LongPoll | RequestKind::Poll | RequestKind::Details => {
                self.on_poll_result(now, kind, PollResult::Transient(failure), None)
            }
        }
    }

    /// A retry with the same API key does not help: polling stops. The job continues, and the caller can
    /// resume it with another key.
    pub(super) fn on_unauthorized(
        &mut self,
        now: u64,
        failure: Failure,
        retry_after_ms: Option<u64>,
    ) {
        self.requests.back_off(now, retry_after_ms);
        self.requests.consecutive_unauthorized =
            self.requests.consecutive_unauthorized.saturating_add(1);
        if self.requests.consecutive_unauthorized >= MAX_UNAUTHORIZED {
            self.stop_waiting(Error { failure, charge: Charge::Unknown, raw: None });
        }
    }
}

fn transport_message(error: TransportError, name: &str) -> String {
    match error {
        TransportError::Network => format!(
            "{name} does not answer: network or CORS, which a browser cannot tell apart. Check the base URL; in a \
             page, use a gateway."
        ),
        TransportError::Timeout => format!("{name} did not answer in time."),
        TransportError::Unsent => {
            "Nothing was sent. Check the connection, the API key and the base URL.".to_owned()
        }
    }
}

/// What a driver asks of the request in flight.
impl Job {
    /// Whether it is a submit, and whether its response may hold the bytes of a video.
    #[cfg(any(feature = "client", target_arch = "wasm32"))]
    pub(crate) fn request_in_flight(&self) -> (bool, bool) {
        match self.requests.in_flight.map(|in_flight| in_flight.kind) {
            Some(RequestKind::Submit) => (true, self.submission.sync),
            Some(RequestKind::Cancel) => (false, false),
            _ => (false, true),
        }
    }

    /// How many requests have failed since the last response that says something about the job.
    #[cfg(feature = "client")]
    pub(crate) fn consecutive_errors(&self) -> u32 {
        self.requests.consecutive_errors
    }
}
