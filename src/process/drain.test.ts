// What is read of a command whose pipe somebody else holds. Time is a hand that the tests turn.
import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { drain } from "./drain.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A pipe, what was read of it, and the end of its command. */
function pipe() {
  let say: (text: string) => void = () => {};
  let close = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      say = (text) => controller.enqueue(new TextEncoder().encode(text));
      close = () => controller.close();
    },
  });
  const ended = Promise.withResolvers<void>();
  const said: string[] = [];
  const take = (chunk: Uint8Array) => {
    said.push(new TextDecoder().decode(chunk));
    return null;
  };
  const read = drain({ open: () => stream, pipe: null }, take, ended.promise);
  return { say, close, end: ended.resolve, said, read };
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test("as long as the command runs, silence is no end", async () => {
  const { say, close, said, read } = pipe();
  say("a");
  await settled();
  jest.advanceTimersByTime(3_600_000);
  say("b");
  close();
  await read;
  expect(said).toEqual(["a", "b"]);
  expect(jest.getTimerCount()).toBe(0);
});

test("after its end what lies in the pipe is read, and a holder who is silent is not waited for", async () => {
  const { say, end, said, read } = pipe();
  say("before");
  end();
  await settled();
  jest.advanceTimersByTime(900);
  say("late");
  await settled();
  jest.advanceTimersByTime(900);
  await settled();
  expect(said).toEqual(["before", "late"]);
  jest.advanceTimersByTime(100);
  await read;
  expect(jest.getTimerCount()).toBe(0);
});

test("nor is one who prints without an end", async () => {
  const { say, end, said, read } = pipe();
  end();
  await settled();
  for (let count = 0; count < 40; count++) say("x".repeat(64 * 1024));
  await read;
  expect(said.length).toBe(33);
});

test("what a stream brought is freed at once, and nothing that lies in memory of others", async () => {
  const own = [new Uint8Array(10), new Uint8Array(10)];
  const shared = new Uint8Array(20);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of [...own, shared.subarray(10)]) controller.enqueue(chunk);
      controller.close();
    },
  });
  await drain({ open: () => stream, pipe: null }, () => null, new Promise(() => {}));
  expect([...own, shared].map(({ buffer }) => (buffer as ArrayBuffer).detached)).toEqual([true, true, false]);
});
