//! The parameter sets: what is true of the whole video.

use super::bits::BitWriter;

const BASELINE_PROFILE: u32 = 66;
/// Bits of `constraint_set0_flag` and `constraint_set1_flag`: constrained baseline.
const CONSTRAINTS: u32 = 0b1100_0000;
/// Level 3.1: at most 3,600 macroblocks a picture.
const LEVEL: u32 = 31;
/// `colour_primaries`, `transfer_characteristics` and `matrix_coefficients` of BT.709.
const BT709: u32 = 1;
/// The quantizer that a slice's own is a difference to.
pub(super) const PICTURE_QUANTIZER: i32 = 26;

/// The sequence parameter set. The sides are in pixels, and even.
pub(super) fn sequence(width: u32, height: u32) -> Vec<u8> {
    let (across, down) = (width.div_ceil(16), height.div_ceil(16));
    let mut bits = BitWriter::default();
    bits.bits(BASELINE_PROFILE, 8);
    bits.bits(CONSTRAINTS, 8);
    bits.bits(LEVEL, 8);
    bits.unsigned(0); // seq_parameter_set_id
    bits.unsigned(0); // log2_max_frame_num_minus4
    bits.unsigned(2); // pic_order_cnt_type: pictures are shown as they come
    bits.unsigned(1); // max_num_ref_frames
    bits.bits(0, 1); // gaps_in_frame_num_value_allowed_flag
    bits.unsigned(across - 1);
    bits.unsigned(down - 1);
    bits.bits(1, 1); // frame_mbs_only_flag
    bits.bits(1, 1); // direct_8x8_inference_flag
    bits.bits(1, 1); // frame_cropping_flag, in units of two pixels
    bits.unsigned(0);
    bits.unsigned((across * 16 - width) / 2);
    bits.unsigned(0);
    bits.unsigned((down * 16 - height) / 2);
    bits.bits(1, 1); // vui_parameters_present_flag
    usability(&mut bits);
    bits.into_nal_unit(0x67)
}

/// The usability information: the colors' meaning, and that no picture waits for a later one.
fn usability(bits: &mut BitWriter) {
    bits.bits(0, 1); // aspect_ratio_info_present_flag
    bits.bits(0, 1); // overscan_info_present_flag
    bits.bits(1, 1); // video_signal_type_present_flag
    bits.bits(5, 3); // video_format: unspecified
    bits.bits(0, 1); // video_full_range_flag
    bits.bits(1, 1); // colour_description_present_flag
    for _ in 0..3 {
        bits.bits(BT709, 8);
    }
    bits.bits(0, 1); // chroma_loc_info_present_flag
    bits.bits(0, 1); // timing_info_present_flag
    bits.bits(0, 2); // nal and vcl hrd_parameters_present_flag
    bits.bits(0, 1); // pic_struct_present_flag
    bits.bits(1, 1); // bitstream_restriction_flag
    bits.bits(1, 1); // motion_vectors_over_pic_boundaries_flag
    for value in [0, 0, 11, 11] {
        bits.unsigned(value); // bytes and bits without a limit, the length of vectors
    }
    bits.unsigned(0); // max_num_reorder_frames
    bits.unsigned(1); // max_dec_frame_buffering
}

/// The picture parameter set.
pub(super) fn picture() -> Vec<u8> {
    let mut bits = BitWriter::default();
    bits.unsigned(0); // pic_parameter_set_id
    bits.unsigned(0); // seq_parameter_set_id
    bits.bits(0, 1); // entropy_coding_mode_flag: CAVLC
    bits.bits(0, 1); // bottom_field_pic_order_in_frame_present_flag
    bits.unsigned(0); // num_slice_groups_minus1
    bits.unsigned(0); // num_ref_idx_l0_default_active_minus1
    bits.unsigned(0); // num_ref_idx_l1_default_active_minus1
    bits.bits(0, 3); // weighted_pred_flag, weighted_bipred_idc
    bits.signed(PICTURE_QUANTIZER - 26);
    bits.signed(0); // pic_init_qs_minus26
    bits.signed(0); // chroma_qp_index_offset
    bits.bits(1, 1); // deblocking_filter_control_present_flag
    bits.bits(0, 2); // constrained_intra_pred_flag, redundant_pic_cnt_present_flag
    bits.into_nal_unit(0x68)
}

/// The fields of a slice's header that differ.
pub(super) struct SliceHeader {
    pub(super) is_key: bool,
    pub(super) frame_number: u32,
    pub(super) quantizer: i32,
}

impl SliceHeader {
    pub(super) fn write(&self, bits: &mut BitWriter) {
        bits.unsigned(0); // first_mb_in_slice
        bits.unsigned(if self.is_key { 7 } else { 5 }); // slice_type
        bits.unsigned(0); // pic_parameter_set_id
        bits.bits(self.frame_number % 16, 4);
        if self.is_key {
            bits.unsigned(0); // idr_pic_id
            bits.bits(0, 2); // no_output_of_prior_pics_flag, long_term_reference_flag
        } else {
            bits.bits(0, 1); // num_ref_idx_active_override_flag
            bits.bits(0, 1); // ref_pic_list_modification_flag_l0
            bits.bits(0, 1); // adaptive_ref_pic_marking_mode_flag
        }
        bits.signed(self.quantizer - PICTURE_QUANTIZER);
        bits.unsigned(1); // disable_deblocking_filter_idc
    }
}
