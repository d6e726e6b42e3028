//! Poll intervals and retry backoff.
//! May import: nothing but the standard library.
//! Must never: read a clock, do I/O, or know a provider.
//!
//! Polls cost requests, and waiting costs latency. For a job of T seconds, polls at any fixed interval
//! cost requests × latency ≈ T/2. With known durations, polls that are denser where the job is likelier
//! to end cost less. `end_time` estimates that likelihood; `tests/schedule` measures the saving.

mod end_time;

use end_time::EndTimeDistribution;

/// What is known about a running job.
#[derive(Debug, Clone, Copy)]
pub struct PollContext<'a> {
    /// Milliseconds since the provider accepted.
    pub accepted_ms: u64,
    /// Milliseconds of these in the queue, as far as the provider reports it.
    pub queue_time_ms: u64,
    /// Typical duration of the listing, in milliseconds.
    pub typical_duration_ms: u32,
    /// Milliseconds that earlier jobs of the listing took.
    pub run_time_history_ms: &'a [u32],
    /// Percent, if the provider reports it.
    pub progress: Option<u8>,
}

/// Progress below this percentage does not predict the end; above the other one it may stall.
const MIN_PROGRESS: u8 = 5;
const MAX_PROGRESS: u8 = 99;
const MIN_WAIT_MS: u64 = 1_000;
/// Maximum interval between polls. For long jobs it is a quarter of their duration, up to the second limit.
const MAX_WAIT_MS: u64 = 60_000;
const MAX_LONG_JOB_WAIT_MS: u64 = 300_000;
/// The first poll comes early: a rejected request fails within this time.
const INITIAL_WAIT_MS: u64 = 2_000;
/// How many of the latest run times are used; more do not improve the estimate.
pub const MAX_RUN_TIMES: usize = 64;

impl PollContext<'_> {
    /// Milliseconds to the expected end, from the progress or else from the typical duration.
    pub fn remaining_ms(self) -> u64 {
        match self.progress {
            Some(percent @ MIN_PROGRESS..=100) => {
                let percent = u64::from(percent.min(MAX_PROGRESS));
                self.run_ms().saturating_mul(100 - percent) / percent
            }
            _ => u64::from(self.typical_ms()).saturating_sub(self.run_ms()),
        }
    }

    /// Milliseconds until the next poll. With progress: half the remaining time, but at most the elapsed
    /// time, since early progress predicts badly. Without: from the distribution of end times.
    pub fn next_ms(self) -> u64 {
        let max_ms = u64::from(self.typical_ms() / 4).clamp(MAX_WAIT_MS, MAX_LONG_JOB_WAIT_MS);
        let next = match self.progress {
            Some(MIN_PROGRESS..=100) => (self.remaining_ms() / 2).min(self.run_ms()),
            _ if self.accepted_ms < INITIAL_WAIT_MS => INITIAL_WAIT_MS,
            _ => EndTimeDistribution::of(
                self.typical_ms(),
                self.typical_duration_ms,
                self.run_time_history_ms,
            )
            .next_ms(self.run_ms(), max_ms),
        };
        next.clamp(MIN_WAIT_MS, max_ms)
    }

    fn run_ms(self) -> u64 {
        self.accepted_ms.saturating_sub(self.queue_time_ms)
    }

    fn typical_ms(self) -> u32 {
        let mut sorted = self.run_time_history_ms.to_vec();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or(self.typical_duration_ms)
    }
}

/// Milliseconds to wait after the `count`th consecutive failure: exponential, at most a minute. A
/// `Retry-After` takes precedence, with the same maximum.
#[doc(hidden)]
pub fn backoff_ms(count: u32, retry_after_ms: Option<u64>) -> u64 {
    const MAX_BACKOFF_MS: u64 = 60_000;
    let doubling = 1_000u64.saturating_mul(1 << count.min(6));
    retry_after_ms.unwrap_or(doubling).clamp(MIN_WAIT_MS, MAX_BACKOFF_MS)
}
