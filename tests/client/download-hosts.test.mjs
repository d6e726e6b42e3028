// A download that is interrupted, at all kinds of hosts: it resumes, restarts, or says that it
// cannot.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { createFilmgate } from "../../pkg/dist/index.js";
import { TAG, URL_WITH_TOKEN, VIDEO, collector, fileHandle, videoBytes, host } from "./hosts.mjs";
import { failing } from "./support.mjs";

const CONTENT = videoBytes(1000);
const OTHER = videoBytes(1000, 7);
const DAY = "Sat, 21 Nov 2026 12:00:00 GMT";
const SECONDS_LATER = "Sat, 21 Nov 2026 12:00:30 GMT";
const MINUTES_LATER = "Sat, 21 Nov 2026 12:05:00 GMT";
const BROKEN = { content: CONTENT, until: 400 };
const REST = { content: CONTENT, status: 206, from: 400 };

const dated = (date, changed = DAY) => ({
  etag: undefined,
  "last-modified": changed,
  date,
});

/** Downloads from that host into a stream. */
function streamed(answers, options) {
  const { fetch, asked } = host(...answers);
  const { sink, ends, bytes } = collector();
  const done = createFilmgate({ fetch }).download(VIDEO, sink, options);
  return { done, asked, ends, bytes };
}

async function isWhole({ done, ends, bytes }, content = CONTENT) {
  assert.deepEqual(await done, { bytes: content.length });
  assert.ok(bytes().equals(content));
  assert.deepEqual(ends, ["closed"]);
}

describe("the rest is of the same video", { concurrency: true }, () => {
  test("by its ETag", async () => {
    const run = streamed([BROKEN, REST]);
    await isWhole(run);
    assert.deepEqual(run.asked, [{}, { range: "bytes=400-", "if-range": TAG }]);
  });

  test("by its date, if that is more than a minute old", async () => {
    const headers = dated(MINUTES_LATER);
    const run = streamed([{ ...BROKEN, headers }, { ...REST, headers }]);
    await isWhole(run);
    assert.equal(run.asked[1]["if-range"], DAY);
  });

  test("of an unknown length", async () => {
    const headers = { "content-length": undefined };
    await isWhole(streamed([{ ...BROKEN, headers }, { ...REST, total: "*" }]));
  });

  test("the host does not repeat the requested ETag", async () => {
    await isWhole(streamed([BROKEN, { ...REST, headers: { etag: undefined } }]));
  });

  test("the host does not support ranges and sends all again: no byte is written twice", async () => {
    await isWhole(streamed([BROKEN, { content: CONTENT }]));
    await isWhole(streamed([BROKEN, { content: CONTENT, until: 150 }, { content: CONTENT }]));
  });

  test("the repeated response ends before the point of the break: that is not the end", async () => {
    const headers = { "content-length": undefined };
    const short = { content: CONTENT.subarray(0, 300), headers };
    await isWhole(streamed([{ ...BROKEN, headers }, short, { content: CONTENT, headers }]));
  });

  test("the host is busy for a while", async () => {
    const busy = { status: 503, headers: { "retry-after": "0" } };
    await isWhole(streamed([busy, BROKEN, { status: 429 }, REST]));
  });

  test("if If-Range is rejected, it requests without, and compares the response", async () => {
    const refused = new TypeError("Failed to fetch");
    const run = streamed([BROKEN, refused, REST]);
    await isWhole(run);
    assert.deepEqual(run.asked[2], { range: "bytes=400-" });
  });
});

// What comes instead of the rest, and so cannot be put behind what is there.
const OTHERS = {
  "another video, whole": [BROKEN, { content: OTHER, tag: '"v2"' }],
  "another video's part": [BROKEN, { ...REST, tag: '"v2"' }, { content: OTHER, tag: '"v2"' }],
  "a part from elsewhere": [BROKEN, { ...REST, from: 300 }, { content: OTHER, tag: '"v2"' }],
  "a part of another length": [BROKEN, { ...REST, total: 999 }, { content: OTHER, tag: '"v2"' }],
  "a compressed part": [
    BROKEN,
    { ...REST, headers: { "content-encoding": "br" } },
    { content: OTHER, tag: '"v2"' },
  ],
  "no such part (416)": [BROKEN, { status: 416 }, { content: OTHER, tag: '"v2"' }],
  "without a tag": [
    { ...BROKEN, headers: { etag: undefined } },
    { content: OTHER, headers: { etag: undefined } },
  ],
  "with a weak tag": [
    { ...BROKEN, tag: 'W/"v1"' },
    { content: OTHER, tag: 'W/"v1"' },
  ],
  "with a date of just now": [
    { ...BROKEN, headers: dated(SECONDS_LATER) },
    { content: OTHER, headers: dated(SECONDS_LATER) },
  ],
};

describe("the rest may be of another video", { concurrency: true }, () => {
  for (const [name, answers] of Object.entries(OTHERS)) {
    test(`${name}: a stream cannot discard what it has, and the error says so`, async () => {
      const { done, ends, bytes } = streamed(answers);
      const error = await failing(done, "connection_error");
      assert.equal(error.charge, "charged");
      assert.match(error.message, /after 400 bytes.*Try again with an empty sink/);
      assert.deepEqual(ends, ["aborted"]);
      assert.ok(bytes().equals(CONTENT.subarray(0, 400)), "nothing of the other went down");
    });

    test(`${name}: a file restarts`, async () => {
      const { fetch, asked } = host(...answers);
      const { handle, content } = fileHandle();
      assert.deepEqual(await createFilmgate({ fetch }).download(VIDEO, handle), { bytes: 1000 });
      assert.ok(content().equals(OTHER));
      assert.equal("range" in asked.at(-1), name === "another video, whole");
    });
  }

  test("without If-Range, a response without a validator is not trusted", async () => {
    const refused = new TypeError("Failed to fetch");
    const nameless = { ...REST, headers: { etag: undefined } };
    const { done } = streamed([BROKEN, refused, nameless]);
    await failing(done, "connection_error");
  });
});

describe("a proxy's page in place of the video is not stored", { concurrency: true }, () => {
  const page = (text) => ({ content: Buffer.from(text), tag: null, headers: { etag: undefined, "content-type": "video/mp4" } });

  test("the video is requested again", async () => {
    for (const text of ["<!doctype html>", '{"error":"busy"}', "[]", "\r\n <html>", "\ufeff<?xml"]) {
      await isWhole(streamed([page(text), { content: CONTENT }]));
    }
  });

  test("also for its rest: what the sink has stays", async () => {
    await isWhole(streamed([BROKEN, page("<html>"), REST]));
  });

  test("a host that sends nothing else", async () => {
    const { done, ends, asked } = streamed(Array.from({ length: 5 }, () => page("<html>")));
    const error = await failing(done, "connection_error");
    assert.match(error.message, /a page or JSON, which is not a video/);
    assert.equal(error.charge, "charged");
    assert.equal(asked.length, 5);
    assert.deepEqual(ends, ["aborted"]);
  });

  test("a video may be declared as any type", async () => {
    for (const type of ["text/html", "application/json", "image/svg+xml", "text/plain", ""]) {
      await isWhole(streamed([{ content: CONTENT, headers: { "content-type": type } }]));
    }
  });
});

describe("a download that cannot succeed", { concurrency: true }, () => {
  test("an existing file is unchanged", async () => {
    const { fetch } = host(BROKEN, { status: 404 });
    const { handle, content } = fileHandle();
    const error = await failing(createFilmgate({ fetch }).download(VIDEO, handle), "result_expired");
    assert.equal(error.charge, "charged");
    assert.equal(String(content()), "what was there");
  });

  test("expired in the middle", async () => {
    for (const status of [404, 410]) {
      const { done, ends } = streamed([BROKEN, { status }]);
      const error = await failing(done, "result_expired");
      assert.equal(error.charge, "charged");
      assert.deepEqual(ends, ["aborted"]);
    }
  });

  test("no response to the first request: one retry only", async () => {
    const refused = new TypeError("Failed to fetch");
    const { done, asked } = streamed([refused, refused]);
    assert.match((await failing(done, "connection_error")).message, /CORS/);
    assert.equal(asked.length, 2);
  });

  test("a rejection is not retried", async () => {
    const { done, asked } = streamed([{ status: 403 }]);
    assert.match((await failing(done, "connection_error")).message, /HTTP 403/);
    assert.equal(asked.length, 1);
  });

  test("more than announced, and nothing at all", async () => {
    const long = { content: CONTENT, headers: { "content-length": "900" } };
    await failing(streamed([long]).done, "connection_error");
    await failing(streamed([{ content: videoBytes(0) }]).done, "connection_error");
  });

  test("the host responds without a new byte: five times", async () => {
    const empty = { content: CONTENT, until: 0 };
    const { done, asked, ends } = streamed([empty, empty, empty, empty, empty]);
    const error = await failing(done, "connection_error");
    assert.match(error.message, /was lost.*Try again/);
    assert.equal(asked.length, 5);
    assert.deepEqual(ends, ["aborted"]);
  });

  test("no error quotes the URL, which may hold a token", async () => {
    const quoting = new TypeError("fetch failed", { cause: new Error(`at ${URL_WITH_TOKEN}`) });
    const headers = { etag: undefined };
    const ends = [
      [quoting, quoting],
      [{ ...BROKEN, headers }],
      [{ status: 403 }],
      [{ status: 404 }],
      [BROKEN, { status: 416 }],
    ];
    const codeOf = ([{ status }]) => (status === 404 ? "result_expired" : "connection_error");
    const failed = ends.map((answers) => failing(streamed(answers).done, codeOf(answers)));
    const errors = await Promise.all(failed);
    const relative = URL_WITH_TOKEN.replace("https:", "");
    for (const url of [relative, "file:///etc/hostname"]) {
      const client = createFilmgate({ fetch });
      errors.push(await failing(client.download({ url }, collector().sink), "connection_error"));
    }
    for (const error of errors) {
      assert.doesNotMatch(inspect(error, { depth: 9 }) + JSON.stringify(error), /TOKEN|\/etc/);
    }
  });

  test("an abort during the back-off", async () => {
    const controller = new AbortController();
    const onProgress = (bytes) => bytes === 400 && setTimeout(() => controller.abort("enough"), 50);
    const { done, asked, ends } = streamed([BROKEN], { signal: controller.signal, onProgress });
    await assert.rejects(done, (reason) => reason === "enough");
    assert.equal(asked.length, 1);
    assert.deepEqual(ends, ["aborted"]);
  });

  test("an invalid sink, or one that cannot be written here", async () => {
    const client = createFilmgate({ fetch: host().fetch });
    await assert.rejects(client.download(VIDEO, { kind: "file" }), /Pass a WritableStream/);
  });
});

describe("memory use", () => {
  test("no more is read than the sink accepts", async () => {
    let read = 0;
    const body = new ReadableStream({
      pull(controller) {
        read += 1;
        if (read > 1000) controller.close();
        else controller.enqueue(new Uint8Array(1000));
      },
    });
    let written = 0;
    let most = 0;
    const sink = new WritableStream({
      async write() {
        await new Promise((resolve) => setImmediate(resolve));
        written += 1;
        most = Math.max(most, read - written);
      },
    });
    const client = createFilmgate({ fetch: async () => new Response(body) });
    assert.deepEqual(await client.download(VIDEO, sink), { bytes: 1_000_000 });
    assert.ok(most < 5, `${most} pieces lay about`);
  });
});
