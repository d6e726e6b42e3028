//! Which provider.

use std::fmt;

use crate::codec::string_enum;

/// Who makes the video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderId {
    /// runpod.io, by its public endpoints.
    Runpod,
    /// runware.ai
    Runware,
}

string_enum!(ProviderId {
    Runpod = "runpod",
    Runware = "runware",
});

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
