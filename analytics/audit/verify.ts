// Whether an audit file is what was written, line by line. What it cannot tell is in README.md.

import * as v from 'valibot';
import { follow, GENESIS, type Link } from './chain.ts';
import { Line } from './event.ts';
import { readHead } from './head.ts';
import { readLines } from './lines.ts';
import { trailFiles } from './trail.ts';

export interface Verification {
  /** The chain up to the fault, or to the end. */
  readonly link: Link;
  /** What is wrong first, with its line. */
  readonly fault: string | undefined;
  /** An unfinished last line: being written, or torn by a crash; nothing has come of it. */
  readonly isTorn: boolean;
}

const LineText = v.pipe(v.string(), v.parseJson(), Line);

/** Undefined when the organisation has no audit. */
export async function verifyTrail(
  auditDir: string,
  organisation: string,
): Promise<Verification | undefined> {
  const files = trailFiles(auditDir, organisation);
  const head = await readHead(files.head); // before the lines, as others may be writing
  let link = GENESIS;
  let isTorn = false;
  let isHeadMet = head?.bytes === 0;
  const wrong = (fault: string): Verification => ({ link, fault, isTorn });

  for await (const { text, end, isTorn: torn } of readLines(files.events)) {
    if (torn && end > (head?.bytes ?? 0)) {
      isTorn = true;
      break;
    }
    const line = `line ${link.count + 1}`;
    const checked = follow(link, text);
    if (!checked.ok) return wrong(`${line} ${checked.fault}`);
    const parsed = v.safeParse(LineText, text);
    if (!parsed.success) return wrong(`${line} is not an audit line`);
    if ('organisation' in parsed.output && parsed.output.organisation !== organisation) {
      return wrong(`${line} is of the organisation "${parsed.output.organisation}"`);
    }
    link = checked.link;
    if (end === head?.bytes) {
      if (link.hash !== head.hash) return wrong(`${line} is not the one that head.json names`);
      isHeadMet = true;
    }
  }
  if (head === undefined) {
    return link.count === 0 ? undefined : wrong('head.json is missing: the end may be cut off');
  }
  if (!isHeadMet) {
    return wrong(`line ${link.count + 1} is missing: ${head.count} lines were written`);
  }
  return { link, fault: undefined, isTorn };
}
