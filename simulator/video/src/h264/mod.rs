//! A small H.264 encoder for drawn pictures: constrained baseline, one slice a picture.
//!
//! It knows three kinds of macroblocks: skipped, moved by whole pixels, and predicted from their
//! neighbors. The deblocking filter is off. It imports nothing of the simulator.
//!
//! Every index is within a table, a macroblock or a picture whose size is fixed when it is made.
#![allow(clippy::indexing_slicing)]

mod bits;
mod cavlc;
mod cavlc_tables;
mod counts;
mod inter;
mod intra;
mod parameter_sets;
mod picture;
mod residual;
mod transform;

use bits::BitWriter;
use cavlc_tables::INTER_PATTERNS;
use counts::PictureCounts;
use inter::MotionField;
use parameter_sets::SliceHeader;
use picture::Macroblock;
use residual::{Chroma, InterLuma, IntraLuma};
use transform::{Quantizer, chroma_quantizer};

pub(super) use inter::Motion;
pub(super) use picture::{Picture, Plane};

/// By how much less a prediction from neighbors must be off, since it costs more bits.
const INTRA_COST: u32 = 500;
/// By how much more the expected motion may be off, since it costs fewer bits.
const SKIP_BONUS: u32 = 48;

/// The quantizers of a picture's planes.
#[derive(Clone, Copy)]
struct Quantizers {
    luma: Quantizer,
    chroma: Quantizer,
}

impl Quantizers {
    fn new(quantizer: i32, rounding: i32) -> Self {
        Self {
            luma: Quantizer::new(quantizer, rounding),
            chroma: Quantizer::new(chroma_quantizer(quantizer), rounding),
        }
    }
}

/// Encodes pictures of one size in turn.
pub(super) struct Encoder {
    size: (u32, u32),
    across: usize,
    down: usize,
    /// The last picture as it was given, and as a decoder shows it.
    last: Option<(Picture, Picture)>,
    frame_number: u32,
}

impl Encoder {
    /// For pictures of an even size in pixels.
    pub(super) fn new(width: u32, height: u32) -> Self {
        let (across, down) = (width.div_ceil(16) as usize, height.div_ceil(16) as usize);
        Self { size: (width, height), across, down, last: None, frame_number: 0 }
    }

    /// The sequence and the picture parameter set.
    pub(super) fn parameter_sets(&self) -> [Vec<u8>; 2] {
        [parameter_sets::sequence(self.size.0, self.size.1), parameter_sets::picture()]
    }

    /// Encodes a picture as one NAL unit. The first one is a key picture; each later one is made
    /// of the one before, whose parts have moved by some of the given vectors.
    pub(super) fn encode(
        &mut self,
        picture: Picture,
        motions: &[Motion],
        quantizer: i32,
    ) -> Vec<u8> {
        let is_key = self.last.is_none();
        let mut slice = Slice {
            bits: BitWriter::default(),
            counts: PictureCounts::new(self.across, self.down),
            field: MotionField::new(self.across, self.down),
            shown: Picture::new(self.size.0, self.size.1),
            skipped: 0,
            intra: Quantizers::new(quantizer, 3),
            inter: Quantizers::new(quantizer, 6),
        };
        let frame_number = self.frame_number;
        SliceHeader { is_key, frame_number, quantizer }.write(&mut slice.bits);
        for y in 0..self.down {
            for x in 0..self.across {
                match &self.last {
                    None => slice.intra((x, y), &picture.macroblock(x, y), 0),
                    Some(last) => slice.changed((x, y), &picture, last, motions),
                }
            }
        }
        if slice.skipped > 0 {
            slice.bits.unsigned(slice.skipped);
        }
        self.last = Some((picture, slice.shown));
        self.frame_number += 1;
        slice.bits.into_nal_unit(if is_key { 0x65 } else { 0x41 })
    }
}

/// A slice that is being written.
struct Slice {
    bits: BitWriter,
    counts: PictureCounts,
    field: MotionField,
    /// The picture as a decoder shows it.
    shown: Picture,
    /// Skipped macroblocks that are not yet written.
    skipped: u32,
    intra: Quantizers,
    inter: Quantizers,
}

impl Slice {
    /// Writes a macroblock that is predicted from its neighbors. `first_type` is the number of the
    /// first such type among the slice's.
    fn intra(&mut self, at: (usize, usize), source: &Macroblock, first_type: u32) {
        let prediction = intra::predict_luma(&self.shown, at, source);
        let mode = prediction.mode;
        let chroma = intra::predict_chroma(&self.shown, at, mode);
        let mut shown = Macroblock { luma: prediction.luma, chroma };
        let luma = IntraLuma::new(&source.luma, &shown.luma, self.intra.luma);
        let chroma = Chroma::new(&source.chroma, &shown.chroma, self.intra.chroma);
        let details = if luma.has_details { 12 } else { 0 };
        let pattern = u32::from(chroma.pattern);
        self.bits.unsigned(first_type + 1 + mode.luma_number() + 4 * pattern + details);
        self.bits.unsigned(mode.chroma_number());
        self.bits.signed(0); // mb_qp_delta
        luma.write(&mut self.bits, &mut self.counts.luma, at);
        chroma.write(&mut self.bits, &mut self.counts, at);
        luma.add_to(&mut shown.luma, self.intra.luma);
        chroma.add_to(&mut shown.chroma, self.intra.chroma);
        self.field.set(at, None);
        self.shown.set_macroblock(at.0, at.1, &shown);
    }

    /// Writes a macroblock of a picture after the first.
    fn changed(
        &mut self,
        at: (usize, usize),
        picture: &Picture,
        (last, reference): &(Picture, Picture),
        motions: &[Motion],
    ) {
        if picture.has_equal_macroblock(last, at.0, at.1) {
            self.moved(at, Motion::default(), reference.macroblock(at.0, at.1), None);
            return;
        }
        let source = picture.macroblock(at.0, at.1);
        let skipped = self.field.skipped(at);
        let (mut motion, mut error) = inter::best(reference, at, &source, &[skipped]);
        if error > SKIP_BONUS {
            let (other, other_error) = inter::best(reference, at, &source, motions);
            if other_error + SKIP_BONUS < error {
                (motion, error) = (other, other_error);
            }
        }
        if error > INTRA_COST
            && intra::predict_luma(&self.shown, at, &source).error < error - INTRA_COST
        {
            self.flush_skipped();
            self.intra(at, &source, 5);
            return;
        }
        self.moved(at, motion, inter::predict(reference, at, motion), Some(&source));
    }

    /// Writes a macroblock that has moved. Without a source, the prediction is good enough.
    fn moved(
        &mut self,
        at: (usize, usize),
        motion: Motion,
        mut shown: Macroblock,
        source: Option<&Macroblock>,
    ) {
        let residual = source.map(|source| {
            (
                InterLuma::new(&source.luma, &shown.luma, self.inter.luma),
                Chroma::new(&source.chroma, &shown.chroma, self.inter.chroma),
            )
        });
        let residual = residual.filter(|(luma, chroma)| luma.pattern + chroma.pattern > 0);
        let is_skipped = residual.is_none() && motion == self.field.skipped(at);
        let expected = self.field.expected(at);
        self.field.set(at, Some(motion));
        self.counts.clear(at);
        if is_skipped {
            self.skipped += 1;
        } else {
            self.flush_skipped();
            self.bits.unsigned(0); // P_L0_16x16
            self.bits.signed(4 * (motion.x - expected.x));
            self.bits.signed(4 * (motion.y - expected.y));
            self.residual(at, residual, &mut shown);
        }
        self.shown.set_macroblock(at.0, at.1, &shown);
    }

    /// Writes what a moved macroblock differs by, and adds it.
    fn residual(
        &mut self,
        at: (usize, usize),
        residual: Option<(InterLuma, Chroma)>,
        shown: &mut Macroblock,
    ) {
        let pattern =
            residual.as_ref().map_or(0, |(luma, chroma)| luma.pattern | chroma.pattern << 4);
        let code = INTER_PATTERNS.iter().position(|each| *each == pattern).unwrap_or(0);
        self.bits.unsigned(code as u32);
        let Some((luma, chroma)) = residual else {
            return;
        };
        self.bits.signed(0); // mb_qp_delta
        luma.write(&mut self.bits, &mut self.counts.luma, at);
        chroma.write(&mut self.bits, &mut self.counts, at);
        luma.add_to(&mut shown.luma, self.inter.luma);
        chroma.add_to(&mut shown.chroma, self.inter.chroma);
    }

    /// Writes how many macroblocks were skipped before this one.
    fn flush_skipped(&mut self) {
        self.bits.unsigned(self.skipped);
        self.skipped = 0;
    }
}
