//! Holds what a job said at its end against the providers' books.

use filmgate::error::{Error, ErrorCode};
use filmgate::job::{CancelResult, Cancellation};
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId;

use crate::invariants::{Broken, Rule};
use crate::job_run::{Film, Scene};
use crate::run::{Resumed, resume};
use crate::trace::Trace;
use crate::world::World;

/// Time to wait in which a few troubles are overcome.
const AMPLE_MS: u64 = 3_600_000;
const FEW: u32 = 10;

/// How a job ended, for the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Verdict {
    pub(crate) provider: &'static str,
    pub(crate) end: &'static str,
    pub(crate) charge: &'static str,
    /// Whether the provider has billed the job.
    pub(crate) billed: bool,
}

/// Judges the jobs of a run; the first rule that is broken.
pub(crate) fn judge(
    films: &mut [Film<'_>],
    world: &mut World,
    trace: &mut Trace,
    broken: Option<Broken>,
) -> (Vec<Verdict>, Option<Broken>) {
    let mut quiet = crate::fault_plan::Quiet;
    let mut scene = Scene {
        world,
        fate: &mut quiet,
        trace,
        broken,
    };
    for film in films.iter_mut() {
        if scene.broken.is_none() {
            check_end(film, &mut scene);
        }
        if scene.broken.is_none() {
            check_found(film, &mut scene);
        }
    }
    scene.world.run_out();
    let verdicts = films
        .iter()
        .map(|film| check_bills(film, &mut scene))
        .collect();
    (verdicts, scene.broken)
}

/// The job has come to an end, and has said all that it owes.
fn check_end(film: &Film<'_>, scene: &mut Scene<'_>) {
    let seen = &film.seen;
    if seen.never_began {
        if scene.world.submits(film.number).next().is_some() {
            scene.breaks(
                Rule::StoredFirst,
                "a submit left, and no record is in the store",
            );
        }
        return;
    }
    let Some(end) = &seen.end else {
        return scene.breaks(Rule::Ends, "the job does not end");
    };
    if seen.cancels_open > 0 && film.store.is_of_the_end() {
        scene.breaks(Rule::CancelAnswered, "nobody says what came of the cancel");
    }
    if let Err(error) = end {
        check_error(film, error, scene);
    }
}

fn check_error(film: &Film<'_>, error: &Error, scene: &mut Scene<'_>) {
    let (seen, code) = (&film.seen, error.failure.code);
    if code == ErrorCode::SubmissionUnknown {
        // What a webhook has told is hearsay, until the provider knows of it.
        let known = |scene: &mut Scene<'_>| scene.world.keeps(film.shape, film.number);
        let is_pod = film.shape.provider == ProviderId::Runpod;
        if is_pod && seen.told && (seen.answered || known(scene)) {
            let how = "called unknown, though the provider had told of it";
            scene.breaks(Rule::UnknownIsExact, how);
        }
        if error.charge != Charge::Unknown {
            let how = "an unknown submit of which the charge is known";
            scene.breaks(Rule::TrueCharge, how);
        }
    }
    let given_up = matches!(code, ErrorCode::TimedOut | ErrorCode::Expired);
    // The result of a held line is kept for a minute alone.
    let held = film
        .shape
        .fit
        .order
        .as_ref()
        .is_some_and(|order| order.sync);
    let is_patient =
        film.limits.timeout.as_millis() as u64 >= AMPLE_MS && seen.jumped_ms == 0 && !held;
    if given_up && is_patient && seen.troubles < FEW {
        let how = "a few troubles, and the job is not heard to its end";
        scene.breaks(Rule::Ends, how);
    }
}

/// What the provider has made, or makes, can still be had.
fn check_found(film: &Film<'_>, scene: &mut Scene<'_>) {
    let Some(Err(error)) = &film.seen.end else {
        return;
    };
    let stopped = film
        .seen
        .cancellations
        .iter()
        .any(|one| one.result == CancelResult::Cancelled);
    if film.shape.fails || stopped || error.failure.code == ErrorCode::Cancelled {
        return;
    }
    let is_kept = |scene: &mut Scene<'_>| scene.world.keeps(film.shape, film.number);
    // Only a submit of which nothing was heard needs the id from elsewhere.
    let unknown = error.failure.code == ErrorCode::SubmissionUnknown;
    let is_lost = unknown && film.handle.job_id.is_none();
    let job_id = scene.world.id_of(film.number).filter(|_| is_lost);
    // A store that has failed may not have heard of what the error's handle knows.
    if is_kept(scene) && film.store.record.is_some() && !film.seen.store_failed {
        scene
            .trace
            .say(|| "... is resumed from its record".to_owned());
        let again = film.of_record(scene.world.now, job_id.as_deref());
        let found = resume(again, scene.world, scene.trace);
        check_resumed(film, scene, "record", Some(found));
    }
    if is_kept(scene) && scene.broken.is_none() {
        scene
            .trace
            .say(|| "... is resumed from its handle".to_owned());
        let again = film.of_handle(scene.world.now, job_id.as_deref());
        let found = again.map(|again| resume(again, scene.world, scene.trace));
        check_resumed(film, scene, "handle", found);
    }
}

fn check_resumed(film: &Film<'_>, scene: &mut Scene<'_>, from: &str, found: Option<Resumed>) {
    match found {
        Some(Resumed::Film(outcome)) => check_videos(film, scene, from, outcome.videos.len()),
        Some(Resumed::Broken(broken)) => {
            scene.breaks(broken.rule, format!("resumed: {}", broken.how))
        }
        Some(Resumed::Error(code)) => {
            scene.breaks(
                Rule::NothingLost,
                format!("the {from} brings `{code}`, not the film"),
            );
        }
        None => scene.breaks(Rule::NothingLost, format!("the {from} is refused")),
    }
}

/// Each video that was billed is delivered.
fn check_videos(film: &Film<'_>, scene: &mut Scene<'_>, from: &str, videos: usize) {
    let billed = scene.world.bills(film.number).len();
    if videos < billed {
        scene.breaks(
            Rule::NothingLost,
            format!("{billed} videos billed, {videos} by the {from}"),
        );
    }
}

/// What was said of money, when all that was accepted has ended.
fn check_bills(film: &Film<'_>, scene: &mut Scene<'_>) -> Verdict {
    let bills = scene.world.bills(film.number);
    let billed: u64 = bills.iter().map(|bill| bill.micro_usd).sum();
    let count = bills.len();
    let jobs = scene
        .world
        .submits(film.number)
        .filter(|submit| submit.billed_micro_usd > 0)
        .count();
    if jobs > 1 {
        scene.breaks(
            Rule::PaidOnce,
            format!("{jobs} submits of one job are billed"),
        );
    }
    let free = |one: &Cancellation| one.charge == Charge::None;
    // A store that lies leaves a record of what was called off, and whoever finds it goes on.
    let is_free = film.seen.cancellations.iter().any(free) && !film.seen.store_failed;
    if is_free && billed > 0 {
        scene.breaks(Rule::TrueCharge, "a cancel that was called free is billed");
    }
    let (end, charge) = match &film.seen.end {
        Some(Ok(outcome)) => {
            if billed == 0 {
                scene.breaks(Rule::TrueCharge, "a film that nobody billed");
            }
            if outcome
                .cost
                .is_some_and(|cost| u64::try_from(cost.0) != Ok(billed))
            {
                scene.breaks(
                    Rule::TrueCharge,
                    format!("costs {:?}, billed {billed}", outcome.cost),
                );
            }
            if outcome.videos.len() != count {
                let how = format!("{count} videos billed, {} delivered", outcome.videos.len());
                scene.breaks(Rule::NothingLost, how);
            }
            if outcome
                .videos
                .iter()
                .any(|video| video.url.as_deref().is_none_or(|url| url.contains("evil")))
            {
                scene.breaks(Rule::NothingLost, "a video that the provider did not make");
            }
            ("completed", Charge::Charged)
        }
        Some(Err(error)) => {
            // What is past its retention counts as charged, since nobody can tell any longer.
            let expired = error.failure.code == ErrorCode::Expired;
            match error.charge {
                Charge::None if billed > 0 => scene.breaks(Rule::TrueCharge, "called free"),
                Charge::Charged if billed == 0 && !expired => {
                    scene.breaks(Rule::TrueCharge, "called charged");
                }
                _ => {}
            }
            (error.failure.code.as_str(), error.charge)
        }
        None => ("never_began", Charge::None),
    };
    if film.seen.never_began && billed > 0 {
        scene.breaks(Rule::NothingLost, "billed, and nobody knows of it");
    }
    Verdict {
        provider: film.shape.provider.as_str(),
        end,
        charge: charge.as_str(),
        billed: billed > 0,
    }
}
