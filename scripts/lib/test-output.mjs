// What the test runners print: how many tests passed and failed, and what the failed ones say.
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

/** `{ passed, failed, failures }`: two numbers, and the runner's own words about what failed. */
export function readRun(kind, printed) {
  const text = stripVTControlCharacters(printed);
  const { passed, failed, failures } = RUNNERS[kind];
  return {
    passed: total(text, passed),
    failed: total(text, failed),
    failures: [...text.matchAll(failures)].map(([words]) => words.trim()).join("\n\n"),
  };
}

function total(text, pattern) {
  return [...text.matchAll(pattern)].reduce((sum, [, digits]) => sum + Number(digits), 0);
}
