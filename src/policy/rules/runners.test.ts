// A rule that forbids a command finds it behind whatever runs it; where that is not sure, a person is asked.
import { expect, test } from "bun:test";
import { judgeCommand } from "../judge.ts";
import { applyRules } from "./match.ts";
import { parseRules } from "./parse.ts";
import { NO_RULES } from "./rules.ts";

const parsed = parseRules('prefix_rule(["rm"], "forbidden")\nprefix_rule(["ls"])\n', "f");
const rules = parsed.ok ? parsed.rules : NO_RULES;
const decided = (line: string) =>
  applyRules(judgeCommand(["bash", "-c", line], { cwd: "/w", workspace: "/w" }).segments, rules).decision;

test.each([
  ["sudo rm a", "forbidden"],
  ["sudo -n -u root -g wheel rm a", "forbidden"],
  ["sudo -nu root rm a", "forbidden"],
  ["sudo -uroot -- rm a", "forbidden"],
  ["sudo --user=root --preserve-env=PATH --login rm a", "forbidden"],
  ["sudo A=b C=d rm a", "forbidden"],
  ["sudo -s rm a", "forbidden"],
  ["sudo sudo doas rm a", "forbidden"],
  ["sudo sh -c 'cd x; rm a'", "forbidden"],
  ["sudo env timeout 5 nohup rm a", "forbidden"],
  ["timeout 5 sudo rm a", "forbidden"],
  ["/usr/bin/sudo /bin/rm a", "forbidden"],
  ["doas rm a", "forbidden"],
  ["doas -n -u root rm a", "forbidden"],
  ['sudo -u "$who" rm a', "prompt"],
  ["sudo --invented rm a", "prompt"],
  ["sudo -e rm", "prompt"],
  ["doas -x rm a", "prompt"],
  ["env -i rm a", "prompt"],
  ["timeout --invented 5 rm a", "prompt"],
  ["nice --invented rm a", "prompt"],
  ["su -c 'rm a'", "prompt"],
  ["setsid rm a", "prompt"],
  ["busybox rm a", "prompt"],
  ["systemd-run --user rm a", "prompt"],
  // What is allowed is not so for somebody else, and neither is anything else.
  ["sudo ls", null],
  ["doas ls", null],
  ["sudo make", null],
  ["sudo", null],
  ["sudo -v", null],
  ["su - joe", null],
  ["sudo farm a", null],
] as const)("%s: %s", (line, decision) => expect(decided(line)).toBe(decision));
