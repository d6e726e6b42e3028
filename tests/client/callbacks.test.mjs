// What a callback of the caller's throws or rejects with disturbs no job and no download: they may be paid.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { VideoSession } from "../../pkg/dist/session/session.js";
import { PROVIDERS, REQUESTS, TEXT } from "./support.mjs";

const CATALOG = JSON.parse(readFileSync(new URL("../../pkg/dist/catalog.json", import.meta.url), "utf8"));

const BAD = {
  throws: () => {
    throw new Error("a bug of the caller's");
  },
  rejects: () => Promise.reject(new Error("a bug of the caller's")),
  "returns what throws when it is awaited": () => ({
    get then() {
      throw new Error("a bug of the caller's");
    },
  }),
};

function open(t, options) {
  const sim = createSimulator({ jobDurationMs: 300 });
  t.after(() => sim.close());
  return { sim, client: createFilmgate({ ...sim.options, ...options }) };
}

for (const [how, bad] of Object.entries(BAD)) {
  describe(`a callback that ${how}`, { concurrency: true }, () => {
    for (const provider of PROVIDERS) {
      test(`${provider}: as \`onUpdate\`: the video is there, paid once`, async (t) => {
        const { sim, client } = open(t);
        let calls = 0;
        const onUpdate = () => ((calls += 1), bad());
        const { videos } = await client.generate(REQUESTS[provider], { provider, onUpdate });
        assert.equal(videos.length, 1);
        assert.ok(calls > 1, "each update is reported");
        assert.equal(sim.charges().length, 1);
      });
    }

    test("as `onProgress`: the download is complete", async (t) => {
      const { client } = open(t);
      const [video] = (await client.generate(TEXT)).videos;
      const bytes = await (await client.download(video)).arrayBuffer();
      const response = await client.download(video, undefined, { onProgress: bad });
      assert.deepEqual(await response.arrayBuffer(), bytes);
      const data = { ...video, data: Buffer.from(bytes).toString("base64") };
      const inline = await client.download(data, undefined, { onProgress: bad });
      assert.deepEqual(await inline.arrayBuffer(), bytes);
    });

    test("as `onCatalogIssue`: the rest of the catalog is used", async (t) => {
      const { client } = open(t, { models: { ...CATALOG, models: [...CATALOG.models, { id: "broken" }] }, onCatalogIssue: bad });
      assert.equal((await client.generate(TEXT)).videos.length, 1);
    });

    test("as a listener of a session: the video is there", async (t) => {
      const { sim, client } = open(t);
      const session = new VideoSession(client);
      t.after(session.subscribe(bad));
      assert.equal((await session.submit(TEXT)).videos.length, 1);
      assert.equal(sim.charges().length, 1);
    });
  });
}
