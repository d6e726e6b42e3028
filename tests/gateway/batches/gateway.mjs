// A gateway whose batches are made of short jobs.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { gateway, waitFor } from "../api.mjs";

/** Costs PRICE_USD at Runware. */
export const REQUEST = { model: "wan-2.6", seconds: "5", size: "1280x720", filmgate: { provider: "runware" } };
export const PRICE_USD = 0.5;

export const requests = (...prompts) => prompts.map((prompt) => ({ ...REQUEST, prompt }));

/** `gateway()` of api.mjs, or another one that is given, with `post`, `read`, `ended`. */
export async function openBatches(t, settings, open = gateway) {
  const served = await open(t, settings);
  /** Posts a batch; `more` has other headers, or another body. */
  const post = (apiKey, json, { key = randomUUID(), path = "/v1/video-batches", headers, ...more } = {}) =>
    served.call(path, { apiKey, json, headers: { ...(key !== null && { "idempotency-key": key }), ...headers }, ...more });
  const read = async (id, apiKey) => (await served.call(`/v1/video-batches/${id}`, { apiKey })).body;
  const create = async (apiKey, json, more) => {
    const { status, body } = await post(apiKey, json, more);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  /** The batch, once it has ended. `look` sees each state of it. */
  const ended = (id, apiKey, look = () => {}) =>
    waitFor(async () => {
      const batch = await read(id, apiKey);
      look(batch);
      return batch.status === "ended" && batch;
    });
  /** A key of a new account with these limits: `{ apiKey, accountId }`. */
  const createAccount = async (limits) => {
    const { body } = await served.admin("keys", { json: { name: "test", ...limits } });
    return { apiKey: body.key, accountId: body.accountId };
  };
  return { ...served, createAccount, post, read, create, batchEnded: ended };
}

export const statuses = ({ items }) => items.map(({ status }) => status);
