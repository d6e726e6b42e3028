// Who uses the package, a row each: `{ runtime(), style, quick, generate(providers, t) }`. `generate` returns the
// videos, and with `shipped`, the files that had to travel to make them, where that says something.
import { aiSdk } from "./ai-sdk.mjs";
import { sites } from "./next.mjs";
import { pages } from "./pages.mjs";
import { scripts } from "./scripts.mjs";
import { workers } from "./workers.mjs";

export const consumers = [...scripts, ...pages, ...workers, ...sites, ...aiSdk];
