// The filmgate of commit 42df108, whose API has other names: `check` for `validate`, `begin` for `plan`.

/** The same as `current.mjs` exports, by that commit's entry and core. */
export function baselineOf({ createFilmgate }, { call }) {
  const film = createFilmgate();
  return { validate: (request) => film.check(request), quote: (request) => film.quote(request), reader: readerOf(call) };
}

const readerOf = (call) => (request, id) => {
  const now = Date.now();
  const wishes = { provider: "runpod", keyed: ["runpod"] };
  let [at] = call((core) => core.begin(request, wishes, { longPoll: false }, now, () => id.slice(0, 36)));
  const outputOf = (kind) => at.outputs.find(({ type }) => type === kind);
  const pass = (input, time = now) => (at = call((core) => core.advance(at.state, time, input)));
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
  const { at: due } = outputOf("timeout");
  pass({ type: "timeout" }, due);
  const { state } = at;
  const shared = response({});
  return (body) => call((core) => core.advance(state, due + 300, { ...shared, text: body }));
};
