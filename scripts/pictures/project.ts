// The project that the pictures show: a small shop whose invoice totals are wrong by a cent. Its test needs nothing but a shell.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Script, startModelServer } from "../../src/testkit/index.ts";

export const INVOICE = `import { net } from "./tax";
import type { Line } from "./types";

/** What a customer pays. */
export function total(lines: Line[], rate: number): number {
  let sum = 0;
  for (const line of lines) {
    sum += net(line.price * line.count, rate);
  }
  return Number(sum.toFixed(2));
}
`;

const FILES: Record<string, string> = {
  "AGENTS.md":
    "# Shop\n\nMoney is kept in cents, as whole numbers. Run `sh test.sh` before you say that something works.\n",
  "src/invoice.ts": INVOICE,
  "src/tax.ts":
    "/** The price without tax, rounded to cents. */\nexport const net = (gross: number, rate: number) => Math.round((gross / (1 + rate)) * 100) / 100;\n",
  "src/types.ts": "export interface Line {\n  name: string;\n  price: number;\n  count: number;\n}\n",
  "src/pdf/page.ts": 'export const TITLE = "Rechnung · 請求書";\n',
  "test.sh": `echo "ok    empty invoice is 0.00"
echo "ok    one line"
echo "ok    two lines, two rates"
echo "ok    a discount in per cent"
echo "ok    a discount in euros"
if grep -q toCents src/invoice.ts; then
  echo "ok    three thirds make a whole"
else
  echo "FAIL  three thirds make a whole: expected 1.00, got 0.99"
  exit 1
fi
`,
  "watch.sh": `echo "waiting for changes in src"
echo "src/invoice.ts: built"
sleep 600
`,
};

/** A home with the project in it, and a scripted model. */
export interface Stage extends Disposable {
  home: string;
  project: string;
  env: Record<string, string>;
}

export async function createStage(script: Script, config: string): Promise<Stage> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-picture-")));
  const project = join(base, "src", "shop");
  const put = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const [name, text] of Object.entries(FILES)) put(join(project, name), text);
  const git = (...args: string[]) =>
    Bun.spawnSync(["git", "-c", "user.name=shop", "-c", "user.email=shop@shop.invalid", ...args], { cwd: project });
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "shop");
  put(join(project, "src/types.ts"), `${FILES["src/types.ts"]}\n`);
  put(join(project, "notes.txt"), "ask about discounts\n");
  put(join(base, ".moat", "config.toml"), `${config}\n[projects."${project}"]\ntrust_level = "trusted"\n`);
  const server = await startModelServer(script);
  const env = {
    HOME: base,
    PATH: "/usr/bin:/bin",
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "sk-picture",
    LANG: "C.UTF-8",
  };
  return {
    home: base,
    project,
    env,
    [Symbol.dispose]() {
      server.stop();
      rmSync(base, { recursive: true, force: true });
    },
  };
}
