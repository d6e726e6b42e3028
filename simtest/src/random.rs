//! Jobs and faults by chance: the same ones for the same seed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::fault_plan::Chance;
use crate::run::{Report, film};
use crate::scenario::by_chance;
use crate::stats::Tally;
use crate::threads::on_all;

/// Broken runs after which going on teaches nothing.
const ENOUGH: u64 = 50;
/// Jobs between two lines of progress.
const STRIDE: u64 = 100_000;

/// Runs so many jobs; returns whether every rule held.
pub(crate) fn run(jobs: u64, percent: u8, seed: u64, threads: usize) -> bool {
    let since = Instant::now();
    let (next, done, broken) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let is_over = AtomicBool::new(false);
    let sum = Mutex::new(Tally::default());
    on_all(threads, || {
        let mut tally = Tally::default();
        while !is_over.load(Ordering::Relaxed) {
            let seed = seed.wrapping_add(next.fetch_add(1, Ordering::Relaxed));
            let report = play(seed, percent, false);
            tally.count(&report, || {
                format!("npm run simtest -- replay --seed {seed} --faults {percent}")
            });
            let count = report.verdicts.len() as u64;
            let before = done.fetch_add(count, Ordering::Relaxed);
            if before / STRIDE != (before + count) / STRIDE {
                let seconds = since.elapsed().as_secs().max(1);
                println!(
                    "{} jobs, {} a second",
                    before + count,
                    (before + count) / seconds
                );
            }
            let failed = u64::from(report.broken.is_some());
            let enough = broken.fetch_add(failed, Ordering::Relaxed) + failed >= ENOUGH;
            if before + count >= jobs || enough {
                is_over.store(true, Ordering::Relaxed);
            }
        }
        if let Ok(mut sum) = sum.lock() {
            sum.add(tally);
        }
    });
    sum.into_inner()
        .is_ok_and(|total| total.print(since.elapsed()))
}

/// The run of a seed.
pub(crate) fn play(seed: u64, percent: u8, in_words: bool) -> Report {
    let mut dice = fastrand::Rng::with_seed(seed);
    let shape = by_chance(&mut dice);
    // Several jobs at once meet in one provider's books and in each other's requests.
    let jobs = if dice.u8(0..8) == 0 { 3 } else { 1 };
    let mut chance = Chance::new(dice.u64(..), percent);
    film(&shape, jobs, seed, &mut chance, in_words)
}
