//! What the fuzz targets begin with is of use only while it is read: a field that comes or goes leaves a seed
//! behind that reaches nothing, and says nothing of it.

use std::fs;
use std::path::{Path, PathBuf};

use filmgate::codec::Codec;
use filmgate::job::{Handle, Job};
use serde_json::Value;

use crate::common::{LIMITS, T0};

/// Named by what keeps them from being read.
const BROKEN: [&str; 2] = ["every-field-of-a-wrong-type", "handle-of-a-later-version"];

#[test]
fn each_record_and_each_handle_among_them_is_one_to_go_on_from() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/record");
    let paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(paths.len() > BROKEN.len());
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let seed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let handle = seed.get("handle").unwrap_or(&seed);
        let record = seed.get("record").unwrap_or(&seed);
        let goes_on =
            Handle::read(handle).is_some() || Job::resume(T0, record.clone(), 1, LIMITS).is_ok();
        assert_eq!(goes_on, !BROKEN.contains(&name), "{name}");
    }
}
