//! RunPod's responses to a submit, a poll and a details request.
#![no_main]

use filmgate::provider::ProviderId;
use filmgate_fuzz::dictionary::{RUNPOD, Words};
use filmgate_fuzz::mutate;
use filmgate_fuzz::response_checks::check;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use std::sync::LazyLock;

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(&[RUNPOD]));

fuzz_target!(|data: &[u8]| check(ProviderId::Runpod, data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::json(data, size, max_size, seed, &WORDS)
});
