// Pending faults, as rules in the simulator's format: the first that matches a request applies.
export class Faults {
  #rules = [];

  /** Replaces all pending rules. */
  set(rules) {
    this.#rules = rules.map(({ operation, times = 1, fault }) => ({ operation, times, fault }));
  }

  /** The fault for this request, if there is one. */
  strike(operation) {
    const rule = this.#rules.find((each) => each.times > 0 && each.operation === operation);
    if (!rule) return undefined;
    rule.times -= 1;
    return rule.fault;
  }
}
