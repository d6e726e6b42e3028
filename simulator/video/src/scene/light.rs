//! The colors of the sky by the time of day, and how they tint what is below.

use super::words::Time;
use crate::canvas::Color;

/// The light of a scene.
#[derive(Clone, Copy)]
pub(super) struct Light {
    /// The sky's colors from top to horizon.
    pub(super) sky: [Color; 3],
    pub(super) sun: Color,
    /// What things in the foreground are tinted with, and by how many 256ths.
    tint: (Color, i32),
}

const fn light(sky: [u32; 3], sun: u32, tint: u32, share: i32) -> Light {
    Light {
        sky: [Color::rgb(sky[0]), Color::rgb(sky[1]), Color::rgb(sky[2])],
        sun: Color::rgb(sun),
        tint: (Color::rgb(tint), share),
    }
}

const DAY: [Light; 3] = [
    light([0x2f7fd0, 0x7db9e8, 0xd6ecf5], 0xfff3c4, 0x000000, 0),
    light([0x2a9d9a, 0x84cfc6, 0xe5f2dc], 0xfff3c4, 0x0b3a44, 20),
    light([0x4a7fd8, 0x9dbcf0, 0xf3e6da], 0xfff0d0, 0x1a1f55, 20),
];
const SUNRISE: [Light; 2] = [
    light([0x6277c4, 0xf0a3a8, 0xffe3ad], 0xfff2c2, 0x54306b, 70),
    light([0x4b8bb8, 0xf6b69b, 0xffeab8], 0xfff6d0, 0x43405f, 70),
];
const SUNSET: [Light; 2] = [
    light([0x2c2a6b, 0xc64f73, 0xffb057], 0xffe08a, 0x2a1040, 110),
    light([0x3d1d5c, 0xe0575a, 0xffc46b], 0xffe9a0, 0x300d35, 110),
];
const NIGHT: [Light; 2] = [
    light([0x060a20, 0x152052, 0x35407f], 0xf3f1dd, 0x060a22, 150),
    light([0x08061f, 0x2a1650, 0x5a2f77], 0xf3ead8, 0x0a0620, 150),
];

impl Light {
    pub(super) fn of(time: Time, rng: &mut fastrand::Rng) -> Self {
        let lights: &[Self] = match time {
            Time::Day => &DAY,
            Time::Sunrise => &SUNRISE,
            Time::Sunset => &SUNSET,
            Time::Night => &NIGHT,
        };
        rng.choice(lights).copied().unwrap_or(DAY[0])
    }

    /// A thing's color in this light. `distance` is 0 for the foreground, 256 for the horizon.
    pub(super) fn on(&self, color: Color, distance: i32) -> Color {
        color.mix(self.tint.0, self.tint.1).mix(self.sky[2], distance)
    }
}
