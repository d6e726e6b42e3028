//! Scenes without land: space, a fire's flames, and ribbons of color.

use super::lands::Ground;
use super::layer::{Layer, hills};
use super::subjects::flame_paint;
use crate::canvas::{Canvas, Color, PX, Paint, Point, TURN, sine, turned};

/// A planet, which does not move: with bands, a shadow and a ring.
pub(super) fn draw_space(canvas: &mut Canvas, ground: &mut Ground<'_>) {
    let (width, height) = (ground.width, ground.height);
    let deep = [0x07_08_1c, 0x0a_07_24, 0x05_0e_22];
    let deep = Color::rgb(ground.rng.choice(deep).unwrap_or(0x07_08_1c));
    let glow = [0x3a_1f_5c, 0x1d_33_66, 0x14_47_58];
    let glow = Color::rgb(ground.rng.choice(glow).unwrap_or(0x3a_1f_5c));
    canvas.fill_rectangle(0, 0, width, height, &Paint::gradient((0, deep), (height, glow)));
    let nebula = (width * PX * 30 / 100, height * PX * 40 / 100);
    for size in [64, 56, 48, 40, 33, 26, 20, 14] {
        let radii = (width * PX * size / 100, height * PX * size / 110);
        canvas.fill_ellipse(nebula, radii, &glow.mix(Color::rgb(0xc0_5a_a8), 60).into(), 18);
    }
    let colors = [(0xe0_8a_4f, 0x8a_3d_4a), (0x5a_b0_d8, 0x27_3f_8a), (0xd9_b4_7a, 0x8a_5a_5c)];
    let (bright, dark) = ground.rng.choice(colors).unwrap_or((0xe0_8a_4f, 0x8a_3d_4a));
    planet(canvas, ground, (Color::rgb(bright), Color::rgb(dark)), deep);
}

fn planet(canvas: &mut Canvas, ground: &mut Ground<'_>, colors: (Color, Color), shadow: Color) {
    let radius = ground.width.min(ground.height) * 26 / 100 * PX;
    let at = (ground.width * PX * 76 / 100, ground.height * PX * 38 / 100);
    let ring = |half: i32| -> Vec<Point> {
        let steps = 32;
        let arc = |size: i32, step: i32| {
            let (x, y) =
                turned((radius * size / 100, radius * size / 420), half + step * TURN / 2 / steps);
            (at.0 + x, at.1 + y - x / 5)
        };
        let outer = (0..=steps).map(|step| arc(185, step));
        outer.chain((0..=steps).rev().map(|step| arc(130, step))).collect()
    };
    let ring_color = colors.0.mix(Color::rgb(0xff_ff_ff), 110);
    canvas.fill_polygon(&ring(TURN / 2), &ring_color.mix(shadow, 90).into(), 200);
    let paint = Paint::gradient(
        ((at.1 - radius) / PX, colors.0.mix(Color::rgb(0xff_ff_ff), 60)),
        ((at.1 + radius) / PX, colors.1),
    );
    canvas.fill_ellipse(at, (radius, radius), &paint, 256);
    for (y, thick, share) in [(-50, 9, 60), (-18, 14, 70), (24, 8, 60), (52, 10, 50)] {
        let band = |sign: i32| {
            let y = y + sign * thick / 2;
            let half = (10_000 - y * y).max(0).isqrt();
            ((half * radius / 100), at.1 + y * radius / 100)
        };
        let ((top, above), (bottom, below)) = (band(-1), band(1));
        let points = [
            (at.0 - top, above),
            (at.0 + top, above),
            (at.0 + bottom, below),
            (at.0 - bottom, below),
        ];
        canvas.fill_polygon(&points, &colors.1.into(), share);
    }
    let steps = 24;
    let edge = |size: i32, step: i32| {
        let (x, y) = turned((radius * size / 100, radius), step * TURN / 2 / steps - TURN / 4);
        (at.0 + x, at.1 + y)
    };
    let crescent: Vec<Point> = (0..=steps)
        .map(|step| edge(101, step))
        .chain((0..=steps).rev().map(|step| edge(45, step)))
        .collect();
    canvas.fill_polygon(&crescent, &shadow.into(), 150);
    canvas.fill_polygon(&ring(0), &ring_color.into(), 230);
}

/// Stars that pass by.
pub(super) struct Stars {
    stars: Vec<(i32, i32, i32)>,
    size: (i32, i32),
}

impl Stars {
    pub(super) fn new(ground: &mut Ground<'_>) -> Self {
        let size = (ground.width, ground.height);
        let mut star =
            |_| (ground.rng.i32(0..size.0), ground.rng.i32(0..size.1), ground.rng.i32(0..3));
        Self { stars: (0..size.0 * size.1 / 2600).map(&mut star).collect(), size }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, tick: i32, paint: &Paint) {
        for (x, y, kind) in &self.stars {
            let (right, down) = if *kind == 2 { (-2, 1) } else { (0, 0) };
            let x = (x + right * tick).rem_euclid(self.size.0) * PX;
            let y = (y + down * tick).rem_euclid(self.size.1) * PX;
            let radius = 10 + 6 * kind;
            canvas.fill_ellipse((x, y), (radius, radius), paint, 140 + 50 * kind);
        }
    }
}

/// The flames, logs and sparks of a fire at a moment.
pub(super) fn draw_fire(canvas: &mut Canvas, (x, foot): (i32, i32), size: i32, tick: i32) {
    let glow = Color::rgb(0xff_9a_3d);
    for (radius, share) in [(170, 10), (140, 11), (115, 12), (92, 13), (70, 15)] {
        let radius = radius * size / 100 * PX;
        canvas.fill_ellipse(
            (x * PX, (foot - size / 3) * PX),
            (radius, radius * 3 / 4),
            &glow.into(),
            share,
        );
    }
    let tongues = [
        (-26, 60, 0, 20),
        (24, 66, 300, 20),
        (0, 100, 600, 26),
        (-10, 58, 150, 13),
        (9, 48, 800, 11),
    ];
    for (at, (offset, tall, phase, wide)) in tongues.into_iter().enumerate() {
        let flicker = sine(tick * 171 + phase) + sine(tick * 97 + phase * 3) / 2;
        let tall = tall * size / 100 * (1024 + flicker / 6) / 1024;
        let sway = size * sine(tick * 60 + phase) / 1024 / 12;
        let (middle, wide) = (x + offset * size / 100, wide * size / 100);
        let points = [
            (middle - wide, foot),
            (middle - wide, foot - tall / 4),
            (middle - wide / 2 + sway / 2, foot - tall * 2 / 3),
            (middle + sway, foot - tall),
            (middle + wide / 2 + sway / 2, foot - tall * 3 / 5),
            (middle + wide, foot - tall / 4),
            (middle + wide, foot),
        ];
        let points = points.map(|(x, y)| (x * PX, y * PX));
        let paint = if at < 3 {
            flame_paint(foot - tall, foot)
        } else {
            Paint::gradient((foot - tall, Color::rgb(0xff_c8_4a)), (foot, Color::rgb(0xff_f3_c0)))
        };
        canvas.fill_polygon(&points, &paint, 256);
    }
    let wood = Color::rgb(0x3a_22_1a).into();
    for (from, to) in [((-42, 2), (34, 9)), ((42, 2), (-34, 9))] {
        let end = |(right, up): (i32, i32)| {
            ((x + right * size / 100) * PX, (foot + 4 - up * size / 100) * PX)
        };
        canvas.draw_line(end(from), end(to), size * PX / 9, &wood);
    }
    for spark in 0..9 {
        let rise = (tick * (3 + spark % 3) + spark * 37) % 160;
        let right = (spark * 53 % 60 - 30) + 8 * sine(tick * 40 + spark * 200) / 1024;
        let at = ((x + right * size / 100) * PX, (foot - (30 + rise) * size / 100) * PX);
        let radius = 26 - rise / 10;
        canvas.fill_ellipse(at, (radius, radius), &Color::rgb(0xff_b3_4a).into(), 230);
    }
}

/// The colors of a scene that shows nothing in particular.
const RIBBONS: [[u32; 6]; 4] = [
    [0x1b_1b_4b, 0x3d_2c_8d, 0x91_6b_bf, 0xe0_7a_a8, 0xf6_b1_92, 0xfd_e2_b3],
    [0x07_2a_40, 0x0f_5c_6e, 0x1f_94_8f, 0x6c_c5_a1, 0xc5_e6_b8, 0xf6_f2_d0],
    [0x2a_0f_3a, 0x7a_1f_5c, 0xc9_3c_5e, 0xf2_73_4e, 0xf9_b1_4c, 0xfd_e7_9a],
    [0x10_1c_3c, 0x1f_3f_7a, 0x2f_74_b5, 0x5a_ad_d6, 0xa5_d8_e6, 0xee_f6_f2],
];

/// The ribbons, from the top down; the first color is the background's.
pub(super) fn ribbons(canvas: &mut Canvas, ground: &mut Ground<'_>) -> Vec<Layer> {
    let (width, height) = (ground.width, ground.height);
    let [back, colors @ ..] = ground.rng.choice(RIBBONS).unwrap_or(RIBBONS[0]);
    let back = Color::rgb(back);
    let lighter = back.mix(Color::rgb(0xff_ff_ff), 50);
    canvas.fill_rectangle(0, 0, width, height, &Paint::gradient((0, back), (height, lighter)));
    let (x, y) = (width * ground.rng.i32(25..=75) / 100, height * 30 / 100);
    let radius = width.min(height) * 15 / 100 * PX;
    let disc = Paint::gradient(
        (y - radius / PX, Color::rgb(colors[4])),
        (y + radius / PX, Color::rgb(colors[2])),
    );
    canvas.fill_ellipse((x * PX, y * PX), (radius, radius), &disc, 256);
    let speeds = [1, -1, 2, -2, 3];
    let layer = |(at, color): (usize, u32)| {
        let place = at as i32;
        let base = height * (34 + 14 * place) / 100;
        let tops = hills(ground.rng, (width * 5 / 4 + 15) / 16 * 16, base, height * 20 / 100);
        let color = Color::rgb(color);
        let low = color.mix(back, 120);
        let paint = Paint::gradient((base - height / 10, color), (base + height * 30 / 100, low));
        Layer::new(tops, paint, speeds.get(at).copied().unwrap_or(1))
    };
    colors.into_iter().enumerate().map(layer).collect()
}
