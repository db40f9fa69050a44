// A Dockerfile as its instructions, as far as ours uses the language.

import { readFileSync } from 'node:fs';

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

export function readDockerfile(path: string): Stage[] {
  const text = readFileSync(path, 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '');
  const stages: { from: string; instructions: Instruction[] }[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`Not an instruction: "${line}"`);
    if (name === 'FROM') stages.push({ from: rest, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text: rest });
  }
  return stages;
}

/** What the stage says with the instruction, each time. */
export function said(stage: Stage, name: string): string[] {
  return stage.instructions.filter((each) => each.name === name).map(({ text }) => text);
}

/** Its variables; values of ours have no spaces. */
export function environment(stage: Stage): Record<string, string> {
  const pairs = said(stage, 'ENV').flatMap((text) => text.split(/\s+/));
  return Object.fromEntries(pairs.map((pair) => pair.split('=')));
}

/** Sources and target of each COPY from the context. */
export function copies(stage: Stage): { sources: string[]; target: string }[] {
  return said(stage, 'COPY')
    .filter((text) => !text.startsWith('--from='))
    .map((text) => {
      const all = text.split(' ');
      return { sources: all.slice(0, -1), target: all.at(-1) ?? '' };
    });
}
