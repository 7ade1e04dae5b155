/** Writes docs/sweep.schema.json from the schema that checks sweep files. */
import { writeFileSync } from 'node:fs';
import { sweepJsonSchema } from '../src/sweep/plan/json-schema.ts';

const file = new URL('../docs/sweep.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(sweepJsonSchema(), null, 2)}\n`);
