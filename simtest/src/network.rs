//! Requests and answers as they stand on the wire, and what a fault makes of them.

use filmgate::provider::{ProviderId, Request};
use filmgate_simulator::RetryAfter;
use serde_json::Value;

use crate::fault::{Fault, Point};
use crate::scenario::KEY;

/// What comes back of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Came {
    Answer {
        status: u16,
        retry_after: Option<String>,
        text: String,
    },
    Break,
}

/// An answer that is no error.
pub(crate) fn says(text: &str) -> Came {
    Came::Answer {
        status: 200,
        retry_after: None,
        text: text.to_owned(),
    }
}

/// A request as it stands on the wire, with its key.
pub(crate) fn wired(provider: ProviderId, request: &Request) -> filmgate_simulator::Request {
    let base = match provider {
        ProviderId::Runpod => "/runpod/v2",
        ProviderId::Runware => "/runware/v1",
        _ => unreachable!("there is no other"),
    };
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let method = if request.body.is_some() {
        "POST"
    } else {
        "GET"
    };
    filmgate_simulator::Request {
        method: method.to_owned(),
        path: format!("{base}{path}"),
        query: query.to_owned(),
        headers: vec![("authorization".to_owned(), format!("Bearer {KEY}"))],
        body: request
            .body
            .as_ref()
            .map_or(Vec::new(), |body| body.to_string().into_bytes()),
    }
}

/// What a request is for.
pub(crate) fn point_of(request: &Request) -> Option<Point> {
    let task = request
        .body
        .as_ref()
        .and_then(|body| body.pointer("/0/taskType")?.as_str());
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

/// What a fault does at the provider's door.
pub(crate) fn harm(fault: Fault) -> Option<filmgate_simulator::Fault> {
    use filmgate_simulator::Fault as Harm;
    Some(match fault {
        Fault::RequestLost | Fault::RequestSunk => Harm::ResetBefore { ms: 0 },
        Fault::ResponseLost => Harm::ResetAfter { ms: 0 },
        Fault::RowsTwice => Harm::Duplicate,
        Fault::Busy => Harm::RateLimit { retry_after: None },
        Fault::BusyForADay => Harm::RateLimit {
            retry_after: Some(RetryAfter::Seconds(86_400)),
        },
        Fault::BusyUntilADate => Harm::RateLimit {
            retry_after: Some(RetryAfter::Date {
                date_in_seconds: 7_200,
            }),
        },
        Fault::ErrorBefore => Harm::Error {
            status: 500,
            after: false,
        },
        Fault::ErrorAfter => Harm::Error {
            status: 503,
            after: true,
        },
        Fault::GatewayAfter => Harm::Text {
            status: 504,
            after: true,
        },
        Fault::PageBefore => Harm::Html {
            status: 502,
            after: false,
        },
        Fault::PageAfter => Harm::Html {
            status: 200,
            after: true,
        },
        Fault::Truncated => Harm::Truncated,
        Fault::Cut => Harm::Cut,
        Fault::Legacy => Harm::Legacy,
        Fault::Refused => Harm::Empty401,
        Fault::NotFound => Harm::Error {
            status: 404,
            after: false,
        },
        _ => return None,
    })
}

/// A provider may quote the order wherever it tells of an error. This one always does.
pub(crate) fn quoting(text: String, order: &str) -> String {
    if !text.contains("\"error") || order.is_empty() {
        return text;
    }
    let Ok(mut answer) = serde_json::from_str::<Value>(&text) else {
        return text;
    };
    for name in ["error", "errors"] {
        if let Some(errors) = answer.get_mut(name) {
            quote(errors, order);
        }
    }
    answer.to_string()
}

fn quote(error: &mut Value, order: &str) {
    match error {
        // RunPod's workers tell of an error in JSON inside a text.
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(mut inner @ Value::Object(_)) => {
                quote(&mut inner, order);
                *text = inner.to_string();
            }
            _ => text.push_str(&format!(" in {order}")),
        },
        Value::Array(errors) => errors.iter_mut().for_each(|error| quote(error, order)),
        Value::Object(fields) => {
            for name in ["message", "error_message"] {
                if let Some(message) = fields.get_mut(name) {
                    quote(message, order);
                }
            }
        }
        _ => {}
    }
}
