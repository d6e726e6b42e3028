//! The driver over fetch. It keeps nothing that a trap could take: state, inputs and requests on
//! their way stay with the host, so that a fresh instance goes on where the broken one stood.

use gloo_net::http::{Headers, Method, RequestBuilder};
use js_sys::{Array, JSON, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Request, RequestRedirect};

use super::step::get;

#[wasm_bindgen]
extern "C" {
    /// A job's surroundings, which carry out what the driver finds to do.
    #[derive(Clone)]
    pub type Host;

    /// The outputs that nobody has carried out yet.
    #[wasm_bindgen(method)]
    fn take(this: &Host) -> Array;
    /// Resolves when there is an input, or at the time. Rejects where nobody waits any longer.
    #[wasm_bindgen(method)]
    fn next(this: &Host, at: f64) -> Promise;
    /// Advances the job by the next input, or throws what the module threw.
    #[wasm_bindgen(method, catch)]
    fn step(this: &Host) -> Result<(), JsValue>;
    /// Stores the record; an input tells how that went.
    #[wasm_bindgen(method)]
    fn save(this: &Host, output: &JsValue);
    /// Sends the request; an input brings the answer.
    #[wasm_bindgen(method)]
    fn transmit(this: &Host, output: &JsValue);
    /// Tells of an update or a cancellation.
    #[wasm_bindgen(method)]
    fn emit(this: &Host, output: &JsValue);
}

/// Drives a job to its end; resolves with the last output.
pub(super) async fn drive(host: Host) -> Result<JsValue, JsValue> {
    loop {
        let mut at = f64::INFINITY;
        for output in host.take().iter() {
            match get(&output, "type").as_string().as_deref() {
                Some("save") => host.save(&output),
                Some("transmit") => host.transmit(&output),
                Some("timeout") => at = get(&output, "at").as_f64().unwrap_or(at),
                Some("done") => return Ok(output),
                _ => host.emit(&output),
            }
        }
        JsFuture::from(host.next(at)).await?;
        host.step()?;
    }
}

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
