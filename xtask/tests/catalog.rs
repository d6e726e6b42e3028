//! Documents that agree with the rows, and the same documents changed: exactly the expected lines.

use serde_json::json;
use xtask::{End, Report};

const WAN: &str = include_str!("fixtures/alibaba-wan2-6.json");
const SEEDANCE: &str = include_str!("fixtures/bytedance-seedance-1-5-pro.json");
const WAN_POD: &str = include_str!("fixtures/wan-2-6-i2v.mdx");
const P_VIDEO: &str = include_str!("fixtures/p-video.mdx");

/// The report on files with these names.
fn end(files: &[(&str, &str)]) -> End {
    let mut report = Report::new(false);
    for (name, text) in files {
        report.add(name, Ok(text.as_bytes()));
    }
    report.end()
}

fn report(files: &[&str]) -> (String, u8) {
    let files: Vec<(&str, &str)> = files.iter().map(|text| ("a file", *text)).collect();
    let End { text, code, .. } = end(&files);
    (text, code)
}

/// The document with the first occurrence of each text replaced.
fn changed(document: &str, edits: &[(&str, &str)]) -> String {
    let mut text = document.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "the fixture has no {from:?}");
        text = text.replacen(from, to, 1);
    }
    text
}

/// The reported differences of a changed document, without its listing's name.
fn unexpected(document: &str, edits: &[(&str, &str)]) -> Vec<String> {
    let (text, code) = report(&[&changed(document, edits)]);
    assert_eq!(code, 1, "{text}");
    let rest = |line: &str| {
        let line = line.strip_prefix("allowlist.txt, ").unwrap_or(line);
        let line = line.split_once(" → ").map_or(line, |(line, _place)| line);
        line.split_once(' ').unwrap().1.to_owned()
    };
    text.lines().map(rest).collect()
}

#[test]
fn matching_documents_have_no_differences() {
    let (text, code) = report(&[WAN, SEEDANCE, WAN_POD, P_VIDEO]);
    assert_eq!(
        text,
        "runware:alibaba:wan@2.6: no difference (8 known)\n\
         runware:bytedance:seedance@1.5-pro: no difference (9 known)\n\
         runpod:wan-2-6-i2v: no difference (4 known)\n\
         runpod:p-video: no difference (4 known)\n"
    );
    assert_eq!(code, 0);
}

#[test]
fn known_differences_are_printed_on_request() {
    let mut report = Report::new(true);
    report.add("page", Ok(P_VIDEO.as_bytes()));
    let End { text, code, .. } = report.end();
    assert_eq!(code, 0);
    let told = "runpod:p-video input.duration required: no in the document, yes in the row\n    \
                known: How long a video is decides its price, so a request always says it.\n";
    assert!(text.contains(told), "{text}");
    assert_eq!(text.matches("known: ").count(), 4);
}

#[test]
fn a_changed_page() {
    for (edits, lines) in [
        // Parameters.
        (
            &[(
                "input.fps\" type=\"integer\" default=\"24\"",
                "input.fps\" type=\"integer\" default=\"48\"",
            )][..],
            &["input.fps default: 48 in the document, 24 in the row"][..],
        ),
        (
            &[("input.fps\"", "input.frames\"")],
            &[
                "input.fps: not in the document",
                "input.frames: new parameter (integer, default 24, one of 24, 48)",
            ],
        ),
        (
            &[("input.seed\" type=\"integer\"", "input.seed\" type=\"string\" required")],
            &[
                "input.seed type: string in the document, integer in the row",
                "input.seed required: yes in the document, no in the row",
            ],
        ),
        (
            &[("seconds (1-10)", "seconds (2-12)")],
            &[
                "input.duration minimum: 2 in the document, 1 in the row",
                "input.duration maximum: 12 in the document, 10 in the row",
            ],
        ),
        (
            &[("Options: `720p`, `1080p`.", "Options: `720p`, `4k`.")],
            &[
                "input.resolution values: \"720p\", \"4k\" in the document, \"720p\", \"1080p\" in the row",
            ],
        ),
        // Prices: what follows from another amount is not reported separately.
        (
            &[
                ("| 720p | \\$0.02 per second", "| 720p | \\$0.03 per second"),
                ("| 720p | \\$0.10 | \\$0.20 |", "| 720p | \\$0.15 | \\$0.30 |"),
            ],
            &[
                "price $0.03 a second at 720p, no draft: in the document, not in the row",
                "price $0.02 a second at 720p, no draft: in the row, not in the document",
            ],
        ),
        (
            &[("\\$0.01 per second", "none")],
            &["price $0.01 a second at 1080p, draft: in the row, not in the document"],
        ),
        (
            &[("| 1080p | \\$0.20 | \\$0.40 |", "| 1080p | \\$0.20 | \\$0.38 |")],
            &["price $0.38 a video of 10 s at 1080p: in the document, not in the row"],
        ),
    ] {
        assert_eq!(unexpected(P_VIDEO, edits), lines);
    }
}

#[test]
fn a_changed_schema() {
    for (edits, lines) in [
        (
            &[("\"x-status\": \"live\"", "\"x-status\": \"deprecated\"")][..],
            &["status: deprecated in the document, live in the row"][..],
        ),
        (
            &[("\"maxLength\": 1500", "\"maxLength\": 2000")],
            &["positivePrompt maxLength: 2000 in the document, 1500 in the row"],
        ),
        (
            &[("\"enum\": [5, 10, 15]", "\"minimum\": 2, \"maximum\": 15")],
            &["duration values: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 in the document, \
               5, 10, 15 in the row"],
        ),
        (
            &[("\"enum\": [\"720p\", \"1080p\"]", "\"title\": \"Resolution\"")],
            &["resolution values: any in the document, \"720p\", \"1080p\" in the row"],
        ),
        (
            &[("\"maxItems\": 3", "\"maxItems\": 5")],
            &["inputs.referenceVideos maxItems: 5 in the document, 3 in the row"],
        ),
        (
            &[("\"audio\": { \"type\": \"boolean\" }", "\"sound\": { \"type\": \"boolean\" }")],
            &[
                "providerSettings.alibaba.audio: not in the document",
                "providerSettings.alibaba.sound: new parameter (boolean)",
            ],
        ),
        (
            &[("\"width\": { \"const\": 960 }", "\"width\": { \"const\": 1024 }")],
            &[
                "size 1024x960: in the document, not in the row",
                "size 960x960: in the row, not in the document",
            ],
        ),
        (
            &[("$0.15/s for 1080p", "$0.18/s for 1080p"), ("$2.25", "$2.70")],
            &[
                "price $0.18 a second at 1080p: in the document, not in the row",
                "price $0.15 a second at 1080p: in the row, not in the document",
            ],
        ),
    ] {
        assert_eq!(unexpected(WAN, edits), lines);
    }
}

#[test]
fn swapped_prices() {
    let edits = [
        ("$0.10/s for 720p", "$0.15/s for 720p"),
        ("$0.15/s for 1080p", "$0.10/s for 1080p"),
        ("$0.50", "$0.75"),
        ("$2.25", "$1.50"),
    ];
    assert_eq!(
        unexpected(WAN, &edits),
        [
            "price $0.15 a second at 720p: in the document, not in the row",
            "price $0.10 a second at 1080p: in the document, not in the row",
            "price $0.10 a second at 720p: in the row, not in the document",
            "price $0.15 a second at 1080p: in the row, not in the document",
        ]
    );
}

#[test]
fn a_price_that_depends_on_audio() {
    let edits = [("\"price\": \"$0.26\"", "\"price\": \"$0.30\"")];
    assert_eq!(
        unexpected(SEEDANCE, &edits),
        [
            "price $0.30 a video of 5 s at 720p, with sound: in the document, not in the row",
            "price $0.052 a second at 720p, with sound, no draft: in the row, not in the document",
        ]
    );
}

#[test]
fn an_outdated_known_difference_is_reported() {
    let edits = [("\"const\": \"auto\"", "\"maxLength\": 9")];
    let [limit, line] = unexpected(SEEDANCE, &edits).try_into().unwrap();
    assert_eq!(limit, "duration maxLength: 9 in the document, none in the row");
    assert!(line.ends_with(
        "outdated: runware:bytedance:seedance@1.5-pro duration values: \"auto\" in the document, any in the row"
    ));
}

#[test]
fn an_unknown_listing_is_drafted() {
    let edits = [
        ("\"x-air-id\": \"alibaba:wan@2.6\"", "\"x-air-id\": \"alibaba:wan@9\""),
        (
            "\"numberResults\"",
            "\"watermark\": { \"type\": \"boolean\" },\n              \"numberResults\"",
        ),
    ];
    let End { text, code, drafts } = end(&[("schema.json", &changed(WAN, &edits))]);
    assert_eq!(code, 1);
    assert_eq!(text, "runware:alibaba:wan@9: not in the catalog → catalog/\n");
    let [draft] = drafts.as_slice() else { panic!("{} drafts", drafts.len()) };
    assert_eq!(draft.id, "wan2.6");
    for line in ["watermark (boolean)", "size 1248x1632"] {
        assert!(draft.open.iter().any(|one| one == line), "{line}\n{:?}", draft.open);
    }
    let mut drafted: serde_json::Value = serde_json::from_str(&draft.text).unwrap();
    let listing = &mut drafted["listings"][0];
    assert_eq!(listing["modes"], json!(["text-to-video", "image-to-video"]));
    let params = listing["params"].as_array().unwrap();
    for param in [
        json!({ "field": "duration", "providerField": "duration", "type": "integer", "default": 5,
            "allowed": [5, 10, 15] }),
        json!({ "field": "negativePrompt", "providerField": "negativePrompt", "type": "text", "max": 500 }),
        json!({ "field": "image", "providerField": "inputs.frameImages", "type": "image", "max": 1,
            "allowed": ["url", "uuid", "data-uri", "base64"], "list": true }),
        json!({ "field": "generateAudio", "providerField": "providerSettings.alibaba.audio", "type": "boolean" }),
        json!({ "field": "resolution", "providerField": "resolution", "type": "choice",
            "allowed": ["720p", "1080p"] }),
    ] {
        assert!(params.contains(&param), "{param}\n{params:#?}");
    }
    let at_720p = json!([{ "field": "resolution", "is": "720p" }]);
    assert_eq!(listing["prices"][0], json!({ "usd": 0.1, "per": "second", "when": at_720p }));
    // It is a file of the catalog once a person has added the dates.
    let undated = filmgate::catalog::read_listed(&drafted, "").unwrap_err();
    let paths: Vec<&str> = undated.iter().map(|issue| &*issue.path).collect();
    assert_eq!(paths, ["listings.0.evidence.date"]);
    drafted["listings"][0]["evidence"]["date"] = json!("2026-11-29");
    assert!(filmgate::catalog::read_listed(&drafted, "").is_ok());
    // What every listing of the provider's has is not drafted.
    assert!(!draft.text.contains("webhookURL") && !draft.text.contains("taskUUID"));
}
