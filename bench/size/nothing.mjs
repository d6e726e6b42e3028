// In place of what Node alone has.
export const createRequire = () => () => ({});
