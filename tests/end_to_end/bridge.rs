//! Transmits a job's requests to the simulator, like a transport.

use std::cell::RefCell;
use std::rc::Rc;

use filmgate::error::ErrorCode;
use filmgate::job::Job;
use filmgate::outcome::Charge;
use filmgate::provider::{Body, ProviderId, Request, Response};
use filmgate_simulator::{Config, Ledger, Simulator, SubmitOutcome};
use serde_json::{Value, json};

use crate::common::{JobDriver, Reply, T0, job};

/// Longer than the time in which a submit may be sent again, as with the real providers.
pub(crate) const RUN_MS: u64 = 60_000;

/// A function that responds to a driver's requests.
pub(crate) type World = Box<dyn FnMut(u64, &Request) -> Reply>;

/// A simulator that several drivers share.
#[derive(Clone)]
pub(crate) struct Sim(Rc<RefCell<Simulator>>, &'static str);

impl Sim {
    pub(crate) fn new() -> Self {
        Sim::with(Config { job_duration_ms: RUN_MS, ..Config::default() })
    }

    pub(crate) fn with(config: Config) -> Self {
        let simulator = Simulator::new(config, 7, "https://videos.example.com");
        Sim(Rc::new(RefCell::new(simulator)), "any-key")
    }

    /// The same simulator with another key.
    pub(crate) fn keyed(&self, key: &'static str) -> Self {
        Sim(self.0.clone(), key)
    }

    /// Sets fault rules, as `POST /control/faults` accepts them.
    pub(crate) fn faults(self, faults: Value) -> Self {
        let answer = self.send(0, "POST", "/control/faults", Some(&faults));
        assert_eq!(answer.response().status, 200, "{faults}: {answer:?}");
        self
    }

    /// A function that responds to a driver's requests.
    pub(crate) fn world(&self, provider: ProviderId) -> World {
        let sim = self.clone();
        let base = match provider {
            ProviderId::Runpod => "/runpod/v2",
            ProviderId::Runware => "/runware/v1",
            _ => unreachable!("there is no other"),
        };
        Box::new(move |now, request| {
            let path = format!("{base}{}", request.path);
            let method = if request.body.is_some() { "POST" } else { "GET" };
            sim.send(now, method, &path, request.body.as_ref())
        })
    }

    pub(crate) fn send(&self, now: u64, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = filmgate_simulator::Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: vec![("authorization".to_owned(), format!("Bearer {}", self.1))],
            body: body.map_or(Vec::new(), |body| body.to_string().into_bytes()),
        };
        match self.0.borrow_mut().handle(now, &request) {
            filmgate_simulator::Reply::Reset { after_ms } => Reply::ConnectionLost(after_ms),
            filmgate_simulator::Reply::Respond { after_ms, status, headers, body } => {
                let header = |name: &str| {
                    headers.iter().find(|(each, _)| *each == name).map(|(_, value)| value.as_str())
                };
                let length: usize = header("content-length").unwrap().parse().unwrap();
                if length > body.len() && method != "HEAD" {
                    return Reply::ConnectionLost(after_ms);
                }
                let seconds = header("retry-after").and_then(|value| value.parse::<u64>().ok());
                let body = Body::parse(&String::from_utf8_lossy(&body));
                let retry_after_ms = seconds.map(|seconds| seconds * 1000);
                Reply::After(after_ms, Response { status, retry_after_ms, body })
            }
        }
    }

    /// A job on this simulator.
    pub(crate) fn drive(&self, provider: ProviderId, request: &Value) -> JobDriver<World> {
        self.drive_job(provider, job(provider, request))
    }

    pub(crate) fn drive_job(&self, provider: ProviderId, job: Job) -> JobDriver<World> {
        JobDriver::new(job, self.world(provider))
    }

    /// The ledger once every accepted job has ended.
    pub(crate) fn ledger(&self) -> Ledger {
        let mut simulator = self.0.borrow_mut();
        simulator.due_webhooks(T0 + 30 * 86_400_000);
        simulator.ledger().clone()
    }

    /// Bodies of the webhooks that are due.
    pub(crate) fn webhooks(&self, now: u64) -> Vec<(String, Value)> {
        let due = self.0.borrow_mut().due_webhooks(now);
        let hooks = due.into_iter().filter(|delivery| delivery.method == "POST");
        hooks.map(|hook| (hook.url, serde_json::from_slice(&hook.body).unwrap())).collect()
    }

    /// The number of created jobs.
    pub(crate) fn accepted(&self) -> usize {
        let made = |outcome| outcome == SubmitOutcome::Accepted;
        self.ledger().submissions.iter().filter(|submit| made(submit.outcome)).count()
    }
}

/// The reported charge agrees with the ledger.
#[track_caller]
pub(crate) fn assert_truthful<W: FnMut(u64, &Request) -> Reply>(driver: &JobDriver<W>, sim: &Sim) {
    let billed = i64::try_from(sim.ledger().total_micro_usd).unwrap();
    assert!(sim.accepted() <= 1, "paid twice: {:?}", driver.operations());
    match driver.done.as_ref().expect("the job ends") {
        Ok(outcome) => {
            assert!(billed > 0, "a video that nobody billed");
            if let Some(cost) = outcome.cost {
                assert_eq!(cost.0, billed, "the cost that is told");
            }
        }
        Err(error) => match error.charge {
            Charge::None => assert_eq!(billed, 0, "called free: {error}"),
            // An expired result counts as charged, though it may have failed.
            Charge::Charged => assert!(
                billed > 0 || error.failure.code == ErrorCode::ResultExpired,
                "called charged: {error}"
            ),
            Charge::Unknown => {}
            _ => unreachable!("there is no other"),
        },
    }
}

pub(crate) fn fault(operation: &str, skip: u32, fault: Value) -> Value {
    json!([{ "operation": operation, "skip": skip, "fault": fault }])
}
