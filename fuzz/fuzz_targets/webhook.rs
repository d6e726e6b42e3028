//! Webhooks of both providers: unsigned, from anyone.
#![no_main]

use filmgate::provider::ProviderId;
use filmgate_fuzz::dictionary::{RUNPOD, RUNWARE, Words};
use filmgate_fuzz::{mutate, webhook};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use std::sync::LazyLock;

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(&[RUNPOD, RUNWARE]));

fuzz_target!(|data: &[u8]| {
    for provider in ProviderId::ALL {
        webhook::check(*provider, data);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::json(data, size, max_size, seed, &WORDS)
});
