//! Random jobs and faults: the same for the same seed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use filmgate_simulator::FieldMode;

use crate::fault::Reach;
use crate::fault_plan::RandomFaults;
use crate::run::{Report, simulate};
use crate::scenario::random;
use crate::stats::Stats;
use crate::threads::on_all;

/// Failed runs after which the command stops.
const MAX_FAILURES: u64 = 50;
/// Jobs between two lines of progress.
const PROGRESS_INTERVAL_JOBS: u64 = 100_000;

/// Runs this many jobs; returns whether every invariant held.
pub(crate) fn run(jobs: u64, percent: u8, seed: u64, field: bool, threads: usize) -> bool {
    let since = Instant::now();
    let (next, done, violations) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let is_over = AtomicBool::new(false);
    let sum = Mutex::new(Stats::default());
    on_all(threads, || {
        let mut stats = Stats::default();
        while !is_over.load(Ordering::Relaxed) {
            let seed = seed.wrapping_add(next.fetch_add(1, Ordering::Relaxed));
            let report = simulate_run(seed, percent, field, false);
            stats.count(&report, || {
                let (ones, hundredths) = (percent / 100, percent % 100);
                let field = if field { " --field" } else { "" };
                format!(
                    "npm run simtest -- replay --seed {seed} --fault-rate {ones}.{hundredths:02}{field}"
                )
            });
            let count = report.verdicts.len() as u64;
            let before = done.fetch_add(count, Ordering::Relaxed);
            if before / PROGRESS_INTERVAL_JOBS != (before + count) / PROGRESS_INTERVAL_JOBS {
                let seconds = since.elapsed().as_secs().max(1);
                println!("{} jobs, {} a second", before + count, (before + count) / seconds);
            }
            let failed = u64::from(report.violation.is_some());
            let enough = violations.fetch_add(failed, Ordering::Relaxed) + failed >= MAX_FAILURES;
            if before + count >= jobs || enough {
                is_over.store(true, Ordering::Relaxed);
            }
        }
        if let Ok(mut sum) = sum.lock() {
            sum.add(stats);
        }
    });
    sum.into_inner().is_ok_and(|total| total.print(since.elapsed()))
}

/// The run of a seed.
pub(crate) fn simulate_run(seed: u64, percent: u8, field: bool, verbose: bool) -> Report {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut scenario = random(&mut rng);
    // Several jobs at once share one provider's ledger and their poll batches.
    let jobs = if rng.u8(0..8) == 0 { 3 } else { 1 };
    let reach = if field { Reach::Field } else { Reach::Random };
    let mut faults = RandomFaults::new(rng.u64(..), percent, reach);
    scenario.config.field_mode = field.then_some(FieldMode::Seed(seed));
    simulate(&scenario, jobs, seed, &mut faults, verbose)
}
