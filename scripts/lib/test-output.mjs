// Parses the test runners' output: the numbers of passed and failed tests, the failures, and the slowest tests.
import { stripVTControlCharacters } from "node:util";

const RUNNERS = {
  cargo: {
    passed: /^test result: .*? (\d+) passed/gm,
    failed: /^test result: .*? (\d+) failed/gm,
    failures: /^failures:\n\n---- [\s\S]*?(?=^test result: )/gm,
  },
  node: {
    passed: /^ℹ pass (\d+)/gm,
    failed: /^ℹ (?:fail|cancelled) (\d+)/gm,
    failures: /^✖ failing tests:\n[\s\S]*/gm,
  },
};

/** Returns `{ passed, failed, failures }`: two numbers, and the runner's text about the failures. */
export function readRun(kind, printed) {
  const text = stripVTControlCharacters(printed);
  const { passed, failed, failures } = RUNNERS[kind];
  return {
    passed: total(text, passed),
    failed: total(text, failed),
    failures: [...text.matchAll(failures)].map(([words]) => words.trim()).join("\n\n"),
  };
}

/** The slowest tests that Node's runner printed, without those inside another, as `{ test, ms }`. */
export function slowest(printed, count) {
  const lines = stripVTControlCharacters(printed).matchAll(/^[✔✖▶] (.+) \(([\d.]+)ms\)$/gm);
  const tests = [...lines].map(([, test, ms]) => ({ test, ms: Number(ms) }));
  return tests.sort((a, b) => b.ms - a.ms).slice(0, count);
}

function total(text, pattern) {
  return [...text.matchAll(pattern)].reduce((sum, [, digits]) => sum + Number(digits), 0);
}
