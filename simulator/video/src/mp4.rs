//! From pictures to a file: `mp4-atom` writes the boxes around them.

use mp4_atom::{
    Avc1, Avcc, Codec, Dinf, Dref, DrefEntry, Encode, FourCC, Ftyp, Hdlr, Mdat, Mdhd, Mdia, Minf,
    Moov, Mvhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts, SttsEntry, Tkhd,
    Trak, Url, Visual, Vmhd,
};

use super::movie::{self, Movie};
use super::{Extent, Format, Video};

/// Ticks per second: a multiple of every possible number of pictures.
const TIMESCALE: u32 = 12_000;

pub(super) fn encode(video: &Video, extent: &Extent) -> Vec<u8> {
    write(video.format, extent, &movie::encode(video, extent)).unwrap_or_default()
}

/// A NAL unit as MP4 stores it: its length in four bytes, then the unit.
fn sample(unit: &[u8]) -> Vec<u8> {
    let length = u32::try_from(unit.len()).unwrap_or(0).to_be_bytes();
    [&length, unit].concat()
}

fn write(format: Format, extent: &Extent, encoded: &Movie) -> Result<Vec<u8>, mp4_atom::Error> {
    let ftyp = match format {
        Format::Mp4 | Format::Webm => brand(b"isom", &[b"isom", b"avc1", b"mp41"]),
        Format::Mov => brand(b"qt  ", &[b"qt  "]),
    };
    // The samples' offset depends on the length of the boxes before them, which does not depend on
    // the offset: write once to measure, then once with the offset.
    let mut head = Vec::new();
    ftyp.encode(&mut head)?;
    boxes(extent, encoded, 0)?.encode(&mut head)?;
    const MDAT_HEADER: usize = 8;
    let mdat_offset = u32::try_from(head.len() + MDAT_HEADER).unwrap_or(0);

    let mut file = Vec::new();
    ftyp.encode(&mut file)?;
    boxes(extent, encoded, mdat_offset)?.encode(&mut file)?;
    let samples: Vec<u8> = encoded.pictures.iter().flat_map(|unit| sample(unit)).collect();
    Mdat { data: samples }.encode(&mut file)?;
    Ok(file)
}

fn brand(major: &[u8; 4], compatible: &[&[u8; 4]]) -> Ftyp {
    Ftyp {
        major_brand: FourCC::new(major),
        minor_version: 512,
        compatible_brands: compatible.iter().map(|name| FourCC::new(name)).collect(),
    }
}

fn boxes(extent: &Extent, encoded: &Movie, mdat_offset: u32) -> Result<Moov, mp4_atom::Error> {
    let duration = u64::from(extent.seconds * TIMESCALE);
    let (width, height) = extent.size;
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    Ok(Moov {
        mvhd: Mvhd {
            timescale: TIMESCALE,
            duration,
            rate: 1.into(),
            volume: 1.into(),
            next_track_id: 2,
            ..Mvhd::default()
        },
        trak: vec![Trak {
            tkhd: Tkhd {
                track_id: 1,
                duration,
                enabled: true,
                in_movie: true,
                width: side(width).into(),
                height: side(height).into(),
                ..Tkhd::default()
            },
            mdia: Mdia {
                mdhd: Mdhd {
                    timescale: TIMESCALE,
                    duration,
                    language: "und".to_owned(),
                    ..Mdhd::default()
                },
                hdlr: Hdlr { handler: FourCC::new(b"vide"), name: "video".to_owned() },
                minf: Minf {
                    vmhd: Some(Vmhd::default()),
                    dinf: Dinf { dref: Dref { entries: vec![DrefEntry::Url(Url::default())] } },
                    stbl: samples(extent, encoded, mdat_offset)?,
                    ..Minf::default()
                },
            },
            ..Trak::default()
        }],
        ..Moov::default()
    })
}

/// The tables of each picture's offset and duration. Only the first one is a key picture.
fn samples(extent: &Extent, encoded: &Movie, mdat_offset: u32) -> Result<Stbl, mp4_atom::Error> {
    let (width, height) = extent.size;
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    let count = extent.frames;
    let [sequence, picture] = &encoded.parameter_sets;
    let length = |unit: &Vec<u8>| u32::try_from(unit.len() + 4).unwrap_or(0);
    Ok(Stbl {
        stsd: Stsd {
            codecs: vec![Codec::Avc1(Avc1 {
                visual: Visual {
                    data_reference_index: 1,
                    width: side(width),
                    height: side(height),
                    ..Visual::default()
                },
                avcc: Avcc::new(sequence, picture)?,
                ..Avc1::default()
            })],
        },
        stts: Stts {
            entries: vec![SttsEntry {
                sample_count: count,
                sample_delta: extent.seconds * TIMESCALE / count,
            }],
        },
        stsc: Stsc {
            entries: vec![StscEntry {
                first_chunk: 1,
                samples_per_chunk: count,
                sample_description_index: 1,
            }],
        },
        stsz: Stsz {
            samples: StszSamples::Different {
                sizes: encoded.pictures.iter().map(length).collect(),
            },
        },
        stss: Some(Stss { entries: vec![1] }),
        stco: Some(Stco { entries: vec![mdat_offset] }),
        ..Stbl::default()
    })
}
