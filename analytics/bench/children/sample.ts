// Makes the sample lake.

import { lakeLayout } from '../../lake/layout.ts';
import { makeSample } from '../../lake/sample.ts';
import { answerJob } from '../child.ts';
import type { SampleJob } from '../lakes.ts';
import { LAST_DAY, organisationOf } from '../shape.ts';

await answerJob(({ dataDir, shape }: SampleJob) =>
  makeSample({
    layout: lakeLayout(dataDir, organisationOf(shape)),
    ...shape,
    seed: 1,
    transcripts: true,
    until: LAST_DAY,
  }),
);
