// Faults to come, as rules in the simulator's words: the first that fits a request strikes it.
export class Faults {
  #rules = [];

  /** Takes the place of whatever was still to come. */
  set(rules) {
    this.#rules = rules.map(({ operation, times = 1, fault }) => ({ operation, times, fault }));
  }

  /** The fault that this request meets, if it meets one. */
  strike(operation) {
    const rule = this.#rules.find((each) => each.times > 0 && each.operation === operation);
    if (!rule) return undefined;
    rule.times -= 1;
    return rule.fault;
  }
}
