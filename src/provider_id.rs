//! Which provider.

use std::fmt;

use crate::plain::words;

/// Who makes the video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderId {
    /// runpod.io, by its public endpoints.
    Runpod,
    /// runware.ai
    Runware,
}

words!(ProviderId {
    Runpod = "runpod",
    Runware = "runware",
});

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
