// A response is read up to a limit. What no one reads in it, or what throws, does not lose a job.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { createFilmgate } from "../../pkg/dist/index.js";
import { readText } from "../../pkg/dist/util/read-text.js";
import { BOTH, KEY, PROVIDERS, REQUESTS, TEXT, createClient, failing, simulator } from "./support.mjs";

const MB = 1 << 20;
const VIDEO = { id: "job-1", status: "COMPLETED", output: { video_url: "https://videos.example.com/v.mp4" } };

/** A stream of so many bytes, and how many were read. */
function endless(bytes, text = "x") {
  const piece = new TextEncoder().encode(text.repeat(65_536 / text.length));
  const seen = { bytes: 0 };
  const body = new ReadableStream({
    pull(controller) {
      if (seen.bytes >= bytes) return controller.close();
      seen.bytes += piece.length;
      controller.enqueue(piece);
    },
  });
  return { body, seen };
}

describe("the text of a response", { concurrency: true }, () => {
  test("is read as `text()` reads it, over any pieces", async () => {
    for (const text of ["", "a", "ü🦊".repeat(1_000), "\ufeff{}"]) {
      assert.equal(await readText(new Response(text), MB), await new Response(text).text());
    }
    const bytes = new TextEncoder().encode("🦊");
    const body = ReadableStream.from([...bytes].map((byte) => Uint8Array.of(byte)));
    assert.equal(await readText(new Response(body), MB), "🦊");
  });

  test("ends at the limit, and no more is read", async () => {
    const { body, seen } = endless(1024 * MB);
    assert.equal(await readText(new Response(body), 2 * MB), undefined);
    assert.ok(seen.bytes <= 3 * MB, String(seen.bytes));
    assert.equal((await readText(new Response(endless(2 * MB).body), 2 * MB)).length, 2 * MB);
  });

  test("an object that only looks like a response has the limit, too", async () => {
    assert.equal(await readText({ text: async () => "xx" }, 1), undefined);
    assert.equal(await readText({ text: () => "x" }, 1), "x");
  });
});

describe("a response beyond the limit", { concurrency: true }, () => {
  test("to a submit: its outcome is unknown", async () => {
    const { body, seen } = endless(1024 * MB);
    const client = createFilmgate({ runpod: { apiKey: KEY }, fetch: async () => new Response(body) });
    const error = await failing(client.submit(BOTH, { provider: "runpod" }), "submission_unknown");
    assert.equal(error.charge, "unknown");
    assert.ok(seen.bytes <= 9 * MB, String(seen.bytes));
  });

  for (const provider of PROVIDERS) {
    test(`${provider}: to a poll: the next poll finds the video`, async (t) => {
      const sim = await simulator(t);
      let polls = 0;
      const seen = [];
      const client = createClient(sim, {
        fetch: async (request) => {
          const isSubmit = request.url.endsWith("/run") || (await request.clone().text()).includes("videoInference");
          if (isSubmit || (polls += 1) > 1) return fetch(request);
          const stream = endless(1024 * MB);
          seen.push(stream.seen);
          return new Response(stream.body);
        },
      });
      assert.equal((await client.generate(REQUESTS[provider], { provider })).videos.length, 1);
      assert.ok(seen[0].bytes <= 33 * MB, String(seen[0].bytes));
    });
  }

  test("a compressed one counts by what comes out", async (t) => {
    const bomb = gzipSync(Buffer.alloc(200 * MB, "[1,"));
    let isFirst = true;
    const server = createServer((request, response) => {
      if (request.url.endsWith("/run")) return response.end('{"id":"job-1","status":"IN_QUEUE"}');
      if (!isFirst) return response.end(JSON.stringify(VIDEO));
      isFirst = false;
      response.setHeader("content-encoding", "gzip");
      response.end(bomb);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => (server.closeAllConnections(), server.close()));
    const baseURL = `http://127.0.0.1:${server.address().port}/v2`;
    const client = createFilmgate({ runpod: { apiKey: KEY, baseURL, longPoll: false } });
    const before = process.memoryUsage().rss;
    assert.equal((await client.generate(BOTH, { provider: "runpod" })).videos.length, 1);
    assert.ok(process.memoryUsage().rss - before < 400 * MB);
  });

  test("a paid video of 20 MB inside a result is read", async () => {
    const data = "AAAA".repeat(5 * MB);
    const answer = async (request) => {
      if (request.url.endsWith("/run")) return new Response('{"id":"job-1","status":"IN_QUEUE"}');
      return new Response(JSON.stringify({ ...VIDEO, output: { video_url: VIDEO.output.video_url, raw: data } }));
    };
    const client = createFilmgate({ runpod: { apiKey: KEY, longPoll: false }, fetch: answer });
    const { raw } = await client.generate(BOTH, { provider: "runpod" });
    assert.equal(JSON.stringify(raw).includes(data), true);
  });
});

test("a response with a name of any length is read: only that field is left out", async () => {
  const answer = async (request) => {
    const result = request.url.endsWith("/run") ? { id: "job-1", status: "IN_QUEUE" } : VIDEO;
    return new Response(JSON.stringify({ ["n".repeat(2_000)]: 1, "\0outside": 0, "\0unreadable": "x", ...result }));
  };
  const client = createFilmgate({ runpod: { apiKey: KEY, longPoll: false }, fetch: answer });
  assert.equal((await client.generate(BOTH, { provider: "runpod" })).videos.length, 1);
});

const throwing = () => {
  throw new Error("looked at");
};
const HEADERS = {
  "headers whose `get` throws": { headers: { get: throwing } },
  "headers whose `get` returns anything": { headers: { get: () => ({}) } },
  "headers that are a text": { headers: "x" },
  "headers that throw": { get headers() { return throwing(); } },
};
for (const [name, more] of Object.entries(HEADERS)) {
  for (const provider of PROVIDERS) {
    test(`${provider}: a response with ${name} loses nothing`, async (t) => {
      const sim = await simulator(t);
      const client = createClient(sim, {
        fetch: async (request) => {
          const { status, ...real } = await fetch(request).then(async (one) => ({ status: one.status, body_: await one.text() }));
          const fake = { status, text: async () => real.body_ };
          return Object.defineProperties(fake, Object.getOwnPropertyDescriptors(more));
        },
      });
      assert.equal((await client.generate(REQUESTS[provider], { provider })).videos.length, 1);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });
  }
}
