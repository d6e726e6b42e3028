//! Sizes in pixels.

/// A size that can be requested, and the tier it is billed at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) tier: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

pub(super) const fn size(tier: &'static str, width: u32, height: u32) -> Size {
    Size { tier, width, height }
}

/// The pixels of a tier in an aspect ratio, if the documents do not say: the tier's name is the length
/// of the shorter side.
pub(crate) fn shape(tier: &str, (across, down): (u32, u32)) -> (u32, u32) {
    let short = match tier {
        "4K" => 2160,
        _ => tier.trim_end_matches('p').parse().unwrap_or(720),
    };
    let long = |long: u32, short_of: u32| short * long / short_of.max(1) / 2 * 2;
    if across >= down { (long(across, down), short) } else { (short, long(down, across)) }
}
