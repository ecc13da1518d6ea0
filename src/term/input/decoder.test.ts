// Bytes of a terminal as events, whatever protocol it speaks and however it cuts them.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputDecoder } from "./decoder.ts";
import type { TermEvent } from "./key-event.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** As in `C-a`, `A-enter`, `S-up`; other events as what they are. */
function shown(event: TermEvent): string {
  if (event.type === "key") {
    const held = [event.ctrl ? "C-" : "", event.alt ? "A-" : "", event.shift ? "S-" : ""].join("");
    return `${held}${event.named ? `<${event.key}>` : event.key}`;
  }
  if (event.type === "paste") return `paste:${event.text}`;
  if (event.type === "wheel") return `wheel:${event.rows}`;
  if (event.type === "focus") return event.focused ? "focus" : "blur";
  return event.type === "background" ? (event.dark ? "dark" : "light") : event.type;
}

function read(...chunks: string[]): string[] {
  const decoder = new InputDecoder();
  return chunks.flatMap((chunk) => decoder.push(encode(chunk))).map(shown);
}

function flushed(...chunks: string[]): string[] {
  const decoder = new InputDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(encode(chunk))), ...decoder.flush()].map(shown);
}

describe("keys", () => {
  test.each([
    ["legacy letters", "aZ é漢👩🏽‍💻e\u0301", "a S-Z | é 漢 👩🏽‍💻 e\u0301"],
    [
      "controls",
      "\x00\x01\x03\x08\x09\x0a\x0d\x1a\x1c\x1d\x1e\x1f\x7f",
      "C-| C-a C-c <backspace> <tab> C-j <enter> C-z C-\\ C-] C-^ C-_ <backspace>",
    ],
    [
      "arrows",
      "\x1b[A\x1b[B\x1b[C\x1b[D\x1bOA\x1bOB\x1bOC\x1bOD",
      "<up> <down> <right> <left> <up> <down> <right> <left>",
    ],
    [
      "arrows held with others",
      "\x1b[1;2A\x1b[1;3B\x1b[1;5C\x1b[1;8D\x1b[1;9D",
      "S-<up> A-<down> C-<right> C-A-S-<left>",
    ],
    [
      "editing",
      "\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[H\x1b[F\x1bOH\x1bOF\x1b[7~\x1b[8~",
      "<home> <insert> <delete> <end> <page-up> <page-down> <home> <end> <home> <end> <home> <end>",
    ],
    ["editing held with others", "\x1b[3;5~\x1b[5;2~\x1b[1;5H", "C-<delete> S-<page-up> C-<home>"],
    [
      "functions",
      "\x1bOP\x1bOQ\x1bOR\x1bOS\x1b[11~\x1b[15~\x1b[17~\x1b[21~\x1b[24~\x1b[1;5P\x1b[[A\x1b[[E",
      "<f1> <f2> <f3> <f4> <f1> <f5> <f6> <f10> <f12> C-<f1> <f1> <f5>",
    ],
    ["Shift+Tab", "\x1b[Z\x1b[1;5Z", "S-<tab> C-S-<tab>"],
    ["keypad", "\x1bOp\x1bOy\x1bOM\x1bOk\x1bOX", "0 9 <enter> + ="],
    ["rxvt", "\x1b[3$\x1b[3^\x1b[3@\x1b[a\x1bOd", "S-<delete> C-<delete> C-S-<delete> S-<up> C-<left>"],
    [
      "Alt",
      "\x1ba\x1bA\x1b\x01\x1b\r\x1b\x7f\x1b\n\x1bé\x1b ",
      "A-a A-S-A C-A-a A-<enter> A-<backspace> C-A-j A-é A-|",
    ],
    ["Alt before a sequence", "\x1b\x1b[A\x1b\x1bOC", "A-<up> A-<right>"],
    [
      "Escape before what is no key",
      "\x1b\x1b[I\x1b\x1b[200~x\x1b[201~\x1b\x1bx",
      "<escape> focus <escape> paste:x <escape> A-x",
    ],
    [
      "kitty",
      "\x1b[27u\x1b[13;2u\x1b[13;5u\x1b[9;5u\x1b[127;3u\x1b[97;5u\x1b[97:65;6u\x1b[97;3u\x1b[32;5u",
      "<escape> S-<enter> C-<enter> C-<tab> A-<backspace> C-a C-S-A A-a C-|",
    ],
    ["kitty, kinds of events", "\x1b[97;5:1u\x1b[97;5:2u\x1b[97;5:3u\x1b[1;1:3A\x1b[1;1:2A\x1b[3;1:3~", "C-a C-a <up>"],
    ["kitty, text", "\x1b[97;;97u\x1b[97:65;2;65u\x1b[228;;228u\x1b[97;;101:769u", "a S-A ä e\u0301"],
    [
      "kitty, other layouts",
      "\x1b[1089::99;5u\x1b[1089:1057:99;6u\x1b[1089;;1089u\x1b[47:63;3u\x1b[49:33;2u\x1b[47:63;4u",
      "C-c C-S-C с A-/ ! A-?",
    ],
    ["kitty, locks", "\x1b[97;69u\x1b[97;133u\x1b[13;65u", "C-a C-a <enter>"],
    ["kitty, keypad", "\x1b[57399u\x1b[57414u\x1b[57419;5u\x1b[57413u", "0 <enter> C-<up> +"],
    ["kitty, keys of nobody", "\x1b[57441u\x1b[57428u\x1b[99;9u\x1b[57376u\x1b[1;9A", ""],
    [
      "modifyOtherKeys",
      "\x1b[27;2;13~\x1b[27;5;13~\x1b[27;5;99~\x1b[27;6;67~\x1b[27;2;65~\x1b[27;3;120~\x1b[27;5;9~\x1b[27;5;105~\x1b[27;2;32~\x1b[27;2;33~",
      "S-<enter> C-<enter> C-c C-S-C S-A A-x C-<tab> C-i | !",
    ],
  ])("%s", (_, bytes, wanted) =>
    expect(
      read(bytes)
        .join(" ")
        .replace(/(^|[ -]) (?= |$)/g, "$1|"),
    ).toBe(wanted),
  );
});

describe("what is no key", () => {
  test.each([
    ["wheel", "\x1b[<64;10;5M\x1b[<65;10;5M\x1b[<69;10;5M", "wheel:-3 wheel:3 wheel:3"],
    ["other mouse reports", "\x1b[<0;1;1M\x1b[<0;1;1m\x1b[<35;4;4M\x1b[<66;1;1M\x1b[M !!\x1b[MaMMx", "x"],
    ["focus", "\x1b[I\x1b[O", "focus blur"],
    [
      "background",
      "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\\x1b]11;rgb:ffff/ffff/ffff\x07\x1b]11;#fdf6e3\x1b\\\x1b]11;rgba:00/00/00/ff\x1b\\",
      "dark light light dark",
    ],
    [
      "backgrounds in between",
      "\x1b]11;rgb:2828/2c2c/3434\x1b\\\x1b]11;rgb:8080/8080/8080\x1b\\\x1b]11;rgb:0/0/f\x1b\\",
      "dark light dark",
    ],
    ["kitty's answer", "\x1b[?5u\x1b[?0u", "kitty kitty"],
    [
      "other answers",
      "\x1b[?62;22c\x1b[>1;10;0c\x1b[?2026;2$y\x1b[4;2$y\x1b[12;40R\x1b[8;24;80t\x1b[48;24;80;0;0t\x1b]10;rgb:0/0/0\x1b\\\x1bP1+r\x1b\\\x1b_Gi=1;OK\x1b\\x",
      "x",
    ],
    ["unknown", "\x1b[99~\x1b[1;5E\x1b[5;3q\x1b[=1u\x1b[!p\x1bOz\x1b]52;c;abc\x07\x1b^pm\x1b\\x", "x"],
    ["broken", "\x1b[12\x1b[A\x1b]11;rgb\x1b[B\x1b[3\ra\x1bO\x1b[C", "<up> <down> <enter> a <right>"],
    ["half a mark", "\x1b[201~a", "a"],
    ["C1 and bytes that are no UTF-8", "\u009b\u0080x", "x"],
  ])("%s", (_, bytes, wanted) => expect(read(bytes).join(" ")).toBe(wanted));
});

describe("pasting", () => {
  const paste = (text: string) => `\x1b[200~${text}\x1b[201~`;
  test("comes at once, with line feeds, whatever is in it", () => {
    expect(read(`a${paste("one\r\ntwo\rthree\n\x1b[A\x03")}b`)).toEqual([
      "a",
      "paste:one\ntwo\nthree\n\x1b[A\x03",
      "b",
    ]);
    expect(read(paste(""), paste("\x1b[20"))).toEqual(["paste:", "paste:\x1b[20"]);
  });

  test("of ten megabytes is kept whole", () => {
    const text = "0123456789abcde\n".repeat((10 << 20) / 16);
    const decoder = new InputDecoder();
    const bytes = encode(`\x1b[200~${text}\x1b[201~`);
    const events: TermEvent[] = [];
    for (let at = 0; at < bytes.length; at += 4096) events.push(...decoder.push(bytes.subarray(at, at + 4096)));
    expect(events.length).toBe(1);
    expect(events[0]?.type === "paste" && events[0].text === text).toBe(true);
  });

  test("without an end comes in pieces, and nothing of it is typed", () => {
    const decoder = new InputDecoder();
    const events = [...decoder.push(encode("\x1b[200~"))];
    const piece = encode("x".repeat(1 << 20));
    for (let count = 0; count < 40; count++) events.push(...decoder.push(piece));
    expect(events.map(({ type }) => type)).toEqual(["paste", "paste"]);
    expect(decoder.push(encode("\r")).length).toBe(0);
  });
});

describe("waiting", () => {
  test.each([
    [["\x1b"], ["<escape>"]],
    [["\x1b\x1b"], ["<escape>", "<escape>"]],
    [
      ["\x1b", "\x1b", "\x1b"],
      ["<escape>", "<escape>", "<escape>"],
    ],
    [["\x1b["], ["A-["]],
    [["\x1b]"], ["A-]"]],
    [["\x1bO"], ["A-S-O"]],
    [["\x1bP"], ["A-S-P"]],
    [["\x1b\x1b["], ["<escape>", "A-["]],
    [["\x1b[1;"], []],
    [["\x1b[200~abc"], []],
    [["a"], ["a"]],
  ])("%j", (chunks, events) => expect(flushed(...chunks)).toEqual(events));

  test("a sequence that comes in two is one, also when it was waited on", () => {
    const decoder = new InputDecoder();
    expect(decoder.push(encode("\x1b[1;"))).toEqual([]);
    expect([decoder.waiting, decoder.flush()]).toEqual([true, []]);
    expect(decoder.push(encode("5C")).map(shown)).toEqual(["C-<right>"]);
    expect(decoder.waiting).toBe(false);
  });

  test.each(["\x1b[1;", "\x1b]11;rgb:12", "\x1bPq", `\x1b]52;c;${"x".repeat(9000)}`, `\x1b[${"1;".repeat(9000)}`])(
    "%p is not waited on for ever",
    (begun) => {
      const decoder = new InputDecoder();
      decoder.push(encode(begun.slice(0, 5000)));
      decoder.push(encode(begun.slice(5000)));
      let flushes = 0;
      for (; decoder.waiting && flushes < 100; flushes++) expect(decoder.flush()).toEqual([]);
      expect(flushes).toBeLessThan(100);
      expect(decoder.push(encode("a")).map(shown)).toEqual(["a"]);
    },
  );

  test("the patience begins anew with each piece", () => {
    const decoder = new InputDecoder();
    for (const piece of ["\x1b]11;rgb:ff", "ff/ffff/", "ffff"]) {
      decoder.push(encode(piece));
      for (let count = 0; count < 15; count++) decoder.flush();
    }
    expect(decoder.push(encode("\x07")).map(shown)).toEqual(["light"]);
  });

  test("a string that is too long to keep is passed over to its end", () => {
    const long = "x".repeat(9000);
    for (const end of ["\x07", "\x1b\\"]) expect(read(`\x1b]52;c;${long}`, `${long}${end}a`)).toEqual(["a"]);
    expect(read(`\x1b]52;c;${long}`, "\x1b", "\\a")).toEqual(["a"]);
    expect(read(`\x1b]52;c;${long}`, "\x1b[A")).toEqual(["<up>"]);
    expect(read(`\x1b[${"1;".repeat(4000)}`, "1;1ma")).toEqual(["a"]);
    expect(read(`\x1b]52;c;${long}`, "\ra")).toEqual(["<enter>", "a"]);
  });
});

describe("however it is cut", () => {
  /** Text as text: what a terminal sends at once is one character, what comes in pieces several. */
  const told = (events: readonly TermEvent[]) =>
    events
      .map((event) =>
        event.type === "key" && !event.named
          ? `${event.ctrl ? "<C>" : ""}${event.alt ? "<A>" : ""}${event.key}`
          : `<${shown(event)}>`,
      )
      .join("");

  const piece = fc.oneof(
    fc.constantFrom(
      ..."abÄ漢\r\n\t\x7f\x03",
      ...[
        "\x1b[A",
        "\x1b[1;5C",
        "\x1bOP",
        "\x1bx",
        "\x1b\r",
        "\x1b[13;2u",
        "\x1b[27;5;99~",
        "\x1b[<64;1;1M",
        "\x1b[I",
        "\x1b[Z",
      ],
      ...[
        "\x1b[200~p\r\nq\x1b[A\x1b[201~",
        "\x1b[200~\x1b[20\x1b[201~",
        "\x1b]11;rgb:0/0/0\x1b\\",
        "\x1b]0;x\x07",
        "\x1b[?5u",
      ],
      ...["\x1b[99~", "\x1bP+q\x1b\\", "\x1b[12", "\x1b]x", "\x1b[[A", "\x1b[M !!", "\x1b\x1b[A", "\x1b[3$", "e\u0301"],
    ),
    fc.string({ unit: "grapheme", maxLength: 3 }),
  );
  const bytes = fc.array(piece, { maxLength: 12 }).map((pieces) => encode(pieces.join("")));

  test("the events are the same", () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 30 }), (all, sizes) => {
        const whole = new InputDecoder();
        const cut = new InputDecoder();
        const once = [...whole.push(all), ...whole.flush()];
        const pieces: TermEvent[] = [];
        for (let at = 0, turn = 0; at < all.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(...cut.push(all.subarray(at, at + size)));
          at += size;
        }
        pieces.push(...cut.flush());
        expect(told(pieces)).toBe(told(once));
      }),
      { numRuns: 500 },
    );
  });

  test("no byte makes it fail, and no event has a control in it", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 }), (chunks) => {
        const decoder = new InputDecoder();
        for (const event of chunks.flatMap((chunk) => [...decoder.push(chunk), ...decoder.flush()])) {
          if (event.type === "key") expect(event.key).toMatch(/^[^\x00-\x1f\x7f-\x9f]+$/);
        }
      }),
    );
  });
});
