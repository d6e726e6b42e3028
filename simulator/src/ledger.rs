//! What was asked for and what was billed. It holds no key and no prompt.

use serde::{Deserialize, Serialize};

use crate::listing::Provider;

/// Everything the simulator saw of money.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// Every submit, in the order of arrival.
    pub submissions: Vec<Submit>,
    /// Every amount billed, in the order of billing.
    pub charges: Vec<Bill>,
    /// The sum of all bills.
    pub total_micro_usd: u64,
}

/// One submit of one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Submit {
    /// Who was asked.
    pub provider: Provider,
    /// When, by the simulator's clock.
    pub at_ms: u64,
    /// The endpoint or model that was asked for, where one was named.
    pub model: Option<String>,
    /// The job: RunPod's id, Runware's taskUUID. Absent where none was made or named.
    pub id: Option<String>,
    /// The idempotency key that came with it: Runware's taskUUID.
    pub key: Option<String>,
    /// What became of it.
    pub outcome: SubmitOutcome,
    /// Whether a finished result was put into an answer to a poll.
    pub fetched: bool,
    /// What was billed for it.
    pub billed_micro_usd: u64,
}

/// What became of a submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SubmitOutcome {
    /// A job was made.
    Accepted,
    /// Refused; no job was made.
    Rejected,
    /// Refused, because a task of that taskUUID was running.
    Conflict,
    /// A fault came before it was read.
    Lost,
}

/// One amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// Who billed it.
    pub provider: Provider,
    /// The job: RunPod's id, Runware's taskUUID.
    pub id: String,
    /// The endpoint or model.
    pub model: String,
    /// Millionths of a dollar.
    pub micro_usd: u64,
    /// When, by the simulator's clock.
    pub at_ms: u64,
}

/// Which submit of the ledger a job came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubmitIndex(usize);

impl Ledger {
    pub(crate) fn submit(&mut self, submit: Submit) -> SubmitIndex {
        self.submissions.push(submit);
        SubmitIndex(self.submissions.len() - 1)
    }

    pub(crate) fn bill(&mut self, from: SubmitIndex, bill: Bill) {
        self.total_micro_usd += bill.micro_usd;
        if let Some(submit) = self.submissions.get_mut(from.0) {
            submit.billed_micro_usd += bill.micro_usd;
        }
        self.charges.push(bill);
    }

    pub(crate) fn fetched(&mut self, from: SubmitIndex) {
        if let Some(submit) = self.submissions.get_mut(from.0) {
            submit.fetched = true;
        }
    }
}

impl Submit {
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
