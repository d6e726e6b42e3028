//! Long polls: only RunPod's SDK documents them, so they are tried and may fail.

use filmgate::job::{CancelOutcome, Input, Limits};
use filmgate::provider::ProviderId::Runpod;

use crate::common::*;

const LONG: Limits = Limits { long_poll: true, ..LIMITS };

fn long(replies: Vec<Reply>) -> JobDriver<impl FnMut(u64, &filmgate::provider::Request) -> Reply> {
    JobDriver::new(job_with(Runpod, &runpod_request(), LONG), script(replies))
}

#[test]
fn it_waits_as_long_as_the_poll_is_held() {
    let held = || runpod_status("IN_PROGRESS").after(90_000);
    let driver =
        long(vec![runpod_status("IN_QUEUE"), held(), held(), runpod_completed().after(5_000)])
            .run();
    assert_eq!(driver.operations(), ["submit", "long poll", "long poll", "long poll"]);
    assert_eq!(
        driver.sent[1].1.path,
        format!("/sora-2-pro-i2v/status-sync/{RUNPOD_ID}?wait=90000")
    );
    assert_eq!(driver.sent[2].0, driver.sent[1].0 + 90_000, "at once");
    assert_eq!(driver.result().videos.len(), 1);
}

#[test]
fn an_endpoint_that_does_not_hold_is_not_polled_rapidly() {
    let driver = long(vec![
        runpod_status("IN_QUEUE"),
        runpod_status("IN_QUEUE"),
        runpod_status("IN_PROGRESS"),
        runpod_completed(),
    ])
    .run();
    assert_eq!(driver.operations(), ["submit", "long poll", "poll", "poll"]);
    let waited = driver.sent[2].0 - driver.sent[1].0;
    assert!(waited >= 1_000, "{waited}");
}

#[test]
fn a_long_poll_may_respond_early() {
    let driver =
        long(vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()])
            .run();
    assert_eq!(driver.operations(), ["submit", "long poll", "long poll"]);
}

#[test]
fn the_last_poll_after_the_timeout_is_short() {
    for beyond_ms in [0, 1, 60_000] {
        let mut driver =
            long(vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()])
                .run_for(3_000);
        driver.now = T0 + LONG.timeout.as_millis() as u64 + beyond_ms;
        let driver = driver.run_on(1_000);
        assert_eq!(driver.operations(), ["submit", "long poll", "poll"], "{beyond_ms}");
        assert_eq!(driver.result().videos.len(), 1);
    }
}

#[test]
fn without_long_polling_plain_polls_are_used() {
    for missing in
        [raw(404, ""), raw(405, "{}"), raw(500, "<html>"), connection_lost(), Reply::NoResponse]
    {
        let driver = long(vec![
            runpod_status("IN_QUEUE"),
            missing,
            runpod_status("IN_PROGRESS"),
            runpod_completed(),
        ])
        .run();
        assert_eq!(driver.operations(), ["submit", "long poll", "poll", "poll"]);
        assert_eq!(driver.result().videos.len(), 1);
    }
}

#[test]
fn a_cancel_does_not_wait_for_a_long_poll() {
    let replies = vec![runpod_status("IN_QUEUE"), Reply::NoResponse, runpod_status("CANCELLED")];
    let driver = long(replies).at(10_000, Input::Cancel).run();
    assert_eq!(driver.operations(), ["submit", "long poll", "cancel"]);
    assert_eq!(driver.sent[2].0, T0 + 10_000);
    assert_eq!(driver.cancellations[0].result, CancelOutcome::Cancelled);
}

#[test]
fn a_webhook_interrupts_a_long_poll_but_many_cause_no_flood() {
    let hook = || serde_json::json!({ "id": RUNPOD_ID, "status": "COMPLETED" });
    let mut driver = long(vec![runpod_status("IN_QUEUE"), Reply::NoResponse]);
    for ms in 0..500 {
        driver = driver.at(10_000 + ms * 10, Input::Webhook(hook()));
    }
    let driver = driver.run_for(15_500);
    assert_eq!(driver.sent[2].0, T0 + 10_000, "asked at once");
    assert!(driver.sent.len() <= 8, "{:?}", driver.operations());
}
