// `validate` by the number of problems of a request, in a process of its own, printed as JSON: `node problems.mjs <passes>`.
import { createFilmgate } from "../../pkg/dist/index.js";
import { byTurns } from "../lib/by-turns.mjs";
import { both } from "../speed/requests.mjs";

const COUNTS = [1, 10, 100, 1_000];
/** So many requests by turns, made before: the last result is remembered. */
const REQUESTS = 8;

/** What is wrong, by its name: fields that do not exist, words near to those of the API, or images that are none. */
const KINDS = {
  unknown: (count, at) => fields(count, (index) => [`made_up_${at}_${index}`, index]),
  misspelt: (count, at) => fields(count, (index) => [`resolutoin${at}${index}`, "720p"]),
  images: (count, at) => ({ referenceImages: Array.from({ length: count }, (_, index) => `no image ${at} ${index}`) }),
};

const fields = (length, entryOf) => Object.fromEntries(Array.from({ length }, (_, index) => entryOf(index)));

const client = createFilmgate();
const rows = COUNTS.map((problems) => ({ problems }));
for (const [kind, make] of Object.entries(KINDS)) {
  const calls = COUNTS.map((count, at) => {
    const requests = Array.from({ length: REQUESTS }, (_, index) => ({ ...both, ...make(count, index) }));
    const reported = client.validate(requests[0]).issues.filter(({ severity }) => severity === "error").length;
    if (reported === 0) throw new Error(`${kind}: no problem of ${count} was found`);
    rows[at][`${kind}Reported`] = reported;
    let turn = 0;
    return () => client.validate(requests[(turn += 1) % REQUESTS]);
  });
  const times = await byTurns(calls, Number(process.argv[2]));
  times.forEach((us, at) => (rows[at][`${kind}Us`] = us));
}
console.log(JSON.stringify(rows));
