// Finding jobs by words, model, state and environment.
import type { JobState, LibraryJob } from "./types.js";

/** What to find. What is undefined or empty does not restrict. */
export interface JobFilter {
  /** Words that must all begin a word of the prompt, the model, the provider or the id. Case and accents do not matter. */
  words?: string;
  model?: string;
  state?: JobState;
  environment?: string;
}

/** The jobs that a filter finds, in the same order. */
export function searchJobs(jobs: readonly LibraryJob[], { words = "", model, state, environment }: JobFilter): LibraryJob[] {
  const wanted = wordsOf(words);
  return jobs.filter(
    (job) =>
      (!model || job.model === model) &&
      (!state || job.state === state) &&
      (!environment || job.environment === environment) &&
      matches(job, wanted),
  );
}

function matches(job: LibraryJob, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const text = [job.prompt, job.model, job.modelName ?? "", job.provider, job.id].join(" ");
  // The model's id is a word, too: `wan-2.6`.
  const words = [...wordsOf(text), ...text.toLowerCase().split(/\s+/)];
  return wanted.every((word) => words.some((known) => known.startsWith(word)));
}

const SEPARATOR = /[^\p{L}\p{N}]+/u;
/** Scripts that write no spaces: each character begins a word. */
const UNSPACED = /(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])/u;

function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  return plain.split(SEPARATOR).flatMap((word) => suffixes(word)).filter(Boolean);
}

/** A word, and its rest from each character of an unspaced script on. */
function suffixes(word: string): string[] {
  const parts = word.split(UNSPACED);
  return parts.map((_, index) => parts.slice(index).join(""));
}
