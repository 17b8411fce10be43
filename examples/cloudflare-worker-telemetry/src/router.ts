// Selects the handler by path and method. `allow` checks each request before its handler runs.

import { allow, type Caller, deleteToken, postToken } from './auth.ts';
import { deleteDevice, getDevice, putDevice } from './devices.ts';
import { getModel, putCodec, putDetector } from './models.ts';
import { getReadings } from './pages.ts';
import type { Env } from './platform.ts';
import { Problem } from './problem.ts';
import { postReadings } from './readings.ts';
import { deleteTraining, getTraining, postTraining } from './training.ts';

export interface Call {
  readonly request: Request;
  readonly url: URL;
  readonly env: Env;
  /** The device's name. */
  readonly id: string;
}

type Handler = (call: Call) => Promise<Response>;
type Routes = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** Calls of the device and of the owner, by path below `/devices/:id` and method. */
const deviceRoutes: Routes = {
  '': { GET: getDevice },
  '/codec': { GET: getModel('codec'), PUT: putCodec },
  '/detector': { GET: getModel('detector'), PUT: putDetector },
  '/readings': { GET: getReadings, POST: postReadings },
  '/training': { GET: getTraining, POST: postTraining, DELETE: deleteTraining },
};

/** Calls of the owner only. */
const ownerRoutes: Routes = {
  '': { PUT: putDevice, DELETE: deleteDevice },
  '/token': { POST: postToken, DELETE: deleteToken },
};

const ownProperty = <Value>(object: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined =>
  object && Object.hasOwn(object, key) ? object[key] : undefined;

export async function route(request: Request, env: Env, caller: Caller): Promise<Response> {
  const url = new URL(request.url);
  const [, id, rest = ''] = /^\/devices\/([\w.-]{1,64})(\/\w+)?$/.exec(url.pathname) ?? [];
  const deviceHandlers = ownProperty(deviceRoutes, rest);
  const ownerHandlers = ownProperty(ownerRoutes, rest);
  if (!id || !(deviceHandlers || ownerHandlers))
    throw new Problem(404, 'no-such-path', 'expected /devices/:id, and what of it');
  const ownerHandler = ownProperty(ownerHandlers, request.method);
  const handler = ownerHandler ?? ownProperty(deviceHandlers, request.method);
  allow(caller, id, ownerHandler !== undefined);
  const methods = [...Object.keys(deviceHandlers ?? {}), ...Object.keys(ownerHandlers ?? {})].join(', ');
  if (!handler) throw new Problem(405, 'method', `expected ${methods}, got ${request.method}`, { allow: methods });
  return handler({ request, url, env, id });
}
