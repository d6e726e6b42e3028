import type { Charge, ErrorCode, Handle, Issue, Json, ProviderId } from "./types/index.js";

/** What an error is made of. */
export interface FilmgateErrorOptions {
  /** What went wrong. */
  code: ErrorCode;
  /** The same in words. */
  message: string;
  /** The provider that was asked, where one was. */
  provider?: ProviderId;
  /** Whether money went. Default: `none`. */
  charge?: Charge;
  /** Whether submitting the same request again is safe and may help. Default: false. */
  retryable?: boolean;
  /** Finds the job again, where there is one. */
  handle?: Handle;
  /** The problems of the request, where it had any. */
  issues?: Issue[];
  /** The provider's own code for the failure. */
  providerCode?: string;
  /** What was thrown below. */
  cause?: unknown;
}

/** Every failure of filmgate: an `Error` with facts. Holds no key and no prompt, and may be logged whole. */
export class FilmgateError extends Error {
  /** What it is called, where `instanceof` cannot tell: in another realm, or from another copy. */
  override readonly name = "FilmgateError";
  /** What went wrong. */
  readonly code: ErrorCode;
  /** The provider that was asked, where one was. */
  readonly provider: ProviderId | undefined;
  /** Whether money went. */
  readonly charge: Charge;
  /** Whether submitting the same request again is safe and may help. */
  readonly retryable: boolean;
  /** Finds the job again, where there is one. */
  readonly handle: Handle | undefined;
  /** The problems of the request, where it had any. */
  readonly issues: Issue[];
  /** The provider's own code for the failure. */
  readonly providerCode: string | undefined;

  constructor(facts: FilmgateErrorOptions) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.provider = facts.provider;
    this.charge = facts.charge ?? "none";
    this.retryable = facts.retryable ?? false;
    this.handle = facts.handle;
    this.issues = facts.issues ?? [];
    this.providerCode = facts.providerCode;
  }

  /** All of it but the stack and the cause, which may be anyone's. */
  toJSON(): Record<string, Json> {
    const { name, code, message, provider, charge, retryable, handle, issues, providerCode } = this;
    const facts = { name, code, message, provider, charge, retryable, handle, issues, providerCode };
    return JSON.parse(JSON.stringify(facts)) as Record<string, Json>;
  }
}
