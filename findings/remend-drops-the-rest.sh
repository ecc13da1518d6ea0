#!/bin/sh
# remend 1.4.0 (what streamdown uses to show Markdown that is still being written).
#
# Guess: a half-written tag at the end of what has come so far is held back until its ">" comes; a line of prose with a "<" in it, which is no tag to
# CommonMark either, stays.
# Seen: from a "<" with a letter after it, where no ">" follows any more, everything is dropped, to the end of the message, across paragraphs, headings and
# code blocks: finished answers with "while i <max" in them end there. With a blank or a digit after the "<" the text stays.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf '{"private":true,"type":"module","dependencies":{"remend":"1.4.0","marked":"16.4.1"}}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts >/dev/null 2>&1
cat >run.mjs <<'JS'
import { marked } from "marked";
import remend from "remend";
const rest = ", then it stops.\n\n## What to do\n\nRun this first:\n\n```sh\nnpm test\n```\n\nOnly then deploy.\n";
const results = ["<max", "< max", "<5"].map((limit) => {
  const text = `The loop runs while i ${limit}${rest}`;
  const shown = remend(text);
  console.log(`${limit}: ${text.length} characters, ${shown.length} are left; HTML of the message has the heading: ${marked(text).includes("<h2")}; of what is left: ${JSON.stringify(shown.slice(0, 30))}…`);
  return { heading: marked(text).includes("<h2"), whole: shown.trim() === text.trim(), shown };
});
const fail = (what) => { console.log(`CHANGED: ${what}`); process.exit(1); };
if (!results.every(({ heading }) => heading)) fail("Markdown has another reading");
if (results[0].shown !== "The loop runs while i") fail("the rest is kept");
if (!results[1].whole || !results[2].whole) fail("other texts are cut, too");
console.log("as seen: a finished message is cut at a < with a letter after it");
JS
echo "remend $(node -p 'require("./node_modules/remend/package.json").version'), node $(node --version)"
node run.mjs
