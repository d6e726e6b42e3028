// A gateway whose accounts and API keys are called through the API, and whose objects can be called directly.
import { openObjects } from "./account/objects.mjs";
import { ALONE } from "./api.mjs";

/**
 * `ask(token, method, path, body, headers)` returns `{ http, headers, … }` with the fields of the answer; `admin` does so
 * with the admin token; `at` sets the clock for what follows.
 */
export async function openKeys(t, settings) {
  const objects = await openObjects(t, settings);
  const { url, adminToken } = objects.gateway;
  const ask = async (token, method, path, body, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...ALONE,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type") === "application/json";
    return { http: answer.status, headers: answer.headers, ...(isJson && JSON.parse(text)) };
  };
  const admin = (method, path, body) => ask(adminToken, method, `/admin/api${path}`, body);
  // Every call of an object carries the time.
  const at = async (moment) => {
    objects.setClock(moment);
    await objects.run("comparisons");
  };
  return { ...objects, ask, admin, at };
}

/** The lines of a gateway's log with that event. */
export const linesOf = (gateway, event) =>
  gateway
    .logs()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter((line) => line.event === event);
