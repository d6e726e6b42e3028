// How the index is made and read, the same when it is built and in the browser.

const WORDS = /[^\p{L}\p{N}_]+/u;

export const OPTIONS = {
  fields: ["heading", "title", "text"],
  storeFields: ["url", "title", "heading", "excerpt"],
  // `maxCostUsd`, `filmgate/react` and `submission_unknown` are found as a whole and by their parts.
  tokenize: (text) =>
    text.split(WORDS).flatMap((word) => {
      const parts = word.split(/_|(?<=\p{Ll})(?=\p{Lu})/u).filter(Boolean);
      return parts.length > 1 ? [word, ...parts] : parts;
    }),
};
