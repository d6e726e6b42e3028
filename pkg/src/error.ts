import type {
  Charge,
  ErrorCode,
  FilmgateErrorOptions,
  Handle,
  Issue,
  Json,
  ProviderId,
} from "./types/index.js";

/** Every error of filmgate. It holds no key and no prompt, and is safe to log. */
export class FilmgateError extends Error {
  /** Use it in place of `instanceof` across realms or copies of the package. */
  override readonly name = "FilmgateError";
  /** Stable code of the error. */
  declare readonly code: ErrorCode;
  /** The provider involved, if any. */
  declare readonly provider: ProviderId | undefined;
  /** Whether something was billed. */
  declare readonly charge: Charge;
  /** Whether submitting the same request again is safe and may succeed. */
  declare readonly retryable: boolean;
  /** Handle of the job, if there is one. */
  declare readonly handle: Handle | undefined;
  /** Problems of the request. */
  declare readonly issues: Issue[];
  /** The provider's own error code. */
  declare readonly providerCode: string | undefined;
  /** The provider's own words. Not enumerable: they may quote the request. */
  declare readonly providerMessage: string | undefined;
  /**
   * The response that ended a job which may have been billed, if no video was found in it. Not enumerable: it may quote
   * the request.
   */
  declare readonly raw: Json | undefined;

  constructor(options: FilmgateErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.provider = options.provider;
    this.charge = options.charge ?? "none";
    this.retryable = options.retryable ?? false;
    this.handle = options.handle;
    this.issues = options.issues ?? [];
    this.providerCode = options.providerCode;
    // Neither `console.log` nor `JSON.stringify` shows what is not enumerable.
    Object.defineProperty(this, "providerMessage", { value: options.providerMessage });
    Object.defineProperty(this, "raw", { value: options.raw });
  }

  /** All fields except the stack and the cause, which may hold anything. */
  toJSON(): Record<string, Json> {
    const { name, code, message, provider, charge, retryable, handle, issues, providerCode } = this;
    const fields = { name, code, message, provider, charge, retryable, handle, issues, providerCode };
    return JSON.parse(JSON.stringify(fields)) as Record<string, Json>;
  }
}
