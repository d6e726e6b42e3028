//! From frames to a file: `less-avc` encodes them, `mp4-atom` writes the boxes around them.

use less_avc::LessEncoder;
use less_avc::ycbcr_image::{DataPlane, Planes, YCbCrImage};
use mp4_atom::{
    Avc1, Avcc, Codec, Dinf, Dref, DrefEntry, Encode, FourCC, Ftyp, Hdlr, Mdat, Mdhd, Mdia, Minf,
    Moov, Mvhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stsz, StszSamples, Stts, SttsEntry, Tkhd, Trak,
    Url, Visual, Vmhd,
};

use super::frame::{self, Frame};
use super::{Format, Video};

/// Ticks per second: a multiple of every possible frame count.
const TIMESCALE: u32 = 12_000;

/// An encoded video: the two parameter sets, and each frame as one sample.
struct EncodedVideo {
    sps: Vec<u8>,
    pps: Vec<u8>,
    samples: Vec<Vec<u8>>,
}

pub(super) fn encode(video: &Video) -> Vec<u8> {
    let Some(encoded) = encode_frames(video) else {
        return Vec::new();
    };
    write(video, encoded).unwrap_or_default()
}

fn encode_frames(video: &Video) -> Option<EncodedVideo> {
    let mut frames = frame::frames(video);
    let first = frames.next()?;
    let (start, mut encoder) = LessEncoder::new(&image(&first, video)).ok()?;
    let mut samples = vec![sample(&start.frame.to_nal_unit())];
    for frame in frames {
        let unit = encoder.encode(&image(&frame, video)).ok()?;
        samples.push(sample(&unit.to_nal_unit()));
    }
    Some(EncodedVideo { sps: start.sps.to_nal_unit(), pps: start.pps.to_nal_unit(), samples })
}

fn image<'a>(frame: &'a Frame, video: &Video) -> YCbCrImage<'a> {
    let plane =
        |data: &'a [u8], stride| DataPlane { data, stride, bit_depth: less_avc::BitDepth::Depth8 };
    let (width, height) = video.frame_size();
    YCbCrImage {
        planes: Planes::YCbCr((
            plane(&frame.luma, frame.luma_stride),
            plane(&frame.blue, frame.chroma_stride),
            plane(&frame.red, frame.chroma_stride),
        )),
        width,
        height,
    }
}

/// A NAL unit as MP4 stores it: its length in four bytes, then the unit.
fn sample(unit: &[u8]) -> Vec<u8> {
    let length = u32::try_from(unit.len()).unwrap_or(0).to_be_bytes();
    [&length, unit].concat()
}

fn write(video: &Video, encoded: EncodedVideo) -> Result<Vec<u8>, mp4_atom::Error> {
    let ftyp = match video.format {
        Format::Mp4 | Format::Webm => brand(b"isom", &[b"isom", b"avc1", b"mp41"]),
        Format::Mov => brand(b"qt  ", &[b"qt  "]),
    };
    // The samples' offset depends on the length of the boxes before them, which does not depend on
    // the offset: write once to measure, then once with the offset.
    let mut head = Vec::new();
    ftyp.encode(&mut head)?;
    movie(video, &encoded, 0)?.encode(&mut head)?;
    const MDAT_HEADER: usize = 8;
    let mdat_offset = u32::try_from(head.len() + MDAT_HEADER).unwrap_or(0);

    let mut file = Vec::new();
    ftyp.encode(&mut file)?;
    movie(video, &encoded, mdat_offset)?.encode(&mut file)?;
    Mdat { data: encoded.samples.concat() }.encode(&mut file)?;
    Ok(file)
}

fn brand(major: &[u8; 4], compatible: &[&[u8; 4]]) -> Ftyp {
    Ftyp {
        major_brand: FourCC::new(major),
        minor_version: 512,
        compatible_brands: compatible.iter().map(|name| FourCC::new(name)).collect(),
    }
}

fn movie(video: &Video, encoded: &EncodedVideo, mdat_offset: u32) -> Result<Moov, mp4_atom::Error> {
    let duration = u64::from(video.seconds.clamp(1, 600) * TIMESCALE);
    let (width, height) = video.frame_size();
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
                    stbl: samples(video, encoded, mdat_offset)?,
                    ..Minf::default()
                },
            },
            ..Trak::default()
        }],
        ..Moov::default()
    })
}

/// The tables of each frame's offset and duration. Every frame is a key frame.
fn samples(
    video: &Video,
    encoded: &EncodedVideo,
    mdat_offset: u32,
) -> Result<Stbl, mp4_atom::Error> {
    let (width, height) = video.frame_size();
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    let count = video.frames();
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
                avcc: Avcc::new(&encoded.sps, &encoded.pps)?,
                ..Avc1::default()
            })],
        },
        stts: Stts {
            entries: vec![SttsEntry {
                sample_count: count,
                sample_delta: video.seconds.clamp(1, 600) * TIMESCALE / count,
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
            samples: StszSamples::Different { sizes: encoded.samples.iter().map(length).collect() },
        },
        stco: Some(Stco { entries: vec![mdat_offset] }),
        ..Stbl::default()
    })
}
