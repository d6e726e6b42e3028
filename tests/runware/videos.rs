//! What is a finished video: a row with a URL or data.

use filmgate::outcome::Status;
use serde_json::{Value, json};

use crate::common::{UUID, VIDEO_UUID, row, video_row};
use crate::runware::{data, found, found_of};

const URL: &str = "https://vm.runware.ai/video/1.mp4";
const DATA: &str = "data:video/mp4;base64,AAAAIGZ0eXA=";

/// Values in place of a URL that are none.
fn no_urls() -> Vec<Value> {
    vec![
        json!(null),
        json!(""),
        json!("  "),
        json!("/video/1.mp4"),
        json!("video/1.mp4"),
        json!("pending"),
        json!("null"),
        json!("https://"),
        json!("https:///1.mp4"),
        json!("s3://bucket/1.mp4"),
        json!("javascript:alert(1)"),
        json!("data:video/mp4;base64,"),
        json!("data:image/png;base64,AAAA"),
        json!("https://vm.runware.ai/thumb.jpg?size=1"),
        json!([]),
        json!({}),
        json!([null, ""]),
        json!({ "url": null }),
        json!(7),
        json!(true),
    ]
}

#[test]
fn a_success_row_without_content_is_no_video() {
    for url in no_urls() {
        for status in ["success", "SUCCESS", "Completed", " done "] {
            let row = json!({ "status": status, "videoUUID": VIDEO_UUID, "videoURL": url });
            let seen = found(&data(&row));
            assert_eq!(seen.videos, [], "{row}");
            // The job polls again, with patience.
            assert_eq!((seen.status, seen.stalled), (Some(Status::Completed), true), "{row}");
        }
    }
    let seen = found(&data(&json!({ "status": "success", "videoUUID": VIDEO_UUID })));
    assert_eq!((seen.status, seen.stalled), (Some(Status::Completed), true));
}

#[test]
fn a_row_with_only_a_video_uuid_is_pending() {
    for row in
        [json!({ "videoUUID": VIDEO_UUID }), json!({ "status": "?", "videoUUID": VIDEO_UUID })]
    {
        let seen = found(&data(&row));
        assert_eq!(seen.videos, []);
        assert_eq!((seen.status, seen.stalled), (Some(Status::Running), false), "{row}");
    }
}

#[test]
fn a_pending_row_stays_pending_with_a_url() {
    for status in ["processing", "Processing", "PENDING", "queued", "IN_PROGRESS"] {
        let seen = found(&data(&json!({ "status": status, "videoURL": URL })));
        assert_eq!((seen.videos.len(), seen.status), (0, Some(Status::Running)), "{status}");
    }
}

#[test]
fn a_url_in_any_spelling_is_read() {
    for (url, read) in [
        (json!(URL), URL),
        (json!(format!("  {URL}\n")), URL),
        (json!("HTTPS://vm.runware.ai/video/1.mp4"), URL),
        (json!(" Https://vm.runware.ai/video/1.mp4 "), URL),
        (json!("http://vm.runware.ai/Video.MP4?X=Y"), "http://vm.runware.ai/Video.MP4?X=Y"),
        (json!([URL]), URL),
        (json!([null, "", URL]), URL),
        (json!(["https://vm.runware.ai/thumb.PNG", URL]), URL),
        (json!({ "url": URL }), URL),
        (json!({ "thumbnail": "https://vm.runware.ai/a.webp", "mp4": URL }), URL),
        (json!({ "poster": "https://vm.runware.ai/a", "url": URL }), URL),
        (json!([{ "type": "video", "url": [URL] }]), URL),
    ] {
        for status in [json!("success"), json!(null), json!("somethingNew")] {
            let row = json!({ "status": status, "videoURL": url, "videoUUID": VIDEO_UUID });
            let seen = found(&data(&row));
            assert_eq!(seen.status, Some(Status::Completed), "{row}");
            assert_eq!(seen.videos[0].url.as_deref(), Some(read), "{row}");
            assert_eq!(seen.videos[0].id.as_deref(), Some(VIDEO_UUID));
            assert_eq!(seen.videos[0].data, None);
        }
    }
}

#[test]
fn a_video_inside_the_response_is_data() {
    for (name, value, read) in [
        ("videoURL", json!(DATA), DATA),
        ("videoURL", json!("DATA:video/mp4;base64,AAAAIGZ0eXA="), DATA),
        ("videoURL", json!([DATA]), DATA),
        ("videoURL", json!({ "type": "base64", "data": "AAAAIGZ0eXA=" }), "AAAAIGZ0eXA="),
        ("videoDataURI", json!(DATA), DATA),
        ("videoBase64Data", json!("AAAAIGZ0eXA="), "AAAAIGZ0eXA="),
        ("videoBase64Data", json!(" AAAAIGZ0eXA=\n"), "AAAAIGZ0eXA="),
        ("videoBase64Data", json!(DATA), DATA),
    ] {
        let seen = found(&data(&json!({ "status": "success", name: value })));
        assert_eq!(seen.videos[0].data, Some(json!(read)), "{name} {value}");
        assert_eq!(seen.videos[0].url, None);
    }
    // A URL beside the data is kept, too.
    let both = json!({ "status": "success", "videoURL": URL, "videoDataURI": DATA });
    let videos = found(&data(&both)).videos;
    assert_eq!((videos[0].url.as_deref(), &videos[0].data), (Some(URL), &Some(json!(DATA))));
    for nothing in [json!("null"), json!("None"), json!(""), json!("not base64!"), json!(5)] {
        let seen = found(&data(&json!({ "status": "success", "videoBase64Data": nothing })));
        assert_eq!(seen.videos, [], "{nothing}");
    }
}

#[test]
fn a_video_below_the_row_is_read() {
    for row in [
        json!({ "status": "success", "outputs": { "videoId": "video_1", "videoURL": URL } }),
        json!({ "status": "success", "output": { "videoURL": URL } }),
        json!({ "status": "success", "video": { "url": URL } }),
        json!({ "status": "success", "videoURLs": [URL] }),
        json!({ "status": "success", "data": { "videoURL": URL } }),
        json!({ "status": "success", "data": [{ "videoURL": URL }] }),
    ] {
        let seen = found(&data(&row));
        assert_eq!(seen.videos[0].url.as_deref(), Some(URL), "{row}");
    }
}

#[test]
fn a_failed_row_with_a_video_is_a_video() {
    let seen = found(&data(&json!({ "status": "failed", "videoURL": URL, "cost": 2.4 })));
    assert_eq!((seen.videos.len(), seen.failures.len()), (1, 0));
}

#[test]
fn a_flagged_video_stays_a_video() {
    for (flag, nsfw) in [
        (json!(true), Some(true)),
        (json!("true"), Some(true)),
        (json!(false), Some(false)),
        (json!("False"), Some(false)),
        (json!("maybe"), None),
    ] {
        let seen = found(&data(&json!({ "videoURL": URL, "NSFWContent": flag })));
        assert_eq!(seen.videos[0].nsfw, nsfw, "{flag}");
    }
}

#[test]
fn a_batch_waits_for_a_video_without_content() {
    let empty = json!({ "status": "success", "videoUUID": VIDEO_UUID });
    let other = json!({ "status": "success", "videoUUID": video_row(2)["videoUUID"] });
    let failed = json!({ "status": "error", "error": { "code": "inferenceError" } });
    let busy = json!({ "status": "processing" });
    let body =
        |rows: &[&Value]| json!({ "data": rows.iter().map(|one| row(one)).collect::<Vec<_>>() });
    let one = video_row(1);
    for (n, rows, status, stalled) in [
        (2, vec![&one, &empty], Status::Running, true),
        (3, vec![&one, &failed, &empty], Status::Running, true),
        (3, vec![&one, &busy, &empty], Status::Running, false),
        (2, vec![&empty, &busy], Status::Running, false),
        (2, vec![&empty, &other], Status::Completed, true),
        // One video, listed twice.
        (2, vec![&empty, &empty], Status::Running, true),
        (2, vec![&failed, &empty], Status::Completed, true),
        (1, vec![&one, &empty], Status::Completed, false),
    ] {
        let seen = found_of(n, &body(&rows));
        assert_eq!((seen.status, seen.stalled), (Some(status), stalled), "{n} {rows:?}");
    }
}

#[test]
fn numbers_as_text_are_read() {
    let row = json!({ "status": "success", "videoURL": URL, "seed": "443404476", "cost": "0.30" });
    let video = &found(&data(&row)).videos[0];
    assert_eq!((video.seed, video.cost.unwrap().0), (Some(443_404_476), 300_000));
    for (progress, percent) in [
        (json!("40"), 40),
        (json!(" 40.9% "), 40),
        (json!("900"), 100),
        (json!("-3"), 0),
        (json!("x"), 0),
    ] {
        let seen = found(&data(&json!({ "status": "processing", "progress": progress })));
        assert_eq!(seen.progress, Some(percent), "{progress}");
    }
    let upper =
        json!({ "data": [{ "taskUUID": format!(" {} ", UUID.to_uppercase()), "videoURL": URL }] });
    assert_eq!(found(&upper).videos.len(), 1);
}

#[test]
fn a_video_under_other_names_of_its_url_is_read() {
    for row in [
        json!({ "videourl": URL }),
        json!({ "VideoURL": URL }),
        json!({ "video_uri": URL }),
        json!({ "mediaURL": URL }),
        json!({ "url": URL }),
        json!({ "videos": [{ "url": URL }] }),
        json!({ "outputs": [{ "videoURL": URL }] }),
        json!({ "outputs": { "url": URL } }),
        json!({ "outputs": { "files": [{ "uuid": "v-1", "url": URL }] } }),
        json!({ "files": [{ "url": "https://x.example.com/a.png" }, { "url": URL }] }),
        json!({ "videoURL": null, "video_url": URL }),
        json!({ "videoURL": [{ "poster": "https://x.example.com/t" }, { "url": URL }] }),
        json!({ "videoURL": { "aThumbnail": "https://x.example.com/t", "mp4": URL } }),
    ] {
        let mut row = row;
        row["status"] = json!("success");
        let seen = found(&data(&row));
        assert_eq!(seen.videos.len(), 1, "{row}");
        assert_eq!(seen.videos[0].url.as_deref(), Some(URL), "{row}");
    }
}

#[test]
fn a_video_in_a_response_that_a_proxy_wraps_is_read() {
    let inner = data(&json!({ "status": "success", "videoURL": URL }));
    for name in ["response", "result", "output", "body", "payload"] {
        assert_eq!(found(&json!({ name: inner })).videos.len(), 1, "{name}");
    }
}

#[test]
fn a_status_that_says_that_the_task_is_over_ends_it() {
    for word in ["ABORTED", "blocked", "Crashed", "terminated"] {
        let seen = found(&data(&json!({ "status": word, "message": "No." })));
        assert_eq!(seen.status, Some(Status::Failed), "{word}");
    }
}
