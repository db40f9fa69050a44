// `completion`: prints what a shell needs to complete command lines. The script holds all there is to
// know, so that no program need start when somebody presses Tab.

import { Argument, Command } from 'commander';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { type CommandWords, commandWords } from './completion/words.ts';
import { zshScript } from './completion/zsh.ts';
import { type Example, examples } from './examples.ts';

const SCRIPTS: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const EXAMPLES: readonly Example[] = [
  {
    does: 'in bash, now; for good in ~/.bashrc',
    line: 'source <(ai-sessions completion bash)',
  },
  {
    does: 'in zsh, likewise in ~/.zshrc',
    line: 'source <(ai-sessions completion zsh)',
  },
  {
    does: 'in fish',
    line: 'ai-sessions completion fish | source',
  },
];

export function completionCommand(): Command {
  return new Command('completion')
    .description('print a script that lets a shell complete command lines')
    .addArgument(new Argument('<shell>', 'whose').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', examples(EXAMPLES))
    .action((shell: string, _, { parent }: Command) => {
      const script = parent && SCRIPTS[shell]?.(commandWords(parent));
      process.stdout.write(script ?? '');
    });
}
