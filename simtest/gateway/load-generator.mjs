// A client of the gateway that retries every request until it is answered, creates under one Idempotency-Key.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** A client with that API key. Counts the failed attempts in `tally`. */
export function createClient(gateway, apiKey, tally) {
  const call = async (path, init = {}) => {
    for (let tries = 1; ; tries += 1) {
      const response = await once(path, init).catch(() => undefined);
      if (response && response.status < 500 && response.status !== 429) return response;
      const name = response ? `HTTP ${response.status}` : "no response";
      tally[name] = (tally[name] ?? 0) + 1;
      if (tries > 1000) throw new Error(`${path}: ${name}, after 1000 tries`);
      await sleep(200 + Math.random() * 800);
    }
  };
  const once = async (path, init) => {
    const headers = { authorization: `Bearer ${apiKey}`, ...init.headers };
    const response = await fetch(gateway.url + path, { ...init, headers });
    const body = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body };
  };
  const json = async (path, init) => {
    const { status, headers, body } = await call(path, init);
    return { status, headers, value: JSON.parse(body) };
  };

  /** The job's id, or the code of the rejection. */
  const create = async (request) => {
    const headers = { "content-type": "application/json", "idempotency-key": randomUUID() };
    const init = { method: "POST", headers, body: JSON.stringify(request) };
    const { status, value } = await json("/v1/videos", init);
    if (status === 200) return { id: value.id };
    return { rejected: value.error.code, message: value.error.message };
  };

  /** The video once its job has ended, is billed and archived; the current one if that takes longer than `until`. */
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
