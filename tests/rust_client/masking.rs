//! A provider that echoes the key: no spelling of it is shown or stored.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use filmgate::client::{Client, ProviderSettings};
use filmgate::provider::ProviderId;
use serde_json::json;

use crate::server::{Server, json as reply};
use crate::support::{only, request, settings};

const KEY: &str = "rpa_Xy7-secret/Key+4711";

/// The provider's words as the error shows them.
async fn shown(words: &str) -> String {
    let body = json!({ "error": words }).to_string();
    let server = Server::start(move |_| reply(400, &body));
    let settings = ProviderSettings { api_key: Some(KEY.to_owned()), ..settings(&server.origin) };
    let client = Client::builder().provider(ProviderId::Runpod, settings).build().unwrap();
    let error = client.submit(&request(), &only(ProviderId::Runpod)).await.unwrap_err();
    error.provider_message().unwrap().to_owned()
}

#[tokio::test]
async fn every_spelling_is_masked() {
    let percent: String = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let twice = percent.replace('%', "%25");
    let escaped: String = KEY.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let hex: String = KEY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let entities: String = KEY.bytes().map(|byte| format!("&#{byte};")).collect();
    let base64 = BASE64_STANDARD.encode(KEY);
    let of_base64 = BASE64_STANDARD.encode(&base64);
    let within = BASE64_URL_SAFE_NO_PAD.encode(format!("user:{KEY}:more"));
    let upper = KEY.to_uppercase();
    let all = [
        KEY,
        &upper,
        &percent,
        &twice,
        &escaped,
        &hex,
        &entities,
        &base64,
        &of_base64,
        &within,
        &KEY[..12],
        &KEY[10..],
    ];
    for spelling in all {
        assert_eq!(
            shown(&format!("bad key {spelling} here")).await,
            "bad key [key] here",
            "{spelling}"
        );
        assert_eq!(shown(&format!("bad key={spelling}")).await, "bad [key]", "{spelling}");
    }
}

#[tokio::test]
async fn another_bearer_token_is_masked() {
    assert_eq!(shown("Authorization: Bearer other-token-1").await, "Authorization: Bearer [key]");
}

#[tokio::test]
async fn other_words_stay() {
    for words in [
        "Invalid duration: must be 4, 8 or 12, see https://docs.example.com/a%20b?c=d",
        "bearer of news",
        "d41d8cd98f00b204e9800998ecf8427e QUJDREVGR0hJSktMTU5P",
    ] {
        assert_eq!(shown(words).await, words);
    }
}
