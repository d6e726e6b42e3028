//! Settings that can change while the simulator runs: `POST /control/config` accepts any of them.

use serde::{Deserialize, Serialize};

use crate::field::FieldMode;

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// The simulator's settings; JSON names are in camel case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// Milliseconds from a job's acceptance to its end.
    pub job_duration_ms: u64,
    /// The share of `job_duration_ms` spent in the queue, from 0 to 1.
    pub queue_share: f64,
    /// Whether responses allow pages of other origins to read them.
    pub cors: bool,
    /// How long a video can be downloaded, unless the request says so.
    pub video_ttl_ms: u64,

    /// RunPod: how long a job can be polled after its end.
    pub runpod_retention_ms: u64,
    /// RunPod: the same for a job submitted by `/runsync`.
    pub runsync_retention_ms: u64,
    /// RunPod: whether `/status-sync` exists.
    pub status_sync: bool,
    /// RunPod: the status of a running job, `IN_PROGRESS` or `RUNNING`.
    pub running_status: String,
    /// RunPod: the content of `output` while a job runs.
    pub progress: Progress,
    /// RunPod: the position of the video's URL in a finished job.
    pub output: Output,

    /// Runware: how long `getResponse` and `getTaskDetails` do not find an accepted task.
    pub visibility_delay_ms: u64,
    /// Runware: how long `getResponse` returns a finished task.
    pub runware_retention_ms: u64,
    /// Runware: how long `getTaskDetails` returns a finished task.
    pub details_retention_ms: u64,
    /// Runware: how a row reports its status.
    pub row_status: RowStatus,
    /// Runware: whether `getResponse` shows a row for each pending result, once the first result is
    /// finished. The documents say only that rows accumulate.
    pub pending_rows: bool,
    /// Runware: the body of a webhook.
    pub webhook: WebhookBody,

    /// Field mode: a seed, or a list of [`Oddity`](crate::Oddity)s that every job has. Off by default.
    pub field_mode: Option<FieldMode>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            job_duration_ms: 6_000,
            queue_share: 0.2,
            cors: true,
            video_ttl_ms: 7 * DAY,
            runpod_retention_ms: 30 * MINUTE,
            runsync_retention_ms: MINUTE,
            status_sync: true,
            running_status: "IN_PROGRESS".to_owned(),
            progress: Progress::Object,
            output: Output::Documented,
            visibility_delay_ms: 0,
            runware_retention_ms: DAY,
            details_retention_ms: 7 * DAY,
            row_status: RowStatus::Current,
            pending_rows: true,
            webhook: WebhookBody::Envelope,
            field_mode: None,
        }
    }
}

impl Config {
    /// What is wrong with a setting whose type allows more. Programs in Rust may set any status.
    pub(crate) fn check(&self, name: &str) -> Result<(), &'static str> {
        match name {
            "queueShare" if !(0.0..=1.0).contains(&self.queue_share) => {
                Err("must be a number from 0 to 1")
            }
            "runningStatus"
                if !matches!(self.running_status.as_str(), "IN_PROGRESS" | "RUNNING") =>
            {
                Err("must be `IN_PROGRESS` or `RUNNING`")
            }
            _ => Ok(()),
        }
    }

    /// The part of a job's duration spent in the queue.
    #[allow(clippy::float_arithmetic, reason = "a share of time is not money")]
    pub(crate) fn queue_ms(&self, job_duration_ms: u64) -> u64 {
        let per_mille = (self.queue_share.clamp(0.0, 1.0) * 1000.0) as u64;
        job_duration_ms.saturating_mul(per_mille) / 1000
    }
}

/// How RunPod reports a job's progress, under the same name as the later result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Progress {
    /// `{"progress": 40}`.
    Object,
    /// `"40%"`: text that must not be read as a URL.
    Text,
    /// Nothing.
    None,
}

/// The position of the video's URL in RunPod's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Output {
    /// As the endpoint's documents say: one of the next two.
    Documented,
    /// `output.video_url`.
    VideoUrl,
    /// `output.result`.
    Result,
    /// `output.url`.
    Url,
    /// `output` is the URL.
    Bare,
    /// A finished job without `output`.
    None,
}

/// How a Runware row reports its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RowStatus {
    /// `processing` and `success`.
    Current,
    /// `pending` and `success`.
    Legacy,
    /// Finished rows have no status, as in the model page's example.
    Absent,
}

/// The body of a Runware webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WebhookBody {
    /// `{"data":[{…}]}` or `{"errors":[{…}]}`.
    Envelope,
    /// The row itself.
    Flat,
}
