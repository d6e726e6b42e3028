//! A run: the jobs of one world, from their submits to the verdict.

use filmgate::error::Error;
use filmgate::outcome::VideoResult;
use serde_json::Value;

use crate::checker::{Verdict, check};
use crate::fault_plan::{FaultPlan, NoFaults};
use crate::invariants::Violation;
use crate::job_run::{JobRun, RunContext};
use crate::scenario::{HOOK, Scenario};
use crate::trace::{Event, Trace};
use crate::world::{T0, World};

/// The result of a run.
pub(crate) struct Report {
    pub(crate) trace: Trace,
    pub(crate) violation: Option<Violation>,
    pub(crate) verdicts: Vec<Verdict>,
}

/// The jobs of one world, from their submits on.
#[derive(Clone)]
pub(crate) struct Run<'a> {
    world: World,
    trace: Trace,
    job_runs: Vec<JobRun<'a>>,
    violation: Option<Violation>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(scenario: &'a Scenario, jobs: usize, seed: u64, verbose: bool) -> Self {
        let world = World::new(scenario, seed, jobs);
        let trace = if verbose { Trace::verbose(T0) } else { Trace::new(T0) };
        let job_runs = (0..jobs)
            .filter_map(|number| JobRun::new(number, scenario, &key(number), &world))
            .collect();
        Run { world, trace, job_runs, violation: None }
    }

    /// Runs the next event; returns whether there was one. No event follows those that can reach none of the jobs, nor a
    /// violation.
    pub(crate) fn step(&mut self, plan: &mut dyn FaultPlan) -> bool {
        let Run { world, trace, job_runs, violation } = self;
        if violation.is_some() {
            return false;
        }
        let mut context = RunContext { world, plan, trace, violation: None };
        let had_event = continue_run(job_runs, &mut context);
        *violation = context.violation;
        had_event
    }

    /// Checks the results against the providers' ledger.
    pub(crate) fn finish(mut self) -> Report {
        let Run { world, trace, job_runs, violation } = &mut self;
        let (verdicts, violation) = check(job_runs, world, trace, violation.take());
        Report { trace: self.trace, violation, verdicts }
    }
}

/// Runs jobs of one scenario in one world to their end.
pub(crate) fn simulate(
    scenario: &Scenario,
    jobs: usize,
    seed: u64,
    plan: &mut dyn FaultPlan,
    verbose: bool,
) -> Report {
    let mut run = Run::new(scenario, jobs, seed, verbose);
    while run.step(plan) {}
    run.finish()
}

/// A UUID of version 4 for each job.
fn key(number: usize) -> String {
    format!("982c01aa-813a-4434-aa42-{number:012x}")
}

/// Runs the next event; returns whether there was one.
fn continue_run(job_runs: &mut [JobRun<'_>], context: &mut RunContext<'_>) -> bool {
    let now = context.world.now;
    let world_at = context.world.next_at();
    let world_at = world_at.filter(|at| job_runs.iter().any(|job_run| job_run.listens(*at)));
    let world_at = world_at.unwrap_or(u64::MAX);
    let next =
        job_runs.iter_mut().map(|job_run| (job_run.next_at(), job_run)).min_by_key(|(at, _)| *at);
    match next {
        Some((at, job_run)) if at <= world_at && at < u64::MAX => {
            context.world.now = now.max(at);
            job_run.step(context);
        }
        _ if world_at < u64::MAX => {
            context.world.now = now.max(world_at);
            run_events(job_runs, context);
        }
        _ => return false,
    }
    true
}

/// Events that happen at the providers by themselves.
fn run_events(job_runs: &mut [JobRun<'_>], context: &mut RunContext<'_>) {
    let now = context.world.now;
    let (arrived, deliveries) = context.world.run_events();
    for job in arrived {
        context.trace.add(now, job, Event::Adrift);
    }
    for delivery in deliveries {
        let number = delivery.url.strip_prefix(HOOK).and_then(|text| text.parse().ok());
        let job_run = number.and_then(|number: usize| job_runs.get_mut(number));
        let body: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
        let taken = job_run.is_some_and(|job_run| job_run.on_webhook(context, body));
        context.world.on_webhook(&delivery, taken);
    }
}

/// Resumes a job without faults, as a user would.
pub(crate) fn resume(mut job_run: JobRun<'_>, world: &mut World, trace: &mut Trace) -> Resumed {
    let mut no_faults = NoFaults;
    let mut context = RunContext { world, plan: &mut no_faults, trace, violation: None };
    let it = std::slice::from_mut(&mut job_run);
    while context.violation.is_none() && it.iter().all(|job_run| !job_run.history.has_ended()) {
        if !continue_run(it, &mut context) {
            break;
        }
    }
    match (job_run.history.end.take(), context.violation) {
        (_, Some(violation)) => Resumed::Violation(violation),
        (Some(Ok(outcome)), None) => Resumed::Completed(Box::new(outcome)),
        (Some(Err(error)), None) => Resumed::Error(Box::new(error)),
        (None, None) => Resumed::NoEnd,
    }
}

/// The result of resuming.
pub(crate) enum Resumed {
    Completed(Box<VideoResult>),
    Error(Box<Error>),
    NoEnd,
    Violation(Violation),
}
