// No runtime sends a submit to RunPod twice by itself; `npm run test:packaging` tries those that npm brings, too.
import { describe, test } from "node:test";
import { proveOnce } from "./lib/prove-once.mjs";
import { resends } from "./lib/resends.mjs";

const all = process.env.ALL_RUNTIMES === "1";
const chosen = resends.filter(({ quick }) => quick || all);
const names = await Promise.all(chosen.map(({ runtime }) => runtime()));

describe("a submit is sent once by", () => {
  for (const [index, consumer] of chosen.entries()) {
    test(`${names[index]}, ${consumer.connection}`, (t) => proveOnce(consumer, t));
  }
});
