//! Frames: a sun going over two ranges of hills, in the colours that the film's look chooses.

use super::Film;

/// One frame's planes in YCbCr 4:2:0, padded to whole macroblocks as the encoder wants them.
pub(super) struct Picture {
    pub(super) luma: Vec<u8>,
    pub(super) blue: Vec<u8>,
    pub(super) red: Vec<u8>,
    pub(super) luma_stride: usize,
    pub(super) chroma_stride: usize,
}

/// A colour as the planes hold it.
#[derive(Clone, Copy)]
struct Colour {
    luma: u8,
    blue: u8,
    red: u8,
}

/// Everything about a scene that does not change from frame to frame.
struct Scene {
    sky: Colour,
    ranges: [(Colour, Hills); 2],
    sun: Colour,
    width: i64,
    height: i64,
}

/// A range of hills: a triangle wave that drifts.
struct Hills {
    crest: i64,
    swing: i64,
    wavelength: i64,
    phase: i64,
    drift: i64,
}

impl Hills {
    /// The row at which the hills begin in column `x`.
    fn top(&self, x: i64, tick: i64) -> i64 {
        let at = (x + self.phase + self.drift * tick / 2).rem_euclid(self.wavelength);
        let half = (self.wavelength / 2).max(1);
        self.crest + (at - half).abs() * self.swing / half
    }
}

impl Scene {
    fn of(film: &Film) -> Self {
        let mut dice = fastrand::Rng::with_seed(film.look);
        let (width, height) = film.frame_size();
        let (width, height) = (i64::from(width), i64::from(height));
        let mut colour = |low: u8, high: u8| Colour {
            luma: dice.u8(low..=high),
            blue: dice.u8(70..=190),
            red: dice.u8(70..=190),
        };
        let (sky, far, near) = (colour(120, 180), colour(80, 110), colour(40, 70));
        let mut hills = |crest: i64, drift: i64| Hills {
            crest,
            swing: height * dice.i64(10..=25) / 100,
            wavelength: width * dice.i64(40..=90) / 100,
            phase: dice.i64(0..width),
            drift,
        };
        let ranges = [
            (far, hills(height * 45 / 100, 1)),
            (near, hills(height * 65 / 100, 4)),
        ];
        Self {
            sky,
            ranges,
            sun: Colour {
                luma: 232,
                blue: 70,
                red: 165,
            },
            width,
            height,
        }
    }

    fn colour(&self, x: i64, y: i64, tick: i64, ticks: i64) -> Colour {
        for (colour, hills) in self.ranges.iter().rev() {
            if y >= hills.top(x, tick) {
                return *colour;
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
        Colour {
            luma: self.sky.luma.saturating_add(glow),
            ..self.sky
        }
    }
}

/// Paints every frame of a film in turn.
pub(super) fn frames(film: &Film) -> impl Iterator<Item = Picture> {
    let scene = Scene::of(film);
    let (width, height) = film.frame_size();
    let (luma_stride, rows) = (padded(width), padded(height));
    let ticks = i64::from(film.frames());
    (0..ticks).map(move |tick| {
        let at = |x: usize, y: usize| {
            let inside = |at: usize, end: i64| i64::try_from(at).map_or(0, |at| at.min(end - 1));
            scene.colour(inside(x, scene.width), inside(y, scene.height), tick, ticks)
        };
        let mut picture = Picture {
            luma: Vec::with_capacity(luma_stride * rows),
            blue: Vec::with_capacity(luma_stride * rows / 4),
            red: Vec::with_capacity(luma_stride * rows / 4),
            luma_stride,
            chroma_stride: luma_stride / 2,
        };
        for y in 0..rows {
            for x in 0..luma_stride {
                let colour = at(x, y);
                picture.luma.push(colour.luma);
                if x % 2 == 0 && y % 2 == 0 {
                    picture.blue.push(colour.blue);
                    picture.red.push(colour.red);
                }
            }
        }
        picture
    })
}

/// The next multiple of a macroblock's sixteen pixels.
fn padded(side: u32) -> usize {
    usize::try_from(side).unwrap_or(0).next_multiple_of(16)
}
