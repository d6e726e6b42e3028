// What `npm test` consists of, in order. A stage runs commands with `run` and says nothing about
// failing: a command that fails, or a test runner that finds no test, fails its stage.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { capture, root } from "./run.mjs";
import { TARGET, wasmClippy } from "./toolchain.mjs";

const WASM_TESTS = ["--workspace", "--test", "wasm*"];
const DENY = ["--", "-D", "warnings"];

export const stages = [
  {
    name: "format",
    what: "Rust is formatted",
    run: ({ run }) => run("cargo", ["fmt", "--all", "--check"]),
  },
  {
    name: "boundary",
    what: "the native core depends on nothing that knows JavaScript",
    run: ({ fail }) => {
      const tree = capture("cargo", ["tree", "-p", "filmgate", "-e", "normal", "--prefix", "none"]);
      const strangers = tree?.match(/^(wasm-bindgen|js-sys|web-sys|gloo|serde-wasm-bindgen)\S* /gm);
      if (!tree || strangers) fail(strangers?.join("\n") ?? "cargo tree does not work");
    },
  },
  {
    name: "clippy",
    what: "no warning in native code",
    run: ({ run }) =>
      run("cargo", ["clippy", "--workspace", "--all-targets", "--all-features", ...DENY]),
  },
  {
    name: "clippy-wasm",
    what: "no warning in the code that runs in JavaScript",
    run: async ({ run, toolchain: chain }) => {
      const [command, ...clippy] = await wasmClippy(chain);
      const args = [
        ...clippy,
        "--target",
        TARGET,
        "--lib",
        ...WASM_TESTS,
        ...chain.test.args,
        ...DENY,
      ];
      await run(command, args, { ...chain.test.env, CARGO: chain.cargo });
    },
  },
  {
    name: "rust",
    what: "native tests, and the examples in the documentation",
    run: ({ run }) => run("cargo", ["test", "--workspace", "--all-features"], {}, "cargo"),
  },
  {
    name: "doc",
    what: "the documentation builds without a warning",
    run: ({ run }) =>
      run("cargo", ["doc", "--workspace", "--all-features", "--no-deps"], {
        RUSTDOCFLAGS: "-D warnings",
      }),
  },
  {
    name: "wasm-node",
    what: "WebAssembly tests in Node",
    run: (context) => wasmTests(context, {}),
  },
  {
    name: "wasm-chromium",
    what: "the same in headless Chromium",
    run: (context) => wasmTests(context, { WASM_BINDGEN_USE_BROWSER: "1" }),
  },
  { name: "build", what: "the module, the package, the page", run: ({ built }) => built() },
  {
    name: "javascript",
    what: "the package in Node: interface, contents, imports",
    run: (context) => nodeTests(context, "tests"),
  },
  {
    name: "page",
    what: "the page in Chromium",
    run: (context) => nodeTests(context, join("tests", "page")),
  },
  {
    name: "clients",
    what: "other people's clients against the simulated providers",
    run: (context) => nodeTests(context, join("tests", "clients")),
  },
];

function wasmTests({ run, toolchain, bindgen, driver }, env) {
  const args = ["test", "--target", TARGET, ...WASM_TESTS, ...toolchain.test.args];
  const given = {
    ...toolchain.test.env,
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: join(bindgen, "wasm-bindgen-test-runner"),
    CHROMEDRIVER: driver,
    WASM_BINDGEN_TEST_TIMEOUT: "120",
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: join(root, "scripts", "webdriver.json"),
    ...env,
  };
  return run(toolchain.cargo, args, given, "cargo");
}

async function nodeTests({ run, fail, built, chromium }, folder) {
  const full = join(root, folder);
  const names = existsSync(full) ? readdirSync(full) : [];
  const files = names
    .filter((name) => name.endsWith(".test.mjs"))
    .map((name) => join(folder, name));
  if (files.length === 0) return fail(`there is no *.test.mjs in ${folder}`);
  const program = await built();
  const env = { CHROMIUM: chromium, FILMGATE_SIM: program };
  const flags = ["--test", "--test-reporter=spec", "--test-timeout=600000"];
  return run(process.execPath, [...flags, ...files.sort()], env, "node");
}
