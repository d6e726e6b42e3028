//! A run: the jobs of one world, from their orders to the verdict.

use filmgate::outcome::VideoResult;
use serde_json::Value;

use crate::checker::{Verdict, judge};
use crate::fault_plan::{Fate, Quiet};
use crate::invariants::Broken;
use crate::job_run::{Film, Scene};
use crate::scenario::{HOOK, Shape};
use crate::trace::{Event, Trace};
use crate::world::{T0, World};

/// What came of a run.
pub(crate) struct Report {
    pub(crate) trace: Trace,
    pub(crate) broken: Option<Broken>,
    pub(crate) verdicts: Vec<Verdict>,
}

/// Films jobs of one shape in one world, and holds what they say against the providers' books.
pub(crate) fn film(
    shape: &Shape,
    jobs: usize,
    seed: u64,
    fate: &mut dyn Fate,
    in_words: bool,
) -> Report {
    let mut world = World::new(shape, seed, jobs);
    let mut trace = if in_words {
        Trace::in_words(T0)
    } else {
        Trace::new(T0)
    };
    let mut scene = Scene {
        world: &mut world,
        fate,
        trace: &mut trace,
        broken: None,
    };
    let mut films: Vec<Film<'_>> = (0..jobs)
        .filter_map(|number| Film::new(number, shape, &key(number), scene.world))
        .collect();
    play(&mut films, &mut scene);
    let broken = scene.broken.take();
    let (verdicts, broken) = judge(&mut films, scene.world, scene.trace, broken);
    Report {
        trace,
        broken,
        verdicts,
    }
}

/// A UUID of version 4 for each job.
fn key(number: usize) -> String {
    format!("982c01aa-813a-4434-aa42-{number:012x}")
}

/// Lets everything happen, each thing at its time, until nothing more can come to any of the jobs.
fn play(films: &mut [Film<'_>], scene: &mut Scene<'_>) {
    while scene.broken.is_none() && go_on(films, scene) {}
}

/// Lets happen what is next; returns whether there was anything.
fn go_on(films: &mut [Film<'_>], scene: &mut Scene<'_>) -> bool {
    let now = scene.world.now;
    let world_at = scene.world.next_at();
    let world_at = world_at.filter(|at| films.iter().any(|film| film.listens(*at)));
    let world_at = world_at.unwrap_or(u64::MAX);
    let next = films
        .iter_mut()
        .map(|film| (film.next_at(), film))
        .min_by_key(|(at, _)| *at);
    match next {
        Some((at, film)) if at <= world_at && at < u64::MAX => {
            scene.world.now = now.max(at);
            film.act(scene);
        }
        _ if world_at < u64::MAX => {
            scene.world.now = now.max(world_at);
            pass(films, scene);
        }
        _ => return false,
    }
    true
}

/// What happens at the providers by itself.
fn pass(films: &mut [Film<'_>], scene: &mut Scene<'_>) {
    let now = scene.world.now;
    let (arrived, deliveries) = scene.world.pass();
    for job in arrived {
        scene.trace.add(now, job, Event::Adrift);
    }
    for delivery in deliveries {
        let number = delivery
            .url
            .strip_prefix(HOOK)
            .and_then(|text| text.parse().ok());
        let film = number.and_then(|number: usize| films.get_mut(number));
        let body: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
        let taken = film.is_some_and(|film| film.hooked(scene, body));
        scene.world.hooked(&delivery, taken);
    }
}

/// Films a job on, without faults: what the user gets who resumes it.
pub(crate) fn resume(mut film: Film<'_>, world: &mut World, trace: &mut Trace) -> Resumed {
    let mut quiet = Quiet;
    let mut scene = Scene {
        world,
        fate: &mut quiet,
        trace,
        broken: None,
    };
    let it = std::slice::from_mut(&mut film);
    while scene.broken.is_none() && it.iter().all(|film| !film.seen.has_ended()) {
        if !go_on(it, &mut scene) {
            break;
        }
    }
    match (film.seen.end.take(), scene.broken) {
        (_, Some(broken)) => Resumed::Broken(broken),
        (Some(Ok(outcome)), None) => Resumed::Film(Box::new(outcome)),
        (Some(Err(error)), None) => Resumed::Error(error.failure.code.as_str()),
        (None, None) => Resumed::Error("no end"),
    }
}

/// What came of resuming.
pub(crate) enum Resumed {
    Film(Box<VideoResult>),
    Error(&'static str),
    Broken(Broken),
}
