//! What is above the land: the sky with sun or moon, stars and clouds, and what falls from it.

use super::lands::Ground;
use super::words::{Time, Weather};
use crate::canvas::{Canvas, Color, PX, Paint, Point, TURN, sine};

/// Draws the sky of a time of day over a whole picture, and returns the column of the sun or moon.
pub(super) fn draw(canvas: &mut Canvas, ground: &mut Ground<'_>, time: Time) -> i32 {
    let (width, height) = (ground.width, ground.height);
    let [top, middle, bottom] = ground.light.sky;
    let (turn, horizon) = (height * 34 / 100, height * 64 / 100);
    canvas.fill_rectangle(0, 0, width, turn, &Paint::gradient((0, top), (turn, middle)));
    let lower = Paint::gradient((turn, middle), (horizon, bottom));
    canvas.fill_rectangle(0, turn, width, height - turn, &lower);
    if time == Time::Night {
        stars(canvas, ground, horizon);
    }
    let low = match time {
        Time::Sunrise | Time::Sunset => 44..=54,
        Time::Day | Time::Night => 16..=26,
    };
    let x = width * ground.rng.i32(58..=80) / 100;
    let y = height * ground.rng.i32(low) / 100;
    let radius = width.min(height) * if time == Time::Day { 6 } else { 8 } / 100;
    sun(canvas, ground, time, (x * PX, y * PX), radius * PX);
    if time != Time::Night {
        clouds(canvas, ground);
    }
    x
}

/// Draws the sun's reflection on water below a horizon.
pub(super) fn draw_glints(canvas: &mut Canvas, height: i32, x: i32, color: Color, tick: i32) {
    for row in 0..9 {
        let y = height * (570 + row * row + 7 * row) / 1000;
        let phase = tick * TURN / 36 + row * 300;
        let half = height * (26 + row * 5) / 1000 * (1500 + sine(phase)) / 1600;
        let sway = height * sine(phase / 2 + row * 410) / 1024 / 60;
        let at = ((x + sway) * PX, y * PX);
        canvas.fill_ellipse(at, (half * PX, 18 + row), &color.into(), 150);
    }
}

fn stars(canvas: &mut Canvas, ground: &mut Ground<'_>, horizon: i32) {
    for _ in 0..ground.width * horizon / 2400 {
        let at = (ground.rng.i32(0..ground.width * PX), ground.rng.i32(0..horizon * PX));
        let radius = ground.rng.i32(8..=20);
        let share = ground.rng.i32(90..=230);
        canvas.fill_ellipse(at, (radius, radius), &Color::rgb(0xff_ff_ff).into(), share);
    }
}

/// The sun with its glow, or a crescent moon.
fn sun(canvas: &mut Canvas, ground: &Ground<'_>, time: Time, at: Point, radius: i32) {
    let paint = ground.light.sun.into();
    for (size, share) in
        [(40, 8), (35, 8), (30, 9), (26, 10), (22, 11), (18, 13), (15, 15), (12, 18)]
    {
        let glow = radius * size / 10;
        canvas.fill_ellipse(at, (glow, glow), &paint, share);
    }
    canvas.fill_ellipse(at, (radius, radius), &paint, 256);
    if time == Time::Night {
        for (x, y, size) in [(-3, -2, 22), (4, 1, 16), (-1, 5, 13)] {
            let crater = (at.0 + x * radius / 10, at.1 + y * radius / 10);
            let size = radius * size / 100;
            canvas.fill_ellipse(crater, (size, size), &Color::rgb(0xcf_cb_b8).into(), 130);
        }
    }
}

fn clouds(canvas: &mut Canvas, ground: &mut Ground<'_>) {
    let white = ground.light.sky[2].mix(Color::rgb(0xff_ff_ff), 130);
    for _ in 0..3 {
        let x = ground.rng.i32(0..ground.width);
        let y = ground.height * ground.rng.i32(8..=38) / 100;
        let size = ground.height * ground.rng.i32(4..=7) / 100;
        let color = white.mix(ground.light.sky[1], ground.rng.i32(40..=120));
        for (right, up, wide, tall) in
            [(-17, 0, 10, 4), (-7, 4, 11, 8), (7, 6, 11, 9), (18, 0, 11, 5), (0, -2, 28, 4)]
        {
            let at = ((x + right * size / 10) * PX, (y - up * size / 10) * PX);
            let radii = (wide * size * PX / 10, tall * size * PX / 10);
            canvas.fill_ellipse(at, radii, &color.into(), 256);
        }
    }
}

/// Things that fall, each from its own place.
pub(super) struct Fall {
    weather: Weather,
    /// Places in the first picture, and a size from 0 to 2.
    drops: Vec<(i32, i32, i32)>,
    size: (i32, i32),
}

impl Fall {
    pub(super) fn new(weather: Weather, ground: &mut Ground<'_>) -> Self {
        let size = (ground.width + 40, ground.height + 40);
        let count = size.0 * size.1 / if weather == Weather::Rain { 4600 } else { 3800 };
        let mut drop =
            |_| (ground.rng.i32(0..size.0), ground.rng.i32(0..size.1), ground.rng.i32(0..3));
        Self { weather, drops: (0..count).map(&mut drop).collect(), size }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, tick: i32) {
        let paint = Color::rgb(0xf2_f6_ff).into();
        for (x, y, kind) in &self.drops {
            let (right, down) = match self.weather {
                Weather::Rain => (-3, 20 + 2 * kind),
                Weather::Snow => (-(kind % 2), 2 + kind),
            };
            let place = |at: i32, step: i32, size: i32| (at + step * tick).rem_euclid(size) - 20;
            let (x, y) = (place(*x, right, self.size.0) * PX, place(*y, down, self.size.1) * PX);
            match self.weather {
                Weather::Rain => {
                    let tail = (x + 2 * PX, y - 14 * PX);
                    let streak = [(x, y), (x + 18, y), (tail.0 + 12, tail.1), tail];
                    canvas.fill_polygon(&streak, &paint, 80);
                }
                Weather::Snow => {
                    let radius = 18 + 8 * kind;
                    canvas.fill_ellipse((x, y), (radius, radius), &paint, 235);
                }
            }
        }
    }
}
