// A video into a file in Node: there when it is whole, gone on with by the next call, of another
// process too.
import assert from "node:assert/strict";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createFilmgate } from "../../pkg/dist/index.js";
import { fileSink } from "../../pkg/dist/node/index.js";
import { TAG, VIDEO, videoBytes, host, server } from "./hosts.mjs";
import { folderOf, start } from "./processes.mjs";
import { TEXT, createClient, deferred, failing, simulator, waitFor } from "./support.mjs";

const CONTENT = videoBytes(1000);
const BROKEN = { content: CONTENT, until: 400 };
const REST = { content: CONTENT, status: 206, from: 400 };
const GONE = { status: 403 };

/** Downloads to `video.mp4` in the folder. */
function into(folder, answers, video = VIDEO) {
  const { fetch, asked } = host(...answers);
  const sink = fileSink(join(folder, "video.mp4"));
  return { done: createFilmgate({ fetch }).download(video, sink), asked };
}

/** The file is whole, and alone. */
function isWhole(folder, content = CONTENT) {
  assert.deepEqual(readdirSync(folder), ["video.mp4"]);
  assert.ok(readFileSync(join(folder, "video.mp4")).equals(content));
}

/** A download that broke off after 400 bytes. */
async function begun(t) {
  const folder = folderOf();
  await failing(into(folder, [BROKEN, GONE]).done, "connection_error");
  return folder;
}

describe("fileSink", { concurrency: true }, () => {
  test("a video of the simulator, after two breaks", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const { videos } = await client.generate(TEXT);
    const whole = Buffer.from(await (await fetch(videos[0].url)).arrayBuffer());
    await sim.faults({ operation: "download", times: 2, fault: { kind: "truncatedStream" } });
    const folder = folderOf();
    const path = pathToFileURL(join(folder, "video.mp4"));
    assert.deepEqual(await client.download(videos[0], fileSink(path)), { bytes: whole.length });
    isWhole(folder, whole);
  });

  test("an incomplete download has a partial file with metadata, and no file of that name", async (t) => {
    const folder = await begun(t);
    assert.deepEqual(readdirSync(folder).sort(), ["video.mp4.part", "video.mp4.part.json"]);
    assert.equal(statSync(join(folder, "video.mp4.part")).size, 400);
    const note = readFileSync(join(folder, "video.mp4.part.json"), "utf8");
    assert.doesNotMatch(note, /TOKEN|cdn\.example/);
    assert.equal(statSync(join(folder, "video.mp4.part.json")).mode & 0o777, 0o600);
  });

  test("the next call requests only the rest", async (t) => {
    const folder = await begun(t);
    const { done, asked } = into(folder, [REST]);
    assert.deepEqual(await done, { bytes: 1000 });
    assert.deepEqual(asked, [{ range: "bytes=400-", "if-range": TAG }]);
    isWhole(folder);
  });

  test("one sink may be used again", async (t) => {
    const folder = folderOf();
    const { fetch } = host(BROKEN, GONE, REST, { content: CONTENT });
    const client = createFilmgate({ fetch });
    const sink = fileSink(join(folder, "video.mp4"));
    await failing(client.download(VIDEO, sink), "connection_error");
    await client.download(VIDEO, sink);
    await client.download(VIDEO, sink);
    isWhole(folder);
  });

  test("another video at the URL, or another URL: it restarts", async (t) => {
    const other = videoBytes(700, 7);
    const changed = await begun(t);
    await into(changed, [{ content: other, tag: '"v2"' }]).done;
    isWhole(changed, other);

    const elsewhere = await begun(t);
    const video = { url: "https://cdn.example/b.mp4" };
    const { done, asked } = into(elsewhere, [{ content: other }], video);
    await done;
    assert.deepEqual(asked, [{}]);
    isWhole(elsewhere, other);
  });

  test("interrupted after a restart, the partial file is of the new video", async (t) => {
    const other = videoBytes(700, 7);
    const folder = await begun(t);
    const broken = { content: other, tag: '"v2"', until: 300 };
    await failing(into(folder, [broken, GONE]).done, "connection_error");
    const rest = { content: other, tag: '"v2"', status: 206, from: 300 };
    await into(folder, [rest]).done;
    isWhole(folder, other);
  });

  test("old metadata never exists beside new bytes", async (t) => {
    const folder = await begun(t);
    const sink = fileSink(join(folder, "video.mp4"));
    assert.equal((await sink.open(VIDEO.url)).bytes, 400);
    await sink.restart({ validator: '"v2"' });
    await sink.write(videoBytes(10, 7));
    assert.ok(!readdirSync(folder).includes("video.mp4.part.json"));
    await sink.abort();
  });

  test("killed when the file was complete but not renamed: nothing is requested", async (t) => {
    const folder = await begun(t);
    writeFileSync(join(folder, "video.mp4.part"), CONTENT);
    const notes = join(folder, "video.mp4.part.json");
    const note = JSON.parse(readFileSync(notes, "utf8"));
    writeFileSync(notes, JSON.stringify({ ...note, bytes: 1000 }));
    const { done, asked } = into(folder, []);
    assert.deepEqual(await done, { bytes: 1000 });
    assert.deepEqual(asked, []);
    isWhole(folder);
  });

  const SPOILT = {
    "a part shorter than its note": (folder) => fs.truncate(join(folder, "video.mp4.part"), 5),
    "a note that is none": (folder) => writeFileSync(join(folder, "video.mp4.part.json"), "{"),
    "an empty note": (folder) => writeFileSync(join(folder, "video.mp4.part.json"), "null"),
    "a note without a part": async (folder) => fs.unlink(join(folder, "video.mp4.part")),
    "a part without a note": async (folder) => fs.unlink(join(folder, "video.mp4.part.json")),
  };
  for (const [name, spoil] of Object.entries(SPOILT)) {
    test(`${name}: it restarts`, async (t) => {
      const folder = await begun(t);
      await spoil(folder);
      const { done, asked } = into(folder, [{ content: CONTENT }]);
      await done;
      assert.deepEqual(asked, [{}]);
      isWhole(folder);
    });
  }

  test("bytes beyond those in the metadata are not trusted", async (t) => {
    const folder = await begun(t);
    await fs.appendFile(join(folder, "video.mp4.part"), Buffer.alloc(200));
    await into(folder, [REST]).done;
    isWhole(folder);
  });

  test("a partial file that cannot be resumed is deleted", async (t) => {
    const folder = folderOf();
    const nameless = { ...BROKEN, headers: { etag: undefined } };
    await failing(into(folder, [nameless, GONE]).done, "connection_error");
    assert.deepEqual(readdirSync(folder), []);
    await failing(into(folder, [{ status: 404 }]).done, "result_expired");
    assert.deepEqual(readdirSync(folder), []);
  });

  test("an existing file stays until the new one is complete", async (t) => {
    const folder = await begun(t);
    writeFileSync(join(folder, "video.mp4"), "what was there");
    await failing(into(folder, [GONE]).done, "connection_error");
    assert.equal(readFileSync(join(folder, "video.mp4"), "utf8"), "what was there");
    await into(folder, [REST]).done;
    isWhole(folder);
  });

  test("a video as data", async (t) => {
    const folder = folderOf();
    const data = `data:video/mp4;base64,${Buffer.from(CONTENT).toString("base64")}`;
    assert.deepEqual(await into(folder, [], { data }).done, { bytes: 1000 });
    isWhole(folder);
  });

  test("two downloads to one path run one after the other", async (t) => {
    const folder = folderOf();
    const [one, other] = [into(folder, [{ content: CONTENT }]), into(folder, [{ content: CONTENT }])];
    assert.deepEqual(await Promise.all([one.done, other.done]), [{ bytes: 1000 }, { bytes: 1000 }]);
    isWhole(folder);
  });

  test("a suspended writer whose lock was taken over does not damage the complete file", async (t) => {
    const folder = folderOf();
    const awake = deferred();
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(CONTENT.slice(0, 400));
        await awake.promise;
        controller.enqueue(CONTENT.slice(400));
        controller.close();
      },
    });
    const headers = { etag: TAG, "content-length": "1000" };
    const client = createFilmgate({ fetch: async () => new Response(body, { headers }) });
    let arrived = 0;
    const onProgress = (bytes) => (arrived = bytes);
    const path = join(folder, "video.mp4");
    const sleeper = client.download(VIDEO, fileSink(path), { onProgress });
    await waitFor(() => arrived === 400);
    // As a process that has waited a minute for a heartbeat takes over.
    const lock = `${path}.part.lock`;
    for (const name of readdirSync(lock)) rmSync(join(lock, name));
    await into(folder, [{ content: CONTENT }]).done;
    awake.resolve();
    await sleeper.catch(() => {});
    assert.equal(arrived, 1000);
    assert.ok(readFileSync(path).equals(CONTENT));
  });

  test("a missing folder, or a folder at the path, is the caller's mistake, before anything is requested", async (t) => {
    const folder = folderOf();
    const client = createFilmgate({ fetch: () => assert.fail("it was requested") });
    const refused = async (sink, cause) => {
      const error = await failing(client.download(VIDEO, sink), "invalid_request");
      assert.deepEqual([error.charge, error.issues[0].path, error.cause.code], ["none", "sink", cause]);
    };
    for (const sinkAt of [fileSink, (path) => fileSink(pathToFileURL(path))]) {
      await refused(sinkAt(join(folder, "none", "video.mp4")), "ENOENT");
      assert.deepEqual(readdirSync(folder), []);
      mkdirSync(join(folder, "video.mp4"));
      await refused(sinkAt(join(folder, "video.mp4")), "EISDIR");
      assert.deepEqual(readdirSync(folder), ["video.mp4"]);
      rmSync(join(folder, "video.mp4"), { recursive: true });
    }
  });

  test("what is no video is the caller's mistake", async () => {
    for (const video of [undefined, null, {}, { url: "" }, "https://example.com/video.mp4"]) {
      const error = await failing(createFilmgate().download(video, join(folderOf(), "video.mp4")), "invalid_request");
      assert.equal(error.charge, "none");
    }
  });
});

test("a full disk is a `store_error` of a paid video; the download resumes later", async (t) => {
  const folder = await begun(t);
  const { open } = fs;
  const use = (opening) => {
    fs.open = opening;
    syncBuiltinESMExports();
  };
  t.after(() => use(open));
  use(async (...how) => {
    const file = await open(...how);
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    file.write = () => Promise.reject(full);
    return file;
  });
  const error = await failing(into(folder, [REST]).done, "store_error");
  assert.deepEqual([error.charge, error.cause.code], ["charged", "ENOSPC"]);
  use(open);
  await into(folder, [REST]).done;
  isWhole(folder);
});

test("killed in the middle: another process resumes from the disk", async (t) => {
  const content = videoBytes(10 << 20);
  const silence = { after: 9 << 20, end: () => {} };
  const { url, asked } = await server(t, content, silence);
  const folder = folderOf();
  const work = { kind: "download", path: join(folder, "video.mp4"), video: { url } };
  const killed = start(t, work);
  await waitFor(() => killed.all("bytes").at(-1) === 9 << 20);
  await killed.kill();
  const next = start(t, work);
  assert.equal(await next.first("done"), content.length);
  assert.equal(asked.length, 2);
  const from = Number(/^bytes=(\d+)-$/.exec(asked[1])[1]);
  assert.ok(from >= 4 << 20, `it went on from ${from}`);
  isWhole(folder, content);
});
