//! Inline images: their first bytes tell what they are and how large, which decides the price.

use crate::common::{fit, order, proptest_config, runware_request, with};
use filmgate::money::{Basis, Usd};
use filmgate::provider::ProviderId::Runware;
use filmgate::request::long_string_ref;
use proptest::prelude::*;
use serde_json::{Value, json};

type Write = fn(u32, u32) -> Vec<u8>;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    bytes
}

fn gif(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend(&width.to_le_bytes()[..2]);
    bytes.extend(&height.to_le_bytes()[..2]);
    bytes.extend([0; 16]);
    bytes
}

/// A JPEG with a camera's segments before its frame header, and fill bytes between them.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    bytes.extend(b"\xff\xff\xff\xe1\0\x08Exif\0\0"); // with two fill bytes
    bytes.extend(b"\xff\xc4\0\x05\0\x01\x02"); // a Huffman table, no frame header
    bytes.extend(b"\xff\xc2\0\x11\x08"); // progressive
    bytes.extend(&height.to_be_bytes()[2..]);
    bytes.extend(&width.to_be_bytes()[2..]);
    bytes.extend([3; 12]);
    bytes
}

fn riff(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF\x40\0\0\0WEBP".to_vec();
    bytes.extend(kind);
    bytes.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
    bytes.extend(payload);
    bytes
}

fn webp_extended(width: u32, height: u32) -> Vec<u8> {
    let mut payload = vec![0x10, 0, 0, 0];
    payload.extend(&(width - 1).to_le_bytes()[..3]);
    payload.extend(&(height - 1).to_le_bytes()[..3]);
    riff(b"VP8X", &payload)
}

fn webp_lossless(width: u32, height: u32) -> Vec<u8> {
    let packed = (width - 1) | (height - 1) << 14;
    let mut payload = vec![0x2f];
    payload.extend(packed.to_le_bytes());
    riff(b"VP8L", &payload)
}

fn webp_lossy(width: u32, height: u32) -> Vec<u8> {
    let mut payload = vec![0x30, 1, 0, 0x9d, 1, 0x2a];
    payload.extend(&width.to_le_bytes()[..2]);
    payload.extend(&height.to_le_bytes()[..2]);
    riff(b"VP8 ", &payload)
}

const FORMATS: &[(&str, Write)] = &[
    ("png", png),
    ("gif", gif),
    ("jpeg", jpeg),
    ("webp extended", webp_extended),
    ("webp lossless", webp_lossless),
    ("webp lossy", webp_lossy),
];

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let six = (bits >> (18 - 6 * at) & 63) as usize;
            text.push(if at <= chunk.len() { char::from(LETTERS[six]) } else { '=' });
        }
    }
    text
}

/// A HEIF container: its size, its type, the major brand, a version, and the compatible brands.
fn container(brands: &[&[u8; 4]]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, u8::try_from(12 + 4 * brands.len()).unwrap()];
    bytes.extend(b"ftyp");
    bytes.extend(brands[0]);
    bytes.extend([0; 4]);
    brands[1..].iter().for_each(|brand| bytes.extend(*brand));
    bytes.extend([0; 40]);
    bytes
}

/// The issues of a first frame at one listing, as `code path: message`.
fn issues(model: &str, more: Value, image: Value) -> Vec<String> {
    let request = json!({ "model": model, "prompt": "A fox", "duration": 5, "image": image });
    let request = with(with(request, json!({ "resolution": "720p" })), more);
    let fit = fit(Runware, &request);
    let shown =
        fit.issues.iter().map(|issue| format!("{} {}: {}", issue.code, issue.path, issue.message));
    shown.collect()
}

#[test]
fn files_that_no_provider_takes_are_named() {
    let files: [(&str, Vec<u8>); 12] = [
        ("HEIC", container(&[b"heic", b"mif1"])),
        ("HEIC", container(&[b"mif1", b"heic"])),
        ("AVIF", container(&[b"avif", b"mif1"])),
        ("AVIF", container(&[b"mif1", b"avif"])),
        ("MP4", container(&[b"isom", b"mp41"])),
        ("a QuickTime video", container(&[b"qt  "])),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg' width='10'></svg>".to_vec()),
        ("SVG", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a drawing -->\n<svg></svg>".to_vec()),
        ("HTML", b"\n<!DOCTYPE html><html><body>Not found</body></html>".to_vec()),
        ("PDF", b"%PDF-1.7 and at least as many bytes".to_vec()),
        ("WebM", b"\x1a\x45\xdf\xa3 and at least as many bytes".to_vec()),
        ("TIFF", b"II*\0 and at least as many bytes as this".to_vec()),
    ];
    for (name, bytes) in files {
        let text = base64(&bytes);
        let expected = format!("invalid_format image: This is {name}: send JPEG or PNG.");
        for media in ["image/jpeg", "image/heic", "application/octet-stream", "text/html"] {
            let image = format!("data:{media};base64,{text}");
            assert_eq!(issues("veo-3.1-fast", json!({}), image.into())[0], expected, "{media}");
        }
        assert_eq!(issues("veo-3.1-fast", json!({}), text.into())[0], expected, "bare");
    }
    let written = "<svg xmlns='http://www.w3.org/2000/svg'></svg>";
    assert!(issues("veo-3.1-fast", json!({}), written.into())[0].contains("This is SVG"));
    for (uri, name) in [
        ("data:image/svg+xml,%3Csvg%3E", "SVG"),
        ("data:image/heic;base64,AAAA", "HEIC"),
        ("data:video/mp4;base64,AAAA", "a video"),
        ("Data:Video/MP4;Base64,AAAA", "a video"),
    ] {
        assert!(issues("veo-3.1-fast", json!({}), uri.into())[0].contains(name), "{uri}");
    }
}

#[test]
fn a_listing_takes_the_image_types_it_documents() {
    let image = |write: Write| json!(base64(&write(1280, 720)));
    let sized = json!({ "resolution": null });
    for model in ["kling-3.0-pro", "kling-2.1-pro"] {
        for (name, write) in FORMATS {
            let refused = issues(model, sized.clone(), image(*write));
            let refused = refused.iter().find(|issue| issue.starts_with("invalid_format image"));
            let accepted = ["png", "jpeg"].contains(name);
            assert_eq!(refused.is_none(), accepted, "{model} {name}: {refused:?}");
            if let Some(message) = refused {
                assert!(message.contains("which Runware does not accept here. Use JPEG or PNG."));
            }
        }
    }
    // Where nothing is documented, the provider decides.
    for (name, write) in FORMATS {
        let found = issues("veo-3.1-fast", sized.clone(), image(*write));
        assert!(!found.iter().any(|issue| issue.contains("invalid_format")), "{name}: {found:?}");
    }
}

#[test]
fn an_image_of_another_shape_than_the_video_is_a_warning() {
    let warned = |width, height, more: Value| {
        let image = json!(base64(&jpeg(width, height)));
        let found = issues("wan-2.6", more, image);
        found.into_iter().find(|issue| issue.starts_with("shape_mismatch image"))
    };
    let portrait = json!({ "resolution": null, "size": "720x1280" });
    let message = warned(1280, 720, portrait.clone()).unwrap();
    assert!(message.contains("1280x720") && message.contains("720x1280"), "{message}");
    assert_eq!(warned(720, 1280, portrait.clone()), None);
    assert_eq!(warned(1080, 1920, portrait.clone()), None);
    assert_eq!(warned(1080, 1880, portrait.clone()), None, "a few percent");
    assert!(warned(1080, 1440, portrait).is_some());
}

/// The price of four seconds with this image as the first frame.
fn price(image: Value) -> (Basis, (Usd, Usd)) {
    let request = json!({ "size": null, "image": image, "duration": 4 });
    let quote = order(Runware, &with(runware_request(), request)).quote;
    (quote.basis, quote.total.unwrap())
}

const OPEN: (Basis, (Usd, Usd)) = (Basis::Range, (Usd(1_200_000), Usd(2_000_000)));

fn exactly(micros: i64) -> (Basis, (Usd, Usd)) {
    (Basis::Exact, (Usd(micros), Usd(micros)))
}

#[test]
fn each_format_has_a_readable_size() {
    for (name, write) in FORMATS {
        for (width, height, micros) in [
            (1280, 720, 1_200_000),
            (720, 1280, 1_200_000),
            (1920, 1080, 2_000_000),
            (1080, 1920, 2_000_000),
            (1792, 1024, 2_000_000),
        ] {
            let text = base64(&write(width, height));
            let found = price(format!("data:image/x;base64,{text}").into());
            assert_eq!(found, exactly(micros), "{name} {width}x{height}");
            let shouted = price(format!("DATA:IMAGE/X;BASE64,{text}").into());
            assert_eq!(shouted, exactly(micros), "{name} {width}x{height}, in capitals");
            assert_eq!(price(text.into()), exactly(micros), "{name} {width}x{height}, bare");
        }
        let odd = base64(&write(640, 480));
        assert_eq!(price(odd.into()), OPEN, "{name}: the provider decides");
    }
}

#[test]
fn a_long_image_is_measured_by_its_beginning() {
    let head = format!("data:image/jpeg;base64,{}", base64(&jpeg(1280, 720)));
    assert_eq!(price(long_string_ref(0, &head, 9_000_000)), exactly(1_200_000));
}

#[test]
fn unmeasurable_images_leave_a_price_range() {
    let address = json!("https://pictures.example.com/1280x720.png");
    let uuid = json!("aac49721-1964-481a-ae78-8a4e29b91402");
    assert_eq!(price(address), OPEN);
    assert_eq!(price(uuid), OPEN);
    assert_eq!(price(json!("A".repeat(64))), OPEN);
    let cut = &base64(&jpeg(1280, 720))[..40];
    assert_eq!(price(cut.into()), OPEN, "the frame header lies beyond");
    let no_frame = base64(b"\xff\xd8\xff\xda\0\x08aaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(price(no_frame.into()), OPEN);
    let looping = base64(b"\xff\xd8\xff\xe0\0\0\xff\xe0\0\0aaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(price(looping.into()), OPEN, "a segment of no length");
}

proptest! {
    #![proptest_config(proptest_config(500))]

    #[test]
    fn any_bytes_are_handled(
        start in prop::sample::select(vec![
            b"\xff\xd8".to_vec(), b"\x89PNG\r\n\x1a\n".to_vec(), b"GIF8".to_vec(),
            b"RIFF\0\0\0\0WEBPVP8X".to_vec(), b"RIFF\0\0\0\0WEBPVP8L".to_vec(), Vec::new(),
        ]),
        rest in prop::collection::vec(prop_oneof![Just(0xffu8), Just(0), any::<u8>()], 30..200),
    ) {
        let bytes = [start, rest].concat();
        let (_, (min, max)) = price(base64(&bytes).into());
        prop_assert!(min >= Usd(1_200_000) && max <= Usd(2_000_000));
    }
}
