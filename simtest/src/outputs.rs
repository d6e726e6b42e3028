//! Carries out a job's outputs, with the faults on the way.

use filmgate::codec::Codec;
use filmgate::error::Error;
use filmgate::job::{Input, Job, Output, TransportError, Update};
use filmgate::outcome::VideoResult;
use filmgate::provider::{ProviderId, Request};
use serde_json::{Value, json};

use crate::fault::{Fault, Point};
use crate::inbox::Message;
use crate::invariants::{Invariant, secret_of, secret_of_end};
use crate::job_run::{InFlight, JobRun, Process, RunContext};
use crate::network::point_of;
use crate::trace::Event;
use crate::world::word_of;

const STORE_MS: u64 = 10;
const HELD_MS: u64 = 45_000;
const HOUR: u64 = 3_600_000;
/// More requests than any job needs.
const MAX_REQUESTS: u32 = 1_500;

impl JobRun<'_> {
    /// Carries out the job's outputs until it waits.
    pub(super) fn carry_out(&mut self, context: &mut RunContext<'_>) {
        while let Process::Alive(job) = &mut self.process {
            let output = job.poll_output();
            self.handle.clone_from(&job.handle);
            match output {
                Output::Save { revision, record } => self.save(context, revision, record),
                Output::Transmit { id, limit_ms, request } => {
                    self.transmit(context, id, limit_ms, request);
                }
                Output::Update(update) => self.update(context, update),
                Output::Cancelled(cancelled) => {
                    let (result, charge) = (cancelled.result.as_str(), cancelled.charge.as_str());
                    let event = Event::Cancelled(result, charge);
                    context.trace.add(context.world.now, self.number, event);
                    self.history.cancels_open = 0;
                    self.history.cancellations.push(cancelled);
                }
                Output::Timeout(at) => return self.wait(context, at),
                Output::Done(done) => self.done(context, *done),
                _ => unreachable!("there is no other"),
            }
        }
    }

    fn update(&mut self, context: &mut RunContext<'_>, update: Update) {
        let event = Event::Update(update.status.as_str());
        context.trace.add(context.world.now, self.number, event);
    }

    // --------------------------------------------------------------------------------------- store

    fn save(&mut self, context: &mut RunContext<'_>, revision: u32, record: Value) {
        let now = context.world.now;
        if revision != self.store.revision + 1 && !self.history.store_error {
            context.violate(
                Invariant::Record,
                format!("revision {revision} over {}", self.store.revision),
            );
        }
        self.check_record(context, &record);
        let (acknowledged, confirmed) = self.history.on_save();
        let fault = self.inject(context, Point::Save);
        if fault == Some(Fault::KilledBeforeWrite) {
            return self.die(context, 0);
        }
        let ignored = matches!(fault, Some(Fault::StoreRefuses | Fault::StoreSilent));
        let written = !ignored && self.store.put(revision, record);
        self.history.acknowledged_in_record |= written && acknowledged;
        self.history.confirmed_in_record |= written && confirmed;
        self.history.store_error |= fault.is_some_and(|fault| fault != Fault::KilledAfterWrite);
        self.is_saving = true;
        let (event, input) = match fault {
            Some(Fault::KilledAfterWrite) => return self.die(context, 0),
            Some(Fault::StoreSilent) => {
                self.history.delayed_ms += self.limits.request_timeout.as_millis() as u64;
                (Event::Unanswered(revision), None)
            }
            Some(Fault::StoreLies) => (Event::Refused(revision), Some(Input::SaveFailed(revision))),
            _ if !written => (Event::Refused(revision), Some(Input::SaveFailed(revision))),
            _ => (Event::Written(revision), Some(Input::Saved(revision))),
        };
        context.trace.add(now, self.number, event);
        if let Some(input) = input {
            self.deliver_at(now + STORE_MS, Message::Input(input));
        }
    }

    fn check_record(&self, context: &mut RunContext<'_>, record: &Value) {
        context.trace.detail(|| record.to_string());
        let accepted = record.pointer("/handle/acceptedAt").is_some();
        if accepted && record.pointer("/submission/body").is_some() {
            context.violate(Invariant::NoSecrets, "the body is stored after acceptance");
        }
        if accepted && let Some(what) = secret_of(record) {
            context.violate(
                Invariant::NoSecrets,
                format!("the record of an accepted job contains {what}"),
            );
        }
    }

    // ------------------------------------------------------------------------------------ requests

    fn transmit(&mut self, context: &mut RunContext<'_>, id: u32, limit_ms: u64, request: Request) {
        let now = context.world.now;
        let Some(point) = point_of(&request) else {
            return context.violate(Invariant::OneAtATime, "an undocumented request");
        };
        self.check_request(context, &request, point);
        self.history.requests += 1;
        self.history.longest_limit_ms = self.history.longest_limit_ms.max(limit_ms);
        if self.history.requests == MAX_REQUESTS {
            context.violate(Invariant::Ends, "the job sends requests without end");
        }
        let is_patient = request.path.contains("/status-sync/");
        self.in_flight = Some(InFlight { id, until: now + limit_ms, is_patient });
        match self.inject(context, point) {
            Some(Fault::KilledUnsent) => self.die(context, 0),
            Some(Fault::RequestHeld) if request.send_now_or_fail => {
                let kind = TransportError::Unsent;
                self.deliver_at(now, Message::Input(Input::TransportFailed { id, kind }));
            }
            Some(Fault::RequestHeld) => {
                context.trace.add(now, self.number, Event::Held);
                self.history.delayed_ms += HELD_MS;
                self.in_flight = Some(InFlight { id, until: u64::MAX, is_patient });
                self.deliver_at(now, Message::Input(Input::Held { id }));
                self.deliver_at(now + HELD_MS, Message::Leave { id, limit_ms, request, point });
            }
            fault => self.send(context, id, limit_ms, &request, point, fault),
        }
    }

    pub(super) fn send(
        &mut self,
        context: &mut RunContext<'_>,
        id: u32,
        limit_ms: u64,
        request: &Request,
        point: Point,
        fault: Option<Fault>,
    ) {
        let now = context.world.now;
        if let Some(in_flight) = self.in_flight.as_mut().filter(|in_flight| in_flight.id == id) {
            in_flight.until = now + limit_ms;
        } else {
            // It was aborted while it was delayed.
            return;
        }
        context.trace.add(now, self.number, Event::Leaves(point));
        context.trace.detail(|| describe(request));
        let before = context.world.submissions(self.number).count();
        let arrivals =
            context.world.send(self.number, self.scenario.provider, request, fault, limit_ms);
        self.trace_submits(context, before);
        if fault == Some(Fault::KilledAway) {
            return self.die(context, 0);
        }
        let fatal = fault == Some(Fault::KilledHearing);
        for (after_ms, arrival) in arrivals {
            self.deliver_at(now + after_ms, Message::Arrived { id, point, arrival, fatal });
        }
    }

    pub(crate) fn trace_submits(&self, context: &mut RunContext<'_>, before: usize) {
        let submissions = context.world.submissions(self.number).skip(before);
        let outcomes: Vec<_> = submissions.map(|submit| submit.outcome).collect();
        for outcome in outcomes {
            let event = Event::Arrives(word_of(outcome));
            context.trace.add(context.world.now, self.number, event);
        }
    }

    fn check_request(&self, context: &mut RunContext<'_>, request: &Request, point: Point) {
        if self.history.has_ended() {
            context.violate(Invariant::OneAtATime, format!("{point:?} after the end"));
        }
        let busy = self.in_flight.as_ref().filter(|in_flight| context.world.now < in_flight.until);
        // A cancel does not wait for a poll.
        if busy.is_some_and(|in_flight| !in_flight.is_patient) && point != Point::Cancel {
            context
                .violate(Invariant::OneAtATime, format!("{point:?} while a request is in flight"));
        }
        let body = request.body.as_ref().filter(|_| point != Point::Submit);
        let shown = body.and_then(secret_of).or_else(|| secret_of(&json!(request.path)));
        if let Some(what) = shown {
            context.violate(Invariant::NoSecrets, format!("{point:?} contains {what}"));
        }
        if point == Point::Submit && !self.is_known_to_be_out(context) {
            context.violate(Invariant::StoredFirst, "a submit that the store does not contain");
        }
    }

    /// Whether a process that resumed now would know that a submit may have been sent, and would not
    /// send another one blindly.
    fn is_known_to_be_out(&self, context: &RunContext<'_>) -> bool {
        let (now, revision) = (self.clock(context.world.now), self.store.revision);
        let Some(record) = self.store.record.clone() else {
            return false;
        };
        let Ok(mut job) = Job::resume(now, record, revision, self.limits) else {
            return false;
        };
        job.handle_input(now, Input::Timeout);
        loop {
            match job.poll_output() {
                Output::Transmit { request, .. } => {
                    return point_of(&request) != Some(Point::Submit);
                }
                // It saves its intention first: so it assumes that the submit was never sent.
                Output::Save { .. } if job.status().as_str() == "submitting" => return false,
                Output::Timeout(_) | Output::Done(_) => return true,
                _ => {}
            }
        }
    }

    // --------------------------------------------------------------------------------- waiting, end

    fn wait(&mut self, context: &mut RunContext<'_>, at: u64) {
        let now = context.world.now;
        let clock = self.clock(now);
        self.wake_after(now, at.saturating_sub(clock));
        if self.scenario.stateless {
            self.forget_all_but_state(context);
        }
        let idle = self.in_flight.as_ref().is_none_or(|in_flight| now >= in_flight.until)
            && !self.is_saving
            && !self.history.has_ended();
        if !idle || self.has_messages() {
            return;
        }
        match self.inject(context, Point::Idle) {
            Some(Fault::Killed) => self.die(context, 0),
            Some(Fault::KilledForAnHour) => self.die(context, HOUR),
            Some(Fault::ForgedMade) => self.forge(context, "COMPLETED", None),
            Some(Fault::ForgedFailed) => self.forge(context, "FAILED", None),
            Some(Fault::ForgedStranger) => self.forge(context, "COMPLETED", Some("stranger-1")),
            Some(Fault::ClockBack) => self.jump(context, -3_600_000),
            Some(Fault::ClockForward) => self.jump(context, 86_400_000),
            Some(Fault::Slept) => self.sleep(now, 8 * HOUR),
            _ => {}
        }
    }

    fn jump(&mut self, context: &mut RunContext<'_>, ms: i64) {
        context.trace.add(context.world.now, self.number, Event::Clock(ms));
        self.ahead_ms += ms;
        self.history.jumped_ms += ms.unsigned_abs();
    }

    /// A forged webhook. Webhooks are not signed, so it looks like any other.
    fn forge(&mut self, context: &mut RunContext<'_>, status: &str, id: Option<&str>) {
        let truth = || match self.scenario.provider {
            ProviderId::Runware => Some(self.handle.id.clone()),
            ProviderId::Runpod => context.world.id_of(self.number),
            _ => unreachable!("there is no other"),
        };
        let stranger = id.map(|id| match self.scenario.provider {
            ProviderId::Runware => "11111111-2222-4333-8444-555555555555".to_owned(),
            ProviderId::Runpod => id.to_owned(),
            _ => unreachable!("there is no other"),
        });
        let Some(id) = stranger.or_else(truth) else {
            return;
        };
        let url = "https://evil.example.com/video.mp4";
        let body = match (self.scenario.provider, status) {
            (ProviderId::Runpod, _) => json!({
                "forged": true, "id": id, "status": status, "output": { "video_url": url },
            }),
            (ProviderId::Runware, "FAILED") => json!({
                "forged": true, "taskUUID": id, "status": "error", "code": "inferenceError",
            }),
            (ProviderId::Runware, _) => json!({
                "forged": true, "taskUUID": id, "status": "success", "videoUUID": id,
                "videoURL": url,
            }),
            _ => unreachable!("there is no other"),
        };
        self.deliver_at(context.world.now, Message::Webhook(body));
    }

    /// A driver may keep only the job's state between two steps: nothing else may matter.
    fn forget_all_but_state(&mut self, context: &mut RunContext<'_>) {
        let Process::Alive(job) = &mut self.process else {
            return;
        };
        let state = job.state();
        match Job::from_state(&state).filter(|read| read.state() == state) {
            Some(read) => **job = read,
            None => context.violate(Invariant::Record, "the state does not round-trip"),
        }
    }

    fn done(&mut self, context: &mut RunContext<'_>, done: Result<VideoResult, Error>) {
        let now = context.world.now;
        if self.inject(context, Point::Done) == Some(Fault::KilledBeforeDone) {
            return self.die(context, 0);
        }
        let (code, charge) = match &done {
            Ok(_) => ("completed", "charged"),
            Err(error) => (error.failure.code.as_str(), error.charge.as_str()),
        };
        context.trace.add(now, self.number, Event::Ends(code, charge));
        context.trace.detail(|| match &done {
            Ok(outcome) => outcome.write().to_string(),
            Err(error) => error.write().to_string(),
        });
        let shown = secret_of_end(&done).or_else(|| secret_of(&self.handle.write()));
        if let Some(what) = shown {
            context.violate(Invariant::NoSecrets, format!("the end contains {what}"));
        }
        if self.history.has_ended() {
            context.violate(Invariant::Ends, "the job ends twice");
        }
        (self.history.end, self.history.ended_at) = (Some(done), Some(now));
        let Process::Alive(job) = &self.process else {
            return;
        };
        let has_ended = job.end().is_some();
        let is_stored = !self.is_saving && self.store.has_ended();
        if has_ended && !is_stored && !self.history.store_error {
            context.violate(Invariant::Record, "the end was delivered before it was stored");
        }
        if !has_ended || self.is_saving {
            // The process ends: the job has timed out, or the store does not respond.
            self.process = Process::Gone;
        }
    }
}

/// A request as text for the trace.
fn describe(request: &Request) -> String {
    let body = request.body.as_ref().map_or(String::new(), Value::to_string);
    format!("{} {body}", request.path)
}
