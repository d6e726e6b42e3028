//! What `cargo xtask models` writes and reports.
use std::fs;
use std::path::{Path, PathBuf};

use xtask::missing::missing;
use xtask::pages::PAGES;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_pages_are_those_that_the_command_writes() {
    for (name, made) in PAGES {
        let text = fs::read_to_string(root().join(name)).unwrap();
        assert_eq!(made(&text), text, "{name}: run `cargo xtask models`");
    }
}

#[test]
fn a_page_that_was_changed_by_hand_is_written_again() {
    for (name, made) in PAGES {
        let text = fs::read_to_string(root().join(name)).unwrap();
        let changed = text
            .replace("`wan-2.6` |", "`wan-2.7` |")
            .replace("  | \"wan-2.6\"\n", "")
            .replace(&format!("{} models", filmgate::catalog::MODELS.len()), "7 models");
        assert_ne!(changed, text, "{name}");
        assert_eq!(made(&changed), text, "{name}");
    }
}

#[test]
fn no_listing_lacks_its_tests_or_its_part_in_the_simulator() {
    assert_eq!(missing(&root()).unwrap(), [""; 0]);
}

/// A copy of the repository's files without one listing.
#[test]
fn each_file_that_does_not_know_a_listing_is_named() {
    let copy = std::env::temp_dir().join(format!("filmgate-missing-{}", std::process::id()));
    for folder in ["tests/catalog", "simulator/src/listing"] {
        fs::create_dir_all(copy.join(folder)).unwrap();
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let text =
                    fs::read_to_string(&path).unwrap().replace("wan-2-6-i2v", "wan-2-6-other");
                fs::write(copy.join(folder).join(path.file_name().unwrap()), text).unwrap();
            }
        }
    }
    let found = missing(&copy).unwrap();
    fs::remove_dir_all(&copy).unwrap();
    let files: Vec<&str> = found
        .iter()
        .filter_map(|line| line.split_once(": wan-2-6-i2v: "))
        .map(|(file, _)| file)
        .collect();
    let expected = [
        "tests/catalog/documented.json",
        "tests/catalog/bodies.json",
        "simulator/src/listing",
        "tests/catalog/prices.json",
    ];
    assert_eq!(files, expected);
}
