// What every consumer does with the package: it quotes, generates at each provider, and fetches the video.
export const REQUEST = {
  model: "wan-2.6",
  prompt: "A lighthouse in the rain",
  duration: 5,
  resolution: "720p",
};

/** Generates at the URLs of the simulated providers; `createFilmgate` is as the consumer got it. */
export async function generateEverywhere(createFilmgate, providers) {
  return generateWith(clientOf(createFilmgate, providers));
}

export function clientOf(createFilmgate, { runpod, runware }) {
  if (!runpod || !runware)
    throw new Error("Name the simulated providers; no consumer generates for real.");
  // The simulated RunPod has no TLS, without which a browser may send a submit twice.
  const acceptResendRisk = typeof document !== "undefined";
  return createFilmgate({
    runpod: { apiKey: "any", baseURL: runpod, acceptResendRisk },
    runware: { apiKey: "any", baseURL: runware },
  });
}

export function generateWith(client) {
  const quotes = client.quote(REQUEST).filter(({ available }) => available);
  return Promise.all(quotes.map((quote) => generate(client, quote)));
}

async function generate(client, { provider, totalUsd }) {
  const order = { provider, maxCostUsd: totalUsd };
  return describe(client, totalUsd, await client.generate(REQUEST, order));
}

/** What is compared with the providers' records. */
export async function describe(client, quotedUsd, { provider, videos, costUsd }) {
  const sha256 = await digest(await download(client, videos[0]));
  return { provider, quotedUsd, costUsd, url: videos[0].url, sha256 };
}

async function download(client, video) {
  const chunks = [];
  await client.download(video, new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
  return new Blob(chunks).arrayBuffer();
}

export async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
