//! JSON that JavaScript reads and serde_json does not: one odd character or number must not hide an id or a video.

use filmgate::provider::Body;
use serde_json::{Value, json};

fn parsed(text: &str) -> Value {
    match Body::parse(text) {
        Body::Json(json) => json,
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn half_a_character_is_replaced() {
    for (text, value) in [
        (r#""a\ud83d""#, "a\u{fffd}"),
        (r#""\ud83db""#, "\u{fffd}b"),
        (r#""\uDE00\uD83D""#, "\u{fffd}\u{fffd}"),
        (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
        (r#""\ud83d\n\"""#, "\u{fffd}\n\""),
        (r#""\\ud83d \ud83d""#, "\\ud83d \u{fffd}"),
        (r#""\\\ud83d""#, "\\\u{fffd}"),
        (r#""é\ude00é""#, "é\u{fffd}é"),
    ] {
        assert_eq!(
            parsed(&format!(r#"{{"id":"a-u1","x":{text}}}"#)),
            json!({ "id": "a-u1", "x": value })
        );
    }
    assert_eq!(parsed(r#"{"\ud83d":1}"#), json!({ "\u{fffd}": 1 }));
}

#[test]
fn a_number_that_is_too_large_is_null() {
    for number in ["1e400", "-1e400", "1E+999", &"9".repeat(400)] {
        let text = format!(r#"{{"id":"a-u1","x":[{number},1.5],"y":"1e400"}}"#);
        assert_eq!(parsed(&text), json!({ "id": "a-u1", "x": [null, 1.5], "y": "1e400" }));
    }
}

#[test]
fn what_is_nested_too_deeply_hides_nothing_else() {
    for depth in [60, 127, 128, 1_000, 100_000] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let deep = format!(r#"{}"]}}\"[{{"{}"#, open.repeat(depth), close.repeat(depth));
            let found = parsed(&format!(r#"{{"x":{deep},"id":"a-u1"}}"#));
            assert_eq!(found["id"], "a-u1", "{depth}");
        }
    }
}

#[test]
fn a_job_in_a_string_is_read_the_same() {
    let output =
        json!({ "output": r#"{"video_url":"https://x/v.mp4","seed":1e400,"t":"\ud83d"}"# });
    let found = parsed(&output.to_string());
    assert_eq!(
        found,
        json!({ "output": { "video_url": "https://x/v.mp4", "seed": null, "t": "\u{fffd}" } })
    );
}

#[test]
fn a_byte_order_mark_is_skipped() {
    assert_eq!(parsed("\u{feff}{\"id\":\"a-u1\"}"), json!({ "id": "a-u1" }));
}

#[test]
fn what_is_no_json_stays_so() {
    for text in [
        r#"{"a":"\ud83d"#,
        r#"{"a":"\ud83"}"#,
        r#"{"a":"\ud8zz"}"#,
        r#"{"a":1e400"#,
        r#"{"a":--1}"#,
        "[[[[",
        "{\"a\":\"\n\"}",
        r#"{"a":1}{"b":"\ud83d"}"#,
        "[1,]",
    ] {
        assert_eq!(Body::parse(text), Body::Damaged, "{text}");
    }
    assert_eq!(Body::parse("\\ud83d"), Body::NonJson);
}
