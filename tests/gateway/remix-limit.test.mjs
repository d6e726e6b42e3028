// A remix has a price limit of its own: it may cost more than its source.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const served = await gateway({ after });
const apiKey = await served.createKey();
const generate = (model) => {
  const filmgate = { provider: "runware" };
  return served.generate(apiKey, { model, prompt: "A boat", seconds: "5", size: "1280x720", filmgate });
};
const source = await generate("wan-2.6");
const PRICE_USD = 0.5;
const remix = (json, headers, { id } = source) => served.call(`/v1/videos/${id}/remix`, { apiKey, json, headers });

test("a remix above its limit is refused with its price, and one within is charged no more", async () => {
  const before = await served.submissions();
  const dear = await remix({ prompt: "It burns", filmgate: { maxCostUsd: 0.499999 } });
  assert.deepEqual([dear.status, dear.body.error.code, dear.body.error.param], [402, "budget_exceeded", "filmgate.maxCostUsd"]);
  assert.match(dear.body.error.message, /\$0\.5, above the limit of \$0\.499999/);
  assert.equal(await served.submissions(), before);
  const { status, body } = await remix({ prompt: "It burns", filmgate: { maxCostUsd: PRICE_USD } });
  assert.equal(status, 200, JSON.stringify(body));
  const { filmgate } = await served.ended(body.id, apiKey);
  assert.equal(filmgate.billing.microUsd, PRICE_USD * 1e6);
});

test("a remix without a known price exceeds every limit unless it is allowed", async () => {
  const edited = await generate("wan-2.7");
  const refused = await remix({ prompt: "It burns", filmgate: { maxCostUsd: 100 } }, {}, edited);
  assert.deepEqual([refused.status, refused.body.error.code], [402, "budget_exceeded"]);
  assert.match(refused.body.error.message, /allowUnknownCost/);
  const allowed = await remix({ prompt: "It burns", filmgate: { maxCostUsd: 100, allowUnknownCost: true } }, {}, edited);
  assert.equal(allowed.status, 200, JSON.stringify(allowed.body));
});

test("the limit is part of what a repeated request says", async () => {
  const headers = { "idempotency-key": "limited" };
  const first = await remix({ prompt: "It sinks", filmgate: { maxCostUsd: 5 } }, headers);
  const again = await remix({ filmgate: { maxCostUsd: 5, allowUnknownCost: null }, prompt: "It sinks" }, headers);
  assert.deepEqual([first.status, again.status, again.body.id], [200, 200, first.body.id]);
  const other = await remix({ prompt: "It sinks", filmgate: { maxCostUsd: 6 } }, headers);
  assert.deepEqual([other.status, other.body.error.code], [422, "idempotency_key_reused"]);
});

test("what comes from the source is refused by its name", async () => {
  for (const [more, param] of [
    [{ seconds: "8" }, "seconds"],
    [{ filmgate: { provider: "runpod" } }, "filmgate.provider"],
    [{ filmgate: { maxCostUsd: 5, duration: 8 } }, "filmgate.duration"],
    [{ filmgate: { maxCostUsd: "5" } }, "filmgate.maxCostUsd"],
    [{ filmgate: { allowUnknownCost: 1 } }, "filmgate.allowUnknownCost"],
    [{ filmgate: [] }, "filmgate"],
    [{ prompt: undefined, filmgate: { maxCostUsd: 5 } }, "prompt"],
  ]) {
    const { status, body } = await remix({ prompt: "It flies", ...more });
    assert.deepEqual([status, body.error?.param], [400, param], JSON.stringify([more, body]));
  }
});
