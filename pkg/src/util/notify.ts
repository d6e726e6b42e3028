/** Calls a callback of the caller's. What it throws or rejects with has no effect: a job or a download may be paid. */
export function notify<Args extends unknown[]>(callback: ((...args: Args) => unknown) | undefined, ...args: Args): void {
  // Also a thenable, whose `then` may throw.
  void (async () => callback?.(...args))().catch(() => {});
}
