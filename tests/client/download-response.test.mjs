// A download without a sink is a Response; a sink can be a path where there are files; no sink is a riddle.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { createFilmgate } from "../../pkg/dist/index.js";
import { root } from "../../scripts/lib/run.mjs";
import { VIDEO, bodyOf, host, videoBytes } from "./hosts.mjs";
import { folderOf } from "./processes.mjs";
import { TEXT, createClient, failing, simulator, waitFor } from "./support.mjs";

const BYTES = videoBytes(1_000);
const bytesOf = async (response) => new Uint8Array(await response.arrayBuffer());

describe("a download without a sink", { concurrency: true }, () => {
  test("is a Response with a type, a length and all bytes", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const { videos } = await client.generate(TEXT);
    const response = await client.download(videos[0]);
    assert.ok(response instanceof Response);
    assert.equal(response.headers.get("content-type"), "video/mp4");
    const bytes = await bytesOf(response);
    assert.equal(response.headers.get("content-length"), String(bytes.length));
    assert.deepEqual(bytes, new Uint8Array(await (await fetch(videos[0].url)).arrayBuffer()));
  });

  test("resumes if the connection drops", async () => {
    const { fetch, asked } = host({ content: BYTES, until: 400 }, { content: BYTES, status: 206, from: 400 });
    const response = await createFilmgate({ fetch }).download(VIDEO);
    assert.deepEqual(await bytesOf(response), BYTES);
    assert.equal(asked.length, 2);
  });

  test("of a video that came as data", async () => {
    const data = `data:video/webm;base64,${Buffer.from(BYTES).toString("base64")}`;
    const response = await createFilmgate().download({ data });
    assert.equal(response.headers.get("content-type"), "video/webm");
    assert.deepEqual(await bytesOf(response), BYTES);
  });

  test("rejects if there is no video, and its body fails if the rest is lost", async () => {
    const gone = async () => new Response("", { status: 404 });
    await failing(createFilmgate({ fetch: gone }).download(VIDEO), "result_expired");
    await failing(createFilmgate().download({}), "invalid_request");
    const headers = { "content-length": "1000" };
    const cut = async () => new Response(bodyOf(BYTES, 400), { headers });
    const response = await createFilmgate({ fetch: cut }).download(VIDEO);
    await failing(response.arrayBuffer(), "connection_error");
  });

  test("the host's connection is closed if nobody reads on", async () => {
    let cancelled = false;
    const body = () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(BYTES),
        cancel: () => void (cancelled = true),
      });
    const response = await createFilmgate({ fetch: async () => new Response(body()) }).download(VIDEO);
    await response.body.cancel();
    await waitFor(() => cancelled);
  });
});

describe("a sink", { concurrency: true }, () => {
  test("can be a path or a file URL in Node", async (t) => {
    const { createFilmgate: create } = await import("../../pkg/dist/node/default.js");
    const folder = folderOf();
    for (const [name, of] of [["a.mp4", String], ["b.mp4", pathToFileURL]]) {
      const path = join(folder, name);
      const { fetch } = host({ content: BYTES });
      assert.deepEqual(await create({ fetch }).download(VIDEO, of(path)), { bytes: 1_000 });
      assert.deepEqual(new Uint8Array(readFileSync(path)), BYTES);
    }
  });

  const locked = new WritableStream();
  locked.getWriter();
  const WRONG = {
    "an object of another kind": [{}, /fileSink/],
    "a number": [7, /fileSink/],
    "null": [null, /fileSink/],
    "a web address": [new URL("https://example.com/x"), /`file:`/],
    "a locked stream": [locked, /locked/],
    "a file handle that cannot be written": [{ kind: "file" }, /Pass a WritableStream/],
  };
  for (const [name, [sink, advice]] of Object.entries(WRONG)) {
    test(`is refused in words: ${name}`, async () => {
      const error = await failing(createFilmgate().download(VIDEO, sink), "invalid_request");
      assert.match(error.message, advice);
    });
  }
});

test("a bundle for browsers has nothing of the file system", async (t) => {
  const folder = folderOf();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "pkg"), join(folder, "node_modules", "filmgate"), "dir");
  const bundle = (platform) =>
    build({
      stdin: { contents: 'export * from "filmgate"', resolveDir: folder },
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform,
    });
  const rooms = async (platform) => Object.keys((await bundle(platform)).metafile.inputs).join("\n");
  assert.doesNotMatch(await rooms("browser"), /dist\/node\//);
  assert.match(await rooms("node"), /dist\/node\/default\.js/);
});

test("cancelling the body ends the request, also while the host is silent", async () => {
  let signal;
  const fetch = async (_, init) => {
    ({ signal } = init);
    return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(9)) }));
  };
  const { body } = await createFilmgate({ fetch }).download({ url: "https://videos.example/a.mp4" });
  const reader = body.getReader();
  await reader.read();
  await reader.cancel();
  await waitFor(() => signal.aborted);
});
