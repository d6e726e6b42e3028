//! Distributions of run times, in seconds, and the cost of a schedule under each.

use filmgate::schedule::PollContext;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use statrs::distribution::{Continuous, ContinuousCDF, LogNormal};

/// Log-normal parts, each with its share.
pub(crate) struct Times(Vec<(f64, LogNormal)>);

/// The average cost of a schedule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) requests: f64,
    pub(crate) late: f64,
    /// Requests × lateness of any fixed interval: half of the mean time.
    pub(crate) fixed: f64,
}

impl Cost {
    pub(crate) fn product(self) -> f64 {
        self.requests * self.late
    }

    /// Relative to the cost of a fixed interval.
    pub(crate) fn of_fixed(self) -> f64 {
        self.product() / self.fixed
    }

    pub(crate) fn mean(costs: &[Cost]) -> Cost {
        let mean = |of: fn(&Cost) -> f64| costs.iter().map(of).sum::<f64>() / costs.len() as f64;
        Cost {
            requests: mean(|cost| cost.requests),
            late: mean(|cost| cost.late),
            fixed: mean(|cost| cost.fixed),
        }
    }
}

impl Times {
    /// Around a median, with a coefficient of variation.
    pub(crate) fn around(median: f64, variation: f64) -> Self {
        Times(vec![(1.0, log_normal(median, variation))])
    }

    /// Two peaks.
    pub(crate) fn humps(first: (f64, f64), second: (f64, f64)) -> Self {
        let hump = |(share, median)| (share, log_normal(median, 0.1));
        Times(vec![hump(first), hump(second)])
    }

    /// Measured run times, in milliseconds.
    pub(crate) fn happened(&self, count: usize, seed: u64) -> Vec<u32> {
        let mut dice = StdRng::seed_from_u64(seed);
        let mut one = || {
            let mut at: f64 = dice.random();
            let part = self.0.iter().find(|(share, _)| {
                at -= share;
                at < 0.0
            });
            part.unwrap_or(&self.0[0]).1.inverse_cdf(dice.random_range(0.001..0.999))
        };
        (0..count).map(|_| (one() * 1000.0) as u32).collect()
    }

    /// (∫√(S·f/2))²: no schedule that knows only the distribution costs less.
    pub(crate) fn bound(&self) -> f64 {
        const STEP: f64 = 0.02;
        let (density, left) =
            (|at| self.sum(|part| part.pdf(at)), |at| self.sum(|part| part.sf(at)));
        let root = |at: f64| (left(at) * density(at) / 2.0).sqrt();
        let steps = (1..(20.0 * self.longest() / STEP) as u32).map(|step| f64::from(step) * STEP);
        let whole: f64 = steps.map(|at| root(at) * STEP).sum();
        whole * whole
    }

    fn sum(&self, of: impl Fn(&LogNormal) -> f64) -> f64 {
        self.0.iter().map(|(share, part)| share * of(part)).sum()
    }

    fn longest(&self) -> f64 {
        let medians = self.0.iter().map(|(_, part)| part.inverse_cdf(0.5));
        medians.fold(0.0, f64::max)
    }

    /// The cost of polling at the scheduled times until the end is seen.
    pub(crate) fn cost(&self, typical_duration_ms: u32, run_time_history_ms: &[u32]) -> Cost {
        const EACH: u32 = 200;
        let mut asked = Vec::new();
        let mut costs = Vec::new();
        for (share, part) in &self.0 {
            let count = (share * f64::from(EACH)) as u32;
            for at in 0..count {
                let time = part.inverse_cdf((f64::from(at) + 0.5) / f64::from(count));
                while asked.last().is_none_or(|last| *last < time) {
                    let accepted_ms = asked.last().map_or(0, |at| (at * 1000.0) as u64);
                    let course = PollContext {
                        accepted_ms,
                        queue_time_ms: 0,
                        typical_duration_ms,
                        run_time_history_ms,
                        progress: None,
                    };
                    asked.push((accepted_ms + course.next_ms()) as f64 / 1000.0);
                }
                let before = asked.partition_point(|at| *at < time);
                costs.push(Cost {
                    requests: before as f64 + 1.0,
                    late: asked[before] - time,
                    fixed: time / 2.0,
                });
            }
        }
        Cost::mean(&costs)
    }
}

fn log_normal(median: f64, variation: f64) -> LogNormal {
    LogNormal::new(median.ln(), (variation * variation).ln_1p().sqrt()).unwrap()
}
