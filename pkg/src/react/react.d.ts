// The part of React that the hook uses. The package has no dependencies, not even of types.
declare module "react" {
  export function useMemo<T>(create: () => T, dependencies: readonly unknown[]): T;
  export function useSyncExternalStore<T>(
    subscribe: (listener: () => void) => () => void,
    getSnapshot: () => T,
    getServerSnapshot: () => T,
  ): T;
}
