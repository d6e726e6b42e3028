// The present filmgate: what is called again and again. `baseline.mjs` has the same of an older one.
import { advance, plan } from "../../pkg/dist/core/core.js";
import { createFilmgate } from "../../pkg/dist/index.js";

export const { validate, quote } = createFilmgate();

/** A function that reads a response with this body to a poll of a running job, from the state that waits for it. */
export function reader(request, id) {
  const options = { provider: "runpod", availableProviders: ["runpod"] };
  let [at] = plan(request, options, { longPoll: false }, () => id.slice(0, 36));
  const pass = (input) => (at = advance(at.state, input));
  const outputOf = (kind) => at.outputs.find(({ type }) => type === kind);
  const response = (body) => ({
    type: "response",
    id: outputOf("transmit").id,
    status: 200,
    retryAfter: null,
    text: JSON.stringify(body),
  });
  pass({ type: "saved", revision: 1 });
  pass(response({ id, status: "IN_QUEUE" }));
  pass({ type: "saved", revision: 2 });
  while (!outputOf("transmit")) pass({ type: "timeout" });
  const { state } = at;
  const shared = response({});
  return (body) => advance(state, { ...shared, text: body });
}
