//! Counts ends and violations, and prints them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use crate::checker::Verdict;
use crate::invariants::{Invariant, Violation};
use crate::run::Report;

/// Violations that are printed; further ones are only counted.
const MAX_SHOWN: usize = 5;

/// The totals of many runs.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    pub(crate) runs: u64,
    pub(crate) jobs: u64,
    pub(crate) distinct: HashSet<u64>,
    ends: BTreeMap<Verdict, u64>,
    pub(crate) failures: u64,
    invariants: BTreeSet<Invariant>,
    shown: Vec<String>,
}

impl Stats {
    /// Counts a run; `replay` is the command that repeats it.
    pub(crate) fn count(&mut self, report: &Report, replay: impl FnOnce() -> String) {
        self.runs += 1;
        for verdict in &report.verdicts {
            self.jobs += 1;
            *self.ends.entry(*verdict).or_default() += 1;
        }
        if let Some(violation) = &report.violation {
            self.fail(violation, replay);
        }
    }

    fn fail(&mut self, violation: &Violation, replay: impl FnOnce() -> String) {
        self.failures += 1;
        // One violation of each invariant is worth more than many of one.
        if self.invariants.insert(violation.invariant) || self.shown.len() < MAX_SHOWN {
            self.shown.push(format!("{violation}\n    {}", replay()));
        }
    }

    pub(crate) fn add(&mut self, other: Stats) {
        self.runs += other.runs;
        self.jobs += other.jobs;
        self.distinct.extend(other.distinct);
        for (verdict, count) in other.ends {
            *self.ends.entry(verdict).or_default() += count;
        }
        self.failures += other.failures;
        self.invariants.extend(other.invariants);
        self.shown.extend(other.shown);
    }

    /// Prints the table of ends, then the violations. Returns whether there are none.
    pub(crate) fn print(&self, took: Duration) -> bool {
        println!("\nprovider  end                     charge    billed        jobs");
        for (verdict, count) in &self.ends {
            let Verdict { provider, end, charge, billed } = verdict;
            let billed = if *billed { "yes" } else { "no" };
            println!("{provider:<9} {end:<23} {charge:<9} {billed:<6} {count:>11}");
        }
        let unknown = self.of_runpod("submission_unknown", None);
        let taken = self.of_runpod("submission_unknown", Some(true));
        println!(
            "\nRunPod submits with an unknown outcome: {unknown}, of which the provider had accepted \
             {taken}."
        );
        for failure in &self.shown {
            println!("\nVIOLATION {failure}");
        }
        let seconds = took.as_secs().max(1);
        println!(
            "\n{} runs, {} jobs, {} violations, {} s, {} runs a second",
            self.runs,
            self.jobs,
            self.failures,
            took.as_secs(),
            self.runs / seconds,
        );
        self.failures == 0
    }

    fn of_runpod(&self, end: &str, billed: Option<bool>) -> u64 {
        let fits = |verdict: &Verdict| {
            verdict.provider == "runpod"
                && verdict.end == end
                && billed.is_none_or(|billed| verdict.billed == billed)
        };
        self.ends.iter().filter(|(verdict, _)| fits(verdict)).map(|(_, count)| count).sum()
    }
}
