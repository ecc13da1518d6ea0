import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listBlobs } from "./blobs.ts";
import { LockedError, loadStore, readThread } from "./index.ts";
import { sampleContext, sampleTurn, tempHome } from "./sample.suite.ts";
import * as store from "./store.ts";

const date = () => new Date("2026-06-01T00:00:00.000Z");
const ids = (threads: store.ThreadSummary[]) => threads.map(({ thread_id }) => thread_id);
const day = (n: number) => `2026-03-${String(n).padStart(2, "0")}T05:06:07.000Z`;
const indexOf = (home: string) => join(home, "threads.sqlite");
const noise = (length: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString("base64");

/** Three threads on three days, in two directories. */
function threeThreads(home: ReturnType<typeof tempHome>): string[] {
  const elsewhere = { ...sampleContext, cwd: "/work/other" };
  return [
    home.thread("aaaa-1111", sampleTurn(0, { prompt: "Fix the parser" }), day(1)),
    home.thread("aaaa-2222", sampleTurn(0, { prompt: "Write  docs\nabout locks", context: elsewhere }), day(2)),
    home.thread("bbbb-3333", [...sampleTurn(0, { prompt: "Rename things" }), ...sampleTurn(1)], day(3)),
  ];
}

describe("list", () => {
  test("the last used first, with what tells them apart", async () => {
    using home = tempHome();
    const [, , last = ""] = threeThreads(home);
    const threads = await store.listThreads(home.dir);
    expect(ids(threads)).toEqual(["bbbb-3333", "aaaa-2222", "aaaa-1111"]);
    expect(threads[0]).toEqual({
      thread_id: "bbbb-3333",
      path: last,
      name: null,
      prompt: "Rename things",
      cwd: "/work/project",
      model: "gpt-5.5",
      model_provider: "openai",
      created_at: day(3),
      updated_at: day(3),
      turns: 2,
      archived: false,
      forked_from: null,
      bytes: statSync(last).size,
    });
    expect(threads[1]?.prompt).toBe("Write docs about locks");
  });

  test("by directory, by text, archived", async () => {
    using home = tempHome();
    const [first = ""] = threeThreads(home);
    store.archiveThread(first, true);
    expect(ids(await store.listThreads(home.dir))).toEqual(["bbbb-3333", "aaaa-2222"]);
    expect(ids(await store.listThreads(home.dir, { archived: true }))).toEqual(["aaaa-1111"]);
    expect(ids(await store.listThreads(home.dir, { archived: "any", query: "PARSER" }))).toEqual(["aaaa-1111"]);
    expect(ids(await store.listThreads(home.dir, { cwd: "/proc/nowhere" }))).toEqual([]);
  });

  test("the context that comes before a prompt is not the prompt", async () => {
    using home = tempHome();
    const context = (text: string) => ({
      type: "history.added" as const,
      item: { type: "message" as const, role: "user" as const, content: [{ type: "input_text" as const, text }] },
    });
    const opening = [
      context("# AGENTS.md instructions for /work\n\nx"),
      context("<environment_context>\n</environment_context>"),
    ];
    home.thread("t", [...opening, ...sampleTurn(0, { prompt: "<b> is a tag" })]);
    expect((await store.listThreads(home.dir))[0]?.prompt).toBe("<b> is a tag");
  });

  test("without its first line a thread is of the directory of its first turn", async () => {
    using home = tempHome();
    const path = home.thread("t", [
      ...sampleTurn(0),
      ...sampleTurn(1, { context: { ...sampleContext, cwd: "/work/other" } }),
    ]);
    writeFileSync(path, readFileSync(path, "utf8").split("\n").slice(1).join("\n"));
    expect((await store.listThreads(home.dir))[0]).toMatchObject({ thread_id: "t", cwd: "/work/project", turns: 2 });
  });

  test("an empty home, and none at all", async () => {
    using home = tempHome();
    expect(await store.listThreads(home.dir)).toEqual([]);
    expect(await store.listThreads(join(home.dir, "none"))).toEqual([]);
    expect(existsSync(indexOf(home.dir))).toBe(false);
  });
});

describe("the index is a cache", () => {
  test("a thread that grew is read on from where it ended; one that was cut is read again", async () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0), day(1));
    await store.listThreads(home.dir);
    const writer = home.writer("t", day(1));
    for (const [index, body] of sampleTurn(1).entries()) writer.append({ seq: 9 + index, ...body });
    writer.rename("grown");
    writer.close();
    expect((await store.listThreads(home.dir))[0]).toMatchObject({ turns: 2, name: "grown", prompt: "prompt 0" });
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.split("\n").slice(0, 3).join("\n"));
    expect((await store.listThreads(home.dir))[0]).toMatchObject({ turns: 1, name: null });
  });

  const ruined: [string, (path: string) => void][] = [
    ["deleted", (path) => rmSync(path)],
    ["garbage", (path) => writeFileSync(path, "this is no database ".repeat(500))],
    ["empty", (path) => writeFileSync(path, "")],
    ["cut in half", (path) => writeFileSync(path, readFileSync(path).subarray(0, 5000))],
    [
      "damaged in the middle",
      (path) => {
        const bytes = readFileSync(path);
        bytes.fill(0xff, 4096, bytes.length);
        writeFileSync(path, bytes);
      },
    ],
    [
      "from a newer version",
      (path) => {
        const db = new Database(path);
        db.run("ALTER TABLE threads ADD COLUMN more TEXT");
        db.run("PRAGMA user_version = 99");
        db.close();
      },
    ],
    [
      "with a summary that is no JSON",
      (path) => {
        const db = new Database(path);
        db.run("UPDATE threads SET summary = '{'");
        db.close();
      },
    ],
  ];
  for (const [what, ruin] of ruined) {
    test(`${what}: rebuilt, nothing lost`, async () => {
      using home = tempHome();
      threeThreads(home);
      const before = await store.listThreads(home.dir);
      ruin(indexOf(home.dir));
      expect(await store.listThreads(home.dir)).toEqual(before);
      const db = new Database(indexOf(home.dir), { readonly: true });
      expect(db.query("SELECT count(*) AS n FROM threads").get()).toEqual({ n: 3 });
      db.close();
    });
  }

  test("unchanged threads are not read again", async () => {
    using home = tempHome();
    const [path = ""] = threeThreads(home);
    utimesSync(path, date(), date());
    await store.listThreads(home.dir);
    // The same size and time with another content: only a second reading would notice.
    writeFileSync(path, readFileSync(path, "utf8").replace("Fix the parser", "FIX THE PARSER"));
    utimesSync(path, date(), date());
    expect((await store.listThreads(home.dir)).at(-1)?.prompt).toBe("Fix the parser");
  });

  test("one that cannot be written does not stop a list", async () => {
    using home = tempHome();
    threeThreads(home);
    const db = new Database(indexOf(home.dir), { create: true });
    db.run("BEGIN EXCLUSIVE");
    expect((await store.listThreads(home.dir)).length).toBe(3);
    db.run("ROLLBACK");
    db.close();
    rmSync(indexOf(home.dir));
    expect((await store.listThreads(home.dir)).length).toBe(3);
  });

  test("5,000 threads", async () => {
    using home = tempHome();
    const template = readFileSync(home.thread("template", sampleTurn(0)), "utf8");
    for (let n = 0; n < 5000; n++) {
      const id = `${n.toString(16).padStart(8, "0")}-0000-7000-8000-000000000000`;
      const [month, date] = [1 + (n % 12), 1 + (n % 28)].map((part) => String(part).padStart(2, "0"));
      const dir = join(home.dir, "threads", "2025", month ?? "", date ?? "");
      await Bun.write(join(dir, `rollout-2025-${month}-${date}T00-00-00-${id}.jsonl`), template);
    }
    expect((await store.listThreads(home.dir)).length).toBe(5001);
    expect((await store.listThreads(home.dir)).length).toBe(5001);
  });
});

describe("find", () => {
  test("by id, by name, by the beginning of an id", async () => {
    using home = tempHome();
    const [first = "", second = ""] = threeThreads(home);
    store.renameThread(first, "Parser", date);
    store.archiveThread(second, true);
    const found = async (word: string) => {
      const result = await store.findThread(home.dir, word);
      return result.ok ? result.thread.thread_id : [result.reason, ...ids(result.near)];
    };
    expect(await found("bbbb-3333")).toBe("bbbb-3333");
    expect(await found("BBBB")).toBe("bbbb-3333");
    expect(await found("parser")).toBe("aaaa-1111");
    expect(await found("aaaa-2222")).toBe("aaaa-2222");
    expect(await found("aaaa")).toEqual(["ambiguous", "aaaa-2222", "aaaa-1111"]);
    expect(await found("bbb")).toEqual(["unknown"]);
    expect(await found("bbbb-3334")).toEqual(["unknown", "bbbb-3333"]);
    expect(await found("arser")).toEqual(["unknown", "aaaa-1111"]);
  });
});

describe("manage", () => {
  test("a name is part of the rollout and survives everything", async () => {
    using home = tempHome();
    const [first = ""] = threeThreads(home);
    store.renameThread(first, "Parser", date);
    const archived = store.archiveThread(first, true);
    rmSync(indexOf(home.dir), { force: true });
    expect(archived).toBe(first.replace("/threads/", "/archived/"));
    expect((await store.listThreads(home.dir, { archived: true }))[0]?.name).toBe("Parser");
    expect(readThread(archived).name).toBe("Parser");
    expect(store.archiveThread(archived, false)).toBe(first);
    store.renameThread(first, null, date);
    expect(readThread(first)).toMatchObject({ name: null, next_seq: 9 });
  });

  test("a thread in use is left alone", () => {
    using home = tempHome();
    const [first = ""] = threeThreads(home);
    const writer = home.writer("aaaa-1111", day(1));
    writer.open();
    expect(() => store.renameThread(first, "x", date)).toThrow(LockedError);
    expect(() => store.archiveThread(first, true)).toThrow(LockedError);
    expect(() => store.deleteThread(home.dir, first)).toThrow(LockedError);
    writer.close();
    expect(readThread(first).turns).toBe(1);
  });

  test("a deleted thread takes the blobs with it that nobody else needs", async () => {
    using home = tempHome();
    const [shared, own] = [noise(100_000), noise(100_000)];
    const path = home.thread("a", [...sampleTurn(0, { output: shared }), ...sampleTurn(1, { output: own })]);
    const other = home.thread("b", sampleTurn(0, { output: shared }));
    store.deleteThread(home.dir, path);
    expect(existsSync(path)).toBe(false);
    expect(listBlobs(join(home.dir, "blobs")).length).toBe(1);
    expect(readThread(other).damaged).toEqual([]);
    expect(ids(await store.listThreads(home.dir))).toEqual(["b"]);
  });

  test("a deleted thread takes its only blob with it, but none that came into use since", () => {
    for (const later of [false, true]) {
      using home = tempHome();
      const path = home.thread("a", sampleTurn(0, { output: noise(100_000) }));
      const [blob] = listBlobs(join(home.dir, "blobs"));
      const { mtimeMs } = statSync(path);
      utimesSync(blob?.path ?? "", 1, mtimeMs / 1000 + (later ? 1 : -1));
      store.deleteThread(home.dir, path);
      expect(listBlobs(join(home.dir, "blobs"))).toHaveLength(later ? 1 : 0);
    }
  });

  test("a fork has the history, a new id and its origin", async () => {
    using home = tempHome();
    const output = noise(100_000);
    const path = home.thread("a", [...sampleTurn(0, { output }), ...sampleTurn(1)], day(1));
    store.renameThread(path, "first", date);
    const options = { moat_home: home.dir, date: date(), moat_version: "9.9.9" };
    const fork = store.forkThread(path, { ...options, thread_id: "f1" });
    const { path: _, ...original } = { path, ...readThread(path) };
    const bytes = statSync(fork).size;
    expect(readThread(fork)).toEqual({ ...original, thread_id: "f1", name: null, forked_from: "a", bytes });
    expect((await store.listThreads(home.dir))[0]).toMatchObject({
      thread_id: "f1",
      forked_from: "a",
      created_at: date().toISOString(),
    });
    const earlier = store.forkThread(path, { ...options, thread_id: "f2", turns: 1 });
    expect(readThread(earlier)).toMatchObject({ turns: 1, open_turn: null, next_seq: 9 });
    expect(statSync(fork).mode & 0o777).toBe(0o600);
  });
});

describe("search", () => {
  test("in what was said, run and named, with the place", async () => {
    using home = tempHome();
    const bodies = sampleTurn(0, {
      prompt: "Where is the NEEDLE?",
      answer: `${"hay ".repeat(400)}needle${" hay".repeat(400)}`,
    });
    const path = home.thread("a", [...bodies, ...sampleTurn(1, { output: "x\na needle in output\n" })]);
    home.thread("b", sampleTurn(0));
    store.renameThread(path, "needles", date);
    const found = await store.searchThreads(home.dir, "Needle", {});
    expect(found.map(({ thread }) => thread.thread_id)).toEqual(["a"]);
    expect(found[0]?.matches.map(({ who }) => who)).toEqual(["name", "user", "agent", "command"]);
    expect(found[0]?.matches[2]?.snippet).toMatch(/^…(hay )+needle( hay)+.*…$/);
    expect(found[0]?.matches[2]?.snippet.length).toBeLessThan(140);
    expect(await store.searchThreads(home.dir, "needle", { cwd: "/proc/nowhere" })).toEqual([]);
  });
});

describe("quota", () => {
  test("first what nobody refers to, then the archive, then the oldest; never the kept nor the used", async () => {
    using home = tempHome();
    const paths = Array.from({ length: 6 }, (_, n) =>
      home.thread(`t${n}`, sampleTurn(0, { answer: noise(9000) }), day(n + 1)),
    );
    store.archiveThread(paths[3] ?? "", true);
    const big = home.thread("gone", sampleTurn(0, { output: noise(100_000) }), day(9));
    rmSync(big);
    const used = home.writer("t0", day(1));
    used.open();
    const [later, now] = [new Date(Date.now() + 2 * 60 * 60 * 1000), new Date()];
    expect((await store.planGc(home.dir, { now })).blobs).toEqual([]);
    const roomy = await store.planGc(home.dir, { now: later });
    expect(roomy.threads).toEqual([]);
    expect(roomy.blobs.length).toBe(1);
    const before = store.storeSize(home.dir);
    expect(before.bytes).toBe(roomy.bytes);
    expect(before.quota).toBe(1024 ** 3);
    const plan = await store.planGc(home.dir, { now: later, quota: 45_000, keep: ["t1"] });
    expect(plan.threads.map(({ thread }) => thread.thread_id)).toEqual(["t3", "t2", "t4"]);
    expect(store.storeSize(home.dir)).toEqual(before);
    store.runGc(plan);
    expect(ids(await store.listThreads(home.dir, { archived: "any" }))).toEqual(["t5", "t1", "t0"]);
    const after = store.storeSize(home.dir);
    expect(after.bytes).toBe(before.bytes - plan.frees);
    expect(after.blob_bytes).toBe(0);
    used.close();
  });

  test("a blob goes with the last thread that refers to it", async () => {
    using home = tempHome();
    const output = noise(100_000);
    for (const n of [1, 2]) home.thread(`t${n}`, sampleTurn(0, { output }), day(n));
    const plan = await store.planGc(home.dir, { now: date(), quota: 0 });
    expect(plan.threads.map(({ blobs }) => blobs.length)).toEqual([0, 1]);
    expect(plan.frees).toBe(plan.bytes);
    store.runGc(plan);
    expect(store.storeSize(home.dir)).toMatchObject({ threads: 0, bytes: 0 });
  });
});

describe("export", () => {
  const nasty = '<script>alert(1)</script> & "quotes" ``` fence';
  const image = "data:image/png;base64,iVBORw0KGgo=";
  const bodies = [
    ...sampleTurn(0, { prompt: nasty, answer: nasty, output: nasty, image }),
    {
      type: "item.completed" as const,
      item: {
        id: "item_9",
        type: "file_change" as const,
        changes: [{ path: "/work/<b>.ts", kind: "update" as const, diff: "@@\n-a\n+<i>b\n" }],
        status: "completed" as const,
      },
    },
    ...sampleTurn(1, { image: "data:image/svg+xml;base64,PHN2Zz4=" }),
  ];

  test("HTML is one page without scripts and with everything escaped", () => {
    using home = tempHome();
    const path = home.thread("t", bodies);
    store.renameThread(path, nasty, date);
    const html = store.toHtml(store.readTranscript(path));
    expect(html).toContain("Content-Security-Policy");
    expect(html).not.toMatch(/<script|<i>b|<b>\.ts|onerror|javascript:/i);
    expect(
      html.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; &quot;quotes&quot;/g)?.length,
    ).toBeGreaterThanOrEqual(4);
    expect(html.match(/<img [^>]*src="[^"]*"/g)).toEqual([`<img alt="attached image" src="${image}"`]);
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  test("Markdown: no fence ends early", () => {
    using home = tempHome();
    const path = home.thread("t", bodies);
    const markdown = store.toMarkdown(store.readTranscript(path));
    expect(markdown).toStartWith("# Thread t\n\n- Thread: `t`\n- Started: 2026-03-04T05:06:07.000Z\n");
    expect(markdown).toContain(`## You\n\n> ${nasty}`);
    expect(markdown).toContain(`\`\`\`\`\n${nasty}\n\`\`\`\``);
    expect(markdown).toContain("**update** `/work/<b>.ts` (completed)\n\n```diff\n@@\n-a\n+<i>b\n```");
  });
});

test("the lazy door gives the same functions", async () => {
  expect((await loadStore()).listThreads).toBe(store.listThreads);
});
