//! Small, real videos, different for every request.

mod frame;
mod mp4;
mod video_store;

use serde::{Deserialize, Serialize};

pub(crate) use video_store::{StoredVideo, VideoStore};

/// The content of a video: everything needed to encode the same bytes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Video {
    /// A hash of the prompt and the parameters: it chooses colors, hills and the sun's path.
    pub look: u64,
    /// Seconds of video.
    pub seconds: u32,
    /// Requested width. The video keeps the aspect, not the size: see [`Video::frame_size`].
    pub width: u32,
    /// Requested height.
    pub height: u32,
    /// Requested file format.
    pub format: Format,
}

/// The file formats that can be requested.
///
/// All contain H.264, since that is the available encoder. `Webm` is therefore answered with MP4
/// bytes and says so in its `Content-Type`; `Mov` is the same boxes under QuickTime's brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Format {
    Mp4,
    Webm,
    Mov,
}

impl Format {
    /// The file name's extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Mov => "mov",
        }
    }

    /// The media type of the bytes, which for `Webm` differs from the name.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 | Self::Webm => "video/mp4",
            Self::Mov => "video/quicktime",
        }
    }
}

/// Longest side of a frame in pixels: of a wide or tall one, and of one nearer to a square.
/// Frames are stored uncompressed: this keeps a video under 400 kB.
const MAX_SIDE_PX: (u32, u32) = (128, 96);
/// Frames of a video at most: a longer one shows each frame longer.
const MAX_FRAMES: u32 = 24;

impl Video {
    /// Size of a frame: the requested aspect, with both sides even and small.
    pub fn frame_size(&self) -> (u32, u32) {
        let (width, height) = (self.width.clamp(1, 8192), self.height.clamp(1, 8192));
        let divisor = greatest_common_divisor(width, height);
        let (across, down) = (width / divisor, height / divisor);
        let (long, short) = (across.max(down), across.min(down));
        let most = if long * 10 >= short * 17 { MAX_SIDE_PX.0 } else { MAX_SIDE_PX.1 };
        let factor = most / long / 2 * 2;
        if factor > 0 {
            return (across * factor, down * factor);
        }
        let even = |side: u32| (side * most / long / 2 * 2).max(16);
        (even(across), even(down))
    }

    /// The number of frames: two per second, up to a maximum.
    pub fn frames(&self) -> u32 {
        (self.seconds.clamp(1, 600) * 2).min(MAX_FRAMES)
    }

    /// The video's bytes. The same video always has the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        mp4::encode(self)
    }
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
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
