//! A request from the wait for its slot to its response. It survives the driver, so that a submit that was sent is finished.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::driver::Event;
use super::transport::{Connection, RequestKind, SendError};
use crate::job::Input;
use crate::provider::{Body, Request, Response};

/// A request on its way.
pub(super) struct Sending {
    pub(super) id: u32,
    pub(super) kind: RequestKind,
    pub(super) limit: Duration,
    pub(super) request: Request,
    pub(super) slot: Option<OwnedSemaphorePermit>,
    pub(super) deadline: Instant,
    pub(super) is_taken: Arc<AtomicBool>,
    pub(super) connection: Arc<Connection>,
    pub(super) events: mpsc::UnboundedSender<Event>,
}

/// Sends a request as soon as there is a slot. Its driver may have ended when it is over.
pub(super) async fn send(sending: Sending) {
    let Sending { id, kind, limit, request, slot, deadline, is_taken, connection, events } =
        sending;
    let report = |event| {
        let _ = events.send(event);
    };
    let slots = &connection.slots;
    let slot = match slot.or_else(|| slots.clone().try_acquire_owned().ok()) {
        Some(slot) => slot,
        // A second submit is safe now, and may not be later.
        None if request.send_now_or_fail => {
            return report(Event::Sent { id, result: Err(SendError::unsent()) });
        }
        None => {
            report(Event::Input(Input::Held { id }));
            let acquired = tokio::time::timeout_at(deadline.into(), slots.clone().acquire_owned());
            let Ok(Ok(slot)) = acquired.await else {
                // To the machine it is what HTTP 429 is: it was not processed.
                let result = Ok(Response::new(429, Body::Empty));
                return report(Event::Sent { id, result });
            };
            if !kind.is_submit {
                report(Event::Input(Input::Left { id }));
            }
            slot
        }
    };
    if is_taken.swap(true, Ordering::SeqCst) {
        return;
    }
    let result = connection.send(&request, kind, limit).await;
    drop(slot);
    report(Event::Sent { id, result });
}
