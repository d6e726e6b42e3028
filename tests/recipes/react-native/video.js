/**
 * Generates a video by your own server, and resolves to its URL. `id`: a UUID that the app stores before the first call. With the
 * same id again, after a restart of the app or without a network in between, it continues that video.
 */
export async function generateVideo(server, { id, prompt, token }, onUpdate = () => {}) {
  const url = `${server}/videos/${id}`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  await request(url, { method: "PUT", headers, body: JSON.stringify({ prompt }) });
  for (;;) {
    const job = await request(url, { headers });
    onUpdate(job);
    if (job.status === "completed") return `${url}/content`;
    if (job.error) throw new Error(job.error);
    await pause(3_000);
  }
}

/** Repeats a request that found no network: sent twice, it is one video. */
async function request(url, init) {
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 30_000)) {
    const response = await fetch(url, init).catch(() => undefined);
    const body = await response?.json().catch(() => undefined);
    if (response?.ok && body) return body;
    if (response && response.status < 500) throw new Error(body?.message ?? `HTTP ${response.status}`);
    await pause(wait);
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
