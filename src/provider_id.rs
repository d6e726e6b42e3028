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

impl ProviderId {
    /// All providers.
    pub const ALL: &[ProviderId] = &[ProviderId::Runpod, ProviderId::Runware];

    /// The provider with this name, as written in requests and handles.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The display name.
    pub const fn name(self) -> &'static str {
        match self {
            ProviderId::Runpod => "RunPod",
            ProviderId::Runware => "Runware",
        }
    }

    /// Whether the text is a valid model id of the provider.
    pub(crate) fn is_provider_model_id(self, text: &str) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let air = |c: char| plain(c) || matches!(c, ':' | '@' | '/');
        let fits = !text.is_empty() && text.len() <= 200;
        match self {
            ProviderId::Runpod => {
                fits && text.chars().all(plain)
                    && !text.as_bytes().windows(2).any(|two| two == b"..")
            }
            ProviderId::Runware => fits && text.chars().all(air),
        }
    }

    /// Raw fields that filmgate sets itself, and what to use instead.
    pub(crate) const fn reserved(self) -> &'static [(&'static str, &'static str)] {
        match self {
            ProviderId::Runpod => &[("webhook", ": use `webhookUrl`")],
            ProviderId::Runware => &[
                ("taskUUID", ": use `taskUUID` of the request"),
                ("taskType", ""),
                ("model", ": use `model` of the request"),
                ("deliveryMethod", ""),
                ("webhookURL", ": use `webhookUrl`"),
            ],
        }
    }
}
