// Who uses the package, a row each: `{ runtime(), style, quick, generate(providers, t) }`. `generate` returns the
// videos, and `shipped`, the files that were loaded for them, if that is meaningful.
import { aiSdk } from "./ai-sdk.mjs";
import { sites } from "./next.mjs";
import { pages } from "./pages.mjs";
import { scripts } from "./scripts.mjs";
import { workers } from "./workers.mjs";

export const consumers = [...scripts, ...pages, ...workers, ...sites, ...aiSdk];
