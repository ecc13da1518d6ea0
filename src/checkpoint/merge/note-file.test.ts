// Notes on disk: what is written is read again, and so is what was written when they had every name and link in full.
import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { decodeJournal } from "../format/decode.ts";
import { idText, inodeIdOf } from "../format/inode-id.ts";
import { type Lab, openLab, picture } from "../simulate.suite.ts";
import { planUndo } from "../stored.ts";
import { type NotedInode, readNote, type StateNote, writeNote } from "./note-file.ts";

const FILES = { "d/a": "a\n", "d/b": "b\n", c: "c\n" };
const turn = (lab: Lab) =>
  lab.command((c, r) => {
    c.removeAll(join(r, "d"));
    c.write(join(r, "c"), "changed\n");
    c.write(join(r, "new"), "new\n");
  });
const captureOf = (lab: Lab) => join(lab.home, "undo/thread-1/1/1");

/** A note as it was written first. */
function asOnce(lab: Lab): void {
  const path = join(captureOf(lab), "after-1.zst");
  const { children, ...note } = JSON.parse(Bun.zstdDecompressSync(fs.readFileSync(path)).toString("utf8"));
  const { records } = decodeJournal(fs.readFileSync(join(captureOf(lab), "journal")));
  const names = records.flatMap((record) => (record.type === "name" ? [[record.parent, record.name]] : []));
  const links = records.flatMap((record) => {
    if (record.type !== "content" || record.content.kind !== "link") return [];
    const { number } = record.content;
    const { size, mtimeNs } = fs.statSync(join(captureOf(lab), "links", `${number}`), { bigint: true });
    return [[number, Number(size), `${mtimeNs}`]];
  });
  expect([children.length, links.length, note.links]).toEqual([names.length, 2, []]);
  const all = names.map(([parent = "", name], i) => [idText(parent), name, children[i]]);
  const once = JSON.stringify({ ...note, names: [...all, ...note.names], links }).replaceAll(
    /\b[0-9a-f]{48}\b/g,
    inBase36,
  );
  fs.writeFileSync(path, Bun.zstdCompressSync(Buffer.from(once)));
}

/** An id as text, as it was written first. */
const inBase36 = (hex: string): string =>
  [0, 8, 16].map((at) => Buffer.from(hex, "hex").readBigUInt64LE(at).toString(36)).join(".");

for (const [when, write] of [
  ["as it is now", () => {}],
  ["as it was once", asOnce],
] as const)
  test(`a turn whose note is ${when} is undone, what somebody changed since is seen`, async () => {
    using lab = openLab(FILES);
    const before = picture(lab.root);
    await turn(lab);
    write(lab);
    // Through a second name, a kept file is written into; and a file that the turn made is.
    const kept = join(captureOf(lab), "links/0");
    const mine = join(lab.home, "mine");
    fs.linkSync(kept, mine);
    const content = fs.readFileSync(mine, "utf8");
    fs.appendFileSync(mine, "more\n");
    fs.appendFileSync(join(lab.root, "c"), "more\n");
    const plan = await planUndo(lab.stored, { turns: 1 });
    if (!plan.ok) throw new Error(plan.message);
    expect(plan.value.conflicts.map(({ why }) => why).sort()).toEqual([
      "changed after the turn",
      "its kept content was changed after the turn, through another name",
    ]);
    fs.writeFileSync(mine, content);
    expect((await lab.undo({ turns: 1 }, true)).failures).toEqual([]);
    const times = (lines: string[]) => lines.map((line) => line.replace(/ \d{16,} /, " "));
    expect(times(picture(lab.root))).toEqual(times(before));
  });

test("what is written is read", () => {
  using lab = openLab();
  const inode = { mode: 0o100644, uid: 1, gid: 2, size: 3, mtime: -4n };
  const [parent, child] = [inodeIdOf(1n, 2n, 3n), inodeIdOf((254n << 32n) | 1n, 2n ** 63n, -4n)];
  const name = { parent, name: '"\xff\n', child: "" };
  const note: StateNote = {
    time: 5n,
    children: ["", child],
    brief: true,
    names: [name],
    found: [name, { ...name, child }],
    directories: [{ ...name, path: "/w/\xe4" }],
    inodes: new Map<string, NotedInode>([
      [child, inode],
      [parent, { ...inode, hash: "h" }],
    ]),
    links: new Map([[7, { size: 8, mtime: 9n }]]),
  };
  writeNote(lab.home, 3, note);
  expect(readNote(lab.home, 3)).toEqual(note);
  const nothing = { names: [], found: [], directories: [], children: [], inodes: new Map(), links: new Map() };
  writeNote(lab.home, 4, { ...note, ...nothing });
  expect(readNote(lab.home, 4)).toEqual({ ...note, ...nothing });
});
