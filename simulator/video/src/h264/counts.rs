//! The number of coefficients in each block, which the code of the next block's number depends on.

use super::cavlc::Context;

/// Counts of one plane's blocks of 4×4 samples.
pub(super) struct Counts {
    across: usize,
    counts: Vec<u8>,
}

impl Counts {
    /// For a plane of so many blocks.
    pub(super) fn new(across: usize, down: usize) -> Self {
        Self { across, counts: vec![0; across * down] }
    }

    pub(super) fn set(&mut self, (x, y): (usize, usize), count: u8) {
        self.counts[y * self.across + x] = count;
    }

    /// Sets all blocks of a macroblock, which has so many across, to none.
    pub(super) fn clear(&mut self, (x, y): (usize, usize), side: usize) {
        for row in 0..side {
            let start = (y * side + row) * self.across + x * side;
            self.counts[start..start + side].fill(0);
        }
    }

    /// The context of a block: the mean of the blocks to its left and above.
    pub(super) fn context(&self, (x, y): (usize, usize)) -> Context {
        let at = y * self.across + x;
        let left = (x > 0).then(|| self.counts[at - 1]);
        let above = (y > 0).then(|| self.counts[at - self.across]);
        Context::Neighbors(match (left, above) {
            (Some(left), Some(above)) => (left + above).div_ceil(2),
            (Some(count), None) | (None, Some(count)) => count,
            (None, None) => 0,
        })
    }
}

/// The counts of all three planes of a picture.
pub(super) struct PictureCounts {
    pub(super) luma: Counts,
    pub(super) chroma: [Counts; 2],
}

impl PictureCounts {
    /// For a picture of so many macroblocks.
    pub(super) fn new(across: usize, down: usize) -> Self {
        let chroma = || Counts::new(2 * across, 2 * down);
        Self { luma: Counts::new(4 * across, 4 * down), chroma: [chroma(), chroma()] }
    }

    pub(super) fn clear(&mut self, at: (usize, usize)) {
        self.luma.clear(at, 4);
        for plane in &mut self.chroma {
            plane.clear(at, 2);
        }
    }
}
