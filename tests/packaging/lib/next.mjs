// One Next site, and three places of it that can generate.
import { visit } from "./chromium.mjs";
import { FRONTEND } from "./pages.mjs";
import { ask, served } from "./programs.mjs";
import { built, pinned } from "./project.mjs";

const start = async (t) => served(t, { cwd: await built("next"), script: "start" });

const inServerComponent = async (providers, t) =>
  (await visit(t, await start(t), { ...providers, where: "server" })).report;

const inRoute = async (providers, t) => ask(await start(t), providers);

/** What the page loads is React and Next for the most part. */
const inClientComponent = (where) => async (providers, t) => {
  const { report, loaded } = await visit(t, await start(t), { ...providers, where });
  return { ...report, shipped: loaded };
};

const next = `Next ${pinned("next", "next")}`;

export const sites = [
  [next, "`import` in a server component", inServerComponent],
  [next, "`import` in a route", inRoute],
  [`Chromium, ${next}`, "`import` in a client component", inClientComponent("client")],
  [`Chromium, ${next}`, FRONTEND, inClientComponent("frontend")],
].map(([runtime, style, generate]) => ({ runtime: () => runtime, style, generate, quick: false }));
