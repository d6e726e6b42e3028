//! The wait that a provider asks for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use filmgate::client::{Client, ProviderSettings};
use filmgate::error::ErrorCode;
use filmgate::provider::ProviderId;

use crate::server::{Action, Server, json};
use crate::support::{only, request, settings, wait_until};

/// Longer than a request may take and than the job's own backoff, and shorter than the longest wait that is respected.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn every_form_of_a_wait_is_respected() {
    let hour = SystemTime::now() + Duration::from_secs(3_600);
    let since_1970 = hour.duration_since(UNIX_EPOCH).unwrap().as_secs();
    for header in [
        "retry-after: 3600",
        "retry-after: 3600.5",
        "retry-after: 1, 3600",
        "retry-after: 1\r\nretry-after: 3600",
        &format!("retry-after: {}", httpdate::fmt_http_date(hour)),
        "ratelimit: \"day\";r=9;t=1, \"hour\";r=0;t=3600",
        "ratelimit: \"hour\";r=0\r\nratelimit-policy: \"hour\";q=9;w=3600",
        "ratelimit: limit=9, remaining=0, reset=3600",
        "ratelimit-reset: 3600",
        &format!("ratelimit-reset: {since_1970}"),
    ] {
        let headers = format!("{header}\r\n");
        let server = Server::start(move |request| match request.is_submit() {
            true => json(200, r#"{"id":"a","status":"IN_QUEUE"}"#),
            false => Action::Reply(429, headers.clone(), Vec::new()),
        });
        let settings = ProviderSettings { long_poll: false, ..settings(&server.origin) };
        let client = Client::builder().request_timeout(Duration::from_secs(5));
        let client = client.provider(ProviderId::Runpod, settings).build().unwrap();
        // A machine that is too slow for the limit gets another try.
        let job = loop {
            match client.submit(&request(), &only(ProviderId::Runpod)).await {
                Ok(job) => break job,
                Err(error) => assert!(is_late(error.code()), "{error}"),
            }
        };
        wait_until(|| server.seen().iter().any(|seen| !seen.is_submit())).await;
        let next = || UNIX_EPOCH + Duration::from_millis(job.status().next_poll_at.unwrap());
        wait_until(|| next() > SystemTime::now() + LONG).await;
    }
}

fn is_late(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::SubmissionUnknown | ErrorCode::ConnectionError)
}
