// What a consumer does at servers that break: one submit at each, over a connection that was used before.
const REQUEST = {
  model: "wan-2.6",
  prompt: "A lighthouse in the rain",
  duration: 5,
  resolution: "720p",
};

/** `servers`: base URLs by name. Returns how each submit ended: `submitted`, or its error's code and charge. */
export async function submitToEach(createFilmgate, servers) {
  const ends = {};
  for (const [name, baseURL] of Object.entries(servers)) {
    ends[name] = await submitOver(createFilmgate, baseURL);
  }
  return ends;
}

async function submitOver(createFilmgate, baseURL) {
  const client = createFilmgate({ runpod: { apiKey: "any", baseURL } });
  await connect(`${baseURL}/wan-2-6-t2v/health`);
  try {
    await client.submit(REQUEST, { provider: "runpod", timeoutMs: 20_000 });
    return "submitted";
  } catch ({ code, charge }) {
    return `${code}, ${charge}`;
  }
}

/** Chromium restarts its network service where a connection breaks during an upload, and fails what comes next. */
async function connect(url, tries = 10) {
  try {
    await (await fetch(url)).text();
  } catch (error) {
    if (tries === 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
    await connect(url, tries - 1);
  }
}
