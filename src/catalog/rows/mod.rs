//! The built-in models. Every value comes from the provider's page for the model; if two documents disagree,
//! a comment says which one is used.
//!
//! May import the types of `catalog` and the vocabulary. Must never contain a value without a source.
//!
//! A price in RunPod's tables that is proportional to the length is a price per second.
//!
//! RunPod's pages are at `https://docs.runpod.io/public-endpoints/models/<page>`, Runware's at
//! `https://runware.ai/docs/models/<page>`; each listing names its page.

#![cfg_attr(filmgate_without_rows, allow(dead_code, unused_imports))]

mod builders;
mod bytedance;
mod google;
mod kling;
mod others;
pub(super) mod params;
mod sora;
mod vidu;
mod wan;

use super::Model;

/// None: `npm run size:catalog` builds this to measure the size of the definitions.
#[cfg(filmgate_without_rows)]
pub static MODELS: &[Model] = &[];

/// Every built-in model.
#[cfg(not(filmgate_without_rows))]
pub static MODELS: &[Model] = &[
    wan::WAN_2_6,
    wan::WAN_2_6_FLASH,
    wan::WAN_2_5,
    wan::WAN_2_2,
    wan::WAN_2_2_LORA,
    wan::WAN_2_1,
    vidu::VIDU_Q3,
    bytedance::SEEDANCE_1_5_PRO,
    kling::KLING_O1,
    kling::KLING_3_0_PRO,
    kling::KLING_2_6_PRO,
    kling::KLING_2_6_STANDARD,
    kling::KLING_2_1_PRO,
    others::P_VIDEO,
    google::VEO_3_1,
    google::VEO_3_1_FAST,
    others::HAILUO_2_3,
    others::GEN_4_5,
    others::RAY_3_2,
    others::INFINITETALK,
    sora::SORA_2_PRO,
    sora::SORA_2,
];
