import type { RulePlace } from "../rule.ts";

/** An expression as it was read. */
export type Expression = { place: RulePlace } & (
  | { type: "string"; text: string }
  | { type: "int"; value: number }
  | { type: "format"; parts: { text: string; name: string | null }[] }
  | { type: "name"; name: string }
  | { type: "list" | "tuple"; items: Expression[] }
  | { type: "dict"; entries: [Expression, Expression][] }
  /** `[body for …]`, or with a key `{key: body for …}`. */
  | { type: "comprehension"; key: Expression | null; body: Expression; clauses: Clause[] }
  | { type: "not" | "minus" | "inverse"; operand: Expression }
  | { type: "and" | "or"; left: Expression; right: Expression }
  | { type: "binary"; operator: string; left: Expression; right: Expression }
  | { type: "conditional"; test: Expression; yes: Expression; no: Expression }
  | { type: "call"; callee: Expression; args: Argument[] }
  | { type: "attribute"; object: Expression; name: string }
  | { type: "index"; object: Expression; index: Expression }
  | { type: "slice"; object: Expression; from: Expression | null; to: Expression | null; step: Expression | null }
  | { type: "lambda"; definition: Definition }
);

/** `a`, `name = a`, `*a`, `**a` in a call. */
export interface Argument {
  type: "positional" | "named" | "list" | "dict";
  /** Of a named one. */
  name: string;
  value: Expression;
  place: RulePlace;
}

/** A part of a comprehension behind its body. */
export type Clause = { type: "for"; target: Expression; over: Expression } | { type: "if"; test: Expression };

/** `a`, `a = fallback`, `*a`, `**a`; behind `*` alone parameters are only given by name. */
export interface Parameter {
  type: "plain" | "named" | "list" | "dict";
  name: string;
  fallback: Expression | null;
}

/** A function of a file. */
export interface Definition {
  name: string;
  parameters: Parameter[];
  body: Statement[];
}

export type Statement = { place: RulePlace } & (
  | { type: "expression"; value: Expression }
  /** `operator`: of `+=` the `+`; null: plain. */
  | { type: "assign"; target: Expression; operator: string | null; value: Expression }
  | { type: "def"; definition: Definition }
  | { type: "return"; value: Expression | null }
  | { type: "for"; target: Expression; over: Expression; body: Statement[] }
  | { type: "if"; test: Expression; yes: Statement[]; no: Statement[] }
  | { type: "break" | "continue" | "pass" }
);
