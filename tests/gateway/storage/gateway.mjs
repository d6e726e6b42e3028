// The gateway with a way into what its objects store.
import assert from "node:assert/strict";
import { ALONE, gateway } from "../api.mjs";

const ENTRY = "tests/gateway/storage/worker.ts";

/** `gateway()` of api.mjs, with `inside(path, …args)`: a call of worker.ts. */
export async function openStorage(t, settings = {}) {
  const served = await gateway(t, { ...settings, entry: ENTRY });
  const inside = async (path, ...args) => {
    const init = { method: "POST", headers: ALONE, body: JSON.stringify(args) };
    const answer = await fetch(`${served.url}/test/${path}`, init);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text}`);
    return JSON.parse(text);
  };
  /** The id of a key's account, which names its objects. */
  const indexOf = async (apiKey) => `acct_${apiKey.slice("fgw_".length, "fgw_".length + 12)}`;
  return { ...served, inside, indexOf };
}

export const jobIdOf = (video) => (video.id ?? video).replace("video_", "");
