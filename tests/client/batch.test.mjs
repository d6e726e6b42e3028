// `filmgate/batch`: many requests with one budget, which is never passed, and no item is paid twice.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { batch } from "../../pkg/dist/batch/index.js";
import { Budget } from "../../pkg/dist/batch/budget.js";
import { toBudget } from "../../pkg/dist/util/micro-usd.js";
import { createFilmgate, memoryStore } from "../../pkg/dist/index.js";
import { createSimulator } from "../../pkg/dist/testing/index.js";
import { folderOf, start } from "./processes.mjs";
import { PROMPT, TEXT, failing, simulator, waitFor } from "./support.mjs";

/** $0.50 at Runware, the cheapest listing, and more at RunPod. */
const WAN = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const WAN_USD = 0.5;

function open(t, { jobDurationMs = 50, ...options } = {}) {
  const sim = createSimulator({ jobDurationMs });
  t.after(() => sim.close());
  return { sim, client: createFilmgate({ ...sim.options, store: memoryStore(), ...options }) };
}

const statusesOf = ({ items }) => items.map(({ status }) => status);
const paid = (sim) => sim.charges().reduce((sum, { microUsd }) => sum + microUsd, 0);

describe("a batch", { concurrency: 4 }, () => {
  test("generates all requests, quotes the whole, and counts what each has cost", async (t) => {
    const { sim, client } = open(t);
    const run = await batch(client, [WAN, TEXT, WAN], { budgetUsd: 10, maxConcurrency: 2 });
    assert.deepEqual(run.quote, { minUsd: 2.2, maxUsd: 2.2 });
    const updates = await collect(run);
    const result = await run.result();
    assert.equal(result.id, run.id);
    assert.deepEqual(statusesOf(result), ["completed", "completed", "completed"]);
    assert.deepEqual(result.items.map(({ index, spentUsd, result }) => [index, spentUsd, result.videos.length]), [
      [0, WAN_USD, 1],
      [1, 1.2, 1],
      [2, WAN_USD, 1],
    ]);
    assert.deepEqual([result.spentUsd, result.reservedUsd, result.budgetUsd], [2.2, 0, 10]);
    assert.equal(paid(sim), 2_200_000);
    assert.ok(updates.some(({ update }) => update?.status === "running"));
    assert.deepEqual([updates.at(-1).ended, updates.at(-1).total], [3, 3]);
    const most = Math.max(...updates.map(({ reservedUsd }) => reservedUsd));
    assert.ok(most <= 1.7, `two at a time, $${most} reserved`);
  });

  test("stops before the budget, and says which requests were not started", async (t) => {
    const { sim, client } = open(t);
    const run = await batch(client, [WAN, WAN, WAN, WAN], { budgetUsd: 1.49 });
    const result = await run.result();
    assert.deepEqual(statusesOf(result), ["completed", "completed", "not_started", "not_started"]);
    assert.equal(result.items[2].reason, "budget");
    assert.equal(result.spentUsd, 1);
    assert.equal(sim.submissions().length, 2);
  });

  test("a budget that is exactly enough is enough", async (t) => {
    const { client } = open(t);
    const result = await (await batch(client, [WAN, WAN, WAN], { budgetUsd: 1.5 })).result();
    assert.deepEqual(statusesOf(result), ["completed", "completed", "completed"]);
  });

  test("a job that fails is counted by its charge, and the others go on", async (t) => {
    const { sim, client } = open(t);
    const fails = { ...WAN, prompt: `${PROMPT} [fail]` };
    const result = await (await batch(client, [fails, WAN], { budgetUsd: 1, provider: "runware" })).result();
    assert.deepEqual(statusesOf(result), ["failed", "completed"]);
    const [{ error, spentUsd }] = result.items;
    assert.equal(error.code, "generation_failed");
    assert.deepEqual([error.charge, spentUsd], ["unknown", WAN_USD], "what may have been billed counts in full");
    assert.equal(sim.submissions().length, 2);
    // The same once more has no room for a third.
    const more = await (await batch(client, [fails, WAN, WAN], { budgetUsd: 1, provider: "runware", maxConcurrency: 1 })).result();
    assert.deepEqual(statusesOf(more), ["failed", "completed", "not_started"]);
  });

  test("a rejection costs nothing and leaves room", async (t) => {
    const { sim } = open(t);
    let isFirst = true;
    const fetch = async (request) => {
      const [{ taskType, taskUUID }] = await request.clone().json();
      if (taskType !== "videoInference" || !isFirst) return sim.fetch(request);
      isFirst = false;
      return Response.json({ errors: [{ code: "invalidModel", message: "It is gone.", taskUUID }] }, { status: 400 });
    };
    const client = createFilmgate({ ...sim.options, fetch });
    const how = { budgetUsd: WAN_USD, maxConcurrency: 1, provider: "runware" };
    const result = await (await batch(client, [WAN, WAN], how)).result();
    assert.deepEqual(statusesOf(result), ["failed", "completed"]);
    assert.deepEqual([result.items[0].spentUsd, result.spentUsd], [0, WAN_USD]);
  });

  test("a cheaper listing without a key gives way to the next one, within the budget", async (t) => {
    const sim = createSimulator({ jobDurationMs: 50 });
    t.after(() => sim.close());
    const { runpod, fetch } = sim.options;
    const client = createFilmgate({ runpod, fetch });
    const vidu = { ...WAN, model: "vidu-q3", image: "https://example.com/fox.png" };
    const [runware, other] = client.quote(vidu).filter(({ available }) => available);
    assert.deepEqual([runware.provider, other.provider], ["runware", "runpod"]);
    assert.ok(runware.maxUsd < other.maxUsd);
    const run = async (budgetUsd) => (await batch(client, [vidu], { budgetUsd })).result();
    const { items, spentUsd, reservedUsd } = await run(other.maxUsd - 0.000001);
    assert.deepEqual([items[0].status, items[0].reason, spentUsd, reservedUsd], ["not_started", "budget", 0, 0]);
    assert.deepEqual(sim.submissions(), []);
    const enough = await run(other.maxUsd);
    assert.equal(enough.items[0].result.provider, "runpod");
    assert.equal(enough.spentUsd, other.maxUsd);
  });
});

async function collect(iterable) {
  const all = [];
  for await (const each of iterable) all.push(each);
  return all;
}

describe("a batch is refused before anything is sent", () => {
  const refusal = async (t, requests, options, code = "invalid_request") => {
    const { sim, client } = open(t);
    const error = await failing(batch(client, requests, options), code);
    assert.equal(error.charge, "none");
    assert.deepEqual(sim.submissions(), []);
    return error;
  };

  test("if requests are invalid: all of them are named by their index", async (t) => {
    const bad = [WAN, { ...WAN, duration: 500 }, { model: "wan-2.6", duration: 5 }, null, { model: "dream-9", prompt: "x" }, { prompt: "x" }];
    const { issues } = await refusal(t, bad, { budgetUsd: 100 });
    assert.deepEqual([...new Set(issues.map(({ path }) => path.split(".")[1]))], ["1", "2", "3", "4", "5"]);
    assert.ok(issues.some(({ path }) => path === "requests.1.duration"));
    assert.ok(issues.some(({ path }) => path === "requests.2.prompt"));
    assert.ok(issues.some(({ path }) => path === "requests.5.model"));
  });

  test("if even the first request does not fit", async (t) => {
    const { message } = await refusal(t, [WAN, WAN], { budgetUsd: 0.499999 }, "budget_exceeded");
    assert.match(message, /\$0\.5.*\$0\.499999/);
  });

  test("if a price is not published", async (t) => {
    const { client } = open(t);
    const listed = client.models().flatMap(({ id, listings }) => listings.map((listing) => ({ id, listing })));
    const { id } = listed.find(({ listing }) => listing.noPriceReason && listing.modes.includes("text-to-video")) ?? {};
    if (id) await refusal(t, [{ model: id, prompt: "x", duration: 5 }], { budgetUsd: 1_000 });
  });

  test("if an option is wrong", async (t) => {
    for (const options of [undefined, {}, { budgetUsd: -1 }, { budgetUsd: NaN }, { budgetUsd: 1, maxConcurrency: 0 }]) {
      await refusal(t, [WAN], options);
    }
    await refusal(t, [WAN], { budgetUsd: 1, id: "" });
    await refusal(t, [WAN], { budgetUsd: 1, maxCostUsd: 1 });
    await refusal(t, "requests", { budgetUsd: 1 });
  });

  test("if the store cannot be read", async (t) => {
    const store = { ...memoryStore(), list: () => Promise.reject(new Error("no disk")) };
    const { sim, client } = open(t, { store });
    await failing(batch(client, [WAN], { budgetUsd: 1 }), "store_error");
    assert.deepEqual(sim.submissions(), []);
  });
});

describe("a batch is resumed by its id", { concurrency: 3 }, () => {
  test("finished items are not made again, and their costs count", async (t) => {
    const { sim, client } = open(t);
    const first = await (await batch(client, [WAN, WAN], { id: "foxes", budgetUsd: 2 })).result();
    const again = await (await batch(client, [WAN, WAN, WAN, WAN], { id: "foxes", budgetUsd: 1.5 })).result();
    assert.deepEqual(statusesOf(again), ["completed", "completed", "completed", "not_started"]);
    assert.deepEqual(again.items[0], first.items[0]);
    assert.equal(again.spentUsd, 1.5);
    assert.equal(sim.charges().length, 3);
  });

  test("an abort starts no other job and keeps those that run, which the next run joins", async (t) => {
    const { sim, client } = open(t, { jobDurationMs: 600_000 });
    const controller = new AbortController();
    const requests = [WAN, WAN, WAN, WAN];
    const how = { id: "foxes", budgetUsd: 5, maxConcurrency: 2 };
    const run = await batch(client, requests, { ...how, signal: controller.signal });
    await waitFor(() => sim.submissions().length >= 2);
    controller.abort(new Error("enough"));
    const result = await run.result();
    const [one, two, ...others] = result.items;
    for (const { status } of [one, two]) assert.equal(status, "running");
    for (const { status, reason } of others) assert.deepEqual([status, reason], ["not_started", "aborted"]);
    assert.deepEqual([result.spentUsd, result.reservedUsd], [0, 1]);
    sim.advance(600_000);
    const next = (await batch(client, requests, how)).result();
    await waitFor(() => sim.submissions().length >= 4);
    sim.advance(600_000);
    assert.deepEqual(statusesOf(await next), ["completed", "completed", "completed", "completed"]);
    assert.deepEqual([sim.submissions().length, sim.charges().length], [4, 4]);
  });

  test("a signal that was aborted before starts nothing", async (t) => {
    const { sim, client } = open(t);
    const signal = AbortSignal.abort("enough");
    await assert.rejects(batch(client, [WAN], { budgetUsd: 1, signal }), (reason) => reason === "enough");
    assert.deepEqual(sim.submissions(), []);
  });

  test("a job that takes too long is left running", async (t) => {
    const { sim, client } = open(t, { jobDurationMs: 600_000 });
    const how = { id: "slow", budgetUsd: 1 };
    const early = await (await batch(client, [WAN], { ...how, timeoutMs: 5_000 })).result();
    assert.deepEqual([early.items[0].status, early.reservedUsd], ["running", WAN_USD]);
    sim.advance(600_000);
    assert.deepEqual(statusesOf(await (await batch(client, [WAN], how)).result()), ["completed"]);
    assert.equal(sim.charges().length, 1);
  });

  test("two runs at once share their jobs", async (t) => {
    const { sim, client } = open(t);
    const run = async () => (await batch(client, [WAN, WAN, WAN], { id: "both", budgetUsd: 1.5 })).result();
    for (const result of await Promise.all([run(), run()])) assert.equal(result.spentUsd, 1.5);
    assert.equal(sim.charges().length, 3);
  });

  test("other requests under the same id are refused", async (t) => {
    const { client } = open(t);
    await (await batch(client, [WAN], { id: "foxes", budgetUsd: 2 })).result();
    const error = await failing(batch(client, [TEXT], { id: "foxes", budgetUsd: 2 }), "invalid_request");
    assert.equal(error.issues[0].path, "requests.0.model");
  });

  test("killed at any moment and resumed: each item is paid once, and the budget is never passed", { timeout: 600_000 }, async (t) => {
    const sim = await simulator(t, { jobDurationMs: 400 });
    const folder = folderOf();
    const requests = Array.from({ length: 7 }, (_, at) => ({ ...WAN, prompt: `${PROMPT} ${at}` }));
    const options = { id: "killed", budgetUsd: 3, maxConcurrency: 2, provider: "runware" };
    const work = { kind: "batch", folder, settings: sim.settings, requests, options };
    for (const submissions of [1, 2, 4]) {
      const run = start(t, work);
      await waitFor(async () => (await sim.ledger()).submissions.length >= submissions);
      await run.kill();
    }
    const last = start(t, work);
    const result = await last.first("result");
    const { submissions, charges, totalMicroUsd } = await sim.ledger();
    assert.equal(new Set(submissions.map(({ key }) => key)).size, submissions.length);
    assert.equal(charges.length, 6);
    assert.equal(submissions.length, 6);
    assert.equal(totalMicroUsd, 3_000_000);
    assert.deepEqual(statusesOf(result), [...Array(6).fill("completed"), "not_started"]);
    for (const { spentUsd, reservedUsd } of last.reports) assert.ok(!(spentUsd + reservedUsd > options.budgetUsd));
  });
});

/** A generator of repeatable numbers from 0 to below `below`. */
function numbers(seed) {
  let state = Math.imul(seed, 2_654_435_761);
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe("properties", () => {
  test("a budget: whatever is reserved and settled in any order, the sum is never above the limit", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = numbers(seed);
      const budget = new Budget(next(5_000_000));
      const open = [];
      let spent = 0;
      for (let step = 0; step < 200; step++) {
        if (open.length === 0 || next(2)) {
          const amount = next(900_000);
          const fits = budget.spent + budget.reserved + amount <= budget.limit;
          assert.equal(budget.reserve(amount), fits);
          if (fits) open.push(amount);
        } else {
          const [reserved] = open.splice(next(open.length), 1);
          const cost = next(reserved + 1);
          spent += cost;
          budget.settle(reserved, cost);
        }
        assert.ok(budget.spent + budget.reserved <= budget.limit);
        assert.equal(budget.reserved, open.reduce((sum, amount) => sum + amount, 0));
        assert.equal(budget.spent, spent);
      }
    }
  });

  test("an amount in dollars is never rounded up", () => {
    assert.deepEqual([4.35, 0.1 + 0.2, 1.1, 0.0000009, 1.2345678].map(toBudget), [4_350_000, 300_000, 1_100_000, 0, 1_234_567]);
  });

  test("a batch through faults: one charge an item, the budget holds, and the account is the provider's", { timeout: 120_000 }, async (t) => {
    const kinds = [{ kind: "error", status: 400 }, { kind: "rateLimit" }, { kind: "resetBefore" }, { kind: "error", status: 503 }];
    for (let seed = 1; seed <= 8; seed++) {
      const next = numbers(seed);
      const { sim, client } = open(t, { jobDurationMs: 20 });
      for (let faults = next(3); faults > 0; faults--) {
        sim.injectFault({ operation: ["submit", "poll"][next(2)], times: 1 + next(2), fault: kinds[next(kinds.length)] });
      }
      const requests = Array.from({ length: 1 + next(5) }, () => (next(4) ? WAN : { ...WAN, prompt: `${PROMPT} [fail]` }));
      const budgetUsd = WAN_USD + next(2_500_000) / 1e6;
      const run = await batch(client, requests, { budgetUsd, maxConcurrency: 1 + next(3), provider: "runware" });
      for await (const { spentUsd, reservedUsd } of run) assert.ok(spentUsd + reservedUsd <= budgetUsd, `seed ${seed}`);
      const { spentUsd, reservedUsd, items } = await run.result();
      assert.equal(reservedUsd, 0);
      assert.ok(paid(sim) <= Math.round(spentUsd * 1e6), `seed ${seed}`);
      assert.ok(sim.charges().length <= items.filter(({ status }) => status !== "not_started").length);
    }
  });
});
