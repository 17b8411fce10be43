// Runs in a Worker: answers a request with the outcomes of the suites.
import { all } from './run.ts';

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await all(new URL(request.url).searchParams.get('suite') ?? undefined));
  },
};
