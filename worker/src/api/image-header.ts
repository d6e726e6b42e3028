// What an image says of itself: its type, its size in pixels, and whether its file is complete. Formats: PNG
// (W3C PNG 3, section 5), JPEG (ITU T.81, annex B), WebP (RFC 9649).
import type { ByteBlocks } from "./byte-blocks.js";

export interface ImageHeader {
  type: "image/png" | "image/jpeg" | "image/webp";
  width: number;
  height: number;
}

/** Segments of a JPEG, and chunks of a PNG: more are not looked at. */
const MAX_SECTIONS = 10_000;

/** `undefined`: it is no PNG, JPEG or WebP. `incomplete`: its header is damaged, or its end is missing. */
export function readImageHeader(image: ByteBlocks): ImageHeader | "incomplete" | undefined {
  const start = latin1(image.slice(0, 12));
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return readPng(image);
  if (start.startsWith("\xff\xd8\xff")) return readJpeg(image);
  if (/^RIFF[^]{4}WEBP/.test(start)) return readWebp(image);
  return undefined;
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The first chunk is the header; image data and the end follow. */
function readPng(image: ByteBlocks): ImageHeader | "incomplete" {
  let header: ImageHeader | undefined;
  let hasData = false;
  let at = 8;
  for (let count = 0; count < MAX_SECTIONS; count += 1) {
    const chunk = image.slice(at, 16);
    if (chunk.length < 12) break;
    const length = viewOf(chunk).getUint32(0);
    const type = latin1(chunk.subarray(4, 8));
    const isFirst = count === 0;
    if (isFirst !== (type === "IHDR") || at + 12 + length > image.size) break;
    if (isFirst) {
      if (length !== 13) break;
      const data = viewOf(chunk);
      header = { type: "image/png", width: data.getUint32(8), height: data.getUint32(12) };
    }
    hasData ||= type === "IDAT" && length > 0;
    if (type === "IEND") return header && hasData ? header : "incomplete";
    at += 12 + length;
  }
  return "incomplete";
}

/** Segments up to the first scan, one of which has the size; then data up to the end marker. */
function readJpeg(image: ByteBlocks): ImageHeader | "incomplete" {
  let header: ImageHeader | undefined;
  let at = 2;
  for (let count = 0; count < MAX_SECTIONS; count += 1) {
    const segment = image.slice(at, 9);
    if (segment.length < 4 || segment[0] !== 0xff) break;
    const marker = segment[1]!;
    // A fill byte.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = viewOf(segment).getUint16(2);
    if (length < 2 || at + 2 + length > image.size) break;
    if (isFrameHeader(marker)) {
      if (segment.length < 9) break;
      const data = viewOf(segment);
      header = { type: "image/jpeg", height: data.getUint16(5), width: data.getUint16(7) };
    }
    at += 2 + length;
    if (marker === 0xda) return header && hasEndMarker(image, at) ? header : "incomplete";
  }
  return "incomplete";
}

/** SOF0 to SOF15, without DHT, JPG and DAC, which lie between. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Cameras append bytes to the end marker, such as a second image; scan data never contains it. */
function hasEndMarker(image: ByteBlocks, start: number): boolean {
  let offset = 0;
  let previous = 0;
  for (const piece of image.pieces()) {
    const from = Math.max(0, start - offset);
    offset += piece.length;
    if (from >= piece.length) continue;
    if (from === 0 && previous === 0xff && piece[0] === 0xd9) return true;
    for (let at = piece.indexOf(0xd9, from); at >= 0; at = piece.indexOf(0xd9, at + 1)) {
      if (at > from && piece[at - 1] === 0xff) return true;
    }
    previous = piece.at(-1)!;
  }
  return false;
}

/** The file's length, then a chunk of one of three kinds. */
function readWebp(image: ByteBlocks): ImageHeader | "incomplete" {
  const bytes = image.slice(0, 30);
  if (bytes.length < 26) return "incomplete";
  const view = viewOf(bytes);
  if (view.getUint32(4, true) + 8 > image.size) return "incomplete";
  const type = "image/webp";
  switch (latin1(bytes.subarray(12, 16))) {
    case "VP8 ":
      if (bytes.length < 30 || latin1(bytes.subarray(23, 26)) !== "\x9d\x01\x2a") return "incomplete";
      return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case "VP8L": {
      if (bytes[20] !== 0x2f) return "incomplete";
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X": {
      if (bytes.length < 30) return "incomplete";
      const uint24 = (at: number) => view.getUint16(at, true) + (bytes[at + 2]! << 16);
      return { type, width: uint24(24) + 1, height: uint24(27) + 1 };
    }
    default:
      return "incomplete";
  }
}
