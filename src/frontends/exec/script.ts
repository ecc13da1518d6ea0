/**
 * The simple commands of a shell script, as words: enough to see which programs it names, not a parser. Quotes and
 * backslashes are understood; `&&`, `||`, `;`, `|`, `&`, brackets and line ends separate commands; nothing is expanded.
 */
export function simpleCommands(script: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  const end = () => {
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (const [token, ...parts] of script.matchAll(TOKEN)) {
    const [separator] = parts;
    if (separator !== undefined) end();
    else words.push(unquoted(token));
  }
  end();
  return commands;
}

/** A separator, or a word: any run of quoted strings, escaped characters and plain ones. */
const TOKEN = /([;&|()\n]+)|(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s;&|()'"\\])+/g;

function unquoted(word: string): string {
  return word.replace(/'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])/g, (_, single, double, escaped) =>
    single !== undefined ? single : double !== undefined ? double.replace(/\\([$`"\\])/g, "$1") : escaped,
  );
}
