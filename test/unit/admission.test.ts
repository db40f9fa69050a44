// Places for Runs: so many in all, so many an organisation; who waits comes in turn,
// and who cannot is told whether it is their own Runs that stand in the way, and when to come again.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Admission, openAdmission } from '../../analytics/runs/admission.ts';

const LIMITS = { runsAtOnce: 3, runsPerOrganisation: 2, queueLength: 2, queueWaitMs: 30_000 };

const never = new AbortController().signal;

let admission: Admission;

beforeEach(() => {
  vi.useFakeTimers();
  admission = openAdmission(LIMITS);
  return () => vi.useRealTimers();
});

const enter = (organisation: string, signal = never) => admission.enter(organisation, signal);

const refusal = (kind: string) => ({ problem: { kind, retryAfterSeconds: 30 } });

describe('a Run gets a place', () => {
  test('when one is free, and else the first who may take the one that is given back', async () => {
    const leaveAcme = await enter('acme');
    await enter('acme');
    const leaveOther = await enter('other');
    const order: string[] = [];
    const ownTurn = enter('acme').then(() => order.push('acme'));
    const nextTurn = enter('third').then(() => order.push('third'));
    leaveOther();
    leaveOther(); // twice is once
    await nextTurn;
    expect(order).toEqual(['third']); // acme has two already
    leaveAcme();
    await ownTurn;
    expect(order).toEqual(['third', 'acme']);
  });

  test('not when it was given up while it waited', async () => {
    const leave = await enter('acme');
    await enter('acme');
    const stop = new AbortController();
    const given = enter('acme', stop.signal);
    const waiting = enter('acme');
    stop.abort(new Error('nobody wants it'));
    await expect(given).rejects.toThrow('nobody wants it');
    leave();
    await waiting;
    await expect(enter('acme', stop.signal)).rejects.toThrow('nobody wants it');
  });
});

describe('a Run is refused', () => {
  test('as too many when its organisation’s own stand in the way, for too long', async () => {
    await enter('acme');
    await enter('acme');
    const waiting = expect(enter('acme')).rejects.toMatchObject(refusal('too-many-runs'));
    vi.advanceTimersByTime(LIMITS.queueWaitMs);
    await waiting;
  });

  test('as busy when everyone’s do', async () => {
    for (const organisation of ['acme', 'other', 'third']) await enter(organisation);
    const waiting = expect(enter('fourth')).rejects.toMatchObject(refusal('busy'));
    vi.advanceTimersByTime(LIMITS.queueWaitMs);
    await waiting;
  });

  test('at once when its organisation’s line is too long, and no other one’s', async () => {
    for (const organisation of ['acme', 'acme', 'other']) await enter(organisation);
    const waiting = [enter('acme'), enter('acme'), enter('other'), enter('third'), enter('third')];
    expect(() => admission.assertRoom('acme')).toThrow(
      expect.objectContaining(refusal('too-many-runs')),
    );
    await expect(enter('third')).rejects.toMatchObject(refusal('busy'));
    expect(() => admission.assertRoom('other')).not.toThrow();
    for (const each of waiting) each.catch(() => {});
  });
});
