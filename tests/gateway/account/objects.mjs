// The gateway's objects, called directly: `call(object, name, method, …args)`, at the time that `at` says.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { startGateway } from "../../../scripts/lib/gateway.mjs";
import { ALONE } from "../api.mjs";

/** Starts the gateway with the way in; stopped with the test. */
export async function openObjects(t, settings = {}) {
  const limits = { CREATE_LIMITER: 1e6, READ_LIMITER: 1e6 };
  const gateway = await startGateway({ entry: "tests/gateway/account/worker.ts", limits, ...settings });
  t.after(() => gateway.stop());
  let at;
  const send = async (call) => {
    const answer = await fetch(`${gateway.url}/test/call`, {
      method: "POST",
      headers: ALONE,
      body: JSON.stringify({ ...call, at }),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  };
  return {
    gateway,
    setClock: (moment) => (at = moment === undefined ? undefined : Date.parse(moment)),
    call: (object, name, method, ...args) => send({ object, name, method, args }),
    run: (method, ...args) => send({ name: "", method, args }),
    newJobId: () => send({ object: "JOBS", name: "", method: "newId", args: [] }),
  };
}

const KEY = { id: "key_test", hash: "ab".repeat(32), name: "test", scopes: ["create", "read"], createdAt: 1 };

/** An account with these limits and one API key, and short words for its calls. */
export async function openAccount(objects, limits = {}, id = "acct_aaaaaaaaaaaa", key = {}) {
  const call = (method, ...args) => objects.call("ACCOUNTS", id, method, ...args);
  await call("open", { id, name: "test", createdAt: 1, ...limits });
  await call("addKey", { ...KEY, accountId: id, ...key });
  return {
    call,
    recordBilling: (jobId, billing) => call("recordBilling", jobId, billing),
    report: () => call("report"),
    /** Asks for a job of that price; `more` of a reservation. */
    reserve: async (reservedMicroUsd, more = {}) =>
      call("reserve", {
        keyId: KEY.id,
        jobId: await objects.newJobId(),
        model: "model",
        bodyHash: crypto.randomUUID(),
        retryCount: 0,
        reservedMicroUsd,
        ...more,
      }),
  };
}

/** The text of an API key, with a checksum that holds. */
export const withChecksum = (body) =>
  body + createHash("sha256").update(body).digest("base64url").slice(0, 6);
