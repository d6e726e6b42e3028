//! Every schedule of up to `depth` faults, for every scenario.
//!
//! A run without faults records its points. Each fault that can be injected at one of them makes a new
//! run, whose later points can have faults in turn: so every fault of every schedule takes effect.
//! Two schedules with identical traces count as one, and only one of them is extended.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::fault::{Fault, Point, Reach};
use crate::fault_plan::{Schedule, ScheduledFault, write};
use crate::run::{Report, simulate};
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
        let (report, points) = simulate_run(scenario, &[]);
        total.note(scenario, &report, &[]);
        let children = children(scenario, &[], &points, &report, limits, &mut total);
        println!(
            "{:<36} {:>3} points, {:>4} single faults",
            scenario.label(),
            points.len(),
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
    for child in children(scenario, &node.scheduled, &node.points, &node.report, limits, stats) {
        explore(scenario, &child, limits, stats);
    }
}

/// Runs a schedule with each further fault, and returns those to extend.
fn children(
    scenario: &Scenario,
    scheduled: &[ScheduledFault],
    points: &[Point],
    report: &Report,
    limits: Limits,
    stats: &mut Stats,
) -> Vec<Node> {
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
    for (at, point) in points.iter().enumerate().skip(first) {
        for fault in Fault::at(*point, reach).filter(|fault| scenario.can_have(*fault)) {
            let scheduled: Vec<ScheduledFault> =
                scheduled.iter().copied().chain([(at, fault)]).collect();
            let (report, points) = simulate_run(scenario, &scheduled);
            stats.note(scenario, &report, &scheduled);
            if alike.insert(report.trace.digest()) {
                nodes.push(Node { scheduled, points, report });
            }
        }
    }
    nodes
}

fn simulate_run(scenario: &Scenario, scheduled: &[ScheduledFault]) -> (Report, Vec<Point>) {
    let mut schedule = Schedule::new(scheduled);
    let report = simulate(scenario, 1, 7, &mut schedule, false);
    (report, schedule.points)
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
