//! The request as a Rust caller builds it: a setter for each field, and JSON to serde.

use filmgate::error::ErrorCode;
use filmgate::job::{Job, Limits, ResumeError};
use filmgate::plan::{PlanOptions, plan, start, validate};
use filmgate::provider::ProviderId;
use filmgate::request::{Field, Policy, VideoRequest};
use serde_json::{Map, Value, json};

fn every_field() -> VideoRequest {
    VideoRequest::new("wan-2.6")
        .prompt("A fox")
        .negative_prompt("Snow")
        .image("https://a.example.com/1.png")
        .last_frame_image("https://a.example.com/2.png")
        .reference_images(["https://a.example.com/3.png"])
        .video("https://a.example.com/4.mp4")
        .reference_videos(["https://a.example.com/5.mp4".to_owned()])
        .audio("https://a.example.com/6.mp3")
        .duration(5)
        .resolution("720p")
        .size("1280x720")
        .aspect_ratio("16:9")
        .fps(24)
        .seed(-1)
        .generate_audio(true)
        .music(false)
        .enhance_prompt(true)
        .draft(false)
        .guidance_scale(7.5)
        .inference_steps(30)
        .style("anime")
        .motion_amount("small")
        .shot_type("multi")
        .camera_fixed(true)
        .character_orientation("image")
        .keep_audio(true)
        .resize_mode("crop")
        .r#loop(true)
        .hdr(true)
        .exr(true)
        .n(2)
        .remix_id("video-1")
        .output_type("url")
        .output_format("MP4")
        .output_quality(90)
        .content_check("fast")
        .ttl_seconds(600)
        .upload_url("https://a.example.com/put")
        .webhook_url("https://a.example.com/hook")
        .include_cost(true)
        .delivery_method("async")
        .task_uuid("0b2f63a4-5f3c-4a57-9d5e-7c1d2f0a9e11")
        .allow_inline_images(true)
        .provider_options(ProviderId::Runware, Map::new())
}

#[test]
fn every_field_has_a_setter_of_its_type() {
    let request = every_field();
    for field in Field::ALL {
        let pointer = format!("/{}", field.path().replace('.', "/"));
        assert!(request.as_value().pointer(&pointer).is_some(), "{}", field.path());
    }
    let wrong = validate(&request, Policy::default()).issues;
    let of_type = ["unrecognized_field", "invalid_type", "malformed"];
    assert!(wrong.iter().all(|issue| !of_type.contains(&issue.code.as_str())), "{wrong:?}");
}

#[test]
fn it_is_the_json_to_serde_whatever_that_holds() {
    for value in [json!({ "model": "wan-2.6", "sice": [1, null] }), json!([1]), Value::Null] {
        let request: VideoRequest = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&request).unwrap(), value);
        assert_eq!(VideoRequest::from(value.clone()), request);
        assert!(!validate(&request, Policy::default()).ok);
    }
    // A setter makes an object of what is none.
    let request = VideoRequest::from(json!({ "output": 3 })).output_quality(90);
    assert_eq!(request.into_value(), json!({ "output": { "quality": 90 } }));
}

#[test]
fn errors_say_why() {
    let fox = VideoRequest::new("wan-2.6").prompt("A fox").duration(5).resolution("720p");
    let none = plan(&fox, &PlanOptions::default(), Policy::default()).unwrap_err();
    assert_eq!(none.code, ErrorCode::MissingApiKey);
    let options =
        PlanOptions { available_providers: vec![ProviderId::Runware], ..PlanOptions::default() };
    let mut offer = plan(&fox, &options, Policy::default()).unwrap().remove(0);
    offer.prepared = None;
    let error = start(0, offer, "any", Limits::default()).unwrap_err();
    assert!(error.to_string().contains("does not accept the request"));
    let error = Job::resume(0, json!({}), 1, Limits::default()).unwrap_err();
    assert_eq!(error, ResumeError::InvalidRecord);
}

#[test]
fn names_are_shown_and_read() {
    for provider in ProviderId::ALL {
        assert_eq!(provider.to_string().parse(), Ok(*provider));
    }
    assert!("RunPod".parse::<ProviderId>().is_err());
    assert_eq!(ErrorCode::MissingApiKey.to_string(), ErrorCode::MissingApiKey.as_str());
}
