//! Small, real videos of drawn scenes, different for every request.
//! It imports nothing of the simulator, and never reads a clock or a random source.
//!
//! | module | content |
//! |---|---|
//! | `scene`, `caption`, `canvas` | what is drawn, and on what |
//! | `movie` | from a scene to pictures |
//! | `h264`, `mp4` | the encoder, and the file around it |

mod canvas;
mod caption;
mod h264;
mod movie;
mod mp4;
mod scene;

use serde::{Deserialize, Serialize};

/// The content of a video: everything needed to encode the same bytes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Video {
    /// The prompt: its words choose the scene, and it is the caption.
    pub prompt: String,
    /// A hash of the prompt and the parameters: it chooses colors and outlines.
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

/// The shorter side of a wide or tall frame, and the longer one of one nearer to a square, at least.
const MIN_SIDES_PX: (u32, u32) = (360, 640);
/// The longer side at most.
const MAX_SIDE_PX: u32 = 864;
/// Frames a second.
const FRAME_RATE: u32 = 12;
/// Frames of a video at most: a longer one shows each frame longer.
const MAX_FRAMES: u32 = 240;

impl Video {
    /// Size of a frame: the requested aspect, with both sides even and small.
    pub fn frame_size(&self) -> (u32, u32) {
        let (width, height) = (self.width.clamp(1, 8192), self.height.clamp(1, 8192));
        let divisor = greatest_common_divisor(width, height);
        let (across, down) = (width / divisor, height / divisor);
        let (long, short) = (across.max(down), across.min(down));
        let factor = MIN_SIDES_PX.0.div_ceil(short).max(MIN_SIDES_PX.1.div_ceil(long));
        let factor = factor.next_multiple_of(2);
        if factor * long <= MAX_SIDE_PX {
            return (across * factor, down * factor);
        }
        let longer = (MIN_SIDES_PX.0 * long / short).clamp(MIN_SIDES_PX.1, MAX_SIDE_PX);
        let even = |side: u32| (side * longer / long / 2 * 2).max(16);
        (even(across), even(down))
    }

    /// The number of frames: twelve per second, up to a maximum.
    pub fn frames(&self) -> u32 {
        (self.seconds.clamp(1, 600) * FRAME_RATE).min(MAX_FRAMES)
    }

    /// The video's bytes. The same video always has the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        let seconds = self.seconds.clamp(1, 600);
        mp4::encode(self, &Extent { size: self.frame_size(), frames: self.frames(), seconds })
    }

    /// The bytes of a second of the video, a quarter as large and without its text: for responses that
    /// contain it.
    pub fn encode_preview(&self) -> Vec<u8> {
        let (width, height) = self.frame_size();
        let quarter = |side: u32| (side / 8 * 2).max(16);
        let size = (quarter(width), quarter(height));
        mp4::encode(self, &Extent { size, frames: 4, seconds: 1 })
    }
}

/// How large an encoded video is, and how long.
struct Extent {
    size: (u32, u32),
    frames: u32,
    seconds: u32,
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
