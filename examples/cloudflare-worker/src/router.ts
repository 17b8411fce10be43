// Which function answers: by the path, then by the method.

import { getDevice, putDevice } from './devices.ts';
import { getModel, putCodec, putDetector } from './models.ts';
import type { Env } from './platform.ts';
import { Problem } from './problem.ts';
import { getReadings, postReadings } from './readings.ts';
import { deleteTraining, getTraining, postTraining } from './training.ts';

export interface Call {
  readonly request: Request;
  readonly url: URL;
  readonly env: Env;
  /** The device's name. */
  readonly id: string;
}

type Handler = (call: Call) => Promise<Response>;

/** Below `/devices/:id`. */
const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '': { GET: getDevice, PUT: putDevice },
  '/codec': { GET: getModel('codec'), PUT: putCodec },
  '/detector': { GET: getModel('detector'), PUT: putDetector },
  '/readings': { GET: getReadings, POST: postReadings },
  '/training': { GET: getTraining, POST: postTraining, DELETE: deleteTraining },
};

export async function route(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [, id, rest = ''] = /^\/devices\/([\w.-]{1,64})(\/\w+)?$/.exec(url.pathname) ?? [];
  const methods = Object.hasOwn(routes, rest) ? routes[rest] : undefined;
  if (!id || !methods) throw new Problem(404, 'no-such-path', 'expected /devices/:id, and what of it');
  const handler = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  const allow = Object.keys(methods).join(', ');
  if (!handler) throw new Problem(405, 'method', `expected ${allow}, got ${request.method}`, { allow });
  return handler({ request, url, env, id });
}
