/** The form of a sweep file: what it may say, as a schema that also makes the JSON schema for editors. */
import { z } from 'zod';
import { methodNames } from '../../analysis/results.ts';
import {
  type SettingName,
  type SettingValue,
  settingKinds,
  settingNames,
} from '../../train/setting-kinds.ts';

/** The most runs that one file may stand for. */
export const mostRuns = 100_000;

/** What may be taken out at the end of a run: the rule that `scan` finds, and every extraction method. */
export const extractNames = ['scan', ...methodNames] as const;
export type ExtractName = (typeof extractNames)[number];

const count = z.int().min(1).max(mostRuns);
const scale = z.enum(['linear', 'log']);

const rangeSchema = z
  .strictObject({
    from: z.number().describe('The first value'),
    to: z.number().optional().describe('The last value'),
    count: count.optional().describe('How many values, both ends included'),
    step: z.number().optional().describe('From one value to the next'),
    scale: scale.optional().describe('linear (default), or log: equal ratios from value to value'),
  })
  .meta({ id: 'range', description: 'A range: from and two of to, count, step' });

const drawSchema = z
  .strictObject({
    from: z.number().describe('The smallest value'),
    to: z.number().describe('The largest value'),
    scale: scale.optional().describe('linear (default), or log: uniform in the logarithm'),
  })
  .meta({ id: 'draw', description: 'Uniform draws between two values' });

const isNumeric = (name: SettingName) =>
  settingKinds[name].type === 'number' || settingKinds[name].type === 'integer';

/** An object with each setting as a key that may be left out. */
function perSetting<T extends z.ZodType>(schemaOf: (name: SettingName) => T) {
  const entries = settingNames.map((name) => [
    name,
    schemaOf(name).optional().describe(settingKinds[name].description),
  ]);
  return z.strictObject(Object.fromEntries(entries) as Record<SettingName, z.ZodOptional<T>>);
}

const listOf = (name: SettingName) => z.array(settingKinds[name].schema).min(1);

const settingsSchema = perSetting((name) => settingKinds[name].schema).meta({
  id: 'settings',
  description: 'Settings as in `undertone train`, in camelCase',
});

const valuesSchema = perSetting(
  (name): z.ZodType<ValuesSpec> =>
    isNumeric(name) ? z.union([listOf(name), rangeSchema]) : listOf(name),
).meta({ id: 'values', description: 'Setting: a list of values, or a range' });

const drawsSchema = perSetting(
  (name): z.ZodType<DrawSpec> =>
    isNumeric(name) ? z.union([listOf(name), drawSchema]) : listOf(name),
).meta({ id: 'draws', description: 'Setting: a list to choose from, or a range to draw from' });

const comparison = z
  .string()
  .regex(/^(>=|<=|!=|>|<)\s*\S/)
  .describe('A comparison in quotes: ">= 513", "< 0.5", "!= relu"');

const conditionSchema = perSetting(
  (name): z.ZodType<ConditionSpec> =>
    z.union([settingKinds[name].schema, listOf(name), comparison]),
).meta({
  id: 'condition',
  description: 'Setting: a value, a list of values, or a comparison; all must hold',
});

export type RangeSpec = z.output<typeof rangeSchema>;
export type DrawRange = z.output<typeof drawSchema>;
export type ValuesSpec = SettingValue[] | RangeSpec;
export type DrawSpec = SettingValue[] | DrawRange;
export type ConditionSpec = SettingValue | SettingValue[];

export const sweepFileSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,63}$/)
      .optional()
      .describe('Name of the sweep: letters, digits, . _ and -. Default: that of the file'),
    base: settingsSchema.optional().describe('Settings that all runs share'),
    grid: valuesSchema
      .optional()
      .describe('Every combination of these values; the last setting named varies fastest'),
    zip: z
      .union([valuesSchema, z.array(valuesSchema).min(1)])
      .optional()
      .describe('Settings that vary together, value by value: one group or a list of groups'),
    list: z
      .array(settingsSchema)
      .min(1)
      .optional()
      .describe('Sets of settings, each combined with all of the grid'),
    random: z
      .strictObject({
        count: count.describe('How many draws; a larger count keeps those there were'),
        seed: z.int().min(0).optional().describe('Seed of the draws. Default: 0'),
        settings: drawsSchema,
      })
      .optional()
      .describe('Random search: draws of settings, each combined with all of the grid'),
    when: z
      .array(
        z.strictObject({
          if: conditionSchema.describe('Which runs: all of these must hold'),
          set: settingsSchema.optional().describe('Settings that these runs get instead'),
          skip: z.literal(true).optional().describe('true: these runs are left out'),
        }),
      )
      .optional()
      .describe('Exceptions, in their order'),
    extract: z
      .union([z.literal('all'), z.array(z.enum(extractNames))])
      .optional()
      .describe('What is taken out of the weights at the end of each run. Default: nothing'),
    keep: z
      .enum(['weights', 'metrics'])
      .optional()
      .describe('weights (default): weights and metrics are stored. metrics: no weights'),
    measureEvery: z
      .int()
      .min(1)
      .optional()
      .describe('Steps between measurements. Default: dense at first, then 12 a decade'),
  })
  .meta({ title: 'Undertone sweep' });

export type SweepFile = z.output<typeof sweepFileSchema>;
