//! What was sent and what may have been taken: the rules about money, and about what goes on to
//! callers.

use filmgate::codec::Codec;
use filmgate::error::Error;
use filmgate::job::{Job, TransportError};
use filmgate::outcome::{Charge, Outcome};
use filmgate::provider::{Request, Response, Submitted};
use serde_json::Value;

use crate::input_script::PROMPT;

/// Sends of one submit.
const MOST_SENDS: u32 = 5;
/// Videos, or failures, of one job.
const MOST: usize = 100;
/// Letters in a row that make a quotation.
const PIECE: usize = 12;

#[derive(Default)]
pub(crate) struct Ledger {
    flight: Option<Flight>,
    sends: u32,
    /// Path and body of the submit.
    submit: Option<(String, Option<Value>)>,
    /// Whether a submit left that is not known to have been turned away, and when the first one did.
    may_be_taken: bool,
    out_since: u64,
    /// Whether no other than the last submit may be taken.
    is_alone: bool,
    /// Whether it is known what was sent, so that nothing of it may be told.
    keeps_back: bool,
    /// The job's id, once it has one.
    job_id: Option<String>,
}

struct Flight {
    id: u32,
    is_submit: bool,
    is_long_poll: bool,
    limit_ms: u64,
    /// When its time began to run; nothing while it is held.
    left_at: Option<u64>,
}

impl Ledger {
    /// The job is new: nothing has ever left.
    pub(crate) fn of_new_job() -> Self {
        Ledger {
            keeps_back: true,
            ..Ledger::default()
        }
    }

    /// The job goes on from a record: a submit may have left, unless that says that none is out, or
    /// what became of it.
    pub(crate) fn of_record(job: &Job) -> Self {
        let record = job.record();
        let phase = record.get("phase").and_then(Value::as_str);
        Ledger {
            may_be_taken: !matches!(phase, Some("waiting" | "ended")),
            out_since: record.get("firstSent").and_then(Value::as_u64).unwrap_or(0),
            ..Ledger::default()
        }
    }

    pub(crate) fn flight(&self) -> Option<u32> {
        self.flight.as_ref().map(|flight| flight.id)
    }

    pub(crate) fn set_clock(&mut self, before: u64, now: u64) {
        // The machine takes the times to come with it.
        if let Some(left_at) = self
            .flight
            .as_mut()
            .and_then(|flight| flight.left_at.as_mut())
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
        if let Some(flight) = self.flight.as_mut().filter(|flight| flight.id == id) {
            flight.left_at = left_at;
        }
    }

    pub(crate) fn pass_time(&mut self, now: u64) {
        let is_over = |flight: &mut Flight| {
            let left_at = flight.left_at;
            left_at.is_some_and(|left_at| now >= left_at.saturating_add(flight.limit_ms))
        };
        self.flight.take_if(is_over);
    }

    /// The new driver has nothing under way, and knows what the store has.
    pub(crate) fn crashed(&mut self) {
        (self.flight, self.job_id) = (None, None);
    }

    pub(crate) fn answered(&mut self, job: &Job, id: u32, response: &Response) {
        if self.land(id) {
            let provider = job.handle.provider;
            let submitted = provider.read_submit(&job.handle, response);
            if matches!(submitted, Submitted::Busy(_) | Submitted::Rejected(_)) {
                self.was_not_taken();
            }
            let busy = matches!(submitted, Submitted::Busy(_));
            assert!(
                !busy || response.status == 429 || provider.settles(),
                "busy is HTTP 429"
            );
        }
    }

    pub(crate) fn lost(&mut self, id: u32, kind: TransportError) {
        if self.land(id) && kind == TransportError::Unsent {
            self.was_not_taken();
        }
    }

    /// That says nothing of an earlier submit.
    fn was_not_taken(&mut self) {
        self.may_be_taken &= !self.is_alone;
    }

    /// Whether it was the submit that was under way.
    fn land(&mut self, id: u32) -> bool {
        let landed = self.flight.take_if(|flight| flight.id == id);
        landed.is_some_and(|flight| flight.is_submit)
    }

    pub(crate) fn sent(
        &mut self,
        now: u64,
        id: u32,
        limit_ms: u64,
        request: &Request,
        stored: Option<&Value>,
    ) {
        // A question whose answer takes its time is given up for what is more urgent.
        let before = self.flight.take();
        assert!(
            before.is_none_or(|flight| flight.is_long_poll),
            "two requests at once"
        );
        let is_submit = is_submit(request);
        if is_submit {
            let phase = stored
                .and_then(|record| record.get("phase"))
                .and_then(Value::as_str);
            // What a driver that finds the record must not take for "nothing has left".
            assert!(
                matches!(phase, Some("storing" | "submitting" | "settling")),
                "a submit leaves while the store says {phase:?}"
            );
            let submit = (request.path.clone(), request.body.clone());
            let first = self.submit.get_or_insert_with(|| submit.clone());
            assert_eq!(*first, submit, "another submit for the same job");
            self.is_alone = !self.may_be_taken;
            if self.is_alone {
                self.out_since = now;
            } else {
                self.is_safe_again(now, request, stored);
            }
            self.sends += 1;
            assert!(self.sends <= MOST_SENDS, "sent again and again");
            self.may_be_taken = true;
        }
        self.flight = Some(Flight {
            id,
            is_submit,
            is_long_poll: request.path.contains("/status-sync/"),
            limit_ms,
            left_at: Some(now),
        });
    }

    /// Runware refuses the same task while it runs, and no video is made sooner than this.
    fn is_safe_again(&self, now: u64, request: &Request, stored: Option<&Value>) {
        assert!(request.path.is_empty(), "sent again");
        let shortest = stored.and_then(|record| record.get("shortestMs")?.as_u64());
        let passed = now.checked_sub(self.out_since);
        assert!(
            passed < shortest && passed.is_some(),
            "sent again after {passed:?} ms"
        );
    }

    pub(crate) fn done(&mut self, job: &Job, done: &Result<Outcome, Error>) {
        if let Some(id) = &job.handle.job_id {
            assert_eq!(
                self.job_id.get_or_insert_with(|| id.clone()),
                id,
                "another id"
            );
        }
        match done {
            Ok(outcome) => {
                assert!((1..=MOST).contains(&outcome.videos.len()));
                assert!(outcome.failures.len() <= MOST);
                let json = outcome.to_json(&job.handle);
                self.keep_back(&json["failures"]);
            }
            Err(error) => {
                let accepted = job.handle.job_id.is_some() || job.handle.accepted_at.is_some();
                assert!(
                    error.charge != Charge::None || accepted || !self.may_be_taken,
                    "may be billed: {error:?}"
                );
                self.keep_back(&error.write());
            }
        }
        self.keep_back(&job.handle.write());
    }

    fn keep_back(&self, told: &Value) {
        let text = told.to_string();
        let pieces = || {
            PROMPT
                .as_bytes()
                .windows(PIECE)
                .filter_map(|piece| std::str::from_utf8(piece).ok())
        };
        assert!(
            !self.keeps_back || !pieces().any(|piece| text.contains(piece)),
            "quoted: {text}"
        );
        assert!(text.len() <= MOST * 2_500, "{} bytes are told", text.len());
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
