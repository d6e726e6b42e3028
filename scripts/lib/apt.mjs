// Debian packages: checks and installs them.
import { Failure, capture, execute } from "./run.mjs";
import { step } from "./log.mjs";

const isRoot = process.getuid?.() === 0;
let listsAreFresh = false;

export const hasApt = () => capture("apt-get", ["--version"]) !== undefined;

const isInstalled = (name) =>
  capture("dpkg-query", ["-W", "-f=${Status}", name]) === "install ok installed";

/**
 * Installs missing Debian packages. `why` completes "needed ..."; `elsewhere` describes the
 * installation without apt. `recommends`: also what they recommend.
 */
export async function aptInstall(names, { why, elsewhere, howLong, recommends = false }) {
  const wanted = hasApt() ? names.filter((name) => !isInstalled(name)) : names;
  if (wanted.length === 0) return;
  const byHand = `sudo apt-get install ${wanted.join(" ")}`;
  if (!hasApt()) {
    throw new Failure(`${wanted.join(", ")}: missing, needed ${why}.\n${elsewhere}`);
  }
  step(`Installing ${wanted.join(", ")} from Debian, needed ${why}`, howLong);
  if (!listsAreFresh) await apt(["update", "-qq"]);
  listsAreFresh = true;
  const recommended = recommends ? "--install-recommends" : "--no-install-recommends";
  const code = await apt(["install", "-y", "-qq", recommended, ...wanted]);
  if (code !== 0) {
    throw new Failure(
      `${wanted.join(", ")}: could not install, needed ${why}.\n` +
        `Install manually: ${byHand}\n${elsewhere}`,
    );
  }
}

async function apt(args) {
  const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, quiet: true };
  if (isRoot) return execute("apt-get", args, options);
  if (capture("sudo", ["--version"]) === undefined) return "no sudo";
  // Without a terminal no password can be entered: fail at once instead of waiting.
  const flags = process.stdin.isTTY ? [] : ["-n"];
  return execute("sudo", [...flags, "--preserve-env=DEBIAN_FRONTEND", "apt-get", ...args], options);
}
