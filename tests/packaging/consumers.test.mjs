// The packed package with those consumers that are quick to set up; `npm run test:packaging` has them all.
import { describe, test } from "node:test";
import { consumers } from "./lib/consumers.mjs";
import { prove } from "./lib/prove.mjs";

const quick = consumers.filter(({ quick }) => quick);
const names = await Promise.all(quick.map(({ runtime }) => runtime()));

describe("filmed from the tarball", { concurrency: 4 }, () => {
  for (const [index, consumer] of quick.entries()) {
    test(`${names[index]}: ${consumer.style}`, (t) => prove(consumer, t));
  }
});
