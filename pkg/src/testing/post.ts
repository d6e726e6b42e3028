// Webhooks and uploads on their way: sent when they are due, and again where nobody took them.
import { LONGEST_WAIT_MS } from "../core/protocol.js";
import * as glue from "./glue.js";
import type { SimulatorOptions } from "./types.js";

/** What is to be sent. */
interface Letter {
  id: number;
  method: string;
  url: string;
  type: string;
  body: Uint8Array<ArrayBuffer>;
}

export class Post {
  readonly #number: number;
  readonly #onWebhook: NonNullable<SimulatorOptions["onWebhook"]>;
  readonly #transact: NonNullable<SimulatorOptions["transact"]>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = true;

  constructor(
    number: number,
    onWebhook: NonNullable<SimulatorOptions["onWebhook"]>,
    transact: NonNullable<SimulatorOptions["transact"]>,
  ) {
    this.#number = number;
    this.#onWebhook = onWebhook;
    this.#transact = transact;
  }

  /** Looks anew when there is something to send: after each change. */
  arrange(): void {
    clearTimeout(this.#timer);
    const at = this.#isOpen ? glue.nextDelivery(this.#number) : undefined;
    if (at === undefined) return;
    const ms = Math.min(Math.max(0, at - Date.now()), LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => void this.#sendDue(), ms);
  }

  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  async #sendDue(): Promise<void> {
    let due: Letter[] = [];
    await this.#change(() => {
      due = glue.due(this.#number, Date.now());
    });
    for (const letter of due) void this.#send(letter);
    this.arrange();
  }

  async #send({ id, method, url, type, body }: Letter): Promise<void> {
    let status: number | undefined;
    try {
      const request = new Request(url, { method, headers: { "content-type": type }, body });
      ({ status } = await this.#onWebhook(request));
    } catch {
      // Whoever was to take it did not: it is sent again, as the real ones do.
    }
    await this.#change(() => glue.answered(this.#number, Date.now(), id, status));
    this.arrange();
  }

  #change(change: () => void): Promise<void> {
    return this.#transact(() => {
      if (this.#isOpen) change();
    });
  }
}
