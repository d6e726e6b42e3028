// Whether the gateway answers this page, said before anything is ordered there.

import { byId } from "./dom.js";
import { isGatewayUrl } from "./environments.js";

let latest = 0;

/** Asks the gateway for its models, which costs nothing, and shows what came of it. */
export async function showGateway({ url, apiKey }) {
  const mine = ++latest;
  byId("gateway-state").textContent = "";
  if (!url || !apiKey) return;
  const words = isGatewayUrl(url) ? await stateOf(url, apiKey) : "This is no address of a gateway.";
  if (mine === latest) byId("gateway-state").textContent = words;
}

async function stateOf(url, token) {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const { ok, status } = await fetch(`${url.replace(/\/+$/, "")}/v1/models`, { headers });
    if (ok) return "The gateway answers, and takes the token.";
    if (status === 401) return "The gateway does not take this token.";
    return `What is at this address answers with HTTP ${status}.`;
  } catch {
    return "No answer. Is the address right, and does the gateway list this page's origin (CORS_ORIGINS)?";
  }
}
