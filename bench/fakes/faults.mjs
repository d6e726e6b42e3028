// Pending faults, as rules in the simulator's format: the first that matches a request applies. One that is `reused`
// matches only on a connection that has carried a request before.
export class Faults {
  #rules = [];

  /** Replaces all pending rules. */
  set(rules) {
    this.#rules = rules.map(({ times = 1, ...rule }) => ({ times, ...rule }));
  }

  /** The fault for this request, if there is one. */
  strike(request) {
    const rule = this.#rules.find((each) => each.times > 0 && matches(each, request));
    if (!rule) return undefined;
    rule.times -= 1;
    return rule.fault;
  }
}

/** Whether a rule is about this request. */
export const matches = ({ operation, reused = false }, request) =>
  operation === request.operation && (!reused || request.isReused);

/** Returns what adds the operation of a request to `requests`, and whether its connection is reused. */
export function counter(requests) {
  const sockets = new WeakSet();
  return (operation, socket) => {
    const request = { operation, at: Date.now(), isReused: sockets.has(socket) };
    sockets.add(socket);
    if (operation) requests.push(request);
    return request;
  };
}
