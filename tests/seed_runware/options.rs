//! API options.

use filmgate::issue::Code;
use filmgate::provider::ProviderId::Runware;
use serde_json::json;

use crate::common::{self, UUID, runware_request, with};
use crate::seed_runware::{assert_choice, assert_range, errors, issue, sent};

#[test]
fn request_task_type() {
    assert_eq!(sent(json!({}))["taskType"], "videoInference");
    let raw = json!({ "providerOptions": { "runware": { "taskType": "imageInference" } } });
    assert_eq!(errors(raw), ["providerOptions.runware.taskType reserved"]);
}

#[test]
fn request_task_uuid() {
    assert_eq!(sent(json!({}))["taskUUID"], UUID, "the driver's fresh one");
    let own = "0b0b0b0b-0000-4000-8000-00000000000a";
    assert_eq!(sent(json!({ "taskUUID": own }))["taskUUID"], own);
    assert_eq!(sent(json!({ "taskUUID": own.to_uppercase() }))["taskUUID"], own);
    let wrong = [
        "0b0b0b0b-0000-1000-8000-00000000000a", // version 1
        "0b0b0b0b-0000-4000-c000-00000000000a", // another variant
        "0b0b0b0b00004000800000000000000a",
        "{0b0b0b0b-0000-4000-8000-00000000000a}",
        "",
    ];
    for wrong in wrong {
        assert_eq!(errors(json!({ "taskUUID": wrong })), ["taskUUID invalid_format"], "{wrong}");
    }
    assert_eq!(errors(json!({ "taskUUID": 4 })), ["taskUUID invalid_type"]);
}

#[test]
fn request_output_type() {
    assert_choice("output.type", &["outputType"], &[("url", "URL")]);
    assert_eq!(sent(json!({})).get("outputType"), None, "the default is the only value");
}

#[test]
fn request_output_format() {
    let words = [("mp4", "MP4"), ("webm", "WEBM"), ("mov", "MOV")];
    assert_choice("output.format", &["outputFormat"], &words);
    assert_eq!(sent(json!({})).get("outputFormat"), None, "the default is MP4");
}

#[test]
fn request_output_quality() {
    assert_range("output.quality", "outputQuality", 20, Some(99));
    assert_eq!(sent(json!({})).get("outputQuality"), None, "the default is 95");
}

#[test]
fn request_webhook_url() {
    let hook = "https://hooks.example.com/done?secret=1";
    assert_eq!(sent(json!({ "webhookUrl": hook }))["webhookURL"], hook);
    assert_eq!(errors(json!({ "webhookUrl": "no address" })), ["webhookUrl invalid_format"]);
}

#[test]
fn request_delivery_method() {
    assert_choice("deliveryMethod", &["deliveryMethod"], &[("async", "async")]);
    assert_eq!(sent(json!({}))["deliveryMethod"], "async", "said, though the default");
}

#[test]
fn request_upload_endpoint() {
    // The three URLs of the page.
    let addresses = [
        "https://your-bucket.s3.amazonaws.com/generated/content.mp4?X-Amz-Signature=abc123&X-Amz-Expires=3600",
        "https://storage.googleapis.com/your-bucket/content.jpg?X-Goog-Signature=xyz789",
        "https://storage.example.com/uploads/generated-image.jpg",
    ];
    for address in addresses {
        assert_eq!(sent(json!({ "uploadUrl": address }))["uploadEndpoint"], address);
    }
    assert_eq!(
        errors(json!({ "uploadUrl": "ftp://a.example.com/b" })),
        ["uploadUrl invalid_format"]
    );
}

#[test]
fn request_safety() {
    assert_eq!(sent(json!({})).get("safety"), None);
    assert_eq!(sent(json!({ "contentCheck": "full" }))["safety"], json!({ "mode": "full" }));
}

#[test]
fn request_safety_check_content() {
    // The page has two settings for the same: the field is the mode. The other is reached raw.
    let raw = json!({ "providerOptions": { "runware": { "safety": { "checkContent": true } } } });
    assert_eq!(sent(raw)["safety"], json!({ "checkContent": true }));
    let found = issue(json!({ "checkContent": true }), Code::UnrecognizedField);
    assert_eq!(found.allowed, [json!("contentCheck")]);
}

#[test]
fn request_safety_mode() {
    let words = [("none", "none"), ("fast", "fast"), ("full", "full")];
    assert_choice("contentCheck", &["safety", "mode"], &words);
}

#[test]
fn request_ttl() {
    assert_range("ttlSeconds", "ttl", 60, None);
    assert_eq!(sent(json!({ "ttlSeconds": 604_800 }))["ttl"], 604_800);
}

#[test]
fn request_include_cost() {
    assert_eq!(sent(json!({}))["includeCost"], true, "said, since the page's default is false");
    assert_eq!(sent(json!({ "includeCost": false }))["includeCost"], false);
    assert_eq!(sent(json!({ "includeCost": true }))["includeCost"], true);
    assert_eq!(errors(json!({ "includeCost": 1 })), ["includeCost invalid_type"]);
}

#[test]
fn request_number_results() {
    assert_range("n", "numberResults", 1, Some(4));
    assert_eq!(sent(json!({})).get("numberResults"), None, "the default is 1");
    for n in 1..=4 {
        let request = with(runware_request(), json!({ "n": n }));
        assert_eq!(common::job(Runware, &request).handle.n, n);
    }
}
