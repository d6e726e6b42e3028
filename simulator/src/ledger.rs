//! What was submitted and what was billed. It contains no key and no prompt.

use serde::{Deserialize, Serialize};

use crate::listing::Provider;

/// All submissions and charges.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// Every submit, in the order of arrival.
    pub submissions: Vec<RecordedSubmission>,
    /// Every amount billed, in the order of billing.
    pub charges: Vec<Bill>,
    /// The sum of all bills.
    pub total_micro_usd: u64,
}

/// One submit of one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedSubmission {
    /// The provider that received it.
    pub provider: Provider,
    /// Milliseconds since 1970, by the simulator's clock.
    pub at_ms: u64,
    /// The requested endpoint or model, if the request named one.
    pub model: Option<String>,
    /// The job: RunPod's id, Runware's taskUUID. Absent if no job was created or named.
    pub id: Option<String>,
    /// The request's idempotency key: Runware's taskUUID.
    pub key: Option<String>,
    /// The result of the submit.
    pub outcome: SubmitOutcome,
    /// Whether a poll's response contained a finished result.
    pub fetched: bool,
    /// The amount billed for it.
    pub billed_micro_usd: u64,
}

/// The result of a submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SubmitOutcome {
    /// A job was created.
    Accepted,
    /// Rejected; no job was created.
    Rejected,
    /// Rejected, because a task with that taskUUID was running.
    Conflict,
    /// A fault prevented the provider from reading it.
    Lost,
}

/// One amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// The provider that charged it.
    pub provider: Provider,
    /// The job: RunPod's id, Runware's taskUUID.
    pub id: String,
    /// The endpoint or model.
    pub model: String,
    /// Millionths of a dollar.
    pub micro_usd: u64,
    /// Milliseconds since 1970, by the simulator's clock.
    pub at_ms: u64,
}

/// The submission of the ledger that a job came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubmissionIndex(usize);

impl Ledger {
    pub(crate) fn record_submission(&mut self, submit: RecordedSubmission) -> SubmissionIndex {
        self.submissions.push(submit);
        SubmissionIndex(self.submissions.len() - 1)
    }

    pub(crate) fn record_bill(&mut self, from: SubmissionIndex, bill: Bill) {
        self.total_micro_usd += bill.micro_usd;
        if let Some(submit) = self.submissions.get_mut(from.0) {
            submit.billed_micro_usd += bill.micro_usd;
        }
        self.charges.push(bill);
    }

    pub(crate) fn mark_fetched(&mut self, from: SubmissionIndex) {
        if let Some(submit) = self.submissions.get_mut(from.0) {
            submit.fetched = true;
        }
    }
}

impl RecordedSubmission {
    pub(crate) fn new(provider: Provider, at_ms: u64, outcome: SubmitOutcome) -> Self {
        Self {
            provider,
            at_ms,
            model: None,
            id: None,
            key: None,
            outcome,
            fetched: false,
            billed_micro_usd: 0,
        }
    }
}
