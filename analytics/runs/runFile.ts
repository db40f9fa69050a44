// What the file of a Run is made of: its first bytes, its parts, its last bytes; as it is, or as its
// format or a transfer compresses it. Makes nothing.

import { ENCODINGS, type Encoding } from '../formats/compress.ts';
import { formatOf } from '../formats/format.ts';
import { idOf } from './identity.ts';
import type { RunPlan, Segment } from './plan.ts';
import type { PartName } from './spool.ts';

/** Of a plan, what its file depends on. */
export type FilePlan = Pick<RunPlan, 'id' | 'run'> & {
  readonly organisation: string;
  readonly segments: readonly Pick<Segment, 'id'>[];
};

export interface RunFile {
  readonly first: Uint8Array;
  readonly parts: readonly PartName[];
  readonly last: Uint8Array;
}

const NOTHING = new Uint8Array();

/** The file before any compression. */
export function plainFile(plan: FilePlan, header: Uint8Array): RunFile {
  const { organisation, segments } = plan;
  const { extension, assembleOptions, end } = formatOf(plan.run.parameters).segmentFormat;
  const isWhole = assembleOptions !== undefined;
  const ids = isWhole ? [idOf([plan.id, 'whole'])] : segments.map(({ id }) => id);
  return { first: header, parts: ids.map((id) => ({ organisation, id, extension })), last: end };
}

/** A piece for each of the plain file's parts, and one that ends the stream: this Run's alone. */
export function compressedFile(plan: FilePlan, plain: RunFile, encoding: Encoding): RunFile {
  const { organisation, id, run } = plan;
  const extension = `${formatOf(run.parameters).segmentFormat.extension}.${encoding}`;
  const piece = (index: number) => ({ organisation, id: idOf([id, encoding, index]), extension });
  const parts = Array.from({ length: plain.parts.length + 1 }, (_, index) => piece(index));
  return { first: NOTHING, parts, last: NOTHING };
}

/** Every part that the file may be made of, or out of, in any encoding. */
export function everyPart(plan: FilePlan): PartName[] {
  const { organisation, segments, run } = plan;
  const { extension } = formatOf(run.parameters).segmentFormat;
  const plain = plainFile(plan, NOTHING);
  return [
    ...segments.map(({ id }) => ({ organisation, id, extension })),
    ...plain.parts,
    ...ENCODINGS.flatMap((encoding) => compressedFile(plan, plain, encoding).parts),
  ];
}

export function runFile(
  plan: FilePlan,
  header: Uint8Array,
  transfer: Encoding | undefined,
): RunFile {
  const plain = plainFile(plan, header);
  const encoding = formatOf(plan.run.parameters).compression ?? transfer;
  return encoding === undefined ? plain : compressedFile(plan, plain, encoding);
}
