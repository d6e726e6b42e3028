//! What leaves over HTTP, how often, and what comes back.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use filmgate::client::{Client, Error, ProviderSettings};
use filmgate::error::{Charge, ErrorCode};
use filmgate::provider::ProviderId;

use crate::server::{Action, Received, Server, json};
use crate::support::{KEY, PROMPT, only, request, settings};

/// An hour: no test here waits for it, however slow the machine is.
const NO_LIMIT: Duration = Duration::from_secs(3_600);

fn client(base_url: &str, request_timeout: Duration) -> Client {
    let builder = Client::builder().request_timeout(request_timeout);
    builder.provider(ProviderId::Runpod, settings(base_url)).build().unwrap()
}

async fn refused(base_url: &str) -> Error {
    refused_within(base_url, NO_LIMIT).await
}

async fn refused_within(base_url: &str, request_timeout: Duration) -> Error {
    let client = client(base_url, request_timeout);
    client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap_err()
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 307, 308] {
        let elsewhere = Server::start(|_| json(200, r#"{"id":"a","status":"IN_QUEUE"}"#));
        let location = format!("location: {}/run\r\n", elsewhere.origin);
        let server = Server::start(move |_| Action::Reply(status, location.clone(), Vec::new()));
        let error = refused(&server.origin).await;
        assert_ne!(error.code(), ErrorCode::ConnectionError, "{status}: {error}");
        assert_eq!((server.submits(), elsewhere.seen().len()), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn what_was_not_sent_cost_nothing() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // A server that speaks no TLS.
    let plain = Server::start(|_| Action::Drop);
    let tls = plain.origin.replace("http:", "https:");
    for base_url in [format!("http://{closed}"), tls, "http://host.invalid".to_owned()] {
        let error = refused(&base_url).await;
        assert_eq!(
            (error.code(), error.charge()),
            (ErrorCode::ConnectionError, Charge::None),
            "{base_url}"
        );
        assert!(std::error::Error::source(&error).is_some(), "{base_url}");
    }
    assert_eq!(plain.submits(), 0);
}

#[tokio::test]
async fn what_may_have_been_sent_is_lost() {
    let ends: [fn() -> Action; 2] = [
        || Action::Drop,
        || {
            Action::Reply(
                200,
                "content-length: 1000\r\nconnection: close\r\n".to_owned(),
                b"{\"id\"".to_vec(),
            )
        },
    ];
    for end in ends {
        let server = Server::start(move |_| end());
        let error = refused(&server.origin).await;
        assert_eq!((error.code(), error.charge()), (ErrorCode::SubmissionUnknown, Charge::Unknown));
        assert_eq!(server.submits(), 1);
    }
}

/// A slow machine may not send the submit within the first limits.
#[tokio::test]
async fn what_was_sent_and_gets_no_answer_is_lost() {
    for seconds in [1, 4, 16, 64, 256] {
        let server = Server::start(|_| Action::Hang);
        let error = refused_within(&server.origin, Duration::from_secs(seconds)).await;
        match server.submits() {
            0 => continue,
            submits => assert_eq!(submits, 1),
        }
        assert_eq!((error.code(), error.charge()), (ErrorCode::SubmissionUnknown, Charge::Unknown));
        return;
    }
    panic!("nothing was ever sent");
}

/// Answers polls, so that their connection is kept, and drops each submit after it was read.
fn breaking(request: &Received, submits: &AtomicUsize) -> Action {
    if !request.is_submit() {
        return json(
            200,
            r#"{"id":"job-1","status":"COMPLETED","output":{"video_url":"https://a.test/v.mp4"}}"#,
        );
    }
    match submits.fetch_add(1, Ordering::SeqCst) {
        0 => json(200, r#"{"id":"job-1","status":"IN_QUEUE"}"#),
        1 => Action::Drop,
        _ => json(200, r#"{"id":"job-3","status":"IN_QUEUE"}"#),
    }
}

#[tokio::test]
async fn a_submit_that_breaks_on_a_used_connection_is_sent_once() {
    let submits = AtomicUsize::new(0);
    let server = Server::start(move |request| breaking(request, &submits));
    let client = client(&server.origin, NO_LIMIT);
    let first = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap();
    first.result().await.unwrap();
    let error = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::SubmissionUnknown);
    assert_eq!(server.submits(), 2, "two jobs, one submit each");
    let of_submits: Vec<_> =
        server.seen().iter().filter(|seen| seen.is_submit()).map(|seen| seen.connection).collect();
    let shared = server.seen().iter().filter(|seen| of_submits.contains(&seen.connection)).count();
    assert_eq!(shared, 2, "each submit has a connection of its own");
}

#[tokio::test]
async fn a_status_that_asks_to_repeat_the_request_does_not() {
    for status in [408, 421, 425] {
        let server = Server::start(move |_| json(status, "{}"));
        let _ = refused(&server.origin).await;
        assert_eq!(server.submits(), 1, "{status}");
    }
}

#[tokio::test]
async fn the_key_is_sent_and_shown_nowhere() {
    let upper = KEY.to_uppercase();
    for status in [400, 401, 403, 500] {
        let echo = format!(r#"{{"error":"Bad header Authorization: Bearer {KEY}, or {upper}"}}"#);
        let server = Server::start(move |_| json(status, &echo));
        let error = refused(&server.origin).await;
        let shown = format!(
            "{error} {error:?} {:?} {:?} {:?}",
            error.provider_message(),
            error.provider_code(),
            error.raw()
        );
        assert!(!shown.to_lowercase().contains(KEY), "{shown}");
        assert!(!format!("{error} {error:?}").contains(PROMPT));
        let head = server.seen()[0].head.to_lowercase();
        assert!(head.contains(&format!("authorization: bearer {KEY}")), "{head}");
        assert!(!head.contains("referer"));
    }
}

#[tokio::test]
async fn a_failed_job_does_not_store_the_key_either() {
    let echo = format!(r#"{{"id":"a","status":"FAILED","error":"worker used {KEY}"}}"#);
    let server = Server::start(move |request| match request.is_submit() {
        true => json(200, r#"{"id":"a","status":"IN_QUEUE"}"#),
        false => json(200, &echo),
    });
    let client = client(&server.origin, NO_LIMIT);
    let job = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap();
    let error = job.result().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::GenerationFailed);
    let stored = client.jobs(false).await.unwrap();
    assert!(!format!("{error:?} {:?} {stored:?}", error.provider_message()).contains(KEY));
}

#[tokio::test]
async fn a_key_that_no_header_can_hold_is_refused_without_showing_it() {
    for key in [format!("{KEY}\n{KEY}"), format!("{KEY}…")] {
        let settings = ProviderSettings { api_key: Some(key), ..settings("http://localhost") };
        let built = Client::builder().provider(ProviderId::Runpod, settings).build();
        let error = built.err().unwrap();
        assert_eq!(error.code(), ErrorCode::InvalidRequest);
        assert!(!format!("{error} {error:?}").contains(KEY));
    }
}

#[tokio::test]
async fn a_base_url_that_is_none_is_refused() {
    for base_url in ["", "localhost", "file:///etc/passwd"] {
        let built = Client::builder().provider(ProviderId::Runpod, settings(base_url)).build();
        assert_eq!(
            built.err().map(|error| error.code()),
            Some(ErrorCode::InvalidRequest),
            "{base_url}"
        );
    }
}

/// Nine megabytes to a submit: the response says nothing, and no more of it is read.
#[tokio::test]
async fn a_response_that_is_too_long_is_not_read() {
    let server = Server::start(|_| {
        let mut body = br#"{"id":"job-1","status":"IN_QUEUE","more":""#.to_vec();
        body.resize(9 << 20, b'a');
        body.extend(b"\"}");
        Action::Reply(200, String::new(), body)
    });
    let error = refused(&server.origin).await;
    assert_eq!(error.code(), ErrorCode::SubmissionUnknown);
}

#[tokio::test]
async fn a_poll_may_hold_the_bytes_of_a_video() {
    let server = Server::start(|request| {
        if request.is_submit() {
            return json(200, r#"{"id":"a","status":"IN_QUEUE"}"#);
        }
        let data = "A".repeat(12 << 20);
        let body = format!(
            r#"{{"id":"a","status":"COMPLETED","output":{{"video_url":"data:video/mp4;base64,{data}"}}}}"#
        );
        json(200, &body)
    });
    let client = client(&server.origin, NO_LIMIT);
    let job = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap();
    let result = job.result().await.unwrap();
    assert!(result.videos[0].data.is_some());
}

#[tokio::test]
async fn no_more_requests_at_once_than_allowed() {
    let (running, most) = (AtomicUsize::new(0), std::sync::Arc::new(AtomicUsize::new(0)));
    let highest = most.clone();
    let number = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        let now = running.fetch_add(1, Ordering::SeqCst) + 1;
        highest.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        running.fetch_sub(1, Ordering::SeqCst);
        let id = number.fetch_add(1, Ordering::SeqCst);
        match request.is_submit() {
            true => json(200, &format!(r#"{{"id":"job-{id}","status":"IN_QUEUE"}}"#)),
            false => {
                let id = request.path.rsplit('/').next().unwrap_or_default();
                let id = id.split('?').next().unwrap_or_default();
                json(
                    200,
                    &format!(
                        r#"{{"id":"{id}","status":"COMPLETED","output":{{"video_url":"https://a.test/v.mp4"}}}}"#
                    ),
                )
            }
        }
    });
    let settings = ProviderSettings { max_concurrency: 2, ..settings(&server.origin) };
    let client = Client::builder().provider(ProviderId::Runpod, settings).build().unwrap();
    let jobs: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(
                async move { client.generate(&request(), &only(ProviderId::Runpod)).await },
            )
        })
        .collect();
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    assert_eq!(server.submits(), 8);
    assert_eq!(most.load(Ordering::SeqCst), 2);
}
