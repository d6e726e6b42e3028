//! Random values from a seed: the same seed and the same calls give the same values.

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// A seeded random number generator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rng {
    state: u64,
}

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Sixty-four random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let mut rng = fastrand::Rng::with_seed(self.state);
        let bits = rng.u64(..);
        self.state = rng.get_seed();
        bits
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&mut self) -> Uuid {
        let bits = u128::from(self.bits()) << 64 | u128::from(self.bits());
        Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }

    /// A worker's name in RunPod's format: letters and digits.
    pub(crate) fn worker(&mut self) -> String {
        format!("{:013x}", self.bits() >> 12)
    }

    /// The id that a later remix refers to.
    pub(crate) fn video_id(&mut self) -> String {
        format!("video_{:016x}{:016x}{:016x}", self.bits(), self.bits(), self.bits())
    }

    /// A generation's seed.
    pub(crate) fn seed(&mut self) -> u64 {
        self.bits() >> 33
    }

    /// An index below `count`.
    pub(crate) fn one_of(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(1).max(1);
        usize::try_from(self.bits() % count).unwrap_or(0)
    }

    /// True in `per_mille` of a thousand calls.
    pub(crate) fn happens(&mut self, per_mille: u64) -> bool {
        self.bits() % 1000 < per_mille
    }
}

/// Whether a text is a UUID of version 4, the only version Runware accepts.
pub(crate) fn is_uuid_v4(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok_and(|uuid| uuid.get_version_num() == 4)
}

/// FNV-1a: a hash that is stable across machines and versions, unlike std's.
pub(crate) fn fnv1a(parts: &[&[u8]]) -> u64 {
    parts
        .iter()
        .flat_map(|part| part.iter().copied().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}
