//! Responses as a fuzzer writes them: a line `status retry-after n key`, and the body below it. A
//! missing or invalid part has its usual value.

use filmgate::codec::Codec;
use filmgate::job::Handle;
use filmgate::provider::{ProviderId, Response};
use serde_json::json;

use crate::alloc_meter::{Parsed, parse};

/// The task of Runware's own example, which the dictionary contains.
pub(crate) const KEY: &str = "982c01aa-813a-4434-aa42-3e512808fd94";

/// A response and the job it belongs to.
pub(crate) struct TestResponse {
    pub(crate) handle: Handle,
    pub(crate) response: Response,
    /// The parsed body's memory in bytes.
    pub(crate) bytes: usize,
}

impl TestResponse {
    pub(crate) fn read(provider: ProviderId, data: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(data);
        let (head, body) = text.split_once('\n').unwrap_or(("", &text));
        let mut words = head.split(' ');
        let mut number = || words.next()?.parse::<u64>().ok();
        let status = number().and_then(|status| status.try_into().ok());
        let retry_after_ms = number();
        let n = number().unwrap_or(1);
        let handle = Handle::read(&json!({
            "version": 1, "provider": provider.as_str(), "model": "sora-2-pro",
            "providerModelId": "sora-2-pro", "id": words.next().unwrap_or(KEY), "n": n, "createdAt": 0,
        }))?;
        let Parsed { body, bytes } = parse(body);
        let response = Response {
            status: status.unwrap_or(200),
            retry_after_ms,
            body,
        };
        Some(TestResponse {
            handle,
            response,
            bytes,
        })
    }
}
