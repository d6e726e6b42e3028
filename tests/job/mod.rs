//! The machine of one job with scripted responses in simulated time: one file per behavior.
mod absent;
mod cancel;
mod clock;
mod deadlines;
mod depth;
mod late;
mod long_poll;
mod obstacles;
mod poll;
mod recheck;
mod reconcile;
mod results;
mod resume;
mod run_time_history;
mod runpod_shapes;
mod runware_shapes;
mod saving;
mod seeds;
mod submit;
mod unsent;
mod warnings;
mod webhook;
mod without_video;

use crate::common::{JobDriver, Reply, script};
use filmgate::provider::{ProviderId, Request};

/// A job at a provider that gets these replies in order; the last one repeats.
fn drive(
    provider: ProviderId,
    replies: Vec<Reply>,
) -> JobDriver<impl FnMut(u64, &Request) -> Reply> {
    JobDriver::new(
        crate::common::job(provider, &crate::common::request_for(provider)),
        script(replies),
    )
}
