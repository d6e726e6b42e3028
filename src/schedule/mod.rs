//! When to ask next. Asking costs requests, not asking costs lateness.
//!
//! Of a job that lasts T seconds, questions at any fixed interval cost requests × lateness ≈ T/2. Who
//! knows how long such jobs last does better: by asking the more densely, the likelier the end is just
//! then. `odds` holds what is known; `tests/schedule` measures what it saves.

mod end_time;

use end_time::EndTimeDistribution;

/// How a job has gone so far.
#[derive(Debug, Clone, Copy)]
pub struct PollContext<'a> {
    /// Milliseconds since the provider accepted.
    pub accepted_ms: u64,
    /// Milliseconds of these that it spent in the queue, as far as the provider tells.
    pub queue_time_ms: u64,
    /// Milliseconds that its listing usually takes.
    pub typical_duration_ms: u32,
    /// Milliseconds that earlier jobs of the listing took.
    pub run_time_history_ms: &'a [u32],
    /// Per cent, where the provider tells.
    pub progress: Option<u8>,
}

/// Per cent from which progress foretells the end, and from which it may stand still for long.
const MIN_PROGRESS: u8 = 5;
const MAX_PROGRESS: u8 = 99;
const MIN_WAIT_MS: u64 = 1_000;
/// No silence is longer, but where jobs take many minutes: a quarter of that, and this at most.
const MAX_WAIT_MS: u64 = 60_000;
const MAX_LONG_JOB_WAIT_MS: u64 = 300_000;
/// A request that is refused is refused at once.
const INITIAL_WAIT_MS: u64 = 2_000;
/// The latest run times that are kept; more tell nothing new.
pub const MAX_RUN_TIMES: usize = 64;

impl PollContext<'_> {
    /// Milliseconds to the expected end: by the progress told, or by what is usual.
    pub fn remaining_ms(self) -> u64 {
        match self.progress {
            Some(percent @ MIN_PROGRESS..=100) => {
                let percent = u64::from(percent.min(MAX_PROGRESS));
                self.run_ms().saturating_mul(100 - percent) / percent
            }
            _ => u64::from(self.typical_ms()).saturating_sub(self.run_ms()),
        }
    }

    /// Milliseconds until the next question. Half of what is left where progress is told, but no more
    /// than what has gone by, since early progress foretells badly; else as the odds are.
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
        sorted
            .get(sorted.len() / 2)
            .copied()
            .unwrap_or(self.typical_duration_ms)
    }
}

/// Milliseconds to wait after the `count`th failure in a row: doubling, at most a minute. A server's
/// own `Retry-After` goes first, but a day of it is not waited for.
#[doc(hidden)]
pub fn backoff_ms(count: u32, retry_after_ms: Option<u64>) -> u64 {
    const MAX_BACKOFF_MS: u64 = 60_000;
    let doubling = 1_000u64.saturating_mul(1 << count.min(6));
    retry_after_ms
        .unwrap_or(doubling)
        .clamp(MIN_WAIT_MS, MAX_BACKOFF_MS)
}
