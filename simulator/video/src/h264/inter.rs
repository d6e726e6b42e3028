//! Prediction from the previous picture, moved by whole pixels: ITU-T H.264, section 8.4.

use super::picture::{Macroblock, Picture, Plane, difference};

/// A motion vector in pixels: where in the previous picture a macroblock comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Motion {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// The motion of each macroblock of the picture; none for intra macroblocks.
pub(super) struct MotionField {
    across: usize,
    vectors: Vec<Option<Motion>>,
}

impl MotionField {
    pub(super) fn new(across: usize, down: usize) -> Self {
        Self { across, vectors: vec![None; across * down] }
    }

    pub(super) fn set(&mut self, (x, y): (usize, usize), motion: Option<Motion>) {
        self.vectors[y * self.across + x] = motion;
    }

    /// The neighbor at an offset: none beyond the picture's edge, `Some(None)` if it does not move.
    fn neighbor(
        &self,
        (x, y): (usize, usize),
        right: isize,
        down: isize,
    ) -> Option<Option<Motion>> {
        let x = x.checked_add_signed(right).filter(|x| *x < self.across)?;
        let y = y.checked_add_signed(down)?;
        Some(self.vectors[y * self.across + x])
    }

    /// The vector that a decoder expects.
    pub(super) fn expected(&self, at: (usize, usize)) -> Motion {
        let left = self.neighbor(at, -1, 0);
        let above = self.neighbor(at, 0, -1);
        let corner = self.neighbor(at, 1, -1).or_else(|| self.neighbor(at, -1, -1));
        if above.is_none() && corner.is_none() && left.is_some() {
            return left.flatten().unwrap_or_default();
        }
        let all = [left.flatten(), above.flatten(), corner.flatten()];
        let mut moving = all.iter().flatten();
        if let (Some(only), None) = (moving.next(), moving.next()) {
            return *only;
        }
        let [a, b, c] = all.map(Option::unwrap_or_default);
        Motion { x: median(a.x, b.x, c.x), y: median(a.y, b.y, c.y) }
    }

    /// The vector of a skipped macroblock.
    pub(super) fn skipped(&self, at: (usize, usize)) -> Motion {
        let still = Some(Some(Motion::default()));
        let (left, above) = (self.neighbor(at, -1, 0), self.neighbor(at, 0, -1));
        if left.is_none() || above.is_none() || left == still || above == still {
            return Motion::default();
        }
        self.expected(at)
    }
}

fn median(a: i32, b: i32, c: i32) -> i32 {
    a.max(b).min(a.min(b).max(c))
}

/// Copies a square from a plane; places outside repeat its edge.
fn copy(plane: &Plane, (x, y): (i32, i32), side: usize, to: &mut [u8]) {
    let last = |length: usize| length as i32 - 1;
    let is_inside = x >= 0
        && y >= 0
        && x + side as i32 <= plane.width as i32
        && y + side as i32 <= plane.height as i32;
    for (row, to) in to.chunks_exact_mut(side).enumerate() {
        let y = (y + row as i32).clamp(0, last(plane.height)) as usize;
        if is_inside {
            to.copy_from_slice(plane.row(x as usize, y, side));
            continue;
        }
        for (column, sample) in to.iter_mut().enumerate() {
            let x = (x + column as i32).clamp(0, last(plane.width)) as usize;
            *sample = plane.row(x, y, 1)[0];
        }
    }
}

/// The luma samples that a vector predicts.
pub(super) fn predict_luma(reference: &Picture, at: (usize, usize), motion: Motion) -> [u8; 256] {
    let mut luma = [0; 256];
    let place = (16 * at.0 as i32 + motion.x, 16 * at.1 as i32 + motion.y);
    copy(&reference.luma, place, 16, &mut luma);
    luma
}

/// The whole macroblock that a vector predicts. Chroma moves by half as much: in between two
/// samples it is their mean.
pub(super) fn predict(reference: &Picture, at: (usize, usize), motion: Motion) -> Macroblock {
    let (half_x, half_y) = (motion.x.rem_euclid(2) as usize, motion.y.rem_euclid(2) as usize);
    let place =
        (8 * at.0 as i32 + motion.x.div_euclid(2), 8 * at.1 as i32 + motion.y.div_euclid(2));
    let chroma = reference.chroma.each_ref().map(|plane| {
        let mut square = [0; 64];
        if (half_x, half_y) == (0, 0) {
            copy(plane, place, 8, &mut square);
            return square;
        }
        let mut wide = [0; 81];
        copy(plane, place, 9, &mut wide);
        std::array::from_fn(|at| {
            let first = at / 8 * 9 + at % 8;
            let corners = [first, first + half_x, first + 9 * half_y, first + 9 * half_y + half_x];
            let sum: u32 = corners.iter().map(|at| u32::from(wide[*at])).sum();
            ((sum + 2) / 4) as u8
        })
    });
    Macroblock { luma: predict_luma(reference, at, motion), chroma }
}

/// The best of some vectors, with its error.
pub(super) fn best(
    reference: &Picture,
    at: (usize, usize),
    source: &Macroblock,
    candidates: &[Motion],
) -> (Motion, u32) {
    let mut best = (Motion::default(), u32::MAX);
    for &motion in candidates {
        let error = difference(&predict_luma(reference, at, motion), &source.luma);
        if error < best.1 {
            best = (motion, error);
        }
        if error == 0 {
            break;
        }
    }
    best
}
