// Videos are written to one folder only, whatever a name, a link or a provider says.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { simulator } from "../client/support.mjs";
import { openFaultProxy } from "../fault-proxy.mjs";
import { REQUEST, finished, workplace } from "./support.mjs";

const NAMES = [
  "../../.ssh/x", "../x", "..", ".", "", ".ssh", "/etc/x", "//host/share/x", "~/x", "a/b", "a\\b", "..\\..\\x", "C:\\x", "C:x", "\\\\host\\x",
  "x\0.mp4", "x\0/../../y", "x:stream", "con", "CON.mp4", "nul.txt", "com1", "file:///etc/x", "%2e%2e%2fx", "a\nb", "\u2025/x", "a\u202eb", "-rf",
  "$(x)", "x|y", "a*b", "a?b", "a..b", "x".repeat(200), "灯".repeat(60),
];

/** Every file and link below a folder. */
const everything = (folder) => readdirSync(folder, { recursive: true }).filter((name) => !name.startsWith("store")).sort();

test("a name that is not a plain file name gets nothing, and a plain one a file in the folder", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 100 });
  const { server, cwd } = workplace(t, sim);
  const agent = await server();
  const { id } = await agent.call("submit", { request: REQUEST, maxCostUsd: 1 });
  await finished(agent, id);
  for (const name of NAMES) {
    const { message } = await agent.failing("download", { id, name }, "invalid_request");
    assert.match(message, /plain file name.*Nothing was written/, JSON.stringify(name));
  }
  assert.deepEqual(everything(cwd).filter((name) => name !== "videos"), []);
  for (const name of ["fox", "fox (2).mp4", "Ein Fuchs_1.0", "灯台"]) {
    const { files: [{ path }] } = await agent.call("download", { id, name });
    assert.equal(dirname(path), realpathSync(join(cwd, "videos")));
    assert.ok(path.endsWith(`-${id}.mp4`), path);
  }
  assert.equal(everything(join(cwd, "videos")).length, 4);
});

test("links are followed before anything is written: one that leads outside gets nothing", { timeout: 300_000, skip: process.platform === "win32" }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 100 });
  const { server, cwd } = workplace(t, sim);
  const outside = join(workplace(t, sim).cwd, "outside");
  mkdirSync(outside);
  const agent = await server();
  const { id } = await agent.call("submit", { request: REQUEST, maxCostUsd: 1 });
  await finished(agent, id);
  // The folder itself.
  symlinkSync(outside, join(cwd, "videos"));
  assert.match((await agent.failing("download", { id }, "invalid_request")).message, /link/);
  assert.deepEqual(everything(outside), []);
  // A folder of the user's choice may be a link, and its files may not.
  const chosen = join(cwd, "chosen");
  mkdirSync(chosen);
  symlinkSync(chosen, join(cwd, "link"));
  const second = await server(["--folder", "link"]);
  writeFileSync(join(outside, "secret"), "secret");
  for (const suffix of ["", ".part", ".part.json", ".part.json.tmp"]) {
    const name = `a${suffix.length}`;
    symlinkSync(join(outside, "secret"), join(chosen, `${name}-${id}.mp4${suffix}`));
    assert.match((await second.failing("download", { id, name }, "invalid_request")).message, /link/);
  }
  symlinkSync(join(outside, "absent"), join(chosen, `b-${id}.mp4`));
  await second.failing("download", { id, name: "b" }, "invalid_request");
  assert.equal(readFileSync(join(outside, "secret"), "utf8"), "secret");
  assert.deepEqual(everything(outside), ["secret"]);
  const { files } = await second.call("download", { id });
  assert.equal(dirname(files[0].path), realpathSync(chosen));
});

test("a download that takes longer than a call goes on, and the next call returns it", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 100 });
  const proxy = await openFaultProxy(t, sim);
  const { server } = workplace(t, proxy);
  const agent = await server(["--max-wait", "0.3"]);
  const { id } = await agent.call("submit", { request: REQUEST, maxCostUsd: 1 });
  await agent.failing("download", { id: "3f2ab1c4-9d1e-4f6a-8b3c-2e1d0f9a8b7c" }, "job_not_found");
  await finished(agent, id);
  const held = proxy.hold("download");
  const first = await agent.call("download", { id });
  assert.deepEqual([first.isComplete, first.files], [false, []]);
  held.release();
  let last = first;
  while (!last.isComplete) last = await agent.call("download", { id });
  assert.ok(existsSync(last.files[0].path));
});

test("several videos of a job are several files", { timeout: 300_000 }, async (t) => {
  const sim = await simulator(t, { jobDurationMs: 100 });
  const { server, cwd } = workplace(t, sim, { RUNPOD_API_KEY: "", RUNPOD_BASE_URL: "" });
  const agent = await server(["--budget", "5"]);
  const { id } = await agent.call("submit", { request: { model: "seedance-1.0-pro-fast", prompt: "A fox", duration: 5, resolution: "480p", n: 2 }, maxCostUsd: 5 });
  const { videos } = await finished(agent, id);
  assert.equal(videos.length, 2);
  const { files } = await agent.call("download", { id });
  assert.deepEqual(files.map(({ path }) => path.slice(-6)), ["-1.mp4", "-2.mp4"]);
  assert.equal(everything(join(cwd, "videos")).length, 2);
});
