// Repeated calls, in Node and, bundled, in a page. Times are medians, in microseconds.
import { measure } from "mitata";
import { answers } from "./answers.mjs";
import { checks, quotes } from "./checks.mjs";

/** As `{ checks: { client: { request: µs } }, quotes: { what: µs }, answers: { client: µs } }`. */
export async function loops() {
  const checked = {};
  for (const [client, requests] of Object.entries(checks)) {
    for (const [name, check] of Object.entries(requests)) mustBeRight(client, name, check());
    checked[client] = await each(requests);
  }
  return { checks: checked, quotes: await each(quotes), answers: await each(answers) };
}

/** A validation without issues is quick. */
function mustBeRight(client, name, errors) {
  const wanted = name.endsWith("three errors") ? 3 : 0;
  if (errors.length !== wanted) throw new Error(`${client}, ${name}: ${JSON.stringify(errors)}`);
}

async function each(calls) {
  const times = {};
  for (const [name, work] of Object.entries(calls)) times[name] = (await measure(work)).p50 / 1000;
  return times;
}
