// Devices post compressed telemetry and get the anomalies in it. README.md says how.

import { callerOf } from './auth.ts';
import type { Env } from './platform.ts';
import { answer } from './problem.ts';
import { route } from './router.ts';

export { Trainer } from './trainer.ts';

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      return await route(request, env, await callerOf(request, env));
    } catch (error) {
      return answer(error);
    }
  },
};
