// The version of what each kind of object stores: written beside its records, so that a deployment knows what it reads.

/** The key of the version in an object's storage. */
const KEY = "schema";

/** Rewrites an object's storage from one version to the next. It runs in a transaction, and may not await. */
export type Migration = (storage: DurableObjectStorage) => void;

/**
 * The steps of each kind: the first one goes from version 1 to 2. A step is never changed once it was released; each
 * release has a golden storage of its version in tests/gateway/storage-fixtures/.
 */
export const MIGRATIONS = {
  job: [],
  account: [],
  jobIndex: [],
  registry: [],
  batch: [],
  providerHealth: [],
} as const satisfies Record<string, readonly Migration[]>;

export type StorageKind = keyof typeof MIGRATIONS;

/** Part of the message: an error that crosses from an object to a route keeps nothing else. */
const NEWER = "written by a newer version of the gateway";

/** The storage is newer than this code. Nothing was read or written. */
export class NewerStorageError extends Error {
  override readonly name = "NewerStorageError";

  constructor(kind: StorageKind, stored: number, known: number) {
    super(`The storage of this ${kind} was ${NEWER}: it has version ${stored}, and this one knows ${known}.`);
  }
}

/** Whether that error says so, also after it has crossed from an object to a route. */
export const isNewerStorage = (error: unknown): boolean =>
  error instanceof Error && error.message.includes(NEWER);

/** The version that this code writes. */
export const currentVersion = (migrations: readonly Migration[]): number => migrations.length + 1;

/**
 * Brings a storage to this code's version, before anything else reads it. An empty one stays empty.
 * @throws {NewerStorageError} for a newer storage, as after a rollback: every call of the object fails until the newer
 * version is deployed again.
 */
export function upgradeStorage(
  storage: DurableObjectStorage,
  kind: StorageKind,
  migrations: readonly Migration[] = MIGRATIONS[kind],
): void {
  const stored = storage.kv.get<number>(KEY);
  const current = currentVersion(migrations);
  if (stored === undefined || stored === current) return;
  if (stored > current) throw new NewerStorageError(kind, stored, current);
  storage.transactionSync(() => {
    for (const migrate of migrations.slice(stored - 1)) migrate(storage);
    storage.kv.put(KEY, current);
  });
}

/** Writes the version beside an object's first records. One that is stored already is this code's: see `upgradeStorage`. */
export function stampStorage({ kv }: DurableObjectStorage, kind: StorageKind): void {
  if (kv.get(KEY) === undefined) kv.put(KEY, currentVersion(MIGRATIONS[kind]));
}
