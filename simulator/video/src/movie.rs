//! From a scene to encoded pictures that stay below a size.

use super::canvas::Canvas;
use super::caption::{self, Caption};
use super::h264::Encoder;
use super::scene::Scene;
use super::{Extent, Video};

/// Bytes of all pictures together, which the quantizer keeps to.
const BUDGET_BYTES: usize = 225_000;
/// The quantizer of the first picture: the still parts of all others look as good.
const KEY_QUANTIZER: i32 = 20;
/// The quantizers of the others. Each 6 more halve the bits.
const MIN_QUANTIZER: i32 = 24;
const MAX_QUANTIZER: i32 = 46;

/// A smaller picture has no caption and no mark.
const MIN_TEXT_SIZE_PX: (u32, u32) = (240, 160);

/// An encoded video: the two parameter sets, and each picture.
pub(super) struct Movie {
    pub(super) parameter_sets: [Vec<u8>; 2],
    pub(super) pictures: Vec<Vec<u8>>,
}

/// Draws and encodes all pictures of a video.
pub(super) fn encode(video: &Video, extent: &Extent) -> Movie {
    let (width, height) = extent.size;
    let canvas = Canvas::new(width, height);
    let has_text = width >= MIN_TEXT_SIZE_PX.0 && height >= MIN_TEXT_SIZE_PX.1;
    let text = if has_text { video.prompt.as_str() } else { "" };
    let caption = Caption::new(text, canvas.width);
    let end = canvas.height - caption.height();
    let mut overlay = canvas.clone();
    caption.draw(&mut overlay, end);
    let scene = Scene::new(&video.prompt, video.look, canvas, end);
    let motions = scene.motions();
    let mut encoder = Encoder::new(width, height);
    let parameter_sets = encoder.parameter_sets();
    let mut pictures: Vec<Vec<u8>> = Vec::new();
    let (mut quantizer, mut spent) = (KEY_QUANTIZER, 0);
    for tick in 0..extent.frames {
        let mut canvas = scene.draw(tick as i32);
        canvas.copy_rows(&overlay, end);
        if has_text {
            caption::draw_mark(&mut canvas);
        }
        let picture = encoder.encode(canvas.picture, &motions, quantizer);
        spent += picture.len();
        let left = (extent.frames - tick) as usize;
        let share = BUDGET_BYTES.saturating_sub(spent) / left;
        quantizer = next_quantizer(quantizer, picture.len(), share, tick == 0);
        pictures.push(picture);
    }
    Movie { parameter_sets, pictures }
}

/// Coarser if the last picture took more than its share, and finer if it took far less.
fn next_quantizer(quantizer: i32, bytes: usize, share: usize, is_first: bool) -> i32 {
    let step = match bytes * 10 / share.max(1) {
        _ if is_first => MIN_QUANTIZER - quantizer,
        0..7 => -1,
        7..10 => 0,
        10..16 => 1,
        _ => 3,
    };
    (quantizer + step).clamp(MIN_QUANTIZER, MAX_QUANTIZER)
}
