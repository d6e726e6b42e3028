//! With any input, the schedule is neither too fast nor too slow.

use filmgate::schedule::{PollContext, backoff_ms};

#[test]
fn polls_are_neither_too_frequent_nor_too_rare() {
    for accepted_ms in [0, 1, 10_000, 185_000, 86_400_000, u64::MAX] {
        for progress in [None, Some(0), Some(1), Some(50), Some(100), Some(255)] {
            for typical_duration_ms in [0, 1, 185_000, u32::MAX] {
                for run_time_history_ms in
                    [&[][..], &[0], &[0, u32::MAX], &[185_000; 32], &[u32::MAX; 32]]
                {
                    let course = PollContext {
                        accepted_ms,
                        queue_time_ms: accepted_ms / 3,
                        typical_duration_ms,
                        run_time_history_ms,
                        progress,
                    };
                    let next = course.next_ms();
                    assert!((1_000..=300_000).contains(&next), "{course:?}: {next}");
                }
            }
        }
    }
}

#[test]
fn a_retry_after_of_a_day_is_limited_to_a_minute() {
    assert_eq!(backoff_ms(1, Some(86_400_000)), 60_000);
    assert_eq!(backoff_ms(1, Some(u64::MAX)), 60_000);
    assert_eq!(backoff_ms(1, Some(0)), 1_000);
    assert_eq!(backoff_ms(1, Some(5_000)), 5_000);
    let waits: Vec<_> = (0..9).map(|count| backoff_ms(count, None)).collect();
    assert_eq!(waits[..4], [1_000, 2_000, 4_000, 8_000]);
    assert_eq!(waits[6..], [60_000; 3]);
}
