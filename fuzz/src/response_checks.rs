//! Invariants of every parsed response.

use filmgate::outcome::Failure;
use filmgate::provider::{JobSnapshot, PollResult, ProviderId, SubmitResult};

use crate::alloc_meter::{MemoryLimit, within};
use crate::response::TestResponse;

/// Measured: 1.3 times; the response itself is kept.
const READING: MemoryLimit = MemoryLimit {
    factor: 2,
    base_bytes: 16_384,
};
/// Videos, or errors, of one response at most.
const MAX_RESULTS: usize = 100;

/// Parses a response in every way and checks the results.
pub fn check(provider: ProviderId, data: &[u8]) {
    let Some(TestResponse {
        handle,
        response,
        bytes,
    }) = TestResponse::read(provider, data)
    else {
        return;
    };
    let submitted = within("submit", &READING, bytes, || {
        provider.read_submit(&handle, &response)
    });
    assert_eq!(submitted, provider.read_submit(&handle, &response));
    match &submitted {
        SubmitResult::Accepted(seen) => check_seen(provider, seen, bytes),
        SubmitResult::Rejected(failure) | SubmitResult::Unknown(failure) => check_failure(failure),
        SubmitResult::Busy(failure) => check_failure(failure),
    }
    // A server error never proves a rejection.
    if response.status >= 500 {
        assert!(matches!(
            submitted,
            SubmitResult::Accepted(_) | SubmitResult::Unknown(_)
        ));
    }
    for polled in [
        within("poll", &READING, bytes, || {
            provider.read_poll(&handle, &response)
        }),
        within("details", &READING, bytes, || {
            provider.read_details(&handle, &response)
        }),
    ] {
        match polled {
            PollResult::Found(seen) => check_seen(provider, &seen, bytes),
            PollResult::Unauthorized(failure) | PollResult::Transient(failure) => {
                check_failure(&failure)
            }
            PollResult::NotFound => {}
        }
    }
}

fn check_seen(provider: ProviderId, seen: &JobSnapshot, bytes: usize) {
    assert!(seen.progress.is_none_or(|percent| percent <= 100));
    // RunPod's id goes into URLs.
    for id in seen
        .job_id
        .iter()
        .filter(|_| provider == ProviderId::Runpod)
    {
        assert!(!id.contains(['/', '.', '?', '#', '%']), "{id}");
    }
    for video in &seen.videos {
        assert!(video.url.as_ref().is_none_or(|url| url.starts_with("http")));
        assert!(video.cost.is_none_or(|cost| cost.0 >= 0));
    }
    assert!(seen.cost.is_none_or(|cost| cost.0 >= 0));
    assert!(
        seen.failures.len() <= MAX_RESULTS && seen.videos.len() <= MAX_RESULTS,
        "unbounded"
    );
    seen.failures.iter().for_each(check_failure);
    assert!(bytes > 0 || seen.raw.is_null());
}

/// Errors go into logs: they are short, whatever the provider sends.
fn check_failure(failure: &Failure) {
    assert!(!failure.message.is_empty());
    assert!(failure.message.chars().count() <= 301);
    let code = failure.provider_code.as_deref().unwrap_or_default();
    assert!(
        code.chars().count() <= 101,
        "a code of {} bytes",
        code.len()
    );
}
