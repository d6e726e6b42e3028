import { TestEnvironment } from "jest-environment-jsdom";

const TEXT = ["TextDecoder", "TextEncoder", "structuredClone"];
const NETWORK = ["fetch", "Headers", "Request", "Response", "ReadableStream", "WritableStream", "TransformStream"];

/** A page by jsdom that has what every browser has, and jsdom lacks: Node's own. */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of [...TEXT, ...NETWORK]) this.global[name] = globalThis[name];
  }
}
