//! One job and its driver: a process that can die, a store that outlives it, a clock that can jump.
//! `outputs.rs` carries out what the job requests.

use std::collections::BTreeMap;
use std::time::Duration;

use filmgate::catalog::typical_duration_ms;
use filmgate::job::{Handle, Input, Job, Limits};
use filmgate::plan::start;

use crate::fault::{Fault, Point};
use crate::fault_plan::FaultPlan;
use crate::history::History;
use crate::inbox::Message;
use crate::invariants::{Invariant, Violation};
use crate::scenario::Scenario;
use crate::store::Store;
use crate::trace::{Event, Trace};
use crate::world::World;

/// More steps than any job needs: a job that takes more spins.
const MAX_STEPS: u32 = 5_000;
/// The weight of a fault that retrying does not overcome.
const LASTING_FAULT_WEIGHT: u32 = 100;
/// What carrying out a job's outputs takes.
const MAX_SLACK_MS: u64 = 1_000;
/// How long a job that has ended still receives messages.
const LINGER_MS: u64 = 600_000;

/// The world, faults and trace of a run.
pub(crate) struct RunContext<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) plan: &'a mut dyn FaultPlan,
    pub(crate) trace: &'a mut Trace,
    pub(crate) violation: Option<Violation>,
}

impl RunContext<'_> {
    /// Records the first violated invariant.
    pub(crate) fn violate(&mut self, invariant: Invariant, how: impl Into<String>) {
        let how = how.into();
        self.trace.detail(|| format!("*** {invariant:?} is violated: {how}"));
        self.violation.get_or_insert(Violation { invariant, how });
    }
}

/// The process that runs the job.
#[derive(Clone)]
pub(super) enum Process {
    Alive(Box<Job>),
    Dead {
        restart_at: u64,
    },
    /// It will not restart.
    Gone,
}

/// The request in flight.
#[derive(Clone)]
pub(super) struct InFlight {
    pub(super) id: u32,
    pub(super) until: u64,
    /// A long poll, which is aborted if news arrive another way.
    pub(super) is_patient: bool,
}

/// A job from its submit to its end.
#[derive(Clone)]
pub(crate) struct JobRun<'a> {
    /// The index of the job in its world.
    pub(crate) number: usize,
    pub(crate) scenario: &'a Scenario,
    pub(super) limits: Limits,
    pub(crate) handle: Handle,
    pub(crate) store: Store,
    pub(crate) history: History,
    pub(super) process: Process,
    pub(super) in_flight: Option<InFlight>,
    pub(super) is_saving: bool,
    inbox: BTreeMap<(u64, u64), Message>,
    sequence: u64,
    wake_at: u64,
    /// The provider's job id, which the caller found elsewhere.
    recovered_job_id: Option<String>,
    /// How far the job's clock is ahead of the world's.
    pub(super) ahead_ms: i64,
    asleep_until: u64,
    pub(super) restarted_at: u64,
    steps: u32,
}

impl<'a> JobRun<'a> {
    /// A new job. `key` is its UUID.
    pub(crate) fn new(
        number: usize,
        scenario: &'a Scenario,
        key: &str,
        world: &World,
    ) -> Option<Self> {
        let mut fit = scenario.fit.clone();
        let order = fit.prepared.as_mut()?;
        order.body = world.with_job_values(std::mem::take(&mut order.body), number);
        let mut job = start(world.now, fit, key, scenario.limits).ok()?;
        job.set_run_time_history(&scenario.run_time_history_ms);
        let mut job_run = JobRun::of(number, scenario, job.handle.clone(), world.now);
        job_run.process = Process::Alive(Box::new(job));
        job_run.wake_at = world.now;
        if let Some(ms) = scenario.cancel_ms {
            job_run.deliver_at(world.now + ms, Message::Input(Input::Cancel));
        }
        Some(job_run)
    }

    fn of(number: usize, scenario: &'a Scenario, handle: Handle, now: u64) -> Self {
        JobRun {
            number,
            scenario,
            limits: scenario.limits,
            handle,
            store: Store::default(),
            history: History::default(),
            process: Process::Gone,
            in_flight: None,
            is_saving: false,
            inbox: BTreeMap::new(),
            sequence: 0,
            wake_at: now,
            recovered_job_id: None,
            ahead_ms: 0,
            asleep_until: 0,
            restarted_at: now,
            steps: 0,
        }
    }

    /// The job resumed from its record, optionally with the provider's job id.
    pub(crate) fn resume_from_record(&self, now: u64, job_id: Option<&str>) -> Self {
        let mut job_run = JobRun::of(self.number, self.scenario, self.handle.clone(), now);
        job_run.store = self.store.clone();
        job_run.recovered_job_id = job_id.map(str::to_owned);
        job_run.limits = with_long_timeout(self.scenario.limits);
        job_run.process = Process::Dead { restart_at: now };
        job_run
    }

    /// The same from its handle alone.
    pub(crate) fn resume_from_handle(&self, now: u64, job_id: Option<&str>) -> Option<Self> {
        let limits = with_long_timeout(self.scenario.limits);
        let mut job =
            Job::adopt(now, self.handle.clone(), typical_duration_ms(&self.handle), limits).ok()?;
        if let Some(job_id) = job_id {
            job.adopt_job_id(now, job_id);
        }
        let mut job_run = JobRun::of(self.number, self.scenario, self.handle.clone(), now);
        job_run.limits = limits;
        job_run.process = Process::Alive(Box::new(job));
        Some(job_run)
    }

    // ---------------------------------------------------------------------------------------- time

    /// The time of the job's next event, by the world's clock.
    pub(crate) fn next_at(&self) -> u64 {
        let message = self.inbox.keys().next().map_or(u64::MAX, |(at, _)| *at);
        let next = match self.process {
            Process::Gone => return u64::MAX,
            Process::Dead { restart_at } => return restart_at,
            Process::Alive(_) if self.history.has_ended() => message,
            Process::Alive(_) => message.min(self.wake_at),
        };
        next.max(self.asleep_until)
    }

    /// Whether an event at the provider at that time can still reach the job.
    pub(crate) fn listens(&self, at: u64) -> bool {
        let is_long_gone = |ended: u64| at > ended + LINGER_MS;
        !self.history.ended_at.is_some_and(is_long_gone) && !matches!(self.process, Process::Gone)
    }

    pub(super) fn deliver_at(&mut self, at: u64, message: Message) {
        self.sequence += 1;
        self.inbox.insert((at, self.sequence), message);
    }

    /// The time by the job's own clock.
    pub(super) fn clock(&self, now: u64) -> u64 {
        now.saturating_add_signed(self.ahead_ms)
    }

    /// Runs the next event.
    pub(crate) fn step(&mut self, context: &mut RunContext<'_>) {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            context.violate(Invariant::Ends, "the job spins");
            self.process = Process::Gone;
            return;
        }
        let now = context.world.now;
        match self.process {
            Process::Gone => {}
            Process::Dead { .. } => self.restart(context),
            Process::Alive(_) if self.is_overdue(now) => {
                context.violate(Invariant::Ends, "the job runs longer than the caller's timeout");
                self.process = Process::Gone;
            }
            Process::Alive(_) => {
                let due = self.inbox.keys().next().copied().filter(|(at, _)| *at <= now);
                match due.and_then(|key| self.inbox.remove(&key)) {
                    Some(message) => self.receive(context, message),
                    None => self.put(context, Input::Timeout),
                }
            }
        }
    }

    fn is_overdue(&self, now: u64) -> bool {
        let (timeout_ms, limit_ms) =
            (self.limits.timeout.as_millis() as u64, self.history.longest_limit_ms);
        let outside_ms = self.history.jumped_ms + self.history.delayed_ms;
        let patience_ms = timeout_ms + limit_ms + outside_ms + MAX_SLACK_MS;
        !self.history.has_ended() && now.saturating_sub(self.restarted_at) > patience_ms
    }

    // ------------------------------------------------------------------------------ life and death

    pub(super) fn die(&mut self, context: &mut RunContext<'_>, later_ms: u64) {
        context.trace.add(context.world.now, self.number, Event::Dies);
        let restart_at = context.world.now + 1_000 + later_ms;
        self.process = Process::Dead { restart_at };
        self.inbox.clear();
        (self.in_flight, self.is_saving) = (None, false);
        self.history.on_crash();
    }

    /// A new process resumes from the store.
    fn restart(&mut self, context: &mut RunContext<'_>) {
        let now = context.world.now;
        self.restarted_at = now;
        let Some(record) = &self.store.record else {
            context.trace.add(now, self.number, Event::NeverBegan);
            self.history.never_began = true;
            self.process = Process::Gone;
            return;
        };
        context.trace.add(now, self.number, Event::Restarts);
        let (record, revision) = (record.clone(), self.store.revision);
        let clock = self.clock(now);
        let Ok(mut job) = Job::resume(clock, record, revision, self.limits) else {
            context.violate(Invariant::Record, "the stored record cannot be read");
            self.process = Process::Gone;
            return;
        };
        if let Some(job_id) = self.recovered_job_id.take() {
            job.adopt_job_id(clock, &job_id);
        }
        self.process = Process::Alive(Box::new(job));
        self.put(context, Input::Timeout);
    }

    pub(super) fn inject(&mut self, context: &mut RunContext<'_>, point: Point) -> Option<Fault> {
        let fault = context.plan.at(point)?;
        // A job that is resumed after an hour may be gone; a store that does not respond is waited for.
        let lasting = [Fault::KilledForAnHour, Fault::StoreSilent];
        let lasting = lasting.contains(&fault);
        self.history.fault_weight += if lasting { LASTING_FAULT_WEIGHT } else { 1 };
        context.trace.add(context.world.now, self.number, Event::Injected(fault));
        Some(fault)
    }

    pub(super) fn wake_after(&mut self, now: u64, ms: u64) {
        self.wake_at = now.saturating_add(ms);
    }

    pub(super) fn sleep(&mut self, now: u64, ms: u64) {
        self.asleep_until = now + ms;
        self.history.jumped_ms += ms;
    }

    pub(super) fn has_messages(&self) -> bool {
        !self.inbox.is_empty()
    }
}

/// Limits for a user who resumes a job to get its video.
fn with_long_timeout(limits: Limits) -> Limits {
    Limits { timeout: Duration::from_millis(3_600_000), ..limits }
}
