// `fixtures/bare.html`, a minimal page that uses the package: a `BarePage` for each job in it.
import { createServer } from "node:http";
import { join } from "node:path";
import sirv from "sirv";
import { root } from "../../scripts/lib/run.mjs";
import { waitFor } from "./support.mjs";

const MODEL = "sora-2-pro";
const PROMPT = "A lighthouse in the rain";
const REQUESTS = {
  runpod: { model: MODEL, prompt: PROMPT, duration: 4, image: "https://example.com/baker.jpeg" },
  runware: { model: MODEL, prompt: PROMPT, duration: 4, size: "1280x720" },
};

/** Serves the bare page; returns its URL. */
export async function serveBare(t) {
  const [fixtures, files] = ["tests/page/fixtures", "pkg/dist"].map((folder) =>
    sirv(join(root, folder), { dev: true }),
  );
  const server = createServer((request, response) => {
    const missing = () => response.writeHead(404).end("Not found");
    fixtures(request, response, () => files(request, response, missing));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/bare.html`;
}

export class BarePage {
  /** The operation that a submit passes first, once its record is stored. */
  firstOperation = "key";
  #sharedPage;
  #fetchesKey;
  #page;

  /** `sharedPage` returns the currently open page. `fetchesKey`: the API key comes from a server. */
  constructor(sharedPage, { fetchesKey = false } = {}) {
    this.#sharedPage = sharedPage;
    this.#fetchesKey = fetchesKey;
  }

  async serve() {}

  async open({ name, provider, proxy: { origin, runpod, runware } }, freeze) {
    this.#page = await this.#sharedPage();
    const proxy = { origin, runpod, runware };
    const request = REQUESTS[provider];
    const settings = { name, proxy, request, fetchesKey: this.#fetchesKey, freeze };
    await this.#page.evaluate((settings) => window.openJob(settings), settings);
  }

  /** Like a reload of the page, but for this job only. */
  reload(scenario, freeze) {
    return this.open(scenario, freeze);
  }

  submit({ name, provider }) {
    return this.#page.evaluate(([name, provider]) => jobs[name].submit(provider), [name, provider]);
  }

  async waitUntilAccepted({ name }) {
    await waitFor(() => this.#page.evaluate((name) => jobs[name].isAccepted(), name));
  }

  waitUntilRunning({ name }) {
    return this.#page.evaluate((name) => jobs[name].waitUntilRunning(), name);
  }

  result({ name }) {
    return this.#page.evaluate((name) => jobs[name].result(), name);
  }

  download({ name }) {
    return this.#page.evaluate((name) => jobs[name].download(), name);
  }
}
