//! Frames: a sun moving over two ranges of hills, in colors that the video's hash chooses.

use super::Video;

/// One frame's planes in YCbCr 4:2:0, padded to whole macroblocks for the encoder.
pub(super) struct Frame {
    pub(super) luma: Vec<u8>,
    pub(super) blue: Vec<u8>,
    pub(super) red: Vec<u8>,
    pub(super) luma_stride: usize,
    pub(super) chroma_stride: usize,
}

/// A color as the planes store it.
#[derive(Clone, Copy)]
struct Color {
    luma: u8,
    blue: u8,
    red: u8,
}

/// Everything that does not change from frame to frame.
struct Landscape {
    sky: Color,
    ranges: [(Color, HillRange); 2],
    sun: Color,
    width: i64,
    height: i64,
}

/// A range of hills: a triangle wave that drifts.
struct HillRange {
    crest: i64,
    swing: i64,
    wavelength: i64,
    phase: i64,
    drift: i64,
}

impl HillRange {
    /// The row at which the hills begin in column `x`.
    fn top(&self, x: i64, tick: i64) -> i64 {
        let at = (x + self.phase + self.drift * tick / 2).rem_euclid(self.wavelength);
        let half = (self.wavelength / 2).max(1);
        self.crest + (at - half).abs() * self.swing / half
    }
}

impl Landscape {
    fn of(video: &Video) -> Self {
        let mut rng = fastrand::Rng::with_seed(video.look);
        let (width, height) = video.frame_size();
        let (width, height) = (i64::from(width), i64::from(height));
        let mut color = |low: u8, high: u8| Color {
            luma: rng.u8(low..=high),
            blue: rng.u8(70..=190),
            red: rng.u8(70..=190),
        };
        let (sky, far, near) = (color(120, 180), color(80, 110), color(40, 70));
        let mut hills = |crest: i64, drift: i64| HillRange {
            crest,
            swing: height * rng.i64(10..=25) / 100,
            wavelength: width * rng.i64(40..=90) / 100,
            phase: rng.i64(0..width),
            drift,
        };
        let ranges = [(far, hills(height * 45 / 100, 1)), (near, hills(height * 65 / 100, 4))];
        Self { sky, ranges, sun: Color { luma: 232, blue: 70, red: 165 }, width, height }
    }

    fn color(&self, x: i64, y: i64, tick: i64, ticks: i64) -> Color {
        for (color, hills) in self.ranges.iter().rev() {
            if y >= hills.top(x, tick) {
                return *color;
            }
        }
        let radius = self.width.min(self.height) / 7;
        let sun_x = self.width * (2 * tick + 1) / (2 * ticks);
        let away = (2 * sun_x - self.width).abs();
        let sun_y = self.height / 6 + self.height * away / (3 * self.width);
        if (x - sun_x).pow(2) + (y - sun_y).pow(2) <= radius.pow(2) {
            return self.sun;
        }
        let glow = u8::try_from(y * 50 / self.height).unwrap_or(0);
        Color { luma: self.sky.luma.saturating_add(glow), ..self.sky }
    }
}

/// Paints every frame of a video in turn.
pub(super) fn frames(video: &Video) -> impl Iterator<Item = Frame> {
    let landscape = Landscape::of(video);
    let (width, height) = video.frame_size();
    let (luma_stride, rows) = (padded(width), padded(height));
    let ticks = i64::from(video.frames());
    (0..ticks).map(move |tick| {
        let at = |x: usize, y: usize| {
            let inside = |at: usize, end: i64| i64::try_from(at).map_or(0, |at| at.min(end - 1));
            landscape.color(inside(x, landscape.width), inside(y, landscape.height), tick, ticks)
        };
        let mut frame = Frame {
            luma: Vec::with_capacity(luma_stride * rows),
            blue: Vec::with_capacity(luma_stride * rows / 4),
            red: Vec::with_capacity(luma_stride * rows / 4),
            luma_stride,
            chroma_stride: luma_stride / 2,
        };
        for y in 0..rows {
            for x in 0..luma_stride {
                let color = at(x, y);
                frame.luma.push(color.luma);
                if x % 2 == 0 && y % 2 == 0 {
                    frame.blue.push(color.blue);
                    frame.red.push(color.red);
                }
            }
        }
        frame
    })
}

/// The next multiple of a macroblock's sixteen pixels.
fn padded(side: u32) -> usize {
    usize::try_from(side).unwrap_or(0).next_multiple_of(16)
}
