import { onCall, withExamples, withJson, withSimulate, type Configure } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { priceOf, remarkOf } from "../quotes.js";
import { readRequest, withRequest, type RequestOptions } from "../request.js";
import { Session } from "../session.js";

interface Options extends RequestOptions {
  live?: boolean;
  simulate?: boolean;
  all?: boolean;
  json?: boolean;
}

const configure: Configure = (command, context) => {
  withSimulate(withJson(withRequest(command)))
    .option("--live", "ask Runware for its own price, by a dry run that generates nothing")
    .option("--all", "also listings that do not support the request, and why");
  withExamples(command, [
    ["Each model that can do it, cheapest first", 'filmgate quote "A lighthouse in the rain" -d 5 -r 720p'],
    ["One model, with the reasons against other listings", 'filmgate quote "A fox" -m sora-2-pro -d 8 --all'],
    ["A request from a file", "filmgate quote --request fox.json --json"],
  ]);
  onCall(command, async (prompt: string | undefined, options: Options) => {
    const request = await readRequest(prompt, options);
    const client = await new Session(context, {}).client({ simulated: options.simulate === true });
    const quotes = options.live ? await client.quote(request, { live: true }) : client.quote(request, { details: true });
    const { terminal } = context;
    const available = quotes.filter(({ available }) => available);
    const shown = options.all || available.length === 0 ? quotes : available;
    if (options.json) terminal.json(shown);
    else {
      const rows = shown.map((quote) => [
        quote.model, quote.provider, quote.available ? priceOf(quote) : "unavailable",
        quote.available ? quote.basis : "", remarkOf(quote),
      ]);
      terminal.table(["MODEL", "PROVIDER", "PRICE", "BASIS", "REMARKS"], rows);
    }
    if (available.length > 0) return EXIT.ok;
    terminal.note("No listing supports the request: `filmgate validate` shows every problem.");
    return EXIT.invalidRequest;
  });
};

export default configure;
