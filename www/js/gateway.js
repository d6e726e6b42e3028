// Checks that the gateway accepts this page and API key, before anything is generated there.

import { byId } from "./dom.js";
import { isGatewayUrl } from "./environments.js";

let latest = 0;

/** Fetches the gateway's models, which costs nothing, and shows the result. */
export async function showGateway({ url, apiKey }) {
  const mine = ++latest;
  byId("gateway-state").textContent = "";
  if (!url || !apiKey) return;
  const message = isGatewayUrl(url)
    ? await stateOf(url, apiKey)
    : "Enter the URL of a gateway, such as https://gateway.example.";
  if (mine === latest) byId("gateway-state").textContent = message;
}

async function stateOf(url, apiKey) {
  try {
    const headers = { authorization: `Bearer ${apiKey}` };
    const { ok, status } = await fetch(`${url.replace(/\/+$/, "")}/v1/models`, { headers });
    if (ok) return "The gateway accepts the API key.";
    if (status === 401) return "The gateway rejects this API key.";
    return `This URL returns HTTP ${status}.`;
  } catch {
    return "No response. Check the URL, and that the gateway lists this page's origin in CORS_ORIGINS.";
  }
}
