//! Sending requests and taking their answers: one is under way at a time.

use super::{Ask, Flight, Job, Output, Phase, TransportError};
use crate::error::{Error, ErrorCode};
use crate::outcome::{Charge, Failure, Status};
use crate::provider::{Polled, Request, Response, Submitted};

/// After so long without a question, the job may well have ended.
const SILENCE_MS: u64 = 60_000;

impl Job {
    pub(super) fn send(&mut self, now: u64, ask: Ask, request: Request) {
        let id = self.requests;
        self.requests = self.requests.wrapping_add(1);
        let limit_ms = self.request_ms.saturating_add(request.extra_ms);
        self.flight = Some(Flight {
            id,
            ask,
            limit_ms,
            deadline: Some(now.saturating_add(limit_ms)),
        });
        (self.asked_at, self.wake_at) = (now, None);
        self.outputs.push_back(Output::Transmit {
            id,
            limit_ms,
            request,
        });
    }

    /// The time for an answer runs from when the request leaves.
    pub(super) fn set_deadline(&mut self, id: u32, left: Option<u64>) {
        if let Some(flight) = self.flight.as_mut().filter(|flight| flight.id == id) {
            flight.deadline = left.map(|now| now.saturating_add(flight.limit_ms));
        }
    }

    /// The request that an answer belongs to; `None` where nobody waits for it any longer.
    pub(super) fn land(&mut self, id: u32) -> Option<Ask> {
        let flight = self.flight.filter(|flight| flight.id == id)?;
        self.flight = None;
        Some(flight.ask)
    }

    pub(super) fn pass_time(&mut self, now: u64) {
        let late = now >= self.give_up_at;
        match self.phase {
            Phase::Storing if late => return self.not_stored(),
            // The end is not kept back by a store that does not answer.
            Phase::Ended if late && self.saving.take().is_some() => return self.deliver(),
            Phase::Storing | Phase::Ended => return,
            Phase::Submitting | Phase::Waiting | Phase::Reconciling | Phase::Running => {}
        }
        if let Some(flight) = self.flight
            && flight.deadline.is_some_and(|deadline| now >= deadline)
        {
            self.flight = None;
            self.unanswered(now, flight.ask, TransportError::Timeout);
        }
        if matches!(self.phase, Phase::Storing | Phase::Ended) {
            return;
        }
        // The answer to a submit may be all that ever finds the job: it is waited for.
        if late && !self.is_awaited() {
            if self.phase == Phase::Waiting {
                return self.turned_away(now);
            }
            // One that has slept for long asks once more before it gives up.
            if self.flight.is_some() || now.saturating_sub(self.asked_at) < SILENCE_MS {
                let message = "The time to wait ran out. The job goes on: resume it by its handle.";
                return self.stop(Error::new(ErrorCode::Timeout, Charge::Unknown, message));
            }
            self.wake_at = Some(now);
        }
        if self.flight.is_none() && self.wake_at.is_some_and(|at| now >= at) {
            self.wake_at = None;
            self.act(now);
        }
    }

    /// Whether a request is under way that is waited for beyond the caller's time: a submit, or the
    /// last question, which was asked beyond it.
    pub(super) fn is_awaited(&self) -> bool {
        self.flight
            .is_some_and(|flight| flight.ask == Ask::Submit || self.asked_at >= self.give_up_at)
    }

    /// A clock that was set back takes the times with it that the machine counts by.
    pub(super) fn set_clock(&mut self, now: u64) {
        let back = self.told_at.saturating_sub(now);
        self.told_at = now;
        let times = [
            self.wake_at.as_mut(),
            self.flight
                .as_mut()
                .and_then(|flight| flight.deadline.as_mut()),
            self.first_sent.as_mut(),
            Some(&mut self.give_up_at),
            Some(&mut self.asked_at),
            Some(&mut self.hinted_at),
        ];
        for time in times.into_iter().flatten() {
            *time = time.saturating_sub(back);
        }
    }

    pub(super) fn act(&mut self, now: u64) {
        match self.phase {
            Phase::Waiting => self.store_submit(now),
            Phase::Reconciling | Phase::Running => self.ask(now),
            Phase::Storing | Phase::Submitting | Phase::Ended => {}
        }
    }

    /// Asks how the job stands, or to stop it.
    pub(super) fn ask(&mut self, now: u64) {
        if self.behind {
            self.save();
        }
        let provider = self.handle.provider;
        if self.cancel_wanted
            && !self.cancel_late
            && self.phase == Phase::Running
            && let Some(request) = provider.cancel(&self.handle)
        {
            return self.send(now, Ask::Cancel, request);
        }
        let in_peace = self.phase == Phase::Running && self.troubles == 0;
        if in_peace
            && self.long_poll
            && now < self.give_up_at
            && let Some(request) = provider.long_poll(&self.handle)
        {
            self.send(now, Ask::LongPoll, request);
        } else if let Some(mut request) = provider.poll(&self.handle) {
            // After a failure it goes alone, so that one job's does not fail others' for ever.
            request.shared &= in_peace;
            self.send(now, Ask::Poll, request);
        }
    }

    pub(super) fn answered(&mut self, now: u64, ask: Ask, response: &Response) {
        let provider = self.handle.provider;
        match ask {
            Ask::Submit => {
                let submitted = provider.read_submit(&self.handle, response);
                let submitted = self.submitted_kept_back(submitted);
                self.submitted(now, submitted, response.retry_after_ms);
            }
            Ask::Poll | Ask::LongPoll | Ask::Details | Ask::Cancel => {
                let polled = match ask {
                    Ask::Details => provider.read_details(&self.handle, response),
                    _ => provider.read_poll(&self.handle, response),
                };
                let polled = self.polled_kept_back(polled);
                self.heard(now, ask, polled, response.retry_after_ms);
            }
        }
    }

    fn heard(&mut self, now: u64, ask: Ask, polled: Polled, retry_after_ms: Option<u64>) {
        match ask {
            Ask::Cancel => self.cancel_answered(now, polled),
            Ask::LongPoll => self.long_polled(now, polled, retry_after_ms),
            _ if self.phase == Phase::Reconciling => self.settled(now, ask, polled, retry_after_ms),
            _ => self.polled(now, ask, polled, retry_after_ms),
        }
    }

    /// An answer that nobody waits for. The one that matters is to a submit that was given up as
    /// unknown: it brings the job's id, and after a held line all of its end.
    pub(super) fn late(&mut self, now: u64, response: &Response) {
        let lost = matches!(self.status, Status::SubmissionUnknown | Status::Reconciling);
        let submitted = self.handle.provider.read_submit(&self.handle, response);
        if lost
            && let Submitted::Accepted(seen) = &submitted
            && seen.job_id.as_ref().is_some_and(|id| self.can_take(id))
        {
            self.take_back_the_end();
            let submitted = self.submitted_kept_back(submitted);
            self.submitted(now, submitted, None);
        }
    }

    pub(super) fn unanswered(&mut self, now: u64, ask: Ask, kind: TransportError) {
        let message = match kind {
            TransportError::Network => {
                "Network or CORS: no answer came. Check the connection and the base address; a \
                 browser needs a provider or gateway that allows its origin."
            }
            TransportError::Timeout => "No answer came within the time limit.",
            TransportError::Unsent => {
                "Nothing was sent: check the connection, the key and the base address."
            }
        };
        let failure = Failure::new(ErrorCode::ConnectionError, None, message);
        match ask {
            Ask::Submit if kind == TransportError::Unsent => self.unsent(now, failure),
            Ask::Submit => self.submit_lost(now, failure),
            Ask::LongPoll => {
                self.long_poll = false;
                self.trouble(now, None);
            }
            Ask::Poll | Ask::Details => self.trouble(now, None),
            Ask::Cancel => self.cancel_lost(now),
        }
    }
}
