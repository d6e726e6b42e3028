//! Requests and replies as plain values.

use serde_json::Value;

/// A request, as a server or a `fetch` function received it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `GET`, `POST`, …, in upper case.
    pub method: String,
    /// The path, with its leading slash and without the query.
    pub path: String,
    /// The query, without its question mark.
    pub query: String,
    /// Headers, names in any case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value; the first if several have the same name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(each, _)| each.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The bearer key. RunPod also accepts a key without the word `Bearer`.
    pub(crate) fn key(&self) -> Option<&str> {
        let value = self.header("authorization")?.trim();
        let key = match value.split_once(' ') {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim(),
            Some(_) => return None,
            None if value.eq_ignore_ascii_case("bearer") => return None,
            None => value,
        };
        (!key.is_empty()).then_some(key)
    }

    /// A parameter of the query, if it is an integer.
    pub(crate) fn query_number(&self, name: &str) -> Option<u64> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| value.parse().ok())
    }
}

/// What happens to the connection of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A response.
    Respond {
        /// How long to wait before responding.
        after_ms: u64,
        /// The HTTP status.
        status: u16,
        /// Headers, names in lower case. A `content-length` is always among them; if it is
        /// longer than the body, the connection breaks after the body's last byte. The response to
        /// a `HEAD` request has no body and is complete anyway.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// No response: the connection is reset.
    Reset {
        /// How long to wait before the reset.
        after_ms: u64,
    },
}

/// A response before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) after_ms: u64,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// The value of `content-length`.
    pub(crate) length: usize,
}

impl Response {
    pub(crate) fn bytes(status: u16, body: Vec<u8>) -> Self {
        Self { after_ms: 0, status, headers: Vec::new(), length: body.len(), body }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, body.to_string().into_bytes()).with("content-type", "application/json")
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::bytes(status, body.as_bytes().to_vec())
            .with("content-type", "text/plain; charset=utf-8")
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        Self::bytes(status, body.as_bytes().to_vec())
            .with("content-type", "text/html; charset=utf-8")
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::bytes(status, Vec::new())
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn after(mut self, after_ms: u64) -> Self {
        self.after_ms = after_ms;
        self
    }

    /// Keeps `content-length` and drops the body.
    pub(crate) fn head_only(mut self) -> Self {
        self.body = Vec::new();
        self
    }

    pub(crate) fn into_reply(mut self) -> Reply {
        self.headers.push(("content-length", self.length.to_string()));
        Reply::Respond {
            after_ms: self.after_ms,
            status: self.status,
            headers: self.headers,
            body: self.body,
        }
    }
}
