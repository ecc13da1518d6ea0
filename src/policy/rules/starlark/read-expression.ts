import type { RulePlace } from "../rule.ts";
import { type Cursor, tokenText } from "./cursor.ts";
import { RuleFault } from "./fault.ts";
import type { RuleToken } from "./tokens.ts";
import type { Argument, Clause, Expression, Parameter } from "./tree.ts";

/** Binary operators by how tightly they bind, the loosest first. */
const LEVELS = [
  ["==", "!=", "<", ">", "<=", ">=", "in", "not in"],
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "//", "%"],
] as const;
const COMPARISONS = 0;

/** One expression, without commas around it. */
export function readExpression(c: Cursor): Expression {
  return c.nested(() => {
    if (c.is("lambda")) return readLambda(c);
    const yes = readOr(c);
    const { place } = c.peek();
    if (!c.accept("if")) return yes;
    const test = readOr(c);
    c.expect("else");
    return { type: "conditional", test, yes, no: readExpression(c), place };
  });
}

/** Expressions with commas between: more than one is a tuple. */
export function readExpressions(c: Cursor): Expression {
  const first = readExpression(c);
  if (!c.is(",")) return first;
  const items = [first];
  while (c.accept(",")) items.push(readExpression(c));
  return { type: "tuple", items, place: first.place };
}

/** What a `for` gives names to: it ends before `in`. */
export function readLoopTarget(c: Cursor): Expression {
  const read = () => readLevel(c, COMPARISONS + 1);
  const first = read();
  if (!c.is(",")) return first;
  const items = [first];
  while (c.accept(",")) items.push(read());
  return { type: "tuple", items, place: first.place };
}

function readLambda(c: Cursor): Expression {
  const { place } = c.next();
  const parameters = readParameters(c, ":");
  const value = readExpression(c);
  const definition = { name: "lambda", parameters, body: [{ type: "return" as const, value, place }] };
  return { type: "lambda", definition, place };
}

function readOr(c: Cursor): Expression {
  let left = readAnd(c);
  for (let { place } = c.peek(); c.accept("or"); place = c.peek().place)
    left = { type: "or", left, right: readAnd(c), place };
  return left;
}

function readAnd(c: Cursor): Expression {
  let left = readNot(c);
  for (let { place } = c.peek(); c.accept("and"); place = c.peek().place)
    left = { type: "and", left, right: readNot(c), place };
  return left;
}

function readNot(c: Cursor): Expression {
  const { place } = c.peek();
  if (!c.accept("not")) return readLevel(c, COMPARISONS);
  return { type: "not", operand: c.nested(() => readNot(c)), place };
}

function readLevel(c: Cursor, level: number): Expression {
  const operators = LEVELS[level];
  if (operators === undefined) return readUnary(c);
  let left = readLevel(c, level + 1);
  for (let found = operatorAt(c, operators); found !== null; found = operatorAt(c, operators)) {
    const { place } = c.next();
    if (found === "not in") c.next();
    left = { type: "binary", operator: found, left, right: readLevel(c, level + 1), place };
    if (level === COMPARISONS && operatorAt(c, operators) !== null)
      c.fail("comparisons cannot be chained: put `and` between them");
  }
  return left;
}

function operatorAt(c: Cursor, operators: readonly string[]): string | null {
  if (operators.includes("not in") && c.is("not") && c.is("in", 1)) return "not in";
  return operators.find((operator) => c.is(operator)) ?? null;
}

function readUnary(c: Cursor): Expression {
  const { place } = c.peek();
  const type = c.accept("-") ? "minus" : c.accept("~") ? "inverse" : null;
  if (type === null) return readPostfix(c);
  return { type, operand: c.nested(() => readUnary(c)), place };
}

function readPostfix(c: Cursor): Expression {
  let value = readPrimary(c);
  for (;;) {
    const { place } = c.peek();
    if (c.accept("(")) value = { type: "call", callee: value, args: readArguments(c), place: value.place };
    else if (c.accept("[")) value = readIndex(c, value, place);
    else if (c.accept(".")) value = { type: "attribute", object: value, name: readName(c, "a name"), place };
    else return value;
  }
}

function readIndex(c: Cursor, object: Expression, place: RulePlace): Expression {
  const bound = () => (c.is(":") || c.is("]") ? null : readExpression(c));
  const from = bound();
  if (from !== null && c.accept("]")) return { type: "index", object, index: from, place };
  c.expect(":");
  const to = bound();
  const step = c.accept(":") ? bound() : null;
  c.expect("]");
  return { type: "slice", object, from, to, step, place };
}

function readPrimary(c: Cursor): Expression {
  const token = c.peek();
  const { place, text, kind } = token;
  if (kind === "string") return { type: "string", text: c.next().text, place };
  if (kind === "format") return { type: "format", parts: formatParts(c.next()), place };
  if (kind === "int") return { type: "int", value: Number(c.next().text), place };
  if (kind === "name") return { type: "name", name: c.next().text, place };
  if (kind === "operator" && text === "[") return readList(c);
  if (kind === "operator" && text === "(") return readGroup(c);
  if (kind === "operator" && text === "{") return readDict(c);
  return c.fail(`a value is missing before ${tokenText(token)}`);
}

/** `{name}`, `{{` and `}}`; nothing else stands in the braces of Starlark. */
function formatParts({ text, place }: RuleToken): { text: string; name: string | null }[] {
  const parts: { text: string; name: string | null }[] = [];
  let at = 0;
  for (const found of text.matchAll(/\{\{|\}\}|\{\s*([A-Za-z_]\w*)\s*\}|[{}]/g)) {
    const [whole, name = null] = found;
    if (name === null && whole.length === 1)
      throw new RuleFault(place, `\`${whole}\` in an f-string must be a name in braces, or doubled`);
    parts.push({ text: text.slice(at, found.index) + (name === null ? (whole[0] ?? "") : ""), name });
    at = found.index + whole.length;
  }
  return [...parts, { text: text.slice(at), name: null }];
}

function readList(c: Cursor): Expression {
  const { place } = c.next();
  if (c.accept("]")) return { type: "list", items: [], place };
  const first = readExpression(c);
  if (c.is("for")) return { type: "comprehension", key: null, body: first, clauses: readClauses(c, "]"), place };
  return { type: "list", items: [first, ...readRest(c, "]")], place };
}

/** `(a)` is a; `()`, `(a,)` and `(a, b)` are tuples. */
function readGroup(c: Cursor): Expression {
  const { place } = c.next();
  if (c.accept(")")) return { type: "tuple", items: [], place };
  const first = readExpression(c);
  if (c.accept(")")) return first;
  return { type: "tuple", items: [first, ...readRest(c, ")")], place };
}

function readRest(c: Cursor, close: string): Expression[] {
  const items: Expression[] = [];
  while (!c.accept(close)) {
    c.expect(",");
    if (!c.is(close)) items.push(readExpression(c));
  }
  return items;
}

function readDict(c: Cursor): Expression {
  const { place } = c.next();
  const entries: [Expression, Expression][] = [];
  while (!c.accept("}")) {
    const key = readExpression(c);
    c.expect(":");
    const value = readExpression(c);
    if (entries.length === 0 && c.is("for"))
      return { type: "comprehension", key, body: value, clauses: readClauses(c, "}"), place };
    entries.push([key, value]);
    if (!c.is("}")) c.expect(",");
  }
  return { type: "dict", entries, place };
}

function readClauses(c: Cursor, close: string): Clause[] {
  const clauses: Clause[] = [];
  while (!c.accept(close)) {
    if (c.accept("if")) clauses.push({ type: "if", test: readOr(c) });
    else {
      c.expect("for");
      const target = readLoopTarget(c);
      c.expect("in");
      clauses.push({ type: "for", target, over: readOr(c) });
    }
  }
  return clauses;
}

function readArguments(c: Cursor): Argument[] {
  const args: Argument[] = [];
  while (!c.accept(")")) {
    const argument = readArgument(c);
    if (argument.type === "named" && args.some(({ type, name }) => type === "named" && name === argument.name))
      throw new RuleFault(argument.place, `\`${argument.name}\` is given twice`);
    args.push(argument);
    if (!c.is(")")) c.expect(",");
  }
  return args;
}

function readArgument(c: Cursor): Argument {
  const { place, kind, text } = c.peek();
  if (c.accept("*")) return { type: "list", name: "", value: readExpression(c), place };
  if (c.accept("**")) return { type: "dict", name: "", value: readExpression(c), place };
  if (kind !== "name" || !c.is("=", 1)) return { type: "positional", name: "", value: readExpression(c), place };
  c.next();
  c.next();
  return { type: "named", name: text, value: readExpression(c), place };
}

/** Parameters of a function up to `close`, which is read too. Types that stand with them are read and say nothing. */
export function readParameters(c: Cursor, close: string): Parameter[] {
  const parameters: Parameter[] = [];
  let by_name = false;
  while (!c.accept(close)) {
    if (c.accept("**")) parameters.push({ type: "dict", name: readName(c, "a name"), fallback: null });
    else if (c.accept("*")) {
      if (!c.is(",")) parameters.push({ type: "list", name: readName(c, "a name"), fallback: null });
      by_name = true;
    } else {
      const name = readName(c, "a parameter");
      if (close === ")" && c.accept(":")) readExpression(c);
      const fallback = c.accept("=") ? readExpression(c) : null;
      parameters.push({ type: by_name ? "named" : "plain", name, fallback });
    }
    if (!c.is(close)) c.expect(",");
  }
  return parameters;
}

/** A name, or the fault that it is missing. */
export function readName(c: Cursor, what: string): string {
  if (c.peek().kind !== "name") c.fail(`${what} is missing before ${tokenText(c.peek())}`);
  return c.next().text;
}
