//! The simulator: one value with the whole state, one function that handles a request.

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::control;
use crate::deliveries::Delivery;
use crate::fault::{After, Before, Fault, Operation};
use crate::field::{Oddity, echo};
use crate::http::{Reply, Request, Response};
use crate::ledger::{Ledger, RecordedSubmission, SubmitOutcome};
use crate::listing::Provider;
use crate::runpod::Runpod;
use crate::runware::Runware;
use crate::state::{Event, State};

/// Both providers, their videos, their ledger and their faults.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Simulator {
    pub(crate) state: State,
    runpod: Runpod,
    runware: Runware,
    /// How far the clock is ahead of the caller's.
    clock_offset_ms: u64,
    /// The state that a reset returns to.
    initial: InitialState,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct InitialState {
    config: Config,
    seed: u64,
}

/// The target of a request.
#[derive(Clone, Copy)]
enum Route {
    Runpod,
    Runware,
    Pricing,
    Videos(Provider),
}

impl Route {
    fn provider(self) -> Provider {
        match self {
            Self::Runpod => Provider::Runpod,
            Self::Runware | Self::Pricing => Provider::Runware,
            Self::Videos(provider) => provider,
        }
    }

    fn operation(self, request: &Request) -> Option<Operation> {
        match self {
            Self::Runpod => crate::runpod::operation(&request.path),
            Self::Runware => crate::runware::operation(&request.body),
            Self::Pricing => None,
            Self::Videos(_) => Some(Operation::Download),
        }
    }
}

impl Simulator {
    /// A simulator that is reached at `origin`, such as `http://127.0.0.1:8080`.
    pub fn new(config: Config, seed: u64, origin: &str) -> Self {
        Self {
            state: State::new(config.clone(), seed, origin),
            runpod: Runpod::default(),
            runware: Runware::default(),
            clock_offset_ms: 0,
            initial: InitialState { config, seed },
        }
    }

    /// Handles a request at `now_ms`, in milliseconds since 1970. Time never goes back: an earlier
    /// `now_ms` than before counts as the same moment.
    ///
    /// The response to a long poll is decided when the poll begins, since the end of the run is known then.
    pub fn handle(&mut self, now_ms: u64, request: &Request) -> Reply {
        self.respond(now_ms, request, None)
    }

    /// The same with a fault of the caller's choice, which goes before the rules.
    pub fn handle_with_fault(&mut self, now_ms: u64, request: &Request, fault: Fault) -> Reply {
        self.respond(now_ms, request, Some(fault))
    }

    fn respond(&mut self, now_ms: u64, request: &Request, fault: Option<Fault>) -> Reply {
        self.run_events(now_ms);
        let cors = self.state.config.cors;
        if request.method == "OPTIONS" {
            return preflight(request, cors).into_reply();
        }
        if let Some(path) = request.path.strip_prefix("/control/") {
            return with_cors(control::handle(self, path, request), true).into_reply();
        }
        let Some(route) = self.route(&request.path) else {
            return with_cors(Response::text(404, "Not Found"), cors).into_reply();
        };
        let fault = self.take_fault(route, request, fault);
        let cors = cors && fault != Some(Fault::CorsBlocked {});
        match self.dispatch(request, route, fault) {
            After::Respond(response) => with_cors(response, cors).into_reply(),
            After::Reset(after_ms) => Reply::Reset { after_ms },
        }
    }

    /// Webhooks and uploads that are due. Each is returned once, until its response is reported.
    pub fn due_webhooks(&mut self, now_ms: u64) -> Vec<Delivery> {
        self.run_events(now_ms);
        self.state.deliveries.due(self.state.now_ms)
    }

    /// Reports the response to a delivery: an HTTP status, or none.
    pub fn report_delivery(&mut self, now_ms: u64, id: u64, status: Option<u16>) {
        self.run_events(now_ms);
        self.state.deliveries.report(self.state.now_ms, id, status);
    }

    /// The time of the next event or delivery, for drivers in simulated time.
    pub fn next_event_ms(&self) -> Option<u64> {
        let events = self.state.next_event_ms().into_iter();
        let next = events.chain(self.state.deliveries.next_due_ms()).min()?;
        Some(next.saturating_sub(self.clock_offset_ms))
    }

    /// The time of the next possible delivery: a run ends, or a delivery is due. Events that only
    /// expire a job do not count.
    pub fn next_delivery_ms(&self) -> Option<u64> {
        let ends = self.state.next_end_ms().into_iter();
        let next = ends.chain(self.state.deliveries.next_due_ms()).min()?;
        Some(next.saturating_sub(self.clock_offset_ms))
    }

    /// What was submitted and billed up to the last call.
    pub fn ledger(&self) -> &Ledger {
        &self.state.ledger
    }

    /// The oddities of a job: RunPod's id, Runware's taskUUID.
    pub fn oddities(&self, id: &str) -> &[Oddity] {
        self.runpod.odd(id).or_else(|| self.runware.odd(id)).map_or(&[], |odd| odd.all())
    }

    /// Whether the provider still has a video of the job, or will have one.
    pub fn has_video(&mut self, now_ms: u64, id: &str) -> bool {
        self.run_events(now_ms);
        let now_ms = self.state.now_ms;
        let details_ms = self.state.config.details_retention_ms;
        self.runpod.has_video(id, now_ms) || self.runware.has_video(id, now_ms, details_ms)
    }

    /// The whole state as text, for [`Simulator::restore`]. Videos are not in it: they are encoded again.
    pub fn snapshot(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A simulator from a [`Simulator::snapshot`]; none if the text is not a snapshot.
    pub fn restore(text: &str) -> Option<Self> {
        control::read(text.as_bytes()).ok()
    }

    /// Resets everything to the initial settings. The clock is the caller's again: nothing that was
    /// scheduled by the earlier one is left.
    pub(crate) fn reset(&mut self) {
        let now_ms = self.state.now_ms.saturating_sub(self.clock_offset_ms);
        let origin = self.state.origin.clone();
        self.clock_offset_ms = 0;
        self.state = State::new(self.initial.config.clone(), self.initial.seed, &origin);
        self.state.now_ms = now_ms;
        self.runpod = Runpod::default();
        self.runware = Runware::default();
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&mut self, ms: u64) {
        self.clock_offset_ms = self.clock_offset_ms.saturating_add(ms);
        self.run_events_until(self.state.now_ms.saturating_add(ms));
    }

    fn run_events(&mut self, now_ms: u64) {
        self.run_events_until(now_ms.saturating_add(self.clock_offset_ms));
    }

    /// Runs all events that are due, each at its own time.
    fn run_events_until(&mut self, until_ms: u64) {
        while let Some(event) = self.state.next_event(until_ms) {
            match event {
                Event::RunpodEnd { id, run } => self.runpod.end(&mut self.state, &id, run),
                Event::RunpodForget { id, run } => self.runpod.forget(&id, run),
                Event::RunwareResult { id, run, index } => {
                    self.runware.finish(&mut self.state, &id, run, index);
                }
                Event::RunwareForget { id, run } => self.runware.forget(&id, run),
            }
        }
        self.state.now_ms = self.state.now_ms.max(until_ms);
    }

    fn route(&self, path: &str) -> Option<Route> {
        match path {
            "/runware/v1" | "/runware/v1/" => Some(Route::Runware),
            _ if path.starts_with("/runpod/v2/") => Some(Route::Runpod),
            _ if crate::runware::is_pricing(path) => Some(Route::Pricing),
            _ if path.starts_with("/videos/") => {
                let provider = self.state.video_store.provider_of(path).unwrap_or(Provider::Runpod);
                Some(Route::Videos(provider))
            }
            _ => None,
        }
    }

    /// The fault for this request. A submit that the provider never reads is recorded as lost.
    fn take_fault(
        &mut self,
        route: Route,
        request: &Request,
        given: Option<Fault>,
    ) -> Option<Fault> {
        if given.is_none() && self.state.faults.is_empty() {
            return None;
        }
        let operation = route.operation(request)?;
        let fault = match given {
            Some(fault) => fault,
            None => self.state.faults.take(route.provider(), operation)?,
        };
        let is_dry_run = crate::runware::is_dry_run(request);
        if operation == Operation::Submit && fault.is_before() && !is_dry_run {
            let now_ms = self.state.now_ms;
            let lost = RecordedSubmission::new(route.provider(), now_ms, SubmitOutcome::Lost);
            self.state.ledger.record_submission(lost);
        }
        Some(fault)
    }

    fn dispatch(&mut self, request: &Request, route: Route, fault: Option<Fault>) -> After {
        let now_ms = self.state.now_ms;
        match fault.as_ref().map(|fault| fault.before(route.provider(), now_ms)) {
            None | Some(Before::Pass) => {}
            Some(Before::Respond(response)) => return After::Respond(response),
            Some(Before::Reset(after_ms)) => return After::Reset(after_ms),
        }
        self.state.moment = match fault {
            Some(Fault::Odd { oddity }) => Some(oddity),
            _ => None,
        };
        let response = match route {
            Route::Videos(_) => self.state.video_store.download(now_ms, request),
            Route::Pricing => crate::runware::pricing(request),
            Route::Runpod => self.runpod.handle(&mut self.state, request),
            Route::Runware => {
                let dry_run =
                    crate::runware::is_dry_run(request) && fault != Some(Fault::IgnoreDryRun {});
                self.runware.handle(&mut self.state, request, dry_run)
            }
        };
        self.state.moment = None;
        let quoted = self.state.quoted.take();
        let response = match quoted.and_then(|odd| echo::quotation(&odd, request)) {
            Some(quotation) => echo::quote(response, &quotation),
            None => response,
        };
        match fault {
            Some(fault) => fault.after(route.provider(), response),
            None => After::Respond(response),
        }
    }
}

/// Any page may call with any header; the documents do not say whether the real providers allow it.
fn preflight(request: &Request, cors: bool) -> Response {
    let response = Response::empty(204);
    if !cors {
        return response;
    }
    let requested = request.header("access-control-request-headers").unwrap_or("authorization");
    with_cors(response, true)
        .with("access-control-allow-methods", "GET, HEAD, POST, OPTIONS")
        .with("access-control-allow-headers", requested)
        .with("access-control-max-age", "600")
}

fn with_cors(response: Response, cors: bool) -> Response {
    if !cors {
        return response;
    }
    response.with("access-control-allow-origin", "*").with(
        "access-control-expose-headers",
        "retry-after, content-length, content-range, accept-ranges, etag",
    )
}
