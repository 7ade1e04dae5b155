/** What each setting may be, read from the schema, for those who offer or parse single settings. */
import { z } from 'zod';
import { type Settings, settingsSchema } from './settings.ts';

export type SettingName = keyof Settings;

export interface SettingKind {
  readonly type: 'integer' | 'number' | 'boolean' | 'choice' | 'text';
  /** Of a choice, in the schema's order; empty for all else. */
  readonly choices: readonly string[];
  readonly nullable: boolean;
}

export const settingNames = Object.keys(settingsSchema.shape) as readonly SettingName[];

/** What every setting may be. */
export const settingKinds = Object.fromEntries(
  settingNames.map((name) => [name, kindOf(settingsSchema.shape[name])]),
) as Readonly<Record<SettingName, SettingKind>>;

function kindOf(schema: z.ZodType, nullable = false): SettingKind {
  if (schema instanceof z.ZodDefault) return kindOf(schema.unwrap() as z.ZodType, nullable);
  if (schema instanceof z.ZodNullable) return kindOf(schema.unwrap() as z.ZodType, true);
  const kind = (type: SettingKind['type'], choices: readonly string[] = []) => ({
    type,
    choices,
    nullable,
  });
  if (schema instanceof z.ZodEnum) return kind('choice', schema.options.map(String));
  if (schema instanceof z.ZodBoolean) return kind('boolean');
  if (schema instanceof z.ZodString) return kind('text');
  if (schema instanceof z.ZodNumber) {
    return kind(schema.format === 'safeint' ? 'integer' : 'number');
  }
  throw new Error(`no kind for a setting of type ${schema.type}`);
}
