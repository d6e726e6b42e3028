// The page of www/ as a user has it before the eyes: one film, at the local server's place.
import assert from "node:assert/strict";
import { serve } from "../../scripts/lib/serve.mjs";
import { assertPlays, chooseProvider, ready, takeExample, waitFor } from "./support.mjs";

const EXAMPLES = { runpod: "Bakery", runware: "Mangrove" };

export class Site {
  /** What a submit has to pass first, once its record is stored. */
  threshold = "preflight";
  #newPage;
  #origin;
  #page;

  /** `newPage` gives a page of the profile that the film is kept in. */
  constructor(newPage) {
    this.#newPage = newPage;
  }

  async serve(t, { runpod, runware }) {
    const server = await serve({ config: { runpod, runware } });
    t.after(server.close);
    this.#origin = server.origin;
  }

  /** Opens a page, which freezes for good when it is about to store its job with that time set. */
  async open({ gate }, freeze) {
    this.#page = await this.#newPage();
    if (freeze) await this.#page.addInitScript(freezeAt, [freeze, `${gate.origin}/frozen`]);
    // The place was chosen long ago: a browser takes seconds to put a choice on its disk.
    await this.#page.addInitScript(() => {
      localStorage.setItem("filmgate.settings", JSON.stringify({ place: "local" }));
    });
    await this.reload();
  }

  async reload() {
    await this.#page.goto(this.#origin);
    await ready(this.#page);
  }

  async begin({ provider }) {
    await takeExample(this.#page, EXAMPLES[provider]);
    await chooseProvider(this.#page, provider);
    await this.#page.locator("#submit").click();
  }

  async accepted() {
    await waitFor(() => this.#page.evaluate(isAccepted));
  }

  runs() {
    return this.#page.locator(".film[data-state=running]").getByText(/^Filming/).waitFor();
  }

  /** What is said of the one film, once it has ended; or that there is none. */
  async end() {
    const page = this.#page;
    await page.locator(".film:not([data-state=running]), #films-empty:not([hidden])").waitFor();
    const films = page.locator(".film");
    if ((await films.count()) === 0) return { status: "none" };
    assert.equal(await films.count(), 1);
    if ((await films.getAttribute("data-state")) === "completed") {
      await films.getByText(/^Completed\. Cost \$\d\.\d\d, as quoted\.$/).waitFor();
      return { status: "completed" };
    }
    await films.getByText(/^The answer to the submit was lost/).waitFor();
    await films.getByText(/Whether RunPod bills it is not known/).waitFor();
    await films.getByLabel("Job id from RunPod's console").waitFor();
    return { status: "submission_unknown", charge: "unknown" };
  }

  /** A film that completes before the user's eyes is fetched by itself, one that had is not. */
  async download() {
    const show = this.#page.getByRole("button", { name: "Show the video" });
    if (await show.isVisible()) await show.click();
    const video = this.#page.locator("video");
    await video.waitFor();
    await video.evaluate((video) => void video.play());
    await assertPlays(video);
  }
}

function freezeAt([time, address]) {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    if (value?.record?.handle[time]) {
      const request = new XMLHttpRequest();
      request.open("POST", address, false);
      request.send();
    }
    return put.call(this, value, key);
  };
}

async function isAccepted() {
  const { indexedDbStore } = await import("./vendor/filmgate/index.js");
  const entries = await indexedDbStore("filmgate-local").list();
  return entries.some(({ record }) => record.handle.acceptedAt);
}
