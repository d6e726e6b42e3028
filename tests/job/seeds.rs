//! The fuzz seeds are useful only if they can be parsed: after a change of fields, an outdated seed reaches no code.

use std::fs;
use std::path::{Path, PathBuf};

use filmgate::codec::Codec;
use filmgate::job::{Handle, Job};
use serde_json::Value;

use crate::common::{LIMITS, T0};

/// Seeds that cannot be parsed, by design.
const BROKEN: [&str; 2] = ["every-field-of-a-wrong-type", "handle-of-a-later-version"];

#[test]
fn each_record_or_handle_can_be_resumed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/record");
    let paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(paths.len() > BROKEN.len());
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let seed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let handle = seed.get("handle").unwrap_or(&seed);
        let record = seed.get("record").unwrap_or(&seed);
        let is_resumable =
            Handle::read(handle).is_some() || Job::resume(T0, record.clone(), 1, LIMITS).is_ok();
        assert_eq!(is_resumable, !BROKEN.contains(&name), "{name}");
    }
}
