//! The driver over fetch. It keeps nothing that a trap could take: state, inputs and requests on
//! their way stay with the host, so that a fresh instance goes on where the broken one stood.

use gloo_net::http::{Headers, Method, RequestBuilder};
use js_sys::JSON;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Request, RequestRedirect};

/// The request for fetch; `None` where the address is none.
pub(super) fn request(
    address: &str,
    headers: web_sys::Headers,
    body: &JsValue,
    signal: &AbortSignal,
) -> Option<Request> {
    let builder = RequestBuilder::new(address)
        .headers(Headers::from_raw(headers))
        .abort_signal(Some(signal))
        // A redirect would carry the key to another host, and a submit a second time.
        .redirect(RequestRedirect::Manual);
    let request = if body.is_null() || body.is_undefined() {
        builder.build()
    } else {
        let text = JSON::stringify(body).ok()?;
        builder.method(Method::POST).body(text)
    };
    request.ok().map(Request::from)
}
