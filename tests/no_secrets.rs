//! No prompt, URL or body in a handle, an error or an update, and none in a record after the
//! provider has accepted.

use crate::common::*;
use filmgate::error::ErrorCode;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::request::Policy;
use filmgate::untyped::validate;
use serde_json::{Value, json};

const PROMPT: &str = "A heron named Aurelia whispers the vault code 4711 to a lantern \
                      \"softly\",\nthen wades away through silver reeds at dawn";
const IMAGE: &str = "https://bucket.example.com/private/aurelia.png?signature=s3cr3t";
const HOOK: &str = "https://hooks.example.com/done?secret=hunter2";
const UPLOAD: &str = "https://uploads.example.com/put?signature=upl0ad";

fn request(provider: ProviderId) -> Value {
    let own = match provider {
        Runpod => json!({ "image": IMAGE }),
        Runware => json!({ "uploadUrl": UPLOAD }),
        _ => unreachable!("there is no other"),
    };
    let raw = json!({ "providerOptions.runware.note": "raw field: umbrella" });
    let request = with(request_for(provider), json!({ "prompt": PROMPT, "webhookUrl": HOOK }));
    with(with(request, own), raw)
}

/// The text contains no twelve consecutive characters of any secret.
#[track_caller]
fn assert_clean(what: &str, text: &str) {
    for secret in [PROMPT, IMAGE, HOOK, UPLOAD, "raw field: umbrella"] {
        let letters: Vec<char> = secret.chars().collect();
        for piece in letters.windows(12) {
            let piece: String = piece.iter().collect();
            assert!(!text.contains(&piece), "{what}: {piece:?} in {text}");
        }
    }
}

fn assert_clean_job<W: FnMut(u64, &filmgate::provider::Request) -> Reply>(driver: &JobDriver<W>) {
    assert_clean("handle", &serde_json::to_string(&driver.job.handle).unwrap());
    assert_clean("handle", &format!("{:?}", driver.job.handle));
    for update in &driver.updates {
        assert_clean("update", &format!("{update:?}"));
    }
    if let Some(Err(error)) = &driver.done {
        for text in [error.to_string(), format!("{error:?}"), serde_json::to_string(error).unwrap()]
        {
            assert_clean("error", &text);
        }
    }
    for record in &driver.records {
        if record["handle"].get("acceptedAt").is_some() || record.get("end").is_some() {
            assert_clean("record", &record.to_string());
        }
    }
}

/// The ways in which a provider may quote the request.
fn quotes(provider: ProviderId) -> Vec<String> {
    let address = match provider {
        Runpod => IMAGE,
        Runware => UPLOAD,
        _ => unreachable!("there is no other"),
    };
    let long = format!("{} {PROMPT}", "Your request could not be understood. ".repeat(7));
    vec![
        format!("Invalid prompt: {PROMPT}"),
        format!("Invalid prompt: {}", json!(PROMPT)),
        format!("Invalid prompt: {}…", &PROMPT[..40]),
        format!("Invalid prompt (…{})", &PROMPT[50..]),
        format!("bad input {}", json!({ "prompt": PROMPT, "image": address, "webhook": HOOK })),
        format!("could not reach {address} for {HOOK}"),
        // Truncated by the core, in the middle of the prompt.
        long,
    ]
}

#[test]
fn errors_that_quote_the_request() {
    for provider in ProviderId::ALL {
        for text in quotes(*provider) {
            let error = json!({ "error": { "code": "invalidPrompt", "message": text },
                "message": text });
            for status in [400, 429, 500] {
                let world = script(vec![http(status, &error)]);
                let driver = JobDriver::new(job(*provider, &request(*provider)), world).run();
                assert_clean_job(&driver);
            }
        }
    }
}

#[test]
fn failures_that_quote_the_request() {
    for text in quotes(Runpod) {
        let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": text }));
        assert_kept_back(Runpod, vec![failed.clone()]);
        assert_kept_back(Runpod, vec![runpod_status("IN_QUEUE"), failed]);
    }
    for text in quotes(Runware) {
        let error = json!({ "status": "error", "error": { "code": "x", "message": text } });
        assert_kept_back(Runware, vec![rows(std::slice::from_ref(&error))]);
        assert_kept_back(Runware, vec![ack(), rows(&[error])]);
    }
}

fn assert_kept_back(provider: ProviderId, replies: Vec<Reply>) {
    let driver = JobDriver::new(job(provider, &request(provider)), script(replies)).run();
    assert!(driver.error().failure.message.contains("[…]"), "{}", driver.error());
    assert_clean_job(&driver);
}

#[test]
fn failures_beside_a_video_are_redacted() {
    let request = with(request(Runware), json!({ "n": 2 }));
    let error = json!({ "status": "error", "error": { "code": "x", "message": PROMPT } });
    let replies = vec![ack(), rows(&[video_row(1), error])];
    let driver = JobDriver::new(job(Runware, &request), script(replies)).run();
    let failures = &driver.result().failures;
    assert_eq!(failures.len(), 1);
    assert_clean("failure", &failures[0].message);
}

/// The request is not stored after acceptance: a resumed job cannot compare with it.
#[test]
fn texts_that_cannot_be_compared_are_redacted_whole() {
    let said = json!({ "error_type": "PromptError", "error_message": quotes(Runpod)[0] });
    let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": said }));
    let error = json!({ "code": "invalidPrompt", "message": quotes(Runware)[0] });
    let refused = rows(&[json!({ "status": "error", "error": error })]);
    for (provider, accepted, failed, code) in [
        (Runpod, runpod_status("IN_QUEUE"), failed, "PromptError"),
        (Runware, ack(), refused, "invalidPrompt"),
    ] {
        let world = script(vec![accepted, Reply::NoResponse]);
        let driver = JobDriver::new(job(provider, &request(provider)), world).run_for(5_000);
        let resumed = driver.crash(1_000, script(vec![failed])).run();
        assert_clean_job(&resumed);
        let failure = &resumed.error().failure;
        assert_eq!(failure.provider_code.as_deref(), Some(code));
        assert!(failure.message.contains("kept back"), "{failure:?}");
    }
}

/// A code is one word. Anything longer is free text.
#[test]
fn a_code_that_quotes_the_request_is_redacted() {
    for (code, kept) in [(quotes(Runware)[0].as_str(), false), ("promptRejected_2.1-a", true)] {
        let error = json!({ "code": code, "message": "No." });
        let refused = rows(&[json!({ "status": "error", "error": error })]);
        let driver =
            JobDriver::new(job(Runware, &request(Runware)), script(vec![ack(), Reply::NoResponse]));
        let resumed = driver.run_for(5_000).crash(1_000, script(vec![refused])).run();
        assert_clean_job(&resumed);
        let told = resumed.error().failure.provider_code.as_deref();
        assert_eq!(told, kept.then_some(code));
    }
}

/// A job that ended as unknown and is found after all still has its request.
#[test]
fn a_reopened_job_redacts_its_request() {
    let failed = json!({ "id": RUNPOD_ID, "status": "FAILED", "error": quotes(Runpod)[0] });
    let replies = vec![runpod_status("IN_QUEUE").after(31_000), ok(failed)];
    let driver = JobDriver::new(job(Runpod, &request(Runpod)), script(replies))
        .stored(|revision| StoreReply::After(if revision == 2 { 5_000 } else { 0 }))
        .run();
    assert_clean_job(&driver);
    assert!(driver.error().failure.message.contains("[…]"));
}

#[test]
fn a_short_prompt_is_redacted() {
    let request = with(runpod_request(), json!({ "prompt": "my secret" }));
    let error = json!({ "error": "no good prompt: my secret, sorry" });
    let driver = JobDriver::new(job(Runpod, &request), script(vec![http(400, &error)])).run();
    assert_eq!(driver.error().failure.message, "no good prompt: […], sorry");
}

/// Each part of a quotation is redacted, also if two parts overlap.
#[test]
fn overlapping_quotations_are_redacted_whole() {
    let request = with(runpod_request(), json!({ "prompt": "lalalalalala" }));
    let error = json!({ "error": "we heard lalalalalalalala and stopped" });
    let driver = JobDriver::new(job(Runpod, &request), script(vec![http(400, &error)])).run();
    assert_eq!(driver.error().failure.message, "we heard […] and stopped");
}

/// A URL may be anywhere in the body, as in Runware's list of frames.
#[test]
fn texts_in_lists_are_redacted() {
    let request = with(runware_request(), json!({ "size": null, "image": IMAGE }));
    assert!(wire(Runware, &request).to_string().contains(IMAGE));
    let error = json!({ "code": "invalidImage", "message": format!("no picture at {IMAGE}") });
    let answer = http(400, &json!({ "errors": [error] }));
    let driver = JobDriver::new(job(Runware, &request), script(vec![answer])).run();
    assert_clean_job(&driver);
    assert!(driver.error().failure.message.contains("[…]"));
}

/// The request is known here, and a code without any part of it stays, whatever its form.
#[test]
fn a_code_is_compared_with_the_request() {
    for (code, told) in
        [(format!("bad: {}", &PROMPT[..40]), "bad: […]"), ("<class 'X'>".to_owned(), "<class 'X'>")]
    {
        let error = json!({ "status": "error", "error": { "code": code, "message": "No." } });
        let driver =
            JobDriver::new(job(Runware, &request(Runware)), script(vec![ack(), rows(&[error])]));
        let driver = driver.run();
        assert_clean_job(&driver);
        assert_eq!(driver.error().failure.provider_code.as_deref(), Some(told));
    }
}

#[test]
fn the_providers_own_words_stay() {
    let error = json!({ "error": "Invalid duration: must be 4, 8, or 12 seconds, size 720p" });
    let driver =
        JobDriver::new(job(Runpod, &request(Runpod)), script(vec![http(400, &error)])).run();
    assert_eq!(driver.error().failure.message, error["error"].as_str().unwrap());
    assert_eq!(driver.error().failure.code, ErrorCode::BadRequest);
}

/// An error that names the rejected option stays readable.
#[test]
fn the_names_of_options_are_not_redacted() {
    let size = json!({ "providerOptions.runpod.input.size": "1280*720" });
    let request = with(request(Runpod), size);
    let options =
        "invalid resolution '1280*720' of google-veo3-1-fast-i2v, expected one of 720p, 1080p";
    let error = json!({ "error": format!("{options}: {PROMPT}") });
    let driver = JobDriver::new(job(Runpod, &request), script(vec![http(400, &error)])).run();
    assert_eq!(driver.error().failure.message, format!("{options}: […]"));
}

/// A resumed job whose caller has the request shows the provider's words, without quotations of it.
#[test]
fn a_resumed_job_compares_with_the_request_that_it_is_given() {
    let words = format!("The prompt is too dark: {PROMPT}");
    let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": words }));
    let running = script(vec![runpod_status("IN_QUEUE"), Reply::NoResponse]);
    let driver = JobDriver::new(job(Runpod, &request(Runpod)), running).run_for(5_000);
    let mut resumed = driver.crash(1_000, script(vec![failed]));
    resumed.job.set_request(&request(Runpod));
    let resumed = resumed.run();
    assert_eq!(resumed.error().failure.message, "The prompt is too dark: […]");
    assert_clean_job(&resumed);
}

#[test]
fn jobs_from_submit_to_end() {
    for (provider, replies) in [
        (Runpod, vec![runpod_status("IN_QUEUE"), runpod_status("IN_PROGRESS"), runpod_completed()]),
        (Runware, vec![ack(), runware_progress(50), runware_completed()]),
        (Runware, vec![connection_lost(), no_rows(), no_rows(), ack(), runware_completed()]),
        (Runpod, vec![connection_lost()]),
        (Runware, vec![connection_lost(), no_rows()]),
    ] {
        let driver = JobDriver::new(job(provider, &request(provider)), script(replies)).run();
        assert!(driver.records.len() > 1);
        assert_clean_job(&driver);
        if let Ok(outcome) = driver.done.as_ref().unwrap() {
            assert_clean("outcome", &outcome.to_json(&driver.job.handle).to_string());
        }
    }
}

#[test]
fn before_acceptance_only_the_record_contains_the_body() {
    for provider in ProviderId::ALL {
        let world = script(vec![Reply::NoResponse]);
        let driver = JobDriver::new(job(*provider, &request(*provider)), world).run_for(1_000);
        let record = driver.records.last().unwrap();
        assert!(record["submission"]["body"].to_string().contains("vault code 4711"));
        assert_clean("handle", &record["handle"].to_string());
    }
}

#[test]
fn issues_name_fields_without_their_values() {
    let request = with(
        request(Runpod),
        json!({ "duration": 5, "image": format!("ftp://{}", &IMAGE[8..]), "prompt": PROMPT.repeat(99),
            "uploadUrl": UPLOAD, "size": "7x7", "remixId": " raw field: umbrella" }),
    );
    let found = validate(&request, Policy::default());
    assert!(found["issues"].as_array().unwrap().len() > 1);
    assert_clean("issues", &found.to_string());
}
