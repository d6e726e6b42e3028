//! Requests that have certainly not left: the driver had no key, or kept one back for too long.

use filmgate::error::ErrorCode;
use filmgate::job::{CancelResult, Input, TransportError};
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{self, Runpod, Runware};

use crate::common::*;
use crate::film;

fn unsent(id: u32) -> Input {
    let kind = TransportError::Unsent;
    Input::TransportFailed { id, kind }
}

#[test]
fn a_submit_that_has_not_left_costs_nothing() {
    for provider in ProviderId::ALL {
        let film = film(*provider, vec![Reply::Silence])
            .at(50, unsent(0))
            .run();
        assert_eq!(film.asked(), ["submit"]);
        assert_eq!(film.error().failure.code, ErrorCode::Network);
        assert_eq!(film.error().charge, Charge::None);
        assert_eq!(film.cancellations, []);
    }
}

#[test]
fn one_that_was_to_be_cancelled_is() {
    for provider in ProviderId::ALL {
        let film = film(*provider, vec![Reply::Silence])
            .at(20, Input::Cancel)
            .at(50, unsent(0))
            .run();
        assert_eq!(film.error().failure.code, ErrorCode::Cancelled);
        let (result, charge) = (CancelResult::Cancelled, Charge::None);
        assert_eq!(film.cancellations, crate::cancel::told(result, charge));
    }
}

#[test]
fn a_second_submit_that_has_not_left_says_nothing_of_the_first() {
    let submits = || vec![broken(), nothing(), nothing(), Reply::Silence];
    for (then, videos) in [(ware_done(), 1), (nothing(), 0)] {
        let film = film(Runware, [submits(), vec![then]].concat())
            .at(2_000, unsent(3))
            .run();
        assert_eq!(film.asked()[..4], ["submit", "poll", "details", "submit"]);
        match videos {
            0 => assert_eq!(film.error().failure.code, ErrorCode::SubmissionUnknown),
            _ => assert_eq!(film.outcome().videos.len(), videos),
        }
    }
}

#[test]
fn a_question_that_has_not_left_is_asked_again() {
    for (provider, accepted, done) in [
        (Runpod, pod("IN_QUEUE"), pod_done()),
        (Runware, ack(), ware_done()),
    ] {
        let film = film(provider, vec![accepted, Reply::Silence, done])
            .at(2_500, unsent(1))
            .run();
        assert_eq!(film.asked(), ["submit", "poll", "poll"]);
        assert!(film.now < T0 + 30_000, "no answer is waited for");
        assert_eq!(film.outcome().videos.len(), 1);
    }
}
