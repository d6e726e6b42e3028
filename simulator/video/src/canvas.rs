//! Draws smooth shapes in YCbCr. Places are in sixteenths of a pixel, so that edges can be soft.
//!
//! Every index is clamped to the plane before it is used.
#![allow(clippy::indexing_slicing)]

use super::h264::{Picture, Plane};

/// Units per pixel.
pub(super) const PX: i32 = 16;

/// A point in units.
pub(super) type Point = (i32, i32);

/// A color as the planes store it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Color {
    luma: u8,
    chroma: [u8; 2],
}

impl Color {
    /// From `0xRRGGBB`, by BT.709.
    pub(super) const fn rgb(value: u32) -> Self {
        let (red, green, blue) =
            ((value >> 16 & 255) as i32, (value >> 8 & 255) as i32, (value & 255) as i32);
        Self {
            luma: (16 + (47 * red + 157 * green + 16 * blue + 128) / 256) as u8,
            chroma: [
                ((128 * 256 - 26 * red - 87 * green + 112 * blue + 128) / 256) as u8,
                ((128 * 256 + 112 * red - 102 * green - 10 * blue + 128) / 256) as u8,
            ],
        }
    }

    /// This color with so many 256ths of another.
    pub(super) fn mix(self, other: Self, share: i32) -> Self {
        let mix = |a: u8, b: u8| blend(a, b, share.clamp(0, 256));
        Self {
            luma: mix(self.luma, other.luma),
            chroma: [mix(self.chroma[0], other.chroma[0]), mix(self.chroma[1], other.chroma[1])],
        }
    }

    fn channel(self, channel: usize) -> u8 {
        match channel {
            0 => self.luma,
            other => self.chroma[other - 1],
        }
    }
}

fn blend(below: u8, above: u8, share: i32) -> u8 {
    let (below, above) = (i32::from(below), i32::from(above));
    (below + ((above - below) * share + 128) / 256) as u8
}

/// A color, or two from one row to another.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    top: (i32, Color),
    bottom: (i32, Color),
}

impl Paint {
    pub(super) fn gradient(top: (i32, Color), bottom: (i32, Color)) -> Self {
        Self { top, bottom }
    }

    fn at(&self, row: i32) -> Color {
        let height = (self.bottom.0 - self.top.0).max(1);
        self.top.1.mix(self.bottom.1, (row - self.top.0) * 256 / height)
    }
}

impl From<Color> for Paint {
    fn from(color: Color) -> Self {
        Self { top: (0, color), bottom: (1, color) }
    }
}

/// A picture that is drawn on.
#[derive(Clone)]
pub(super) struct Canvas {
    pub(super) picture: Picture,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let picture = Picture::new(width, height);
        Self { picture, width: width as i32, height: height as i32 }
    }

    /// The planes, each with its number and how many pixels one of its samples covers.
    fn planes(&mut self) -> [(usize, i32, &mut Plane); 3] {
        let [blue, red] = &mut self.picture.chroma;
        [(0, 1, &mut self.picture.luma), (1, 2, blue), (2, 2, red)]
    }

    /// Fills from each column's top, in units, to a bottom in pixels. The columns repeat; `shift`
    /// is the first one.
    pub(super) fn fill_below(&mut self, tops: &[i32], shift: i32, bottom: i32, paint: &Paint) {
        let period = tops.len() as i32;
        let width = self.picture.luma.width as i32;
        let columns: Vec<i32> =
            (0..width).map(|x| tops[(x + shift).rem_euclid(period) as usize]).collect();
        for (channel, scale, plane) in self.planes() {
            let last = ((bottom + scale - 1) / scale).min(plane.height as i32);
            let columns: Vec<i32> =
                columns.iter().step_by(scale as usize).map(|top| top / scale).collect();
            let first = columns.iter().min().map_or(last, |top| top.div_euclid(PX)).max(0);
            let solid = columns.iter().max().map_or(last, |top| (top + PX - 1).div_euclid(PX));
            for row in first..last {
                let value = paint.at(row * scale).channel(channel);
                let samples = row_of(plane, row);
                if row >= solid {
                    samples.fill(value);
                    continue;
                }
                let end = (row + 1) * PX;
                for (sample, top) in samples.iter_mut().zip(&columns) {
                    if *top < end {
                        let share = (end - top).min(PX) * 256 / PX;
                        *sample = blend(*sample, value, share);
                    }
                }
            }
        }
    }

    /// Fills whole pixels.
    pub(super) fn fill_rectangle(
        &mut self,
        x: i32,
        y: i32,
        width: i32,
        height: i32,
        paint: &Paint,
    ) {
        for (channel, scale, plane) in self.planes() {
            let (right, bottom) = (plane.width as i32, plane.height as i32);
            let end = |at: i32, max: i32| ((at + scale - 1) / scale).clamp(0, max);
            let columns = (x / scale).clamp(0, right)..end(x + width, right);
            for row in (y / scale).clamp(0, bottom)..end(y + height, bottom) {
                let value = paint.at(row * scale).channel(channel);
                let columns = columns.start as usize..columns.end.max(columns.start) as usize;
                row_of(plane, row)[columns].fill(value);
            }
        }
    }

    /// Fills a polygon, whose points are in units. `share` of 256 is opaque.
    pub(super) fn fill_polygon(&mut self, points: &[Point], paint: &Paint, share: i32) {
        for (channel, scale, plane) in self.planes() {
            let points: Vec<Point> = points.iter().map(|(x, y)| (x / scale, y / scale)).collect();
            fill(plane, &points, share, |row| paint.at(row * scale).channel(channel));
        }
    }

    /// Fills an ellipse around a center, with two radii.
    pub(super) fn fill_ellipse(
        &mut self,
        (x, y): Point,
        (across, down): Point,
        paint: &Paint,
        share: i32,
    ) {
        let corners = (across.max(down) / PX * 3 / 2).clamp(8, 64);
        let points: Vec<Point> = (0..corners)
            .map(|corner| turned((across, down), corner * TURN / corners))
            .map(|(right, below)| (x + right, y + below))
            .collect();
        self.fill_polygon(&points, paint, share);
    }

    /// Draws a line with round ends.
    pub(super) fn draw_line(&mut self, from: Point, to: Point, thickness: i32, paint: &Paint) {
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        let length = ((across * across + down * down) as u32).isqrt().max(1) as i32;
        let (side_x, side_y) = (-down * thickness / 2 / length, across * thickness / 2 / length);
        let corners = [
            (from.0 + side_x, from.1 + side_y),
            (to.0 + side_x, to.1 + side_y),
            (to.0 - side_x, to.1 - side_y),
            (from.0 - side_x, from.1 - side_y),
        ];
        self.fill_polygon(&corners, paint, 256);
        for end in [from, to] {
            self.fill_ellipse(end, (thickness / 2, thickness / 2), paint, 256);
        }
    }

    /// Blends one pixel with a color: for text, where chroma may be coarse.
    pub(super) fn blend_pixel(&mut self, x: i32, y: i32, color: Color, share: i32) {
        for (channel, scale, plane) in self.planes() {
            if !(0..plane.width as i32).contains(&(x / scale))
                || !(0..plane.height as i32).contains(&(y / scale))
            {
                continue;
            }
            let sample = &mut row_of(plane, y / scale)[(x / scale) as usize];
            let share = if channel == 0 { share } else { share / 2 };
            *sample = blend(*sample, color.channel(channel), share);
        }
    }

    /// Copies the rows from `first` on from another canvas of the same size.
    pub(super) fn copy_rows(&mut self, other: &Self, first: i32) {
        let Picture { luma, chroma: [blue, red] } = &other.picture;
        for ((_, scale, plane), from) in self.planes().into_iter().zip([luma, blue, red]) {
            let start = (first / scale).max(0) as usize * plane.width;
            plane.samples[start..].copy_from_slice(&from.samples[start..]);
        }
    }
}

fn row_of(plane: &mut Plane, row: i32) -> &mut [u8] {
    let start = row as usize * plane.width;
    &mut plane.samples[start..start + plane.width]
}

/// How many lines of a row are looked at for its coverage.
const LINES: i32 = 4;

fn fill(plane: &mut Plane, points: &[Point], share: i32, value: impl Fn(i32) -> u8) {
    let top = points.iter().map(|point| point.1).min().unwrap_or(0);
    let bottom = points.iter().map(|point| point.1).max().unwrap_or(0);
    let first = top.div_euclid(PX).max(0);
    let last = (bottom.div_euclid(PX) + 1).min(plane.height as i32);
    let mut coverage = vec![0_i32; plane.width];
    let mut crossings = Vec::new();
    for row in first..last {
        let (mut left, mut right) = (plane.width as i32, 0);
        for line in 0..LINES {
            let y = row * PX + (2 * line + 1) * PX / (2 * LINES);
            cross(points, y, &mut crossings);
            for span in crossings.chunks_exact(2) {
                let (start, end) = (span[0].max(0), span[1].min(plane.width as i32 * PX));
                if start < end {
                    left = left.min(start / PX);
                    right = right.max((end + PX - 1) / PX);
                    cover(&mut coverage, start, end);
                }
            }
        }
        if left >= right {
            continue;
        }
        let value = value(row);
        let columns = left as usize..right as usize;
        let samples = &mut row_of(plane, row)[columns.clone()];
        for (sample, covered) in samples.iter_mut().zip(&mut coverage[columns]) {
            *sample = blend(*sample, value, *covered * share / (PX * LINES));
            *covered = 0;
        }
    }
}

/// Where a polygon's edges cross a line, from left to right.
fn cross(points: &[Point], y: i32, crossings: &mut Vec<i32>) {
    crossings.clear();
    let mut from = points.last().copied().unwrap_or_default();
    for &to in points {
        if (from.1 <= y) != (to.1 <= y) {
            crossings.push(from.0 + (to.0 - from.0) * (y - from.1) / (to.1 - from.1));
        }
        from = to;
    }
    crossings.sort_unstable();
}

/// Adds a span of one line to the coverage of its pixels.
fn cover(coverage: &mut [i32], start: i32, end: i32) {
    let (first, last) = (start / PX, (end - 1) / PX);
    if first == last {
        coverage[first as usize] += end - start;
        return;
    }
    coverage[first as usize] += PX - start % PX;
    for covered in &mut coverage[first as usize + 1..last as usize] {
        *covered += PX;
    }
    coverage[last as usize] += end - last * PX;
}

/// A full turn, in the unit of angles.
pub(super) const TURN: i32 = 1024;

/// The sine of an angle in 1024ths, within 2: a parabola, corrected by its square.
pub(super) fn sine(angle: i32) -> i32 {
    let angle = angle.rem_euclid(TURN);
    let half = TURN / 2;
    let at = angle % half;
    let height = at * (half - at) / (half / 4 * half / 1024);
    let height = (height * 794 + height * height / 1024 * 230) / 1024;
    if angle < half { height } else { -height }
}

/// A point on an ellipse at an angle.
pub(super) fn turned((across, down): Point, angle: i32) -> Point {
    (across * sine(angle + TURN / 4) / 1024, down * sine(angle) / 1024)
}
