// A webhook is untrusted: its token is verified, and its payload only causes a poll.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { signedWebhookUrl } from "../../pkg/dist/client/webhook.js";
import {
  BOTH,
  PROVIDERS,
  REQUESTS,
  TEXT,
  addressOf,
  createClient,
  counting,
  deferred,
  failing,
  nothingSent,
  simulator,
  waitFor,
} from "./support.mjs";
import { SECRET, receiver } from "./webhook-receiver.mjs";

const KEY = "11111111-2222-4333-8444-555555555555";
const BODIES = {
  runpod: { id: "job-u1", status: "COMPLETED", output: { video_url: "https://example.com/v.mp4" } },
  runware: { taskUUID: KEY, taskType: "videoInference", videoURL: "https://example.com/v.mp4" },
};
const WRAPPED = { runpod: { data: BODIES.runpod }, runware: { data: [BODIES.runware] } };

const local = (sim, options) => createClient(sim, { allowPrivateHosts: true, ...options });
const read = (client, call, secret = SECRET) =>
  client.verifyWebhook({ ...call, secret });

describe("webhooks", { concurrency: true }, () => {
  for (const provider of PROVIDERS) {
    for (const shape of ["flat", "envelope"]) {
      test(`${provider}, ${shape}: a webhook is verified and parsed, and causes one poll at most`, async (t) => {
        const sim = await simulator(t, { jobDurationMs: 1_000, webhook: shape });
        const seen = counting();
        const runpod = { ...sim.settings.runpod, longPoll: false };
        const client = local(sim, { fetch: seen.fetch, runpod });
        const [events, asked] = [[], []];
        const { calls, webhook } = await receiver(t, async (call) => {
          const event = await read(client, call);
          events.push(event);
          asked.push(seen.seen.length);
          await client.handleWebhook(event);
        });
        const job = await client.submit(REQUESTS[provider], { provider, webhook });
        const { handle, videos } = await job.result();
        assert.equal(videos.length, 1);
        // A poll may have been sooner.
        await waitFor(() => events.length > 0);
        assert.ok(seen.seen.length <= asked[0] + 1);
        const [event] = events;
        const { jobId } = handle;
        assert.deepEqual(
          { ...event, raw: undefined },
          { provider, id: handle.id, jobId, status: "completed", raw: undefined },
        );
        assert.deepEqual(event.raw, JSON.parse(calls[0].body));
        const { pathname, searchParams } = new URL(calls[0].url, "http://localhost");
        assert.equal(pathname, new URL(webhook.url).pathname);
        assert.equal(searchParams.get("from"), "app");
        const { charges, submissions } = await sim.ledger();
        assert.deepEqual([charges.length, submissions.length], [1, 1]);
      });
    }

    test(`${provider}: the URL carries a token of this job only, and not the secret`, async (t) => {
      const sim = await simulator(t);
      const seen = counting();
      const client = local(sim, { fetch: seen.fetch });
      const { webhook } = await receiver(t);
      const jobs = [
        await client.submit(REQUESTS[provider], { provider, webhook }),
        await client.submit(REQUESTS[provider], { provider, webhook }),
      ];
      const addresses = seen.submissions().map(({ body }) => {
        const [task] = [JSON.parse(body)].flat();
        return task.webhookURL ?? task.webhook;
      });
      const own = jobs.map(({ handle }) => addressOf(provider, handle.id, SECRET));
      assert.deepEqual(
        addresses,
        own.map((path) => `${webhook.url}&${path.split("?")[1]}`),
      );
      assert.notEqual(addresses[0].split(".").at(-1), addresses[1].split(".").at(-1));
      const text = JSON.stringify([jobs.map(({ handle }) => handle), addresses]);
      assert.ok(!text.includes(SECRET));
      await Promise.all(jobs.map((job) => job.result()));
    });

    test(`${provider}: a wrong token is rejected before the body is read, and reveals nothing`, async () => {
      const client = createClient({ settings: {} });
      const right = addressOf(provider, KEY, SECRET);
      const other = provider === "runpod" ? "runware" : "runpod";
      const hostile = {
        get status() {
          throw new Error("the body was looked at");
        },
        toString: () => assert.fail("the body was looked at"),
      };
      const token = right.slice(-64);
      const urls = [
        "/hook",
        "",
        "http://[",
        right.slice(0, -1),
        `${right}0`,
        right.slice(0, -1) + (right.endsWith("0") ? "1" : "0"),
        right.replace(KEY, KEY.replace("1", "2")),
        right.replace(token, token.toUpperCase().replace(/\d/g, "0")),
        right.replace(token, "g".repeat(64)),
        addressOf(other, KEY, SECRET).replace(other, provider),
        addressOf(provider, KEY, "another secret"),
        addressOf(provider, "", SECRET),
        addressOf(provider, `${KEY}/../x`, SECRET),
      ];
      for (const url of urls) {
        const error = await failing(read(client, { url, body: hostile }), "unauthorized");
        assert.equal(error.charge, "none");
        const text = JSON.stringify(error) + error.stack;
        for (const secret of [SECRET, token, KEY]) assert.ok(!text.includes(secret), url);
      }
      assert.equal((await read(client, { url: right, body: BODIES[provider] })).id, KEY);
    });

    test(`${provider}: a body as text, as bytes, parsed, wrapped; complete URLs and paths`, async () => {
      const client = createClient({ settings: {} });
      const path = addressOf(provider, KEY, SECRET);
      for (const body of [BODIES[provider], WRAPPED[provider]]) {
        const text = JSON.stringify(body);
        for (const given of [body, text, Buffer.from(text), new TextEncoder().encode(text)]) {
          for (const url of [path, `https://example.com${path}`, new URL(path, "https://x.net")]) {
            const event = await read(client, { url, body: given });
            assert.equal(event.status, "completed");
            assert.equal(event.id, KEY);
            assert.deepEqual(event.raw, body);
          }
        }
      }
    });

    test(`${provider}: a valid URL with an invalid body`, async () => {
      const client = createClient({ settings: {} });
      const url = addressOf(provider, KEY, SECRET);
      const others = { taskUUID: KEY.replace("1", "2"), taskType: "videoInference" };
      const cyclic = {};
      cyclic.data = cyclic;
      for (const body of [undefined, null, 5, "x", "{", [], {}, others, cyclic, new Uint8Array(9)]) {
        await failing(read(client, { url, body }), "invalid_response");
      }
    });

    test(`${provider}: a job that is not tracked is resumed from the store, and a late webhook changes nothing`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 1_500 });
      const store = memoryStore();
      const { calls, webhook } = await receiver(t);
      const controller = new AbortController();
      const { signal } = controller;
      const { handle } = await local(sim, { store }).submit(REQUESTS[provider], {
        provider,
        webhook,
        signal,
      });
      controller.abort();
      const [call] = await waitFor(() => calls.length > 0 && calls);
      const later = local(sim, { store });
      const event = await read(later, call);
      const job = await later.handleWebhook(event);
      const outcome = await job.result();
      assert.equal(outcome.handle.id, handle.id);
      const seen = counting();
      const last = local(sim, { store, fetch: seen.fetch });
      for (const status of ["completed", "failed", "queued"]) {
        assert.deepEqual(await (await last.handleWebhook({ ...event, status })).result(), outcome);
      }
      assert.deepEqual(seen.seen, []);
      assert.equal((await sim.ledger()).submissions.length, 1);
    });

    test(`${provider}: a job that is not in the store is not found, and nothing is sent`, async (t) => {
      const sim = await simulator(t);
      const client = createClient(sim);
      const url = addressOf(provider, KEY, SECRET);
      const event = await read(client, { url, body: BODIES[provider] });
      await failing(client.handleWebhook(event), "job_not_found");
      await nothingSent(sim);
    });

    test(`${provider}: the payload of a webhook is never trusted`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 600_000, statusSync: false });
      const client = createClient(sim);
      const job = await client.submit(REQUESTS[provider], { provider });
      const { id: key, jobId } = job.handle;
      const lies = {
        runpod: [
          { id: jobId, status: "FAILED", error: "no" },
          { id: jobId, status: "CANCELLED" },
          { id: jobId, status: "COMPLETED", output: { video_url: "https://evil.example/v.mp4" } },
          { id: "another-u1", status: "COMPLETED", output: "https://evil.example/v.mp4" },
        ],
        runware: [
          { taskUUID: key, status: "error" },
          { errors: [{ code: "inferenceError", message: "no", taskUUID: key }] },
          { taskUUID: key, videoURL: "https://evil.example/v.mp4", videoUUID: KEY },
        ],
      };
      for (const body of [...lies[provider], ...lies[provider].toReversed()]) {
        const url = addressOf(provider, key, SECRET);
        assert.equal(await client.handleWebhook(await read(client, { url, body })), job);
      }
      await sim.control("advance", { ms: 600_000 });
      const { handle, videos } = await job.result();
      assert.equal(handle.jobId, jobId);
      assert.ok(videos[0].url.startsWith(sim.origin));
      const { charges, submissions } = await sim.ledger();
      assert.deepEqual([charges.length, submissions.length], [1, 1]);
    });

    test(`${provider}: a webhook that comes twice, or before the submit's response, is one video and one charge`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 300 });
      await sim.faults({ operation: "webhook", fault: { kind: "duplicate" } });
      // The response to the submit, which is the first request, waits for the webhook.
      const webhookArrived = deferred();
      let isFirst = true;
      const held = async (request) => {
        const isSubmit = isFirst;
        isFirst = false;
        const response = await fetch(request);
        if (isSubmit) await webhookArrived.promise;
        return response;
      };
      const client = local(sim, { fetch: held });
      let early = 0;
      const { calls, webhook } = await receiver(t, async (call) => {
        const event = await read(client, call);
        const [{ handle }] = await client.jobs();
        if (handle.acceptedAt === undefined) early += 1;
        webhookArrived.resolve();
        await client.handleWebhook(event);
      });
      const options = { provider, webhook };
      const outcome = await client.generate(REQUESTS[provider], options);
      assert.equal(outcome.videos.length, 1);
      await waitFor(() => calls.length >= 2);
      assert.ok(early >= 1);
      const { charges, submissions } = await sim.ledger();
      assert.deepEqual([charges.length, submissions.length], [1, 1]);
    });
  }

  test("RunPod: a submit whose response was lost is found by its webhook", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_000 });
    await sim.faults({ operation: "submit", fault: { kind: "resetAfter" } });
    const store = memoryStore();
    const client = local(sim, { store });
    const { calls, webhook } = await receiver(t);
    const submitting = client.submit(BOTH, { provider: "runpod", webhook });
    const error = await failing(submitting, "submission_unknown");
    const [call] = await waitFor(() => calls.length > 0 && calls);
    const job = await client.handleWebhook(await read(client, call));
    const { handle, videos } = await job.result();
    assert.equal(handle.id, error.handle.id);
    assert.equal(videos.length, 1);
    const [stored] = await client.jobs();
    assert.equal(stored.status, "completed");
    const { charges, submissions } = await sim.ledger();
    assert.deepEqual([charges.length, submissions.length], [1, 1]);
  });

  test("RunPod: a process that was killed before the response: the webhook restores the job", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_000 });
    const store = memoryStore();
    const gone = deferred();
    const { calls, webhook } = await receiver(t);
    const killed = local(sim, {
      store,
      fetch: async (request) => {
        await fetch(request);
        return gone.promise;
      },
    });
    void killed.submit(BOTH, { provider: "runpod", webhook }).catch(() => {});
    const [call] = await waitFor(() => calls.length > 0 && calls);
    // Another process has no lease to wait for.
    const lease = (key, work) => work();
    const client = local(sim, { store: { ...store, lease } });
    const outcome = await (await client.handleWebhook(await read(client, call))).result();
    assert.equal(outcome.videos.length, 1);
    assert.equal((await client.jobs())[0].status, "completed");
    assert.equal((await sim.ledger()).submissions.length, 1);
  });

  test("Runware: each of three videos sends a webhook; one that arrives while the job is being resumed counts too", async (t) => {
    const sim = await simulator(t, { jobDurationMs: 1_500 });
    const client = local(sim);
    let received = 0;
    const { webhook } = await receiver(t, async (call) => {
      await client.handleWebhook(await read(client, call));
      received += 1;
    });
    const outcome = await client.generate({ ...TEXT, n: 3 }, { webhook });
    assert.equal(outcome.videos.length, 3);
    await waitFor(() => received >= 3);
    const { charges, submissions } = await sim.ledger();
    assert.deepEqual([charges.length, submissions.length], [3, 1]);
  });

  test("each attempted provider has a token of its own", async (t) => {
    const sim = await simulator(t);
    const client = local(sim, { runware: { ...sim.settings.runware, apiKey: "bad-key" } });
    const { calls, webhook } = await receiver(t);
    const choice = { provider: ["runware", "runpod"], webhook };
    const { handle } = await client.generate(BOTH, choice);
    assert.equal(handle.provider, "runpod");
    const [call] = await waitFor(() => calls.length > 0 && calls);
    assert.equal((await read(client, call)).id, handle.id);
    const elsewhere = { ...call, url: String(call.url).replace("filmgate=runpod", "filmgate=runware") };
    await failing(read(client, elsewhere), "unauthorized");
  });

  test("a given taskUUID is the id", async (t) => {
    const sim = await simulator(t);
    const client = local(sim);
    const { calls, webhook } = await receiver(t);
    await client.generate({ ...TEXT, taskUUID: KEY }, { webhook });
    const [call] = await waitFor(() => calls.length > 0 && calls);
    assert.equal((await read(client, call)).id, KEY);
  });

  test("a submit without a secret, with two webhook URLs, or with an invalid one: nothing is sent", async (t) => {
    const sim = await simulator(t);
    const client = createClient(sim);
    const url = "https://example.com/hook";
    for (const secret of [undefined, "", 5, null]) {
      await failing(client.submit(TEXT, { webhook: { url, secret } }), "invalid_request");
    }
    const twice = client.submit({ ...TEXT, webhookUrl: url }, { webhook: { url, secret: SECRET } });
    await failing(twice, "invalid_request");
    for (const bad of ["", "nowhere", "ftp://example.com", "http://127.0.0.1/hook", undefined]) {
      const order = client.submit(TEXT, { webhook: { url: bad, secret: SECRET } });
      const error = await failing(order, "invalid_request");
      assert.ok(error.issues.some(({ path }) => path === "webhookUrl"));
      assert.ok(!JSON.stringify(error).includes(SECRET));
    }
    await nothingSent(sim);
  });

  test("a receiver without the secret gets an error, and verifies nothing", async () => {
    const client = createClient({ settings: {} });
    const url = addressOf("runware", KEY, "undefined");
    for (const secret of [undefined, "", null]) {
      const reading = client.verifyWebhook({ url, body: BODIES.runware, secret });
      await failing(reading, "invalid_request");
    }
  });
});

test("a body is read as text, bytes of any kind, or JSON", async (t) => {
  const client = createFilmgate();
  const url = await signedWebhookUrl({ url: "https://example.com/hook", secret: SECRET }, "runware", KEY);
  const text = JSON.stringify(BODIES.runware);
  const bytes = new TextEncoder().encode(text);
  const forms = [text, bytes, bytes.buffer, new DataView(bytes.buffer), Buffer.from(text), BODIES.runware];
  for (const body of forms) {
    const { id, provider } = await client.verifyWebhook({ url, body, secret: SECRET });
    assert.deepEqual([id, provider], [KEY, "runware"]);
  }
});

test("a store that fails is a `store_error`, and a job's id that is no text finds nothing", async () => {
  const event = { provider: "runware", id: KEY, jobId: KEY, raw: {} };
  const cause = new Error("no disk");
  const failingStore = { ...memoryStore(), get: () => Promise.reject(cause) };
  const error = await failing(createFilmgate({ store: failingStore }).handleWebhook(event), "store_error");
  assert.equal(error.cause, cause);
  await failing(createFilmgate({ store: { ...memoryStore(), get: async () => 5 } }).handleWebhook(event), "job_not_found");
});
