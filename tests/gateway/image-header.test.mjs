// An image is judged by its own header and end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { IMAGE_FIELDS } from "./api.mjs";
import { workerModules } from "./worker-module.mjs";

const { ByteBlocks, readImageHeader } = await workerModules("api/byte-blocks.ts", "api/image-header.ts");

/** As a browser's canvas writes them: `[Base64, width, height]`. */
const FILES = {
  jpeg: ["/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAAsACEDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAME/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AkAm2AAAAAAAAAAAAAAAAP//Z", 33, 44],
  png: ["iVBORw0KGgoAAAANSUhEUgAAACEAAAAsCAYAAADretGxAAAAWklEQVR4AezSIQ7AIBQFwR/uf2eq1lUDYpo0KyHDW3tm3/7XPPC5RI9AgkQC1SZIJFBtgkQC1SZIJFBtgkQC1SZIJFBt4rxEJ/7Uc4RCgkQC1SZIJFBt4imJDwAA//85COddAAAABklEQVQDADJDQhffAMCdAAAAAElFTkSuQmCC", 33, 44],
  lossy: ["UklGRkYAAABXRUJQVlA4IDoAAAAwAwCdASooAB4AP3G202G0ryqmJWgCkC4JZwDPKA8KmggAAP7guX6qOxyc//wQX4g/UGoxJW154AAA", 40, 30],
  lossless: ["UklGRiIAAABXRUJQVlA4TBUAAAAvJ0AHEAdQgQoQSNribX8B44iI/gcA", 40, 30],
};

function header(bytes) {
  const blocks = new ByteBlocks();
  blocks.append(bytes);
  return readImageHeader(blocks);
}

const files = Object.entries(FILES).map(([name, [base64, width, height]]) => {
  const type = name in IMAGE_FIELDS ? `image/${name}` : "image/webp";
  return { name, bytes: Buffer.from(base64, "base64"), expected: { type, width, height } };
});

for (const { name, bytes, expected } of files) {
  test(`${name}: its type and size`, () => {
    assert.deepEqual(header(bytes), expected);
    // Cameras and other programs append bytes.
    assert.deepEqual(header(Buffer.concat([bytes, Buffer.alloc(200_000)])), expected);
  });

  test(`${name}: cut anywhere, it is incomplete`, () => {
    for (let length = 12; length < bytes.length; length += 1) {
      // The padding of a chunk may be missing.
      if (name === "lossless" && length === bytes.length - 1) continue;
      assert.equal(header(bytes.subarray(0, length)), "incomplete", `${length} of ${bytes.length} bytes`);
    }
  });
}

test("an extended WebP has the size of its canvas", () => {
  const head = Buffer.from("524946461600000057454250565038580a000000000000000f0f00070000", "hex");
  assert.deepEqual(header(head), { type: "image/webp", width: 0xf10, height: 8 });
});

test("a large JPEG with long metadata is read across blocks", () => {
  const [{ bytes, expected }] = files;
  const segment = Buffer.concat([Buffer.from("ffe1ffff", "hex"), Buffer.alloc(65_533, 0xd9)]);
  const long = Buffer.concat([bytes.subarray(0, 2), segment, segment, segment, bytes.subarray(2)]);
  assert.deepEqual(header(long), expected);
});

const png = files.find(({ name }) => name === "png").bytes;
const changed = (at, hex) => Buffer.concat([png.subarray(0, at), Buffer.from(hex, "hex"), png.subarray(at + hex.length / 2)]);

test("a signature alone is no image, and neither is a header of impossible chunks", () => {
  for (const bytes of [png.subarray(0, 8), IMAGE_FIELDS.jpeg.subarray(0, 4), Buffer.from("RIFF....WEBP")]) {
    assert.equal(header(bytes), "incomplete");
  }
  assert.equal(header(changed(8, "ffffffff")), "incomplete");
  assert.equal(header(changed(8, "00000000")), "incomplete");
  assert.equal(header(Buffer.concat([png.subarray(0, 33), png.subarray(-12)])), "incomplete", "no data");
});

test("the size is as the header says it, however large", () => {
  const { width, height } = header(changed(16, "ffffffffffffffff"));
  assert.deepEqual([width, height], [4_294_967_295, 4_294_967_295]);
});

test("other files are no images", () => {
  for (const text of ["", "GIF89a", "<svg/>", "\xff\xd8", "RIFF....WAVE"]) {
    assert.equal(header(Buffer.from(text, "latin1")), undefined, text);
  }
});
