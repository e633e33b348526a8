import { parentPort } from 'node:worker_threads';
import { type RunTask, summariseTask } from './run-task.ts';

parentPort!.on('message', (task: RunTask) => {
  parentPort!.postMessage(summariseTask(task));
});
