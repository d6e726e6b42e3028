// Requests to the admin API. The admin token is stored until the tab is closed.
const STORAGE_KEY = "filmgate-admin-token";

/** Whose data the responses lacked: ids of accounts, and providers. */
export const unreadable = new Set();

export const isSignedIn = () => sessionStorage.getItem(STORAGE_KEY) !== null;
export const saveToken = (token) => sessionStorage.setItem(STORAGE_KEY, token);
export const clearToken = () => sessionStorage.removeItem(STORAGE_KEY);

/** The gateway's refusal: `status`, `code` and, if a field is wrong, `param`. */
class RequestError extends Error {
  constructor(status, { message, code, param } = {}) {
    super(message ?? `The gateway returned HTTP ${status}.`);
    Object.assign(this, { status, code, param });
  }
}

/** Returns the response's JSON; throws the gateway's error. A rejected token is cleared. */
export async function request(method, path, body) {
  const response = await send(method, path, {
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const answer = await response.json();
  for (const id of answer.unreadable ?? []) unreadable.add(id);
  return answer;
}

/** The response of a path below /admin/api, if it succeeded. */
export async function send(method, path, { headers, ...more } = {}) {
  const authorization = `Bearer ${sessionStorage.getItem(STORAGE_KEY)}`;
  const init = { method, headers: { ...headers, authorization }, cache: "no-store", ...more };
  const response = await fetch(`/admin/api${path}`, init).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Error("The gateway cannot be reached. Check the connection, then retry.");
  });
  if (response.ok) return response;
  if (response.status === 401) {
    clearToken();
    dispatchEvent(new Event("signed-out"));
  }
  const { error } = await response.json().catch(() => ({}));
  throw new RequestError(response.status, error);
}

/** `path` with those of the parameters that have a value. */
export function withQuery(path, params) {
  const set = Object.entries(params).filter(([, value]) => value !== undefined && value !== "");
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}

/** All entries of a list, page by page. */
export async function fetchAll(path, params = {}) {
  const all = [];
  for (let after; ; ) {
    const page = await request("GET", withQuery(path, { ...params, limit: 100, after }));
    all.push(...page.data);
    if (!page.has_more || !page.last_id) return all;
    after = page.last_id;
  }
}
