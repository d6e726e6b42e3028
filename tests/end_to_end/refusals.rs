//! Requests that the simulated providers reject, and generations that fail.

use filmgate::error::ErrorCode;
use filmgate::outcome::Charge;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use serde_json::{Value, json};

use crate::common::*;
use crate::end_to_end::bridge::{Sim, assert_truthful};

#[test]
fn wrong_keys_and_keys_without_credit() {
    for provider in ProviderId::ALL {
        for (key, code) in
            [("bad-key", ErrorCode::Unauthorized), ("broke-key", ErrorCode::InsufficientQuota)]
        {
            let sim = Sim::new();
            let driver = sim.keyed(key).drive(*provider, &request_for(*provider)).run();
            assert_eq!(driver.error().failure.code, code, "{provider} {key}");
            assert_eq!(driver.error().charge, Charge::None);
            assert_eq!(driver.count("submit"), 1);
            assert_truthful(&driver, &sim);
        }
    }
}

#[test]
fn unknown_models() {
    for (provider, model) in [(Runpod, "runpod:no-such"), (Runware, "runware:no:such@1")] {
        let sim = Sim::new();
        let driver = sim.drive(provider, &json!({ "model": model, "input": { "a": 1 } })).run();
        assert_eq!(driver.error().failure.code, ErrorCode::ModelUnavailable, "{provider}");
        assert_truthful(&driver, &sim);
    }
}

#[test]
fn generations_that_fail() {
    for provider in ProviderId::ALL {
        for (word, code) in [
            ("[fail]", ErrorCode::GenerationFailed),
            ("[nsfw]", ErrorCode::ContentPolicyViolation),
            ("[moderated]", ErrorCode::ContentPolicyViolation),
        ] {
            let sim = Sim::new();
            let prompt = format!("A fox {word}");
            // RunPod's page has no safety setting; Runware checks on request.
            let safety = if *provider == Runware { json!("full") } else { Value::Null };
            let request =
                with(request_for(*provider), json!({ "prompt": prompt, "contentCheck": safety }));
            let driver = sim.drive(*provider, &request).run();
            let error = driver.error();
            assert_eq!(error.failure.code, code, "{provider} {word}: {error:?}");
            assert_ne!(error.charge, Charge::Charged);
            assert_truthful(&driver, &sim);
        }
    }
}

#[test]
fn a_batch_with_one_failure() {
    let sim = Sim::new();
    let changes = json!({ "prompt": "A fox [partial]", "n": 3 });
    let driver = sim.drive(Runware, &with(runware_request(), changes)).run();
    assert_eq!(driver.result().videos.len(), 2);
    assert_eq!(driver.result().failures.len(), 1);
    assert_truthful(&driver, &sim);
}

#[test]
fn unvalidated_raw_fields_are_rejected_by_the_provider() {
    for (provider, changes) in [
        (Runpod, json!({ "providerOptions.runpod": { "input": { "duration": 5 } } })),
        (Runware, json!({ "providerOptions.runware": { "duration": 5 } })),
        (Runware, json!({ "providerOptions.runware": { "width": 5 } })),
    ] {
        let sim = Sim::new();
        let driver = sim.drive(provider, &with(request_for(provider), changes)).run();
        assert_eq!(driver.error().failure.code, ErrorCode::BadRequest, "{:?}", driver.error());
        assert_eq!(driver.error().charge, Charge::None);
        assert_truthful(&driver, &sim);
    }
}

#[test]
fn a_cancel_reports_the_truth() {
    use filmgate::job::{CancelOutcome, Input};
    for at in [0, 200, 3_000, 11_900, 20_000, 59_900, 60_100] {
        let sim = Sim::new();
        let driver = sim.drive(Runpod, &runpod_request()).at(at, Input::Cancel).run();
        assert_eq!(driver.cancellations.len(), 1, "{at}");
        let cancelled = driver.cancellations[0].result == CancelOutcome::Cancelled;
        assert_eq!(
            cancelled,
            driver.done.as_ref().unwrap().is_err(),
            "{at}: {:?} {:?} {:?}",
            driver.operations(),
            driver.cancellations,
            driver.done
        );
        assert_truthful(&driver, &sim);

        let sim = Sim::new();
        let driver = sim.drive(Runware, &runware_request()).at(at, Input::Cancel).run();
        assert_eq!(driver.cancellations.len(), 1, "{at}");
        assert_truthful(&driver, &sim);
    }
}
