// Recognizes a video by its first bytes: what a host declares is not trusted.

/** How many bytes are needed. */
export const SIGNATURE_BYTES = 8;

/** The first boxes of MP4 and of QuickTime files, which may have any order. Each follows its length in four bytes. */
const FIRST_BOXES: ReadonlySet<string> = new Set(["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"]);
/** EBML, of which WebM and Matroska are made. */
const EBML = [0x1a, 0x45, 0xdf, 0xa3];

export const isVideo = (first: readonly number[]): boolean =>
  EBML.every((byte, at) => first[at] === byte) || FIRST_BOXES.has(String.fromCharCode(...first.slice(4, 8)));
