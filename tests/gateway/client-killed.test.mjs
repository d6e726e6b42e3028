// A killed process leaves in its store what it takes to resume its request as one job.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { folderStore } from "../../pkg/dist/node/index.js";
import { folderOf } from "../client/processes.mjs";
import { TEXT, alone, gateway } from "./client.mjs";

const PROGRAM = fileURLToPath(new URL("client/process.mjs", import.meta.url));
const all = await gateway({ after });

describe("killed", { concurrency: true }, () => {
  for (const [dies, known] of [
    ["before it leaves", 0],
    ["before its answer is read", 1],
    ["while it runs", 1],
  ]) {
    for (const how of ["resume", "status"]) {
      test(`${dies}: \`${how}\` finds the job or creates it, once`, async (t) => {
        const folder = folderOf();
        const { apiKey } = await all.server.createKey();
        const settings = { url: all.settings.url, apiKey };
        const jobs = async () => {
          const headers = { authorization: `Bearer ${apiKey}` };
          return (await (await alone(`${settings.url}/v1/videos`, { headers })).json()).data;
        };
        const work = { folder, gateway: settings, request: TEXT, dies };
        const signal = await new Promise((resolve) => {
          execFile(process.execPath, [PROGRAM, JSON.stringify(work)], (error) =>
            resolve(error?.signal),
          );
        });
        assert.equal(signal, "SIGKILL");
        assert.equal((await jobs()).length, known);

        const client = all.createClient({ gateway: settings, store: folderStore(folder) });
        const [{ handle }] = await client.jobs({ pending: true });
        if (how === "status") assert.ok((await client.status(handle)).handle.jobId);
        const outcome = await client.resume(handle).result();
        assert.equal(outcome.videos.length, 1);
        assert.deepEqual((await jobs()).map(({ id }) => id), [outcome.handle.jobId]);
        assert.deepEqual(await client.jobs({ pending: true }), []);
      });
    }
  }
});
