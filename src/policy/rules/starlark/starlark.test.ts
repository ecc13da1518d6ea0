// The language of rule files: what it computes, where it stops, and that nothing of a file is lost without a word.
import { describe, expect, test } from "bun:test";
import { readCalls } from "./read-calls.ts";
import type { StarlarkValue } from "./value.ts";

const NAMES = { rules: ["rule"], parts: ["flag"] };

/** A value as JSON has it; a dict as an object. */
function plain(value: StarlarkValue): unknown {
  switch (value.kind) {
    case "string":
      return value.text;
    case "int":
    case "bool":
      return value.value;
    case "none":
      return null;
    case "list":
    case "tuple":
      return value.items.map(plain);
    case "dict":
      return Object.fromEntries([...value.entries.values()].map(({ key, value }) => [plain(key), plain(value)]));
    default:
      return `<${value.kind}>`;
  }
}

/** What `rule(…)` was called with, call by call; or the error with its place. */
function run(text: string): unknown {
  const read = readCalls(text, "f", NAMES);
  if (read.ok) return read.calls.map(({ positional }) => positional.map(plain));
  const { place, message } = read.error;
  return `${place.line}:${place.column}: ${message}`;
}
const value = (expression: string) => {
  const made = run(`rule(${expression})`);
  return Array.isArray(made) ? (made[0] as unknown[])[0] : made;
};

describe("expressions", () => {
  test.each([
    ["1 + 2 * 3 - 4 // 3", 6],
    ["-7 // 2", -4],
    ["-7 % 3", 2],
    ["7 % -3", -2],
    ["-(2) + 0x10 + 0o17", 29],
    ["'a' + 'b' * 3", "abbb"],
    ["['x'] * 2 + ['y']", ["x", "x", "y"]],
    ["(1,) + (2, 3)", [1, 2, 3]],
    ["not 1 > 2 and 'x' or 'y'", "x"],
    ["[] or {} or 'empty'", "empty"],
    ["'b' in 'abc' and 2 not in [1]", true],
    ["1 if [] else 2 if '' else 3", 3],
    ["[1, [2]] == [1, [2]] and {'a': (1,)} == {'a': (1,)}", true],
    ["(1, 'a') < (1, 'b') and [1] < [1, 0] and 'a' < 'b'", true],
    ["'abc'[1] + 'abc'[-1] + 'abcd'[1:3] + 'abc'[:-1]", "bcbcab"],
    ["[1, 2, 3][1:] + [1, 2, 3][:1]", [2, 3, 1]],
    ["{'a': 1, 'b': 2}['b']", 2],
    ["{k: v for k, v in {'a': 1}.items()}", { a: 1 }],
    ["{'a': 1} | {'b': 2}", { a: 1, b: 2 }],
    ["[x + y for x in ['a', 'b'] if x != 'a' for y in ['1', '2']]", ["b1", "b2"]],
    ["[a for (a, b) in [('x', 1), ('y', 2)] if b > 1]", ["y"]],
    ["(lambda a, b='z', *c, **d: [a, b, c, d])('x', 'y', 'w', k=1)", ["x", "y", ["w"], { k: 1 }]],
    ["'%s|%r|%d|%x|%%' % ('a', 'a', 10, 255)", 'a|"a"|10|ff|%'],
    ["'%s' % ['a']", '["a"]'],
    ["'{}-{1}-{k}-{{}}'.format('a', 'b', k=None)", "a-b-None-{}"],
    ["str([1, 'a', None, True, ('t',), {'k': ()}])", '[1, "a", None, True, ("t",), {"k": ()}]'],
    ["len('abc') + len([1]) + len({}) + len((1, 2))", 6],
    [
      "[type(x) for x in ['', 1, True, None, [], (), {}, len, lambda: 1]]",
      ["string", "int", "bool", "NoneType", "list", "tuple", "dict", "function", "function"],
    ],
    ["list(range(3)) + list(range(1, 7, 3)) + list(range(3, 0, -2))", [0, 1, 2, 1, 4, 3, 1]],
    ["sorted(['b', 'A', 'c'], key=lambda s: s.lower(), reverse=True)", ["c", "b", "A"]],
    ["[max(1, 3, 2), min([4, 2]), any([0, 1]), all([1, 0])]", [3, 2, true, false]],
    [
      "zip(['a', 'b'], [1, 2, 3])",
      [
        ["a", 1],
        ["b", 2],
      ],
    ],
    [
      "[list(enumerate(['a'], 1)), list(reversed([1, 2])), int('12'), bool(''), dict([('a', 1)], b=2)]",
      [[[1, "a"]], [2, 1], 12, false, { a: 1, b: 2 }],
    ],
    ["' a b  c '.split() + 'a,b,c'.split(',', 1)", ["a", "b", "c", "a", "b,c"]],
    ["'-'.join(['a', 'b']) + 'xxa'.lstrip('x') + 'aXa'.strip('a') + 'b \\n'.rstrip()", "a-baXb"],
    [
      "['ab'.startswith(('x', 'a')), 'ab'.endswith('b'), 'aXb'.upper(), 'a-b-c'.replace('-', '+', 1)]",
      [true, true, "AXB", "a+b-c"],
    ],
    [
      "['a.sh'.removesuffix('.sh'), 'x-a'.removeprefix('x-'), 'ab cd'.title(), 'aBC'.capitalize(), 'aba'.count('a'), 'ab'.find('b')]",
      ["a", "a", "Ab Cd", "Abc", 2, 1],
    ],
    ["['a1'.isalnum(), 'a1'.isalpha(), '12'.isdigit(), 'a\\nb\\n'.splitlines()]", [true, false, true, ["a", "b"]]],
    ["[[1, 2, 3][::-1], [1, 2, 3, 4][::2], [1, 2, 3, 4][3:0:-2], [1, 2][5:0:-1]]", [[3, 2, 1], [1, 3], [4, 2], [2]]],
    ["'abcd'[3:0:-1] + 'abc'[::-1] + 'a😀b'[1]", "dcbcba😀"],
    [
      "['a-b-c'.partition('-'), 'a-b-c'.rpartition('-'), 'ab'.partition('-'), 'ab'.rpartition('-')]",
      [
        ["a", "-", "b-c"],
        ["a-b", "-", "c"],
        ["ab", "", ""],
        ["", "", "ab"],
      ],
    ],
    [
      "['a-b-c'.rsplit('-', 1), ' a b  c '.rsplit(), 'abab'.rfind('b'), 'abab'.index('b'), 'abab'.rindex('a'), 'abc'.find('a', 1)]",
      [["a-b", "c"], ["a", "b", "c"], 3, 1, 2, -1],
    ],
    [
      "['ab'.islower(), 'Ab'.islower(), 'AB'.isupper(), ' '.isspace(), 'Ab Cd'.istitle(), 'é'.elems(), 'a\\nb\\n'.splitlines(True)]",
      [true, false, true, true, true, ["é"], ["a\n", "b\n"]],
    ],
    ["[abs(-2), chr(65), ord('A'), int('ff', 16), int('0x10', 0), int('-7'), len('😀')]", [2, "A", 65, 255, 16, -7, 1]],
    ["[6 & 3, 6 ^ 3, 6 | 3, ~1, 1 << 3, 8 >> 1, -1 >> 1, 1 | 2 ^ 3 & 4]", [2, 5, 7, -2, 8, 4, -1, 3]],
    [
      "['{!r}{0!s}'.format('a'), max(['a', 'bcd'], key=len), min(3, 2, key=lambda x: -x), list(enumerate(['x'], start=2))]",
      ['"a"a', "bcd", 3, [[2, "x"]]],
    ],
    ["{'a': 1}.get('b', 2) + {'a': 1}.setdefault('a', 5) + {'a': 7}.pop('a')", 10],
  ] as const)("%s", (expression, wanted) => expect(value(expression)).toEqual(wanted as unknown));
});

describe("statements", () => {
  test("names of a function are its own, those around it are seen, and lists are shared", () => {
    const text = `
A = ["a"]
def f(x, more=A):
    B = x + "!"
    A.append(B)
    return more
B = "outside"
rule(f("x"), B)
C = A
C += ["c"]
rule(A)
A = A + ["d"]
rule(A, C)
`;
    expect(run(text)).toEqual([
      [["a", "x!"], "outside"],
      [["a", "x!", "c"]],
      [
        ["a", "x!", "c", "d"],
        ["a", "x!", "c"],
      ],
    ]);
  });

  test("several names at once, elements, and what is done to lists and dicts", () => {
    const text = `
a, (b, c) = 1, ("x", [3, 1, 2])
c[0] = 9
d = {"k": 1}
d["l"], d["k"] = 2, 5
d.update({"m": 3}, n=4)
c.insert(0, "i")
c.remove(2)
c.extend([7])
rule(a, b, c, d, c.pop(), c.index(9))
a *= 5; a -= 1; a //= 2; a %= 3
rule(a)
c.clear()
rule(c)
`;
    expect(run(text)).toEqual([[1, "x", ["i", 9, 1], { k: 5, l: 2, m: 3, n: 4 }, 7, 1], [2], [[]]]);
  });

  test("loops, their break and continue, and a return out of them", () => {
    const text = `
def first(words):
    for i, w in enumerate(words):
        if w == "skip": continue
        elif w == "stop":
            break
        else:
            return [i, w]
    return "none"   # behind the loop

for words in [["skip", "b"], ["stop", "b"], []]:
    rule(first(words))
`;
    expect(run(text)).toEqual([[[1, "b"]], ["none"], ["none"]]);
  });

  test("comments, blank lines, brackets over lines, both line ends and a file without the last one", () => {
    const text =
      'def f():\r\n    # note\r\n\r\n    rule([\r\n  "a",\r\n\t"b" # why\r\n    ])\r\n  # less far in\r\n    rule("c" + \\\r\n  "d")\r\nf()';
    expect(run(text)).toEqual([[["a", "b"]], ["cd"]]);
  });

  test("rules can be given a name and be called by it", () => expect(run("deny = rule\ndeny('x')")).toEqual([["x"]]));
});

describe("errors say where and what", () => {
  test.each([
    ["x = [1,\n  foo]", "2:3: `foo` is not defined; the rules are rule"],
    ["def f():\n    return 1 + 'a'\nf()", "2:14: only two lists, strings, tuples or numbers can be added"],
    ["rule(1 / 2)", "1:8: `/` cannot stand between a int and a int"],
    ["rule(1 % 0)", "1:8: this divides by 0"],
    ["rule(9007199254740991 + 1)", "1:23: this number is too large"],
    ["rule([1][3])", "1:9: there is no element 3: there are 1"],
    ["rule({'a': 1}['b'])", '1:14: the dict has no key "b"'],
    ["rule({[]: 1})", "1:7: a list cannot be a key"],
    ["rule({'a': 1, 'a': 2})", "1:15: this key is there twice"],
    ["for x in 'ab':\n    rule(x)", "1:10: a string has no elements to go over"],
    ["a, b = [1]", "1:1: 2 names stand here for 1 values"],
    ["'a'.nope()", "1:4: a string has no `nope`"],
    ["1()", "1:1: a int cannot be called"],
    ["def f(a): pass\nf()", "2:1: `f` needs `a`"],
    ["def f(a): pass\nf(1, 2)", "2:1: `f` has 1 argument(s) too many"],
    ["def f(a): pass\nf(1, a=2)", "2:1: `a` is given twice"],
    ["def f(a): pass\nf(b=2)", "2:1: `f` needs `a`"],
    ["def f(a): pass\nf(1, c=2)", "2:1: `f` has no argument `c`"],
    ["rule('%s %s' % 'a')", "1:14: the text has more % than values"],
    ["rule('%s' % ('a', 'b'))", "1:11: the text has fewer % than values"],
    ["rule('%d' % 'a')", "1:11: %d stands for a number"],
    ["rule('{x}'.format(1))", "1:11: there is no value for {x}"],
    ["rule(f'{a + 1}')", "1:6: `{` in an f-string must be a name in braces, or doubled"],
    ["rule(sorted([1, 'a']))", "1:6: a string and a int have no order"],
    ["fail('no', 1)", "1:1: fail: no 1"],
    ["f = 1\nf += 'a'", "2:1: only two lists, strings, tuples or numbers can be added"],
    ["f() = 1", "1:1: nothing can be assigned to this"],
    ["a, b += 1", "1:1: nothing can be assigned to this"],
    ["return 1", "1:1: `return` stands in a function"],
    ["rule(1)\nbreak\nrule(2)", "2:1: `break` stands in no loop"],
    ["def f():\n    continue\nf()", "2:5: `continue` stands in no loop"],
    ["rule", "1:1: `rule` begins no statement of a rule file, such as prefix_rule(…) or `for`"],
    ["import os", "1:1: `import` has no meaning in a rule file"],
    ["load('x', 'y')", "1:1: rule files stand alone: `load` is not there"],
    ["if True:\nrule(1)", "2:1: a block is missing here: its lines must be moved in"],
    ["if True:\n    rule(1)\n  rule(2)", "3:3: this line is moved in like none of the blocks around it"],
    ["rule('a'.index('b'))", "1:9: the string does not hold this"],
    ["rule(1 << 63)", "1:8: this number is too large"],
    ["rule([1][::0])", "1:9: a slice cannot go in steps of 0"],
    ["rule(int('9', 8))", "1:6: this is no whole number"],
    ["rule(ord('ab'))", "1:6: one character is needed here"],
    ["rule(1.5)", "1:6: only whole numbers can be read"],
    ["rule('a' 'b')", "1:10: `,` is missing before a string"],
    ["rule(1 < 2 < 3)", "1:12: comparisons cannot be chained: put `and` between them"],
    ["lambda x: x = 1", "1:1: nothing can be assigned to this"],
  ])("%j", (text, wanted) => expect(run(text)).toBe(wanted));
});

describe("every file ends", () => {
  const ends = (text: string) =>
    expect(run(text)).toMatch(
      /^\d+:\d+: (?:this file does too much|functions and values are nested|brackets are nested)/,
    );

  test.each([
    ["a loop", "for a in range(100000000): pass"],
    ["loops in loops", "for a in range(1000):\n    for b in range(1000):\n        for c in range(1000): pass"],
    ["a recursion", "def f(n): return f(n + 1)\nf(0)"],
    ["a recursion that forks", "def f(n): return f(n - 1) + f(n - 1) if n else [n]\nf(40)"],
    ["a list that doubles", "a = ['x']\nfor i in range(60):\n    a = a + a"],
    ["a list that is extended by itself", "a = ['x']\nfor i in range(60):\n    a += a"],
    ["a text that doubles", "a = 'x'\nfor i in range(60):\n    a = a + a"],
    ["a text that is repeated", "a = 'x' * 100000000000"],
    [
      "nothing that is repeated",
      "a = [] * 9007199254740991\nb = '' * 9007199254740991\nfor i in range(9007199254740991): pass",
    ],
    ["a text that is replaced", "a = 'x' * 10000\nfor i in range(9):\n    a = a.replace('x', a)"],
    ["a text that is joined", "a = ('x' * 1000000).join([''] * 100000)"],
    ["a text of formats", "a = 'x'\nfor i in range(60):\n    a = '%s%s' % (a, a)"],
    ["a text of braces", "a = 'x'\nfor i in range(60):\n    a = '{}{}'.format(a, a)"],
    ["a text of names", "a = 'x'\nfor i in range(60):\n    a = f'{a}{a}'"],
    ["a large text, looked through again and again", "a = 'x' * 8000000\nfor i in range(100000):\n    b = 'y' in a"],
    ["one that is cut again and again", "a = 'x' * 8000000\nfor i in range(100000):\n    b = a[1]"],
    ["one that is asked again and again", "a = 'x' * 8000000\nfor i in range(100000):\n    b = a.find('y')"],
    [
      "one that is compared again and again",
      "a = 'x' * 4000000\nb = 'x' * 4000000\nfor i in range(100000):\n    c = a == b",
    ],
    ["one that is a key again and again", "a = 'x' * 8000000\nfor i in range(100000):\n    b = {a: 1}"],
    ["a list that holds itself", "a = []\na.append(a)\nb = []\nb.append(b)\nrule(str(a), a == b)"],
    ["lists that hold themselves, compared", "a = []\na.append(a)\nb = []\nb.append(b)\nrule(a == b)"],
    ["tuples in tuples", "t = ()\nfor i in range(100000): t = (t,)\nd = {t: 1}"],
    ["values that grow when they are shown", "a = ['x']\nfor i in range(60): a = [a, a]\nrule(str(a))"],
    ["a sum without end", `rule(${"1+".repeat(200_000)}1)`],
    ["blocks in blocks", Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}if True:`).join("\n")],
    ["brackets", "[".repeat(100_000)],
    ["nots", `rule(${"not ".repeat(100_000)}1)`],
    ["calls of calls", `rule(${"str(".repeat(5_000)}`],
  ])("%s", (_, text) => ends(text));

  test("a large file of rules is far from the end of it", () => {
    const text = `for p in range(2000):\n    rule(["p%d" % p, ["a", "b"]])\n`.repeat(5);
    expect(run(text)).toHaveLength(10_000);
  });

  test("what is no rule file is an error, whatever it is", () => {
    let state = 7;
    const next = (n: number) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state % n;
    };
    const pieces =
      "def f(x): \n    return for in if else lambda ( ) [ ] { } : , = + == 'a' 1 rule( \n not * ** . x % \"%s\" \t # \\ f'{x}'".split(
        " ",
      );
    for (let i = 0; i < 3000; i++) {
      const text = Array.from({ length: 1 + next(12) }, () => pieces[next(pieces.length)]).join(next(2) ? " " : "");
      const read = readCalls(text, "f", NAMES);
      if (!read.ok) expect(read.error.place.line).toBeGreaterThan(0);
    }
  });
});
