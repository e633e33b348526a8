import { parentPort } from 'node:worker_threads';
import { type RunTask, summariseTask } from './run-task.ts';

parentPort!.on('message', ({ index, task }: { index: number; task: RunTask }) => {
  parentPort!.postMessage({ index, summary: summariseTask(task) });
});
