import { z } from 'zod';
import { sweepFileSchema } from './sweep-file.ts';

/** The form of a sweep file as JSON schema (draft 7, which editors read): docs/sweep.schema.json. */
export function sweepJsonSchema(): object {
  return z.toJSONSchema(sweepFileSchema, { io: 'input', target: 'draft-7' });
}
