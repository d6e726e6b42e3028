//! Clocks that jump, and drivers that sleep: no second submit, no endless wait, nothing lost.

use filmgate::error::ErrorCode;
use filmgate::job::{Input, Output};
use filmgate::provider::ProviderId::{self, Runpod, Runware};

use crate::common::*;
use crate::film;

const HOUR: u64 = 3_600_000;

fn replies(provider: ProviderId) -> Vec<Reply> {
    match provider {
        Runpod => vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()],
        Runware => vec![ack(), ware(5), ware_done()],
        _ => unreachable!("there is no other"),
    }
}

#[test]
fn a_clock_set_back_takes_the_waiting_with_it() {
    for provider in ProviderId::ALL {
        for after in [0, 50, 500, 2_050, 3_000] {
            let mut film = film(*provider, replies(*provider)).run_for(after);
            film.set_back(24 * HOUR);
            let then = film.now;
            let film = film.run_on(HOUR);
            assert_eq!(film.outcome().videos.len(), 1, "{provider} {after}");
            assert_eq!(film.count("submit"), 1);
            assert!(film.now - then < 120_000, "{provider} {after}");
        }
    }
}

#[test]
fn one_that_slept_asks_once_more_before_it_gives_up() {
    for provider in ProviderId::ALL {
        let mut film = film(*provider, replies(*provider)).run_for(1_500);
        film.now += 25 * 60_000 + 2 * HOUR;
        let film = film.run_on(60_000);
        assert_eq!(film.asked(), ["submit", "poll"]);
        assert_eq!(film.error().failure.code, ErrorCode::TimedOut);
    }
}

#[test]
fn one_that_slept_until_the_end_hears_of_it() {
    for (provider, done) in [(Runpod, pod_done()), (Runware, ware_done())] {
        let mut film = film(provider, vec![replies(provider).remove(0), done]).run_for(1_500);
        film.now += 2 * HOUR;
        let film = film.run_on(60_000);
        assert_eq!(film.outcome().videos.len(), 1);
    }
}

#[test]
fn what_is_kept_back_has_its_time_before_it() {
    let mut film = film(Runpod, vec![Reply::Silence]).run_for(1_000);
    film.job.handle_input(film.now, Input::Held { id: 0 });
    assert!(matches!(film.job.poll_output(), Output::Timeout(u64::MAX)));
    film.now += HOUR / 2;
    film.job.handle_input(film.now, Input::Timeout);
    film.job.handle_input(film.now, Input::Left { id: 0 });
    let until = film.now + 30_000;
    match film.job.poll_output() {
        Output::Timeout(at) => assert_eq!(at, until),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_clock_set_back_gives_no_time_for_a_second_submit() {
    // The answer comes 26 seconds after the submit, by which time none may go again.
    let replies = vec![broken(), nothing().after(25_000), nothing()];
    let mut film = film(Runware, replies).run_for(5_000);
    film.set_back(10_000);
    let film = film.run_on(HOUR);
    assert_eq!(film.count("submit"), 1);
    assert_eq!(film.error().failure.code, ErrorCode::SubmissionUnknown);
}

#[test]
fn nor_does_one_set_back_between_two_drivers() {
    let first = film(Runware, vec![broken(), nothing()]).run_for(500);
    let mut first = first.run_on(30_000);
    first.set_back(31_000);
    let later = first.crash(0, script(vec![nothing()])).run();
    assert_eq!(later.count("submit"), 0);
    assert_eq!(later.error().failure.code, ErrorCode::SubmissionUnknown);
}
