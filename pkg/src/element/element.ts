import { FilmgateError } from "../error.js";
import { createGatewayClient } from "../gateway-client/index.js";
import { VideoSession, sessionOf } from "../session/session.js";
import { IDLE } from "../session/state.js";
import type { VideoClient, VideoState } from "../session/state.js";
import { indexedDbStore } from "../store/indexeddb.js";
import type { CancelResult, GatewaySettings, Quote, QuoteSummary, SubmitOptions, Video, VideoRequest, VideoResult } from "../types/index.js";
import { LABELS, detailText, priceText, statusText } from "./labels.js";
import type { VideoLabels } from "./labels.js";
import { REQUEST_ATTRIBUTES, optionsOf, requestOf } from "./request.js";
import { buildView, keepFocus } from "./view.js";
import type { View } from "./view.js";
import { videoType } from "../util/video-type.js";

/** Attributes that look like a secret. */
const SECRET_ATTRIBUTES = ["api-key", "apikey", "key", "token", "secret"];
const SESSION_ATTRIBUTES = ["gateway", "session"];
const PLAYER_ATTRIBUTES = ["poster", "autoplay", "loop", "muted", "controls"];
const PROPERTIES = ["client", "apiKey", "request", "options", "labels"] as const;
/** Somebody types: the price is asked for after a pause. */
const QUOTE_DELAY_MS = 300;

/** A client, whose prices are shown if it has them. */
export type ElementClient = VideoClient & { quote?: (request: VideoRequest) => Quotes | Promise<Quotes> };

type Quotes = readonly (Quote | QuoteSummary)[];

// A server that renders the page imports the entry, too.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** The events of `<filmgate-video>`. */
export interface FilmgateVideoEventMap {
  /** The state, at each update. */
  progress: CustomEvent<VideoState>;
  /** The result. */
  done: CustomEvent<VideoResult>;
  /** Why there is no video, or what is wrong with the page. */
  error: CustomEvent<FilmgateError>;
}

/** Listeners of `<filmgate-video>`. */
export interface FilmgateVideoElement {
  /** Listens to one of its own events. */
  addEventListener<Type extends keyof FilmgateVideoEventMap>(
    type: Type,
    listener: (this: FilmgateVideoElement, event: FilmgateVideoEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens to an event that every element has. */
  addEventListener<Type extends Exclude<keyof HTMLElementEventMap, keyof FilmgateVideoEventMap>>(
    type: Type,
    listener: (this: FilmgateVideoElement, event: HTMLElementEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens to any event. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Removes a listener of one of its own events. */
  removeEventListener<Type extends keyof FilmgateVideoEventMap>(
    type: Type,
    listener: (this: FilmgateVideoElement, event: FilmgateVideoEventMap[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  /** Removes a listener of an event that every element has. */
  removeEventListener<Type extends Exclude<keyof HTMLElementEventMap, keyof FilmgateVideoEventMap>>(
    type: Type,
    listener: (this: FilmgateVideoElement, event: HTMLElementEventMap[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  /** Removes a listener of any event. */
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * `<filmgate-video>`: generates one video, and plays it. Attributes: see docs/frontend.md. Events: `progress` (detail: the
 * `VideoState`), `done` (the `VideoResult`) and `error` (the `FilmgateError`). They do not bubble.
 */
export class FilmgateVideoElement extends Base {
  /** The attributes that the element reads. */
  static readonly observedAttributes = [
    ...REQUEST_ATTRIBUTES,
    "provider",
    "max-cost-usd",
    ...SESSION_ATTRIBUTES,
    ...PLAYER_ATTRIBUTES,
    ...SECRET_ATTRIBUTES,
  ];

  #view: View | undefined;
  #session: VideoSession | undefined;
  /** What the session belongs to. */
  #sessionOf: { client?: ElementClient | undefined; name?: string | null } = {};
  #unsubscribe: (() => void) | undefined;
  #client: ElementClient | undefined;
  #gatewayClient: { url: string; client: ElementClient } | undefined;
  #apiKey: GatewaySettings["apiKey"] | undefined;
  #request: VideoRequest | undefined;
  #options: SubmitOptions | undefined;
  #labels: VideoLabels = LABELS;
  #shown: VideoState = IDLE;
  #price = "";
  /** Whether the price of the present request is asked for. */
  #isPricing = false;
  #quoteTimer: ReturnType<typeof setTimeout> | undefined;
  #quotes = 0;

  /** Any client. In place of it, the attribute `gateway` and the property `apiKey`. */
  get client(): ElementClient | undefined {
    return this.#client;
  }

  set client(client: ElementClient | undefined) {
    this.#client = client;
    this.#renew();
  }

  /**
   * The API key of the gateway, or a function that returns one and is called before each request: a short-lived key that
   * your server has minted. It is a property, because everybody who can read the page can read its attributes.
   */
  set apiKey(apiKey: GatewaySettings["apiKey"] | undefined) {
    this.#apiKey = apiKey;
    this.#renew();
  }

  /** Fields of the request, beside those of the attributes. */
  get request(): VideoRequest | undefined {
    return this.#request;
  }

  set request(request: VideoRequest | undefined) {
    this.#request = request;
    this.#askPrice();
  }

  /** Options of the submit, beside those of the attributes. */
  get options(): SubmitOptions | undefined {
    return this.#options;
  }

  set options(options: SubmitOptions | undefined) {
    this.#options = options;
    this.#askPrice();
  }

  /** Texts in place of the English ones. */
  get labels(): Partial<VideoLabels> {
    return this.#labels;
  }

  set labels(labels: { [Name in keyof VideoLabels]?: VideoLabels[Name] | undefined }) {
    const given = Object.entries(labels).filter(([, label]) => label !== undefined);
    this.#labels = { ...LABELS, ...Object.fromEntries(given) };
    this.#render(this.#shown);
  }

  /** What is known about the video. */
  get state(): VideoState {
    return this.#session?.getSnapshot() ?? IDLE;
  }

  /** Submits the request, unless a job of this element has not ended. See `submit` of `useGenerateVideo`. */
  async submit(): Promise<VideoResult | undefined> {
    const session = this.#session;
    if (!session) throw this.#lacksClient();
    return session.submit(this.#wanted(), this.#limits());
  }

  /** Cancels the job. Resolves with undefined if there is none. */
  async cancel(): Promise<CancelResult | undefined> {
    return this.#session?.cancel();
  }

  /** Tracks an unfinished job again, as after a timeout. */
  async resume(): Promise<VideoResult | undefined> {
    return this.#session?.resume();
  }

  /** Forgets the job, which continues. */
  reset(): void {
    this.#session?.reset();
  }

  /** Called by the browser: the element is in a document. */
  connectedCallback(): void {
    this.#adoptProperties();
    this.#view ??= this.#build();
    this.#renew();
    this.#setPlayer();
    this.#render(this.#shown);
  }

  /** Called by the browser: the element has left it. A job goes on, and is shown again if the element is only moved. */
  disconnectedCallback(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    clearTimeout(this.#quoteTimer);
  }

  /** Called by the browser. */
  attributeChangedCallback(name: string): void {
    if ([...SECRET_ATTRIBUTES, ...SESSION_ATTRIBUTES].includes(name)) this.#renew();
    else if (PLAYER_ATTRIBUTES.includes(name)) this.#setPlayer();
    else this.#askPrice();
  }

  /** Properties that were set before the element was defined hide the accessors. */
  #adoptProperties(): void {
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = this[name as "client"];
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }

  #build(): View {
    const view = buildView(this.attachShadow({ mode: "open" }));
    const on = (button: HTMLButtonElement, action: () => unknown) =>
      button.addEventListener("click", () => {
        (async () => action())().catch((error: unknown) => this.#showError(error));
      });
    on(view.generate, () => (this.#awaitsPrice() ? undefined : this.submit()));
    on(view.cancel, () => this.cancel());
    on(view.resume, () => this.resume());
    on(view.again, () => this.reset());
    view.video.addEventListener("error", () => {
      if (view.video.currentSrc) view.error.textContent = this.#labels.unplayable;
    });
    return view;
  }

  /** Shows the session of the present client and name. It stays while these do. */
  #renew(): void {
    if (!this.isConnected || !this.#view) return;
    const client = this.#hasSecret() ? undefined : this.#clientOf();
    const name = this.getAttribute("session");
    if (!this.#session || client !== this.#sessionOf.client || name !== this.#sessionOf.name) {
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
      this.#session = client && (name ? sessionOf(client, name) : new VideoSession(client));
      this.#sessionOf = { client, name };
    }
    if (this.#hasSecret()) this.#showError(secretInAttribute());
    const session = this.#session;
    if (!session || this.#unsubscribe) return;
    this.#unsubscribe = session.subscribe(() => this.#onState(session.getSnapshot()));
    this.#onState(session.getSnapshot());
    this.#askPrice();
  }

  /** Whether an attribute holds what looks like an API key. Then nothing is sent. */
  #hasSecret(): boolean {
    return SECRET_ATTRIBUTES.some((name) => this.hasAttribute(name));
  }

  #clientOf(): ElementClient | undefined {
    if (this.#client) return this.#client;
    const url = this.getAttribute("gateway");
    if (!url || this.#apiKey === undefined) return undefined;
    if (this.#gatewayClient?.url === url) return this.#gatewayClient.client;
    try {
      const apiKey = async () => (typeof this.#apiKey === "function" ? this.#apiKey() : (this.#apiKey ?? ""));
      const client = createGatewayClient({ url, apiKey, store: indexedDbStore() });
      this.#gatewayClient = { url, client };
      return client;
    } catch (error) {
      this.#showError(error);
      return undefined;
    }
  }

  #onState(state: VideoState): void {
    const before = this.#shown;
    this.#render(state);
    if (state.isPending) this.#emit("progress", state);
    if (state.result && state.result !== before.result) this.#emit("done", state.result);
    if (state.error && state.error !== before.error) this.#emit("error", state.error);
  }

  #emit<Type extends keyof FilmgateVideoEventMap>(type: Type, detail: FilmgateVideoEventMap[Type]["detail"]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #render(state: VideoState): void {
    this.#shown = state;
    const view = this.#view;
    if (!view) return;
    const labels = this.#labels;
    const { status, isPending, isUnfinished, progress, error, result } = state;
    setText(view.status, statusText(state, labels));
    setText(view.detail, detailText(state, labels));
    setText(view.error, error?.message ?? "");
    setText(view.generate, [labels.generate, this.#price].filter(Boolean).join(" · "));
    // Not `disabled`, which would take the focus from it.
    view.generate.setAttribute("aria-disabled", String(this.#awaitsPrice()));
    setText(view.cancel, labels.cancel);
    setText(view.resume, labels.resume);
    setText(view.again, labels.again);
    view.progress.setAttribute("aria-label", labels.progress);
    view.video.setAttribute("aria-label", labels.video);
    if (progress === undefined) view.progress.removeAttribute("value");
    else view.progress.value = progress;
    const [video] = result?.videos ?? [];
    const source = video && sourceOf(video);
    keepFocus(this.shadowRoot!, view, () => {
      view.progress.hidden = !isPending;
      view.cancel.hidden = !isPending;
      view.resume.hidden = !isUnfinished;
      // A lost submit may be billed: another one needs a decision of its own, `again`.
      view.generate.hidden = isPending || isUnfinished === true || result !== undefined || status === "submission_unknown";
      view.again.hidden = isPending || status === "idle";
      view.video.hidden = source === undefined;
      view.poster.hidden = source !== undefined || !this.hasAttribute("poster");
    });
    if (source === undefined) view.video.removeAttribute("src");
    else if (view.video.getAttribute("src") !== source) view.video.src = source;
  }

  #showError(given: unknown): void {
    const error = given as FilmgateError;
    this.#render({ ...this.#shown, error });
    this.#emit("error", error);
  }

  #setPlayer(): void {
    const view = this.#view;
    if (!view) return;
    const isShown = this.getAttribute("controls") !== "none";
    view.video.controls = isShown;
    view.bar.hidden = !isShown;
    view.video.autoplay = this.hasAttribute("autoplay");
    view.video.loop = this.hasAttribute("loop");
    view.video.muted = this.hasAttribute("muted");
    const poster = this.getAttribute("poster");
    view.poster.hidden = poster === null || !view.video.hidden;
    if (poster === null) return;
    view.poster.src = poster;
    view.video.poster = poster;
  }

  /** Without a limit, no price is paid that was not shown, unless none is known. */
  #awaitsPrice(): boolean {
    return this.#isPricing && this.#limits().maxCostUsd === undefined;
  }

  #wanted(): VideoRequest {
    return { ...requestOf(this), ...this.#request } as VideoRequest;
  }

  #limits(): SubmitOptions {
    return { ...optionsOf(this), ...this.#options };
  }

  /** Shows the price of the present request, if it is still that when the answer comes. */
  #askPrice(): void {
    clearTimeout(this.#quoteTimer);
    const asked = ++this.#quotes;
    const client = this.#session && this.#sessionOf.client;
    // The price of another request is not this one's.
    this.#showPrice("", client?.quote !== undefined);
    if (!client?.quote) return;
    this.#quoteTimer = setTimeout(async () => {
      const price = await this.#priceOf(client);
      if (asked === this.#quotes) this.#showPrice(price, false);
    }, QUOTE_DELAY_MS);
  }

  async #priceOf(client: ElementClient): Promise<string> {
    try {
      return priceText((await client.quote?.(this.#wanted())) ?? [], this.#limits());
    } catch {
      // The submit says what is wrong.
      return "";
    }
  }

  #showPrice(price: string, isPricing: boolean): void {
    this.#price = price;
    this.#isPricing = isPricing;
    this.#render(this.#shown);
  }

  #lacksClient(): FilmgateError {
    if (this.#hasSecret()) return secretInAttribute();
    const message = "There is no client. Set the property `client`, or the attribute `gateway` and the property `apiKey`.";
    return new FilmgateError({ code: "invalid_request", message });
  }
}

function secretInAttribute(): FilmgateError {
  const message =
    "An API key must not be in an attribute, where everybody who can read the page can read it. Remove the attribute, " +
    "revoke the key, and set the property `apiKey` to a function that returns a short-lived key of your server.";
  return new FilmgateError({ code: "invalid_request", message });
}

/** What a `video` can play. A provider may return the data itself. */
function sourceOf({ url, data, ...more }: Video): string | undefined {
  if (url !== undefined || data === undefined) return url;
  return data.startsWith("data:") ? data : `data:${videoType({ ...more, data })};base64,${data}`;
}

/** A live region is read again if its text is set, even to the same. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
