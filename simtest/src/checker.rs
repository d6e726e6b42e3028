//! Checks a job's result against the providers' ledger.

use filmgate::error::{Error, ErrorCode};
use filmgate::job::{CancelOutcome, CancelResult};
use filmgate::outcome::{Charge, Video, VideoResult};
use filmgate::provider::ProviderId;
use filmgate_simulator::Oddity;

use crate::invariants::{Invariant, Violation};
use crate::job_run::{JobRun, RunContext};
use crate::run::{Resumed, resume};
use crate::trace::Trace;
use crate::world::World;

/// A timeout that is long enough to overcome a few faults.
const LONG_TIMEOUT_MS: u64 = 3_600_000;
const MAX_TOLERATED_WEIGHT: u32 = 10;
/// How long a job is hidden at most.
const MAX_HIDDEN_MS: u64 = 900_000;

/// How a job ended, for the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Verdict {
    pub(crate) provider: &'static str,
    pub(crate) end: &'static str,
    pub(crate) charge: &'static str,
    /// Whether the provider billed the job.
    pub(crate) billed: bool,
}

/// Checks the jobs of a run; returns the first violation.
pub(crate) fn check(
    job_runs: &mut [JobRun<'_>],
    world: &mut World,
    trace: &mut Trace,
    violation: Option<Violation>,
) -> (Vec<Verdict>, Option<Violation>) {
    let mut no_faults = crate::fault_plan::NoFaults;
    let mut context = RunContext { world, plan: &mut no_faults, trace, violation };
    for job_run in job_runs.iter_mut() {
        if context.violation.is_none() {
            check_end(job_run, &mut context);
        }
        if context.violation.is_none() {
            check_found(job_run, &mut context);
        }
    }
    context.world.run_out();
    let verdicts = job_runs.iter().map(|job_run| check_bills(job_run, &mut context)).collect();
    (verdicts, context.violation)
}

/// The job has ended and has answered every cancel.
fn check_end(job_run: &JobRun<'_>, context: &mut RunContext<'_>) {
    let history = &job_run.history;
    if history.never_began {
        if context.world.submissions(job_run.number).next().is_some() {
            context.violate(Invariant::StoredFirst, "a submit was sent without a stored record");
        }
        return;
    }
    let Some(end) = &history.end else {
        return context.violate(Invariant::Ends, "the job does not end");
    };
    if history.cancels_open > 0 && job_run.store.has_ended() {
        context.violate(Invariant::CancelAnswered, "a cancel gets no result");
    }
    if let Err(error) = end {
        check_error(job_run, error, context);
    }
}

fn check_error(job_run: &JobRun<'_>, error: &Error, context: &mut RunContext<'_>) {
    let (history, code) = (&job_run.history, error.failure.code);
    if code == ErrorCode::SubmissionUnknown {
        // A job id from a webhook is unverified until the provider confirms it: a hidden job it does not.
        let known = |context: &mut RunContext<'_>| {
            !context.world.oddities(job_run.number).contains(&Oddity::NotFoundAtFirst)
                && context.world.can_be_fetched(job_run.number)
        };
        let is_pod = job_run.scenario.provider == ProviderId::Runpod;
        if is_pod && history.acknowledged && (history.confirmed || known(context)) {
            let how = "reported as unknown, though the provider confirmed it";
            context.violate(Invariant::UnknownIsExact, how);
        }
        if error.charge != Charge::Unknown {
            let how = "an unknown submit with a known charge";
            context.violate(Invariant::TrueCharge, how);
        }
    }
    let given_up = matches!(code, ErrorCode::Timeout | ErrorCode::ResultExpired);
    // RunPod keeps the result of a synchronous submit for one minute only.
    let held = job_run.scenario.fit.prepared.as_ref().is_some_and(|order| order.sync);
    let is_patient = job_run.limits.timeout.as_millis() as u64 >= LONG_TIMEOUT_MS
        && history.jumped_ms == 0
        && !history.reopened
        && !held;
    if given_up && is_patient && history.fault_weight < MAX_TOLERATED_WEIGHT {
        let how = "a few faults, and the job gives up";
        context.violate(Invariant::Ends, how);
    }
}

/// A job that the provider accepted can still be fetched.
fn check_found(job_run: &JobRun<'_>, context: &mut RunContext<'_>) {
    let Some(Err(error)) = &job_run.history.end else {
        return;
    };
    let stopped =
        job_run.history.cancellations.iter().any(|one| one.result == CancelOutcome::Cancelled);
    if job_run.scenario.fails || stopped || error.failure.code == ErrorCode::Cancelled {
        return;
    }
    let can_be_fetched =
        |context: &mut RunContext<'_>| context.world.can_be_fetched(job_run.number);
    // A later poll would find the video, but a job that is reported as failed is not polled again.
    let is_verdict = matches!(
        error.failure.code,
        ErrorCode::GenerationFailed
            | ErrorCode::GenerationTimeout
            | ErrorCode::ContentPolicyViolation
    );
    if is_verdict && !is_unreadable(job_run, context) && can_be_fetched(context) {
        let how = "reported as failed, though the provider makes the video";
        return context.violate(Invariant::NothingLost, how);
    }
    // Only an unknown submit needs the job id from elsewhere.
    let unknown = error.failure.code == ErrorCode::SubmissionUnknown;
    let is_lost = unknown && job_run.handle.job_id.is_none();
    let job_id = context.world.id_of(job_run.number).filter(|_| is_lost);
    let oddities = context.world.oddities(job_run.number);
    // One minute of retention can pass while the answers are odd.
    let is_held = job_run.scenario.fit.prepared.as_ref().is_some_and(|order| order.sync);
    if is_held && !oddities.is_empty() {
        return;
    }
    // A hidden job whose clock jumped, or whose id is from elsewhere, is found by who asks later.
    if oddities.contains(&Oddity::NotFoundAtFirst) {
        context.world.now += MAX_HIDDEN_MS;
    }
    // A store that failed may lack what the error's handle contains.
    if can_be_fetched(context) && job_run.store.record.is_some() && !job_run.history.store_error {
        context.trace.detail(|| "... is resumed from its record".to_owned());
        let again = job_run.resume_from_record(context.world.now, job_id.as_deref());
        let found = resume(again, context.world, context.trace);
        check_resumed(job_run, context, "record", Some(found));
    }
    if can_be_fetched(context) && context.violation.is_none() {
        context.trace.detail(|| "... is resumed from its handle".to_owned());
        let again = job_run.resume_from_handle(context.world.now, job_id.as_deref());
        let found = again.map(|again| resume(again, context.world, context.trace));
        check_resumed(job_run, context, "handle", found);
    }
}

fn check_resumed(
    job_run: &JobRun<'_>,
    context: &mut RunContext<'_>,
    from: &str,
    found: Option<Resumed>,
) {
    match found {
        Some(Resumed::Completed(outcome)) => check_videos(job_run, context, from, &outcome),
        Some(Resumed::Violation(violation)) => {
            context.violate(violation.invariant, format!("resumed: {}", violation.how))
        }
        Some(Resumed::Error(error)) if is_unreadable(job_run, context) && is_not_read(&error) => {
            check_raw(error.raw.is_some(), from, context);
        }
        Some(Resumed::Error(error)) => {
            let code = error.failure.code.as_str();
            context.violate(
                Invariant::NothingLost,
                format!("the {from} gives `{code}`, not the video"),
            );
        }
        Some(Resumed::NoEnd) => {
            context.violate(Invariant::NothingLost, format!("the {from} gives no end"));
        }
        None => context.violate(Invariant::NothingLost, format!("the {from} is rejected")),
    }
}

/// Each billed video is delivered.
fn check_videos(
    job_run: &JobRun<'_>,
    context: &mut RunContext<'_>,
    from: &str,
    result: &VideoResult,
) {
    let billed = context.world.billed_videos(job_run.scenario, job_run.number);
    let videos = result.videos.len();
    if is_unreadable(job_run, context) && videos < billed {
        return check_raw(!result.raw.is_null(), from, context);
    }
    if videos < billed {
        context.violate(
            Invariant::NothingLost,
            format!("{billed} videos billed, {videos} by the {from}"),
        );
    }
    for video in &result.videos {
        if !is_genuine(video) {
            let how = "a video that the provider did not make";
            context.violate(Invariant::NothingLost, how);
        }
    }
}

/// Whether the video is one that the simulated provider made.
fn is_genuine(video: &Video) -> bool {
    let made =
        |url: &str| url.starts_with("https://videos.example.com/videos/") && !url.contains("evil");
    video.data.is_some() || video.url.as_deref().is_some_and(made)
}

/// Whether the provider's answer contains the video in no form that can be downloaded.
fn is_unreadable(job_run: &JobRun<'_>, context: &RunContext<'_>) -> bool {
    let mut oddities = context.world.oddities(job_run.number).iter();
    let fails = job_run.scenario.fails || oddities.clone().any(|oddity| oddity.is_failure());
    !fails && oddities.any(|oddity| oddity.is_unreadable())
}

/// Whether the job ended by an answer in which no video was found.
fn is_not_read(error: &Error) -> bool {
    matches!(error.failure.code, ErrorCode::InvalidResponse | ErrorCode::GenerationFailed)
}

/// A paid answer that is not understood is kept whole.
fn check_raw(has_raw: bool, from: &str, context: &mut RunContext<'_>) {
    if !has_raw {
        let how = format!("a paid answer that is not understood: the {from} does not keep it");
        context.violate(Invariant::NothingLost, how);
    }
}

/// The reported charges are checked once every accepted job has ended.
fn check_bills(job_run: &JobRun<'_>, context: &mut RunContext<'_>) -> Verdict {
    let charges = context.world.charges(job_run.number);
    let billed: u64 = charges.iter().map(|bill| bill.micro_usd).sum();
    let videos = context.world.billed_videos(job_run.scenario, job_run.number);
    let billed_for_videos = charges.iter().take(videos).map(|bill| bill.micro_usd).sum::<u64>();
    let jobs = context
        .world
        .submissions(job_run.number)
        .filter(|submit| submit.billed_micro_usd > 0)
        .count();
    if jobs > 1 {
        context.violate(Invariant::PaidOnce, format!("{jobs} submits of one job are billed"));
    }
    let free = |one: &CancelResult| one.charge == Charge::None;
    // A lying store keeps the record of a cancelled job, and a process that resumes it continues.
    let is_free = job_run.history.cancellations.iter().any(free) && !job_run.history.store_error;
    if is_free && billed > 0 {
        context.violate(Invariant::TrueCharge, "a cancel reported as free is billed");
    }
    let (end, charge) = match &job_run.history.end {
        Some(Ok(outcome)) => {
            if billed == 0 {
                context.violate(Invariant::TrueCharge, "a video without a charge");
            }
            let is_stated = outcome.raw.to_string().contains("\"cost\"");
            if outcome.cost.map_or(is_stated && !outcome.videos.is_empty(), |cost| {
                u64::try_from(cost.0) != Ok(billed_for_videos)
            }) {
                context.violate(
                    Invariant::TrueCharge,
                    format!("costs {:?}, billed {billed_for_videos}", outcome.cost),
                );
            }
            check_videos(job_run, context, "job", outcome);
            if outcome.videos.len() > videos {
                let how = format!("{videos} videos billed, {} delivered", outcome.videos.len());
                context.violate(Invariant::NothingLost, how);
            }
            ("completed", Charge::Charged)
        }
        Some(Err(error)) => {
            if is_not_read(error) && is_unreadable(job_run, context) {
                check_raw(error.raw.is_some(), "error", context);
            }
            match error.charge {
                Charge::None if billed > 0 => {
                    context.violate(Invariant::TrueCharge, "reported as free")
                }
                Charge::Charged if billed == 0 => {
                    context.violate(Invariant::TrueCharge, "reported as charged");
                }
                _ => {}
            }
            (error.failure.code.as_str(), error.charge)
        }
        None => ("never_began", Charge::None),
    };
    if job_run.history.never_began && billed > 0 {
        context.violate(Invariant::NothingLost, "billed, and not stored");
    }
    Verdict {
        provider: job_run.scenario.provider.as_str(),
        end,
        charge: charge.as_str(),
        billed: billed > 0,
    }
}
