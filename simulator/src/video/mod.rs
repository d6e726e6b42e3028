//! The films: small, real, and different for every request.

mod mp4;
mod picture;
mod video_store;

use serde::{Deserialize, Serialize};

pub(crate) use video_store::{Shelf, Stored};

/// What a film shows: all that is needed to make the same bytes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Film {
    /// Taken from the prompt and the parameters: it chooses colours, hills and the sun's way.
    pub look: u64,
    /// Seconds of film.
    pub seconds: u32,
    /// Width asked for. The film keeps the aspect, not the size: see [`Film::frame_size`].
    pub width: u32,
    /// Height asked for.
    pub height: u32,
    /// The file format asked for.
    pub format: Format,
}

/// The file formats that can be asked for.
///
/// The picture is H.264 in every one, because that is the encoder at hand. `Webm` is therefore
/// answered with MP4 bytes and says so in its `Content-Type`; `Mov` is the same boxes under
/// QuickTime's brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Format {
    Mp4,
    Webm,
    Mov,
}

impl Format {
    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Mov => "mov",
        }
    }

    /// What the bytes are, which for `Webm` is not what the name says.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 | Self::Webm => "video/mp4",
            Self::Mov => "video/quicktime",
        }
    }
}

/// Longest side of a frame, in pixels: of a wide or tall one, and of one nearer to a square.
/// Frames are stored unpacked: this keeps a film under 400 kB.
const LONG_SIDE: (u32, u32) = (128, 96);
/// Most frames in a film: a longer one shows each for a longer time.
const MOST_FRAMES: u32 = 24;

impl Film {
    /// Size of a frame: the aspect that was asked for, both sides even and small.
    pub fn frame_size(&self) -> (u32, u32) {
        let (width, height) = (self.width.clamp(1, 8192), self.height.clamp(1, 8192));
        let divisor = greatest_common_divisor(width, height);
        let (across, down) = (width / divisor, height / divisor);
        let (long, short) = (across.max(down), across.min(down));
        let most = if long * 10 >= short * 17 {
            LONG_SIDE.0
        } else {
            LONG_SIDE.1
        };
        let factor = most / long / 2 * 2;
        if factor > 0 {
            return (across * factor, down * factor);
        }
        let even = |side: u32| (side * most / long / 2 * 2).max(16);
        (even(across), even(down))
    }

    /// How many frames the film has: two a second, as long as that stays small.
    pub fn frames(&self) -> u32 {
        (self.seconds.clamp(1, 600) * 2).min(MOST_FRAMES)
    }

    /// The film's bytes. The same film always has the same bytes.
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

/// FNV-1a: a hash that is the same on every machine and in every version, which std's is not.
pub(crate) fn look_of(parts: &[&[u8]]) -> u64 {
    parts
        .iter()
        .flat_map(|part| part.iter().copied().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}
