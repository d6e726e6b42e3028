// Detects whether a video file is complete by its boxes: in chunks of any size, in any format.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Mp4BoxScanner } from "../../worker/src/job/mp4-boxes.ts";

const box = (name, length, size = length) => {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(size);
  bytes.write(name, 4, "latin1");
  return bytes;
};
/** Its length follows its name, in eight bytes. */
const longBox = (name, length) => {
  const bytes = box(name, length, 1);
  bytes.writeBigUInt64BE(BigInt(length), 8);
  return bytes;
};
const BEGINNING = box("ftyp", 24);

function isTruncated(file, pieceLength = file.length) {
  const boxes = new Mp4BoxScanner();
  for (let at = 0; at < file.length; at += pieceLength) boxes.scan(file.subarray(at, at + pieceLength));
  return boxes.isTruncated();
}

for (const [name, ...boxes] of [
  ["boxes in a row", BEGINNING, box("moov", 300), box("mdat", 1000)],
  ["a long box", BEGINNING, longBox("mdat", 5000), box("moov", 80)],
  ["a long box at the end", BEGINNING, box("moov", 8), longBox("mdat", 700)],
]) {
  const file = Buffer.concat(boxes);
  const ends = new Set(boxes.map((_, at) => Buffer.concat(boxes.slice(0, at + 1)).length));
  test(`${name}: complete at its end, truncated before, in chunks of any size`, () => {
    for (const piece of [1, 7, 16, 333, file.length]) assert.equal(isTruncated(file, piece), false);
    for (let length = 8; length < file.length; length += 1) {
      if (!ends.has(length)) assert.equal(isTruncated(file.subarray(0, length), 13), true, `${length}`);
    }
  });
}

for (const [name, file] of [
  ["another format", Buffer.from("\x1aE\xdf\xa3 a clip in WebM, or whatever it is", "latin1")],
  ["a few bytes", Buffer.from("clip")],
  ["a last box up to the end", Buffer.concat([BEGINNING, box("mdat", 500, 0)])],
  ["a box of a length that cannot be", Buffer.concat([BEGINNING, box("mdat", 500, 3)])],
]) {
  test(`${name}: never truncated`, () => assert.equal(isTruncated(file), false));
}
