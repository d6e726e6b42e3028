// A page with one `<filmgate-video>` without a limit, of providers of its own.
import { simulator } from "../client/support.mjs";
import { POLICY, bundle, openProfile, serveBundle } from "./site.mjs";

/** Serves the page; returns a function that opens it. */
export async function serveElement(t) {
  const html = "<main><h1>Video</h1><filmgate-video muted></filmgate-video></main>";
  const origin = await serveBundle(t, await bundle("element"), { policy: POLICY.full, html });
  return async (t) => {
    const sim = await simulator(t, { jobDurationMs: 300 });
    const { open, problems } = await openProfile(t);
    const page = await open(`${origin}/?${new URLSearchParams({ runpod: sim.runpod, runware: sim.runware })}`);
    await page.getByRole("button", { name: "Generate video · $0.50" }).waitFor();
    await page.evaluate(() => (document.querySelector("filmgate-video").options = {}));
    const submissions = async () => (await sim.ledger()).submissions.length;
    return { sim, page, submissions, problems };
  };
}

/** Gives the element's client prices that come when `price()` of the page is called; `quote`: what they are then. */
export const holdPrices = (page, quote = "known") =>
  page.evaluate((quote) => {
    const { submit, resume, jobs } = client;
    const held = new Promise((price) => (globalThis.price = price));
    const quotes = { known: (request) => client.quote(request), none: () => Promise.reject(new Error("There is no price.")) };
    const later = async (request) => (await held, quotes[quote](request));
    document.querySelector("filmgate-video").client = { submit, resume, jobs, quote: later };
  }, quote);
