import { onCall, withExamples, withJson, withSimulate, type Configure } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { issueText } from "../quotes.js";
import { readRequest, withRequest, type RequestOptions } from "../request.js";
import { Session } from "../session.js";

const configure: Configure = (command, context) => {
  withSimulate(withJson(withRequest(command)));
  withExamples(command, [
    ["Is a request valid?", 'filmgate validate "A fox" -m wan-2.6 -d 7'],
    ["Every problem with its code and fix, for a program", "filmgate validate --request fox.json --json"],
  ]);
  onCall(command, async (prompt: string | undefined, options: RequestOptions & { json?: boolean }) => {
    const request = await readRequest(prompt, options);
    const client = await new Session(context, {}).client();
    const result = client.validate(request);
    const { terminal } = context;
    if (options.json) terminal.json(result);
    else {
      for (const issue of result.issues) terminal.note(issueText(issue));
      const rows = result.listings.map(({ provider, model, ok, issues }) => [
        model, provider, ok ? "ok" : "invalid", issues.map(issueText).join(" "),
      ]);
      terminal.table(["MODEL", "PROVIDER", "RESULT", "PROBLEMS"], rows);
    }
    return result.ok ? EXIT.ok : EXIT.invalidRequest;
  });
};

export default configure;
