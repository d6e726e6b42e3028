//! The distribution of a job's end time, and the poll density that follows from it.
//!
//! With polls at density n(t), a job whose end time has density f and survival S costs ∫nS requests and
//! ∫f/(2n) latency. For a given cost W of a request the sum is minimal at n = √(f / (2·W·S)); then
//! requests × latency = (∫√(S·f/2))², the minimum over all densities.
//!
//! f combines the listing's typical duration (the prior), the durations of earlier jobs, and a tail for
//! the case that both are wrong. Floating point is fine here: a time is not money.
#![allow(clippy::float_arithmetic, reason = "a time is not money")]

/// The cost of one request, in milliseconds of latency.
const REQUEST_MS: f64 = 40.0;
/// The prior may be wrong by about a third. It weighs as much as one earlier job and fades with more of
/// them.
const PRIOR_SPREAD: f64 = 0.33;
/// The tail weighs half as much, and a little more with each earlier job: the provider may have become
/// faster or slower.
const TAIL_WEIGHT: f64 = 0.5;
const TAIL_WEIGHT_PER_JOB: f64 = 0.008;
/// A kernel's half width reaches to this share of the other durations.
const NEIGHBOR_SHARE: usize = 4;
/// Keeps the hazard rate finite when little probability is left, which would cause too many polls.
const EPSILON: f64 = 0.02;
/// The exponent of the Pareto tail; nearly memoryless.
const POWER: i32 = 8;
/// Step of the numerical integration.
const STEP_MS: f64 = 500.0;

/// Triangular kernels around the known durations, and a long tail.
pub(super) struct EndTimeDistribution {
    kernels: Vec<Kernel>,
    tail_ms: f64,
    tail_weight: f64,
}

struct Kernel {
    at: f64,
    half_width: f64,
    weight: f64,
}

impl EndTimeDistribution {
    pub(super) fn of(typical_ms: u32, prior_ms: u32, run_time_history_ms: &[u32]) -> Self {
        let mut times: Vec<f64> =
            run_time_history_ms.iter().map(|ms| f64::from((*ms).max(1))).collect();
        times.sort_unstable_by(f64::total_cmp);
        let count = times.len() as f64;
        let prior_weight = 1.0 / (count + 1.0);
        let tail = TAIL_WEIGHT + TAIL_WEIGHT_PER_JOB * count;
        let whole = count + prior_weight + tail;
        let prior = f64::from(prior_ms.max(1));
        let mut kernels = vec![Kernel {
            at: prior,
            half_width: prior * PRIOR_SPREAD,
            weight: prior_weight / whole,
        }];
        kernels.extend(times.iter().map(|&at| Kernel {
            at,
            half_width: neighbor_distance(&times, at).max(at * PRIOR_SPREAD / (count + 1.0)),
            weight: 1.0 / whole,
        }));
        EndTimeDistribution {
            kernels,
            tail_ms: f64::from(typical_ms.max(1)) * 1.3 * f64::from(POWER),
            tail_weight: tail / whole,
        }
    }

    /// Milliseconds until the integral of the poll density from `elapsed_ms` reaches one poll.
    pub(super) fn next_ms(&self, elapsed_ms: u64, max_ms: u64) -> u64 {
        let (start, mut sum, mut waited) = (elapsed_ms as f64, 0.0, 0.0);
        while sum < 1.0 && waited < max_ms as f64 {
            sum += self.density(start + waited + STEP_MS / 2.0) * STEP_MS;
            waited += STEP_MS;
        }
        waited as u64
    }

    /// Polls per millisecond.
    fn density(&self, at: f64) -> f64 {
        let (mut ending, mut left) = (0.0, 0.0);
        for kernel in &self.kernels {
            let from_middle = (at - kernel.at) / kernel.half_width;
            let beside = (1.0 - from_middle.abs()).max(0.0);
            ending += kernel.weight * beside / kernel.half_width;
            left += kernel.weight
                * if from_middle > 0.0 {
                    beside * beside / 2.0
                } else {
                    1.0 - beside * beside / 2.0
                };
        }
        let tail_left = self.tail_weight * (self.tail_ms / (self.tail_ms + at)).powi(POWER);
        let tail_ending = tail_left * f64::from(POWER) / (self.tail_ms + at);
        let known = ending / (left + tail_left + EPSILON);
        let tail = tail_ending / (left + tail_left);
        ((known + tail) / (2.0 * REQUEST_MS)).sqrt()
    }
}

/// The distance within which a share of the other durations lies.
fn neighbor_distance(times: &[f64], at: f64) -> f64 {
    let mut distances: Vec<f64> = times.iter().map(|time| (time - at).abs()).collect();
    distances.sort_unstable_by(f64::total_cmp);
    distances.get(times.len().div_ceil(NEIGHBOR_SHARE)).copied().unwrap_or(0.0)
}
