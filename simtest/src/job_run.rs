//! One job and its driver: a process that can die, a store that outlives it, a clock that can jump.
//! What the job says is carried out in `outputs.rs`.

use std::collections::BTreeMap;
use std::time::Duration;

use filmgate::catalog::usual_ms;
use filmgate::job::{Handle, Input, Job, Limits};
use filmgate::plan::start;

use crate::fault::{Fault, Point};
use crate::fault_plan::Fate;
use crate::history::Seen;
use crate::inbox::News;
use crate::invariants::{Broken, Rule};
use crate::scenario::Shape;
use crate::store::Store;
use crate::trace::{Event, Trace};
use crate::world::World;

/// Far more steps than any job takes: one that takes more spins.
const MOST_STEPS: u32 = 5_000;
/// A trouble that patience does not overcome counts as so many.
const LASTING: u32 = 100;
/// How long a job that has ended is still told what comes in.
const LINGER_MS: u64 = 600_000;

/// Where a run takes place.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) fate: &'a mut dyn Fate,
    pub(crate) trace: &'a mut Trace,
    pub(crate) broken: Option<Broken>,
}

impl Scene<'_> {
    /// Notes the first rule that is broken.
    pub(crate) fn breaks(&mut self, rule: Rule, how: impl Into<String>) {
        let how = how.into();
        self.trace.say(|| format!("*** {rule:?} is broken: {how}"));
        self.broken.get_or_insert(Broken { rule, how });
    }
}

/// Who runs the job.
pub(super) enum Process {
    Alive(Box<Job>),
    Dead {
        rises_at: u64,
    },
    /// Nobody any longer.
    Gone,
}

/// The request that is under way.
pub(super) struct Flight {
    pub(super) id: u32,
    pub(super) until: u64,
    /// It waits for news, and is given up where news come some other way.
    pub(super) is_patient: bool,
}

/// A job from its order to its end.
pub(crate) struct Film<'a> {
    /// Which job of its world.
    pub(crate) number: usize,
    pub(crate) shape: &'a Shape,
    pub(super) limits: Limits,
    pub(crate) handle: Handle,
    pub(crate) store: Store,
    pub(crate) seen: Seen,
    pub(super) process: Process,
    pub(super) flight: Option<Flight>,
    pub(super) is_saving: bool,
    inbox: BTreeMap<(u64, u64), News>,
    news: u64,
    wake_at: u64,
    /// The provider's id, which the caller has found elsewhere.
    brought: Option<String>,
    /// By how much the job's clock is ahead of the world's.
    pub(super) ahead_ms: i64,
    asleep_until: u64,
    risen_at: u64,
    steps: u32,
}

impl<'a> Film<'a> {
    /// A new job. `key` is its UUID.
    pub(crate) fn new(number: usize, shape: &'a Shape, key: &str, world: &World) -> Option<Self> {
        let mut fit = shape.fit.clone();
        let order = fit.order.as_mut()?;
        order.body = world.personal(std::mem::take(&mut order.body), number);
        let mut job = start(world.now, fit, key, shape.limits).ok()?;
        job.learn(&shape.ran_ms);
        let mut film = Film::of(number, shape, job.handle.clone(), world.now);
        film.process = Process::Alive(Box::new(job));
        film.wake_at = world.now;
        if let Some(ms) = shape.cancel_ms {
            film.bring(world.now + ms, News::Input(Input::Cancel));
        }
        Some(film)
    }

    fn of(number: usize, shape: &'a Shape, handle: Handle, now: u64) -> Self {
        Film {
            number,
            shape,
            limits: shape.limits,
            handle,
            store: Store::default(),
            seen: Seen::default(),
            process: Process::Gone,
            flight: None,
            is_saving: false,
            inbox: BTreeMap::new(),
            news: 0,
            wake_at: now,
            brought: None,
            ahead_ms: 0,
            asleep_until: 0,
            risen_at: now,
            steps: 0,
        }
    }

    /// The job of a record, which is resumed; with the provider's id, where the caller brings it.
    pub(crate) fn of_record(&self, now: u64, job_id: Option<&str>) -> Self {
        let mut film = Film::of(self.number, self.shape, self.handle.clone(), now);
        film.store = self.store.clone();
        film.brought = job_id.map(str::to_owned);
        film.limits = patient(self.shape.limits);
        film.process = Process::Dead { rises_at: now };
        film
    }

    /// The job of a handle alone; the same.
    pub(crate) fn of_handle(&self, now: u64, job_id: Option<&str>) -> Option<Self> {
        let limits = patient(self.shape.limits);
        let mut job = Job::adopt(now, self.handle.clone(), usual_ms(&self.handle), limits).ok()?;
        if let Some(job_id) = job_id {
            job.adopt_job_id(now, job_id);
        }
        let mut film = Film::of(self.number, self.shape, self.handle.clone(), now);
        film.process = Process::Alive(Box::new(job));
        Some(film)
    }

    // ---------------------------------------------------------------------------------------- time

    /// When something happens to the job next, by the world's clock.
    pub(crate) fn next_at(&self) -> u64 {
        let news = self.inbox.keys().next().map_or(u64::MAX, |(at, _)| *at);
        let next = match self.process {
            Process::Gone => return u64::MAX,
            Process::Dead { rises_at } => return rises_at,
            Process::Alive(_) if self.seen.has_ended() => news,
            Process::Alive(_) => news.min(self.wake_at),
        };
        next.max(self.asleep_until)
    }

    /// Whether what happens at the provider by itself at that time can still come to the job.
    pub(crate) fn listens(&self, at: u64) -> bool {
        let is_long_gone = |ended: u64| at > ended + LINGER_MS;
        !self.seen.ended_at.is_some_and(is_long_gone) && !matches!(self.process, Process::Gone)
    }

    pub(super) fn bring(&mut self, at: u64, news: News) {
        self.news += 1;
        self.inbox.insert((at, self.news), news);
    }

    /// The time by the job's own clock.
    pub(super) fn clock(&self, now: u64) -> u64 {
        now.saturating_add_signed(self.ahead_ms)
    }

    /// Lets happen what is next.
    pub(crate) fn act(&mut self, scene: &mut Scene<'_>) {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            scene.breaks(Rule::Ends, "the job spins");
            self.process = Process::Gone;
            return;
        }
        let now = scene.world.now;
        match self.process {
            Process::Gone => {}
            Process::Dead { .. } => self.rise(scene),
            Process::Alive(_) if self.is_overdue(now) => {
                scene.breaks(
                    Rule::Ends,
                    "the job is waited for longer than the caller asked",
                );
                self.process = Process::Gone;
            }
            Process::Alive(_) => {
                let due = self
                    .inbox
                    .keys()
                    .next()
                    .copied()
                    .filter(|(at, _)| *at <= now);
                match due.and_then(|key| self.inbox.remove(&key)) {
                    Some(news) => self.hear(scene, news),
                    None => self.put(scene, Input::Timeout),
                }
            }
        }
    }

    fn is_overdue(&self, now: u64) -> bool {
        let patience = self.limits.timeout.as_millis() as u64 + 600_000 + self.seen.jumped_ms;
        !self.seen.has_ended() && now.saturating_sub(self.risen_at) > patience
    }

    // ------------------------------------------------------------------------------ life and death

    pub(super) fn die(&mut self, scene: &mut Scene<'_>, later_ms: u64) {
        scene.trace.add(scene.world.now, self.number, Event::Dies);
        let rises_at = scene.world.now + 1_000 + later_ms;
        self.process = Process::Dead { rises_at };
        self.inbox.clear();
        (self.flight, self.is_saving) = (None, false);
        self.seen.die();
    }

    /// A new process goes on from what the store has.
    fn rise(&mut self, scene: &mut Scene<'_>) {
        let now = scene.world.now;
        self.risen_at = now;
        let Some(record) = &self.store.record else {
            scene.trace.add(now, self.number, Event::NeverBegan);
            self.seen.never_began = true;
            self.process = Process::Gone;
            return;
        };
        scene.trace.add(now, self.number, Event::Rises);
        let (record, revision) = (record.clone(), self.store.revision);
        let clock = self.clock(now);
        let Ok(mut job) = Job::resume(clock, record, revision, self.limits) else {
            scene.breaks(Rule::Record, "the stored record cannot be read");
            self.process = Process::Gone;
            return;
        };
        if let Some(job_id) = self.brought.take() {
            job.adopt_job_id(clock, &job_id);
        }
        self.process = Process::Alive(Box::new(job));
        self.put(scene, Input::Timeout);
    }

    pub(super) fn strike(&mut self, scene: &mut Scene<'_>, point: Point) -> Option<Fault> {
        let fault = scene.fate.at(point)?;
        // Whoever is told that the job is not there, or comes after an hour, may find it gone; and a
        // store that says nothing is waited for.
        let lasting = [Fault::NotFound, Fault::KilledForAnHour, Fault::StoreSilent];
        let lasting = lasting.contains(&fault);
        self.seen.troubles += if lasting { LASTING } else { 1 };
        scene
            .trace
            .add(scene.world.now, self.number, Event::Struck(fault));
        Some(fault)
    }

    pub(super) fn wake_after(&mut self, now: u64, ms: u64) {
        self.wake_at = now.saturating_add(ms);
    }

    pub(super) fn sleep(&mut self, now: u64, ms: u64) {
        self.asleep_until = now + ms;
        self.seen.jumped_ms += ms;
    }

    pub(super) fn has_news(&self) -> bool {
        !self.inbox.is_empty()
    }
}

/// Of one who resumes a job in order to have its film.
fn patient(limits: Limits) -> Limits {
    Limits {
        timeout: Duration::from_millis(3_600_000),
        ..limits
    }
}
