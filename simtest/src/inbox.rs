//! Messages to a job: responses, webhooks, the store's results, the caller's cancel.

use filmgate::job::{Input, TransportError};
use filmgate::provider::{Body, ProviderId, Request, Response};
use serde_json::Value;

use crate::fault::{Fault, Point};
use crate::history::is_acceptance;
use crate::invariants::Invariant;
use crate::job_run::{JobRun, Process, RunContext};
use crate::network::Arrival;
use crate::trace::Event;

/// A message to the process.
#[derive(Clone)]
pub(super) enum Message {
    Input(Input),
    /// A response; `fatal`: the process dies after handling it, before it carries out any output.
    Arrived {
        id: u32,
        point: Point,
        arrival: Arrival,
        fatal: bool,
    },
    /// A delayed request leaves.
    Leave {
        id: u32,
        limit_ms: u64,
        request: Request,
        point: Point,
    },
    Webhook(Value),
}

impl JobRun<'_> {
    pub(super) fn receive(&mut self, context: &mut RunContext<'_>, message: Message) {
        let now = context.world.now;
        match message {
            Message::Input(input) => {
                if let Input::TransportFailed { .. } = input {
                    self.in_flight = None;
                }
                match &input {
                    Input::Saved(_) | Input::SaveFailed(_) => self.is_saving = false,
                    Input::Cancel => {
                        context.trace.add(now, self.number, Event::Cancel);
                        self.history.cancels_open += 1;
                    }
                    _ => {}
                }
                self.put(context, input);
            }
            Message::Leave { id, limit_ms, request, point } => {
                self.put(context, Input::Left { id });
                self.send(context, id, limit_ms, &request, point, None);
            }
            Message::Webhook(body) => {
                context.trace.add(now, self.number, Event::Webhook);
                self.learn_job_id(now, &body);
                self.put(context, Input::Webhook(body));
            }
            Message::Arrived { id, point, arrival, fatal } => {
                self.on_arrival(context, id, point, arrival, fatal)
            }
        }
    }

    fn on_arrival(
        &mut self,
        context: &mut RunContext<'_>,
        id: u32,
        point: Point,
        arrival: Arrival,
        fatal: bool,
    ) {
        if self.in_flight.as_ref().is_some_and(|in_flight| in_flight.id == id) {
            self.in_flight = None;
        }
        let input = match arrival {
            Arrival::ConnectionLost => {
                context.trace.add(context.world.now, self.number, Event::Breaks);
                Input::TransportFailed { id, kind: TransportError::Network }
            }
            Arrival::Response { status, retry_after, text } => {
                context.trace.add(context.world.now, self.number, Event::Comes(status));
                context.trace.detail(|| text.clone());
                let is_first = point == Point::Submit && self.handle.accepted_at.is_none();
                if is_first && is_acceptance(status, &text) {
                    self.history.acknowledge();
                    self.history.confirmed = true;
                }
                let clock = self.clock(context.world.now);
                let retry_after_ms = retry_after.and_then(|text| wait_of(&text, clock));
                let body = Body::parse(&text);
                Input::Response { id, response: Response { status, retry_after_ms, body } }
            }
        };
        if fatal && !self.history.has_ended() {
            let clock = self.clock(context.world.now);
            if let Process::Alive(job) = &mut self.process {
                job.handle_input(clock, input);
            }
            return self.die(context, 0);
        }
        self.put(context, input);
    }

    /// A genuine webhook contains RunPod's job id, which may be the only way to learn it.
    fn learn_job_id(&mut self, now: u64, body: &Value) {
        let is_first =
            self.scenario.provider == ProviderId::Runpod && self.handle.accepted_at.is_none();
        if is_first && body.get("forged").is_none() {
            // A job that ended as unknown begins to wait anew.
            if self.history.has_ended() {
                self.restarted_at = now;
            }
            self.history.acknowledge();
        }
    }

    /// Passes an input to the job and carries out its outputs.
    pub(super) fn put(&mut self, context: &mut RunContext<'_>, input: Input) {
        let clock = self.clock(context.world.now);
        if let Process::Alive(job) = &mut self.process {
            job.handle_input(clock, input);
            self.carry_out(context);
        }
        if self.history.is_unwritten()
            && !self.is_saving
            && matches!(self.process, Process::Alive(_))
        {
            context.violate(Invariant::StoredFirst, "the provider's acceptance is not saved");
        }
    }

    /// The provider calls the job's webhook; returns whether the process receives it.
    pub(crate) fn on_webhook(&mut self, context: &mut RunContext<'_>, body: Value) -> bool {
        let now = context.world.now;
        if !matches!(self.process, Process::Alive(_)) {
            context.trace.add(now, self.number, Event::Missed);
            return false;
        }
        match self.inject(context, Point::Webhook) {
            Some(Fault::WebhookLost) => {}
            Some(Fault::WebhookLate) => self.deliver_at(now + 120_000, Message::Webhook(body)),
            Some(Fault::WebhookTwice) => {
                self.deliver_at(now, Message::Webhook(body.clone()));
                self.deliver_at(now + 5_000, Message::Webhook(body));
            }
            _ => self.deliver_at(now, Message::Webhook(body)),
        }
        true
    }
}

/// Milliseconds of a `Retry-After`: seconds, or a date by the job's own clock.
fn wait_of(text: &str, clock: u64) -> Option<u64> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(seconds.saturating_mul(1_000));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok().map(|at| at.saturating_sub(clock))
}
