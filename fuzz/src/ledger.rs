//! Records what was sent and what may have been accepted: the invariants about money and about what
//! callers see.

use filmgate::codec::Codec;
use filmgate::error::Error;
use filmgate::job::{Job, TransportError, Update};
use filmgate::outcome::{Charge, VideoResult};
use filmgate::provider::{Request, Response, SubmitResult};
use serde_json::Value;

use crate::input_script::PROMPT;

/// Sends of one submit at most.
const MAX_SENDS: u32 = 5;
/// Videos, or errors, of one job at most.
const MAX_RESULTS: usize = 100;
/// Consecutive characters that make a quotation.
const NGRAM: usize = 12;

#[derive(Default)]
pub(crate) struct Ledger {
    in_flight: Option<InFlight>,
    sends: u32,
    /// Path and body of the submit.
    submit: Option<(String, Option<Value>)>,
    /// Whether a submit was sent that is not known to be rejected, and when the first one was.
    may_be_accepted: bool,
    submitted_at: u64,
    /// Whether only the last submit may have been accepted.
    is_only_submit: bool,
    /// Whether the request is known, so that all of it must be redacted.
    redacts: bool,
    /// The job's id, once it has one.
    job_id: Option<String>,
}

struct InFlight {
    id: u32,
    is_submit: bool,
    is_long_poll: bool,
    limit_ms: u64,
    /// When its time limit started; none while it is queued.
    left_at: Option<u64>,
}

impl Ledger {
    /// A new job: nothing was ever sent.
    pub(crate) fn of_new_job() -> Self {
        Ledger {
            redacts: true,
            ..Ledger::default()
        }
    }

    /// A job from a record: a submit may have been sent, unless the record says that none is out, or
    /// how it ended.
    pub(crate) fn of_record(job: &Job) -> Self {
        let record = job.record();
        let phase = record.get("phase").and_then(Value::as_str);
        Ledger {
            may_be_accepted: !matches!(phase, Some("backoff" | "ended")),
            submitted_at: record
                .pointer("/submission/firstSent")
                .and_then(Value::as_u64)
                .unwrap_or(0),
            ..Ledger::default()
        }
    }

    pub(crate) fn in_flight(&self) -> Option<u32> {
        self.in_flight.as_ref().map(|in_flight| in_flight.id)
    }

    pub(crate) fn set_clock(&mut self, before: u64, now: u64) {
        // The machine moves its pending times with the clock.
        if let Some(left_at) = self
            .in_flight
            .as_mut()
            .and_then(|in_flight| in_flight.left_at.as_mut())
        {
            *left_at = left_at.saturating_sub(before.saturating_sub(now));
        }
    }

    pub(crate) fn held(&mut self, id: u32) {
        self.set_left(id, None);
    }

    pub(crate) fn left(&mut self, id: u32, now: u64) {
        self.set_left(id, Some(now));
    }

    fn set_left(&mut self, id: u32, left_at: Option<u64>) {
        if let Some(in_flight) = self
            .in_flight
            .as_mut()
            .filter(|in_flight| in_flight.id == id)
        {
            in_flight.left_at = left_at;
        }
    }

    pub(crate) fn pass_time(&mut self, now: u64) {
        let is_over = |in_flight: &mut InFlight| {
            let left_at = in_flight.left_at;
            left_at.is_some_and(|left_at| now >= left_at.saturating_add(in_flight.limit_ms))
        };
        self.in_flight.take_if(is_over);
    }

    /// The new driver has nothing in flight and knows only the stored record.
    pub(crate) fn on_crash(&mut self) {
        (self.in_flight, self.job_id) = (None, None);
    }

    pub(crate) fn on_response(&mut self, job: &Job, id: u32, response: &Response) {
        if self.take_in_flight(id) {
            let provider = job.handle.provider;
            let submitted = provider.read_submit(&job.handle, response);
            if matches!(submitted, SubmitResult::Busy(_) | SubmitResult::Rejected(_)) {
                self.on_rejected();
            }
            let busy = matches!(submitted, SubmitResult::Busy(_));
            assert!(
                !busy || response.status == 429 || provider.supports_idempotency(),
                "busy is HTTP 429"
            );
        }
    }

    pub(crate) fn on_transport_error(&mut self, id: u32, kind: TransportError) {
        if self.take_in_flight(id) && kind == TransportError::Unsent {
            self.on_rejected();
        }
    }

    /// It does not decide an earlier submit.
    fn on_rejected(&mut self) {
        self.may_be_accepted &= !self.is_only_submit;
    }

    /// Returns whether it was the submit in flight.
    fn take_in_flight(&mut self, id: u32) -> bool {
        let taken = self.in_flight.take_if(|in_flight| in_flight.id == id);
        taken.is_some_and(|in_flight| in_flight.is_submit)
    }

    pub(crate) fn sent(
        &mut self,
        now: u64,
        id: u32,
        limit_ms: u64,
        request: &Request,
        stored: Option<&Value>,
    ) {
        // A long poll is aborted for a more urgent request, and any poll for a cancel.
        let before = self.in_flight.take();
        let is_cancel = request.path.contains("/cancel/");
        assert!(
            before.is_none_or(
                |in_flight| in_flight.is_long_poll || is_cancel && !in_flight.is_submit
            ),
            "two requests at once"
        );
        let is_submit = is_submit(request);
        if is_submit {
            let phase = stored
                .and_then(|record| record.get("phase"))
                .and_then(Value::as_str);
            // A driver that resumes this record must not conclude that nothing was sent.
            assert!(
                matches!(phase, Some("persisting" | "submitting" | "reconciling")),
                "a submit leaves while the store says {phase:?}"
            );
            let submit = (request.path.clone(), request.body.clone());
            let first = self.submit.get_or_insert_with(|| submit.clone());
            assert_eq!(*first, submit, "another submit for the same job");
            self.is_only_submit = !self.may_be_accepted;
            if self.is_only_submit {
                self.submitted_at = now;
            } else {
                self.assert_resubmit_is_safe(now, request, stored);
            }
            self.sends += 1;
            assert!(self.sends <= MAX_SENDS, "sent again and again");
            self.may_be_accepted = true;
        }
        self.in_flight = Some(InFlight {
            id,
            is_submit,
            is_long_poll: request.path.contains("/status-sync/"),
            limit_ms,
            left_at: Some(now),
        });
    }

    /// Runware rejects the same task while it runs, and no video finishes sooner than this.
    fn assert_resubmit_is_safe(&self, now: u64, request: &Request, stored: Option<&Value>) {
        assert!(request.path.is_empty(), "sent again");
        let shortest =
            stored.and_then(|record| record.pointer("/submission/minDurationMs")?.as_u64());
        let passed = now.checked_sub(self.submitted_at);
        assert!(
            passed < shortest && passed.is_some(),
            "sent again after {passed:?} ms"
        );
    }

    pub(crate) fn done(&mut self, job: &Job, done: &Result<VideoResult, Error>) {
        if let Some(id) = &job.handle.job_id {
            assert_eq!(
                self.job_id.get_or_insert_with(|| id.clone()),
                id,
                "another id"
            );
        }
        match done {
            Ok(outcome) => {
                assert!((1..=MAX_RESULTS).contains(&outcome.videos.len()));
                assert!(outcome.failures.len() <= MAX_RESULTS);
                let json = outcome.to_json(&job.handle);
                self.assert_redacted(&json["errors"]);
            }
            Err(error) => {
                let accepted = job.handle.job_id.is_some() || job.handle.accepted_at.is_some();
                assert!(
                    error.charge != Charge::None || accepted || !self.may_be_accepted,
                    "may be billed: {error:?}"
                );
                self.assert_redacted(&error.write());
            }
        }
        self.assert_redacted(&job.handle.write());
    }

    /// An update of a job that is not over may have the provider's error.
    pub(crate) fn updated(&self, update: &Update) {
        self.assert_redacted(&update.write());
    }

    fn assert_redacted(&self, text: &Value) {
        let text = text.to_string();
        let pieces = || {
            PROMPT
                .as_bytes()
                .windows(NGRAM)
                .filter_map(|piece| std::str::from_utf8(piece).ok())
        };
        assert!(
            !self.redacts || !pieces().any(|piece| text.contains(piece)),
            "quoted: {text}"
        );
        assert!(
            text.len() <= MAX_RESULTS * 2_500,
            "{} bytes are reported",
            text.len()
        );
    }
}

fn is_submit(request: &Request) -> bool {
    let task = request
        .body
        .as_ref()
        .and_then(|body| body.get(0)?.get("taskType")?.as_str());
    task == Some("videoInference")
        || request.path.ends_with("/run")
        || request.path.ends_with("/runsync")
}
