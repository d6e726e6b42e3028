//! Carries out what a job says, with what goes wrong on the way.

use filmgate::codec::Codec;
use filmgate::error::Error;
use filmgate::job::{Input, Job, Output, TransportError, Update};
use filmgate::outcome::Outcome;
use filmgate::provider::{ProviderId, Request};
use serde_json::{Value, json};

use crate::fault::{Fault, Point};
use crate::inbox::News;
use crate::invariants::{Rule, secret_of, secret_of_end};
use crate::job_run::{Film, Flight, Process, Scene};
use crate::network::point_of;
use crate::trace::Event;
use crate::world::word_of;

const STORE_MS: u64 = 10;
const HELD_MS: u64 = 45_000;
const HOUR: u64 = 3_600_000;
/// More requests than any job needs.
const MOST_REQUESTS: u32 = 1_500;

impl Film<'_> {
    /// Carries out what the job says, until it waits.
    pub(super) fn carry_out(&mut self, scene: &mut Scene<'_>) {
        while let Process::Alive(job) = &mut self.process {
            let output = job.poll_output();
            self.handle.clone_from(&job.handle);
            match output {
                Output::Save { revision, record } => self.save(scene, revision, record),
                Output::Transmit {
                    id,
                    limit_ms,
                    request,
                } => {
                    self.transmit(scene, id, limit_ms, request);
                }
                Output::Update(update) => self.update(scene, update),
                Output::Cancelled(cancelled) => {
                    let (result, charge) = (cancelled.result.as_str(), cancelled.charge.as_str());
                    let event = Event::Cancelled(result, charge);
                    scene.trace.add(scene.world.now, self.number, event);
                    self.seen.cancels_open = 0;
                    self.seen.cancellations.push(cancelled);
                }
                Output::Timeout(at) => return self.wait(scene, at),
                Output::Done(done) => self.done(scene, *done),
                _ => unreachable!("there is no other"),
            }
        }
    }

    fn update(&mut self, scene: &mut Scene<'_>, update: Update) {
        let event = Event::Update(update.status.as_str());
        scene.trace.add(scene.world.now, self.number, event);
    }

    // --------------------------------------------------------------------------------------- store

    fn save(&mut self, scene: &mut Scene<'_>, revision: u32, record: Value) {
        let now = scene.world.now;
        if revision != self.store.revision + 1 && !self.seen.store_failed {
            scene.breaks(
                Rule::Record,
                format!("revision {revision} over {}", self.store.revision),
            );
        }
        self.check_record(scene, &record);
        let (told, answered) = self.seen.write();
        let fault = self.strike(scene, Point::Save);
        if fault == Some(Fault::KilledBeforeWrite) {
            return self.die(scene, 0);
        }
        let ignored = matches!(fault, Some(Fault::StoreRefuses | Fault::StoreSilent));
        let written = !ignored && self.store.put(revision, record);
        self.seen.told_in_record |= written && told;
        self.seen.answered_in_record |= written && answered;
        self.seen.store_failed |= fault.is_some_and(|fault| fault != Fault::KilledAfterWrite);
        self.is_saving = true;
        let (event, input) = match fault {
            Some(Fault::KilledAfterWrite) => return self.die(scene, 0),
            Some(Fault::StoreSilent) => (Event::Unanswered(revision), None),
            Some(Fault::StoreLies) => (Event::Refused(revision), Some(Input::SaveFailed(revision))),
            _ if !written => (Event::Refused(revision), Some(Input::SaveFailed(revision))),
            _ => (Event::Written(revision), Some(Input::Saved(revision))),
        };
        scene.trace.add(now, self.number, event);
        if let Some(input) = input {
            self.bring(now + STORE_MS, News::Input(input));
        }
    }

    fn check_record(&self, scene: &mut Scene<'_>, record: &Value) {
        scene.trace.say(|| record.to_string());
        let accepted = record.pointer("/handle/acceptedAt").is_some();
        if accepted && record.get("body").is_some() {
            scene.breaks(Rule::NoSecrets, "the body is kept after acceptance");
        }
        if accepted && let Some(what) = secret_of(record) {
            scene.breaks(
                Rule::NoSecrets,
                format!("the record of an accepted job shows {what}"),
            );
        }
    }

    // ------------------------------------------------------------------------------------ requests

    fn transmit(&mut self, scene: &mut Scene<'_>, id: u32, limit_ms: u64, request: Request) {
        let now = scene.world.now;
        let Some(point) = point_of(&request) else {
            return scene.breaks(Rule::OneAtATime, "a request that is none of the documents'");
        };
        self.check_request(scene, &request, point);
        self.seen.requests += 1;
        if self.seen.requests == MOST_REQUESTS {
            scene.breaks(Rule::Ends, "the job asks without end");
        }
        let is_patient = request.path.contains("/status-sync/");
        self.flight = Some(Flight {
            id,
            until: now + limit_ms,
            is_patient,
        });
        match self.strike(scene, point) {
            Some(Fault::KilledUnsent) => self.die(scene, 0),
            Some(Fault::RequestHeld) if request.at_once => {
                let kind = TransportError::Unsent;
                self.bring(now, News::Input(Input::TransportFailed { id, kind }));
            }
            Some(Fault::RequestHeld) => {
                scene.trace.add(now, self.number, Event::Held);
                self.flight = Some(Flight {
                    id,
                    until: u64::MAX,
                    is_patient,
                });
                self.bring(now, News::Input(Input::Held { id }));
                self.bring(
                    now + HELD_MS,
                    News::Leave {
                        id,
                        limit_ms,
                        request,
                        point,
                    },
                );
            }
            fault => self.send(scene, id, limit_ms, &request, point, fault),
        }
    }

    pub(super) fn send(
        &mut self,
        scene: &mut Scene<'_>,
        id: u32,
        limit_ms: u64,
        request: &Request,
        point: Point,
        fault: Option<Fault>,
    ) {
        let now = scene.world.now;
        if let Some(flight) = self.flight.as_mut().filter(|flight| flight.id == id) {
            flight.until = now + limit_ms;
        } else {
            // It was given up while it was kept back.
            return;
        }
        scene.trace.add(now, self.number, Event::Leaves(point));
        scene.trace.say(|| told(request));
        let before = scene.world.submits(self.number).count();
        let arrivals =
            scene
                .world
                .carry(self.number, self.shape.provider, request, fault, limit_ms);
        self.trace_submits(scene, before);
        if fault == Some(Fault::KilledAway) {
            return self.die(scene, 0);
        }
        let fatal = fault == Some(Fault::KilledHearing);
        for (after_ms, came) in arrivals {
            self.bring(
                now + after_ms,
                News::Came {
                    id,
                    point,
                    came,
                    fatal,
                },
            );
        }
    }

    pub(crate) fn trace_submits(&self, scene: &mut Scene<'_>, before: usize) {
        let submits = scene.world.submits(self.number).skip(before);
        let outcomes: Vec<_> = submits.map(|submit| submit.outcome).collect();
        for outcome in outcomes {
            let event = Event::Arrives(word_of(outcome));
            scene.trace.add(scene.world.now, self.number, event);
        }
    }

    fn check_request(&self, scene: &mut Scene<'_>, request: &Request, point: Point) {
        if self.seen.has_ended() {
            scene.breaks(Rule::OneAtATime, format!("{point:?} after the end"));
        }
        let busy = self
            .flight
            .as_ref()
            .filter(|flight| scene.world.now < flight.until);
        if busy.is_some_and(|flight| !flight.is_patient) {
            scene.breaks(
                Rule::OneAtATime,
                format!("{point:?} while a request is under way"),
            );
        }
        let body = request.body.as_ref().filter(|_| point != Point::Submit);
        let shown = body
            .and_then(secret_of)
            .or_else(|| secret_of(&json!(request.path)));
        if let Some(what) = shown {
            scene.breaks(Rule::NoSecrets, format!("{point:?} shows {what}"));
        }
        if point == Point::Submit && !self.is_known_to_be_out(scene) {
            scene.breaks(
                Rule::StoredFirst,
                "a submit of which the store does not know",
            );
        }
    }

    /// Whether a process that came now would know that a submit may be out: it would not send another
    /// one unasked.
    fn is_known_to_be_out(&self, scene: &Scene<'_>) -> bool {
        let (now, revision) = (self.clock(scene.world.now), self.store.revision);
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
                // It stores its intention first: so it takes the submit for unsent.
                Output::Save { .. } if job.status().as_str() == "submitting" => return false,
                Output::Timeout(_) | Output::Done(_) => return true,
                _ => {}
            }
        }
    }

    // --------------------------------------------------------------------------------- waiting, end

    fn wait(&mut self, scene: &mut Scene<'_>, at: u64) {
        let now = scene.world.now;
        let clock = self.clock(now);
        self.wake_after(now, at.saturating_sub(clock));
        if self.shape.stateless {
            self.forget_all_but_state(scene);
        }
        let idle = self
            .flight
            .as_ref()
            .is_none_or(|flight| now >= flight.until)
            && !self.is_saving
            && !self.seen.has_ended();
        if !idle || self.has_news() {
            return;
        }
        match self.strike(scene, Point::Idle) {
            Some(Fault::Killed) => self.die(scene, 0),
            Some(Fault::KilledForAnHour) => self.die(scene, HOUR),
            Some(Fault::ForgedMade) => self.forge(scene, "COMPLETED", None),
            Some(Fault::ForgedFailed) => self.forge(scene, "FAILED", None),
            Some(Fault::ForgedStranger) => self.forge(scene, "COMPLETED", Some("stranger-1")),
            Some(Fault::ClockBack) => self.jump(scene, -3_600_000),
            Some(Fault::ClockForward) => self.jump(scene, 86_400_000),
            Some(Fault::Slept) => self.sleep(now, 8 * HOUR),
            _ => {}
        }
    }

    fn jump(&mut self, scene: &mut Scene<'_>, ms: i64) {
        scene
            .trace
            .add(scene.world.now, self.number, Event::Clock(ms));
        self.ahead_ms += ms;
        self.seen.jumped_ms += ms.unsigned_abs();
    }

    /// A webhook that the provider did not send. It is not signed, so it looks like any other.
    fn forge(&mut self, scene: &mut Scene<'_>, status: &str, id: Option<&str>) {
        let truth = || match self.shape.provider {
            ProviderId::Runware => Some(self.handle.key.clone()),
            ProviderId::Runpod => scene.world.id_of(self.number),
            _ => unreachable!("there is no other"),
        };
        let stranger = id.map(|id| match self.shape.provider {
            ProviderId::Runware => "11111111-2222-4333-8444-555555555555".to_owned(),
            ProviderId::Runpod => id.to_owned(),
            _ => unreachable!("there is no other"),
        });
        let Some(id) = stranger.or_else(truth) else {
            return;
        };
        let url = "https://evil.example.com/film.mp4";
        let body = match (self.shape.provider, status) {
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
        self.bring(scene.world.now, News::Hook(body));
    }

    /// A driver may keep nothing between two steps but the job's state: nothing else may matter.
    fn forget_all_but_state(&mut self, scene: &mut Scene<'_>) {
        let Process::Alive(job) = &mut self.process else {
            return;
        };
        let state = job.state();
        match Job::read(&state).filter(|read| read.state() == state) {
            Some(read) => **job = read,
            None => scene.breaks(Rule::Record, "the state does not come back as it was"),
        }
    }

    fn done(&mut self, scene: &mut Scene<'_>, done: Result<Outcome, Error>) {
        let now = scene.world.now;
        if self.strike(scene, Point::Done) == Some(Fault::KilledBeforeDone) {
            return self.die(scene, 0);
        }
        let (code, charge) = match &done {
            Ok(_) => ("completed", "charged"),
            Err(error) => (error.failure.code.as_str(), error.charge.as_str()),
        };
        scene.trace.add(now, self.number, Event::Ends(code, charge));
        scene.trace.say(|| match &done {
            Ok(outcome) => outcome.write().to_string(),
            Err(error) => error.write().to_string(),
        });
        let shown = secret_of_end(&done).or_else(|| secret_of(&self.handle.write()));
        if let Some(what) = shown {
            scene.breaks(Rule::NoSecrets, format!("the end shows {what}"));
        }
        if self.seen.has_ended() {
            scene.breaks(Rule::Ends, "the job ends twice");
        }
        (self.seen.end, self.seen.ended_at) = (Some(done), Some(now));
        let Process::Alive(job) = &self.process else {
            return;
        };
        let has_ended = job.end().is_some();
        let is_stored = !self.is_saving && self.store.is_of_the_end();
        if has_ended && !is_stored && !self.seen.store_failed {
            scene.breaks(Rule::Record, "the end was told before it was stored");
        }
        if !has_ended || self.is_saving {
            // Nobody waits any longer: the job goes on, or the store does not answer.
            self.process = Process::Gone;
        }
    }
}

/// A request in words.
fn told(request: &Request) -> String {
    let body = request
        .body
        .as_ref()
        .map_or(String::new(), Value::to_string);
    format!("{} {body}", request.path)
}
