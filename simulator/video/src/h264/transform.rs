//! The transform of 4×4 blocks and its quantization: ITU-T H.264, section 8.5.

/// A block of 4×4 values, row by row.
pub(super) type Block = [i32; 16];

/// The order in which a block's coefficients are written.
pub(super) const ZIGZAG: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

/// Larger levels have no code in the baseline profile.
const MAX_LEVEL: i32 = 2000;

/// Factors by the quantizer's remainder, and by place: corners, odd rows and columns, others.
const FACTORS: [[i32; 3]; 6] = [
    [13107, 5243, 8066],
    [11916, 4660, 7490],
    [10082, 4194, 6554],
    [9362, 3647, 5825],
    [8192, 3355, 5243],
    [7282, 2893, 4559],
];
const SCALES: [[i32; 3]; 6] =
    [[10, 16, 13], [11, 18, 14], [13, 20, 16], [14, 23, 18], [16, 25, 20], [18, 29, 23]];
/// `QPc` from a luma quantizer of 30 on.
const CHROMA_QUANTIZERS: [u8; 22] =
    [29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39];

/// The quantizer of the chroma planes.
pub(super) fn chroma_quantizer(luma: i32) -> i32 {
    match usize::try_from(luma - 30).ok().and_then(|at| CHROMA_QUANTIZERS.get(at)) {
        Some(quantizer) => i32::from(*quantizer),
        None => luma,
    }
}

/// A quantizer with what follows from it.
#[derive(Clone, Copy)]
pub(super) struct Quantizer {
    factors: [i32; 3],
    scales: [i32; 3],
    shift: i32,
    rounding: i32,
}

/// Whether a place is a corner (0), in an odd row and column (1), or another (2).
const CLASSES: [usize; 16] = [0, 2, 0, 2, 2, 1, 2, 1, 0, 2, 0, 2, 2, 1, 2, 1];

impl Quantizer {
    /// `rounding` is the divisor of what rounds up: 3 for intra macroblocks, 6 for inter ones.
    pub(super) fn new(quantizer: i32, rounding: i32) -> Self {
        let (shift, at) = (quantizer / 6, (quantizer % 6) as usize);
        let (factors, scales) = (FACTORS[at], SCALES[at]);
        Self { factors, scales, shift, rounding: (1 << (15 + shift)) / rounding }
    }

    fn level(self, value: i32, class: usize, halvings: i32) -> i32 {
        let scaled = value.abs() * self.factors[class] + (self.rounding << halvings);
        let level = (scaled >> (15 + self.shift + halvings)).min(MAX_LEVEL);
        if value < 0 { -level } else { level }
    }

    /// The first coefficient of a residual, and the levels of all.
    pub(super) fn transform(self, residual: &Block) -> (i32, Block) {
        let sum: i32 = residual.iter().map(|value| value.abs()).sum();
        // No coefficient weighs more than 1.6 of the sum: it rounds to no level.
        if sum * self.factors[0] < (1 << (15 + self.shift)) * 2 / 5 {
            return (residual.iter().sum(), [0; 16]);
        }
        let coefficients = forward(residual);
        (coefficients[0], self.quantize(&coefficients))
    }

    /// Quantizes a block's coefficients.
    fn quantize(self, block: &Block) -> Block {
        std::array::from_fn(|at| self.level(block[at], CLASSES[at], 0))
    }

    /// Quantizes averages that a second transform has doubled.
    pub(super) fn quantize_average(self, value: i32) -> i32 {
        self.level(value, 0, 1)
    }

    /// The coefficients that a decoder reads from levels.
    pub(super) fn restore(self, levels: &Block) -> Block {
        std::array::from_fn(|at| (levels[at] * self.scales[CLASSES[at]]) << self.shift)
    }

    /// A luma block's average from the transformed levels of all.
    pub(super) fn restore_luma_average(self, value: i32) -> i32 {
        let scaled = value * self.scales[0] * 16;
        if self.shift >= 6 {
            scaled << (self.shift - 6)
        } else {
            (scaled + (1 << (5 - self.shift))) >> (6 - self.shift)
        }
    }

    /// A chroma block's average from the transformed levels of all four.
    pub(super) fn restore_chroma_average(self, value: i32) -> i32 {
        ((value * self.scales[0]) << self.shift) >> 1
    }
}

/// Applies a one-dimensional transform to the rows, then to the columns.
fn both_ways(block: &Block, one: impl Fn([i32; 4]) -> [i32; 4]) -> Block {
    let mut rows = [0; 16];
    for (to, from) in rows.chunks_exact_mut(4).zip(block.chunks_exact(4)) {
        to.copy_from_slice(&one([from[0], from[1], from[2], from[3]]));
    }
    let mut out = [0; 16];
    for x in 0..4 {
        let column = one([rows[x], rows[x + 4], rows[x + 8], rows[x + 12]]);
        for (y, value) in column.into_iter().enumerate() {
            out[4 * y + x] = value;
        }
    }
    out
}

/// The forward transform of a residual.
fn forward(block: &Block) -> Block {
    both_ways(block, |[a, b, c, d]| {
        let (outer, inner) = (a - d, b - c);
        [a + d + b + c, 2 * outer + inner, a + d - b - c, outer - 2 * inner]
    })
}

/// The residual from restored coefficients.
pub(super) fn inverse(block: &Block) -> Block {
    let out = both_ways(block, |[a, b, c, d]| {
        let (even, odd) = (a + c, a - c);
        let (less, more) = ((b >> 1) - d, b + (d >> 1));
        [even + more, odd + less, odd - less, even - more]
    });
    out.map(|value| (value + 32) >> 6)
}

/// The second transform of sixteen averages, which is its own inverse but for the scale.
pub(super) fn hadamard(block: &Block) -> Block {
    both_ways(block, |[a, b, c, d]| [a + b + c + d, a + b - c - d, a - b - c + d, a - b + c - d])
}

/// The second transform of four averages.
pub(super) fn hadamard_2x2([a, b, c, d]: [i32; 4]) -> [i32; 4] {
    [a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d]
}
