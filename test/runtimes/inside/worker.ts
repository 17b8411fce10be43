// For Workers: a request names a suite and gets its outcomes.
import { all } from './run.ts';

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await all(new URL(request.url).searchParams.get('suite') ?? undefined));
  },
};
