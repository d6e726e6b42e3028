// Requests to the admin API. The admin token is stored until the tab is closed.
const STORAGE_KEY = "filmgate-admin-token";

export const isSignedIn = () => sessionStorage.getItem(STORAGE_KEY) !== null;
export const saveToken = (token) => sessionStorage.setItem(STORAGE_KEY, token);
export const clearToken = () => sessionStorage.removeItem(STORAGE_KEY);

/** Returns the response's JSON; throws the gateway's error message. A rejected token is cleared. */
export async function request(method, path, body) {
  const response = await fetch(`/admin/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${sessionStorage.getItem(STORAGE_KEY)}`,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error("The gateway cannot be reached. Check the connection, then retry.");
  });
  const json = await response.json().catch(() => ({}));
  if (response.ok) return json;
  if (response.status === 401) {
    clearToken();
    dispatchEvent(new Event("signed-out"));
  }
  throw new Error(json.error?.message ?? `The gateway returned HTTP ${response.status}.`);
}

/** Spending and open jobs of all API keys, page by page. */
export async function fetchUsage() {
  const usage = { keys: [], open: [] };
  for (let after = ""; ; ) {
    const page = await request("GET", `/usage${after && `?after=${encodeURIComponent(after)}`}`);
    usage.keys.push(...page.data);
    usage.open.push(...page.open);
    if (!page.has_more) return usage;
    after = page.last_id;
  }
}
