//! Prediction from the macroblocks to the left and above: ITU-T H.264, section 8.3.

use super::picture::{Macroblock, Picture, Plane, difference};

/// The modes of `Intra16x16PredMode`, in its order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Vertical,
    Horizontal,
    Average,
}

impl Mode {
    pub(super) fn luma_number(self) -> u32 {
        self as u32
    }

    /// The number of `intra_chroma_pred_mode`, whose order is another.
    pub(super) fn chroma_number(self) -> u32 {
        match self {
            Self::Average => 0,
            Self::Horizontal => 1,
            Self::Vertical => 2,
        }
    }
}

/// The samples beside a square: the row above it and the column to its left.
struct Border<const SIDE: usize> {
    above: Option<[u8; SIDE]>,
    left: Option<[u8; SIDE]>,
}

impl<const SIDE: usize> Border<SIDE> {
    fn of(plane: &Plane, x: usize, y: usize) -> Self {
        let above = (y > 0).then(|| {
            let row = plane.row(x, y - 1, SIDE);
            std::array::from_fn(|at| row[at])
        });
        let left = (x > 0).then(|| std::array::from_fn(|at| plane.row(x - 1, y + at, 1)[0]));
        Self { above, left }
    }

    fn has(&self, mode: Mode) -> bool {
        match mode {
            Mode::Vertical => self.above.is_some(),
            Mode::Horizontal => self.left.is_some(),
            Mode::Average => true,
        }
    }

    /// The sample that a mode predicts. `average` is that of the sample's block.
    fn sample(&self, mode: Mode, x: usize, y: usize, average: u8) -> u8 {
        match (mode, &self.above, &self.left) {
            (Mode::Vertical, Some(above), _) => above[x],
            (Mode::Horizontal, _, Some(left)) => left[y],
            _ => average,
        }
    }

    /// The average of the samples beside a block, of the given places in both directions.
    fn average(&self, across: &[usize], down: &[usize]) -> u8 {
        let sum = |side: &Option<[u8; SIDE]>, places: &[usize]| {
            side.map(|side| places.iter().map(|at| u32::from(side[*at])).sum::<u32>())
        };
        let (above, left) = (sum(&self.above, across), sum(&self.left, down));
        let count = across.len() as u32;
        match (above, left) {
            (Some(above), Some(left)) => ((above + left + count) / (2 * count)) as u8,
            (Some(sum), None) | (None, Some(sum)) => ((sum + count / 2) / count) as u8,
            (None, None) => 128,
        }
    }
}

/// The best prediction of a macroblock's luma, and how far it is off.
pub(super) struct Prediction {
    pub(super) mode: Mode,
    pub(super) luma: [u8; 256],
    pub(super) error: u32,
}

pub(super) fn predict_luma(
    picture: &Picture,
    (x, y): (usize, usize),
    source: &Macroblock,
) -> Prediction {
    let border = Border::<16>::of(&picture.luma, 16 * x, 16 * y);
    let all: [usize; 16] = std::array::from_fn(|at| at);
    let average = border.average(&all, &all);
    let mut best: Option<Prediction> = None;
    for mode in [Mode::Average, Mode::Horizontal, Mode::Vertical] {
        if !border.has(mode) {
            continue;
        }
        let luma = std::array::from_fn(|at| border.sample(mode, at % 16, at / 16, average));
        let error = difference(&luma, &source.luma);
        if best.as_ref().is_none_or(|best| error < best.error) {
            best = Some(Prediction { mode, luma, error });
        }
    }
    best.unwrap_or(Prediction { mode: Mode::Average, luma: [average; 256], error: u32::MAX })
}

/// The prediction of both chroma planes.
pub(super) fn predict_chroma(
    picture: &Picture,
    (x, y): (usize, usize),
    mode: Mode,
) -> [[u8; 64]; 2] {
    picture.chroma.each_ref().map(|plane| {
        let border = Border::<8>::of(plane, 8 * x, 8 * y);
        let averages = chroma_averages(&border);
        std::array::from_fn(|at| {
            let (x, y) = (at % 8, at / 8);
            border.sample(mode, x, y, averages[y / 4 * 2 + x / 4])
        })
    })
}

/// The averages of the four blocks. The two off the diagonal look to one side only, if they can.
fn chroma_averages(border: &Border<8>) -> [u8; 4] {
    const NEAR: [usize; 4] = [0, 1, 2, 3];
    const FAR: [usize; 4] = [4, 5, 6, 7];
    let above = Border::<8> { above: border.above, left: None };
    let left = Border::<8> { above: None, left: border.left };
    [
        border.average(&NEAR, &NEAR),
        if border.above.is_some() { &above } else { &left }.average(&FAR, &NEAR),
        if border.left.is_some() { &left } else { &above }.average(&NEAR, &FAR),
        border.average(&FAR, &FAR),
    ]
}
