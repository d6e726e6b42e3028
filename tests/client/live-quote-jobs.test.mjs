// What a live quote takes for a price: nothing that may be a started, paid job, and nothing that is an error.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { KEY, PROMPT } from "./support.mjs";

const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const URL_OF_VIDEO = "https://example.com/video.mp4";
const runware = (quotes) => quotes.find(({ provider }) => provider === "runware");

/** The live quote if Runware answers so, and the records that stay. */
async function quoted(body, status = 200) {
  const store = memoryStore();
  const fetch = async (request) => {
    const [{ taskType, taskUUID }] = JSON.parse(await request.text());
    return Response.json(body({ taskType, taskUUID }), { status });
  };
  const client = createFilmgate({ store, fetch, runware: { apiKey: KEY } });
  const quote = await client.quote(WAN, { live: true }).then(runware, (error) => error);
  return { quote, records: await store.list() };
}

const JOBS = {
  "a status that runs": { status: "running" },
  "a status that nobody knows": { status: "on its way" },
  "a status that is empty": { status: "" },
  "a finished row": { status: "success", videoUrl: URL_OF_VIDEO },
  "a video in another spelling": { video_url: URL_OF_VIDEO },
  "a list of videos": { videos: [{ url: URL_OF_VIDEO }] },
  "a video as Base64": { "video-base64": "AAAAIGZ0eXBpc29t" },
  "a file": { files: [URL_OF_VIDEO] },
  "the id of a video": { video_uuid: "a-video" },
  "a video further down": { outputs: { mediaURL: URL_OF_VIDEO } },
  "a progress": { progress: 0 },
};

describe("what may be a job is no price, and its record stays", { concurrency: true }, () => {
  for (const [name, fields] of Object.entries(JOBS)) {
    test(name, async () => {
      const { quote, records } = await quoted((task) => ({ data: [{ ...task, cost: 0.5, ...fields }] }));
      assert.deepEqual([quote.code, quote.charge, records.length], ["invalid_response", "unknown", 1]);
      assert.ok(JSON.stringify(records).includes(quote.handle.id));
    });
  }

  test("a status beside the rows", async () => {
    const { quote, records } = await quoted((task) => ({ status: "queued", data: [{ ...task, cost: 0.5 }] }));
    assert.deepEqual([quote.code, records.length], ["invalid_response", 1]);
  });

  test("a server error that quotes a cost: whether a job runs is not known", async () => {
    const body = { error: { code: "internalServerError", details: { estimatedCost: 0.5 } } };
    const { quote, records } = await quoted(() => body, 500);
    assert.deepEqual([quote.name, quote.charge, records.length], ["FilmgateError", "unknown", 1]);
  });
});

describe("an error that quotes a cost is the error", { concurrency: true }, () => {
  const errors = [{ code: "insufficientCredits", message: "Add credits.", cost: 0.5 }];
  for (const body of [{ errors }, { data: [], errors }, { error: errors[0] }]) {
    test(`no credits: ${Object.keys(body)}`, async () => {
      const { quote, records } = await quoted(() => body, 402);
      assert.deepEqual([quote.code, quote.charge, records], ["insufficient_quota", "none", []]);
    });
  }

  test("an error of the request beside a row with a cost", async () => {
    const { quote } = await quoted(({ taskType, taskUUID }) => ({
      data: [{ taskType, taskUUID, cost: 0.5 }],
      errors: [{ code: "invalidDuration", message: "Too long.", taskUUID }],
    }));
    assert.notEqual(quote.basis, "live");
    assert.equal(quote.minUsd, undefined);
  });
});

test("empty lists of errors are none, and a price stays a price", async () => {
  for (const more of [{ errors: [] }, { error: null }, { errors: null, error: false }]) {
    const { quote, records } = await quoted((task) => ({ data: [{ ...task, cost: 0.5 }], ...more }));
    assert.deepEqual([quote.basis, quote.totalUsd, records], ["live", 0.5, []]);
  }
});
