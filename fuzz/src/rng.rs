//! Random bytes from the seed that libFuzzer gives: the same seed makes the same change.

use arbitrary::Unstructured;

/// Enough decisions for the longest change.
const BYTES: usize = 512;

/// SplitMix64, which expands one number into uniform bytes.
pub(crate) fn bytes(seed: u32) -> [u8; BYTES] {
    let mut state = u64::from(seed);
    let mut bytes = [0; BYTES];
    for chunk in bytes.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    bytes
}

/// True once in `times` calls on average.
pub(crate) fn once_in(choices: &mut Unstructured<'_>, times: u32) -> arbitrary::Result<bool> {
    choices.ratio(1, times)
}
