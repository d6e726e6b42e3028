//! Identifiers, from the seed: the same seed and the same calls give the same ones.

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// Where random values come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Sixty-four random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let mut dice = fastrand::Rng::with_seed(self.state);
        let bits = dice.u64(..);
        self.state = dice.get_seed();
        bits
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&mut self) -> Uuid {
        let bits = u128::from(self.bits()) << 64 | u128::from(self.bits());
        Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }

    /// A worker's name, as RunPod gives them: letters and digits.
    pub(crate) fn worker(&mut self) -> String {
        format!("{:013x}", self.bits() >> 12)
    }

    /// The id that a later remix names.
    pub(crate) fn video_id(&mut self) -> String {
        format!(
            "video_{:016x}{:016x}{:016x}",
            self.bits(),
            self.bits(),
            self.bits()
        )
    }

    /// A generation's seed.
    pub(crate) fn seed(&mut self) -> u64 {
        self.bits() >> 33
    }

    /// One of `count`.
    pub(crate) fn one_of(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(1).max(1);
        usize::try_from(self.bits() % count).unwrap_or(0)
    }

    /// True about once in `thousand / per_mille` times.
    pub(crate) fn happens(&mut self, per_mille: u64) -> bool {
        self.bits() % 1000 < per_mille
    }
}

/// A UUID of version 4, which is all that Runware takes.
pub(crate) fn is_uuid_v4(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok_and(|uuid| uuid.get_version_num() == 4)
}
