// Sends the webhooks and uploads of the simulated providers, and retries those that are not accepted.
import { MAX_TIMER_MS } from "../util/sleep.js";
import * as glue from "./glue.js";
import type { SimulatorOptions } from "./types.js";

/** A request to be sent. */
interface Delivery {
  id: number;
  method: string;
  url: string;
  type: string;
  body: Uint8Array<ArrayBuffer>;
}

export class WebhookSender {
  readonly #simulator: number;
  readonly #onWebhook: NonNullable<SimulatorOptions["onWebhook"]>;
  readonly #transact: NonNullable<SimulatorOptions["transact"]>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = true;

  constructor(
    simulator: number,
    onWebhook: NonNullable<SimulatorOptions["onWebhook"]>,
    transact: NonNullable<SimulatorOptions["transact"]>,
  ) {
    this.#simulator = simulator;
    this.#onWebhook = onWebhook;
    this.#transact = transact;
  }

  /** Schedules the next delivery. Called after each change. */
  schedule(): void {
    clearTimeout(this.#timer);
    const at = this.#isOpen ? glue.nextDelivery(this.#simulator) : undefined;
    if (at === undefined) return;
    const ms = Math.min(Math.max(0, at - Date.now()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => void this.#sendDue(), ms);
  }

  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  async #sendDue(): Promise<void> {
    let due: Delivery[] = [];
    await this.#change(() => {
      due = glue.due(this.#simulator, Date.now());
    });
    for (const delivery of due) void this.#send(delivery);
    this.schedule();
  }

  async #send({ id, method, url, type, body }: Delivery): Promise<void> {
    let status: number | undefined;
    try {
      const request = new Request(url, { method, headers: { "content-type": type }, body });
      ({ status } = await this.#onWebhook(request));
    } catch {
      // The delivery failed. It is retried, as the real providers do.
    }
    await this.#change(() => glue.answered(this.#simulator, Date.now(), id, status));
    this.schedule();
  }

  #change(change: () => void): Promise<void> {
    return this.#transact(() => {
      if (this.#isOpen) change();
    });
  }
}
