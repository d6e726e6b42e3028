//! The providers.

use crate::codec::string_enum;

/// A provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProviderId {
    /// runpod.io, its public endpoints.
    Runpod,
    /// runware.ai
    Runware,
}

string_enum!(ProviderId {
    Runpod = "runpod",
    Runware = "runware",
});
