// How much this browser stores for the page, and for how long.

/** Storage of the page, in bytes. What a browser does not tell is undefined. */
export interface StorageUse {
  /** All that the page stores. */
  usedBytes?: number;
  /** What it may store at most. */
  quotaBytes?: number;
  /** Whether the browser deletes it only if the user says so. */
  isPersistent: boolean;
}

export async function storageUse(): Promise<StorageUse> {
  const storage = globalThis.navigator?.storage;
  const { usage, quota } = await (storage?.estimate?.().catch(() => undefined) ?? Promise.resolve(undefined)) ?? {};
  const isPersistent = await (storage?.persisted?.().catch(() => false) ?? Promise.resolve(false));
  return {
    ...(usage !== undefined && { usedBytes: usage }),
    ...(quota !== undefined && { quotaBytes: quota }),
    isPersistent,
  };
}

/** Asks the browser not to delete the storage when space is short. Returns whether it agrees; some ask the user. */
export async function persist(): Promise<boolean> {
  const storage = globalThis.navigator?.storage;
  return (await storage?.persist?.().catch(() => false)) ?? false;
}
