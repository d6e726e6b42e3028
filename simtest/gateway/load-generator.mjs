// A client of the gateway that gives up on nothing: each call is repeated until it is answered, a create under one
// Idempotency-Key.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** Calls with that API key. Counts what came of each try in `tally`. */
export function customer(gateway, apiKey, tally) {
  const call = async (path, init = {}) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await once(path, init).catch(() => undefined);
      if (answer && answer.status < 500 && answer.status !== 429) return answer;
      const name = answer ? `HTTP ${answer.status}` : "no answer";
      tally[name] = (tally[name] ?? 0) + 1;
      if (tries > 1000) throw new Error(`${path}: ${name}, a thousand times`);
      await sleep(200 + Math.random() * 800);
    }
  };
  const once = async (path, init) => {
    const headers = { authorization: `Bearer ${apiKey}`, ...init.headers };
    const answer = await fetch(gateway.url + path, { ...init, headers });
    const body = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, body };
  };
  const json = async (path, init) => {
    const { status, headers, body } = await call(path, init);
    return { status, headers, value: JSON.parse(body) };
  };

  /** The job's id, or the code of the refusal. */
  const create = async (order) => {
    const headers = { "content-type": "application/json", "idempotency-key": randomUUID() };
    const init = { method: "POST", headers, body: JSON.stringify(order) };
    const { status, value } = await json("/v1/videos", init);
    if (status === 200) return { id: value.id };
    return { refused: value.error.code, message: value.error.message };
  };

  /** The video once its job has ended, is settled and kept; as it is, where that takes longer than until then. */
  const ended = async (id, until) => {
    for (;;) {
      const { status, value } = await json(`/v1/videos/${id}`);
      if (status !== 200) throw new Error(`${id}: ${status} ${JSON.stringify(value)}`);
      const { archived, billing } = value.filmgate;
      const isEnd = value.status === "failed" || (value.status === "completed" && archived);
      if (isEnd && billing) return value;
      if (performance.now() > until) return value;
      await sleep(2000 + Math.random() * 2000);
    }
  };

  const content = async (id) => {
    const { status, headers, body } = await call(`/v1/videos/${id}/content`);
    return { status, length: headers.get("content-length"), body };
  };
  return { create, ended, content };
}
