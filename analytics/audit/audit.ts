// The audit: what is done with an organisation's data leaves an event in that organisation's file. An
// event is one line, or one when it begins and one when it ends; a beginning whose end never comes
// tells of a crash. Knows no HTTP and no Run.

import { randomUUID } from 'node:crypto';
import type { AuditEvent, AuditOutcome } from './event.ts';
import { openTrail, type Trail, trailFiles } from './trail.ts';

export interface AuditEntry {
  /** Resolves when the beginning is on disk: before that nothing may be handed over. */
  readonly begun: Promise<void>;
  /** The first end counts. Resolves when it is on disk. */
  end(outcome: AuditOutcome): Promise<void>;
}

export interface Audit {
  /** Where the files are: a folder for each organisation. */
  readonly directory: string;
  /** A whole event; resolves when it is on disk. */
  record(event: AuditEvent & AuditOutcome): Promise<void>;
  begin(event: AuditEvent): AuditEntry;
  /** True from an event's beginning to its end, in this process. */
  isUnderWay(id: string): boolean;
}

export function openAudit(directory: string, now: () => Date): Audit {
  const trails = new Map<string, Trail>();
  const underWay = new Set<string>();

  function append(organisation: string, id: string, content: object): Promise<void> {
    const known = trails.get(organisation);
    const trail = known ?? openTrail(trailFiles(directory, organisation), organisation, now);
    trails.set(organisation, trail);
    return trail.append({ time: now().toISOString(), id, ...content });
  }

  return {
    directory,
    record: (event) => append(event.organisation, randomUUID(), event),
    begin(event) {
      const id = randomUUID();
      underWay.add(id);
      const begun = append(event.organisation, id, event);
      begun.catch(() => underWay.delete(id));
      let ended: Promise<void> | undefined;
      return {
        begun,
        end(outcome) {
          ended ??= append(event.organisation, id, outcome).finally(() => underWay.delete(id));
          return ended;
        },
      };
    },
    isUnderWay: (id) => underWay.has(id),
  };
}
