//! From frames to a file: `less-avc` codes them, `mp4-atom` writes the boxes around them.

use less_avc::LessEncoder;
use less_avc::ycbcr_image::{DataPlane, Planes, YCbCrImage};
use mp4_atom::{
    Avc1, Avcc, Codec, Dinf, Dref, DrefEntry, Encode, FourCC, Ftyp, Hdlr, Mdat, Mdhd, Mdia, Minf,
    Moov, Mvhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stsz, StszSamples, Stts, SttsEntry, Tkhd, Trak,
    Url, Visual, Vmhd,
};

use super::picture::{self, Picture};
use super::{Film, Format};

/// Ticks a second: divides evenly by every frame count that a film can have.
const TIMESCALE: u32 = 12_000;

/// A coded film: the two parameter sets, and each frame as one sample.
struct Coded {
    sequence: Vec<u8>,
    picture: Vec<u8>,
    samples: Vec<Vec<u8>>,
}

pub(super) fn encode(film: &Film) -> Vec<u8> {
    let Some(coded) = code(film) else {
        return Vec::new();
    };
    write(film, coded).unwrap_or_default()
}

fn code(film: &Film) -> Option<Coded> {
    let mut frames = picture::frames(film);
    let first = frames.next()?;
    let (start, mut encoder) = LessEncoder::new(&image(&first, film)).ok()?;
    let mut samples = vec![sample(&start.frame.to_nal_unit())];
    for frame in frames {
        let unit = encoder.encode(&image(&frame, film)).ok()?;
        samples.push(sample(&unit.to_nal_unit()));
    }
    Some(Coded {
        sequence: start.sps.to_nal_unit(),
        picture: start.pps.to_nal_unit(),
        samples,
    })
}

fn image<'a>(picture: &'a Picture, film: &Film) -> YCbCrImage<'a> {
    let plane = |data: &'a [u8], stride| DataPlane {
        data,
        stride,
        bit_depth: less_avc::BitDepth::Depth8,
    };
    let (width, height) = film.frame_size();
    YCbCrImage {
        planes: Planes::YCbCr((
            plane(&picture.luma, picture.luma_stride),
            plane(&picture.blue, picture.chroma_stride),
            plane(&picture.red, picture.chroma_stride),
        )),
        width,
        height,
    }
}

/// A unit as MP4 stores it: its length in four bytes, then itself.
fn sample(unit: &[u8]) -> Vec<u8> {
    let length = u32::try_from(unit.len()).unwrap_or(0).to_be_bytes();
    [&length, unit].concat()
}

fn write(film: &Film, coded: Coded) -> Result<Vec<u8>, mp4_atom::Error> {
    let ftyp = match film.format {
        Format::Mp4 | Format::Webm => brand(b"isom", &[b"isom", b"avc1", b"mp41"]),
        Format::Mov => brand(b"qt  ", &[b"qt  "]),
    };
    // The samples' place depends on the length of what stands before them, which does not depend
    // on the place: so write once to measure, and once for good.
    let mut head = Vec::new();
    ftyp.encode(&mut head)?;
    movie(film, &coded, 0)?.encode(&mut head)?;
    const MDAT_HEADER: usize = 8;
    let place = u32::try_from(head.len() + MDAT_HEADER).unwrap_or(0);

    let mut file = Vec::new();
    ftyp.encode(&mut file)?;
    movie(film, &coded, place)?.encode(&mut file)?;
    Mdat {
        data: coded.samples.concat(),
    }
    .encode(&mut file)?;
    Ok(file)
}

fn brand(major: &[u8; 4], compatible: &[&[u8; 4]]) -> Ftyp {
    Ftyp {
        major_brand: FourCC::new(major),
        minor_version: 512,
        compatible_brands: compatible.iter().map(|name| FourCC::new(name)).collect(),
    }
}

fn movie(film: &Film, coded: &Coded, place: u32) -> Result<Moov, mp4_atom::Error> {
    let duration = u64::from(film.seconds.clamp(1, 600) * TIMESCALE);
    let (width, height) = film.frame_size();
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
                hdlr: Hdlr {
                    handler: FourCC::new(b"vide"),
                    name: "video".to_owned(),
                },
                minf: Minf {
                    vmhd: Some(Vmhd::default()),
                    dinf: Dinf {
                        dref: Dref {
                            entries: vec![DrefEntry::Url(Url::default())],
                        },
                    },
                    stbl: samples(film, coded, place)?,
                    ..Minf::default()
                },
            },
            ..Trak::default()
        }],
        ..Moov::default()
    })
}

/// The tables that say where each frame is and how long it shows. Every frame is a key frame.
fn samples(film: &Film, coded: &Coded, place: u32) -> Result<Stbl, mp4_atom::Error> {
    let (width, height) = film.frame_size();
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    let count = film.frames();
    let length = |sample: &Vec<u8>| u32::try_from(sample.len()).unwrap_or(0);
    Ok(Stbl {
        stsd: Stsd {
            codecs: vec![Codec::Avc1(Avc1 {
                visual: Visual {
                    data_reference_index: 1,
                    width: side(width),
                    height: side(height),
                    ..Visual::default()
                },
                avcc: Avcc::new(&coded.sequence, &coded.picture)?,
                ..Avc1::default()
            })],
        },
        stts: Stts {
            entries: vec![SttsEntry {
                sample_count: count,
                sample_delta: film.seconds.clamp(1, 600) * TIMESCALE / count,
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
                sizes: coded.samples.iter().map(length).collect(),
            },
        },
        stco: Some(Stco {
            entries: vec![place],
        }),
        ..Stbl::default()
    })
}
