import { type CompletedCommand, spelled } from "./model.ts";

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Completion for PowerShell 5 and newer: a table of what each command takes, and the lookup. */
export function powershellCompletion(commands: CompletedCommand[]): string {
  const rows = commands.flatMap(({ names, verbs, flags }) => {
    const offered = [
      ...verbs.map(({ name, summary }) => [name, summary] as const),
      ...flags.flatMap((flag) => spelled(flag).map((word) => [word, flag.help] as const)),
    ];
    const table = offered.map(([word, help]) => `@(${quoted(word)}, ${quoted(help)})`).join(", ");
    return names.map((name) => `    ${quoted(name)} = @(${table})`);
  });
  const top = commands.flatMap(({ names, summary }) => names.map((name) => `@(${quoted(name)}, ${quoted(summary)})`));
  return `# moat completion powershell: run it from $PROFILE, as in: moat completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName moat -ScriptBlock {
  param($word, $ast, $position)
  $commands = @(${top.join(", ")})
  $table = @{
${rows.join("\n")}
  }
  $typed = $ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() }
  $command = $typed | Where-Object { $table.ContainsKey($_) -and $_ -ne $word } | Select-Object -First 1
  $offered = if ($command) { $table[$command] } else { $commands }
  $offered | Where-Object { $_[0].StartsWith($word) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}
