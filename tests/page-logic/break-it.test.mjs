// Break it: with each switch on, a job ends with a video and one charge, as the ledger's rows say.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { openContext } from "../browser.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { browserScript, importModule } from "./modules.mjs";

const { BreakIt, ledgerRows, lostRows, pageControl, rowOf, serverControl, SWITCHES, verdictText } =
  await importModule("break-it/index.ts");

const REQUEST = { model: "wan-2.6", prompt: "A fox in the snow", duration: 5, resolution: "720p" };
const PROVIDERS = ["runpod", "runware"];
const NOT_FOUND_MS = 4_000;
// Most of their time is waiting for a poll.
const PARALLEL = { concurrency: 8 };

/** A simulator whose state is in a store, as in the page: what is not written is lost. */
function storedSimulator() {
  let stored;
  const transact = async (change) => {
    if (stored !== undefined) simulator.restore(stored);
    change();
    stored = simulator.snapshot();
  };
  const simulator = createSimulator({ jobDurationMs: 300, transact });
  return { simulator, control: pageControl(simulator, transact), settings: simulator.options };
}

/** A broken environment: a client, the switches, and what its requests were answered with. */
function environment({ control, settings }, on, options = {}) {
  const breakIt = new BreakIt(control, { notFoundMs: NOT_FOUND_MS, ...options });
  const answers = [];
  const through = settings.fetch ?? globalThis.fetch;
  const fetch = async (...args) => {
    try {
      const response = await through(...args);
      answers.push(response.status);
      return response;
    } catch (error) {
      answers.push("lost");
      throw error;
    }
  };
  const client = createFilmgate({ ...settings, fetch, allowPrivateHosts: true });
  const start = async () => {
    for (const id of on) await breakIt.turn(id, true);
    await breakIt.beforeSubmit();
  };
  return { breakIt, client, answers, control, start };
}

/** Generates; a RunPod job without an answer continues with the id from the ledger, as the page offers. */
async function generate({ client, control }, provider) {
  try {
    return await client.generate(REQUEST, { provider });
  } catch (error) {
    if (error.code !== "submission_unknown") throw error;
    assert.deepEqual([provider, error.charge], ["runpod", "unknown"]);
    const handles = (await client.jobs()).map(({ handle }) => handle);
    const candidates = lostRows(ledgerRows(await control.ledger()), error.handle, handles);
    assert.equal(candidates.length, 1);
    return client.resume(error.handle, { jobId: candidates[0].id }).result();
  }
}

async function download(client, video) {
  const chunks = [];
  await client.download(video, new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
  return Buffer.concat(chunks);
}

async function assertBilledOnce(broken, provider) {
  await broken.start();
  const { videos, handle } = await generate(broken, provider);
  const bytes = await download(broken.client, videos[0]);
  assert.equal(bytes.toString("latin1", 4, 8), "ftyp");
  const rows = ledgerRows(await broken.control.ledger());
  const row = rowOf(rows, handle);
  assert.deepEqual([row.verdict, row.accepted, row.charges, row.microUsd], ["billed_once", 1, 1, 500_000]);
  assert.equal(verdictText(row.verdict), "Billed once");
  assert.equal(rows.reduce((sum, { charges }) => sum + charges, 0), 1);
  await broken.breakIt.close();
  return rows;
}

/** What shows that the fault has happened. */
const EVIDENCE = {
  "rate-limit": (answers) => answers.filter((answer) => answer === 429).length === 2,
  "lose-answer": (answers) => answers[0] === "lost",
  "not-found": (answers) => answers.includes(404),
  unavailable: (answers) => answers.filter((answer) => answer === 503).length === 3,
  "cut-download": (answers) => answers.filter((answer) => answer === 206).length === 2,
};

describe("in the page's simulator", PARALLEL, () => {
  for (const { id } of SWITCHES) {
    for (const provider of PROVIDERS) {
      test(`${id}, ${provider}: a video and one charge`, async () => {
        const broken = environment(storedSimulator(), [id]);
        await assertBilledOnce(broken, provider);
        assert.ok(EVIDENCE[id](broken.answers), broken.answers.join(" "));
      });
    }
  }

  for (const provider of PROVIDERS) {
    test(`all switches at once, ${provider}: a video and one charge`, async () => {
      const broken = environment(storedSimulator(), SWITCHES.map(({ id }) => id));
      await assertBilledOnce(broken, provider);
    });
  }

  test("a switch meets each job anew, until it is off", async () => {
    const broken = environment(storedSimulator(), ["rate-limit"]);
    await broken.start();
    for (const times of [2, 4]) {
      await broken.breakIt.beforeSubmit();
      await broken.client.generate(REQUEST, { provider: "runware" });
      assert.equal(broken.answers.filter((answer) => answer === 429).length, times);
    }
    assert.equal(broken.breakIt.isOn("rate-limit"), true);
    await broken.breakIt.turn("rate-limit", false);
    await broken.client.generate(REQUEST, { provider: "runware" });
    assert.equal(broken.answers.filter((answer) => answer === 429).length, 4);
  });

  test("a reload ends the faults of the page before", async () => {
    const shared = storedSimulator();
    const before = environment(shared, ["not-found"], { notFoundMs: 60_000 });
    await before.start();
    const after = environment(shared, []);
    await after.start();
    await after.client.generate(REQUEST, { provider: "runpod" });
    assert.ok(!after.answers.includes(404));
    await before.breakIt.close();
  });
});

describe("at the local server", PARALLEL, () => {
  for (const provider of PROVIDERS) {
    test(`all switches at once, ${provider}: a video and one charge`, async (t) => {
      const server = await startSimulator({ args: ["--job-duration-ms", "300"] });
      t.after(server.stop);
      const settings = {
        runpod: { apiKey: "any", baseURL: server.runpod, acceptResendRisk: true },
        runware: { apiKey: "any", baseURL: server.runware },
      };
      const control = serverControl(server.runpod);
      await assertBilledOnce(environment({ control, settings }, SWITCHES.map(({ id }) => id)), provider);
    });
  }

  test("a page of another origin controls it", async (t) => {
    const server = await startSimulator();
    t.after(server.stop);
    // A real server: Chromium asks the user before a page of elsewhere reaches this machine.
    const site = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html>"));
    await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
    t.after(() => (site.closeAllConnections(), site.close()));
    const page = await (await openContext(t)).newPage();
    await page.goto(`http://127.0.0.1:${site.address().port}/`);
    await page.addScriptTag({ content: await browserScript("break-it/index.ts", "breaking") });
    const rows = await page.evaluate(async (url) => {
      const control = breaking.serverControl(url);
      await new breaking.BreakIt(control).turn("lose-answer", true);
      return breaking.ledgerRows(await control.ledger());
    }, server.runpod);
    assert.deepEqual(rows, []);
  });

  test("a server that does not know the control says so", async () => {
    const fetch = async () => new Response("", { status: 404 });
    await assert.rejects(serverControl("http://127.0.0.1:1/v2", fetch).ledger(), /HTTP 404.*npm start/);
  });
});

const submission = (more) => ({ provider: "runpod", atMs: 10, model: "m", id: null, key: null, outcome: "accepted", fetched: false, billedMicroUsd: 0, ...more });
const charge = (id, more) => ({ provider: "runpod", id, model: "m", microUsd: 5, atMs: 20, ...more });

test("submits of one Runware task are one row, and a submit that made no job is its own", () => {
  const rows = ledgerRows({
    submissions: [
      submission({ outcome: "lost" }),
      submission({ outcome: "rejected" }),
      submission({ provider: "runware", id: "t", key: "t" }),
      submission({ provider: "runware", id: "t", key: "t", outcome: "conflict" }),
      submission({ id: "t" }),
    ],
    charges: [charge("t", { provider: "runware" })],
    totalMicroUsd: 5,
  });
  assert.deepEqual(rows.map(({ provider, id, submissions, accepted, charges, verdict }) => [provider, id, submissions, accepted, charges, verdict]), [
    ["runpod", "t", 1, 1, 0, "not_billed"],
    ["runware", "t", 2, 1, 1, "billed_once"],
    ["runpod", null, 1, 0, 0, "not_accepted"],
    ["runpod", null, 1, 0, 0, "not_accepted"],
  ]);
  assert.equal(new Set(rows.map(({ key }) => key)).size, 4);
});

test("a second charge of a job would be shown", () => {
  const [row] = ledgerRows({ submissions: [submission({ id: "a" })], charges: [charge("a"), charge("a")], totalMicroUsd: 10 });
  assert.deepEqual([row.verdict, row.microUsd], ["billed_twice", 10]);
});

test("only jobs that no handle names can be the lost one", () => {
  const rows = ledgerRows({
    submissions: [
      submission({ id: "before", atMs: 1 }),
      submission({ id: "known" }),
      submission({ id: "lost" }),
      submission({ id: "other", model: "x" }),
      submission({ outcome: "rejected" }),
    ],
    charges: [],
    totalMicroUsd: 0,
  });
  const handle = { provider: "runpod", providerModelId: "m", id: "1", createdAt: 5 };
  assert.deepEqual(lostRows(rows, handle, [handle, { jobId: "known" }]).map(({ id }) => id), ["lost"]);
});

test("each switch has a label and one line of explanation", () => {
  for (const { label, explanation } of SWITCHES) {
    assert.ok(label.length < 40 && explanation.length < 160, label);
    assert.match(explanation, /^[A-Z][^\n]*\.$/);
  }
});
