//! Requests and responses in HTTP, and the simulator's fault for each fault.

use filmgate::provider::{ProviderId, Request};
use filmgate_simulator::RetryAfter;
use serde_json::Value;

use crate::fault::{Fault, Point};
use crate::scenario::KEY;

/// What arrives for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arrival {
    Response { status: u16, retry_after: Option<String>, text: String },
    ConnectionLost,
}

/// A successful response.
pub(crate) fn ok_text(text: &str) -> Arrival {
    Arrival::Response { status: 200, retry_after: None, text: text.to_owned() }
}

/// A request in HTTP, with its key.
pub(crate) fn to_http(provider: ProviderId, request: &Request) -> filmgate_simulator::Request {
    let base = match provider {
        ProviderId::Runpod => "/runpod/v2",
        ProviderId::Runware => "/runware/v1",
        _ => unreachable!("there is no other"),
    };
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let method = if request.body.is_some() { "POST" } else { "GET" };
    filmgate_simulator::Request {
        method: method.to_owned(),
        path: format!("{base}{path}"),
        query: query.to_owned(),
        headers: vec![("authorization".to_owned(), format!("Bearer {KEY}"))],
        body: request.body.as_ref().map_or(Vec::new(), |body| body.to_string().into_bytes()),
    }
}

/// The fault point of a request.
pub(crate) fn point_of(request: &Request) -> Option<Point> {
    let task = request.body.as_ref().and_then(|body| body.pointer("/0/taskType")?.as_str());
    match task {
        Some("videoInference") => Some(Point::Submit),
        Some("getResponse") => Some(Point::Poll),
        Some("getTaskDetails") => Some(Point::Details),
        Some(_) => None,
        None if request.path.contains("/status") => Some(Point::Poll),
        None if request.path.contains("/cancel/") => Some(Point::Cancel),
        None if request.path.contains("/run") => Some(Point::Submit),
        None => None,
    }
}

/// The fault to inject at the provider.
pub(crate) fn simulator_fault(fault: Fault) -> Option<filmgate_simulator::Fault> {
    use filmgate_simulator::Fault as SimulatorFault;
    Some(match fault {
        Fault::RequestLost | Fault::RequestSunk => SimulatorFault::ResetBefore { ms: 0 },
        Fault::ResponseLost => SimulatorFault::ResetAfter { ms: 0 },
        Fault::RowsTwice => SimulatorFault::Duplicate {},
        Fault::Busy => SimulatorFault::RateLimit { retry_after: None },
        Fault::BusyForADay => {
            SimulatorFault::RateLimit { retry_after: Some(RetryAfter::Seconds(86_400)) }
        }
        Fault::BusyUntilADate => SimulatorFault::RateLimit {
            retry_after: Some(RetryAfter::Date { date_in_seconds: 7_200 }),
        },
        Fault::ErrorBefore => SimulatorFault::Error { status: 500, after: false },
        Fault::ErrorAfter => SimulatorFault::Error { status: 503, after: true },
        Fault::GatewayAfter => SimulatorFault::Text { status: 504, after: true },
        Fault::PageBefore => SimulatorFault::Html { status: 502, after: false },
        Fault::PageAfter => SimulatorFault::Html { status: 200, after: true },
        Fault::Truncated => SimulatorFault::Truncated {},
        Fault::TruncatedStream => SimulatorFault::TruncatedStream {},
        Fault::LegacyError => SimulatorFault::LegacyError {},
        Fault::Refused => SimulatorFault::Empty401 {},
        Fault::NotFound => SimulatorFault::Error { status: 404, after: false },
        Fault::Odd(oddity) => SimulatorFault::Odd { oddity },
        _ => return None,
    })
}

/// A provider may quote the request in any error. This one always does.
pub(crate) fn with_quoted_submission(text: String, submission: &str) -> String {
    if !text.contains("\"error") || submission.is_empty() {
        return text;
    }
    let Ok(mut response) = serde_json::from_str::<Value>(&text) else {
        return text;
    };
    for name in ["error", "errors"] {
        if let Some(errors) = response.get_mut(name) {
            quote(errors, submission);
        }
    }
    response.to_string()
}

fn quote(error: &mut Value, submission: &str) {
    match error {
        Value::String(text) if text.is_empty() => {}
        // RunPod's workers report an error as JSON inside a string.
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(mut inner @ Value::Object(_)) => {
                quote(&mut inner, submission);
                *text = inner.to_string();
            }
            _ => text.push_str(&format!(" in {submission}")),
        },
        Value::Array(errors) => errors.iter_mut().for_each(|error| quote(error, submission)),
        Value::Object(fields) => {
            for name in ["message", "error_message"] {
                if let Some(message) = fields.get_mut(name) {
                    quote(message, submission);
                }
            }
        }
        _ => {}
    }
}
