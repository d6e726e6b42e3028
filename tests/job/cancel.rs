//! Cancelling tells the truth: cancelled, too late, or unsupported; and nothing is sent after it.

use filmgate::error::ErrorCode;
use filmgate::job::{CancelResult, Cancellation, Input};
use filmgate::outcome::{Charge, Status};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::json;

use crate::common::*;
use crate::film;

pub(crate) fn told(result: CancelResult, charge: Charge) -> Vec<Cancellation> {
    let told = json!({ "result": result, "charge": charge });
    vec![serde_json::from_value(told).unwrap()]
}

#[test]
fn before_anything_was_sent() {
    for provider in ProviderId::ALL {
        let film = film(*provider, vec![Reply::Silence])
            .stored(|_| Stored::After(1_000))
            .at(500, Input::Cancel)
            .run();
        assert_eq!(film.sent.len(), 0);
        assert_eq!(
            film.cancellations,
            told(CancelResult::Cancelled, Charge::None)
        );
        assert_eq!(film.error().failure.code, ErrorCode::Cancelled);
        assert_eq!(film.error().charge, Charge::None);
    }
}

#[test]
fn while_waiting_to_be_sent_again() {
    // HTTP 429 turned it away; a cancel must not be followed by another submit.
    for provider in ProviderId::ALL {
        let film = film(*provider, vec![raw(429, "")])
            .at(1_000, Input::Cancel)
            .run();
        assert_eq!(film.count("submit"), 1);
        assert_eq!(
            film.cancellations,
            told(CancelResult::Cancelled, Charge::None)
        );
        assert_eq!(film.error().charge, Charge::None);
    }
    // The same where the cancel comes while the answer that turns it away is on its way.
    let film = film(Runpod, vec![raw(429, "").after(2_000)])
        .at(1_000, Input::Cancel)
        .run();
    assert_eq!(film.now, T0 + 2_000, "there is nothing to wait for");
    assert_eq!(film.count("submit"), 1);
    assert_eq!(
        film.cancellations,
        told(CancelResult::Cancelled, Charge::None)
    );
}

#[test]
fn a_lost_submit_is_not_sent_again_after_a_cancel() {
    let film = film(Runware, vec![broken(), nothing()])
        .at(50, Input::Cancel)
        .run();
    assert_eq!(film.count("submit"), 1);
    assert_eq!(film.error().failure.code, ErrorCode::SubmissionUnknown);
    assert_eq!(film.error().charge, Charge::Unknown);
    assert_eq!(film.cancellations.len(), 1);
}

#[test]
fn runpod_stops_a_waiting_job() {
    let replies = vec![pod("IN_QUEUE"), pod("IN_QUEUE"), pod("CANCELLED")];
    let film = film(Runpod, replies).at(2_500, Input::Cancel).run();
    assert_eq!(film.asked(), ["submit", "poll", "cancel"]);
    assert_eq!(
        film.sent[2].1.path,
        format!("/sora-2-pro-i2v/cancel/{RUNPOD_ID}")
    );
    assert_eq!(film.cancellations[0].result, CancelResult::Cancelled);
    assert_eq!(film.job.status(), Status::Cancelled);
    // It may have begun since it was last seen waiting, and what had begun may be billed.
    assert_eq!(film.error().charge, Charge::Unknown);
    assert_eq!(film.cancellations[0].charge, Charge::Unknown);
}

#[test]
fn runpod_stops_a_running_job() {
    let replies = vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod("CANCELLED")];
    let film = film(Runpod, replies).at(2_500, Input::Cancel).run();
    assert_eq!(
        film.cancellations,
        told(CancelResult::Cancelled, Charge::Unknown)
    );
    assert_eq!(film.error().charge, Charge::Unknown);
}

#[test]
fn a_cancel_while_the_submit_is_on_its_way_follows_its_answer() {
    let replies = vec![pod("IN_QUEUE").after(5_000), pod("CANCELLED")];
    let film = film(Runpod, replies).at(1_000, Input::Cancel).run();
    assert_eq!(film.asked()[..2], ["submit", "cancel"]);
    assert_eq!(film.cancellations[0].result, CancelResult::Cancelled);
}

#[test]
fn too_late() {
    let replies = vec![pod("IN_QUEUE"), pod_done()];
    let late = film(Runpod, replies).at(500, Input::Cancel).run();
    assert_eq!(late.asked(), ["submit", "cancel", "poll"]);
    assert_eq!(
        late.cancellations,
        told(CancelResult::TooLate, Charge::Charged)
    );
    assert_eq!(
        late.outcome().videos.len(),
        1,
        "a paid video is not lost to a cancel"
    );

    let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": "no" }));
    let ended = film(Runpod, vec![pod("IN_QUEUE"), failed])
        .at(500, Input::Cancel)
        .run();
    assert_eq!(
        ended.cancellations,
        told(CancelResult::TooLate, Charge::None)
    );
}

#[test]
fn the_answer_to_a_cancel_need_not_name_the_video() {
    // All that is documented of it is an id and a status.
    let bare = ok(json!({ "id": RUNPOD_ID, "status": "COMPLETED" }));
    let replies = vec![pod("IN_QUEUE"), bare, pod_done()];
    let film = film(Runpod, replies).at(500, Input::Cancel).run();
    assert_eq!(film.asked(), ["submit", "cancel", "poll"]);
    assert_eq!(
        film.cancellations,
        told(CancelResult::TooLate, Charge::Charged)
    );
    assert_eq!(film.outcome().videos.len(), 1);
}

#[test]
fn runware_cannot() {
    for cancel_at in [50, 1_500] {
        let replies = vec![ack(), ware(10), ware(50), ware_done()];
        let film = film(Runware, replies).at(cancel_at, Input::Cancel).run();
        assert_eq!(
            film.cancellations,
            told(CancelResult::Unsupported, Charge::Unknown)
        );
        assert_eq!(
            film.outcome().videos.len(),
            1,
            "the job goes on and is billed"
        );
    }
}

#[test]
fn an_endpoint_that_cannot_cancel_says_so_and_goes_on() {
    // Whether public endpoints take a cancel is not documented.
    let refusals = [
        pod("IN_PROGRESS"),
        raw(404, ""),
        raw(405, "Method Not Allowed"),
        raw(400, "{}"),
        raw(501, ""),
        raw(403, "{}"),
    ];
    for refusal in refusals {
        let world = {
            let mut polls = 0;
            let refusal = refusal.clone();
            move |_: u64, request: &filmgate::provider::Request| match ask_of(request) {
                "submit" => pod("IN_QUEUE"),
                "cancel" => refusal.clone(),
                _ => {
                    polls += 1;
                    if polls < 4 {
                        pod("IN_PROGRESS")
                    } else {
                        pod_done()
                    }
                }
            }
        };
        let film = Film::new(job(Runpod, &runpod_request()), world)
            .at(500, Input::Cancel)
            .run();
        let expected = told(CancelResult::Unsupported, Charge::Unknown);
        assert_eq!(film.cancellations, expected, "{refusal:?}");
        assert_eq!(film.outcome().videos.len(), 1, "{refusal:?}");
    }
}

#[test]
fn a_cancel_whose_answers_are_lost_is_repeated() {
    let replies = vec![pod("IN_QUEUE"), broken(), raw(503, ""), pod("CANCELLED")];
    let film = film(Runpod, replies).at(500, Input::Cancel).run();
    assert_eq!(film.cancellations[0].result, CancelResult::Cancelled);
}

#[test]
fn each_cancel_has_one_answer() {
    let replies = vec![pod("IN_QUEUE"), pod("CANCELLED").after(3_000)];
    let film = film(Runpod, replies)
        .at(500, Input::Cancel)
        .at(600, Input::Cancel)
        .at(700, Input::Cancel)
        .run();
    assert_eq!(film.count("cancel"), 1);
    assert_eq!(film.cancellations.len(), 1);
}

#[test]
fn somebody_else_cancelled() {
    let film = film(
        Runpod,
        vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod("CANCELLED")],
    )
    .run();
    assert_eq!(film.error().failure.code, ErrorCode::Cancelled);
    assert_eq!(film.cancellations, []);
    assert_eq!(film.error().charge, Charge::Unknown);
}

#[test]
fn nothing_is_told_that_a_crash_could_still_undo() {
    // The end is not stored yet: whoever goes on from the record before may submit after all.
    let (busy, refused) = (raw(429, ""), raw(400, "{}").after(900));
    for (reply, at) in [(busy, 500), (refused.clone(), 500), (refused, 1_500)] {
        let unstored = |revision| {
            if revision == 1 {
                Stored::After(0)
            } else {
                Stored::Never
            }
        };
        let film = film(Runware, vec![reply])
            .stored(unstored)
            .at(at, Input::Cancel)
            .run_for(5_000);
        assert!(film.done.is_none());
        assert_eq!(film.cancellations, []);
    }
}

#[test]
fn what_came_of_it_is_told_with_the_end() {
    let slow = |_| Stored::After(1_000);
    for (at, result, charge) in [
        (500, CancelResult::Cancelled, Charge::None),
        // The refusal has ended the job; its end is still being stored.
        (1_500, CancelResult::TooLate, Charge::None),
    ] {
        let film = film(Runware, vec![raw(400, "{}")])
            .stored(slow)
            .at(at, Input::Cancel)
            .run();
        assert_eq!(film.cancellations, told(result, charge), "{at}");
    }
}
