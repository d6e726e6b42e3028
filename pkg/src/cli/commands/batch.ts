import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { InvalidArgumentError } from "commander";
import { dollars } from "../../util/micro-usd.js";
import { askForLimit, chooseProviders } from "../ask.js";
import { readBatch, type BatchLine } from "../batch-file.js";
import { onCall, seconds, withExamples, withStore, type Configure, type Context, type StoreOptions } from "../command.js";
import { CliError, describeDownloadError, describeError, errorJson, isFilmgateError } from "../errors.js";
import { EXIT, exitCodeOf, worst } from "../exit-codes.js";
import { Interrupt, Interrupted } from "../interrupt.js";
import { resultJson } from "../jobs.js";
import { parseLimit } from "../money.js";
import { makeWritable, resumeCommand, shortId } from "../outputs.js";
import { createProgress, type Progress } from "../progress.js";
import { Session } from "../session.js";
import type { Batch, BatchItem, BatchUpdate } from "../../batch/types.js";
import type { Filmgate, ProviderChoice } from "../../types/index.js";

interface Options extends StoreOptions {
  maxCost?: number;
  id?: string;
  maxConcurrency?: number;
  output: string;
  download: boolean;
  timeout?: number;
}

/** Nothing is spent at simulated providers. */
const SIMULATED_LIMIT_USD = 999_999;

const configure: Configure = (command, context) => {
  withStore(command.argument("<file>", "a request as JSON on each line, or a CSV (.csv) with the fields in its head; - reads stdin"))
    .option("--max-cost <usd>", "spending limit of the whole batch, in US dollars; required unless it is asked for or simulated", parseLimit)
    .option("--id <text>", "name of the batch (default: the file's name and content): the same name continues it")
    .option("--max-concurrency <number>", "jobs at the same time (default: 4)", count)
    .option("-o, --output <folder>", "the folder of the videos", ".")
    .option("--no-download", "do not download")
    .option("--timeout <seconds>", "how long to wait for each job; it continues afterwards", seconds);
  withExamples(command, [
    ["Try it for free", "filmgate batch requests.jsonl --simulate"],
    ["Spend at most 20 dollars; the same line again continues after a kill", "filmgate batch requests.csv --max-cost 20 -o videos"],
    ["The same requests once more", "filmgate batch requests.csv --max-cost 20 -o videos --id second-take"],
  ]);
  onCall(command, async (file: string, options: Options) => runBatch(context, file, options));
};

async function runBatch(context: Context, file: string, options: Options): Promise<number> {
  const { digest, lines } = await readBatch(file);
  const session = new Session(context, options);
  const simulated = options.simulate || (await chooseProviders(context, session));
  const client = await session.client({ simulated });
  const [{ batch }, { quoteAll }, { toUsd }] = await Promise.all([
    import("../../batch/batch.js"),
    import("../../batch/quote.js"),
    import("../../util/micro-usd.js"),
  ]);
  const requests = lines.map(({ request }) => request);
  // A listing without a key is not the cheapest one.
  const [only, ...others] = simulated ? [] : session.ready;
  const provider: ProviderChoice = only && others.length === 0 ? only : "cheapest";
  let interrupt: Interrupt | undefined;
  try {
    const quotes = quoteAll(client, requests, provider);
    const price = toUsd(quotes.reduce((sum, { limits }) => sum + limits[0], 0));
    const budgetUsd = options.maxCost ?? (simulated ? SIMULATED_LIMIT_USD : await askForLimit(context, price));
    if (options.download) makeWritable(options.output);
    const id = options.id ?? `${basename(file)}-${digest}`;
    const { maxConcurrency, timeout } = options;
    // Until here a signal ends the process.
    interrupt = new Interrupt();
    context.terminal.lostCode = EXIT.failedBilled;
    const run = await batch(client, requests, {
      id: simulated ? `simulated-${id}` : id,
      budgetUsd,
      provider,
      signal: interrupt.signal,
      ...(maxConcurrency !== undefined && { maxConcurrency }),
      ...(timeout !== undefined && { timeoutMs: timeout }),
    });
    const { terminal } = context;
    const counted = `${lines.length} request${lines.length === 1 ? "" : "s"}`;
    terminal.note(`${counted}, at most ${dollars(run.quote.maxUsd)} in all. The same command continues this batch.`);
    if (options.json) terminal.json({ event: "started", id: run.id, total: lines.length, quote: run.quote });
    const codes = await new BatchView(context, { client, run, lines, options, interrupt }).finish();
    return worst([...codes, interrupt.exitCode ?? EXIT.ok]);
  } catch (error) {
    if (error instanceof Interrupted) return interrupt?.exitCode ?? EXIT.interrupted;
    throw byLine(error, lines);
  } finally {
    interrupt?.close();
  }
}

interface View {
  client: Filmgate;
  run: Batch;
  lines: readonly BatchLine[];
  options: Options;
  interrupt: Interrupt;
}

/** Shows a batch, downloads its videos as they come, and prints a row for each request at the end. */
class BatchView {
  readonly #context: Context;
  readonly #view: View;
  readonly #files = new Map<number, string[]>();
  readonly #codes: number[] = [];
  readonly #downloads: Promise<void>[] = [];

  constructor(context: Context, view: View) {
    this.#context = context;
    this.#view = view;
  }

  /** Returns the exit code of each item. */
  async finish(): Promise<number[]> {
    const { run, lines, options } = this.#view;
    const { terminal } = this.#context;
    const progress = await createProgress(terminal);
    for await (const update of run) this.#show(progress, update);
    const { items, ...money } = await run.result();
    await Promise.all(this.#downloads);
    progress.close();
    const { spentUsd, reservedUsd } = money;
    if (options.json) terminal.json({ event: "result", ...money, items: items.map((item) => this.#json(item)) });
    else terminal.table(["LINE", "STATUS", "MODEL", "COST", "RESULT"], items.map((item) => this.#row(item)));
    const reserved = reservedUsd > 0 ? `, and ${dollars(reservedUsd)} reserved for jobs that continue` : "";
    terminal.note(`${items.filter(({ status }) => status === "completed").length} of ${lines.length} videos, ${dollars(spentUsd)} spent${reserved}.`);
    return [...this.#codes, ...items.map(exitCodeOfItem)];
  }

  #show(progress: Progress, { item, update }: BatchUpdate): void {
    const { terminal } = this.#context;
    const label = this.#label(item.index);
    if (!update && this.#view.options.json) terminal.json({ event: "item", ...this.#json(item) });
    if (item.status === "running") {
      const { progress: fraction, etaMs, status = "submitting" } = update ?? {};
      const state = { ...(fraction !== undefined && { progress: fraction }), ...(etaMs !== undefined && { etaMs }) };
      progress.show(label, { status, ...state });
    } else if (item.status === "completed") {
      progress.end(label, `${terminal.err.green("✓")} ${label} for ${dollars(item.spentUsd)}`);
      if (this.#view.options.download) this.#downloads.push(this.#download(progress, item));
    } else if (item.status === "failed") {
      progress.end(label, terminal.err.red(`✗ ${label}: ${describeError(item.error).text}`));
    }
  }

  async #download(progress: Progress, { index, id, result }: Extract<BatchItem, { status: "completed" }>): Promise<void> {
    const { client, lines, options, interrupt } = this.#view;
    const { newFileSink } = await import("../../node/file-sink.js");
    const width = String(lines.at(-1)?.line ?? 0).length;
    try {
      await mkdir(options.output, { recursive: true });
      for (const [at, video] of result.videos.entries()) {
        const stem = `${String(this.#line(index)).padStart(width, "0")}-${shortId(id)}${result.videos.length > 1 ? `-${at + 1}` : ""}`;
        const file = join(options.output, `${stem}.${lines[index]?.request.output?.format ?? "mp4"}`);
        // Its name is of this job alone: an earlier run has downloaded it whole.
        if (!existsSync(file)) {
          const { bytes } = await client.download(video, newFileSink(file), { signal: interrupt.signal });
          if (options.json) this.#context.terminal.json({ event: "downloaded", index, file, bytes });
        }
        this.#files.set(index, [...(this.#files.get(index) ?? []), file]);
      }
    } catch (error) {
      if (interrupt.exitCode !== undefined) return;
      const { text, exitCode } = describeDownloadError(error);
      this.#codes.push(exitCode);
      progress.say(this.#context.terminal.err.red(`✗ ${this.#label(index)}: ${text}`));
    }
  }

  #row(item: BatchItem): string[] {
    const { request } = this.#view.lines[item.index]!;
    const cost = "spentUsd" in item ? dollars(item.spentUsd) : "reservedUsd" in item ? `up to ${dollars(item.reservedUsd)}` : "";
    return [String(this.#line(item.index)), item.status, String(request.model ?? ""), cost, this.#outcome(item)];
  }

  #outcome(item: BatchItem): string {
    if (item.status === "failed") return item.error.message;
    if (item.status === "not_started") return item.reason === "budget" ? "above the limit" : "interrupted";
    if (item.status === "running") return `continues: ${resumeCommand({ id: item.id }, { store: this.#view.options.store })}`;
    const urls = item.result.videos.flatMap(({ url }) => url ?? []);
    return (this.#files.get(item.index) ?? urls).join(", ");
  }

  #json(item: BatchItem): Record<string, unknown> {
    const known = { ...item, line: this.#line(item.index) };
    if (item.status === "completed") return { ...known, result: resultJson(item.result), files: this.#files.get(item.index) };
    return item.status === "failed" ? { ...known, error: errorJson(item.error) } : known;
  }

  #label = (index: number): string => `line ${this.#line(index)}`;
  #line = (index: number): number => this.#view.lines[index]?.line ?? index + 1;
}

function exitCodeOfItem(item: BatchItem): number {
  if (item.status === "failed") return exitCodeOf(item.error);
  if (item.status === "running") return EXIT.jobContinues;
  return item.status === "not_started" ? EXIT.overLimit : EXIT.ok;
}

/** The error with lines of the file in place of indexes. */
function byLine(error: unknown, lines: readonly BatchLine[]): unknown {
  if (!isFilmgateError(error) || error.code !== "invalid_request" || error.issues.length === 0) return error;
  const texts = error.issues.map(({ path, message }) => {
    const [, index = "", field = ""] = /^requests\.(\d+)\.?(.*)$/.exec(path) ?? [];
    const line = lines[Number(index)]?.line;
    return line === undefined ? `  ${message}` : `  line ${line}${field && `, ${field}`}: ${message}`;
  });
  return new CliError(["The requests are invalid. Nothing was sent.", ...texts].join("\n"), EXIT.invalidRequest);
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number, 1 or more.");
  return value;
}

export default configure;
