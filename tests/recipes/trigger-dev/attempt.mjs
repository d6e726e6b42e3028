// One attempt of a task, as a worker of Trigger.dev runs it: `node attempt.mjs PAYLOAD ATTEMPT`. The context and the waits are those
// of the SDK's test harness; its servers are not there. Prints the result or the error as its last line.
import { resourceCatalog } from "@trigger.dev/core/v3";
import { runInMockTaskContext } from "@trigger.dev/core/v3/test";
import { StandardResourceCatalog } from "@trigger.dev/core/v3/workers";

const [payload, attempt] = process.argv.slice(2);
resourceCatalog.setGlobalResourceCatalog(new StandardResourceCatalog());
resourceCatalog.setCurrentFileContext("generate-video.js", "generate-video");
await import("./generate-video.js");
const { fns } = resourceCatalog.getTask("generate-video");
const ctx = { attempt: { number: Number(attempt) } };
const run = () => fns.run(JSON.parse(payload), { ctx, signal: new AbortController().signal });
const result = await runInMockTaskContext(run, { ctx }).then(
  (output) => ({ output }),
  ({ name, message }) => ({ name, message }),
);
console.log(JSON.stringify(result));
process.exit();
