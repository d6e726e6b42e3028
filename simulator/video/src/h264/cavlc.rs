//! Writes the coefficients of a block: ITU-T H.264, section 9.2.

use super::bits::BitWriter;
use super::cavlc_tables::{
    CHROMA_TOKENS, CHROMA_ZEROS, RUN_LENGTHS, RUN_VALUES, TOKEN_LENGTHS, TOKEN_VALUES,
    ZEROS_LENGTHS, ZEROS_VALUES,
};

/// What the code of a block's number of coefficients depends on.
#[derive(Clone, Copy)]
pub(super) enum Context {
    /// The mean number of coefficients in the neighboring blocks.
    Neighbors(u8),
    /// The four averages of a chroma plane.
    ChromaAverages,
}

/// Writes a block's levels, which are in zigzag order, and returns how many are not zero.
pub(super) fn write(bits: &mut BitWriter, levels: &[i32], context: Context) -> u8 {
    let mut values = [0_i32; 16];
    let mut runs = [0_usize; 16];
    let (mut count, mut zeros, mut run) = (0, 0, 0);
    for &level in levels {
        if level == 0 {
            run += 1;
            continue;
        }
        (values[count], runs[count]) = (level, run);
        count += 1;
        zeros += run;
        run = 0;
    }
    let values = &values[..count];
    let ones = values.iter().rev().take(3).take_while(|level| level.abs() == 1).count();
    token(bits, count, ones, context);
    if count == 0 {
        return 0;
    }
    for level in values.iter().rev().take(ones) {
        bits.bits(u32::from(*level < 0), 1);
    }
    write_levels(bits, values, ones);
    if count < levels.len() {
        let (lengths, codes) = match context {
            Context::ChromaAverages => (CHROMA_ZEROS[0][count - 1], CHROMA_ZEROS[1][count - 1]),
            Context::Neighbors(_) => (ZEROS_LENGTHS[count - 1], ZEROS_VALUES[count - 1]),
        };
        code(bits, lengths, codes, zeros);
    }
    for run in runs[1..count].iter().rev() {
        if zeros == 0 {
            break;
        }
        let left = zeros.min(7) - 1;
        code(bits, RUN_LENGTHS[left], RUN_VALUES[left], *run);
        zeros -= run;
    }
    count as u8
}

fn code(bits: &mut BitWriter, lengths: &[u8], values: &[u8], at: usize) {
    bits.bits(u32::from(values[at]), u32::from(lengths[at]));
}

/// `coeff_token`: the number of coefficients, and how many of the last ones are 1 or -1.
fn token(bits: &mut BitWriter, count: usize, ones: usize, context: Context) {
    let at = 4 * count + ones;
    match context {
        Context::ChromaAverages => code(bits, &CHROMA_TOKENS[0], &CHROMA_TOKENS[1], at),
        Context::Neighbors(mean) => {
            let class = match mean {
                0 | 1 => 0,
                2 | 3 => 1,
                4..=7 => 2,
                _ => 3,
            };
            code(bits, &TOKEN_LENGTHS[class], &TOKEN_VALUES[class], at);
        }
    }
}

/// The levels before the trailing ones, the last first.
fn write_levels(bits: &mut BitWriter, values: &[i32], ones: usize) {
    let mut suffix = u32::from(values.len() > 10 && ones < 3);
    for (at, &level) in values.iter().rev().skip(ones).enumerate() {
        let mut code = 2 * level.unsigned_abs() - if level > 0 { 2 } else { 1 };
        if at == 0 && ones < 3 {
            code -= 2;
        }
        write_level(bits, code, suffix);
        suffix = suffix.max(1);
        if level.unsigned_abs() > 3 << (suffix - 1) && suffix < 6 {
            suffix += 1;
        }
    }
}

fn write_level(bits: &mut BitWriter, code: u32, suffix: u32) {
    let (prefix, rest, length) = match suffix {
        0 if code < 14 => (code, 0, 0),
        0 if code < 30 => (14, code - 14, 4),
        0 => (15, code - 30, 12),
        _ if code < 15 << suffix => (code >> suffix, code & ((1 << suffix) - 1), suffix),
        _ => (15, code - (15 << suffix), 12),
    };
    bits.bits(1, prefix + 1);
    bits.bits(rest, length);
}
