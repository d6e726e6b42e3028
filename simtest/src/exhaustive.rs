//! Every schedule of up to `depth` faults, for every scenario.
//!
//! A run without faults records its points. Each fault that can be injected at one of them makes a new
//! run, whose later points can have faults in turn: so every fault of every schedule takes effect.
//! Two schedules with identical traces count as one, and only one of them is extended.
//!
//! A run is the same as the one that it extends up to its last fault, so it begins there, with a copy.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::fault::{Fault, Point, Reach};
use crate::fault_plan::{Schedule, ScheduledFault, write};
use crate::run::{Report, Run};
use crate::scenario::Scenario;
use crate::stats::Stats;
use crate::threads::on_all;

/// Runs them all; returns whether every invariant held.
pub(crate) fn run(depth: usize, scenarios: &[&Scenario], field: bool, threads: usize) -> bool {
    let since = Instant::now();
    let limits = Limits { depth, field };
    let mut total = Stats::default();
    let mut branches = Vec::new();
    for scenario in scenarios.iter().copied() {
        let before = total.distinct.len();
        let (report, points) = Snapshot::of(scenario).run(&[]);
        total.note(scenario, &report, &[]);
        let root = Node { scheduled: Vec::new(), points, report };
        let children = children(scenario, &root, limits, &mut total);
        println!(
            "{:<36} {:>3} points, {:>4} single faults",
            scenario.label(),
            root.points.len(),
            total.distinct.len() - before - 1,
        );
        branches.extend(children.into_iter().map(|child| (scenario, child)));
    }
    let next = AtomicUsize::new(0);
    let sum = Mutex::new(total);
    on_all(threads, || {
        let mut stats = Stats::default();
        while let Some((scenario, child)) = branches.get(next.fetch_add(1, Ordering::Relaxed)) {
            explore(scenario, child, limits, &mut stats);
        }
        if let Ok(mut sum) = sum.lock() {
            sum.add(stats);
        }
    });
    let Ok(total) = sum.into_inner() else {
        return false;
    };
    let holds = total.print(since.elapsed());
    println!("{} distinct schedules of up to {depth} faults", total.distinct.len());
    holds
}

/// How far the schedules go.
#[derive(Clone, Copy)]
struct Limits {
    depth: usize,
    /// Whether single responses have the forms of the field mode, too.
    field: bool,
}

/// A schedule that was run, and the points that it passed.
struct Node {
    scheduled: Vec<ScheduledFault>,
    points: Vec<Point>,
    report: Report,
}

fn explore(scenario: &Scenario, node: &Node, limits: Limits, stats: &mut Stats) {
    for child in children(scenario, node, limits, stats) {
        explore(scenario, &child, limits, stats);
    }
}

/// Runs a schedule with each further fault, and returns those to extend.
fn children(scenario: &Scenario, node: &Node, limits: Limits, stats: &mut Stats) -> Vec<Node> {
    let Node { scheduled, points, report } = node;
    let mut nodes = Vec::new();
    let mut alike = HashSet::from([report.trace.digest()]);
    let reach = match scheduled.len() {
        0 if limits.field && !scenario.is_odd() => Reach::Field,
        0 | 1 => Reach::Pairs,
        _ => Reach::Each,
    };
    let widest = scheduled.iter().map(|(_, fault)| fault.reach()).max().unwrap_or(Reach::Each);
    if scheduled.len() >= limits.depth
        || report.violation.is_some()
        || (scheduled.len() > 1 && widest > reach)
    {
        return nodes;
    }
    let first = scheduled.last().map_or(0, |(at, _)| at + 1);
    let mut begin = Snapshot::of(scenario);
    for (at, point) in points.iter().enumerate().skip(first) {
        begin.advance(scheduled, at);
        for fault in Fault::at(*point, reach).filter(|fault| scenario.can_have(*fault)) {
            let scheduled: Vec<ScheduledFault> =
                scheduled.iter().copied().chain([(at, fault)]).collect();
            let (report, points) = begin.clone().run(&scheduled);
            stats.note(scenario, &report, &scheduled);
            if alike.insert(report.trace.digest()) {
                nodes.push(Node { scheduled, points, report });
            }
        }
    }
    nodes
}

/// A run before one of its events, and the points that it has passed.
#[derive(Clone)]
struct Snapshot<'a> {
    run: Run<'a>,
    passed: Vec<Point>,
}

impl<'a> Snapshot<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        Snapshot { run: Run::new(scenario, 1, 7, false), passed: Vec::new() }
    }

    /// Goes on to the event that passes the point.
    fn advance(&mut self, scheduled: &[ScheduledFault], at: usize) {
        let mut next = self.clone();
        while next.passed.len() <= at {
            *self = next.clone();
            if !next.step(scheduled) {
                break;
            }
        }
    }

    fn step(&mut self, scheduled: &[ScheduledFault]) -> bool {
        let mut schedule = Schedule::after(std::mem::take(&mut self.passed), scheduled);
        let had_event = self.run.step(&mut schedule);
        self.passed = schedule.points;
        had_event
    }

    /// Runs a schedule to its end.
    fn run(mut self, scheduled: &[ScheduledFault]) -> (Report, Vec<Point>) {
        while self.step(scheduled) {}
        (self.run.finish(), self.passed)
    }
}

impl Stats {
    fn note(&mut self, scenario: &Scenario, report: &Report, scheduled: &[ScheduledFault]) {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        (scenario.label(), report.trace.digest()).hash(&mut hasher);
        self.distinct.insert(hasher.finish());
        self.count(report, || {
            let (options, faults) = (scenario.replay_options(), write(scheduled));
            format!("npm run simtest -- replay {options} --schedule {faults}")
        });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::run::simulate;

    #[test]
    fn a_run_from_a_snapshot_is_the_one_from_its_beginning() {
        let scenario = Scenario::by_name("runpod-sync-webhook").unwrap();
        let (_, points) = Snapshot::of(scenario).run(&[]);
        let mut begin = Snapshot::of(scenario);
        for (at, point) in points.iter().enumerate() {
            begin.advance(&[], at);
            for fault in Fault::at(*point, Reach::Pairs).filter(|fault| scenario.can_have(*fault)) {
                let scheduled = [(at, fault)];
                let (report, points) = begin.clone().run(&scheduled);
                let mut schedule = Schedule::new(&scheduled);
                let whole = simulate(scenario, 1, 7, &mut schedule, false);
                assert_eq!(report.trace.digest(), whole.trace.digest(), "{scheduled:?}");
                assert_eq!((points, report.verdicts), (schedule.points, whole.verdicts));
            }
        }
    }
}
