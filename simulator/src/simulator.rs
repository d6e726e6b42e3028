//! The simulator: one value that holds everything, one function that answers a request.

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::control;
use crate::deliveries::Delivery;
use crate::fault::{After, Before, Fault, Operation};
use crate::http::{Answer, Reply, Request};
use crate::ledger::{Ledger, Submit, SubmitOutcome};
use crate::listing::Provider;
use crate::runpod::Runpod;
use crate::runware::Runware;
use crate::state::{Event, World};

/// Both providers, their films, their ledger and their faults.
#[derive(Debug, Serialize, Deserialize)]
pub struct Simulator {
    pub(crate) world: World,
    runpod: Runpod,
    runware: Runware,
    /// By how much the clock is ahead of the caller's.
    ahead_ms: u64,
    /// What a reset goes back to.
    first: First,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct First {
    config: Config,
    seed: u64,
}

/// Where a request went to.
#[derive(Clone, Copy)]
enum Place {
    Runpod,
    Runware,
    Videos(Provider),
}

impl Place {
    fn provider(self) -> Provider {
        match self {
            Self::Runpod => Provider::Runpod,
            Self::Runware => Provider::Runware,
            Self::Videos(provider) => provider,
        }
    }

    fn operation(self, request: &Request) -> Option<Operation> {
        match self {
            Self::Runpod => crate::runpod::operation(&request.path),
            Self::Runware => crate::runware::operation(&request.body),
            Self::Videos(_) => Some(Operation::Download),
        }
    }
}

impl Simulator {
    /// A simulator that is reached at `origin`, such as `http://127.0.0.1:8080`.
    pub fn new(config: Config, seed: u64, origin: &str) -> Self {
        Self {
            world: World::new(config.clone(), seed, origin),
            runpod: Runpod::default(),
            runware: Runware::default(),
            ahead_ms: 0,
            first: First { config, seed },
        }
    }

    /// Answers a request that comes at `now_ms`, in milliseconds since 1970. Time never goes back:
    /// an earlier `now_ms` than before counts as the same moment.
    ///
    /// A long poll's answer is decided when it begins, since the end of a run is known then.
    pub fn handle(&mut self, now_ms: u64, request: &Request) -> Reply {
        self.respond(now_ms, request, None)
    }

    /// The same, struck by a fault of the caller's choice, before any of the rules.
    pub fn handle_struck(&mut self, now_ms: u64, request: &Request, fault: Fault) -> Reply {
        self.respond(now_ms, request, Some(fault))
    }

    fn respond(&mut self, now_ms: u64, request: &Request, fault: Option<Fault>) -> Reply {
        self.settle(now_ms);
        let cors = self.world.config.cors;
        if request.method == "OPTIONS" {
            return preflight(request, cors).into_reply();
        }
        if let Some(path) = request.path.strip_prefix("/control/") {
            return with_cors(control::handle(self, path, request), true).into_reply();
        }
        let Some(place) = self.place(&request.path) else {
            return with_cors(Answer::text(404, "Not Found"), cors).into_reply();
        };
        let struck = self.strike(place, request, fault);
        let cors = cors && struck != Some(Fault::CorsBlocked);
        match self.answer(request, place, struck) {
            After::Answer(answer) => with_cors(answer, cors).into_reply(),
            After::Reset(after_ms) => Reply::Reset { after_ms },
        }
    }

    /// Webhooks and uploads to be sent now. Each comes once, until its answer is reported.
    pub fn due_webhooks(&mut self, now_ms: u64) -> Vec<Delivery> {
        self.settle(now_ms);
        self.world.outbox.due(self.world.now_ms)
    }

    /// Reports what a delivery was answered with: an HTTP status, or nothing.
    pub fn webhook_answered(&mut self, now_ms: u64, id: u64, status: Option<u16>) {
        self.settle(now_ms);
        self.world.outbox.answered(self.world.now_ms, id, status);
    }

    /// When something happens next by itself, or is to be delivered: for whoever drives the simulator
    /// in simulated time.
    pub fn next_event_ms(&self) -> Option<u64> {
        let events = self.world.next_event_ms().into_iter();
        let next = events.chain(self.world.outbox.next_due_ms()).min()?;
        Some(next.saturating_sub(self.ahead_ms))
    }

    /// When there can be something to deliver next: a run ends, or a letter is due. What is forgotten then
    /// concerns nobody.
    pub fn next_delivery_ms(&self) -> Option<u64> {
        let ends = self.world.next_end_ms().into_iter();
        let next = ends.chain(self.world.outbox.next_due_ms()).min()?;
        Some(next.saturating_sub(self.ahead_ms))
    }

    /// What was submitted and billed up to the last call.
    pub fn ledger(&self) -> &Ledger {
        &self.world.ledger
    }

    /// The whole state as text, for [`Simulator::restore`]. Films are not in it: they are made again.
    pub fn snapshot(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A simulator in the state of a [`Simulator::snapshot`]; nothing, where the text is not one.
    pub fn restore(text: &str) -> Option<Self> {
        control::read(text.as_bytes()).ok()
    }

    /// Forgets everything but the settings it began with.
    pub(crate) fn reset(&mut self) {
        let (now_ms, origin) = (self.world.now_ms, self.world.origin.clone());
        self.world = World::new(self.first.config.clone(), self.first.seed, &origin);
        self.world.now_ms = now_ms;
        self.runpod = Runpod::default();
        self.runware = Runware::default();
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&mut self, ms: u64) {
        self.ahead_ms = self.ahead_ms.saturating_add(ms);
        self.settle_until(self.world.now_ms.saturating_add(ms));
    }

    fn settle(&mut self, now_ms: u64) {
        self.settle_until(now_ms.saturating_add(self.ahead_ms));
    }

    /// Lets everything happen that was to happen by now, each thing at its own time.
    fn settle_until(&mut self, until_ms: u64) {
        while let Some(event) = self.world.next_event(until_ms) {
            match event {
                Event::RunpodEnd { id, run } => self.runpod.end(&mut self.world, &id, run),
                Event::RunpodForget { id, run } => self.runpod.forget(&id, run),
                Event::RunwareResult { id, run, index } => {
                    self.runware.finish(&mut self.world, &id, run, index);
                }
                Event::RunwareForget { id, run } => self.runware.forget(&id, run),
            }
        }
        self.world.now_ms = self.world.now_ms.max(until_ms);
    }

    fn place(&self, path: &str) -> Option<Place> {
        match path {
            "/runware/v1" | "/runware/v1/" => Some(Place::Runware),
            _ if path.starts_with("/runpod/v2/") => Some(Place::Runpod),
            _ if path.starts_with("/videos/") => {
                let provider = self
                    .world
                    .shelf
                    .provider_of(path)
                    .unwrap_or(Provider::Runpod);
                Some(Place::Videos(provider))
            }
            _ => None,
        }
    }

    /// The fault that this request meets. A submit that it keeps from being read is noted.
    fn strike(&mut self, place: Place, request: &Request, chosen: Option<Fault>) -> Option<Fault> {
        if chosen.is_none() && self.world.faults.is_quiet() {
            return None;
        }
        let operation = place.operation(request)?;
        let fault = match chosen {
            Some(fault) => fault,
            None => self.world.faults.strike(place.provider(), operation)?,
        };
        if operation == Operation::Submit && fault.comes_before() {
            let now_ms = self.world.now_ms;
            let lost = Submit::new(place.provider(), now_ms, SubmitOutcome::Lost);
            self.world.ledger.submit(lost);
        }
        Some(fault)
    }

    fn answer(&mut self, request: &Request, place: Place, fault: Option<Fault>) -> After {
        let now_ms = self.world.now_ms;
        match fault
            .as_ref()
            .map(|fault| fault.before(place.provider(), now_ms))
        {
            None | Some(Before::Pass) => {}
            Some(Before::Answer(answer)) => return After::Answer(answer),
            Some(Before::Reset(after_ms)) => return After::Reset(after_ms),
        }
        let answer = match place {
            Place::Videos(_) => self.world.shelf.download(now_ms, request),
            Place::Runpod => self.runpod.handle(&mut self.world, request),
            Place::Runware => self.runware.handle(&mut self.world, request),
        };
        match fault {
            Some(fault) => fault.after(place.provider(), answer),
            None => After::Answer(answer),
        }
    }
}

/// Any page may call, with any header: whether the real providers allow it is not documented.
fn preflight(request: &Request, cors: bool) -> Answer {
    let answer = Answer::empty(204);
    if !cors {
        return answer;
    }
    let asked = request
        .header("access-control-request-headers")
        .unwrap_or("authorization");
    with_cors(answer, true)
        .with("access-control-allow-methods", "GET, HEAD, POST, OPTIONS")
        .with("access-control-allow-headers", asked)
        .with("access-control-max-age", "600")
}

fn with_cors(answer: Answer, cors: bool) -> Answer {
    if !cors {
        return answer;
    }
    answer.with("access-control-allow-origin", "*").with(
        "access-control-expose-headers",
        "retry-after, content-length, content-range, accept-ranges, etag",
    )
}
