//! What a macroblock differs by from its prediction: quantized, written and added up again.

use super::bits::BitWriter;
use super::cavlc::{self, Context};
use super::counts::{Counts, PictureCounts};
use super::transform::{Block, Quantizer, ZIGZAG, hadamard, hadamard_2x2, inverse};

/// Where the sixteen luma blocks are, in the order in which they are written.
const LUMA_ORDER: [(usize, usize); 16] = [
    (0, 0),
    (1, 0),
    (0, 1),
    (1, 1),
    (2, 0),
    (3, 0),
    (2, 1),
    (3, 1),
    (0, 2),
    (1, 2),
    (0, 3),
    (1, 3),
    (2, 2),
    (3, 2),
    (2, 3),
    (3, 3),
];

/// The difference of one block, of a square with so many samples a side.
fn block_of(source: &[u8], prediction: &[u8], side: usize, (x, y): (usize, usize)) -> Block {
    std::array::from_fn(|at| {
        let at = (4 * y + at / 4) * side + 4 * x + at % 4;
        i32::from(source[at]) - i32::from(prediction[at])
    })
}

/// Adds what restored coefficients stand for to a block of a prediction.
fn add(square: &mut [u8], side: usize, (x, y): (usize, usize), coefficients: &Block) {
    if is_empty(coefficients) {
        return;
    }
    let residual = inverse(coefficients);
    for (at, value) in residual.iter().enumerate() {
        let sample = &mut square[(4 * y + at / 4) * side + 4 * x + at % 4];
        *sample = (i32::from(*sample) + value).clamp(0, 255) as u8;
    }
}

fn zigzag(levels: &Block) -> Block {
    ZIGZAG.map(|at| levels[at])
}

fn is_empty(levels: &[i32]) -> bool {
    levels.iter().all(|level| *level == 0)
}

/// The luma levels of an intra macroblock: the averages apart.
pub(super) struct IntraLuma {
    averages: Block,
    blocks: [Block; 16],
    pub(super) has_details: bool,
}

impl IntraLuma {
    pub(super) fn new(source: &[u8; 256], prediction: &[u8; 256], quantizer: Quantizer) -> Self {
        let mut averages = [0; 16];
        let mut blocks = [[0; 16]; 16];
        for (block, place) in blocks.iter_mut().zip(LUMA_ORDER) {
            let residual = block_of(source, prediction, 16, place);
            (averages[4 * place.1 + place.0], *block) = quantizer.transform(&residual);
            block[0] = 0;
        }
        let averages =
            hadamard(&averages).map(|value| quantizer.quantize_average((value + 1) >> 1));
        let has_details = !blocks.iter().all(|block| is_empty(block));
        Self { averages, blocks, has_details }
    }

    pub(super) fn write(&self, bits: &mut BitWriter, counts: &mut Counts, at: (usize, usize)) {
        let first = (4 * at.0, 4 * at.1);
        cavlc::write(bits, &zigzag(&self.averages), counts.context(first));
        counts.clear(at, 4);
        if !self.has_details {
            return;
        }
        for (block, (x, y)) in self.blocks.iter().zip(LUMA_ORDER) {
            let place = (first.0 + x, first.1 + y);
            let count = cavlc::write(bits, &zigzag(block)[1..], counts.context(place));
            counts.set(place, count);
        }
    }

    pub(super) fn add_to(&self, luma: &mut [u8; 256], quantizer: Quantizer) {
        let averages = hadamard(&self.averages);
        for (block, place) in self.blocks.iter().zip(LUMA_ORDER) {
            let mut coefficients = quantizer.restore(block);
            let average = averages[4 * place.1 + place.0];
            coefficients[0] = quantizer.restore_luma_average(average);
            add(luma, 16, place, &coefficients);
        }
    }
}

/// The luma levels of an inter macroblock.
pub(super) struct InterLuma {
    blocks: [Block; 16],
    /// One bit for each quarter that has levels.
    pub(super) pattern: u8,
}

/// A quarter whose levels amount to no more than this is left out: nobody would see it.
const MAX_UNSEEN_LEVELS: i32 = 1;

impl InterLuma {
    pub(super) fn new(source: &[u8; 256], prediction: &[u8; 256], quantizer: Quantizer) -> Self {
        let blocks =
            LUMA_ORDER.map(|place| quantizer.transform(&block_of(source, prediction, 16, place)).1);
        let mut pattern = 0;
        for (quarter, blocks) in blocks.chunks_exact(4).enumerate() {
            let sum: i32 = blocks.iter().flatten().map(|level| level.abs()).sum();
            pattern |= u8::from(sum > MAX_UNSEEN_LEVELS) << quarter;
        }
        Self { blocks, pattern }
    }

    fn coded(&self) -> impl Iterator<Item = (&Block, (usize, usize))> {
        let coded = |at: usize| self.pattern >> (at / 4) & 1 == 1;
        let all = self.blocks.iter().zip(LUMA_ORDER).enumerate();
        all.filter(move |(at, _)| coded(*at)).map(|(_, block)| block)
    }

    pub(super) fn write(&self, bits: &mut BitWriter, counts: &mut Counts, at: (usize, usize)) {
        counts.clear(at, 4);
        for (block, (x, y)) in self.coded() {
            let place = (4 * at.0 + x, 4 * at.1 + y);
            let count = cavlc::write(bits, &zigzag(block), counts.context(place));
            counts.set(place, count);
        }
    }

    pub(super) fn add_to(&self, luma: &mut [u8; 256], quantizer: Quantizer) {
        for (block, place) in self.coded() {
            add(luma, 16, place, &quantizer.restore(block));
        }
    }
}

/// The chroma levels of a macroblock: for each plane the averages, then the blocks.
pub(super) struct Chroma {
    averages: [[i32; 4]; 2],
    blocks: [[Block; 4]; 2],
    /// Nothing (0), averages only (1), or both (2).
    pub(super) pattern: u8,
}

impl Chroma {
    pub(super) fn new(
        source: &[[u8; 64]; 2],
        prediction: &[[u8; 64]; 2],
        quantizer: Quantizer,
    ) -> Self {
        let mut averages = [[0; 4]; 2];
        let mut blocks = [[[0; 16]; 4]; 2];
        for plane in 0..2 {
            let mut means = [0; 4];
            for (at, mean) in means.iter_mut().enumerate() {
                let place = (at % 2, at / 2);
                let residual = block_of(&source[plane], &prediction[plane], 8, place);
                (*mean, blocks[plane][at]) = quantizer.transform(&residual);
                blocks[plane][at][0] = 0;
            }
            averages[plane] = hadamard_2x2(means).map(|value| quantizer.quantize_average(value));
        }
        let pattern = if !is_empty(blocks.as_flattened().as_flattened()) {
            2
        } else {
            u8::from(!is_empty(averages.as_flattened()))
        };
        Self { averages, blocks, pattern }
    }

    pub(super) fn write(
        &self,
        bits: &mut BitWriter,
        counts: &mut PictureCounts,
        at: (usize, usize),
    ) {
        for plane in &mut counts.chroma {
            plane.clear(at, 2);
        }
        if self.pattern == 0 {
            return;
        }
        for averages in &self.averages {
            cavlc::write(bits, averages, Context::ChromaAverages);
        }
        if self.pattern == 1 {
            return;
        }
        for (blocks, counts) in self.blocks.iter().zip(&mut counts.chroma) {
            for (block, levels) in blocks.iter().enumerate() {
                let place = (2 * at.0 + block % 2, 2 * at.1 + block / 2);
                let count = cavlc::write(bits, &zigzag(levels)[1..], counts.context(place));
                counts.set(place, count);
            }
        }
    }

    pub(super) fn add_to(&self, chroma: &mut [[u8; 64]; 2], quantizer: Quantizer) {
        if self.pattern == 0 {
            return;
        }
        for ((square, averages), blocks) in chroma.iter_mut().zip(&self.averages).zip(&self.blocks)
        {
            let averages = hadamard_2x2(*averages);
            for (at, (block, average)) in blocks.iter().zip(averages).enumerate() {
                let mut coefficients = quantizer.restore(block);
                coefficients[0] = quantizer.restore_chroma_average(average);
                add(square, 8, (at % 2, at / 2), &coefficients);
            }
        }
    }
}
