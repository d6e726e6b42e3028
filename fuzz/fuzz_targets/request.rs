//! Requests and options: issues, prices, bodies.
#![no_main]

use filmgate_fuzz::dictionary::{REQUEST, Words};
use filmgate_fuzz::{mutate, quote_checks};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use std::sync::LazyLock;

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(&[REQUEST]));

fuzz_target!(|data: &[u8]| quote_checks::check_all(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::json(data, size, max_size, seed, &WORDS)
});
