import type { RulePlace } from "../rule.ts";
import { assignTo, evaluate, functionOf } from "./evaluate.ts";
import { RuleFault } from "./fault.ts";
import { operate } from "./operators.ts";
import type { Statement } from "./tree.ts";
import { deeper, elements, isTrue, type Machine, noneAt, type Scope, type StarlarkValue, spend } from "./value.ts";

/** How a block ended before its last line. */
type Left = { type: "return"; value: StarlarkValue } | { type: "break" | "continue"; place: RulePlace } | null;

/** Does the statements of a file or a function. What it returns; null: nothing. Throws RuleFault. */
export function execute(machine: Machine, statements: readonly Statement[], scope: Scope): StarlarkValue | null {
  const left = block(machine, statements, scope);
  if (left === null || left.type === "return") return left?.value ?? null;
  // Else the rules behind it would be lost without a word.
  throw new RuleFault(left.place, `\`${left.type}\` stands in no loop`);
}

function block(machine: Machine, statements: readonly Statement[], scope: Scope): Left {
  for (const statement of statements) {
    spend(machine, 1, statement.place);
    const left = deeper(machine, statement.place, () => one(machine, statement, scope));
    if (left !== null) return left;
  }
  return null;
}

function one(machine: Machine, s: Statement, scope: Scope): Left {
  switch (s.type) {
    case "expression":
      evaluate(machine, s.value, scope);
      return null;
    case "assign":
      store(machine, s, scope);
      return null;
    case "def":
      scope.names.set(s.definition.name, functionOf(machine, s.definition, s.place, scope));
      return null;
    case "return":
      if (scope.outer === null) throw new RuleFault(s.place, "`return` stands in a function");
      return { type: "return", value: s.value === null ? noneAt(s.place) : evaluate(machine, s.value, scope) };
    case "for":
      return loop(machine, s, scope);
    case "if":
      return block(machine, isTrue(evaluate(machine, s.test, scope)) ? s.yes : s.no, scope);
    case "break":
    case "continue":
      return { type: s.type, place: s.place };
    case "pass":
      return null;
  }
}

function loop(machine: Machine, s: Statement & { type: "for" }, scope: Scope): Left {
  for (const item of elements(machine, evaluate(machine, s.over, scope), s.over.place)) {
    assignTo(machine, s.target, item, scope);
    const left = block(machine, s.body, scope);
    if (left?.type === "return") return left;
    if (left?.type === "break") return null;
  }
  return null;
}

/** `+=` on a list adds to that list, by whatever other names it is known. */
function store(machine: Machine, s: Statement & { type: "assign" }, scope: Scope): void {
  const value = evaluate(machine, s.value, scope);
  if (s.operator === null) {
    assignTo(machine, s.target, value, scope);
    return;
  }
  const before = evaluate(machine, s.target, scope);
  if (s.operator === "+" && before.kind === "list") before.items.push(...elements(machine, value, s.place));
  else assignTo(machine, s.target, operate(machine, s.operator, before, value, s.place), scope);
}
