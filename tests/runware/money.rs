//! What a response says about money.

use filmgate::money::Usd;
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::Runware;
use serde_json::{Value, json};

use crate::common::*;
use crate::runware::{data, error, found, found_of, named};

fn charge(body: &Value) -> Option<Charge> {
    found(body).charge
}

#[test]
fn a_cost_as_text_is_read_exactly() {
    for (cost, micros) in [
        (json!("0.30"), Some(300_000)),
        (json!("1.20"), Some(1_200_000)),
        (json!(" 2.4 "), Some(2_400_000)),
        (json!(0.1), Some(100_000)),
        (json!(0), Some(0)),
        (json!("free"), None),
        (json!("-1"), None),
        (json!(-1), None),
        (json!(5e-324), None),
        (json!("1e-400"), None),
        (json!(null), None),
        (json!([0.3]), None),
    ] {
        let mut done = video_row(1);
        done["cost"] = cost.clone();
        let seen = found(&data(&done));
        assert_eq!(seen.videos[0].cost, micros.map(Usd), "{cost}");
        assert_eq!((seen.cost, seen.charge), (micros.map(Usd), None), "{cost}");
    }
    let mut two = [video_row(1), video_row(2)];
    two[0]["cost"] = json!("0.1");
    two[1]["cost"] = json!("0.2");
    let seen = found_of(2, &json!({ "data": two.each_ref().map(row) }));
    assert_eq!(seen.cost, Some(Usd(300_000)));
}

#[test]
fn a_cost_of_zero_beside_no_video_is_no_charge() {
    for zero in [json!(0), json!(0.0), json!("0"), json!("0.00")] {
        for body in [
            data(
                &json!({ "status": "error", "cost": zero, "error": { "code": "inferenceError" } }),
            ),
            data(
                &json!({ "status": "error", "error": { "code": "inferenceError", "cost": zero } }),
            ),
            named("inferenceError", &json!({ "cost": zero })),
            data(&json!({ "status": "success", "cost": zero })),
        ] {
            assert_eq!(charge(&body), Some(Charge::None), "{body}");
        }
    }
}

#[test]
fn a_positive_cost_beside_no_video_is_not_free() {
    for (body, said) in [
        (
            data(&json!({ "status": "error", "cost": 0.5, "message": "You will not be charged." })),
            Charge::Unknown,
        ),
        (named("inferenceError", &json!({ "cost": "0.5" })), Charge::Unknown),
        (data(&json!({ "status": "success", "cost": 0.5 })), Charge::Charged),
    ] {
        assert_eq!(charge(&body), Some(said), "{body}");
    }
}

#[test]
fn a_refusal_that_is_said_to_be_free_is_free() {
    for said in [
        "Veo filtered out 1 videos. You will not be charged for blocked videos.",
        "You have not been charged.",
        "You won't be charged.",
        "You won’t be charged.",
        "You will not be charged…",
        "Blocked — you will not be charged — try again",
        "The request failed, and you were not charged",
        "You weren't charged.",
        "The account wasn't charged",
        "You haven't been charged.",
        "The account was not billed.",
        "It has not been billed.",
        "You won't be billed.",
        "no charge",
        "There is no charge for this request.",
        "Blocked (you will NOT be charged)",
        "The prompt \"a heron\" was blocked. You will not be billed.",
    ] {
        for body in [
            named("invalidProviderContent", &json!({ "message": said })),
            named("invalidProviderContent", &json!({ "responseContent": said })),
            named("providerError", &json!({ "message": { "detail": said } })),
            data(&json!({ "status": "error", "message": said })),
        ] {
            assert_eq!(charge(&body), Some(Charge::None), "{body}");
        }
    }
}

#[test]
fn other_words_about_money_say_nothing() {
    for said in [
        "You will be charged.",
        "You may not be charged.",
        "You will not be charged if you cancel.",
        "It is unknown whether you will not be charged.",
        "The overcharged battery",
        "No charger found.",
        // A quotation can be the prompt's.
        "The prompt \"You will not be charged\" was blocked.",
        "The prompt 'You will not be charged.' was blocked.",
        "The prompt “You will not be charged.” was blocked.",
        "The prompt \"You will not be charged. was blocked.",
        "",
    ] {
        assert_eq!(
            charge(&named("invalidProviderContent", &json!({ "message": said }))),
            None,
            "{said}"
        );
    }
}

#[test]
fn nothing_was_charged_only_if_each_failure_says_so() {
    let free = error("inferenceError", &json!({ "cost": 0 }));
    let silent = error("inferenceError", &json!({}));
    let paid = error("inferenceError", &json!({ "cost": 1 }));
    let both = |errors: [&Value; 2]| found_of(2, &json!({ "errors": errors })).charge;
    assert_eq!(both([&free, &free]), Some(Charge::None));
    assert_eq!(both([&free, &silent]), None);
    assert_eq!(both([&free, &paid]), Some(Charge::Unknown));
    // What was delivered is paid.
    let beside = json!({ "data": [row(&video_row(1))], "errors": [free] });
    assert_eq!(found_of(2, &beside).charge, None);
    // A failure in a row that says it, and among the errors.
    let failed = row(&json!({ "status": "error", "cost": 0 }));
    let twice = json!({ "data": [failed], "errors": [silent] });
    assert_eq!(found(&twice).charge, Some(Charge::None));
}

/// A refusal of Veo, as Runware passed it on.
#[test]
fn a_free_refusal_ends_the_job_without_a_charge() {
    let refusal = http(
        400,
        &json!({ "errors": [{
        "code": "invalidProviderContent",
        "message": "Invalid content. Additional information below.",
        "responseContent": "Veo filtered out 1 videos. You will not be charged for blocked videos.",
        "taskUUID": UUID, "taskType": "getResponse",
    }] }),
    );
    let zero = rows(&[json!({ "status": "error", "cost": 0, "code": "providerError" })]);
    for answer in [refusal, zero] {
        let job = job(Runware, &runware_request());
        let world = script(vec![ack(), answer]);
        let driver = JobDriver::new(job, world).run();
        assert_eq!(driver.error().charge, Charge::None);
    }
}

#[test]
fn a_cost_of_some_videos_is_not_the_cost_of_all() {
    let request = with(runware_request(), json!({ "n": 2 }));
    let cost = |replies: Vec<Reply>| {
        JobDriver::new(job(Runware, &request), script(replies)).run().result().cost
    };
    let without = |at: u32| with(video_row(at), json!({ "cost": null }));
    assert_eq!(cost(vec![ack(), rows(&[video_row(1), video_row(2)])]), Some(Usd(4_800_000)));
    assert_eq!(cost(vec![ack(), rows(&[video_row(1), without(2)])]), None);
    assert_eq!(cost(vec![ack(), rows(&[without(1), without(2)])]), None);
    // The first one is not listed again.
    let later = |first: Value| vec![ack(), rows(&[first]), rows(&[video_row(2), without(3)])];
    assert_eq!(cost(later(without(1))), None);
    // Its cost comes later, or in a second row of the same video.
    let late = vec![ack(), rows(&[without(1)]), rows(&[video_row(1), video_row(2)])];
    assert_eq!(cost(late), Some(Usd(4_800_000)));
    let twice = rows(&[without(1), video_row(1), video_row(2)]);
    assert_eq!(cost(vec![ack(), twice]), Some(Usd(4_800_000)));
}
