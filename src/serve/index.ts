export { parseOrigin } from './guard.ts';
export { pageFolder } from './page-folder.ts';
export { type LabServer, type ServerOptions, startServer } from './server.ts';
export type {
  AxisJson,
  ErrorJson,
  InfoJson,
  LabEvents,
  MetricsJson,
  PlanJson,
  RunDetailJson,
  RunJson,
  RunListJson,
  SeriesJson,
  SweepDetailJson,
  SweepJson,
  SweepRunJson,
  WorkJson,
} from './wire.ts';
