//! The driver over fetch. What stands after an `await` hands things on and does no more: a trap
//! there could not be caught.

use gloo_net::http::{Headers, RequestBuilder};
use js_sys::{Array, JSON, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, RequestRedirect};

use super::step::{get, put};

#[wasm_bindgen]
extern "C" {
    /// What a job's surroundings do for the driver.
    #[derive(Clone)]
    pub type Host;

    /// Advances the job; the outputs, or what the module threw.
    #[wasm_bindgen(method, catch)]
    fn step(this: &Host, input: &JsValue) -> Result<Array, JsValue>;
    /// Resolves with the next input: a posted one, or the time's passing. Rejects on abort.
    #[wasm_bindgen(method, catch)]
    fn next(this: &Host, at: f64) -> Result<Promise, JsValue>;
    /// Posts an input for `next`.
    #[wasm_bindgen(method)]
    fn post(this: &Host, input: &JsValue);
    /// Stores the record; resolves with whether it was written.
    #[wasm_bindgen(method, catch)]
    fn save(this: &Host, revision: &JsValue, record: &JsValue) -> Result<Promise, JsValue>;
    /// Resolves with the headers of a request, the key among them.
    #[wasm_bindgen(method, catch)]
    fn headers(this: &Host) -> Result<Promise, JsValue>;
    /// A signal that aborts at the deadline, and with the caller's own.
    #[wasm_bindgen(method, catch)]
    fn signal(this: &Host, deadline: &JsValue) -> Result<AbortSignal, JsValue>;
    /// The caller's fetch. Its answer may be of any realm, or only look like one.
    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Host, request: &web_sys::Request) -> Result<Promise, JsValue>;
    /// Tells of an update or a cancellation.
    #[wasm_bindgen(method)]
    fn emit(this: &Host, output: &JsValue);
    /// The provider's base address.
    #[wasm_bindgen(method, getter, js_name = baseURL)]
    fn base_url(this: &Host) -> String;

    /// Whatever fetch answers with.
    type Answer;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Answer) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &Answer) -> AnswerHeaders;
    type AnswerHeaders;
    #[wasm_bindgen(method, catch, js_name = get)]
    fn header(this: &AnswerHeaders, name: &str) -> Result<JsValue, JsValue>;
}

/// Drives a job from its first outputs to its end; resolves with the last output.
pub(super) async fn drive(host: Host, first: Array) -> Result<JsValue, JsValue> {
    let mut outputs = first;
    loop {
        let mut at = f64::INFINITY;
        for output in outputs.iter() {
            match get(&output, "type").as_string().as_deref() {
                Some("save") => spawn_local(save(host.clone(), output)),
                Some("transmit") => spawn_local(transmit(host.clone(), output)),
                Some("timeout") => at = get(&output, "at").as_f64().unwrap_or(at),
                Some("done") => return Ok(output),
                _ => host.emit(&output),
            }
        }
        let input = JsFuture::from(host.next(at)?).await?;
        outputs = host.step(&input)?;
    }
}

async fn save(host: Host, output: JsValue) {
    let revision = get(&output, "revision");
    let written = match host.save(&revision, &get(&output, "record")) {
        Ok(promise) => JsFuture::from(promise)
            .await
            .is_ok_and(|written| written.is_truthy()),
        Err(_) => false,
    };
    let kind = if written { "saved" } else { "save_failed" };
    host.post(&input(kind, "revision", &revision));
}

async fn transmit(host: Host, output: JsValue) {
    let answer = match build(&host, &output).await {
        Ok((request, signal)) => send(&host, &request, &signal).await,
        // Nothing has left: the key function failed, or the address is none.
        Err(_) => Err("unsent"),
    };
    let id = get(&output, "id");
    host.post(&match answer {
        Ok(answer) => {
            put(&answer, "id", &id);
            answer.into()
        }
        Err(kind) => {
            let failed = input("failed", "id", &id);
            put(failed.unchecked_ref(), "kind", &kind.into());
            failed
        }
    });
}

async fn build(host: &Host, output: &JsValue) -> Result<(web_sys::Request, AbortSignal), JsValue> {
    let headers = JsFuture::from(host.headers()?).await?;
    let signal = host.signal(&get(output, "deadline"))?;
    let path = get(output, "path").as_string().unwrap_or_default();
    let base = host.base_url();
    let builder = RequestBuilder::new(&format!("{}{path}", base.trim_end_matches('/')))
        .headers(Headers::from_raw(headers.unchecked_into()))
        .abort_signal(Some(&signal))
        // A redirect would carry the key to another host, and a submit a second time.
        .redirect(RequestRedirect::Manual);
    let body = get(output, "body");
    let request = if body.is_null() || body.is_undefined() {
        builder.build()
    } else {
        builder
            .method(gloo_net::http::Method::POST)
            .body(JSON::stringify(&body)?)
    };
    match request {
        Ok(request) => Ok((request.into(), signal)),
        Err(error) => Err(JsValue::from_str(&error.to_string())),
    }
}

async fn send(
    host: &Host,
    request: &web_sys::Request,
    signal: &AbortSignal,
) -> Result<Object, &'static str> {
    let answer = async {
        let answer = JsFuture::from(host.fetch(request)?)
            .await?
            .unchecked_into::<Answer>();
        let text = JsFuture::from(answer.text()?).await?;
        let input = input("response", "status", &get(&answer, "status"));
        let retry_after = answer
            .headers()
            .header("retry-after")
            .unwrap_or(JsValue::NULL);
        put(input.unchecked_ref(), "retryAfter", &retry_after);
        put(input.unchecked_ref(), "text", &text);
        Ok::<Object, JsValue>(input.unchecked_into())
    };
    answer.await.map_err(|_| {
        if signal.aborted() {
            "timeout"
        } else {
            "network"
        }
    })
}

fn input(kind: &str, name: &str, value: &JsValue) -> JsValue {
    let input = Object::new();
    put(&input, "type", &kind.into());
    put(&input, name, value);
    input.into()
}
