// What `codex execpolicy check` says of rule files and commands, and where moat says something else. `real.test.ts` asks it again.

/** null: the file is refused. */
export type RuleAnswer = {
  /** The strictest; null: no rule matches. */
  decision: "allow" | "prompt" | "forbidden" | null;
  /** What matched of each rule, in no order, as `WORDS: DECISION`, with the justification behind it. */
  matched: string[];
} | null;

export interface RuleCase {
  name: string;
  rules: string;
  command: string[];
  flags?: string[];
  codex: RuleAnswer;
  /** What moat says otherwise, and why. */
  moat?: { answer: RuleAnswer; why: string };
}

/** The answer in the JSON that both programs print. */
export function ruleAnswer(exit: number, stdout: string): RuleAnswer {
  if (exit !== 0) return null;
  const { matchedRules, decision = null } = JSON.parse(stdout) as {
    matchedRules: { prefixRuleMatch: { matchedPrefix: string[]; decision: string; justification?: string } }[];
    decision?: NonNullable<RuleAnswer>["decision"];
  };
  const matched = matchedRules.map(({ prefixRuleMatch: { matchedPrefix, decision, justification } }) => {
    const why = justification === undefined ? "" : ` (${justification})`;
    return `${matchedPrefix.join(" ")}: ${decision}${why}`;
  });
  return { decision, matched: matched.sort() };
}

export const RULE_CASES: RuleCase[] = [
  {
    name: "a loop",
    rules: 'for word in ["push", "fetch"]:\n    prefix_rule(pattern=["git", word], decision="forbidden")\n',
    command: ["git", "fetch"],
    codex: { decision: "forbidden", matched: ["git fetch: forbidden"] },
  },
  {
    name: "a function",
    rules:
      'def ask(program, why="look first"):\n    """Asks."""\n    prefix_rule(pattern=[program], decision="prompt", justification=why)\n\nask("terraform")\nask("kubectl", why="production")\n',
    command: ["kubectl", "get"],
    codex: { decision: "prompt", matched: ["kubectl: prompt (production)"] },
  },
  {
    name: "a function that gives a value",
    rules:
      'def words(*more):\n    return ["git"] + list(more)\nprefix_rule(pattern=words("push", "--force"), decision="forbidden")\n',
    command: ["git", "push", "--force"],
    codex: { decision: "forbidden", matched: ["git push --force: forbidden"] },
  },
  {
    name: "a comprehension",
    rules: 'prefix_rule(pattern=["git", [w for w in ["status", "push", "log"] if w != "push"]])\n',
    command: ["git", "log"],
    codex: { decision: "allow", matched: ["git log: allow"] },
  },
  {
    name: "a comprehension that states rules",
    rules: '[prefix_rule(pattern=["node%d" % n], decision="prompt") for n in range(18, 23, 2)]\n',
    command: ["node20"],
    codex: { decision: "prompt", matched: ["node20: prompt"] },
  },
  {
    name: "a comprehension over two lists",
    rules: 'prefix_rule(pattern=["npm", [a + ":" + b for a in ["test", "lint"] for b in ["ci", "all"]]])\n',
    command: ["npm", "lint:ci"],
    codex: { decision: "allow", matched: ["npm lint:ci: allow"] },
  },
  {
    name: "a dict of decisions",
    rules:
      'RULES = {"ls": "allow", "rm": "forbidden", "mv": "prompt"}\nfor program, decision in RULES.items():\n    prefix_rule(pattern=[program], decision=decision)\n',
    command: ["mv", "a", "b"],
    codex: { decision: "prompt", matched: ["mv: prompt"] },
  },
  {
    name: "a condition",
    rules: 'STRICT = True\nprefix_rule(pattern=["curl"], decision="forbidden" if STRICT else "prompt")\n',
    command: ["curl", "x"],
    codex: { decision: "forbidden", matched: ["curl: forbidden"] },
  },
  {
    name: "a condition around rules",
    rules:
      'STRICT = False\nif STRICT:\n    prefix_rule(pattern=["curl"], decision="forbidden")\nelif not STRICT and "a" in "cat":\n    prefix_rule(pattern=["curl"], decision="prompt")\nelse:\n    prefix_rule(pattern=["curl"])\n',
    command: ["curl", "x"],
    codex: { decision: "prompt", matched: ["curl: prompt"] },
  },
  {
    name: "a text with %",
    rules:
      'prefix_rule(pattern=["git", "push"], decision="prompt", justification="%s asks %d times, %r" % ("git", 2, "x"))\n',
    command: ["git", "push"],
    codex: { decision: "prompt", matched: ['git push: prompt (git asks 2 times, "x")'] },
  },
  {
    name: "a text with format",
    rules: 'prefix_rule(pattern=["git"], decision="prompt", justification="{} and {b}: {{}}".format("a", b=1))\n',
    command: ["git", "push"],
    codex: { decision: "prompt", matched: ["git: prompt (a and 1: {})"] },
  },
  {
    name: "an f-string",
    rules: 'who = "ops"\nprefix_rule(pattern=["helm"], decision="prompt", justification=f"ask {who}")\n',
    command: ["helm", "x"],
    codex: { decision: "prompt", matched: ["helm: prompt (ask ops)"] },
  },
  {
    name: "methods of strings and lists",
    rules:
      'programs = "Docker,podman".lower().split(",")\nprograms.append("  nerdctl ".strip())\nfor p in sorted(programs):\n    prefix_rule(pattern=[p, "run"], decision="prompt", justification=p.replace("o", "0"))\n',
    command: ["docker", "run"],
    codex: { decision: "prompt", matched: ["docker run: prompt (d0cker)"] },
  },
  {
    name: "break, continue and a nested function",
    rules:
      'def all():\n    def one(w):\n        prefix_rule(pattern=[w], decision="prompt")\n    for w in ["a", "b", "c", "d"]:\n        if w == "b":\n            continue\n        if w == "d":\n            break\n        one(w)\nall()\n',
    command: ["b"],
    codex: { decision: null, matched: [] },
  },
  {
    name: "arguments from a dict",
    rules: 'common = {"decision": "prompt", "justification": "why"}\nprefix_rule(pattern=["make"], **common)\n',
    command: ["make", "all"],
    codex: { decision: "prompt", matched: ["make: prompt (why)"] },
  },
  {
    name: "a lambda",
    rules: 'rule = lambda *w: prefix_rule(pattern=list(w), decision="forbidden")\nrule("dd", "if=/dev/zero")\n',
    command: ["dd", "if=/dev/zero"],
    codex: { decision: "forbidden", matched: ["dd if=/dev/zero: forbidden"] },
  },
  {
    name: "types, semicolons and lines without a body of their own",
    rules: 'def f(x: str) -> list: return [x]\nA = f("git"); B = "prompt"\nif A: prefix_rule(pattern=A, decision=B)\n',
    command: ["git"],
    codex: { decision: "prompt", matched: ["git: prompt"] },
  },
  {
    name: "a while",
    rules: "while True:\n    pass\n",
    command: ["git"],
    codex: null,
  },
  {
    name: "an import",
    rules: 'load("other.rules", "x")\n',
    command: ["git"],
    codex: null,
  },
  {
    name: "a name that nothing has",
    rules: "prefix_rule(pattern=[foo])\n",
    command: ["git"],
    codex: null,
  },
  {
    name: "fail",
    rules: 'def check(words):\n    if not words:\n        fail("no words")\ncheck([])\n',
    command: ["git"],
    codex: null,
  },
  {
    name: "a line that begins with a tab",
    rules: 'for w in ["git"]:\n\tprefix_rule(pattern=[w])\n',
    command: ["git"],
    codex: null,
  },
  {
    name: "recursion without end",
    rules: "def f(n):\n    return f(n + 1)\nf(0)\n",
    command: ["git"],
    codex: null,
  },
  {
    name: "comparisons in a chain",
    rules: 'prefix_rule(pattern=["git"], decision="allow" if 1 < 2 < 3 else "prompt")\n',
    command: ["git"],
    codex: null,
  },
  {
    name: "two rules that disagree",
    rules: 'prefix_rule(pattern=["git"])\nprefix_rule(pattern=["git", "push"], decision="prompt")\n',
    command: ["git", "push"],
    codex: { decision: "prompt", matched: ["git push: prompt", "git: allow"] },
  },
  {
    name: "an example that does not hold",
    rules: 'prefix_rule(pattern=["git"], match=["ls"])\n',
    command: ["git"],
    codex: null,
  },
  {
    name: "a path in place of a name",
    rules: 'prefix_rule(pattern=["git"], decision="prompt")\n',
    command: ["/usr/bin/git", "push"],
    codex: { decision: null, matched: [] },
    moat: {
      answer: { decision: "prompt", matched: ["git: prompt"] },
      why: "a rule that asks or forbids means every program of that name",
    },
  },
  {
    name: "a path in place of a name, resolved",
    rules: 'prefix_rule(pattern=["git"], decision="prompt")\n',
    command: ["/usr/bin/git", "push"],
    flags: ["--resolve-host-executables"],
    codex: { decision: "prompt", matched: ["git: prompt"] },
  },
  {
    name: "a path that host_executable does not name, resolved",
    rules: 'host_executable(name="git", paths=["/opt/git"])\nprefix_rule(pattern=["git"])\n',
    command: ["/usr/bin/git", "push"],
    flags: ["--resolve-host-executables"],
    codex: { decision: null, matched: [] },
  },
  {
    name: "a script of a shell",
    rules: 'prefix_rule(pattern=["rm", "-rf"], decision="forbidden", justification="use trash")\n',
    command: ["bash", "-lc", "cd x && rm -rf y"],
    codex: { decision: null, matched: [] },
    moat: {
      answer: { decision: "forbidden", matched: ["rm -rf: forbidden (use trash)"] },
      why: "scripts are read, as codex does in a session",
    },
  },
  {
    name: "sudo before it",
    rules: 'prefix_rule(pattern=["rm", "-rf"], decision="forbidden", justification="use trash")\n',
    command: ["sudo", "-u", "root", "rm", "-rf", "y"],
    codex: { decision: null, matched: [] },
    moat: { answer: { decision: "forbidden", matched: ["rm -rf: forbidden (use trash)"] }, why: "sudo hides nothing" },
  },
  {
    name: "doas before it",
    rules: 'prefix_rule(pattern=["rm", "-rf"], decision="forbidden", justification="use trash")\n',
    command: ["doas", "-n", "rm", "-rf", "y"],
    codex: { decision: null, matched: [] },
    moat: { answer: { decision: "forbidden", matched: ["rm -rf: forbidden (use trash)"] }, why: "doas hides nothing" },
  },
  {
    name: "sudo with variables and a shell",
    rules: 'prefix_rule(pattern=["rm", "-rf"], decision="forbidden", justification="use trash")\n',
    command: ["sudo", "A=b", "env", "bash", "-c", "rm -rf y"],
    codex: { decision: null, matched: [] },
    moat: {
      answer: { decision: "forbidden", matched: ["rm -rf: forbidden (use trash)"] },
      why: "what runs others is looked through",
    },
  },
  {
    name: "sudo in a way that is not known",
    rules: 'prefix_rule(pattern=["rm", "-rf"], decision="forbidden", justification="use trash")\n',
    command: ["sudo", "--new-option", "rm", "-rf", "y"],
    codex: { decision: null, matched: [] },
    moat: { answer: { decision: "prompt", matched: [": forbidden (use trash)"] }, why: "the rule may be about it" },
  },
  {
    name: "a command with options like our own",
    rules: 'prefix_rule(pattern=["git", "--rules"], decision="prompt")\n',
    command: ["git", "--rules", "x", "--pretty"],
    codex: { decision: "prompt", matched: ["git --rules: prompt"] },
  },
  {
    name: "slices, bits and what else strings can do",
    rules:
      'words = "a-b-c".rsplit("-", 1)[::-1]\nprefix_rule(pattern=words[:1] + ["%d" % (6 & 3), chr(ord("x") + 1)], decision="prompt", justification="{!r}".format("k=v".partition("=")))\n',
    command: ["c", "2", "y"],
    codex: { decision: "prompt", matched: ['c 2 y: prompt (("k", "=", "v"))'] },
  },
];
