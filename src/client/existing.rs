//! The job that a repeated submit continues: `SubmitOptions::id` is its idempotency key.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout_at;

use super::Error;
use super::client::Client;
use super::job::Job;
use super::options::{ResumeOptions, SubmitOptions};
use crate::codec::Codec;
use crate::error::{Charge, ErrorCode};
use crate::job::Job as Machine;
use crate::json::Value;

impl Client {
    /// Waits for the earlier submits of this process with this id.
    pub(super) async fn turn(
        &self,
        id: &str,
        deadline: Instant,
    ) -> Result<OwnedMutexGuard<()>, Error> {
        let turn = self.inner().submits.lock(id);
        timeout_at(deadline.into(), turn).await.map_err(|_| timed_out())
    }

    /// The job with this id, unless it failed before any provider accepted it.
    pub(super) async fn existing(
        &self,
        id: &str,
        options: &SubmitOptions,
        deadline: Instant,
    ) -> Result<Option<Job>, Error> {
        let found = timeout_at(deadline.into(), self.find(id, options)).await;
        found.unwrap_or_else(|_| Err(timed_out()))
    }

    async fn find(&self, id: &str, options: &SubmitOptions) -> Result<Option<Job>, Error> {
        if let Some(job) = self.inner().tracked_job(id) {
            return Ok(Some(job));
        }
        let store = &self.inner().store;
        let fail = |source| {
            let message = "The store failed. Nothing was sent: check the store and submit again.";
            let error = Error::new(ErrorCode::StoreError, Charge::None, message);
            error.with_source(Some(Arc::from(source)))
        };
        let Some(entry) = store.get(id).await.map_err(fail)? else { return Ok(None) };
        let mut record = entry.record;
        if may_be_submitted_again(&record) {
            // A submit with this id holds the lease, so that nothing in use is deleted.
            let lease = store.lease(id).await.map_err(fail)?;
            let Some(entry) = store.get(id).await.map_err(fail)? else { return Ok(None) };
            record = entry.record;
            if may_be_submitted_again(&record) {
                store.delete(id).await.map_err(fail)?;
                return Ok(None);
            }
            drop(lease);
        }
        let handle = Machine::read(&record).map(|machine| machine.handle);
        let Some(handle) = handle else {
            let message =
                "The store has something else under this id. Nothing was sent: use another id.";
            return Err(Error::new(ErrorCode::StoreError, Charge::None, message));
        };
        let options = ResumeOptions { timeout: options.timeout, ..ResumeOptions::default() };
        Ok(Some(self.resume(&handle, &options)))
    }
}

/// Whether it is the record of a job that failed before any provider accepted it.
fn may_be_submitted_again(record: &Value) -> bool {
    let Some(machine) = Machine::read(record) else { return false };
    let error = machine.end().and_then(Result::err);
    error.is_some_and(crate::error::Error::is_retryable) && machine.handle.accepted_at.is_none()
}

/// This call has sent nothing, but another one with the same id may have.
fn timed_out() -> Error {
    let message = "Timed out. The store did not answer, or another submit with this `id` is not over: submit again with the same \
                   `id`.";
    Error::new(ErrorCode::Timeout, Charge::Unknown, message)
}
