//! Counts ends and failures, and prints them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use crate::checker::Verdict;
use crate::invariants::{Broken, Rule};
use crate::run::Report;

/// Failures that are kept to be shown; further ones are counted.
const SHOWN: usize = 5;

/// What came of many runs.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) runs: u64,
    pub(crate) jobs: u64,
    pub(crate) distinct: HashSet<u64>,
    ends: BTreeMap<Verdict, u64>,
    pub(crate) failures: u64,
    rules: BTreeSet<Rule>,
    shown: Vec<String>,
}

impl Tally {
    /// Counts a run; `replay` is the command that shows it again.
    pub(crate) fn count(&mut self, report: &Report, replay: impl FnOnce() -> String) {
        self.runs += 1;
        for verdict in &report.verdicts {
            self.jobs += 1;
            *self.ends.entry(*verdict).or_default() += 1;
        }
        if let Some(broken) = &report.broken {
            self.fail(broken, replay);
        }
    }

    fn fail(&mut self, broken: &Broken, replay: impl FnOnce() -> String) {
        self.failures += 1;
        // One of each rule is worth more than many of one.
        if self.rules.insert(broken.rule) || self.shown.len() < SHOWN {
            self.shown.push(format!("{broken}\n    {}", replay()));
        }
    }

    pub(crate) fn add(&mut self, other: Tally) {
        self.runs += other.runs;
        self.jobs += other.jobs;
        self.distinct.extend(other.distinct);
        for (verdict, count) in other.ends {
            *self.ends.entry(verdict).or_default() += count;
        }
        self.failures += other.failures;
        self.rules.extend(other.rules);
        self.shown.extend(other.shown);
    }

    /// The table of ends; then what failed. Returns whether nothing did.
    pub(crate) fn print(&self, took: Duration) -> bool {
        println!("\nprovider  end                     charge    billed        jobs");
        for (verdict, count) in &self.ends {
            let Verdict {
                provider,
                end,
                charge,
                billed,
            } = verdict;
            let billed = if *billed { "yes" } else { "no" };
            println!("{provider:<9} {end:<23} {charge:<9} {billed:<6} {count:>11}");
        }
        let unknown = self.of_runpod("submission_unknown", None);
        let taken = self.of_runpod("submission_unknown", Some(true));
        println!(
            "\nRunPod submits of which nothing was heard: {unknown}, of which the provider had taken \
             {taken}."
        );
        for failure in &self.shown {
            println!("\nBROKEN {failure}");
        }
        let seconds = took.as_secs().max(1);
        println!(
            "\n{} runs, {} jobs, {} broken, {} s, {} runs a second",
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
        self.ends
            .iter()
            .filter(|(verdict, _)| fits(verdict))
            .map(|(_, count)| count)
            .sum()
    }
}
