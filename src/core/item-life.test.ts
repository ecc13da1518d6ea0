import { describe, expect, test } from "bun:test";
import type { EventBody, Item } from "../protocol/index.ts";
import { ItemLife } from "./item-life.ts";

function life(id: string | null = null) {
  const told: string[] = [];
  let ids = 0;
  const emitter = {
    emit(event: EventBody) {
      if (!("item" in event)) throw new Error(event.type);
      told.push(`${event.type} ${JSON.stringify(event.item)}`);
    },
    newItemId: () => `item_${ids++}`,
  };
  return { life: new ItemLife(emitter, id), told, ids: () => ids };
}
const message = (text: string) => ({ type: "agent_message" as const, text });
const line = (type: string, text: string, id = "item_0") =>
  `item.${type} ${JSON.stringify({ id, type: "agent_message", text } satisfies Item)}`;

describe("an item", () => {
  test("starts once, is updated, and completes once", () => {
    const { life: item, told } = life();
    item.show(message("a"));
    item.show(message("b"));
    expect(item.closed).toBe(false);
    item.close(message("c"));
    expect(item.closed).toBe(true);
    item.close(message("d"));
    item.show(message("e"));
    expect(told).toEqual([line("started", "a"), line("updated", "b"), line("completed", "c")]);
  });

  test("completes as it was last shown, or without having started", () => {
    const one = life();
    one.life.show(message("a"));
    one.life.close();
    expect(one.told).toEqual([line("started", "a"), line("completed", "a")]);
    const two = life();
    two.life.close(message("b"));
    expect(two.told).toEqual([line("completed", "b")]);
  });

  test("of which nothing was shown is not told of, and takes no number", () => {
    const { life: item, told, ids } = life();
    item.close();
    expect([told, ids(), item.closed]).toEqual([[], 0, true]);
  });

  test("has the number that it was given, else one of its own", () => {
    const given = life("item_7");
    given.life.show(message("a"));
    expect([given.told, given.ids(), given.life.id]).toEqual([[line("started", "a", "item_7")], 0, "item_7"]);
    const own = life();
    expect([own.life.id, own.life.id, own.ids()]).toEqual(["item_0", "item_0", 1]);
  });

  test("that was shown before goes on under its number", () => {
    const { life: item, told } = life("item_9");
    item.adopt({ id: "item_3", ...message("a") });
    item.show(message("b"));
    item.close();
    expect(told).toEqual([line("updated", "b", "item_3"), line("completed", "b", "item_3")]);
  });
});
