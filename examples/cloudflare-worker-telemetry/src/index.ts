// The Worker: devices post compressed telemetry, and the answer lists its anomalies. README.md describes the calls.

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
