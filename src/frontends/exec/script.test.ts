import { expect, test } from "bun:test";
import { simpleCommands } from "./script.ts";

test.each([
  ["npm test", [["npm", "test"]]],
  [
    "cd pkg && npm test || echo bad; ls | wc -l",
    [["cd", "pkg"], ["npm", "test"], ["echo", "bad"], ["ls"], ["wc", "-l"]],
  ],
  ["(make\nmake check) &", [["make"], ["make", "check"]]],
  [`echo "a && npm test"`, [["echo", "a && npm test"]]],
  [`echo 'it''s' a\\ b "q\\"q"`, [["echo", "its", "a b", 'q"q']]],
  ["", []],
  ["  ;; ", []],
])("%s", (script, commands) => expect(simpleCommands(script)).toEqual(commands));
