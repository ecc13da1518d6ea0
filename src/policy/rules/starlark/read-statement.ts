import { Cursor, tokenText } from "./cursor.ts";
import { RuleFault } from "./fault.ts";
import { readExpression, readExpressions, readLoopTarget, readName, readParameters } from "./read-expression.ts";
import { tokenize } from "./tokens.ts";
import type { Expression, Statement } from "./tree.ts";

const ASSIGNMENTS = ["+=", "-=", "*=", "/=", "//=", "%=", "|=", "&=", "^=", "<<=", ">>="];

/** Reads the statements of a file. Throws RuleFault. */
export function readStatements(text: string, file: string): Statement[] {
  const c = new Cursor(tokenize(text, file));
  const statements: Statement[] = [];
  while (c.peek().kind !== "end") statements.push(...readStatement(c));
  return statements;
}

/** A line of small statements, or one with blocks. */
function readStatement(c: Cursor): Statement[] {
  if (c.is("def")) return [readDef(c)];
  if (c.is("for")) return [readFor(c)];
  if (c.is("if")) return [readIf(c)];
  if (c.peek().kind === "indent") c.fail("this line is moved in, and no block begins here");
  return readLine(c);
}

function readLine(c: Cursor): Statement[] {
  const statements = [readSmall(c)];
  while (c.accept(";")) if (c.peek().kind !== "newline") statements.push(readSmall(c));
  if (c.peek().kind !== "newline") c.fail(`a new line is missing before ${tokenText(c.peek())}`);
  c.next();
  return statements;
}

function readSmall(c: Cursor): Statement {
  const { place, text } = c.peek();
  for (const type of ["break", "continue", "pass"] as const) if (c.accept(type)) return { type, place };
  if (c.is("load")) c.fail("rule files stand alone: `load` is not there");
  if (c.accept("return")) {
    const ends = c.peek().kind === "newline" || c.is(";");
    return { type: "return", value: ends ? null : readExpressions(c), place };
  }
  const target = readExpressions(c);
  if (c.peek().kind === "operator" && c.accept("=")) return assignment(target, null, readExpressions(c));
  const operator = ASSIGNMENTS.find((one) => c.accept(one));
  if (operator !== undefined) return assignment(target, operator.slice(0, -1), readExpressions(c));
  // A rule that is named and not called would be lost without a word.
  if (target.type === "name")
    throw new RuleFault(place, `\`${text}\` begins no statement of a rule file, such as prefix_rule(…) or \`for\``);
  return { type: "expression", value: target, place };
}

function assignment(target: Expression, operator: string | null, value: Expression): Statement {
  checkTarget(target, operator === null);
  return { type: "assign", target, operator, value, place: target.place };
}

function checkTarget(target: Expression, several: boolean): void {
  if (target.type === "name" || target.type === "index") return;
  if (several && (target.type === "tuple" || target.type === "list")) {
    for (const item of target.items) checkTarget(item, true);
    return;
  }
  throw new RuleFault(target.place, "nothing can be assigned to this");
}

function readDef(c: Cursor): Statement {
  const { place } = c.next();
  const name = readName(c, "the name of the function");
  c.expect("(");
  const parameters = readParameters(c, ")");
  if (c.accept("->")) readExpression(c);
  return { type: "def", definition: { name, parameters, body: readBlock(c) }, place };
}

function readFor(c: Cursor): Statement {
  const { place } = c.next();
  const target = readLoopTarget(c);
  checkTarget(target, true);
  c.expect("in");
  const over = readExpressions(c);
  return { type: "for", target, over, body: readBlock(c), place };
}

/** `if` or `elif`, with all that follows from it. */
function readIf(c: Cursor): Statement {
  return c.nested(() => {
    const { place } = c.next();
    const test = readExpression(c);
    const yes = readBlock(c);
    if (c.is("elif")) return { type: "if", test, yes, no: [readIf(c)], place };
    return { type: "if", test, yes, no: c.accept("else") ? readBlock(c) : [], place };
  });
}

/** What stands behind a colon: statements on the same line, or lines that are moved in. */
function readBlock(c: Cursor): Statement[] {
  c.expect(":");
  if (c.peek().kind !== "newline") return readLine(c);
  c.next();
  if (c.peek().kind !== "indent") c.fail("a block is missing here: its lines must be moved in");
  c.next();
  return c.nested(() => {
    const statements: Statement[] = [];
    while (c.peek().kind !== "dedent") statements.push(...readStatement(c));
    c.next();
    return statements;
  });
}
