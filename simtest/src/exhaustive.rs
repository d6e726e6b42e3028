//! Every schedule of up to so many faults, for every shape of a job.
//!
//! A run without faults says which points it comes by. Each fault that can strike at one of them makes
//! a new run, whose later points can be struck in turn: so every fault of every schedule strikes. Two
//! schedules that play out alike, event for event, count as one, and are not gone into twice.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::fault::{Fault, Point, Reach};
use crate::fault_plan::{Schedule, Strike, write};
use crate::run::{Report, film};
use crate::scenario::Shape;
use crate::stats::Tally;
use crate::threads::on_all;

/// Runs them all; returns whether every rule held.
pub(crate) fn run(depth: usize, shapes: &[&Shape], threads: usize) -> bool {
    let since = Instant::now();
    let mut total = Tally::default();
    let mut branches = Vec::new();
    for shape in shapes.iter().copied() {
        let before = total.distinct.len();
        let (report, points) = play(shape, &[]);
        total.note(shape, &report, &[]);
        let children = children(shape, &[], &points, &report, depth, &mut total);
        println!(
            "{:<24} {:>3} points, {:>4} single faults",
            shape.name,
            points.len(),
            total.distinct.len() - before - 1,
        );
        branches.extend(children.into_iter().map(|child| (shape, child)));
    }
    let next = AtomicUsize::new(0);
    let sum = Mutex::new(total);
    on_all(threads, || {
        let mut tally = Tally::default();
        while let Some((shape, child)) = branches.get(next.fetch_add(1, Ordering::Relaxed)) {
            explore(shape, child, depth, &mut tally);
        }
        if let Ok(mut sum) = sum.lock() {
            sum.add(tally);
        }
    });
    let Ok(total) = sum.into_inner() else {
        return false;
    };
    let holds = total.print(since.elapsed());
    println!(
        "{} distinct schedules of up to {depth} faults",
        total.distinct.len()
    );
    holds
}

/// A schedule that was run, and the points that it came by.
struct Node {
    strikes: Vec<Strike>,
    points: Vec<Point>,
    report: Report,
}

fn explore(shape: &Shape, node: &Node, depth: usize, tally: &mut Tally) {
    for child in children(
        shape,
        &node.strikes,
        &node.points,
        &node.report,
        depth,
        tally,
    ) {
        explore(shape, &child, depth, tally);
    }
}

/// Runs a schedule with each further fault, and returns those that are gone into.
fn children(
    shape: &Shape,
    strikes: &[Strike],
    points: &[Point],
    report: &Report,
    depth: usize,
    tally: &mut Tally,
) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut alike = HashSet::from([report.trace.digest()]);
    let reach = if strikes.len() < 2 {
        Reach::Pairs
    } else {
        Reach::Each
    };
    let widest = strikes
        .iter()
        .map(|(_, fault)| fault.reach())
        .max()
        .unwrap_or(Reach::Each);
    if strikes.len() >= depth || report.broken.is_some() || (strikes.len() > 1 && widest > reach) {
        return nodes;
    }
    let first = strikes.last().map_or(0, |(at, _)| at + 1);
    for (at, point) in points.iter().enumerate().skip(first) {
        for fault in Fault::at(*point, reach) {
            let strikes: Vec<Strike> = strikes.iter().copied().chain([(at, fault)]).collect();
            let (report, points) = play(shape, &strikes);
            tally.note(shape, &report, &strikes);
            if alike.insert(report.trace.digest()) {
                nodes.push(Node {
                    strikes,
                    points,
                    report,
                });
            }
        }
    }
    nodes
}

fn play(shape: &Shape, strikes: &[Strike]) -> (Report, Vec<Point>) {
    let mut schedule = Schedule::new(strikes);
    let report = film(shape, 1, 7, &mut schedule, false);
    (report, schedule.points)
}

impl Tally {
    fn note(&mut self, shape: &Shape, report: &Report, strikes: &[Strike]) {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        (shape.name, report.trace.digest()).hash(&mut hasher);
        self.distinct.insert(hasher.finish());
        self.count(report, || {
            let (name, faults) = (shape.name, write(strikes));
            format!("npm run simtest -- replay --shape {name} --schedule {faults}")
        });
    }
}
