// Downloads in Chromium, into a file of the page's own: from another origin, through breaks, whole
// or not at all.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { videoBytes, server } from "./hosts.mjs";
import { pageOf, profile, usePages } from "./pages.mjs";
import { TEXT, createClient, simulator } from "./support.mjs";

usePages();

const CONTENT = videoBytes(300_000);

/** Breaks the connection off, once the bytes that were sent have had their time to arrive. */
const end = (response) => setTimeout(() => response.destroy(), 100);

/**
 * Downloads in the page to `video.mp4` of its own files; what came of it, and what the file then
 * holds.
 */
const download = (page, video) =>
  page.evaluate(async (video) => {
    const { createFilmgate } = await import("/dist/index.js");
    let asked = 0;
    const counted = (...request) => {
      asked += 1;
      return fetch(...request);
    };
    const files = await navigator.storage.getDirectory();
    const handle = await files.getFileHandle("video.mp4", { create: true });
    const came = await createFilmgate({ fetch: counted })
      .download(video, handle)
      .catch(({ code, charge }) => ({ code, charge }));
    const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return { came, asked, length: bytes.length, digest: [...digest] };
  }, video);

const digestOf = async (bytes) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];

describe("a file of a page", { concurrency: 3 }, () => {
  test("is complete after two breaks, by range requests", async (t) => {
    const breaks = [
      { after: 200_000, end },
      { after: 50_000, end },
    ];
    const { url, asked } = await server(t, CONTENT, ...breaks);
    const got = await download(await pageOf(await profile(t)), { url });
    assert.deepEqual(got.came, { bytes: CONTENT.length });
    assert.deepEqual(got.digest, await digestOf(CONTENT));
    // The browser's cache may request a byte or two in addition.
    const [first, ...later] = asked;
    assert.equal(first, undefined);
    assert.ok(later.length >= 2);
    for (const range of later) assert.match(range, /^bytes=2\d{5}-/);
  });

  test("restarts if the host now has another video", async (t) => {
    const before = { content: videoBytes(250_000, 7), tag: '"v0"', after: 200_000, end };
    const { url } = await server(t, CONTENT, before);
    const got = await download(await pageOf(await profile(t)), { url });
    assert.deepEqual(got.came, { bytes: CONTENT.length });
    assert.deepEqual(got.digest, await digestOf(CONTENT));
  });

  test("a video of the simulator, after two breaks", async (t) => {
    const sim = await simulator(t);
    const { videos } = await createClient(sim).generate(TEXT);
    const bytes = await (await fetch(videos[0].url)).arrayBuffer();
    await sim.faults({ operation: "download", times: 2, fault: { kind: "truncatedStream" } });
    const got = await download(await pageOf(await profile(t)), videos[0]);
    assert.deepEqual(got.came, { bytes: bytes.byteLength });
    assert.deepEqual(got.digest, await digestOf(bytes));
  });

  test("is unchanged if the download fails", async (t) => {
    const sim = await simulator(t);
    const { videos } = await createClient(sim).generate(TEXT);
    const page = await pageOf(await profile(t));
    const whole = await download(page, videos[0]);
    await sim.faults(
      { operation: "download", fault: { kind: "truncatedStream" } },
      { operation: "download", times: 9, fault: { kind: "error", status: 403 } },
    );
    const got = await download(page, videos[0]);
    assert.deepEqual(got.came, { code: "connection_error", charge: "charged" });
    assert.ok(got.length > 0);
    assert.deepEqual([got.length, got.digest], [whole.length, whole.digest]);
  });

  test("stays empty if CORS blocks the host", async (t) => {
    const sim = await simulator(t);
    const { videos } = await createClient(sim).generate(TEXT);
    await sim.faults({ operation: "download", times: 9, fault: { kind: "corsBlocked" } });
    const got = await download(await pageOf(await profile(t)), videos[0]);
    assert.deepEqual(got.came, { code: "connection_error", charge: "charged" });
    assert.deepEqual([got.length, got.asked], [0, 2]);
  });
});
