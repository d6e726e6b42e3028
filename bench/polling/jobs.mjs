// The jobs that every client waits for, in seconds: three by themselves, and eight of about a
// minute, the middles of the eighths of a lognormal distribution of mean 60 s and coefficient of
// variation 0.2.
export const ALONE = [10, 60, 185];
export const JITTERED = [43.4, 49.4, 53.4, 57.0, 60.7, 64.8, 70.1, 79.7];

const named = (word) => (seconds) => ({ name: `${seconds} s${word}`, jobDurationMs: seconds * 1000 });

export const jobs = [...ALONE, ...JITTERED].map(named(""));

/** Earlier jobs of a client that knows how long such jobs take. */
export const practice = JITTERED.map(named(", for practice"));
