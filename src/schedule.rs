//! When to ask next. Asking costs requests, not asking costs lateness.

/// How a job has gone so far.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    /// Milliseconds since the provider accepted.
    pub elapsed_ms: u64,
    /// Milliseconds that its listing usually takes.
    pub usual_ms: u32,
    /// Per cent, where the provider tells.
    pub progress: Option<u8>,
}

/// Per cent from which progress foretells the end.
const TELLING: u8 = 5;
const SHORTEST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 5_000;

impl Course {
    /// Milliseconds to the expected end: by the progress told, or by what is usual.
    pub fn remaining_ms(self) -> u64 {
        match self.progress {
            Some(percent @ TELLING..=100) => {
                let percent = u64::from(percent);
                self.elapsed_ms.saturating_mul(100 - percent) / percent
            }
            _ => u64::from(self.usual_ms).saturating_sub(self.elapsed_ms),
        }
    }

    /// Milliseconds until the next question. Half of what is left where progress is told, but no more
    /// than half of what has gone by, since early progress foretells badly; else an eighth of what has
    /// gone by, so that short jobs are heard soon and long ones cost little.
    pub fn next_ms(self) -> u64 {
        match self.progress {
            Some(TELLING..=100) => {
                let half = self.remaining_ms().min(self.elapsed_ms) / 2;
                half.clamp(SHORTEST_MS, 3 * LONGEST_MS)
            }
            _ => (self.elapsed_ms / 8).clamp(SHORTEST_MS, LONGEST_MS),
        }
    }
}

/// Milliseconds to wait after the `count`th failure in a row: doubling, at most a minute. A server's
/// own `Retry-After` goes first, but a day of it is not waited for.
pub fn back_off_ms(count: u32, retry_after_ms: Option<u64>) -> u64 {
    const MOST_MS: u64 = 60_000;
    let doubling = 1_000u64.saturating_mul(1 << count.min(6));
    retry_after_ms
        .unwrap_or(doubling)
        .clamp(SHORTEST_MS, MOST_MS)
}
