// A gateway's event stream, in pieces of any size and of hostile content.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf } from "../../pkg/dist/gateway/sse.js";

const MB = 1 << 20;
const MAX_EVENT = 8 * MB;

/** A stream of these texts, and how many of its bytes were read. */
function streamOf(pieces) {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.iterator]();
  const counted = { bytes: 0 };
  const body = new ReadableStream(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (done) return controller.close();
        const bytes = typeof value === "string" ? encoder.encode(value) : value;
        counted.bytes += bytes.length;
        controller.enqueue(bytes);
      },
    },
    { highWaterMark: 0 },
  );
  return { body, counted };
}

async function read(pieces) {
  const { body, counted } = streamOf(pieces);
  const events = [];
  for await (const event of eventsOf(body)) if (event) events.push(event);
  return { events, ...counted };
}

function* repeated(text, count) {
  for (let at = 0; at < count; at++) yield text;
}

test("an event is the same in pieces of any size", async () => {
  const text = 'id: 1\r\nevent: job\r\ndata: {"a":\r\ndata: "é😀\u2028"}\r\n\r\n: alive\n\nretry:500\nid: 2\n\ndata\n\n';
  const expected = [
    { id: "1", event: "job", data: '{"a":\n"é😀\u2028"}' },
    { retry: "500", id: "2" },
  ];
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, 16, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size));
    assert.deepEqual((await read(pieces)).events.slice(0, 2), expected, `pieces of ${size} bytes`);
  }
});

test("a line of six megabytes in pieces of thirty-two bytes is read once", async () => {
  const piece = "x".repeat(32);
  const count = (6 * MB) / piece.length;
  const { events } = await read(["data: ", ...repeated(piece, count), "\n\n"]);
  assert.equal(events[0].data.length, 6 * MB);
});

test("a line without an end is not read without an end", async () => {
  const { events, bytes } = await read(repeated("x".repeat(64_000), 1_000));
  assert.deepEqual(events, []);
  assert.ok(bytes < MAX_EVENT + MB, `${bytes} bytes`);
});

test("an event without an end is not read without an end, in any of its fields", async () => {
  for (const line of [`data: ${"x".repeat(1_000)}\n`, "data: \n"]) {
    const piece = line.repeat(Math.ceil(64_000 / line.length));
    const { events, bytes } = await read(repeated(piece, 1_000));
    assert.deepEqual(events, []);
    assert.ok(bytes < 2 * MAX_EVENT, `${bytes} bytes`);
  }
  let at = 0;
  const names = Array.from({ length: 1_000 }, () => `a${at++}: ${"x".repeat(64_000)}\n`);
  assert.ok((await read(names)).bytes < 2 * MAX_EVENT);
});

test("many events and signs of life together may be longer than one event", async () => {
  const event = `data: ${"x".repeat(64_000)}\n\n`;
  const { events } = await read(repeated(`: alive\n\n${event}`, 300));
  assert.equal(events.length, 300);
});

test("signs of life without an event never end the stream", async () => {
  const { bytes } = await read([...repeated(": alive\n".repeat(8_000), 300), "data: x\n\n"]);
  assert.ok(bytes > 2 * MAX_EVENT);
});
