//! Requests that were certainly not sent: the driver had no key, or delayed one for too long.

use filmgate::error::ErrorCode;
use filmgate::job::{CancelOutcome, Input, TransportError};
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{self, Runpod, Runware};

use crate::common::*;
use crate::job::drive;

fn unsent(id: u32) -> Input {
    let kind = TransportError::Unsent;
    Input::TransportFailed { id, kind }
}

#[test]
fn an_unsent_submit_costs_nothing() {
    for provider in ProviderId::ALL {
        let driver = drive(*provider, vec![Reply::NoResponse]).at(50, unsent(0)).run();
        assert_eq!(driver.operations(), ["submit"]);
        assert_eq!(driver.error().failure.code, ErrorCode::ConnectionError);
        assert_eq!(driver.error().charge, Charge::None);
        assert_eq!(driver.cancellations, []);
    }
}

#[test]
fn an_unsent_submit_can_be_cancelled() {
    for provider in ProviderId::ALL {
        let driver =
            drive(*provider, vec![Reply::NoResponse]).at(20, Input::Cancel).at(50, unsent(0)).run();
        assert_eq!(driver.error().failure.code, ErrorCode::Cancelled);
        let (result, charge) = (CancelOutcome::Cancelled, Charge::None);
        assert_eq!(driver.cancellations, crate::job::cancel::told(result, charge));
    }
}

#[test]
fn an_unsent_resubmit_does_not_decide_the_first() {
    let submissions = || vec![connection_lost(), no_rows(), no_rows(), Reply::NoResponse];
    for (then, videos) in [(runware_completed(), 1), (no_rows(), 0)] {
        let driver =
            drive(Runware, [submissions(), vec![then]].concat()).at(2_000, unsent(3)).run();
        assert_eq!(driver.operations()[..4], ["submit", "poll", "details", "submit"]);
        match videos {
            0 => assert_eq!(driver.error().failure.code, ErrorCode::SubmissionUnknown),
            _ => assert_eq!(driver.result().videos.len(), videos),
        }
    }
}

#[test]
fn an_unsent_poll_is_repeated() {
    for (provider, accepted, done) in [
        (Runpod, runpod_status("IN_QUEUE"), runpod_completed()),
        (Runware, ack(), runware_completed()),
    ] {
        let driver =
            drive(provider, vec![accepted, Reply::NoResponse, done]).at(2_500, unsent(1)).run();
        assert_eq!(driver.operations(), ["submit", "poll", "poll"]);
        assert!(driver.now < T0 + 30_000, "no answer is waited for");
        assert_eq!(driver.result().videos.len(), 1);
    }
}
