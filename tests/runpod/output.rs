//! The video in an output of any shape.

use filmgate::error::ErrorCode::{self, *};
use filmgate::money::Usd;
use filmgate::outcome::Video;
use filmgate::provider::PollResult;
use filmgate::provider::ProviderId::Runpod;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::common::*;
use crate::runpod::{drive, ended, own_ended};

const VIDEO: &str = "https://a.example.com/video.mp4";
const STREAM: &str = "https://a.example.com/stream";
const PICTURE: &str = "https://a.example.com/picture.jpg";
/// The first bytes of an MP4, in Base64.
const BYTES: &str = "AAAAIGZ0eXBpc29tAAACAGlzb20=";

fn url(output: &Value) -> Option<String> {
    let driver = ended(json!({ "status": "COMPLETED", "output": output }));
    driver.done.unwrap().ok().map(|result| result.videos[0].url.clone().unwrap())
}

fn own_url(output: &Value) -> Option<String> {
    let driver = own_ended(json!({ "status": "COMPLETED", "output": output }));
    driver.done.unwrap().ok().map(|result| result.videos[0].url.clone().unwrap())
}

/// An answer of the largest size that is read, most of it under names that say nothing.
#[test]
fn a_video_behind_any_number_of_unknown_names() {
    let many = |last: &str| {
        let links = (0..45_000).map(|at| (format!("frob{at}"), json!(format!("{STREAM}/{at}"))));
        let last = [(last.to_owned(), json!(VIDEO))];
        Value::Object(links.chain(last).collect())
    };
    assert_eq!(own_url(&many("zz")).as_deref(), Some(VIDEO));
    assert_eq!(url(&many("zz_video")).as_deref(), Some(VIDEO));
}

#[test]
fn a_url_in_lists_and_objects() {
    let outputs = [
        json!(VIDEO),
        json!([VIDEO]),
        json!({ "video_url": [VIDEO] }),
        json!({ "video_url": { "url": VIDEO } }),
        json!({ "videoUrl": VIDEO }),
        json!({ "video": VIDEO }),
        json!({ "video": { "hd": VIDEO, "sd": 5 } }),
        json!({ "videos": [VIDEO, "https://a.example.com/second.mp4"] }),
        json!({ "videos": [{ "url": VIDEO, "cover": PICTURE }] }),
        json!({ "result": { "video_url": VIDEO } }),
        json!({ "result": [{ "video": { "url": VIDEO } }] }),
        json!({ "data": { "url": VIDEO } }),
        json!({ "output": { "output": VIDEO } }),
        json!({ "outputs": [{ "files": [VIDEO] }] }),
        json!([{ "type": "video", "url": VIDEO }]),
        json!({ "images": [{ "filename": "video.mp4", "type": "s3_url", "data": VIDEO }] }),
        json!({ "gifs": [{ "filename": "x.gif", "data": PICTURE }, { "filename": "x.mp4", "data": VIDEO }] }),
        json!({ "video_url": format!("  {VIDEO}\n") }),
        json!({ "video_url": VIDEO.replace("https", "HTTPS") }),
        json!({ "video_url": null, "result": "", "url": VIDEO }),
        json!({ "video_url": "", "video": [], "output_video": VIDEO }),
        json!({ "error": "", "data": { "url": VIDEO } }),
        json!({ "error": "A minor one", "result": VIDEO }),
    ];
    for output in outputs {
        assert_eq!(url(&output).as_deref(), Some(VIDEO), "{output}");
        assert_eq!(own_url(&output).as_deref(), Some(VIDEO), "{output}");
    }
}

/// The videos of the user's own endpoint with the cost of each in micro-dollars, and that of the job.
fn paid(output: Value) -> (Vec<(String, Option<i64>)>, Option<i64>) {
    let driver = own_ended(json!({ "status": "COMPLETED", "output": output }));
    let result = driver.result();
    let micros = |cost: Option<Usd>| cost.map(|usd| usd.0);
    let one = |video: &Video| {
        let data = video.data.as_ref().and_then(Value::as_str).map(str::to_owned);
        (video.url.clone().or(data).unwrap(), micros(video.cost))
    };
    (result.videos.iter().map(one).collect(), micros(result.cost))
}

#[test]
fn each_video_of_an_own_endpoint_is_delivered_once_with_its_cost() {
    const SECOND: &str = "https://a.example.com/second.mp4";
    let both =
        |costs: [Option<i64>; 2]| vec![(VIDEO.to_owned(), costs[0]), (SECOND.to_owned(), costs[1])];
    let none = both([None, None]);
    let cases = [
        (json!({ "videos": [VIDEO, SECOND] }), none.clone(), None),
        (json!([{ "video_url": VIDEO }, { "video_url": SECOND }]), none.clone(), None),
        (
            json!({ "videos": [VIDEO, format!(" {VIDEO}"), SECOND, VIDEO.replace("https", "HTTPS")] }),
            none.clone(),
            None,
        ),
        (
            json!([{ "video_url": VIDEO, "cost": 0.1 }, { "video_url": SECOND, "cost": 0.25 }]),
            both([Some(100_000), Some(250_000)]),
            Some(350_000),
        ),
        // One cost for both, beside them or around them.
        (json!({ "videos": [VIDEO, SECOND], "cost": 0.2 }), none.clone(), Some(200_000)),
        (
            json!({ "videos": [VIDEO, SECOND], "result": { "cost": 0.2 } }),
            none.clone(),
            Some(200_000),
        ),
        // Of one of them, and of one and both: the sum is not known.
        (json!([{ "video_url": VIDEO, "cost": 0.1 }, { "video_url": SECOND }]), none.clone(), None),
        (
            json!({ "cost": 0.3, "videos": [{ "url": VIDEO, "cost": 0.1 }, { "url": SECOND }] }),
            none.clone(),
            None,
        ),
        // Only the best are videos for certain.
        (
            json!({ "videos": [VIDEO, SECOND], "url": STREAM, "thumbnail": PICTURE }),
            none.clone(),
            None,
        ),
        (
            json!({ "videos": [VIDEO, SECOND], "input": { "video": "https://a.example.com/in.mp4" } }),
            none,
            None,
        ),
        (
            json!({ "videos": [{ "type": "base64", "filename": "a.mp4", "data": BYTES }, { "type": "base64", "filename": "b.mp4", "data": format!("{BYTES}AAAA") }] }),
            vec![(BYTES.to_owned(), None), (format!("{BYTES}AAAA"), None)],
            None,
        ),
    ];
    for (output, videos, cost) in cases {
        assert_eq!(paid(output.clone()), (videos, cost), "{output}");
    }
    let many: Vec<String> =
        (0..20_000).map(|at| format!("https://a.example.com/{at}.mp4")).collect();
    assert_eq!(paid(json!({ "videos": many })).0.len(), 100);
    // A model of the catalog makes one video, also with more beside it.
    let body = json!({ "status": "COMPLETED", "output": { "videos": [VIDEO, SECOND] } });
    assert_eq!(ended(body).result().videos.len(), 1);
}

#[test]
fn an_empty_error_hides_no_video() {
    for nothing in
        [json!(""), json!(false), json!([]), json!({}), json!(null), json!("null"), json!(0)]
    {
        let output = json!({ "error": nothing, "data": { "url": VIDEO } });
        assert_eq!(url(&output).as_deref(), Some(VIDEO), "{nothing}");
        let body =
            json!({ "status": "COMPLETED", "error": nothing, "output": { "video_url": VIDEO } });
        assert_eq!(ended(body).result().videos.len(), 1, "{nothing}");
    }
}

#[test]
fn a_picture_is_not_the_video() {
    let endings =
        ["jpg", "JPEG", "png", "webp", "gif", "avif", "heic", "svg", "bmp", "tiff", "mp3", "json"];
    for ending in endings {
        let picture = format!("https://a.example.com/x.{ending}");
        for address in [
            picture.clone(),
            format!("{picture}?sig=1#top"),
            format!("https://a.example.com/view?filename=x.{ending}&type=output"),
        ] {
            let outputs = [
                json!(address),
                json!({ "video_url": address }),
                json!({ "result": address }),
                json!({ "image": address, "status": "ok" }),
                json!([{ "url": address }]),
            ];
            for output in outputs {
                assert_eq!(own_url(&output), None, "{output}");
                assert_eq!(url(&output), None, "{output}");
            }
        }
    }
}

#[test]
fn the_video_stands_beside_other_media() {
    let cases = [
        json!({ "assets": [{ "type": "thumbnail", "url": "https://a.example.com/t" }, { "type": "video", "url": STREAM }] }),
        json!({ "thumbnail": "https://a.example.com/t", "url": STREAM }),
        json!({ "poster_url": "https://a.example.com/t", "video_url": STREAM }),
        json!({ "last_frame_url": "https://a.example.com/t", "url": STREAM }),
        json!({ "audio_url": "https://a.example.com/t", "result": STREAM }),
        json!({ "input": { "video_url": VIDEO }, "url": STREAM }),
        json!({ "request": { "video": VIDEO }, "output": STREAM }),
        json!({ "source_video": VIDEO, "reference_videos": [VIDEO], "video": STREAM }),
        json!({ "preview_video": VIDEO, "video": STREAM }),
        json!({ "videos": [{ "mime_type": "image/png", "url": "https://a.example.com/t" }, { "mime_type": "video/mp4", "url": STREAM }] }),
        json!({ "status_url": "https://a.example.com/s", "cancel_url": "https://a.example.com/c", "video_url": STREAM }),
        json!({ "video_url": STREAM, "result": VIDEO }),
        json!({ "type": "image-to-video", "url": STREAM }),
        json!({ "type": "image", "video_url": STREAM }),
        json!({ "type": "api", "name": "result.json", "video_url": STREAM }),
        json!({ "image_to_video_url": STREAM, "video_thumbnail_url": "https://a.example.com/t" }),
    ];
    for output in cases {
        assert_eq!(url(&output).as_deref(), Some(STREAM), "{output}");
        assert_eq!(own_url(&output).as_deref(), Some(STREAM), "{output}");
    }
}

#[test]
fn the_input_and_links_are_not_the_video() {
    let outputs = [
        json!({ "input": { "image": "https://a.example.com/start" }, "video_url": null, "docs": "https://docs.example.com/help" }),
        json!({ "input": { "video": VIDEO } }),
        json!({ "thumbnail": STREAM }),
        json!({ "status_url": STREAM, "cancel_url": STREAM, "webhook": VIDEO, "prompt": VIDEO }),
        json!({ "message": "See https://a.example.com/video.mp4" }),
        json!({ "help": { "url": STREAM } }),
        json!({ "type": "input", "url": VIDEO }),
        json!({ "logs": [VIDEO] }),
        json!("https://docs.example.com/ says no"),
    ];
    for output in outputs {
        assert_eq!(url(&output), None, "{output}");
        assert_eq!(own_url(&output), None, "{output}");
    }
}

#[test]
fn an_undocumented_name_counts_for_a_film_alone() {
    let outputs = [
        json!({ "message": VIDEO }),
        json!({ "stuff": [{ "deep": { "thing": VIDEO } }] }),
        json!({ "stuff": { "link": "https://a.example.com/page", "where": VIDEO } }),
    ];
    for output in outputs {
        assert_eq!(own_url(&output).as_deref(), Some(VIDEO), "{output}");
        assert_eq!(url(&output).as_deref(), Some(VIDEO), "{output}");
    }
    assert_eq!(own_url(&json!({ "stuff": STREAM })), None);
    assert_eq!(url(&json!({ "stuff": STREAM })), None);
    // A result that may be the video comes first at a public endpoint, as its outputs are documented.
    assert_eq!(url(&json!({ "stuff": VIDEO, "result": STREAM })).as_deref(), Some(STREAM));
}

#[test]
fn a_video_inside_the_answer() {
    let data = format!("data:video/mp4;base64,{BYTES}");
    let cases = [
        (json!(data), &data),
        (json!({ "video": data }), &data),
        (json!({ "video_url": data }), &data),
        (json!({ "videos": [data] }), &data),
        (json!({ "image": PICTURE, "result": { "video": { "url": data } } }), &data),
    ];
    let upper = data.replace("data:video", "DATA:Video");
    let untyped = format!("data:;base64,{BYTES}");
    let bytes = BYTES.to_owned();
    let short = "aGk=".to_owned();
    let more = [
        (json!({ "video": upper }), &upper),
        (json!({ "video": bytes }), &bytes),
        (json!({ "data": bytes }), &bytes),
        (json!({ "video_base64": short }), &short),
        (json!({ "video_base64": untyped }), &untyped),
        (json!({ "type": "base64", "filename": "x.mp4", "data": short }), &short),
        (
            json!({ "images": [{ "type": "base64", "filename": "x.png", "data": "aGk=" }, { "type": "base64", "filename": "x.MP4", "data": short }] }),
            &short,
        ),
        (json!({ "mime_type": "video/mp4", "content": short }), &short),
    ];
    for (output, expected) in cases.into_iter().chain(more) {
        let driver = ended(json!({ "status": "COMPLETED", "output": output }));
        let video = &driver.result().videos[0];
        assert_eq!(video.data.as_ref(), Some(&json!(expected)), "{output}");
        assert_eq!((&video.url, video.expires_at), (&None, None), "{output}");
    }
}

#[test]
fn values_that_are_no_video() {
    let cases: &[(Value, ErrorCode)] = &[
        (json!({ "video_path": "/runpod-volume/x.mp4" }), InvalidResponse),
        (json!({ "video_url": "s3://bucket/x.mp4" }), InvalidResponse),
        (json!({ "video_url": "x.mp4" }), InvalidResponse),
        (json!({ "video_url": "//a.example.com/x.mp4" }), InvalidResponse),
        (json!({ "video_url": "https://" }), InvalidResponse),
        (json!({ "video_url": "https:///x.mp4" }), InvalidResponse),
        (json!({ "video_url": "file:///x.mp4" }), InvalidResponse),
        (json!({ "video": "data:image/png;base64,AAAA" }), InvalidResponse),
        (json!({ "video_base64": "data:image/png;base64,AAAA" }), InvalidResponse),
        (json!({ "type": "base64", "filename": "x.png", "data": "AAAA" }), InvalidResponse),
        (json!({ "video": "AAAA" }), InvalidResponse),
        (json!({ "video": true, "url": 5 }), InvalidResponse),
    ];
    for (output, code) in cases {
        let driver = ended(json!({ "status": "COMPLETED", "output": output }));
        assert_eq!(driver.error().failure.code, *code, "{output}");
    }
}

#[test]
fn the_raw_answer_is_kept_without_a_video() {
    let mut handle = job(Runpod, &runpod_request()).handle;
    handle.job_id = Some(RUNPOD_ID.to_owned());
    let job = json!({ "id": RUNPOD_ID, "status": "COMPLETED", "output": { "video_path": "/runpod-volume/x.mp4" } });
    for body in [job.clone(), json!({ "data": job }), json!([job])] {
        let PollResult::Found(seen) = Runpod.read_poll(&handle, ok(body.clone()).response()) else {
            panic!("{body}")
        };
        assert_eq!(seen.raw, body);
    }
}

#[test]
fn a_job_that_failed_with_a_video_keeps_it() {
    for status in ["FAILED", "TIMED_OUT"] {
        let body = json!({ "status": status, "error": "Upload of the preview failed", "output": { "video_url": VIDEO } });
        let driver = ended(body);
        let result = driver.result();
        assert_eq!(result.videos[0].url.as_deref(), Some(VIDEO), "{status}");
        assert_eq!(result.failures.len(), 1, "{status}");
    }
    let cancelled = ended(json!({ "status": "CANCELLED", "output": { "video_url": VIDEO } }));
    assert_eq!(cancelled.result().videos[0].url.as_deref(), Some(VIDEO));
}

#[test]
fn a_link_is_not_the_video_of_a_job_that_did_not_complete() {
    for status in ["FAILED", "TIMED_OUT", "CANCELLED"] {
        for output in [json!(STREAM), json!({ "url": STREAM }), json!({ "result": [STREAM] })] {
            let driver = ended(json!({ "status": status, "output": output }));
            assert!(matches!(driver.done, Some(Err(_))), "{status} {output}");
        }
    }
    // The link of a status is not the result of a job without one.
    let accepted = ok(
        json!({ "id": RUNPOD_ID, "url": format!("https://api.runpod.ai/v2/x/status/{RUNPOD_ID}") }),
    );
    let driver = drive(runpod_request(), vec![accepted, runpod_completed()]).run();
    assert_eq!(driver.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO));
}

#[test]
fn progress_in_any_form_is_not_a_video() {
    let output = |output| ok(json!({ "id": RUNPOD_ID, "status": "IN_PROGRESS", "output": output }));
    let cases = [
        (json!(40), Some(40)),
        (json!("40"), Some(40)),
        (json!(" 40.9 % "), Some(40)),
        (json!({ "progress": "40%" }), Some(40)),
        (json!({ "progress": 40, "video_url": VIDEO }), Some(40)),
        (json!("step;None;None"), None),
        (json!("NaN"), None),
        (json!(-1), None),
        (json!({ "progress": 900 }), None),
    ];
    for (value, expected) in cases {
        let replies = vec![runpod_status("IN_QUEUE"), output(value.clone()), runpod_completed()];
        let driver = drive(runpod_request(), replies).run();
        assert_eq!(driver.updates[2].progress, expected, "{value}");
        assert_eq!(driver.result().videos[0].url.as_deref(), Some(RUNPOD_VIDEO), "{value}");
    }
}

/// The video in objects and lists of any depth, with other things beside it.
fn wrapped() -> impl Strategy<Value = Value> {
    let names =
        vec!["video_url", "video", "videos", "result", "url", "output", "data", "files", "outputs"];
    let beside = vec![
        json!({}),
        json!({ "thumbnail": PICTURE, "error": "", "cost": 9 }),
        json!({ "input": { "video_url": "https://a.example.com/input.mp4" } }),
        json!({ "preview": "https://a.example.com/preview.mp4", "error": null }),
        json!({ "docs": STREAM, "seed": 5, "status": "done" }),
    ];
    Just(json!(VIDEO)).boxed().prop_recursive(4, 8, 1, move |inner| {
        let object = (inner.clone(), select(names.clone()), select(beside.clone()));
        prop_oneof![
            1 => inner.prop_map(|value| json!([PICTURE, value])),
            3 => object.prop_map(|(value, name, beside)| with(beside, json!({ name: value }))),
        ]
    })
}

proptest! {
    #![proptest_config(proptest_config(300))]

    #[test]
    fn a_video_in_any_nesting_is_found(output in wrapped()) {
        let mut handle = job(Runpod, &runpod_request()).handle;
        handle.job_id = Some(RUNPOD_ID.to_owned());
        let body = json!({ "id": RUNPOD_ID, "status": "COMPLETED", "output": output });
        let PollResult::Found(seen) = Runpod.read_poll(&handle, ok(body).response()) else {
            panic!("{output}")
        };
        prop_assert_eq!(seen.videos[0].url.as_deref(), Some(VIDEO));
    }
}
