// Replaces modules that only Node has.
export const createRequire = () => () => ({});
