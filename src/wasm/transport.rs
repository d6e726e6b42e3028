//! The transport: sends one request with the caller's `fetch`. It holds nothing that a trap could destroy: the state,
//! the inputs and the promise of `fetch` stay with the driver in `pkg/src/driver/`, so that a new instance continues.

use gloo_net::http::{Headers, Method, RequestBuilder};
use js_sys::{Function, JSON, Object, Promise, Reflect, TypeError};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Request, RequestRedirect};

// A caller's `fetch` may resolve to any object, of which `pkg/src/core/send.ts` reads the parts. Every access can throw
// and is caught: an exception after an await would leave the promise of `send` unsettled forever.
#[wasm_bindgen]
extern "C" {
    /// The request to send: `{ url, headers, body }`, created by `pkg/src/core/send.ts`.
    pub type Outgoing;
    #[wasm_bindgen(method, getter)]
    fn url(this: &Outgoing) -> String;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &Outgoing) -> web_sys::Headers;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Outgoing) -> JsValue;

    type Incoming;
    #[wasm_bindgen(method, getter, catch)]
    fn status(this: &Incoming) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = retryAfter)]
    fn retry_after(this: &Incoming) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Incoming) -> Result<JsValue, JsValue>;
}

/// Sends a request with the given `fetch` and reads the response: `{ status, retryAfter, text }`. A rejection
/// of `fetch`, such as the signal's reason, passes through unchanged.
pub(super) async fn send(
    outgoing: &Outgoing,
    fetch: &Function,
    signal: &AbortSignal,
) -> Result<JsValue, JsValue> {
    let request = build(outgoing, signal)
        .ok_or_else(|| TypeError::new("`baseURL` is not a valid http(s) URL."))?;
    let response: Incoming = JsFuture::from(call(fetch, &request)?).await?.unchecked_into();
    let status = response.status()?;
    let retry_after = response.retry_after()?;
    let text = JsFuture::from(Promise::resolve(&response.text()?)).await?;
    let result = Object::new();
    put(&result, "status", &status);
    put(&result, "retryAfter", &retry_after);
    put(&result, "text", &text);
    Ok(result.into())
}

/// The request for `fetch`; `None` if the URL is not valid.
fn build(outgoing: &Outgoing, signal: &AbortSignal) -> Option<Request> {
    let builder = RequestBuilder::new(&outgoing.url())
        .headers(Headers::from_raw(outgoing.headers()))
        .abort_signal(Some(signal))
        // Following a redirect would send the key to another host, or a submit a second time.
        .redirect(RequestRedirect::Manual);
    let body = outgoing.body();
    let request = if body.is_null() || body.is_undefined() {
        builder.build()
    } else {
        let text = JSON::stringify(&body).ok()?;
        builder.method(Method::POST).body(text)
    };
    request.ok().map(Request::from)
}

/// gloo-net's own `send` uses the global `fetch`, and traps on an abort reason that is not an `Error`.
fn call(fetch: &Function, request: &Request) -> Result<Promise, JsValue> {
    let promise = fetch.call1(&JsValue::UNDEFINED, request)?;
    Ok(Promise::resolve(&promise))
}

/// Sets a field of a plain object, which never fails.
fn put(object: &Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}
