// `ingest` killed at random moments, again and again over the same lake. INGEST_KILLS says how often.

import { once } from 'node:events';
import { mkdtemp, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { checkLake } from '../../analytics/lake/check.ts';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { hashesOf, jsonLines } from '../unit/support/ingestInto.ts';
import { type Program, startProgram, untilEnd } from './support/program.ts';

const KILLS = Number(process.env['INGEST_KILLS'] ?? 12);
/** An ingest of this size is done in about so long. */
const LONGEST_LIFE_MS = 500;
const SESSIONS = 400;
const DAYS = 8;

/** All sessions, most of them on another day in every round, and with a message each. */
function records(round: number): { sessions: string; messages: string } {
  const numbers = Array.from({ length: SESSIONS }, (_, number) => number);
  const sessions = numbers.map((number) => ({
    sessionId: `s${number}`,
    createdAt: `2026-07-0${1 + ((number * (round + 1)) % DAYS)}T12:00:00Z`,
    updatedAt: new Date(Date.UTC(2026, 7, 1, 0, round)).toISOString(),
    wasHandedOff: round % 2 === 0,
  }));
  const messages = numbers.map((number) => ({
    sessionId: `s${number}`,
    messageId: 'm',
    sentAt: '2026-07-01T12:00:00Z',
    author: 'CUSTOMER',
    text: `round ${round}`,
  }));
  return { sessions: jsonLines(...sessions), messages: jsonLines(...messages) };
}

/** Resolves when a process begins to work in the lake, or when the signal ends the waiting. */
async function untilBegun(layout: LakeLayout, signal: AbortSignal): Promise<void> {
  try {
    for await (const { filename } of watch(layout.root, { signal })) {
      if (filename === basename(layout.workDir)) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** False when it had ended by itself. */
async function killSomewhere(layout: LakeLayout, start: () => Program): Promise<boolean> {
  const ended = new AbortController();
  const begun = untilBegun(layout, ended.signal);
  const program = start();
  const end = once(program, 'exit').finally(() => ended.abort());
  await begun;
  await setTimeout(Math.random() * LONGEST_LIFE_MS, undefined, { signal: ended.signal }).catch(
    () => {},
  );
  program.kill('SIGKILL');
  const [, signal] = await end;
  return signal === 'SIGKILL';
}

async function findingsIn(layout: LakeLayout) {
  const { outcomes } = await checkLake(layout, new Date());
  return outcomes.filter(({ count }) => count > 0);
}

test(
  `an ingest killed ${KILLS} times at random moments loses nothing and leaves nothing`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
    const file = join(folder, 'in.jsonl');
    const layoutOf = (data: string) => lakeLayout(join(folder, data), 'acme');
    const start = (kind: 'sessions' | 'messages', data: string) =>
      startProgram(
        'cli.ts',
        ['ingest', kind, file, '--data', join(folder, data), '--org', 'acme'],
        {
          temp: folder,
        },
      );
    const ingest = async (kind: 'sessions' | 'messages', round: number, data: string) => {
      await writeFile(file, records(round)[kind]);
      expect(await untilEnd(start(kind, data))).toMatchObject({ status: 0 });
    };
    try {
      const layout = layoutOf('killed');
      await ingest('sessions', 0, 'killed');
      await ingest('messages', 0, 'killed');
      let kills = 0;
      for (let round = 1; kills < KILLS; round += 1) {
        const kind = round % 4 === 0 ? 'messages' : 'sessions';
        await writeFile(file, records(round)[kind]);
        if (await killSomewhere(layout, () => start(kind, 'killed'))) kills += 1;
        expect(await findingsIn(layout)).toEqual([]);
      }
      const last = KILLS * 10;
      for (const data of ['killed', 'undisturbed']) {
        await ingest('sessions', last, data);
        await ingest('messages', last, data);
      }
      const { 'lake.json': _, ...killed } = await hashesOf(layout.root);
      const { 'lake.json': __, ...undisturbed } = await hashesOf(layoutOf('undisturbed').root);
      expect(killed).toEqual(undisturbed);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  60_000 + KILLS * 10_000,
);
