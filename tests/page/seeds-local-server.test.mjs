// The simulators as a server on this machine, as `npm start` offers them.
import { testSeeds } from "./films.mjs";
import { simulatorFor } from "./support.mjs";

testSeeds("local", async (t) => ({ simulator: await simulatorFor(t) }));
