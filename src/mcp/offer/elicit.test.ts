// What servers ask of a person: forms and pages, in both eras.
import { describe, expect, test } from "bun:test";
import type { UserInputAnswer, UserInputQuestion } from "../../protocol/index.ts";
import { played, program } from "../mcp.suite.ts";
import { formContent, formFields } from "./form.ts";

const answered = (given: Record<string, string>): UserInputAnswer => ({
  type: "answered",
  answers: Object.fromEntries(Object.entries(given).map(([id, text]) => [id, { answers: [text] }])),
});

describe.each(["plain", "modern"])("a %s server", (kind) => {
  test("gets a form filled in, with values of the kinds that it names", async () => {
    using one = played([program(kind)], () => answered({ name: "Ann", age: "42", colour: "blue" }));
    const { body } = await one.call("mcp__t__ask");
    expect(JSON.parse(body)).toEqual({ action: "accept", content: { name: "Ann", age: 42, colour: "blue" } });
    const [questions = []] = one.asked;
    expect(questions.map(({ id }) => id)).toEqual(["name", "age", "colour"]);
    expect(questions[0]?.question).toStartWith("The MCP server t asks: Who are you?");
    expect(questions[2]?.options.map(({ label }) => label)).toEqual(["red", "blue"]);
  });

  test("has only what is wrong asked again, and is told when nobody can answer it", async () => {
    const answers = [answered({ name: "Ann", age: "old", colour: "green" }), answered({ age: "7", colour: "red" })];
    using one = played([program(kind)], () => answers.shift() ?? { type: "abort" });
    const { body } = await one.call("mcp__t__ask");
    expect(JSON.parse(body)).toEqual({ action: "accept", content: { name: "Ann", age: 7, colour: "red" } });
    expect(one.asked[1]?.map(({ id }) => id)).toEqual(["age", "colour"]);
    expect(one.asked[1]?.[0]?.question).toContain("It must be a whole number");
  });

  test.each<[string, UserInputAnswer, string]>([
    ["no", { type: "declined" }, "decline"],
    ["nobody is there", { type: "declined", reason: "nobody" }, "decline"],
    ["stop", { type: "abort" }, "cancel"],
  ])("is told %s", async (_, answer, action) => {
    using one = played([program(kind)], () => answer);
    expect(JSON.parse((await one.call("mcp__t__ask")).body)).toEqual({ action });
  });
});

test("a page is shown with its host and its whole address, and opened by nobody but the person", async () => {
  using one = played([program("plain")], () => answered({ open: "Opened" }));
  expect(JSON.parse((await one.call("mcp__t__open")).body)).toEqual({ action: "accept" });
  expect(one.asked[0]?.[0]?.question).toContain("a page of example.org");
  expect(one.asked[0]?.[0]?.question).toEndWith("https://example.org/login?x=1");
});

describe("fields", () => {
  const read = (schema: object, text: string) => {
    const fields = formFields({
      requestedSchema: { type: "object", properties: { a: schema }, required: ["a"] } as never,
    });
    const { content, wrong } = formContent(fields ?? [], answered({ a: text }) as never);
    return wrong.size > 0 ? [...wrong.values()][0] : content.a;
  };

  test.each<[object, string, unknown]>([
    [{ type: "string" }, " x ", "x"],
    [{ type: "string", minLength: 3 }, "ab", "It needs at least 3 characters"],
    [{ type: "string", maxLength: 1 }, "ab", "It may have 1 characters"],
    [{ type: "string", format: "email" }, "a@b", "a@b"],
    [{ type: "string", format: "email" }, "ab", "It must be an e-mail address"],
    [{ type: "string", format: "date" }, "2026-01-31", "2026-01-31"],
    [{ type: "number", minimum: 2 }, "1.5", "It must be at least 2"],
    [{ type: "number" }, "1.5", 1.5],
    [{ type: "integer" }, "1.5", "It must be a whole number"],
    [{ type: "boolean" }, "yes", true],
    [{ type: "boolean" }, "false", false],
    [{ type: "string", oneOf: [{ const: "#f00", title: "Red" }] }, "red", "#f00"],
    [{ type: "string", enum: ["a"], enumNames: ["Alpha"] }, "alpha", "a"],
    [{ type: "array", items: { type: "string", enum: ["a", "b"] } }, "a, b", ["a", "b"]],
    [{ type: "array", items: { anyOf: [{ const: 1, title: "One" }] }, minItems: 2 }, "one", "At least 2 are needed"],
    [{ type: "string", default: "d" }, "", "d"],
    [{ type: "string" }, "", "It cannot be left out"],
  ])("%j takes %p as %p", (schema, text, value) => expect(read(schema, text)).toEqual(value as never));

  test.each<[string, object]>([
    ["nested", { requestedSchema: { properties: { a: 1 } } }],
    ["empty", { requestedSchema: { properties: {} } }],
    ["none", {}],
    [
      "too many",
      { requestedSchema: { properties: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`a${i}`, {}])) } },
    ],
  ])("a form that is %s is none", (_, params) => expect(formFields(params as never)).toBeNull());
});

const asks = (questions: UserInputQuestion[]) => questions.map(({ question }) => question).join();

test("an address that is not encrypted, or hides whose it is, is not even shown", async () => {
  const { elicitFrom } = await import("./elicit.ts");
  const asked: string[] = [];
  const elicit = elicitFrom("t", async (questions) => {
    asked.push(asks(questions));
    return answered({ open: "Opened" });
  });
  for (const url of [
    "http://example.org/",
    "javascript:alert(1)",
    "https://bank@evil.example/",
    "no address",
    "file:///etc/passwd",
  ])
    expect(await elicit({ mode: "url", message: "m", url })).toEqual({ action: "decline" });
  expect(asked).toEqual([]);
  expect(await elicit({ mode: "url", message: "m", url: "http://127.0.0.1:9/x" })).toEqual({ action: "accept" });
});
