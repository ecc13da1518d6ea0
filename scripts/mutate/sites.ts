// Where a source file can be made wrong by one small change: pure, from its syntax tree.
import {
  isArrayBindingPattern,
  isBinaryExpression,
  isBindingElement,
  isConditionalExpression,
  isElementAccessExpression,
  isExportDeclaration,
  isForStatement,
  isIfStatement,
  isImportDeclaration,
  isNoSubstitutionTemplateLiteral,
  isNumericLiteral,
  isPostfixUnaryExpression,
  isPrefixUnaryExpression,
  isPropertyAssignment,
  isRegularExpressionLiteral,
  isStringLiteral,
  isTypeNode,
  isWhileStatement,
  type Node,
  type SourceFile,
  SyntaxKind,
} from "typescript/unstable/ast";

/** One change of one place. */
export interface Site {
  /** From the root of the tree. */
  file: string;
  /** Offsets of the text that is replaced. */
  start: number;
  end: number;
  replacement: string;
  /** Where it begins, from 1, for people. */
  line: number;
  column: number;
  /** The text that is replaced, on one line. */
  original: string;
}

/** Binary operators and what each is mistaken for: the boundary, the opposite, the other sign. */
const OPERATORS: Record<string, string> = {
  "===": "!==",
  "!==": "===",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "&&": "||",
  "||": "&&",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "&": "|",
  "|": "&",
  "<<": ">>",
  ">>": "<<",
  "+=": "-=",
  "-=": "+=",
  "++": "--",
  "--": "++",
};

/** Every site of a file, in the order of its text. */
export function sitesOf(file: string, source: SourceFile): Site[] {
  const found = new Map<string, Site>();
  const add = (node: Node, replacement: string) => {
    const start = node.getStart(source);
    const before = source.text.slice(0, start).split("\n");
    const original = source.text.slice(start, node.end);
    found.set(`${start}-${node.end} ${replacement}`, {
      file,
      start,
      end: node.end,
      replacement,
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      original: original.replace(/\s+/g, " "),
    });
  };
  const visit = (node: Node): undefined => {
    if (isTypeNode(node) || isImportDeclaration(node) || isExportDeclaration(node)) return;
    changeOperator(node, source, add);
    changeCondition(node, add);
    changeConstant(node, source, add);
    node.forEachChild(visit);
  };
  source.forEachChild(visit);
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

type Add = (node: Node, replacement: string) => void;

function changeOperator(node: Node, source: SourceFile, add: Add): void {
  if (isBinaryExpression(node)) {
    const token = node.operatorToken.getText(source);
    const other = OPERATORS[token];
    if (other) add(node.operatorToken, other);
    if (token === "??") add(node, node.right.getText(source));
  } else if (isPrefixUnaryExpression(node) || isPostfixUnaryExpression(node)) {
    const text = node.getText(source);
    if (/^[!-](?!-)/.test(text)) add(node, node.operand.getText(source));
    if (/\+\+|--/.test(text))
      add(
        node,
        text.replace(/\+\+|--/, (step) => OPERATORS[step] ?? step),
      );
  }
}

/** Conditions that always or never hold. A loop is only ever ended: one without an end says nothing about the tests. */
function changeCondition(node: Node, add: Add): void {
  if (isIfStatement(node)) for (const value of ["true", "false"]) add(node.expression, value);
  if (isConditionalExpression(node)) for (const value of ["true", "false"]) add(node.condition, value);
  if (isWhileStatement(node)) add(node.expression, "false");
  if (isForStatement(node) && node.condition) add(node.condition, "false");
}

function changeConstant(node: Node, source: SourceFile, add: Add): void {
  if (node.kind === SyntaxKind.TrueKeyword) add(node, "false");
  if (node.kind === SyntaxKind.FalseKeyword) add(node, "true");
  if (isNumericLiteral(node) && !(node.text === "0" && isDemanded(node)))
    add(node, otherNumber(Number(node.text.replaceAll("_", ""))));
  if ((isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) && !isName(node)) changeText(node, add);
  if (isRegularExpressionLiteral(node)) changePattern(node, source, add);
}

/**
 * A default that the type checker demands of a place in a list, `lines[i] ?? ""` or `[first = ""] = lines`: where there is always
 * something, it decides nothing.
 */
function isDemanded({ parent }: Node): boolean {
  if (isBindingElement(parent)) return isArrayBindingPattern(parent.parent);
  return (
    isBinaryExpression(parent) &&
    parent.operatorToken.kind === SyntaxKind.QuestionQuestionToken &&
    isElementAccessExpression(parent.left)
  );
}

/** A list of options, written as one text. */
const OPTIONS = /^\s*-\S+(?:\s+-\S+)+\s*$/;

/**
 * A word is made empty, and a list of options loses its last one. Prose is left alone: it is for people, and a test that held each
 * word of it would only say it twice.
 */
function changeText(node: Node & { text: string }, add: Add): void {
  const { text } = node;
  if (text === "" && isDemanded(node)) return;
  if (!/\s/.test(text)) add(node, text ? '""' : '"mutant"');
  else if (OPTIONS.test(text)) add(node, JSON.stringify(text.replace(/\s+-\S+(\s*)$/, "$1")));
}

/** Numbers above this are sizes and times: one more is no other decision, twice as much is. */
const COUNTED = 16;

function otherNumber(value: number): string {
  return String(value > COUNTED ? 2 * value : value + 1);
}

/** A name that stands in quotes: of a property. */
const isName = (node: Node) => isPropertyAssignment(node.parent) && node.parent.name === node;

/** A pattern that holds anywhere in a text instead of at its start, or at its end. */
function changePattern(node: Node, source: SourceFile, add: Add): void {
  const text = node.getText(source);
  const end = text.lastIndexOf("/");
  if (text.startsWith("/^") && end > 2) add(node, `/${text.slice(2)}`);
  if (end > 2 && text[end - 1] === "$" && text[end - 2] !== "\\")
    add(node, `${text.slice(0, end - 1)}${text.slice(end)}`);
}
