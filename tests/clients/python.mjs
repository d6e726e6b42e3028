// A virtual environment of our own for the Python clients, made once, in .tools/.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const place = join(root, ".tools", "python-clients");
const wanted = join(import.meta.dirname, "requirements.txt");
const done = join(place, "made-from.txt");

/** The interpreter that has the packages of requirements.txt. */
export function python() {
  const folder = process.platform === "win32" ? "Scripts" : "bin";
  const interpreter = join(place, folder, "python");
  const text = readFileSync(wanted, "utf8");
  if (existsSync(done) && readFileSync(done, "utf8") === text) return interpreter;
  const base = ["python3", "python3.13", "python3.12", "python3.11"].find(isNewEnough);
  if (!base) {
    throw new Error(
      "Python 3.11 or newer with its modules venv and ensurepip is missing, and needed to drive " +
        "the Python clients. On Debian: apt-get install python3 python3-venv",
    );
  }
  execFileSync(base, ["-m", "venv", "--clear", place], { stdio: "inherit" });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted];
  execFileSync(interpreter, install, { stdio: "inherit" });
  writeFileSync(done, text);
  return interpreter;
}

function isNewEnough(name) {
  const check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
  try {
    execFileSync(name, ["-c", check], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
