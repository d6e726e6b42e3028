// One client's first call in this process, printed as JSON: `node first-in-node.mjs <client>`
import { first } from "./first.mjs";

console.log(JSON.stringify(await first(process.argv[2])));
