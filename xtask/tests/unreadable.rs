//! Files that are no documents, and bytes of any kind.

use std::fs;
use std::io::{Error, ErrorKind};
use std::process::Command;

use proptest::prelude::*;
use proptest::sample::Index;
use xtask::{End, Report};

const WAN: &str = include_str!("fixtures/alibaba-wan2-6.json");
const P_VIDEO: &str = include_str!("fixtures/p-video.mdx");

fn differs(bytes: &[u8]) -> (String, u8) {
    let mut report = Report::new(false);
    report.add("a file", Ok(bytes));
    let End { text, code, .. } = report.end();
    (text, code)
}

#[test]
fn a_sentence_says_what_is_wrong_and_where() {
    let twice = format!("{P_VIDEO}\nhttps://api.runpod.ai/v2/another/run\n");
    let nowhere = P_VIDEO.replace("https://api.runpod.ai/v2/", "https://example.com/");
    let open = P_VIDEO.replacen("</ParamField>", "", 1);
    let cut = P_VIDEO.replacen("default=\"24\">", "default=\"24>", 1);
    let long = "x".repeat(1 << 17);
    let huge = "x".repeat(5 << 20);
    for (text, sentence) in [
        ("{\n  \"info\": }", "line 2, column 11: not JSON."),
        ("{}", "a JSON document without `info`."),
        ("{\"info\": {}}", "a JSON document without `components.schemas.RequestBody`."),
        (
            "{\"info\": {}, \"components\": {\"schemas\": {\"RequestBody\": {}}}}",
            "a JSON document without `info.x-air-id`.",
        ),
        ("# Hello", "neither JSON nor a page with `<ParamField>` tags."),
        ("", "neither JSON nor a page with `<ParamField>` tags."),
        (&twice, "a page of 2 endpoints, where one is expected."),
        (&nowhere, "a page without a URL like https://api.runpod.ai/v2/<id>/run."),
        (&open, "line 23: <ParamField> has no end."),
        (&cut, "line 43: <ParamField> is not a complete tag."),
        (&long, "larger than any real page."),
        (&huge, "larger than any real document."),
    ] {
        let (told, code) = differs(text.as_bytes());
        assert_eq!(told, format!("a file: {sentence}\n"));
        assert_eq!(code, 2);
    }
    assert_eq!(differs(b"ab\xff"), ("a file: byte 2: not UTF-8.\n".to_owned(), 2));
}

#[test]
fn a_file_that_cannot_be_opened_does_not_hide_the_others() {
    let mut report = Report::new(false);
    report.add("gone.json", Err::<&[u8], _>(Error::new(ErrorKind::NotFound, "no such file")));
    report.add("page.mdx", Ok(P_VIDEO.as_bytes()));
    let End { text, code, .. } = report.end();
    assert_eq!(text, "gone.json: no such file.\nrunpod:p-video: no difference (4 known)\n");
    assert_eq!(code, 2);
}

#[test]
fn the_command_ends_with_what_was_found() {
    let run = |file: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = command.args(["catalog", file]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text)
    };
    let (code, text) = run("tests/fixtures/p-video.mdx");
    assert_eq!((code, text.lines().count()), (Some(0), 1));

    let other = P_VIDEO.replace("default=\"24\"", "default=\"25\"");
    let path = format!("{}/p-video.mdx", env!("CARGO_TARGET_TMPDIR"));
    fs::write(&path, other).unwrap();
    assert_eq!(run(&path).0, Some(1));

    let (code, text) = run("tests/fixtures/none.mdx");
    assert_eq!(code, Some(2));
    assert!(text.starts_with("tests/fixtures/none.mdx: "), "{text}");
}

/// Nothing printed is more than a line of a file, or anything but text.
fn is_fit(bytes: &[u8]) {
    let (text, code) = differs(bytes);
    assert!(code <= 2);
    for line in text.lines() {
        assert!(line.chars().count() < 400, "{line}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

#[test]
fn what_a_file_says_stays_on_its_line() {
    let long = "\\n\\u001b[31m".repeat(200);
    is_fit(WAN.replace("\"live\"", &format!("\"{long}\"")).as_bytes());
    is_fit(WAN.replace("alibaba:wan@2.6", &long).as_bytes());
    is_fit(WAN.replace("shotType", &long).as_bytes());
    is_fit(WAN.replace("720p", &long).as_bytes());
    is_fit(P_VIDEO.replace("input.fps", &"x\u{7}".repeat(500)).as_bytes());
    is_fit(P_VIDEO.replace("`24`", &format!("`{}`", "9".repeat(900))).as_bytes());
}

#[test]
fn references_that_lead_back_come_to_an_end() {
    let again = ["{\"$ref\": \"#/again\"}"; 9].join(",");
    let text = format!(
        "{{\"info\": {{\"x-air-id\": \"a:b@1\"}}, \"again\": {{\"anyOf\": [{again}]}}, \"components\": \
         {{\"schemas\": {{\"RequestBody\": {{\"properties\": {{\"x\": {{\"$ref\": \"#/again\"}}}}}}}}}}}}"
    );
    let (text, code) = differs(text.as_bytes());
    let told = "a file: more than 10000 schemas or 32 levels: a reference leads back to itself.\n";
    assert_eq!((text.as_str(), code), (told, 2));
}

/// Bytes that look like a document's.
const PIECES: [&str; 24] = [
    "<ParamField body=\"input.x\" type=\"integer\">\n",
    "</ParamField>\n",
    "Options: `5`, `",
    "Range: 9-",
    "https://api.runpod.ai/v2/p-video/run\n",
    "## Cost calculation\n\n",
    "| a | b |\n|---|---|\n",
    "| 5 s | \\$0.",
    "$",
    "per second",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\"$ref\": \"#\"",
    "---\n",
    "`",
    "> ",
    "<",
    "\n\n",
    "é",
];

fn pieces() -> impl Strategy<Value = String> {
    let piece =
        prop_oneof![any::<Index>().prop_map(|at| (*at.get(&PIECES)).to_owned()), "\\PC{0,4}",];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        // Nothing is written beside the tests.
        failure_persistence: None,
        ..ProptestConfig::with_cases(128)
    })]

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        is_fit(&bytes);
    }

    #[test]
    fn any_pieces_are_judged(text in pieces()) {
        is_fit(text.as_bytes());
    }

    #[test]
    fn a_damaged_document_is_judged(
        page in any::<bool>(),
        from in any::<Index>(),
        length in 0_usize..40,
        with in pieces(),
    ) {
        let document = if page { P_VIDEO } else { WAN };
        let mut bytes = document.as_bytes().to_vec();
        let from = from.index(bytes.len());
        let end = bytes.len().min(from + length);
        bytes.splice(from..end, with.bytes());
        is_fit(&bytes);
    }
}
