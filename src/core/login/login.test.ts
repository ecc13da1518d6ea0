// What a login profile leaves is under every command, although it is read once: real shells, real profiles, the real sandbox.
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secrets } from "../../base/index.ts";
import type { Denial, Event, Item, Json } from "../../protocol/index.ts";
import { call, respond, say, tempProject } from "../../testkit/index.ts";
import { play, type Stage, stage, turnOf } from "../harness.suite.ts";
import { bash } from "./bash.ts";
import { loginState, parseDump } from "./difference.ts";

/** Where the files lie. */
const SHELL = ".cache/moat/shell";

type Command = { cmd: string } & Record<string, Json>;
type Options = Parameters<typeof stage>[1];

/** Says how often the profile was read: a line in what it prints nowhere would not be seen, so it counts in a variable that lasts. */
const MARK = 'echo "read $$" >&2\n';

interface Ran {
  outputs: string[];
  items: Item[];
  denials: Denial[];
  /** What there is of these files of the home when all is over. */
  left: string[];
}

/** Commands of one turn, one a response, in a home with these files. `between` happens before each. */
async function ran(
  files: Record<string, string>,
  commands: (string | Command)[],
  options: Options = {},
  between: (index: number, s: Stage) => void = () => {},
): Promise<Ran> {
  const holder: { stage?: Stage } = {};
  const script = (_request: unknown, index: number) => {
    if (holder.stage) between(index, holder.stage);
    const command = commands[index];
    if (command === undefined) return respond(say("done"));
    const args = typeof command === "string" ? { cmd: command } : command;
    return respond(call("exec_command", args, `c${index}`));
  };
  const login_shell = { once: true, files: [] };
  using s = await stage(script, { ...options, settings: { login_shell, ...options.settings } });
  holder.stage = s;
  for (const [name, content] of Object.entries(files)) s.home.write(name, content);
  const { events, outputs } = await play(s, [turnOf("go")], () => null);
  const items = events.flatMap((event: Event) => (event.type === "item.completed" ? [event.item] : []));
  const texts = commands.map((_, index) => (outputs.get(`c${index}`) ?? "").replace(/^[\s\S]*?Output:\n/, ""));
  const left = [SHELL, "written"].filter((name) => existsSync(s.home.path(name)));
  const denials = events.flatMap((event) => (event.type === "sandbox.denied" ? [event.denial] : []));
  return { outputs: texts, items, denials, left };
}

const errors = ({ items }: Ran) => items.flatMap((item) => (item.type === "error" ? [item.message] : []));

describe("a profile of bash", () => {
  const profile = [
    MARK,
    "export PATH=/opt/tool/bin:$PATH PLAIN=yes 'QUOTED=a b'\\''c\n\td'",
    "export -n LANG; unset LC_ALL",
    "inner=not-exported; declare -A map=([one]=1 [two words]='2'); declare -r FIXED=always; declare -i number=7",
    "shopt -s extglob expand_aliases nullglob",
    "alias ll='echo listed'; alias quoted=\"echo 'it'\\\"'\\\"'s'\"",
    `greet() { local who=\${1:-you}; cat <<END\nhello $who, \${map[two words]}\nEND\n}`,
    "wide() { case $1 in !(*.c|*.h)) echo other ;; *) echo source ;; esac; }",
    "shared() { echo from-$FUNCNAME; }; export -f shared",
    'lazy() { unset -f lazy; lazy() { echo loaded "$@"; }; lazy "$@"; }',
    "set -o pipefail -o noclobber; umask 027; trap 'echo left' EXIT",
  ].join("\n");

  test("is under a command as it is under a login shell", async () => {
    const look = [
      `echo "$PLAIN|$QUOTED|$PATH|\${LC_ALL-none}|$inner|\${map[one]}|$number"`,
      "ll; quoted; greet me; wide x.c; wide x.o; lazy a; lazy b; bash -c shared; bash -c 'type greet' 2>&1 | wc -l",
      "shopt extglob nullglob expand_aliases; set -o | grep -E 'pipefail|noclobber'; umask",
      "declare -p FIXED number map; false | true; echo $?; echo $-; (FIXED=2) 2>&1",
      `echo "\${BASH_ENV-unset}"; env | grep -c BASH_ENV; nonesuch; echo $?`,
    ].join("\n");
    const { outputs, items } = await ran({ ".bash_profile": profile }, [{ cmd: look, login: true }, look]);
    const [old = "", now = ""] = outputs;
    expect(items.filter(({ type }) => type === "error")).toEqual([]);
    expect(now).toContain("hello me, 2");
    // What the profile prints is no output of a command any more.
    expect(now).toBe(old.replace(/^read \d+\n/, ""));
    const commands = items.flatMap((item) => (item.type === "command_execution" ? [item.command] : []));
    expect(commands[0]).toBe(commands[1] ?? "");
    expect(commands[1]).toStartWith("/bin/bash -lc ");
  });

  test("is read once, and again when a file of it changes", async () => {
    const count = { ".bash_profile": "export STAMP=$(date +%N) A=1\n. ~/more\n", more: "" };
    const grow = (index: number, { home }: Stage) => {
      if (index === 3) home.write(".bashrc", "new");
      if (index === 4) home.write("more", "export B=2\n");
    };
    const files = (home: string) => ({ login_shell: { once: true, files: [join(home, "more")] } });
    const home = tempProject(count);
    const { outputs } = await ran(
      {},
      Array(5).fill("echo $STAMP-$A-$B"),
      {
        settings: files(home.dir),
        services: { home: home.dir, env: { PATH: process.env.PATH, HOME: home.dir } },
      },
      (index) => grow(index, { home } as Stage),
    );
    home.remove();
    expect(outputs[1]).toBe(outputs[0] ?? "");
    expect(outputs[2]).toBe(outputs[0] ?? "");
    expect(outputs[3]).not.toBe(outputs[0] ?? "");
    expect(outputs[4]).toEndWith("-1-2\n");
  });

  test("that defines nothing costs no file", async () => {
    const { outputs } = await ran({ ".profile": "export ONLY=this\n" }, ["echo $ONLY; shopt login_shell"]);
    expect(outputs[0]).toBe("this\nlogin_shell    \toff\n");
    const before = parseDump(bash, 'options -\nset +o posix\0variables -\ndeclare -x A="1"\n\0end -\n\0');
    const now = parseDump(
      bash,
      'options -\nset +o posix\0variables -\ndeclare -x A="2"\ndeclare -x PWD="/"\n\0end -\n\0',
    );
    if (before === null || now === null) throw new Error("a dump that is whole was not read");
    const state = loginState(bash, before, now, () => "keep", false);
    expect(state).toEqual({ set: { A: "2" }, unset: [], dropped: [], script: "" });
  });

  test.each([
    ["with a copy of its output on 3 and 4", "exec 3>&1 4>&2; echo told >&3; exec 3>&- 4>&-; export KEPT=yes"],
    ["with a lock on 9 that it gives back", "exec 9>~/.lock; exec 9>&-; export KEPT=yes"],
  ])("that works %s is read once", async (_, lines) => {
    const result = await ran({ ".bash_profile": lines }, ["echo $KEPT; shopt login_shell"]);
    expect([errors(result), result.outputs]).toEqual([[], ["yes\nlogin_shell    \toff\n"]]);
  });

  test.each([
    ["leaves a descriptor open", "exec 3>/dev/null", /leaves a descriptor open/, "echo lost >&3; echo x", "x\n"],
    ["closes every descriptor", "exec 7>&-", /closes descriptor 7/, "echo x", "x\n"],
  ])("that %s is read by each command, and that is why", async (_, lines, why, command, output) => {
    const result = await ran({ ".bash_profile": lines }, [command]);
    expect([errors(result), result.outputs]).toEqual([[expect.stringMatching(why)], [output]]);
  });

  test("a token that it exports is not handed on, and the command that wants it is told so", async () => {
    const lines = "export NPM_TOKEN=npm_abcdefghijklmnop PLAIN=yes";
    const { outputs, denials } = await ran({ ".bash_profile": lines }, ['echo $PLAIN; test -n "$NPM_TOKEN"']);
    expect(outputs[0]).toStartWith("yes\n");
    expect(denials).toMatchObject([{ rule: "shell_environment_policy", target: "NPM_TOKEN" }]);
  });

  test("its values and functions are kept whatever is in them", async () => {
    const odd = readFileSync(join(import.meta.dir, "fixtures", "odd", "profile"), "utf8");
    const look = [
      `printf '<%s>' "$LINES_" "$QUOTES" "$CONTROL" "$NUMBER" "\${EMPTY-unset}" "\${NONE-unset}" "\${list[@]}" "\${map[@]}" "\${!map[@]}"`,
      "doc; later; my-name; shopt -s expand_aliases; alias; declare -F; export -p | grep -v BASH_ENV",
    ].join("\n");
    const { outputs, items } = await ran({ ".bash_profile": odd }, [{ cmd: look, login: true }, look]);
    const without = (text = "") => text.replace(/^declare -x (?:OLDPWD|SHLVL|_)\b.*\n/gm, "");
    expect(items.filter(({ type }) => type === "error")).toEqual([]);
    expect(outputs[0]).toContain("later\nmine\n");
    expect(without(outputs[1])).toBe(without(outputs[0]));
  });

  test("that is not UTF-8 is read by each command", async () => {
    const result = await ran({ ".profile": "export BYTES=$'a\\xff'\n" }, ["printenv BYTES | wc -c"]);
    expect(errors(result)).toEqual([expect.stringMatching(/not UTF-8/)]);
    expect(result.outputs[0]).toBe("3\n");
  });

  test("that leaves the same in the next thread is proven once", async () => {
    const home = tempProject({ ".profile": "f() { echo f; }\n" });
    const proven = () => readdirSync(home.path(".cache/moat/shell-proven"));
    const options = { services: { home: home.dir, env: { PATH: process.env.PATH, HOME: home.dir } } };
    expect((await ran({}, ["f"], options)).outputs).toEqual(["f\n"]);
    const [name = "", ...others] = proven();
    expect(others).toEqual([]);
    const { ino } = statSync(home.path(`.cache/moat/shell-proven/${name}`));
    expect((await ran({}, ["f"], options)).outputs).toEqual(["f\n"]);
    expect(statSync(home.path(`.cache/moat/shell-proven/${name}`)).ino).toBe(ino);
    home.write(".profile", "f() { echo other; }\n");
    expect((await ran({}, ["f"], options)).outputs).toEqual(["other\n"]);
    expect(proven().length).toBe(2);
    home.remove();
  });

  test("errexit and its kind hold for the command, and for nothing before it", async () => {
    const { outputs } = await ran({ ".profile": "f() { :; }; set -eu\n" }, ["f; echo $-; false; echo unreached"]);
    expect(outputs[0]).toMatch(/^\w*e\w*u\w*\n$/);
  });

  test("for which the home has no place is read by each command, and nobody is told to mend it", async () => {
    const settings = { sandbox_mode: "read-only" as const };
    const files = { ".profile": "f() { echo f; }\n", ".cache": "a file" };
    const result = await ran(files, ["f; shopt -q login_shell && echo login"], { settings });
    expect([result.outputs, errors(result)]).toEqual([["f\nlogin\n"], []]);
  });

  test("what it says of BASH_ENV holds for shells that the command starts", async () => {
    const { outputs } = await ran({ ".profile": "export BASH_ENV=~/env\n", env: "X=from-env\n" }, [
      "echo $BASH_ENV; bash -c 'echo $X'",
    ]);
    expect(outputs[0]).toMatch(/^\/.*\/env\nfrom-env\n$/);
  });
});

describe("a profile that makes a link of its own for each shell, as version managers do", () => {
  // Where `$$` is the shell's: another one for each that reads it.
  const profile = {
    ".bash_profile":
      "at=~/.local/state/shells/$$; mkdir -p $at && ln -s ~/tools $at/bin && export PATH=$at/bin:$PATH\n",
    "tools/tool": "echo the tool\n",
  };
  const look = ["bash $(ls ${PATH%%:*}/tool) 2>&1; echo $PATH | tr : '\\n' | grep -c shells", "bash ~/tools/tool"];

  test("leads to the link that it made in the layer over the home, or is read by each command that writes the home itself", async () => {
    for (const mode of ["workspace-write", "danger-full-access"] as const) {
      const result = await ran(profile, look, { settings: { sandbox_mode: mode } });
      expect(result.outputs).toEqual(["the tool\n1\n", "the tool\n"]);
      const told =
        mode === "workspace-write" ? [] : [expect.stringMatching(/writes, which it may not .*mkdir: .*Read-only/)];
      expect(errors(result)).toEqual(told);
    }
  });
});

describe("each command reads the profile as before, and that is told once, where it", () => {
  const cases: [string, string, RegExp][] = [
    ["ends before a command could run", '[ -n "$BASH_EXECUTION_STRING" ] && exit 1\n', /ends, starts another shell/],
    ["starts another shell", "exec sh -c 'echo other'\n", /ends, starts another shell/],
    ["leaves a program running", "sleep 60 </dev/null >/dev/null 2>&1 &\nexport A=1\n", /leaves a program running/],
    ["puts a key into a function", "export API_TOKEN=tok-4711-secret\nf() { echo tok-4711-secret; }\n", /puts a key/],
  ];
  test.each(cases)("%s", async (_name, profile, why) => {
    const result = await ran({ ".bash_profile": profile }, ["echo a $A", "echo b"]);
    expect(errors(result)).toEqual([expect.stringMatching(why)]);
    expect(result.left).not.toContain(SHELL);
  });

  test("may not be kept: the model's `login: true`, the configuration, and a command that could change the file", async () => {
    const twice = Array(2).fill({ cmd: "shopt -q login_shell && echo login; f" });
    const profile = { ".bash_profile": "f() { echo f; }\n" };
    const each = { login_shell: { once: false, files: [] } };
    expect((await ran(profile, twice, { settings: each })).outputs).toEqual(["login\nf\n", "login\nf\n"]);
    const asked = twice.map((one) => ({ ...one, login: true }));
    expect((await ran(profile, asked)).outputs).toEqual(["login\nf\n", "login\nf\n"]);
    const without = await ran(profile, [{ cmd: "type f 2>&1", login: false }]);
    expect(without.outputs[0]).toContain("not found");
  });
});

test.skipIf(process.env.MOAT_TEST_FULL !== "1")(
  "a profile that hangs is given up, and commands go the old way",
  async () => {
    // Only commands may write here: the profile hangs where it is read for all of them.
    const profile = "echo > ~/may-write 2>/dev/null || sleep 100\nexport A=1\nread -r answer\n";
    const settings = { sandbox_mode: "danger-full-access" as const };
    const result = await ran({ ".bash_profile": profile }, ["echo $A", "echo $A"], { settings });
    expect(errors(result)).toEqual([expect.stringMatching(/does not come to its end within 10 s/)]);
    expect(result.outputs).toEqual(["1\n", "1\n"]);
  },
  60_000,
);

describe("safety", () => {
  const secrets = {
    ".profile":
      "export GITHUB_TOKEN=ghp_0123456789 MY=sk-known-key-1 URL=http://u:ghp_0123456789@h OTHER=fine\nalias x=y\nlocal_key=hidden-by-name\n",
  };

  test("no variable that commands do not inherit, and nothing that holds a known key, is kept", async () => {
    const known = new Secrets(["sk-known-key-1"]);
    const files: string[] = [];
    const { outputs } = await ran(
      secrets,
      ["env; set", "true"],
      { services: { secrets: known } },
      (_index, { home }) => {
        const at = home.path(".cache/moat/shell");
        if (existsSync(at)) for (const name of readdirSync(at)) files.push(home.read(`.cache/moat/shell/${name}/bash`));
      },
    );
    expect(outputs[0]).toContain("OTHER=fine");
    expect(files.length).toBeGreaterThan(0);
    for (const text of [...outputs, ...files]) expect(text).not.toMatch(/ghp_|sk-known|hidden-by-name/);
  });

  test("the profile runs confined: it writes nowhere and has no network, whatever commands may", async () => {
    const profile =
      "f() { :; }\n(echo x > ~/written; echo x > /tmp/moat-login-written-$UID) 2>/dev/null; export NET=$(ls /sys/class/net | tr -d '\\n') LEFT=$(ls ~)\n";
    const { outputs, left } = await ran({ ".profile": profile }, ["echo [$LEFT]"], {
      settings: { sandbox_mode: "danger-full-access" },
    });
    expect(outputs[0]).not.toContain("written");
    expect(left).toEqual([SHELL]);
    expect(existsSync(`/tmp/moat-login-written-${process.getuid?.()}`)).toBe(false);
  });

  test("the file lies where no command may write, and one that was changed is not used", async () => {
    const find =
      "f; for file in ~/.cache/moat/shell/*/bash; do echo evil >> $file; done; touch ~/.cache/moat/shell/x 2>&1; ls -ld ~/.cache/moat/shell | cut -c1-10";
    const tampered = (index: number, { home }: Stage) => {
      const at = home.path(".cache/moat/shell");
      if (index === 0 || !existsSync(at)) return;
      for (const name of readdirSync(at)) {
        const file = join(at, name, "bash");
        const planted = "f() { echo planted; }\n";
        // One that was changed is left where it is; another takes its place.
        if (readFileSync(file, "utf8") === planted) continue;
        expect(statSync(file).mode & 0o777).toBe(0o500);
        chmodSync(file, 0o700);
        writeFileSync(file, planted);
      }
    };
    const { outputs } = await ran({ ".profile": "f() { echo mine; }\n" }, [find, "f", "f"], {}, tampered);
    expect(outputs[0]).toMatch(/^mine\n[\s\S]*drwx------\n$/);
    expect(outputs[0]).toMatch(/Read-only file system|Permission denied/);
    expect(outputs.slice(1)).toEqual(["mine\n", "mine\n"]);
  });
});

describe.skipIf(!existsSync("/usr/bin/zsh") && !existsSync("/bin/zsh"))("a profile of zsh", () => {
  const SAME = /^login\n/m;
  const zshOf = async (files: Record<string, string>, cmd: string) => {
    const [login, now] = [{ login: true }, {}].map((more) => ({ cmd, shell: "zsh", ...more }));
    const result = await ran(files, [login ?? "", now ?? ""]);
    expect(errors(result)).toEqual([]);
    expect(result.outputs[1]).toBe((result.outputs[0] ?? "").replace(SAME, ""));
    return result.outputs[1];
  };

  test("is under a command as it is under a login shell", async () => {
    const files = {
      ".zshenv": "export FROM_ENV=1 PATH=/opt/z:$PATH\n",
      ".zprofile": `export PLAIN='a b'\nalias ll='echo listed'\nalias -g G='| grep'\nalias -s txt=cat\nsetopt extendedglob nullglob pipefail\ntypeset -A map=(one 1 'two words' 2)\ninner=not-exported\ngreet() { print hello \${1:-you} $map[one] }\nlazy() { unfunction lazy; lazy() { print loaded $* }; lazy $* }\numask 027\n`,
    };
    const look = [
      `print "$PLAIN|$FROM_ENV|$PATH|$inner|$map[two words]|\${ZDOTDIR-unset}"`,
      `ll; greet me; lazy a; echo a b G a; setopt; umask; zsh -c 'print $FROM_ENV \${+functions[greet]}'`,
      "nonesuch; print $?",
    ].join("\n");
    expect(await zshOf(files, look)).toContain("hello me 1");
  });

  test("that sets traps, modules, places, hidden variables and functions to be read later", async () => {
    const profile = [
      "trap 'print bye' EXIT; trap 'print usr' USR1; TRAPZERR() { print zerr }",
      "zmodload zsh/mathfunc; hash -d lib=/usr/lib; typeset -gHA hue=(red 31); typeset -H shy=1",
      "fpath=(~/fns $fpath); autoload -Uz mine zmv; cubed() { (( $1 * $1 * $1 )) }; functions -M cube 1 1 cubed",
      "typeset -ix count=5; typeset -ax pair=(1 2)",
      "either() { case $1 in ('a' | b) print one ;; *) print other ;; esac }",
    ];
    const files = { ".zprofile": `${profile.join("\n")}\n`, "fns/mine": "print mine $1\n" };
    const look =
      "count=2+2; print $count $#pair $(printenv count); either b; mine 1; print ~lib $hue[red] $shy $#fpath $(( cube(3) + int(sin(0)) )); kill -USR1 $$; false";
    expect(await zshOf(files, look)).toContain("4 2 4\none\nmine 1\n/usr/lib 31 1 ");
  });

  test("that is written for another shell's ways", async () => {
    const files = { ".zshenv": "setopt ksh_arrays sh_word_split; words=(x y z)\n" };
    expect(await zshOf(files, "print ${words[0]}; w='1 2'; for one in $w; do print $one; done")).toBe("x\n1\n2\n");
  });
});
