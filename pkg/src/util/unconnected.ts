/** Codes of Node and Bun for a connection that was never established. A certificate is checked before that. */
const UNCONNECTED =
  /^(ECONNREFUSED|ConnectionRefused|FailedToOpenSocket|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET|VERIFY)_\w+|ERR_TLS_CERT_ALTNAME_\w+|HOSTNAME_MISMATCH|INVALID_CA)$/;
/** Codes that an established connection may also fail with, unless the call was `connect`. */
const UNREACHABLE = /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/;
/** Deno has no codes. The kind is `Connect` until the connection, with its TLS, is established. */
const DENO_UNCONNECTED = /client error \(Connect\)/;
const MAX_CAUSES = 4;

/** Whether no connection was established, so that nothing was sent. */
export function isUnconnected(thrown: unknown, depth = 0): boolean {
  if (typeof thrown !== "object" || thrown === null || depth > MAX_CAUSES) return false;
  const { code, syscall, cause, errors, message } = thrown as NetworkError;
  // One error for each address of the host.
  if (Array.isArray(errors) && errors.length > 0) return errors.every((each) => isUnconnected(each, depth + 1));
  if (typeof code === "string" && (UNCONNECTED.test(code) || (UNREACHABLE.test(code) && syscall === "connect"))) return true;
  return DENO_UNCONNECTED.test(String(message)) || isUnconnected(cause, depth + 1);
}

/** Whether a `Request` was parsed as a URL, as by a `fetch` of another implementation or one that expects a string. */
export function isRequestAsUrl(thrown: unknown, depth = 0): boolean {
  if (typeof thrown !== "object" || thrown === null || depth > MAX_CAUSES) return false;
  const { code, input, cause } = thrown as NetworkError;
  return (code === "ERR_INVALID_URL" && input === "[object Request]") || isRequestAsUrl(cause, depth + 1);
}

interface NetworkError {
  input?: unknown;
  code?: unknown;
  syscall?: unknown;
  cause?: unknown;
  errors?: unknown;
  message?: unknown;
}
