//! Pictures, and the macroblocks they consist of.

/// One plane of a picture.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Vec<u8>,
}

impl Plane {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, samples: vec![0; width * height] }
    }

    /// Part of a row.
    pub(super) fn row(&self, x: usize, y: usize, length: usize) -> &[u8] {
        let start = y * self.width + x;
        &self.samples[start..start + length]
    }

    /// A square of samples.
    fn square<const AREA: usize>(&self, x: usize, y: usize) -> [u8; AREA] {
        let side = AREA.isqrt();
        let mut square = [0; AREA];
        for (row, to) in square.chunks_exact_mut(side).enumerate() {
            to.copy_from_slice(self.row(x, y + row, side));
        }
        square
    }

    fn set_square<const AREA: usize>(&mut self, x: usize, y: usize, square: &[u8; AREA]) {
        let side = AREA.isqrt();
        for (row, from) in square.chunks_exact(side).enumerate() {
            let start = (y + row) * self.width + x;
            self.samples[start..start + side].copy_from_slice(from);
        }
    }

    fn has_equal_square(&self, other: &Self, x: usize, y: usize, side: usize) -> bool {
        (y..y + side).all(|y| self.row(x, y, side) == other.row(x, y, side))
    }
}

/// A picture in YCbCr 4:2:0, whose sides are padded to whole macroblocks.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) luma: Plane,
    pub(crate) chroma: [Plane; 2],
}

impl Picture {
    /// A picture of at least the given size in pixels.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let padded = |side: u32| (side as usize).next_multiple_of(16);
        let (width, height) = (padded(width), padded(height));
        let chroma = Plane::new(width / 2, height / 2);
        Self { luma: Plane::new(width, height), chroma: [chroma.clone(), chroma] }
    }

    pub(super) fn macroblock(&self, x: usize, y: usize) -> Macroblock {
        Macroblock {
            luma: self.luma.square(16 * x, 16 * y),
            chroma: self.chroma.each_ref().map(|plane| plane.square(8 * x, 8 * y)),
        }
    }

    pub(super) fn set_macroblock(&mut self, x: usize, y: usize, macroblock: &Macroblock) {
        self.luma.set_square(16 * x, 16 * y, &macroblock.luma);
        for (plane, square) in self.chroma.iter_mut().zip(&macroblock.chroma) {
            plane.set_square(8 * x, 8 * y, square);
        }
    }

    pub(super) fn has_equal_macroblock(&self, other: &Self, x: usize, y: usize) -> bool {
        self.luma.has_equal_square(&other.luma, 16 * x, 16 * y, 16)
            && self
                .chroma
                .iter()
                .zip(&other.chroma)
                .all(|(plane, other)| plane.has_equal_square(other, 8 * x, 8 * y, 8))
    }
}

/// A macroblock's samples: 16×16 of luma and 8×8 of each chroma plane.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Macroblock {
    pub(super) luma: [u8; 256],
    pub(super) chroma: [[u8; 64]; 2],
}

/// The sum of absolute differences.
pub(super) fn difference(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}
