//! Any record or handle, and the job resumed from it.
#![no_main]

use filmgate_fuzz::dictionary::{RECORD, RUNPOD, RUNWARE, Words};
use filmgate_fuzz::{job_lifecycle, mutate};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use std::sync::LazyLock;

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(&[RECORD, RUNPOD, RUNWARE]));

fuzz_target!(|data: &[u8]| job_lifecycle::record(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::json(data, size, max_size, seed, &WORDS)
});
