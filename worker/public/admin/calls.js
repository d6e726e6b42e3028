// Calls of the gateway, with the admin's token, which is kept as long as the tab is open.
const KEPT = "filmgate-admin-token";

export const isSignedIn = () => sessionStorage.getItem(KEPT) !== null;
export const keepToken = (token) => sessionStorage.setItem(KEPT, token);
export const dropToken = () => sessionStorage.removeItem(KEPT);

/** The answer's JSON; throws with the gateway's words. A refused token is forgotten. */
export async function call(method, path, body) {
  const answer = await fetch(`/admin/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${sessionStorage.getItem(KEPT)}`,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error("The gateway cannot be reached.");
  });
  const json = await answer.json().catch(() => ({}));
  if (answer.ok) return json;
  if (answer.status === 401) {
    dropToken();
    dispatchEvent(new Event("signed-out"));
  }
  throw new Error(json.error?.message ?? `The gateway answered ${answer.status}.`);
}

/** Spending and open jobs of all tokens, page by page. */
export async function readReport() {
  const report = { tokens: [], open: [] };
  for (let after = ""; ; ) {
    const page = await call("GET", `/usage${after && `?after=${encodeURIComponent(after)}`}`);
    report.tokens.push(...page.data);
    report.open.push(...page.open);
    if (!page.has_more) return report;
    after = page.last_id;
  }
}
