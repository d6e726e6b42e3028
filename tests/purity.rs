//! The core uses no clock, random source, socket or JavaScript, and no crate that does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Words that no source of the core may contain.
const FORBIDDEN: &[&str] = &[
    "SystemTime",
    "Instant",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::fs",
    "std::io",
    "std::env",
    "std::process",
    "std::thread",
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "serde_wasm_bindgen",
    "gloo_net",
    "JsValue",
    "rand",
    "getrandom",
    "fastrand",
    "RandomState",
    "tokio",
    "async",
    "unsafe",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The bindings, and the client, which only a feature enables.
        if path.ends_with("src/wasm") || path.ends_with("src/client") {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// A source without comments and strings, where the words are allowed.
fn code(source: &str) -> String {
    let lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

fn names(code: &str, word: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(letter) && !after.is_some_and(letter)
    })
}

#[test]
fn the_core_uses_no_environment() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 20, "the sources are there: {files:?}");
    let mut found = Vec::new();
    for file in files {
        let code = code(&fs::read_to_string(&file).unwrap());
        for word in FORBIDDEN.iter().filter(|word| names(&code, word)) {
            found.push(format!("{}: {word}", file.display()));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_search_finds_forbidden_names() {
    assert!(names(&code("let t = std::time::Instant::now(); // now"), "Instant"));
    assert!(names(&code("use js_sys::Date;"), "js_sys"));
    assert!(!names(&code("/// An Instant is no instant.\nlet a = \"Instant\";"), "Instant"));
    assert!(!names(&code("let operand = Instants;"), "rand"));
}

#[test]
fn the_native_build_has_no_web_crates() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "-p", "filmgate", "--edges", "normal", "--prefix", "none", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(crates.contains(&"serde_json"), "the tree is there: {tree}");
    let foreign = [
        "wasm",
        "js-sys",
        "web-sys",
        "gloo",
        "rand",
        "getrandom",
        "tokio",
        "hyper",
        "reqwest",
        "rustls",
        "sqlite",
        "uuid",
    ];
    for name in crates {
        assert!(!foreign.iter().any(|part| name.contains(part)), "{name} in\n{tree}");
    }
}
