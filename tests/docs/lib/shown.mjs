// Turns the results that a page shows into checks: `client.quote(request); // → [{ totalUsd: 0.5, … }]`.
import ts from "typescript";

const ARROW = /^\/\/\s*→\s?/;

/** Returns `{ text, count }`: the program with one call of `shown` per result, and their number. */
export function withChecks(text, name) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, kindOf(name));
  const claims = claimsOf(text, source);
  const edits = [];
  const seek = (node) => {
    const claim = ts.isStatement(node) && claims.find(({ follows }) => follows === node.end);
    if (claim && !claim.used) edits.push(...checking(node, claim, source));
    ts.forEachChild(node, seek);
  };
  seek(source);
  const arrows = [...text.matchAll(/\/\/\s*→/g)];
  const missed = arrows.length > claims.length || claims.some(({ used }) => !used);
  if (missed) throw new Error(`${name} shows a result that no statement has`);
  const backwards = edits.sort((a, b) => b.at - a.at);
  const insert = (done, { at, text: added }) => done.slice(0, at) + added + done.slice(at);
  return { text: backwards.reduce(insert, text), count: claims.length };
}

/** The shown results: the pattern, and the end of the statement that it belongs to. */
function claimsOf(text, source) {
  const comments = new Map();
  const seek = (node) => {
    for (const range of ts.getTrailingCommentRanges(text, node.end) ?? [])
      comments.set(range.pos, range);
    for (const range of ts.getLeadingCommentRanges(text, node.end) ?? [])
      comments.set(range.pos, range);
    ts.forEachChild(node, seek);
  };
  seek(source);
  const lines = [...comments.values()].sort((a, b) => a.pos - b.pos);
  return lines.flatMap((range, at) => {
    const first = text.slice(range.pos, range.end);
    if (!ARROW.test(first)) return [];
    const follows = text.slice(0, range.pos).trimEnd().length;
    // A long result continues in the comment's next lines until it is complete.
    let written = first.replace(ARROW, "");
    for (let next = at + 1; !completePattern(written) && next < lines.length; next += 1) {
      written += `\n${text.slice(lines[next].pos, lines[next].end).replace(/^\/\//, "")}`;
    }
    const pattern = completePattern(written);
    if (!pattern) throw new Error(`This is not a value that can be checked: ${first}`);
    return [{ follows, pattern, used: false }];
  });
}

/** The edits that pass a statement's value to `shown`. */
function checking(statement, claim, source) {
  claim.used = true;
  const wanted = `${JSON.stringify(claim.pattern)}, ${claim.follows}`;
  if (ts.isExpressionStatement(statement)) {
    const { expression } = statement;
    const isPrinted =
      ts.isCallExpression(expression) && expression.expression.getText() === "console.log";
    const value = isPrinted ? expression.arguments[0] : expression;
    const end = { at: value.end, text: `, ${wanted})` };
    return [{ at: value.getStart(source), text: `shown(` }, end];
  }
  if (ts.isVariableStatement(statement)) {
    const [{ name }] = statement.declarationList.declarations;
    return [{ at: statement.end, text: ` shown(${namedBy(name)}, ${wanted});` }];
  }
  throw new Error(
    `Only an expression's or a variable's value can be shown: ${statement.getText()}`,
  );
}

/** The names that a `const` declares, in the form of its destructuring pattern. */
function namedBy(name) {
  if (ts.isIdentifier(name)) return name.text;
  const names = name.elements.map(({ name: inner }) => inner.getText()).join(", ");
  return ts.isArrayBindingPattern(name) ? `[${names}]` : `{ ${names} }`;
}

const kindOf = (name) => (name.endsWith("ts") ? ts.ScriptKind.TS : ts.ScriptKind.JS);

/** A shown value as data, or `undefined` if the text is not a complete value. */
function completePattern(written) {
  // Outside of strings, `…` becomes a spread, which the parser accepts in lists and in objects.
  const spread = written.replace(/("(?:[^"\\]|\\.)*")|…/g, (_, text) => text ?? "...more");
  const source = ts.createSourceFile(
    "a.js",
    `(${spread.replace(/\.\.\.more:/g, "")}\n)`,
    ts.ScriptTarget.Latest,
    true,
  );
  const [statement] = source.statements;
  if (source.parseDiagnostics.length > 0 || source.statements.length !== 1) return undefined;
  return patternOf(statement.expression.expression);
}

function patternOf(node) {
  if (ts.isArrayLiteralExpression(node)) {
    return {
      list: node.elements.map((item) => (ts.isSpreadElement(item) ? "more" : patternOf(item))),
    };
  }
  if (ts.isObjectLiteralExpression(node)) {
    const own = node.properties.filter((property) => !ts.isSpreadAssignment(property));
    const fields = own.map((property) => [
      property.name.text,
      patternOf(property.initializer ?? property.name),
    ]);
    return { fields, isOpen: own.length < node.properties.length };
  }
  if (ts.isStringLiteral(node)) return { text: node.text };
  if (ts.isPrefixUnaryExpression(node)) return { value: -Number(node.operand.getText()) };
  if (ts.isIdentifier(node) && node.text === "undefined") return { value: undefined };
  return { value: JSON.parse(node.getText()) };
}
