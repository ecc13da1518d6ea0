import { call, callCustom, type RecordedRequest, type Reply, respond, say } from "../testkit/index.ts";

/** The demo's project: a function with an error, and the test that finds it. POSIX sh, so that nothing else is needed. */
export const demoProject: Record<string, string> = {
  "total.sh": `# Adds up the numbers that stand in a file, one a line.
total() {
  sum=0
  while read -r number; do
    sum=$((sum - number))
  done <"$1"
  echo "$sum"
}
`,
  "test.sh": `. ./total.sh
printf '%s\\n' 1 2 3 4 >numbers.txt
got=$(total numbers.txt)
rm -f numbers.txt
if [ "$got" = 10 ]; then
  echo "ok: total is 10"
else
  echo "FAILED: total is $got, wanted 10"
  exit 1
fi
`,
};

const patch = `*** Begin Patch
*** Update File: total.sh
@@ total() {
   sum=0
   while read -r number; do
-    sum=$((sum - number))
+    sum=$((sum + number))
   done <"$1"
*** End Patch
`;

/** An address that belongs to nobody (RFC 5737), so that the demo reaches no host even where it is not confined. */
const NOBODY = "192.0.2.1";

/**
 * What the scripted model does. It is a script, but everything that it asks for really happens: the agent loop, the
 * sandbox, the patch and the tests are the real ones.
 */
export function demoScript(outside: string): ((request: RecordedRequest) => Reply)[] {
  const run = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);
  return [
    () => respond(say("I will look at the project ", "and run its test."), run("cat total.sh && sh test.sh", "c1")),
    () =>
      respond(
        say(
          "The test fails: the numbers are ",
          "subtracted. Before the repair, ",
          "two things that the sandbox should refuse.",
        ),
        run(`echo hello > ${outside}`, "c2"),
        run(`exec 3<>/dev/tcp/${NOBODY}/80`, "c3"),
      ),
    () => respond(say("Both were refused. ", "Now the repair."), callCustom("apply_patch", patch, "c4")),
    () => respond(say("Once more, ", "the test."), run("sh test.sh", "c5")),
    (request) => respond(say(...closing(request))),
  ];
}

/** The closing words depend on what the last command really gave. */
function closing(request: RecordedRequest): string[] {
  const passed = request.raw.includes("ok: total is 10") && !request.raw.includes("verification failed");
  return passed
    ? [
        "Done: `total.sh` added with a minus sign. ",
        "The test failed before and passes now; ",
        "nothing else was changed.",
      ]
    : ["The test still fails. ", "Its output is above."];
}
