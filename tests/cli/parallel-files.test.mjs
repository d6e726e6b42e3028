// Two commands with the same file: none replaces the other's video.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { simulator } from "../client/support.mjs";
import { openFaultProxy } from "../fault-proxy.mjs";
import { REQUEST, environmentOf, events, workplace } from "./support.mjs";

/** Loaded before the program: a file of a video has one name only, as on FAT. The store is on another disk. */
const WITHOUT_LINKS = `
const promises = require("node:fs/promises");
const { link } = promises;
promises.link = async (from, to) => {
  if (!String(to).endsWith(".mp4")) return link(from, to);
  throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM", syscall: "link" });
};
require("node:module").syncBuiltinESMExports();
`;

for (const [where, hasLinks] of [["", true], [", where a file cannot have two names", false]]) {
  test(`two videos with the same --output are two files${where}`, async (t) => {
    const sim = await simulator(t);
    const proxy = await openFaultProxy(t, sim);
    const { cwd, start } = workplace(t, environmentOf(proxy));
    writeFileSync(join(cwd, "without-links.cjs"), WITHOUT_LINKS);
    const env = hasLinks ? {} : { NODE_OPTIONS: `--require=${join(cwd, "without-links.cjs")}` };
    const held = proxy.hold("download", "response");
    const generate = (prompt) =>
      start(["generate", prompt, ...REQUEST.slice(1), "--max-cost", "1", "--json", "-o", "fox.mp4"], { env });
    const children = [generate("A red fox"), generate("A fox in the snow")];
    await held.reached;
    for (const child of children) await child.event("completed");
    held.release();
    const all = await Promise.all(children.map(({ ended }) => ended));
    const files = [];
    for (const { code, stderr, ...output } of all) {
      assert.equal(code, 0, stderr);
      const [completed, downloaded] = ["completed", "downloaded"].map((name) => events(output).find(({ event }) => event === name));
      const video = await fetch(completed.videos[0].url);
      assert.ok(readFileSync(join(cwd, downloaded.file)).equals(Buffer.from(await video.arrayBuffer())), downloaded.file);
      files.push(downloaded.file);
    }
    assert.equal(new Set(files).size, 2, String(files));
    assert.ok(files.includes("fox.mp4"));
    assert.deepEqual(readdirSync(cwd).filter((name) => name.includes("mp4")).sort(), [...files].sort());
  });
}
