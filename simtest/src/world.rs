//! The network and the providers, in simulated time: carries requests, brings answers and webhooks.

use filmgate::provider::{ProviderId, Request};
use filmgate_simulator::{Bill, Delivery, Reply, Simulator, Submit, SubmitOutcome};
use serde_json::{Value, json};

use crate::fault::{Fault, Point};
use crate::network::{Came, harm, point_of, quoting, says, wired};
use crate::scenario::{HOOK, LATENCY_MS, REMIXED, Shape};

/// A day on which every run begins.
pub(crate) const T0: u64 = 1_790_000_000_000;
/// Longer than any submit may travel and still meet its task running.
const ADRIFT_MS: u64 = 15_000;
/// By how much a late answer misses the limit, and a slow one keeps it.
const MARGIN_MS: u64 = 1_000;

/// What comes back, and after how many milliseconds; of one request, nothing or several.
pub(crate) type Arrivals = Vec<(u64, Came)>;

/// A submit that is still on its way, though its sender has given it up.
struct Drifting {
    at: u64,
    job: usize,
    request: filmgate_simulator::Request,
}

/// Both providers, and the way to them.
pub(crate) struct World {
    simulator: Simulator,
    pub(crate) now: u64,
    drifting: Vec<Drifting>,
    /// The submits of each job, by their place in the ledger.
    submits: Vec<Vec<usize>>,
    /// What each job ordered, as it stood on the wire.
    orders: Vec<String>,
    remix: String,
}

impl World {
    pub(crate) fn new(shape: &Shape, seed: u64, jobs: usize) -> Self {
        let mut world = World {
            simulator: Simulator::new(shape.config.clone(), seed, "https://videos.example.com"),
            now: T0 - 2 * shape.config.run_ms,
            drifting: Vec::new(),
            submits: vec![Vec::new(); jobs],
            orders: vec![String::new(); jobs],
            remix: String::new(),
        };
        if shape.remixes {
            world.remix = world.first_film();
        }
        world.now = T0;
        world
    }

    /// Makes the film that is remixed later, and returns its id.
    fn first_film(&mut self) -> String {
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
        self.simulator
            .handle(self.now, &wired(ProviderId::Runware, &submit));
        let poll = wired(
            ProviderId::Runware,
            &task(json!({ "taskType": "getResponse" })),
        );
        let Reply::Respond { body, .. } = self.simulator.handle(T0 - 1, &poll) else {
            return String::new();
        };
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        let id = answer
            .pointer("/data/0/outputs/videoId")
            .and_then(Value::as_str);
        id.unwrap_or_default().to_owned()
    }

    /// The body with what only this world knows: the job's webhook, the film to be remixed.
    pub(crate) fn personal(&self, mut body: Value, job: usize) -> Value {
        each_text(&mut body, &mut |text| match text.as_str() {
            HOOK => text.push_str(&job.to_string()),
            REMIXED => text.clone_from(&self.remix),
            _ => {}
        });
        body
    }

    // ------------------------------------------------------------------------------------ requests

    /// Carries a request, and says what comes back when.
    pub(crate) fn carry(
        &mut self,
        job: usize,
        provider: ProviderId,
        request: &Request,
        fault: Option<Fault>,
        limit_ms: u64,
    ) -> Arrivals {
        let wire = wired(provider, request);
        if point_of(request) == Some(Point::Submit)
            && let Some(order) = self.orders.get_mut(job)
        {
            *order = String::from_utf8_lossy(&wire.body).into_owned();
        }
        if fault == Some(Fault::RequestAdrift) {
            let at = self.now + ADRIFT_MS;
            self.drifting.push(Drifting {
                at,
                job,
                request: wire,
            });
            return vec![(LATENCY_MS, Came::Break)];
        }
        let (after_ms, came) = self.ask(job, &wire, fault.and_then(harm));
        let after_ms = after_ms + LATENCY_MS;
        match fault {
            Some(Fault::RequestSunk | Fault::ResponseSunk) => Vec::new(),
            Some(Fault::ResponseLate) => vec![(limit_ms + MARGIN_MS, came)],
            Some(Fault::ResponseSlow) => vec![((limit_ms - MARGIN_MS).max(after_ms), came)],
            Some(Fault::AnsweredTwice) => {
                vec![(after_ms, came.clone()), (after_ms + 3 * MARGIN_MS, came)]
            }
            Some(Fault::EmptyAfter) => vec![(after_ms, says(""))],
            Some(Fault::NothingAfter) => vec![(after_ms, says(r#"{"ok":true}"#))],
            _ => vec![(after_ms, came)],
        }
    }

    fn ask(
        &mut self,
        job: usize,
        wire: &filmgate_simulator::Request,
        harm: Option<filmgate_simulator::Fault>,
    ) -> (u64, Came) {
        let before = self.simulator.ledger().submits.len();
        let reply = match harm {
            Some(harm) => self.simulator.handle_struck(self.now, wire, harm),
            None => self.simulator.handle(self.now, wire),
        };
        let after = self.simulator.ledger().submits.len();
        if let Some(submits) = self.submits.get_mut(job) {
            submits.extend(before..after);
        }
        match reply {
            Reply::Reset { after_ms } => (after_ms, Came::Break),
            Reply::Respond {
                after_ms,
                status,
                headers,
                body,
            } => {
                let header = |name| {
                    let mut named = headers.iter().filter(|(each, _)| *each == name);
                    named.next().map(|(_, value)| value.clone())
                };
                let length = header("content-length").and_then(|text| text.parse().ok());
                if length.is_some_and(|length: usize| length > body.len()) {
                    return (after_ms, Came::Break);
                }
                let order = self.orders.get(job).map_or("", String::as_str);
                let text = quoting(String::from_utf8_lossy(&body).into_owned(), order);
                (
                    after_ms,
                    Came::Answer {
                        status,
                        retry_after: header("retry-after"),
                        text,
                    },
                )
            }
        }
    }

    // ---------------------------------------------------------------------------------------- time

    /// When something happens by itself: a run ends, a webhook leaves, a lost submit arrives.
    pub(crate) fn next_at(&self) -> Option<u64> {
        let drifting = self.drifting.iter().map(|one| one.at);
        drifting.chain(self.simulator.next_event_ms()).min()
    }

    /// Lets happen what is due, and returns the jobs whose lost submits arrived, and the webhooks.
    pub(crate) fn pass(&mut self) -> (Vec<usize>, Vec<Delivery>) {
        let due = self.drifting.iter().position(|one| one.at <= self.now);
        let arrived = due.map(|at| self.drifting.swap_remove(at)).map(|one| {
            self.ask(one.job, &one.request, None);
            one.job
        });
        let hooks = self.simulator.due_webhooks(self.now);
        (arrived.into_iter().collect(), hooks)
    }

    /// Reports whether a webhook found somebody.
    pub(crate) fn hooked(&mut self, delivery: &Delivery, taken: bool) {
        self.simulator
            .webhook_answered(self.now, delivery.id, taken.then_some(200));
    }

    // -------------------------------------------------------------------------------------- truths

    /// The job's submits as the providers' books have them.
    pub(crate) fn submits(&self, job: usize) -> impl Iterator<Item = &Submit> {
        let places = self.submits.get(job).into_iter().flatten();
        places.filter_map(|at| self.simulator.ledger().submits.get(*at))
    }

    /// The job that the provider has made of a submit.
    pub(crate) fn accepted(&self, job: usize) -> Option<&Submit> {
        self.submits(job)
            .find(|submit| submit.outcome == SubmitOutcome::Accepted)
    }

    /// The provider's id for the job, whether or not anybody was told.
    pub(crate) fn id_of(&self, job: usize) -> Option<String> {
        self.accepted(job)?.id.clone()
    }

    /// What was billed for the job's submits up to now.
    pub(crate) fn bills(&self, job: usize) -> Vec<&Bill> {
        let ids: Vec<_> = self
            .submits(job)
            .filter_map(|submit| submit.id.as_ref())
            .collect();
        let bills = self.simulator.ledger().bills.iter();
        bills.filter(|bill| ids.contains(&&bill.id)).collect()
    }

    /// Whether the provider makes the job's film, or keeps it, and tells one who knows the id.
    pub(crate) fn keeps(&mut self, shape: &Shape, job: usize) -> bool {
        let Some(id) = self.id_of(job) else {
            return false;
        };
        let wire_id = shape.fit.order.as_ref().map_or("", |order| &order.wire_id);
        let request = match shape.provider {
            ProviderId::Runpod => Request::new(format!("/{wire_id}/status/{id}"), None),
            ProviderId::Runware => {
                let task = json!([{ "taskType": "getTaskDetails", "taskUUID": id }]);
                Request::new(String::new(), Some(task))
            }
            _ => unreachable!("there is no other"),
        };
        match self
            .simulator
            .handle(self.now, &wired(shape.provider, &request))
        {
            Reply::Respond {
                status: 200, body, ..
            } => {
                let text = String::from_utf8_lossy(&body);
                !text.contains("CANCELLED") && !text.contains("FAILED")
            }
            _ => false,
        }
    }

    /// Lets all that was accepted end, and be billed.
    pub(crate) fn run_out(&mut self) {
        while let Some(at) = self.drifting.iter().map(|one| one.at).min() {
            self.now = self.now.max(at);
            self.pass();
        }
        self.now += 40 * 86_400_000;
        self.pass();
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

/// What became of a submit, in a word.
pub(crate) const fn word_of(outcome: SubmitOutcome) -> &'static str {
    match outcome {
        SubmitOutcome::Accepted => "accepted",
        SubmitOutcome::Rejected => "rejected",
        SubmitOutcome::Conflict => "conflict",
        SubmitOutcome::Lost => "lost",
    }
}
