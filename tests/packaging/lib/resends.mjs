// Who submits at the servers that break, a row each: `{ runtime(), connection, quick, http2, submit(servers, t) }`.
import { DISTANT_HOST, hosted, visit } from "./chromium.mjs";
import { ask, report, served } from "./programs.mjs";
import { built, pinned, project } from "./project.mjs";
import { bun, deno, newestNode, node, oldestNode, titleOf } from "./runtimes.mjs";

const byScript = (runtime, quick = false) => ({
  runtime: () => titleOf(runtime),
  quick,
  submit: async (servers) => {
    const args = [...runtime.args, "submit-once.mjs", JSON.stringify(servers)];
    return report(runtime.program, args, { cwd: await project("script") });
  },
});

const inWorkerd = async (servers, t) => {
  const at = (port) => ["worker.capnp", `--socket-addr=http=localhost:${port}`];
  const origin = await served(t, { cwd: await built("workerd"), script: "start", at });
  return ask(origin, { breaking: JSON.stringify(servers) });
};

/** A proxy of the user's own. */
const overProxy = async (servers, t) => {
  const distant = ([name, baseURL]) => [name, baseURL.replace("localhost", DISTANT_HOST)];
  return inPage(Object.fromEntries(Object.entries(servers).map(distant)), t);
};

const inPage = async (servers, t) => {
  const origin = await hosted(t, await built("esbuild"));
  return (await visit(t, origin, { breaking: JSON.stringify(servers) }, { mayBreak: true })).report;
};

export const resends = [
  byScript(oldestNode),
  byScript(node, true),
  byScript(newestNode),
  byScript(bun),
  byScript(deno),
  { runtime: () => `workerd ${pinned("workerd", "workerd")}`, quick: true, submit: inWorkerd },
  { runtime: () => "Chromium", quick: true, http2: true, submit: inPage },
  { runtime: () => "Chromium", quick: true, refuses: true, submit: overProxy },
].map((each) => ({ connection: each.http2 ? "HTTP/2" : "HTTP/1.1", ...each }));
