//! No prompt, address or body in a handle, an error or an update; none in a record once the
//! provider has accepted.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use common::*;
use filmgate::error::ErrorCode;
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::request::Policy;
use filmgate::untyped::check;
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
    let request = with(
        request_for(provider),
        json!({ "prompt": PROMPT, "webhookUrl": HOOK }),
    );
    with(with(request, own), raw)
}

/// No piece of twelve letters of any secret stands in the text.
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

fn assert_clean_film<W: FnMut(u64, &filmgate::provider::Request) -> Reply>(film: &Film<W>) {
    assert_clean("handle", &serde_json::to_string(&film.job.handle).unwrap());
    assert_clean("handle", &format!("{:?}", film.job.handle));
    for update in &film.updates {
        assert_clean("update", &format!("{update:?}"));
    }
    if let Some(Err(error)) = &film.done {
        for text in [
            error.to_string(),
            format!("{error:?}"),
            serde_json::to_string(error).unwrap(),
        ] {
            assert_clean("error", &text);
        }
    }
    for record in &film.records {
        if record["handle"].get("acceptedAt").is_some() || record.get("end").is_some() {
            assert_clean("record", &record.to_string());
        }
    }
}

/// The ways in which a provider may quote what it was sent.
fn quotes(provider: ProviderId) -> Vec<String> {
    let address = match provider {
        Runpod => IMAGE,
        Runware => UPLOAD,
        _ => unreachable!("there is no other"),
    };
    let long = format!(
        "{} {PROMPT}",
        "Your request could not be understood. ".repeat(7)
    );
    vec![
        format!("Invalid prompt: {PROMPT}"),
        format!("Invalid prompt: {}", json!(PROMPT)),
        format!("Invalid prompt: {}…", &PROMPT[..40]),
        format!("Invalid prompt (…{})", &PROMPT[50..]),
        format!(
            "bad input {}",
            json!({ "prompt": PROMPT, "image": address, "webhook": HOOK })
        ),
        format!("could not reach {address} for {HOOK}"),
        // Cut by us, in the middle of the prompt.
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
                let film = Film::new(job(*provider, &request(*provider)), world).run();
                assert_clean_film(&film);
            }
        }
    }
}

#[test]
fn failures_that_quote_the_request() {
    for text in quotes(Runpod) {
        let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": text }));
        assert_kept_back(Runpod, vec![failed.clone()]);
        assert_kept_back(Runpod, vec![pod("IN_QUEUE"), failed]);
    }
    for text in quotes(Runware) {
        let error = json!({ "status": "error", "error": { "code": "x", "message": text } });
        assert_kept_back(Runware, vec![rows(std::slice::from_ref(&error))]);
        assert_kept_back(Runware, vec![ack(), rows(&[error])]);
    }
}

fn assert_kept_back(provider: ProviderId, replies: Vec<Reply>) {
    let film = Film::new(job(provider, &request(provider)), script(replies)).run();
    assert!(
        film.error().failure.message.contains("[…]"),
        "{}",
        film.error()
    );
    assert_clean_film(&film);
}

#[test]
fn failures_beside_a_video_are_kept_back_too() {
    let request = with(request(Runware), json!({ "n": 2 }));
    let error = json!({ "status": "error", "error": { "code": "x", "message": PROMPT } });
    let replies = vec![ack(), rows(&[film(1), error])];
    let film = Film::new(job(Runware, &request), script(replies)).run();
    let failures = &film.outcome().failures;
    assert_eq!(failures.len(), 1);
    assert_clean("failure", &failures[0].message);
}

/// What was sent is never stored beyond the acceptance: whoever goes on from there cannot compare.
#[test]
fn words_that_cannot_be_compared_are_kept_back_whole() {
    let said = json!({ "error_type": "PromptError", "error_message": quotes(Runpod)[0] });
    let failed = ok(json!({ "id": RUNPOD_ID, "status": "FAILED", "error": said }));
    let error = json!({ "code": "invalidPrompt", "message": quotes(Runware)[0] });
    let refused = rows(&[json!({ "status": "error", "error": error })]);
    for (provider, accepted, failed, code) in [
        (Runpod, pod("IN_QUEUE"), failed, "PromptError"),
        (Runware, ack(), refused, "invalidPrompt"),
    ] {
        let world = script(vec![accepted, Reply::Silence]);
        let film = Film::new(job(provider, &request(provider)), world).run_for(5_000);
        let resumed = film.crash(1_000, script(vec![failed])).run();
        assert_clean_film(&resumed);
        let failure = &resumed.error().failure;
        assert_eq!(failure.provider_code.as_deref(), Some(code));
        assert!(failure.message.contains("kept back"), "{failure:?}");
    }
}

/// A code is one word. One that is more is the provider's words by another name.
#[test]
fn a_code_that_quotes_is_kept_back_as_well() {
    for (code, kept) in [
        (quotes(Runware)[0].as_str(), false),
        ("promptRejected_2.1-a", true),
    ] {
        let error = json!({ "code": code, "message": "No." });
        let refused = rows(&[json!({ "status": "error", "error": error })]);
        let film = Film::new(
            job(Runware, &request(Runware)),
            script(vec![ack(), Reply::Silence]),
        );
        let resumed = film
            .run_for(5_000)
            .crash(1_000, script(vec![refused]))
            .run();
        assert_clean_film(&resumed);
        let told = resumed.error().failure.provider_code.as_deref();
        assert_eq!(told, kept.then_some(code));
    }
}

/// A job that was given up as unknown and is found after all still knows what it sent.
#[test]
fn a_revived_job_keeps_back_what_it_sent() {
    let failed = json!({ "id": RUNPOD_ID, "status": "FAILED", "error": quotes(Runpod)[0] });
    let replies = vec![pod("IN_QUEUE").after(31_000), ok(failed)];
    let film = Film::new(job(Runpod, &request(Runpod)), script(replies))
        .stored(|revision| Stored::After(if revision == 2 { 5_000 } else { 0 }))
        .run();
    assert_clean_film(&film);
    assert!(film.error().failure.message.contains("[…]"));
}

#[test]
fn a_short_prompt_is_kept_back_too() {
    let request = with(runpod_request(), json!({ "prompt": "my secret" }));
    let error = json!({ "error": "no good prompt: my secret, sorry" });
    let film = Film::new(job(Runpod, &request), script(vec![http(400, &error)])).run();
    assert_eq!(film.error().failure.message, "no good prompt: […], sorry");
}

/// Each piece of a quotation goes, also where two of them lie over each other.
#[test]
fn a_quotation_that_repeats_itself_is_kept_back_whole() {
    let request = with(runpod_request(), json!({ "prompt": "lalalalalala" }));
    let error = json!({ "error": "we heard lalalalalalalala and stopped" });
    let film = Film::new(job(Runpod, &request), script(vec![http(400, &error)])).run();
    assert_eq!(film.error().failure.message, "we heard […] and stopped");
}

/// An address may stand anywhere in the body, as in Runware's list of frames.
#[test]
fn what_stands_in_a_list_is_kept_back_too() {
    let request = with(runware_request(), json!({ "size": null, "image": IMAGE }));
    assert!(wire(Runware, &request).to_string().contains(IMAGE));
    let error = json!({ "code": "invalidImage", "message": format!("no picture at {IMAGE}") });
    let answer = http(400, &json!({ "errors": [error] }));
    let film = Film::new(job(Runware, &request), script(vec![answer])).run();
    assert_clean_film(&film);
    assert!(film.error().failure.message.contains("[…]"));
}

/// What was sent is known here, and a code that holds none of it stays, whatever its form.
#[test]
fn a_code_is_compared_with_what_was_sent() {
    for (code, told) in [
        (format!("bad: {}", &PROMPT[..40]), "bad: […]"),
        ("<class 'X'>".to_owned(), "<class 'X'>"),
    ] {
        let error = json!({ "status": "error", "error": { "code": code, "message": "No." } });
        let film = Film::new(
            job(Runware, &request(Runware)),
            script(vec![ack(), rows(&[error])]),
        );
        let film = film.run();
        assert_clean_film(&film);
        assert_eq!(film.error().failure.provider_code.as_deref(), Some(told));
    }
}

#[test]
fn what_the_provider_says_of_itself_stays() {
    let error = json!({ "error": "Invalid duration: must be 4, 8, or 12 seconds, size 720p" });
    let film = Film::new(
        job(Runpod, &request(Runpod)),
        script(vec![http(400, &error)]),
    )
    .run();
    assert_eq!(
        film.error().failure.message,
        error["error"].as_str().unwrap()
    );
    assert_eq!(film.error().failure.code, ErrorCode::Rejected);
}

#[test]
fn films_from_beginning_to_end() {
    for (provider, replies) in [
        (
            Runpod,
            vec![pod("IN_QUEUE"), pod("IN_PROGRESS"), pod_done()],
        ),
        (Runware, vec![ack(), ware(50), ware_done()]),
        (
            Runware,
            vec![broken(), nothing(), nothing(), ack(), ware_done()],
        ),
        (Runpod, vec![broken()]),
        (Runware, vec![broken(), nothing()]),
    ] {
        let film = Film::new(job(provider, &request(provider)), script(replies)).run();
        assert!(film.records.len() > 1);
        assert_clean_film(&film);
        if let Ok(outcome) = film.done.as_ref().unwrap() {
            assert_clean("outcome", &outcome.to_json(&film.job.handle).to_string());
        }
    }
}

#[test]
fn before_the_acceptance_the_record_holds_the_body_and_the_handle_does_not() {
    for provider in ProviderId::ALL {
        let world = script(vec![Reply::Silence]);
        let film = Film::new(job(*provider, &request(*provider)), world).run_for(1_000);
        let record = film.records.last().unwrap();
        assert!(record["body"].to_string().contains("vault code 4711"));
        assert_clean("handle", &record["handle"].to_string());
    }
}

#[test]
fn issues_name_fields_and_not_what_stands_in_them() {
    let request = with(
        request(Runpod),
        json!({ "duration": 5, "image": format!("ftp://{}", &IMAGE[8..]), "prompt": PROMPT.repeat(99),
            "uploadUrl": UPLOAD, "size": "7x7", "remix": " raw field: umbrella" }),
    );
    let found = check(&request, Policy::default());
    assert!(found["issues"].as_array().unwrap().len() > 1);
    assert_clean("issues", &found.to_string());
}
