//! A video is downloaded whole, or it is said that it was not.

use filmgate::client::{Client, Error};
use filmgate::error::{Charge, ErrorCode};
use filmgate::outcome::Video;
use filmgate::provider::ProviderId;
use serde_json::json;

use crate::server::{Action, Received, Server};
use crate::support::{Folder, Simulator, fault, only, request};

fn video(url: &str) -> Video {
    serde_json::from_value(json!({ "url": url })).unwrap()
}

fn client() -> Client {
    Client::builder().build().unwrap()
}

/// Downloads a generated video without the fault and with it: both files are the same.
async fn assert_whole_despite(times: u32, kind: serde_json::Value) {
    let (sim, folder) = (Simulator::start(), Folder::new());
    let client = sim.client();
    let result = client.generate(&request(), &only(ProviderId::Runware)).await.unwrap();
    let whole = folder.join("whole.mp4");
    client.download(&result.videos[0], &whole).await.unwrap();
    sim.faults(fault("download", times, kind));
    let path = folder.join("video.mp4");
    client.download(&result.videos[0], &path).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), std::fs::read(whole).unwrap());
}

#[tokio::test]
async fn a_connection_that_drops_is_resumed() {
    assert_whole_despite(2, json!({ "kind": "truncatedStream" })).await;
}

#[tokio::test]
async fn a_proxys_page_is_not_stored_as_the_video() {
    assert_whole_despite(1, json!({ "kind": "html", "status": 200 })).await;
}

#[tokio::test]
async fn a_video_as_data_is_written() {
    let folder = Folder::new();
    let video: Video =
        serde_json::from_value(json!({ "data": "data:video/mp4;base64,aGVsbG8=" })).unwrap();
    let done = client().download(&video, folder.join("a.mp4")).await.unwrap();
    assert_eq!((done.bytes, std::fs::read(folder.join("a.mp4")).unwrap()), (5, b"hello".to_vec()));
}

#[tokio::test]
async fn base64_is_written_in_every_spelling_that_is_read_as_a_video() {
    let bytes = [0xfb, 0xef, 0xbe, 0xff, 0xff];
    for text in ["++++//8=", "----__8=", "++++//8", "++\r\n++\n//8=\n", "----__8"] {
        for data in [text.to_owned(), format!("data:video/mp4;base64,{text}")] {
            let folder = Folder::new();
            let video: Video = serde_json::from_value(json!({ "data": data })).unwrap();
            client().download(&video, folder.join("a.mp4")).await.unwrap();
            assert_eq!(std::fs::read(folder.join("a.mp4")).unwrap(), bytes, "{data}");
        }
    }
}

/// A host with the video `0123456789`, which ends each response after four bytes.
fn host(request: &Received, etag: &str) -> Action {
    let video = b"0123456789";
    let lower = request.head.to_lowercase();
    let range = lower.lines().find_map(|line| line.strip_prefix("range: bytes="));
    let from: usize = range.map_or(0, |range| range.trim_end_matches('-').parse().unwrap());
    let is_same = lower.contains(&format!("if-range: {etag}"));
    let from = if is_same { from } else { 0 };
    let rest = &video[from..];
    let headers = format!(
        "content-length: {}\r\netag: {etag}\r\ncontent-range: bytes {from}-9/10\r\nconnection: close\r\n",
        rest.len()
    );
    let status = if is_same { 206 } else { 200 };
    Action::Reply(status, headers, rest[..rest.len().min(4)].to_vec())
}

#[tokio::test]
async fn only_the_rest_is_requested_and_redirects_are_followed() {
    let folder = Folder::new();
    let server = Server::start(|request| host(request, "\"v1\""));
    let location = format!("location: {}/video\r\n", server.origin);
    let front = Server::start(move |_| Action::Reply(302, location.clone(), Vec::new()));
    let path = folder.join("a.mp4");
    client().download(&video(&front.origin), &path).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), b"0123456789");
    let ranges: Vec<_> =
        server.seen().iter().map(|seen| seen.head.contains("range: bytes=")).collect();
    assert_eq!(ranges, [false, true, true]);
    assert!(server.seen().iter().all(|seen| !seen.head.to_lowercase().contains("authorization")));
}

/// What is noted beside a part: its video, and its version and length.
fn note_of(url: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, url.as_bytes());
    let digest: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "url": digest, "validator": "\"v1\"", "total": 10 }).to_string()
}

#[tokio::test]
async fn a_part_of_an_earlier_process_is_continued_if_it_is_of_the_same_video() {
    for (etag, first) in [("\"v1\"", "0123"), ("\"v2\"", "wron")] {
        let folder = Folder::new();
        let server = Server::start(move |request| host(request, etag));
        std::fs::write(folder.join("a.mp4.part"), first).unwrap();
        std::fs::write(folder.join("a.mp4.part.json"), note_of(&server.origin)).unwrap();
        client().download(&video(&server.origin), folder.join("a.mp4")).await.unwrap();
        assert_eq!(std::fs::read(folder.join("a.mp4")).unwrap(), b"0123456789");
        assert!(server.seen()[0].head.contains("range: bytes=4-"));
    }
}

#[tokio::test]
async fn a_part_of_another_video_is_dropped_though_it_is_complete() {
    for part in ["9876543210", "9876"] {
        let folder = Folder::new();
        let server = Server::start(|request| host(request, "\"v1\""));
        std::fs::write(folder.join("a.mp4.part"), part).unwrap();
        let note = note_of(&format!("{}/other", server.origin));
        std::fs::write(folder.join("a.mp4.part.json"), note).unwrap();
        let url = format!("{}/video", server.origin);
        client().download(&video(&url), folder.join("a.mp4")).await.unwrap();
        assert_eq!(std::fs::read(folder.join("a.mp4")).unwrap(), b"0123456789", "{part}");
    }
}

#[tokio::test]
async fn a_part_of_unknown_origin_is_dropped() {
    let folder = Folder::new();
    std::fs::write(folder.join("a.mp4.part"), "other bytes of another video").unwrap();
    let server = Server::start(|request| host(request, "\"v1\""));
    client().download(&video(&server.origin), folder.join("a.mp4")).await.unwrap();
    assert_eq!(std::fs::read(folder.join("a.mp4")).unwrap(), b"0123456789");
}

async fn failure(url: &str) -> Error {
    let folder = Folder::new();
    let error = client().download(&video(url), folder.join("a.mp4")).await.unwrap_err();
    assert!(!folder.join("a.mp4").exists());
    assert_eq!(error.charge(), Charge::Charged);
    error
}

#[tokio::test]
async fn what_is_not_a_video_is_an_error() {
    let reply =
        |status: u16| Server::start(move |_| Action::Reply(status, String::new(), Vec::new()));
    for (status, code) in [
        (404, ErrorCode::ResultExpired),
        (410, ErrorCode::ResultExpired),
        (403, ErrorCode::ConnectionError),
        (200, ErrorCode::ConnectionError),
    ] {
        assert_eq!(failure(&reply(status).origin).await.code(), code, "{status}");
    }
    for url in ["", "file:///etc/passwd", "ftp://host/a"] {
        assert_eq!(failure(url).await.code(), ErrorCode::ConnectionError);
    }
}

#[tokio::test]
async fn the_token_of_a_url_is_in_no_error() {
    let server = Server::start(|_| Action::Drop);
    let error = failure(&format!("{}/v.mp4?token=secret-token", server.origin)).await;
    let mut shown = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(each) = source {
        shown.push_str(&each.to_string());
        source = each.source();
    }
    assert!(!shown.contains("secret-token"), "{shown}");
}

#[tokio::test]
async fn two_downloads_do_not_write_into_one_file() {
    let folder = Folder::new();
    let server = Server::start(|_| Action::Hang);
    let path = folder.join("a.mp4");
    let first = {
        let (url, path) = (server.origin.clone(), path.clone());
        tokio::spawn(async move { client().download(&video(&url), path).await })
    };
    crate::support::wait_until(|| !server.seen().is_empty()).await;
    let error = client().download(&video(&server.origin), &path).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreError);
    first.abort();
}
