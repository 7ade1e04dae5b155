import type { TrainingSession } from '../compute/port.ts';
import { batchesOf } from './batches.ts';
import { rateShare } from './schedule.ts';
import type { Settings } from './settings.ts';

/** Takes a session's steps as the settings say: batches of its `rows` rows, and the learning rate by its schedule. */
export function stepper(session: TrainingSession, settings: Settings, rows: number) {
  const { schedule, steps, warmupSteps, batchSize, seed, learningRate, adamwLearningRate } =
    settings;
  const isFullBatch = batchSize === null || batchSize >= rows;
  const batchOf = batchesOf(rows, batchSize, seed);
  const takeOne = () => {
    if (schedule !== 'constant') {
      const share = rateShare(schedule, session.step, steps, warmupSteps);
      session.setLearningRate(share * learningRate, share * adamwLearningRate);
    }
    const batch = batchOf(session.step);
    if (batch === null) session.run(1);
    else session.runBatch(batch);
  };
  return {
    isFullBatch,
    take(count: number) {
      if (isFullBatch && schedule === 'constant') session.run(count);
      else for (let i = 0; i < count; i++) takeOne();
    },
  };
}
