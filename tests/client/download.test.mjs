// A video comes down whole, or it is said that it did not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { collector } from "./hosts.mjs";
import { TEXT, createClient, failing, simulator } from "./support.mjs";

describe("download", { concurrency: true }, () => {
  test("every byte, in pieces, with progress", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const { videos } = await client.generate(TEXT);
    const whole = Buffer.from(await (await fetch(videos[0].url)).arrayBuffer());
    const { sink, ends, bytes } = collector();
    const progress = [];
    const done = await client.download(videos[0], sink, { onProgress: (...now) => progress.push(now) });
    assert.deepEqual(done, { bytes: whole.length });
    assert.ok(bytes().equals(whole));
    assert.deepEqual(ends, ["closed"]);
    assert.deepEqual(progress.at(-1), [whole.length, whole.length]);
  });

  test("the key is not sent to the video's host", async (t) => {
    const sim = await simulator(t);
    const { videos } = await createClient(sim).generate(TEXT);
    let sent;
    const client = createClient(sim, {
      fetch: (...args) => ((sent = new Request(...args)), fetch(...args)),
    });
    await client.download(videos[0], collector().sink);
    assert.equal(sent.headers.get("authorization"), null);
  });

  test("a connection that drops three times: only the rest is requested", async (t) => {
    const sim = await simulator(t);
    const asked = [];
    const client = createClient(sim, {
      fetch: async (address, init) => {
        if (init) asked.push({ ...init.headers });
        return fetch(address, init);
      },
    });
    const { videos } = await client.generate(TEXT);
    const answer = await fetch(videos[0].url);
    const whole = Buffer.from(await answer.arrayBuffer());
    await sim.faults({ operation: "download", times: 3, fault: { kind: "truncatedStream" } });
    const { sink, ends, bytes } = collector();
    assert.deepEqual(await client.download(videos[0], sink), { bytes: whole.length });
    assert.ok(bytes().equals(whole));
    assert.deepEqual(ends, ["closed"]);
    const [first, ...later] = asked;
    assert.deepEqual(first, {});
    const places = later.map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range)[1]));
    assert.equal(places.length, 3);
    assert.deepEqual(places, [...places].sort((a, b) => a - b));
    assert.ok(places[0] > 0);
    for (const each of later) assert.equal(each["if-range"], answer.headers.get("etag"));
  });

  test("HTTP 206 to a plain request is the video if it is all of it: Chromium answers so from its cache", async () => {
    const partial = (range) => async () => new Response(Buffer.from("12345"), { status: 206, headers: { "content-range": range, "content-length": "5" } });
    const { sink, bytes } = collector();
    const client = createFilmgate({ fetch: partial("bytes 0-4/5") });
    assert.deepEqual(await client.download({ url: "https://example.com/v.mp4" }, sink), { bytes: 5 });
    assert.equal(String(bytes()), "12345");
    for (const range of ["bytes 0-4/9", "bytes 4-8/9", "bytes 0-4/*", "nonsense"]) {
      const { download } = createFilmgate({ fetch: partial(range) });
      await failing(download({ url: "https://example.com/v.mp4" }, collector().sink), "connection_error");
    }
  });

  const BROKEN = {
    "ends early": () => new Response(Buffer.from("12345"), { headers: { "content-length": "10" } }),
    "is not there": () => new Response("no", { status: 404 }),
    "has expired": () => new Response("no", { status: 410 }),
    "has no body": () => new Response(null, { status: 204 }),
    throws: () => {
      throw new TypeError("Failed to fetch");
    },
  };
  for (const [name, answer] of Object.entries(BROKEN)) {
    test(`a video that ${name}`, async () => {
      const client = createFilmgate({ fetch: async () => answer() });
      const { sink, ends } = collector();
      const code = ["is not there", "has expired"].includes(name) ? "result_expired" : "connection_error";
      const error = await failing(client.download({ url: "https://example.com/v.mp4" }, sink), code);
      assert.equal(error.charge, "charged");
      assert.deepEqual(ends, ["aborted"]);
    });
  }

  test("a compressed video is longer than its Content-Length", async () => {
    const headers = { "content-length": "3", "content-encoding": "gzip" };
    const client = createFilmgate({ fetch: async () => new Response(Buffer.from("12345"), { headers }) });
    assert.deepEqual(await client.download({ url: "https://example.com/v.mp4" }, collector().sink), {
      bytes: 5,
    });
  });

  test("neither URL nor data; invalid data", async () => {
    const client = createFilmgate();
    const { charge } = await failing(client.download({}, collector().sink), "invalid_request");
    assert.equal(charge, "none");
    await failing(
      client.download({ data: "data:video/mp4;base64,@@@" }, collector().sink),
      "invalid_response",
    );
  });

  test("an abort rejects with its reason, before and in the middle", async () => {
    let pull;
    const body = new ReadableStream({
      pull: (controller) => (pull = controller).enqueue(new Uint8Array(9)),
    });
    const client = createFilmgate({
      fetch: async (_, { signal }) => {
        signal.throwIfAborted();
        return new Response(body);
      },
    });
    const video = { url: "https://example.com/v.mp4" };
    await assert.rejects(
      client.download(video, collector().sink, { signal: AbortSignal.abort("early") }),
      (reason) => reason === "early",
    );
    const controller = new AbortController();
    const { sink, ends } = collector();
    const onProgress = () => controller.abort("enough");
    await assert.rejects(
      client.download(video, sink, { signal: controller.signal, onProgress }),
      (reason) => reason === "enough",
    );
    assert.deepEqual(ends, ["aborted"]);
  });

  test("an error of the sink passes unchanged", async () => {
    const full = new Error("disk full");
    const client = createFilmgate({ fetch: async () => new Response(Buffer.from("12345")) });
    const sink = new WritableStream({ write: () => Promise.reject(full) });
    await assert.rejects(
      client.download({ url: "https://example.com/v.mp4" }, sink),
      (error) => error === full,
    );
  });
});
