// Local ports: the requested one, or the next free one.
import { createServer } from "node:net";
import { Failure } from "./run.mjs";
import { note } from "./log.mjs";

export const LOOPBACK = "127.0.0.1";

export const originOf = (port) => `http://${LOOPBACK}:${port}`;

export async function freePort(wanted, whatFor) {
  for (let port = wanted; port < Math.min(wanted + 50, 65_536); port += 1) {
    if (!(await isFree(port))) continue;
    if (port !== wanted) note(`Port ${wanted} is in use; ${whatFor} uses ${port} instead`);
    return port;
  }
  throw new Failure(`No free port from ${wanted} on for ${whatFor}; choose another with --port`);
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, LOOPBACK, () => probe.close(() => resolve(true)));
  });
}
