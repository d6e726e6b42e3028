//! Which provider.

use crate::codec::string_enum;

/// Who makes the video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
