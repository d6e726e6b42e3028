//! One connection: requests in, replies out, and real TCP resets.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use filmgate_simulator::{Reply, Request};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;

use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::{Shared, now_ms};

pub(crate) async fn serve(stream: TcpStream, shared: Shared) {
    // A second handle on the socket, so that it can be reset while hyper owns the first.
    let Ok((stream, second_handle)) = duplicate(stream) else {
        return;
    };
    let reset = Arc::new(Notify::new());
    let service = service_fn(|request| {
        let (shared, reset) = (shared.clone(), reset.clone());
        async move { Ok::<_, Infallible>(respond_to(request, shared, reset).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // The client sees how the connection ended.
        _ = connection => {}
        () = reset.notified() => {
            // Closing with zero linger sends a reset. If linger cannot be set, the socket closes normally.
            let _ = SockRef::from(&second_handle).set_linger(Some(Duration::ZERO));
        }
    }
}

fn duplicate(stream: TcpStream) -> std::io::Result<(TcpStream, std::net::TcpStream)> {
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let second_handle = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, second_handle))
}

async fn respond_to(
    request: hyper::Request<Incoming>,
    shared: Shared,
    reset: Arc<Notify>,
) -> Response<ResponseBody> {
    let Some(request) = read(request).await else {
        return Response::new(ResponseBody::default());
    };
    let reply = shared.lock().handle(now_ms(), &request);
    match reply {
        Reply::Respond { after_ms, status, headers, body } => {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            let mut response = respond(&request.method, status, &headers, body);
            if is_from_page(&request) {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
        Reply::Reset { after_ms } => {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            reset.notify_one();
            std::future::pending().await
        }
    }
}

/// A browser repeats a POST by itself if a reused connection breaks, and RunPod makes two jobs of it. So a page's
/// connections are not reused.
fn is_from_page(request: &Request) -> bool {
    request.headers.iter().any(|(name, _)| name == "origin")
}

/// The whole request; none if the client disconnected before sending all of it.
async fn read(request: hyper::Request<Incoming>) -> Option<Request> {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    Some(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.collect().await.ok()?.to_bytes().to_vec(),
    })
}

fn respond(
    method: &str,
    status: u16,
    headers: &[(&'static str, String)],
    body: Vec<u8>,
) -> Response<ResponseBody> {
    let promised = headers.iter().find(|(name, _)| *name == "content-length");
    let promised = promised.and_then(|(_, value)| value.parse::<usize>().ok());
    let is_truncated = method != "HEAD" && promised.is_some_and(|length| length > body.len());
    let mut response = Response::new(ResponseBody {
        body: Some(body.into()),
        is_truncated,
        ..ResponseBody::default()
    });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(*name, value);
        }
    }
    response
}

/// A body that can break off: hyper then closes the connection before the promised length.
#[derive(Default)]
struct ResponseBody {
    body: Option<Bytes>,
    is_truncated: bool,
    /// Written data has had a chance to leave.
    is_flushed: bool,
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(body) = self.body.take().filter(|body| !body.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(body))));
        }
        if !self.is_truncated {
            return Poll::Ready(None);
        }
        if !self.is_flushed {
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into())))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Some(body) if !self.is_truncated => SizeHint::with_exact(body.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
