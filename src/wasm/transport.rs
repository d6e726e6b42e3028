//! The transport: one request by the caller's `fetch`. It keeps nothing that a trap could take: state, inputs
//! and the fetch promise stay with the loop in `pkg/src/driver/`, so that a fresh instance goes on where the
//! dead one stood.

use gloo_net::http::{Headers, Method, RequestBuilder};
use js_sys::{Function, JSON, Object, Promise, Reflect, TypeError};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Request, RequestRedirect};

// A caller's `fetch` may resolve to a look-alike of a response: every access can throw, and is caught, since
// an exception after an await would leave the promise of `send` unsettled for ever.
#[wasm_bindgen]
extern "C" {
    /// What is to be sent: `{ url, headers, body }`, of our own making.
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
    #[wasm_bindgen(method, getter, catch)]
    fn headers(this: &Incoming) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Incoming) -> Result<JsValue, JsValue>;

    type IncomingHeaders;
    #[wasm_bindgen(method, catch)]
    fn get(this: &IncomingHeaders, name: &str) -> Result<JsValue, JsValue>;
}

/// Sends a request by the given `fetch` and reads the response: `{ status, retryAfter, text }`. A rejection
/// of `fetch`, such as the signal's reason, passes through unchanged.
pub(super) async fn send(
    outgoing: &Outgoing,
    fetch: &Function,
    signal: &AbortSignal,
) -> Result<JsValue, JsValue> {
    let request = build(outgoing, signal)
        .ok_or_else(|| TypeError::new("The base address is none that a request can be sent to."))?;
    let response: Incoming = JsFuture::from(call(fetch, &request)?)
        .await?
        .unchecked_into();
    let status = response.status()?;
    let retry_after = retry_after(&response);
    let text = JsFuture::from(Promise::resolve(&response.text()?)).await?;
    let answer = Object::new();
    put(&answer, "status", &status);
    put(&answer, "retryAfter", &retry_after);
    put(&answer, "text", &text);
    Ok(answer.into())
}

/// The request for fetch; `None` if there is no such address.
fn build(outgoing: &Outgoing, signal: &AbortSignal) -> Option<Request> {
    let builder = RequestBuilder::new(&outgoing.url())
        .headers(Headers::from_raw(outgoing.headers()))
        .abort_signal(Some(signal))
        // A redirect would carry the key to another host, and a submit a second time.
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

/// gloo-net's own `send` binds the global `fetch`, and traps on an abort reason that is not an `Error`.
fn call(fetch: &Function, request: &Request) -> Result<Promise, JsValue> {
    let promise = fetch.call1(&JsValue::UNDEFINED, request)?;
    Ok(Promise::resolve(&promise))
}

/// The `Retry-After` header as it is; `null` if there is none.
fn retry_after(response: &Incoming) -> JsValue {
    let headers = response.headers().unwrap_or(JsValue::NULL);
    if headers.is_null() || headers.is_undefined() {
        return JsValue::NULL;
    }
    let headers: IncomingHeaders = headers.unchecked_into();
    headers.get("retry-after").unwrap_or(JsValue::NULL)
}

/// Sets a field of a plain object of our own making, which never refuses.
fn put(object: &Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}
