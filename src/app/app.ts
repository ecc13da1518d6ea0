import type { Picture, SafeText } from "../term/index.ts";
import type { Kit } from "./kit.ts";
import { Drawer } from "./picture/drawer.ts";
import { farewellOf } from "./picture/farewell.ts";
import { pictureOf } from "./picture/picture.ts";
import type { AppInput } from "./state/input.ts";
import { reduceApp } from "./state/reduce.ts";
import { type AppStart, startApp } from "./state/start.ts";
import type { AppState, Step } from "./state/state.ts";

/** The application as functions of its state. */
export interface App {
  /** The first state. `at`: monotonic ms. */
  start(begin: AppStart, at: number): Step;
  /** What an input makes of the state, and what is to be done. */
  reduce(state: AppState, input: AppInput): Step;
  /** What the screen shows of a state. */
  picture(state: AppState): Picture;
  /** What stays on the main screen when the app leaves the other one: the end of the conversation, and how to go on. */
  farewell(state: AppState): readonly SafeText[];
}

/** Makes the application. What it keeps are lines that were drawn: the same state gives the same picture without them. */
export function createApp(kit: Kit): App {
  const drawer = new Drawer(kit);
  return {
    start: (begin, at) => startApp(begin, at, kit),
    reduce: (state, input) => reduceApp(state, input, drawer),
    picture: (state) => pictureOf(state, drawer),
    farewell: (state) => farewellOf(state, drawer),
  };
}
