import { crc32, deflateSync } from "node:zlib";
import { random } from "../random.mjs";

/** A picture of noise, as a PNG: its size is some three bytes for each pixel. */
export function noisePng(width, height) {
  const next = random(1);
  const row = () => [0, ...Array.from({ length: width * 3 }, () => next(256))];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // 8 bits, RGB
  const pixels = deflateSync(Buffer.from(Array.from({ length: height }, row).flat()));
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
