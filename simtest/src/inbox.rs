//! What comes to a job: answers, webhooks, the store's word, the caller's cancel.

use filmgate::job::{Input, TransportError};
use filmgate::provider::{Body, ProviderId, Request, Response};
use serde_json::Value;

use crate::fault::{Fault, Point};
use crate::history::is_acceptance;
use crate::invariants::Rule;
use crate::job_run::{Film, Process, Scene};
use crate::network::Came;
use crate::trace::Event;

/// What comes to a process.
pub(super) enum News {
    Input(Input),
    /// An answer; `fatal`: the process dies of what follows from it, before anything is done.
    Came {
        id: u32,
        point: Point,
        came: Came,
        fatal: bool,
    },
    /// A request that was kept back leaves.
    Leave {
        id: u32,
        limit_ms: u64,
        request: Request,
        point: Point,
    },
    Hook(Value),
}

impl Film<'_> {
    pub(super) fn hear(&mut self, scene: &mut Scene<'_>, news: News) {
        let now = scene.world.now;
        match news {
            News::Input(input) => {
                if let Input::TransportFailed { .. } = input {
                    self.flight = None;
                }
                match &input {
                    Input::Saved(_) | Input::SaveFailed(_) => self.is_saving = false,
                    Input::Cancel => {
                        scene.trace.add(now, self.number, Event::Cancel);
                        self.seen.cancels_open += 1;
                    }
                    _ => {}
                }
                self.put(scene, input);
            }
            News::Leave {
                id,
                limit_ms,
                request,
                point,
            } => {
                self.put(scene, Input::Left { id });
                self.send(scene, id, limit_ms, &request, point, None);
            }
            News::Hook(body) => {
                scene.trace.add(now, self.number, Event::Webhook);
                self.tell_of_id(&body);
                self.put(scene, Input::Webhook(body));
            }
            News::Came {
                id,
                point,
                came,
                fatal,
            } => self.land(scene, id, point, came, fatal),
        }
    }

    fn land(&mut self, scene: &mut Scene<'_>, id: u32, point: Point, came: Came, fatal: bool) {
        if self.flight.as_ref().is_some_and(|flight| flight.id == id) {
            self.flight = None;
        }
        let input = match came {
            Came::Break => {
                scene.trace.add(scene.world.now, self.number, Event::Breaks);
                Input::TransportFailed {
                    id,
                    kind: TransportError::Network,
                }
            }
            Came::Answer {
                status,
                retry_after,
                text,
            } => {
                scene
                    .trace
                    .add(scene.world.now, self.number, Event::Comes(status));
                scene.trace.say(|| text.clone());
                let is_news = point == Point::Submit && self.handle.accepted_at.is_none();
                if is_news && is_acceptance(status, &text) {
                    self.seen.tell();
                    self.seen.answered = true;
                }
                let clock = self.clock(scene.world.now);
                let retry_after_ms = retry_after.and_then(|text| wait_of(&text, clock));
                let body = Body::parse(&text);
                Input::Response {
                    id,
                    response: Response {
                        status,
                        retry_after_ms,
                        body,
                    },
                }
            }
        };
        if fatal && !self.seen.has_ended() {
            let clock = self.clock(scene.world.now);
            if let Process::Alive(job) = &mut self.process {
                job.handle_input(clock, input);
            }
            return self.die(scene, 0);
        }
        self.put(scene, input);
    }

    /// A genuine webhook names RunPod's job, of which nothing else may ever tell.
    fn tell_of_id(&mut self, body: &Value) {
        let is_news =
            self.shape.provider == ProviderId::Runpod && self.handle.accepted_at.is_none();
        if is_news && body.get("forged").is_none() {
            self.seen.tell();
        }
    }

    /// Gives the job an input, and carries out what it says.
    pub(super) fn put(&mut self, scene: &mut Scene<'_>, input: Input) {
        let clock = self.clock(scene.world.now);
        if let Process::Alive(job) = &mut self.process {
            job.handle_input(clock, input);
            self.carry_out(scene);
        }
        if self.seen.is_unwritten() && !self.is_saving && matches!(self.process, Process::Alive(_))
        {
            scene.breaks(
                Rule::StoredFirst,
                "the provider's acceptance is not written down",
            );
        }
    }

    /// The provider calls the job's webhook; returns whether anybody is there.
    pub(crate) fn hooked(&mut self, scene: &mut Scene<'_>, body: Value) -> bool {
        let now = scene.world.now;
        if !matches!(self.process, Process::Alive(_)) {
            scene.trace.add(now, self.number, Event::Missed);
            return false;
        }
        match self.strike(scene, Point::Webhook) {
            Some(Fault::WebhookLost) => {}
            Some(Fault::WebhookLate) => self.bring(now + 120_000, News::Hook(body)),
            Some(Fault::WebhookTwice) => {
                self.bring(now, News::Hook(body.clone()));
                self.bring(now + 5_000, News::Hook(body));
            }
            _ => self.bring(now, News::Hook(body)),
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
    u64::try_from(since.as_millis())
        .ok()
        .map(|at| at.saturating_sub(clock))
}
