//! The network and the providers in simulated time: transmits requests, delivers responses and webhooks.

use filmgate::provider::{ProviderId, Request};
use filmgate_simulator::{
    Bill, Delivery, Oddity, RecordedSubmission, Reply, Simulator, SubmitOutcome,
};
use serde_json::{Value, json};

use crate::fault::{Fault, Point};
use crate::network::{
    Arrival, ok_text, point_of, simulator_fault, to_http, with_quoted_submission,
};
use crate::scenario::{HOOK, KEY, LATENCY_MS, REMIXED, Scenario};

/// The time at which every run begins.
pub(crate) const T0: u64 = 1_790_000_000_000;
/// The longest delay after which a submit still meets its running task.
const DRIFT_MS: u64 = 15_000;
/// How far a late response misses the limit, and a slow one keeps it.
const MARGIN_MS: u64 = 1_000;

/// Arrivals of one request with their delays: none, one or several.
pub(crate) type Arrivals = Vec<(u64, Arrival)>;

/// A submit that is still in transit, though its sender has given up.
#[derive(Clone)]
struct DelayedSubmit {
    at: u64,
    job: usize,
    request: filmgate_simulator::Request,
}

/// Both providers and the network.
#[derive(Clone)]
pub(crate) struct World {
    simulator: Simulator,
    pub(crate) now: u64,
    delayed_submits: Vec<DelayedSubmit>,
    /// The submissions of each job, by their index in the ledger.
    submissions: Vec<Vec<usize>>,
    /// The body that each job submitted.
    submitted_bodies: Vec<String>,
    /// The oddities of each job, in field mode.
    oddities: Vec<Vec<Oddity>>,
    remix: String,
}

impl World {
    pub(crate) fn new(scenario: &Scenario, seed: u64, jobs: usize) -> Self {
        let mut world = World {
            simulator: Simulator::new(scenario.config.clone(), seed, "https://videos.example.com"),
            now: T0 - 2 * scenario.config.job_duration_ms,
            delayed_submits: Vec::new(),
            submissions: vec![Vec::new(); jobs],
            submitted_bodies: vec![String::new(); jobs],
            oddities: vec![Vec::new(); jobs],
            remix: String::new(),
        };
        if scenario.remixes {
            world.remix = world.source_video();
        }
        world.now = T0;
        world
    }

    /// Makes the video that is remixed later, and returns its id.
    fn source_video(&mut self) -> String {
        let uuid = "00000000-0000-4000-8000-000000000000";
        let task = |fields: Value| {
            let mut task = json!({ "taskUUID": uuid });
            if let (Some(task), Value::Object(fields)) = (task.as_object_mut(), fields) {
                task.extend(fields);
            }
            Request::new(String::new(), Some(json!([task])))
        };
        let submit = task(json!({
            "taskType": "videoInference", "model": "openai:3@2", "positivePrompt": "A lake",
            "width": 1280, "height": 720, "duration": 4,
        }));
        self.simulator.handle(self.now, &to_http(ProviderId::Runware, &submit));
        let poll = to_http(ProviderId::Runware, &task(json!({ "taskType": "getResponse" })));
        let Reply::Respond { body, .. } = self.simulator.handle(T0 - 1, &poll) else {
            return String::new();
        };
        let response: Value = serde_json::from_slice(&body).unwrap_or_default();
        let id = response.pointer("/data/0/outputs/videoId").and_then(Value::as_str);
        id.unwrap_or_default().to_owned()
    }

    /// The body with the values of this world: the job's webhook, the video to remix.
    pub(crate) fn with_job_values(&self, mut body: Value, job: usize) -> Value {
        each_text(&mut body, &mut |text| match text.as_str() {
            HOOK => text.push_str(&job.to_string()),
            REMIXED => text.clone_from(&self.remix),
            _ => {}
        });
        body
    }

    // ------------------------------------------------------------------------------------ requests

    /// Transmits a request and returns its arrivals.
    pub(crate) fn send(
        &mut self,
        job: usize,
        provider: ProviderId,
        request: &Request,
        fault: Option<Fault>,
        limit_ms: u64,
    ) -> Arrivals {
        let wire = to_http(provider, request);
        if point_of(request) == Some(Point::Submit)
            && let Some(submitted) = self.submitted_bodies.get_mut(job)
        {
            *submitted = String::from_utf8_lossy(&wire.body).into_owned();
        }
        if fault == Some(Fault::RequestAdrift) {
            let at = self.now + DRIFT_MS;
            self.delayed_submits.push(DelayedSubmit { at, job, request: wire });
            return vec![(LATENCY_MS, Arrival::ConnectionLost)];
        }
        let (after_ms, arrival) = self.carry_out(job, &wire, fault.and_then(simulator_fault));
        let after_ms = after_ms + LATENCY_MS;
        match fault {
            Some(Fault::RequestSunk | Fault::ResponseSunk) => Vec::new(),
            Some(Fault::ResponseLate) => vec![(limit_ms + MARGIN_MS, arrival)],
            Some(Fault::ResponseSlow) => {
                vec![(limit_ms.saturating_sub(MARGIN_MS).max(after_ms), arrival)]
            }
            Some(Fault::AnsweredTwice) => {
                vec![(after_ms, arrival.clone()), (after_ms + 3 * MARGIN_MS, arrival)]
            }
            Some(Fault::EmptyAfter) => vec![(after_ms, ok_text(""))],
            Some(Fault::NothingAfter) => vec![(after_ms, ok_text(r#"{"ok":true}"#))],
            _ => vec![(after_ms, arrival)],
        }
    }

    fn carry_out(
        &mut self,
        job: usize,
        wire: &filmgate_simulator::Request,
        simulator_fault: Option<filmgate_simulator::Fault>,
    ) -> (u64, Arrival) {
        let before = self.simulator.ledger().submissions.len();
        let reply = match simulator_fault {
            Some(simulator_fault) => {
                self.simulator.handle_with_fault(self.now, wire, simulator_fault)
            }
            None => self.simulator.handle(self.now, wire),
        };
        let after = self.simulator.ledger().submissions.len();
        if let Some(submissions) = self.submissions.get_mut(job) {
            submissions.extend(before..after);
        }
        if after > before
            && let Some(id) = self.id_of(job)
            && let Some(oddities) = self.oddities.get_mut(job)
        {
            *oddities = self.simulator.oddities(&id).to_vec();
        }
        match reply {
            Reply::Reset { after_ms } => (after_ms, Arrival::ConnectionLost),
            Reply::Respond { after_ms, status, headers, body } => {
                let header = |name| {
                    let mut named = headers.iter().filter(|(each, _)| *each == name);
                    named.next().map(|(_, value)| value.clone())
                };
                let length = header("content-length").and_then(|text| text.parse().ok());
                if length.is_some_and(|length: usize| length > body.len()) {
                    return (after_ms, Arrival::ConnectionLost);
                }
                let submitted = self.submitted_bodies.get(job).map_or("", String::as_str);
                let text =
                    with_quoted_submission(String::from_utf8_lossy(&body).into_owned(), submitted);
                // The core does not know the key: the client in front of it cuts it out.
                let text = text.replace(KEY, "[key]");
                (after_ms, Arrival::Response { status, retry_after: header("retry-after"), text })
            }
        }
    }

    // ---------------------------------------------------------------------------------------- time

    /// The time of the next event: a run ends, a webhook is due, a lost submit arrives.
    pub(crate) fn next_at(&self) -> Option<u64> {
        let delayed_submits = self.delayed_submits.iter().map(|one| one.at);
        delayed_submits.chain(self.simulator.next_event_ms()).min()
    }

    /// Runs due events; returns the jobs whose lost submits arrived, and the webhooks.
    pub(crate) fn run_events(&mut self) -> (Vec<usize>, Vec<Delivery>) {
        let due = self.delayed_submits.iter().position(|one| one.at <= self.now);
        let arrived = due.map(|at| self.delayed_submits.swap_remove(at)).map(|one| {
            self.carry_out(one.job, &one.request, None);
            one.job
        });
        let hooks = self.simulator.due_webhooks(self.now);
        (arrived.into_iter().collect(), hooks)
    }

    /// Reports whether a webhook was received.
    pub(crate) fn on_webhook(&mut self, delivery: &Delivery, accepted: bool) {
        self.simulator.report_delivery(self.now, delivery.id, accepted.then_some(200));
    }

    // ------------------------------------------------------------------------------------- ground truth

    /// The job's submissions in the providers' ledger.
    pub(crate) fn submissions(&self, job: usize) -> impl Iterator<Item = &RecordedSubmission> {
        let places = self.submissions.get(job).into_iter().flatten();
        places.filter_map(|at| self.simulator.ledger().submissions.get(*at))
    }

    /// The submission that created the job.
    pub(crate) fn accepted(&self, job: usize) -> Option<&RecordedSubmission> {
        self.submissions(job).find(|submit| submit.outcome == SubmitOutcome::Accepted)
    }

    /// The provider's job id, whether or not the client received it.
    pub(crate) fn id_of(&self, job: usize) -> Option<String> {
        self.accepted(job)?.id.clone()
    }

    /// The charges for the job's submissions so far.
    pub(crate) fn charges(&self, job: usize) -> Vec<&Bill> {
        let ids: Vec<_> = self.submissions(job).filter_map(|submit| submit.id.as_ref()).collect();
        let charges = self.simulator.ledger().charges.iter();
        charges.filter(|bill| ids.contains(&&bill.id)).collect()
    }

    /// The oddities of the job's answers.
    pub(crate) fn oddities(&self, job: usize) -> &[Oddity] {
        self.oddities.get(job).map_or(&[], Vec::as_slice)
    }

    /// How many videos the job's charges are for: a failure can be billed, too.
    pub(crate) fn billed_videos(&self, scenario: &Scenario, job: usize) -> usize {
        let charges = self.charges(job).len();
        let fails = self.oddities(job).iter().any(|oddity| oddity.is_failure());
        match scenario.provider {
            ProviderId::Runpod if fails || scenario.fails => 0,
            ProviderId::Runware if fails => charges.min(scenario.n() - 1),
            _ => charges,
        }
    }

    /// Whether the job's video can be fetched with the job id, now or once it is finished.
    pub(crate) fn can_be_fetched(&mut self, job: usize) -> bool {
        self.id_of(job).is_some_and(|id| self.simulator.has_video(self.now, &id))
    }

    /// Lets every accepted job end and be billed.
    pub(crate) fn run_out(&mut self) {
        while let Some(at) = self.delayed_submits.iter().map(|one| one.at).min() {
            self.now = self.now.max(at);
            self.run_events();
        }
        self.now += 40 * 86_400_000;
        self.run_events();
    }
}

fn each_text(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(map) => map.values_mut().for_each(|item| each_text(item, change)),
        _ => {}
    }
}

/// The name of a submission's outcome.
pub(crate) const fn word_of(outcome: SubmitOutcome) -> &'static str {
    match outcome {
        SubmitOutcome::Accepted => "accepted",
        SubmitOutcome::Rejected => "rejected",
        SubmitOutcome::Conflict => "conflict",
        SubmitOutcome::Lost => "lost",
    }
}
