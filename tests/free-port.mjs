// A port for a program that takes one by its number.
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that a system gives to programs that ask for any: no such program gets it before the program has it. */
const [FIRST, END] = [20_000, 32_768];

export async function freePort() {
  for (;;) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
}
