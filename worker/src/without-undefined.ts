// Fields that are absent, instead of present and undefined.

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export const withoutUndefined = <T extends object>(fields: T): Present<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
