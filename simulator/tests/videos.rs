//! Videos: real, small, different per request, and expired after their time.

use std::collections::HashSet;
use std::io::Cursor;

use crate::common::{Harness, RUN_MS, UUID, answer, input, task};
use filmgate_simulator::{Format, Video};
use mp4::{MediaType, Mp4Reader};
use serde_json::json;

/// A video's size stays below this, whatever it shows.
const MAX_BYTES: usize = 250_000;

fn video(changes: impl FnOnce(&mut Video)) -> Video {
    let prompt = "A boat at sunrise".to_owned();
    let (look, seconds, format) = (1, 4, Format::Mp4);
    let mut video = Video { prompt, look, seconds, width: 1280, height: 720, format };
    changes(&mut video);
    video
}

/// The types of a video's pictures in NAL units, as an independent parser finds them.
fn picture_types(reader: &mut Mp4Reader<Cursor<Vec<u8>>>) -> Vec<u8> {
    let count = reader.tracks().values().next().unwrap().sample_count();
    (1..=count)
        .map(|number| {
            let sample = reader.read_sample(1, number).unwrap().unwrap();
            let length = u32::from_be_bytes(sample.bytes[..4].try_into().unwrap());
            assert_eq!(length as usize + 4, sample.bytes.len());
            assert_eq!(sample.is_sync, number == 1);
            sample.bytes[4] & 0x1f
        })
        .collect()
}

#[test]
fn an_independent_parser_reads_every_video() {
    for (width, height, shown, seconds, format) in [
        (1280, 720, (640, 360), 5, Format::Mp4),
        (1920, 1080, (640, 360), 1, Format::Webm),
        (720, 1280, (360, 640), 1, Format::Mov),
        (1792, 1024, (644, 368), 1, Format::Mp4),
        (1024, 1792, (368, 644), 1, Format::Mp4),
        (2520, 1080, (840, 360), 1, Format::Mp4),
        (960, 960, (640, 640), 1, Format::Mp4),
        (1280, 720, (640, 360), 20, Format::Mp4),
    ] {
        let video = video(|video| {
            (video.width, video.height, video.seconds) = (width, height, seconds);
            video.format = format;
        });
        let bytes = video.encode();
        let length = bytes.len() as u64;
        let mut reader = Mp4Reader::read_header(Cursor::new(bytes), length).unwrap();
        assert_eq!(reader.duration().as_secs(), u64::from(seconds));
        let track = reader.tracks().values().next().unwrap();
        assert_eq!(track.media_type().unwrap(), MediaType::H264);
        assert_eq!(track.duration().as_secs(), u64::from(seconds));
        assert_eq!((track.width(), track.height()), shown, "{video:?}");
        let types = picture_types(&mut reader);
        assert_eq!(types.len() as u32, seconds * 12, "twelve a second");
        assert_eq!((types[0], &types[1..]), (5, &vec![1; types.len() - 1][..]), "one key picture");
    }
}

#[test]
fn a_video_of_ten_seconds_is_below_250_kb_whatever_it_shows() {
    for prompt in [
        "Neon street in the rain, a car drives past",
        "A fox in falling snow in a forest",
        "Paper boats on a stormy sea",
        "A rocket in space",
        "A campfire in the rain",
        "",
    ] {
        let video = video(|video| {
            (video.prompt, video.seconds) = (prompt.to_owned(), 10);
        });
        let bytes = video.encode().len();
        assert!((20_000..MAX_BYTES).contains(&bytes), "{prompt}: {bytes} bytes");
    }
    let square = video(|video| {
        video.prompt = "A storm in the city".to_owned();
        (video.width, video.height, video.seconds) = (1024, 1024, 20);
    });
    assert!(square.encode().len() < MAX_BYTES);
}

#[test]
fn a_prompt_of_any_text_is_drawn() {
    let long = "wide ".repeat(400);
    for prompt in ["東京の夜", "🦊🦊🦊", "e\u{301}\u{0}\n\t", "x".repeat(5000).as_str(), &long]
    {
        let changed = video(|video| {
            (video.prompt, video.seconds, video.width) = (prompt.to_owned(), 1, 300);
        });
        assert!(changed.encode().len() < MAX_BYTES, "{prompt}");
    }
}

#[test]
fn odd_sizes_produce_a_video() {
    for (width, height, seconds) in [(0, 0, 0), (1, 9999, 1), (1283, 719, 1), (9999, 1, 100_000)] {
        for place in
            ["sea", "city", "forest", "mountain", "desert", "snow", "meadow", "space", "fire", ""]
        {
            let video = video(|video| {
                video.prompt = format!("{place} at night");
                (video.width, video.height, video.seconds) = (width, height, seconds);
            });
            let bytes = video.encode();
            let length = bytes.len() as u64;
            assert!(Mp4Reader::read_header(Cursor::new(bytes), length).is_ok(), "{video:?}");
        }
    }
}

#[test]
fn equal_videos_have_equal_bytes() {
    assert_eq!(video(|_| {}).encode(), video(|_| {}).encode());
    let look = |look| video(|video| (video.look, video.seconds) = (look, 1)).encode();
    let videos: HashSet<_> = (0..12).map(look).collect();
    assert_eq!(videos.len(), 12);
    let other = video(|video| video.prompt = "A city at night".to_owned());
    assert_ne!(other.encode(), video(|_| {}).encode());
}

#[test]
fn the_same_request_looks_the_same_whatever_its_ids() {
    let bytes = |changes| {
        let mut sim = Harness::new();
        sim.tasks(json!([task(changes)]));
        sim.wait(RUN_MS);
        let uuid = sim.ledger().submissions[0].id.clone().unwrap();
        let url = sim.poll(&uuid).body["data"][0]["videoURL"].as_str().unwrap().to_owned();
        sim.get(&url).bytes
    };
    let example = bytes(json!({}));
    assert_eq!(example, bytes(json!({ "taskUUID": crate::common::OTHER_UUID })));
    assert_ne!(example, bytes(json!({ "positivePrompt": "Another" })));
    assert_ne!(example, bytes(json!({ "outputQuality": 50 })));
}

fn stored(sim: &mut Harness, format: &str) -> String {
    sim.tasks(json!([task(json!({ "outputFormat": format }))]));
    sim.wait(RUN_MS);
    sim.poll(UUID).body["data"][0]["videoURL"].as_str().unwrap().to_owned()
}

#[test]
fn formats() {
    for (format, extension, media_type) in [
        ("MP4", ".mp4", "video/mp4"),
        ("WEBM", ".webm", "video/mp4"),
        ("MOV", ".mov", "video/quicktime"),
    ] {
        let mut sim = Harness::new();
        let url = stored(&mut sim, format);
        assert!(url.ends_with(extension));
        assert_eq!(sim.get(&url).header("content-type"), Some(media_type));
        let other = url.replace(extension, ".avi");
        assert_eq!(sim.get(&other).status, 404);
    }
}

#[test]
fn parts() {
    let mut sim = Harness::new();
    let url = stored(&mut sim, "MP4");
    let whole = sim.get(&url);
    assert_eq!((whole.status, whole.header("accept-ranges")), (200, Some("bytes")));
    let total = whole.bytes.len();
    let last = total - 1;
    for (range, status, first, end) in [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=100-", 206, 100, last),
        ("bytes=-10", 206, total - 10, last),
        ("bytes=5-99999999", 206, 5, last),
        ("bytes=7-7", 206, 7, 7),
        ("bytes=9-3", 200, 0, last),
        ("bytes=0-1,4-5", 200, 0, last),
        ("pages=1-2", 200, 0, last),
    ] {
        let part = answer(sim.reply_with("GET", &url, &[("Range", range)], b""));
        assert_eq!((part.status, &part.bytes[..]), (status, &whole.bytes[first..=end]), "{range}");
        let expected = (status == 206).then(|| format!("bytes {first}-{end}/{total}"));
        assert_eq!(part.header("content-range"), expected.as_deref(), "{range}");
    }
    let beyond = format!("bytes={total}-");
    let part = answer(sim.reply_with("GET", &url, &[("Range", &beyond)], b""));
    assert_eq!(
        (part.status, part.header("content-range").unwrap()),
        (416, format!("bytes */{total}").as_str())
    );

    let head = sim.send("HEAD", &url, b"");
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length").unwrap(), total.to_string());
    assert_eq!(sim.post(&url, &json!({})).status, 405);
}

#[test]
fn if_range_matches_only_the_same_video() {
    let mut sim = Harness::new();
    let url = stored(&mut sim, "MP4");
    let whole = sim.get(&url);
    let tag = whole.header("etag").unwrap().to_owned();
    assert_eq!(sim.get(&url).header("etag"), Some(&*tag));
    let mut ask = |condition: &str| {
        let headers = [("Range", "bytes=100-"), ("If-Range", condition)];
        answer(sim.reply_with("GET", &url, &headers, b""))
    };
    let part = ask(&tag);
    assert_eq!((part.status, part.header("etag")), (206, Some(&*tag)));
    assert_eq!(part.bytes, whole.bytes[100..]);
    for other in ["\"another\"", &format!("W/{tag}"), "Wed, 21 Oct 2015 07:28:00 GMT"] {
        let all = ask(other);
        assert_eq!((all.status, all.bytes), (200, whole.bytes.clone()), "{other}");
    }
    let mut other = Harness::new();
    let prompt = json!([task(json!({ "positivePrompt": "Another" }))]);
    other.tasks(prompt);
    other.wait(RUN_MS);
    let url = other.poll(UUID).body["data"][0]["videoURL"].clone();
    assert_ne!(other.get(url.as_str().unwrap()).header("etag"), Some(&*tag));
}

#[test]
fn a_truncated_stream_truncates_ranges() {
    let mut sim = Harness::new();
    let url = stored(&mut sim, "MP4");
    let whole = sim.get(&url).bytes;
    let cut =
        json!([{ "operation": "download", "times": 2, "fault": { "kind": "truncatedStream" } }]);
    sim.control("faults", cut);
    let first = sim.get(&url);
    assert_eq!(first.bytes, whole[..whole.len() / 2]);
    assert_eq!(first.header("content-length").unwrap(), whole.len().to_string());
    let range = format!("bytes={}-", first.bytes.len());
    let mut rest = || answer(sim.reply_with("GET", &url, &[("Range", &range)], b""));
    let second = rest();
    let left = whole.len() - first.bytes.len();
    assert_eq!((second.status, second.bytes.len()), (206, left / 2));
    assert_eq!(second.header("content-length").unwrap(), left.to_string());
    assert_eq!(rest().bytes, whole[first.bytes.len()..]);
}

#[test]
fn videos_need_no_key_and_expire() {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let mut sim = Harness::new();
    let id = sim.run(input());
    sim.wait(RUN_MS);
    let url = sim.status(&id).body["output"]["video_url"].as_str().unwrap().to_owned();
    sim.key = None;
    sim.wait(7 * DAY - 1);
    assert_eq!(sim.get(&url).status, 200);
    sim.wait(1);
    assert_eq!(sim.get(&url).status, 410);
    assert_eq!(sim.get("/videos/never-was.mp4").status, 404);

    let mut sim = Harness::new();
    sim.tasks(json!([task(json!({ "ttl": 60 }))]));
    sim.wait(RUN_MS);
    let url = sim.poll(UUID).body["data"][0]["videoURL"].as_str().unwrap().to_owned();
    sim.wait(59_999);
    assert_eq!(sim.get(&url).status, 200);
    sim.wait(1);
    assert_eq!(sim.get(&url).status, 410);
}
