// A bare page that films with the package, `fixtures/bare.html`: a `BarePage` for each film in it.
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

/** Serves the bare page: its address. */
export async function serveBare(t) {
  const [fixtures, www] = ["tests/page/fixtures", "www"].map((folder) =>
    sirv(join(root, folder), { dev: true }),
  );
  const server = createServer((request, response) => {
    const missing = () => response.writeHead(404).end("Not found");
    fixtures(request, response, () => www(request, response, missing));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/bare.html`;
}

export class BarePage {
  /** What a submit has to pass first, once its record is stored. */
  threshold = "key";
  #sharedPage;
  #asksKey;
  #page;

  /** `sharedPage` gives the page that is open now. `asksKey`: the key comes from a server, too. */
  constructor(sharedPage, { asksKey = false } = {}) {
    this.#sharedPage = sharedPage;
    this.#asksKey = asksKey;
  }

  async serve() {}

  async open({ name, provider, proxy: { origin, runpod, runware } }, freeze) {
    this.#page = await this.#sharedPage();
    const proxy = { origin, runpod, runware };
    const request = REQUESTS[provider];
    const settings = { name, proxy, request, asksKey: this.#asksKey, freeze };
    await this.#page.evaluate((settings) => window.openFilm(settings), settings);
  }

  /** As a reload of the page, but for this film alone. */
  reload(scenario, freeze) {
    return this.open(scenario, freeze);
  }

  begin({ name, provider }) {
    return this.#page.evaluate(([name, provider]) => films[name].begin(provider), [name, provider]);
  }

  async accepted({ name }) {
    await waitFor(() => this.#page.evaluate((name) => films[name].isAccepted(), name));
  }

  runs({ name }) {
    return this.#page.evaluate((name) => films[name].runs(), name);
  }

  end({ name }) {
    return this.#page.evaluate((name) => films[name].end(), name);
  }

  download({ name }) {
    return this.#page.evaluate((name) => films[name].download(), name);
  }
}
