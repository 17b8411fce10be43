// Runs in a Worker: GET answers with parcels, POST answers with the digests of the parcels in the request.
import { make, read } from './exchange.ts';

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await (request.method === 'POST' ? read(await request.json()) : make()));
  },
};
